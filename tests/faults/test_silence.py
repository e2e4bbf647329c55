"""Whatever falls silent, somebody outside is told: real processes, and what only an outsider can see of them."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import make_url, update

from incidentdesk import clock
from incidentdesk.mail import outbox
from incidentdesk.mail.signs import KNOCK_EVERY, MISSED_AFTER, RELAY_AFTER
from incidentdesk.tables import Heartbeat, RelaySilence
from incidentdesk.web.pages import Desk
from tests.conftest import administer
from tests.mail.relay import DROP, Relay, relay
from tests.mail.scene import Scene, set_scene
from tests.outside import Outside, outside

ROOT = Path(__file__).resolve().parents[2]
WITHIN = 120
Process = asyncio.subprocess.Process


@dataclass
class Town:
    """A desk of two processes, two relays, somebody who counts its pings, and somebody who asks how it is."""

    scene: Scene
    first: Relay
    second: Relay
    watcher: Outside
    environment: dict[str, str]
    address: str = ""

    @asynccontextmanager
    async def started(self, *words: str) -> AsyncIterator[Process]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "incidentdesk.cli", *words),
            cwd=ROOT,
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert process.stdout is not None
        greeting = (await asyncio.wait_for(process.stdout.readline(), WITHIN)).decode()
        self.address = greeting.split()[-1] if words[0] == "serve" else self.address
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()

    async def says(self) -> str:
        """Return what a monitor reads."""
        async with httpx.AsyncClient(timeout=WITHIN) as client:
            return (await client.get(f"{self.address}/health/escalations")).text.strip()

    async def comes_to_say(self, words: str) -> None:
        await until(lambda: self.reads(words))

    async def reads(self, words: str) -> bool:
        return words in (await self.says()).split()

    async def pings(self) -> None:
        """Wait for the next ping."""
        self.watcher.got_one.clear()
        await asyncio.wait_for(self.watcher.got_one.wait(), WITHIN)

    async def falls_silent(self) -> None:
        """Wait until no ping came for as long as three would have; one may still be on its way."""
        with pytest.raises(TimeoutError):
            for _ in range(WITHIN):
                self.watcher.got_one.clear()
                await asyncio.wait_for(self.watcher.got_one.wait(), 3)

    async def queue(self, letter: str) -> None:
        about: outbox.About = {"member_id": self.scene.rosa.id, "context": {"what": "posts", "by": "", "of": ""}}
        async with self.scene.desk.database.write() as session:
            await outbox.put(session, letter=letter, dedupe=letter, now=clock.now(), **about)

    async def relay_was_away_for(self, span: timedelta) -> bool:
        """Let it have begun that long ago, and the last try be a minute old; False while nobody has tried."""
        earlier = {"since": clock.now() - span, "tried_at": clock.now() - KNOCK_EVERY}
        async with self.scene.desk.database.write() as session:
            return bool((await session.execute(update(RelaySilence).values(earlier))).rowcount)  # type: ignore[attr-defined]

    async def worker_was_silent_for(self, span: timedelta) -> None:
        async with self.scene.desk.database.write() as session:
            await session.execute(update(Heartbeat).values(beat_at=clock.now() - span))


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(WITHIN):
        while not await is_so():  # noqa: ASYNC110 - it is so in another process
            await asyncio.sleep(0.1)


@pytest.fixture
async def town(desk: Desk, database_url: str) -> AsyncIterator[Town]:
    scene = await set_scene(desk)
    async with relay() as first, relay() as second, outside() as watcher:
        given = {
            "DATA_DIR": str(desk.settings.data_dir),
            "DATABASE_URL": database_url,
            "HOST": "127.0.0.1",
            "PORT": "0",
        }
        given |= {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(first.port), "SMTP_TLS": "none"}
        given |= {"SMTP2_HOST": "127.0.0.1", "SMTP2_PORT": str(second.port), "SMTP2_TLS": "none"}
        given |= {"MAIL_FROM": "d@example.org", "PING_URL": watcher.address, "PING_SECONDS": "1"}
        given |= {"ALIVE_MAIL": "nobody", "BALLAST_MB": "0", "FILES_MB_FREE": "0"}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("INCIDENTDESK_")}
        environment = kept | {f"INCIDENTDESK_{name}": value for name, value in given.items()}
        yield Town(scene, first, second, watcher, environment)


async def test_of_a_relay_a_worker_and_a_whole_host_that_fall_silent_somebody_outside_is_told(town: Town) -> None:
    async with AsyncExitStack() as stack:
        pages = await stack.enter_async_context(town.started("serve", "--no-worker"))
        working = await stack.enter_async_context(town.started("work"))
        await town.pings()
        assert await town.says() == "ok"

        town.first.script = {"banner": DROP}
        for letter in ("test", "changed"):
            await town.queue(letter)
        await until(lambda: town.relay_was_away_for(RELAY_AFTER))
        await asyncio.wait_for(town.second.got_one.wait(), WITHIN)
        await town.comes_to_say("relay")
        await town.falls_silent()
        town.first.script = {}
        await until(lambda: comes_back(town))

        working.kill()
        await town.falls_silent()
        await town.worker_was_silent_for(MISSED_AFTER)
        assert await town.says() == "worker"
        pages.kill()
        await pages.wait()
        with pytest.raises(httpx.ConnectError):
            await town.says()


async def comes_back(town: Town) -> bool:
    """Let the next knock come now, until the relay is used again."""
    await town.relay_was_away_for(RELAY_AFTER)
    return await town.says() == "ok" and bool(town.first.taken)


async def test_of_a_database_that_is_away_somebody_outside_is_told(town: Town) -> None:
    name = make_url(town.environment["INCIDENTDESK_DATABASE_URL"]).database
    if make_url(town.environment["INCIDENTDESK_DATABASE_URL"]).get_backend_name() == "sqlite":
        pytest.skip("a SQLite database goes with its host")
    async with town.started("serve"):
        await town.pings()
        administer(f"alter database {name} with allow_connections false")
        administer(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")  # noqa: S608 - ours
        await town.comes_to_say("database")
        await town.falls_silent()
        administer(f"alter database {name} with allow_connections true")
        await town.comes_to_say("ok")
        await town.pings()
