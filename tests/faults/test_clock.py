"""Clocks that jump or are wrong, and processes that stand still for a while: every alert is sent, and none twice for it."""

import asyncio
import os
import signal
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import make_url, select, update
from sqlalchemy.exc import OperationalError

from incidentdesk import clock
from incidentdesk.database import moment
from incidentdesk.mail import outbox
from incidentdesk.records import backup_keys
from incidentdesk.rules.next_step import Duty
from incidentdesk.tables import Clock, ClockJump, Heartbeat, HistoryEntry, MailState, Notice, Report
from tests.conftest import WANTED
from tests.faults.wrong_clocks import WrongClock, lie, movable_clock, opened, started
from tests.intake.visitor import send
from tests.mail.relay import HELD, relay
from tests.mail.scene import Scene, add_incident
from tests.opened import opened as in_clear
from tests.patience import WITHIN
from tests.people import Seat

DATABASE = os.environ.get(WANTED, "sqlite")
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# A loaded machine takes its time between one line and the next.
NEAR = timedelta(minutes=2)
# Half of it must be enough to stop a process that was seen to have a mail in hand, however busy the machine is.
LEASE_SECONDS = 16


@pytest.fixture
def movable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WrongClock]:
    with movable_clock(DATABASE, tmp_path, monkeypatch) as lent:
        yield lent


@pytest.fixture
async def scene(movable: WrongClock, tmp_path: Path) -> AsyncIterator[Scene]:
    async with opened(movable.url, tmp_path) as set_up:
        yield set_up


async def until(asked: Callable[[], Awaitable[Any]]) -> None:
    """Ask again and again until it is so."""
    async with asyncio.timeout(WITHIN):
        while not await asked():  # noqa: ASYNC110 - it is another process that makes it so
            await asyncio.sleep(0.1)


async def all_of(scene: Scene, *wanted: Any, of: type[Any]) -> list[Any]:
    async with scene.desk.database.read() as session:
        return await in_clear(session, select(of).where(*wanted).order_by(*of.__table__.primary_key))


async def clock_of(scene: Scene, duty: str) -> Clock:
    async with scene.desk.database.read() as session:
        return (await session.scalars(select(Clock).where(Clock.duty == duty))).one()


async def told(scene: Scene) -> Counter[str]:
    """Count the alerts that left, by person."""
    names = {one.id: one.name for one in (scene.rosa, scene.bodil, scene.dipo, scene.ada)}
    sent = await scene.mails(state=MailState.SENT)
    return Counter(names[one.member_id] for one in sent if one.member_id and one.letter in {"act", "deadline"})


async def noticed(scene: Scene, step: str, **how: Any) -> list[Notice]:
    """Return the notices of a step, if it was the one to be sent."""
    wanted = [getattr(Notice, name) == value for name, value in {"superseded": False, **how}.items()]
    found = await all_of(scene, Notice.step == step, *wanted, of=Notice)
    waiting = await scene.mails(state=MailState.WAITING)
    return [] if waiting else found


async def jumps(scene: Scene) -> list[int]:
    """Return the jumps as the audit knows them, in hours."""
    entries = await all_of(scene, HistoryEntry.action == "clock.jump", of=HistoryEntry)
    rows = await all_of(scene, of=ClockJump)
    assert sorted(entry.after["seconds"] for entry in entries) == sorted(row.seconds for row in rows)
    return [round(row.seconds / 3600) for row in rows]


async def test_a_clock_that_runs_three_days_ahead_and_comes_back_alerts_once_and_misses_nothing(
    scene: Scene, movable: WrongClock
) -> None:
    keys, now = scene.desk.settings.keys_dir, clock.now()
    name, _ = backup_keys.new_key(keys, now=now - 12 * DAY)
    backup_keys.vouch(keys, name)
    await add_incident(scene.desk, now=now - HOUR)
    async with relay() as running, started(scene, running, "work", env=movable.of_desk) as worker:
        await until(lambda: noticed(scene, "not_taken_3"))
        before = await told(scene)
        movable.put("+3d")
        await until(lambda: noticed(scene, "deadline"))
        ahead = await told(scene) - before
        assert ahead == dict.fromkeys(["Bodil Upp", "Dipo Officer", "Rosa Ponder"], 1)
        movable.put("+0")
        await worker.heard("the database's clock jumped by -")
        await until(lambda: noticed(scene, "deadline", undone=2))
        assert await told(scene) == before + ahead
        movable.put("+1d")
        await until(lambda: noticed(scene, "left_48h", undone=0))
    assert await told(scene) == before + ahead + Counter(["Dipo Officer", "Rosa Ponder"])
    assert await jumps(scene) == [72, -72, 24]
    assert list(backup_keys.moments(keys)) == [name]


async def test_a_clock_that_goes_two_hours_back_and_returns_changes_no_alert(scene: Scene, movable: WrongClock) -> None:
    began = clock.now() - 20 * MINUTE
    await add_incident(scene.desk, now=began)
    async with relay() as running, started(scene, running, "work", env=movable.of_desk) as worker:
        await until(lambda: noticed(scene, "not_taken_1"))
        movable.put("-2h")
        await worker.heard("the database's clock jumped by -")
        back = await clock_of(scene, Duty.DECISION)
        movable.put("+0")
        await worker.heard("the database's clock jumped by +")
        await until(lambda: is_looked_at(scene))
    assert await told(scene) == {"Rosa Ponder": 1}
    # Still ten minutes to come, whatever the clock said meanwhile.
    for one, moved in ((back, 2 * HOUR), (await clock_of(scene, Duty.DECISION), 0 * HOUR)):
        assert abs(one.armed_at + moved - began) < NEAR
        assert one.next_check_at is not None
        assert abs(one.next_check_at + moved - began - 30 * MINUTE) < NEAR
    assert await jumps(scene) == [-2, 2]


async def is_looked_at(scene: Scene) -> bool:
    at = (await clock_of(scene, Duty.DECISION)).next_check_at
    return at is not None and at > clock.now()


async def test_replicas_an_hour_apart_send_each_mail_once_and_at_its_moment(scene: Scene) -> None:
    if DATABASE == "sqlite":
        pytest.skip("SQLite has the clock of its one machine")
    early, late = lie(FAKETIME="+1h"), lie(FAKETIME="-1h")
    async with (
        relay() as running,
        started(scene, running, "work", env=early) as ahead,
        started(scene, running, "work", env=late) as behind,
    ):
        await ahead.heard("incidentdesk works")
        await behind.heard("incidentdesk works")
        due = await queue(scene, 12)
        await until(lambda: all_sent(scene))
    mails = await scene.mails(letter="test")
    assert {(mail.attempts, mail.maybe_duplicate) for mail in mails} == {(1, False)}
    assert sum(b"To: rosa@" in message for message in running.taken) == len(mails)
    assert all(mail.first_claimed_at and due <= mail.first_claimed_at < due + NEAR for mail in mails)
    assert await jumps(scene) == []


async def queue(scene: Scene, count: int) -> datetime:
    """Queue mails that are due in three seconds by the database's clock."""
    async with scene.desk.database.write() as session:
        now = await moment(session)
        about: outbox.About = {"member_id": scene.rosa.id, "due_at": now + 3 * SECOND}
        for number in range(count):
            await outbox.put(session, letter="test", dedupe=f"test:{number}", now=now, **about)
    return about["due_at"]


async def all_sent(scene: Scene) -> bool:
    return {mail.state for mail in await scene.mails(letter="test")} == {MailState.SENT}


async def test_a_report_bears_the_moment_of_the_database_whatever_the_machine_says(scene: Scene) -> None:
    if DATABASE == "sqlite":
        pytest.skip("SQLite has the clock of its one machine")
    async with relay() as running, started(scene, running, "serve", "--no-worker", env=lie(FAKETIME="+1h")) as web:
        address = (await web.heard("incidentdesk is at")).split()[-1]
        before = clock.machine()
        async with httpx.AsyncClient(base_url=address, timeout=WITHIN) as client:
            assert (await send(Seat(None, client))).answer.status_code == 200
    (report,) = await all_of(scene, of=Report)
    assert before - MINUTE < report.received_at < before + MINUTE


@pytest.mark.parametrize("step, copies", [("banner", 1), ("body", 2)])
async def test_whoever_stood_still_with_a_mail_in_hand_changes_nothing_any_more(
    scene: Scene, movable: WrongClock, step: str, copies: int
) -> None:
    await queue(scene, 1)
    async with relay(**{step: HELD}) as running, started(scene, running, "work", lease=LEASE_SECONDS) as sleeper:
        await asyncio.wait_for(running.came_to[step].wait(), WITHIN)
        await until(lambda: has_stopped(scene, sleeper.process))
        async with started(scene, running, *others(), lease=60):
            running.let_go.set()
            await until(lambda: all_sent(scene))
            sleeper.process.send_signal(signal.SIGCONT)
            await sleeper.heard("took longer than its lease")
    (mail,) = await scene.mails(letter="test")
    assert (mail.state, mail.attempts, mail.maybe_duplicate) == (MailState.SENT, 2, True)
    assert sum(mail.message_id.encode() in message for message in running.taken) == copies
    assert await jumps(scene) == []


def others() -> tuple[str, ...]:
    """Return what takes over: another worker, or on SQLite, where the sleeper keeps its place, a web process."""
    return ("serve", "--no-worker") if DATABASE == "sqlite" else ("work",)


async def has_stopped(scene: Scene, process: asyncio.subprocess.Process) -> bool:
    """Let it stand still, and make its last sign of life four minutes old; False when it stopped everybody else with it."""
    process.send_signal(signal.SIGSTOP)
    if is_locked(scene):
        # Five seconds of patience, as the desk has it, would outlast the mail in hand.
        process.send_signal(signal.SIGCONT)
        return False
    try:
        async with scene.desk.database.write() as session:
            await session.execute(update(Heartbeat).values(beat_at=await moment(session) - 4 * MINUTE))
    except OperationalError:
        process.send_signal(signal.SIGCONT)
        return False
    return True


def is_locked(scene: Scene) -> bool:
    """Say whether somebody who stands still keeps SQLite's one place to write."""
    if DATABASE != "sqlite":
        return False
    with closing(sqlite3.connect(f"{make_url(scene.desk.settings.database).database}", timeout=0.1)) as own:
        try:
            own.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        own.rollback()
    return False
