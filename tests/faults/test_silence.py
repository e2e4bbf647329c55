"""Whatever falls silent, somebody outside is told: real processes, and what only an outsider can see of them."""

import asyncio
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import make_url, update

from incidentdesk import clock
from incidentdesk.mail import outbox
from incidentdesk.mail.signs import KNOCK_EVERY, MISSED_AFTER, RELAY_AFTER
from incidentdesk.tables import Heartbeat, RelaySilence
from tests.conftest import administer
from tests.faults.nursery import Desks, Process, until
from tests.mail.relay import DROP, Relay, relay
from tests.mail.scene import Scene
from tests.outside import Outside, outside
from tests.patience import WITHIN

# As long as three pings of this desk take.
SILENT_SECONDS = 3


@dataclass
class Town:
    """A desk, its two relays, somebody who waits for its pings, and somebody who asks how it is."""

    desks: Desks
    scene: Scene
    first: Relay
    second: Relay
    watcher: Outside
    address: str = ""

    async def serve(self, *words: str) -> Process:
        process, self.address = await self.desks.serve(*words, relay=self.first, settings=self.settings)
        return process

    async def work(self) -> Process:
        return await self.desks.start("work", relay=self.first, settings=self.settings)

    @property
    def settings(self) -> dict[str, str]:
        second = {"SMTP2_HOST": "127.0.0.1", "SMTP2_PORT": str(self.second.port), "SMTP2_TLS": "none"}
        return {**second, "PING_URL": self.watcher.address, "PING_SECONDS": "1", "FILES_MB_FREE": "0"}

    async def says(self) -> list[str]:
        """Return what a monitor reads."""
        async with httpx.AsyncClient(timeout=WITHIN) as client:
            return (await client.get(f"{self.address}/health/escalations")).text.split()

    async def is_told(self, word: str) -> bool:
        return word in await self.says()

    async def pings(self) -> None:
        """Wait for the next ping."""
        self.watcher.got_one.clear()
        await asyncio.wait_for(self.watcher.got_one.wait(), WITHIN)

    async def is_silent(self) -> bool:
        self.watcher.got_one.clear()
        await asyncio.sleep(SILENT_SECONDS)
        return not self.watcher.got_one.is_set()

    async def queue(self, letter: str) -> None:
        about: outbox.About = {"member_id": self.scene.rosa.id, "context": {"what": "posts", "by": "", "of": ""}}
        async with self.scene.desk.database.write() as session:
            await outbox.put(session, letter=letter, dedupe=letter, now=clock.now(), **about)

    async def relay_was_away_for(self, span: timedelta) -> bool:
        """Let it have begun that long ago, and the last try be a minute old; False while nobody has tried."""
        earlier = {"since": clock.now() - span, "tried_at": clock.now() - KNOCK_EVERY}
        async with self.scene.desk.database.write() as session:
            moved = await session.scalar(update(RelaySilence).values(earlier).returning(RelaySilence.id))
        return moved is not None

    async def is_used_again(self) -> bool:
        """Let the next knock come now; say whether the first relay was let have what waited."""
        await self.relay_was_away_for(RELAY_AFTER)
        return bool(self.first.taken) and await self.is_told("ok")

    async def worker_was_silent_for(self, span: timedelta) -> None:
        async with self.scene.desk.database.write() as session:
            await session.execute(update(Heartbeat).values(beat_at=clock.now() - span))


@pytest.fixture
async def town(desks: Desks, scene: Scene) -> AsyncIterator[Town]:
    async with relay() as first, relay() as second, outside() as watcher:
        yield Town(desks, scene, first, second, watcher)


async def test_of_a_mail_server_that_is_away_somebody_outside_is_told_and_alerts_leave_all_the_same(town: Town) -> None:
    await town.serve()
    await town.pings()
    assert await town.says() == ["ok"]
    town.first.script = {"banner": DROP}
    for letter in ("test", "changed"):
        await town.queue(letter)
    await until(lambda: town.relay_was_away_for(RELAY_AFTER))
    await asyncio.wait_for(town.second.got_one.wait(), WITHIN)
    await until(lambda: town.is_told("relay"))
    await until(town.is_silent)
    town.first.script = {}
    await until(town.is_used_again)
    await town.pings()
    assert (len(town.first.taken), len(town.second.taken)) == (1, 1)


async def test_of_a_worker_that_is_killed_and_then_of_a_whole_host_somebody_outside_is_told(town: Town) -> None:
    pages, working = await town.serve("--no-worker"), await town.work()
    await town.pings()
    working.tell(signal.SIGKILL)
    await until(town.is_silent)
    await town.worker_was_silent_for(MISSED_AFTER)
    assert await town.says() == ["worker"]
    pages.tell(signal.SIGKILL)
    await pages.ended()
    with pytest.raises(httpx.ConnectError):
        await town.says()
    assert await town.is_silent()


async def test_of_a_database_that_is_away_somebody_outside_is_told(town: Town) -> None:
    address = make_url(town.desks.url)
    if address.get_backend_name() == "sqlite":
        pytest.skip("a SQLite database goes with its host")
    await town.serve()
    await town.pings()
    administer(f"alter database {address.database} with allow_connections false")
    administer(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{address.database}'")  # noqa: S608 - our own name
    await until(lambda: town.is_told("database"))
    await until(town.is_silent)
    administer(f"alter database {address.database} with allow_connections true")
    await until(lambda: town.is_told("ok"))
    await town.pings()
