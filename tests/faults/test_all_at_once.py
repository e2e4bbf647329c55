"""Everything is killed, everything starts, and one of many stops while people report."""

import asyncio
import signal
from pathlib import Path

import pytest
from sqlalchemy import make_url, select

from incidentdesk import clock, database, schema
from incidentdesk.tables import Incident, MailState, Report
from tests.conftest import administer
from tests.faults.crowd import Proxy, reporting
from tests.faults.nursery import Desks, until
from tests.faults.settled import assert_settled
from tests.faults.test_killed_worker import BRISK
from tests.mail.relay import relay
from tests.mail.scene import Scene

PAIRS = 3
OFTEN = {"MINIMUM_FILL_SECONDS": "0", "REPORTS_PER_NETWORK": "100000", "REPORTS_PER_MINUTE": "100000"}


async def test_when_everything_was_killed_at_once_all_that_was_acknowledged_is_there(
    scene: Scene, desks: Desks
) -> None:
    async with relay() as running:
        _, address = await desks.serve(relay=running, settings=OFTEN)
        await desks.start("work", relay=running, settings=OFTEN)
        async with reporting(Proxy(address)) as crowd:
            await crowd.reached(10)
            await desks.end()
            _, crowd.proxy.addresses[0] = await desks.serve(relay=running, settings=OFTEN, spans=BRISK)
            await crowd.reached(20)
        await until(lambda: nothing_due(scene))
        assert await (await desks.start("audit", "verify")).ended() == 0
    assert await hashes(scene) >= {scene.desk.vault.hash("code", code) for code in crowd.codes}
    assert len(set(crowd.codes)) == len(crowd.codes)
    await assert_settled(scene.desk, canaries=["story 1"])


async def nothing_due(scene: Scene) -> bool:
    now = clock.now()
    return all(mail.due_at > now for mail in await scene.mails(state=MailState.WAITING))


async def hashes(scene: Scene) -> set[str]:
    async with scene.desk.database.read() as session:
        return set(await session.scalars(select(Report.code_hash)))


async def test_a_process_told_to_stop_while_people_report_answers_all_it_was_asked(scene: Scene, desks: Desks) -> None:
    first, one = await desks.serve("--no-worker", settings=OFTEN)
    _, other = await desks.serve("--no-worker", settings=OFTEN)
    async with reporting(Proxy(one, other)) as crowd:
        await crowd.reached(5)
        first.tell(signal.SIGTERM)
        assert await first.ended() == 0
        await crowd.reached(len(crowd.codes) + 5)
    assert set(crowd.proxy.answers) == {200}
    assert await hashes(scene) >= {scene.desk.vault.hash("code", code) for code in crowd.codes}
    assert "failed" not in first.said


@pytest.fixture
def empty_url(database_url: str, tmp_path: Path) -> str:
    """The address of a database in which there is nothing yet."""
    address = make_url(database_url)
    if address.get_backend_name() == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'empty' / 'incidentdesk.sqlite3'}"
    administer(f"create database {address.database}_empty")
    return address.set(database=f"{address.database}_empty").render_as_string(hide_password=False)


async def test_many_that_start_together_on_nothing_make_one_desk(desks: Desks, empty_url: str, tmp_path: Path) -> None:
    where = {"DATABASE_URL": empty_url, "DATA_DIR": str(tmp_path / "empty")}
    wanted = [["serve", "--no-worker"], ["work"]] * PAIRS
    started = await asyncio.gather(*(desks.start(*words, settings=where) for words in wanted))
    await asyncio.gather(*(process.heard("incidentdesk ") for process in started))
    said = [process.said for process in started]
    assert ["rror" in words for words in said] == [False] * len(said)
    assert ["/welcome/" in words for words in said] == [True, False] * PAIRS
    await desks.end()
    opened = database.connect(empty_url)
    async with opened.read() as session:
        assert await schema.schema_of(session) == schema.newest()
        assert list(await session.scalars(select(Incident))) == []
    await opened.close()
