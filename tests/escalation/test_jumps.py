"""A database's clock that jumps: written down once, and no alert is lost, doubled or said too late for it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock, upkeep, worker
from incidentdesk.escalation import jumps, ledger
from incidentdesk.escalation.settled import settle
from incidentdesk.mail import outbox, signs
from incidentdesk.mail.claims import LEASE
from incidentdesk.records import steadiness
from incidentdesk.rules.next_step import Duty
from incidentdesk.staff import sessions
from incidentdesk.tables import (
    AddressLink,
    Clock,
    ClockJump,
    GapCheck,
    Heartbeat,
    HistoryEntry,
    MailState,
    Member,
    MemberSession,
    Notice,
    OutboxMail,
    Stage,
    Verification,
    WelcomeLink,
)
from incidentdesk.web.pages import Desk
from tests.jumping import Hand, follow
from tests.mail.scene import Scene, add_incident, set_scene
from tests.opened import opened

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# A slow machine may take its time between two lines of a test.
NEAR = timedelta(seconds=25)


@pytest.fixture
async def scene(desk: Desk) -> Scene:
    return await set_scene(desk)


@pytest.fixture
async def hand(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Hand:
    return await follow(desk, monkeypatch)


async def all_of(desk: Desk, table: Any) -> list[Any]:
    async with desk.database.read() as session:
        return await opened(session, select(table).order_by(*table.__table__.primary_key))


async def jumped(desk: Desk) -> list[int]:
    return [jump.seconds for jump in await all_of(desk, ClockJump)]


async def change(desk: Desk, *statements: Any) -> None:
    async with desk.database.write() as session:
        for statement in statements:
            await session.execute(statement)


@pytest.mark.parametrize("by", [3 * DAY, -2 * HOUR], ids=str)
async def test_a_jump_is_written_down_once_however_many_see_it(
    desk: Desk, hand: Hand, by: timedelta, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = clock.followed(), clock.followed()
    await hand.jump(by)
    seen = clock.followed()
    for reading in (first, second, seen):
        clock.follow(reading)
        await jumps.look(desk.database)
        assert abs(clock.now() - clock.machine() - by) < NEAR
    (seconds,) = await jumped(desk)
    assert abs(seconds - by.total_seconds()) < 2
    (entry,) = [entry for entry in await all_of(desk, HistoryEntry) if entry.action == "clock.jump"]
    assert (entry.actor, entry.after["seconds"]) == ("desk", seconds)
    (line,) = [record for record in caplog.records if record.levelname == "CRITICAL"]
    assert line.getMessage() == f"the database's clock jumped by {seconds:+d} seconds: look whether it is right"


async def test_a_clock_that_is_put_right_by_half_a_minute_is_followed_in_silence(desk: Desk, hand: Hand) -> None:
    await hand.jump(29 * SECOND)
    assert clock.now() - clock.machine() > 28 * SECOND
    assert await jumped(desk) == []


async def test_ids_go_on_growing_whatever_the_clock_does_less_than_a_jump(desk: Desk, hand: Hand) -> None:
    before = clock.nanoseconds()
    await hand.jump(-29 * SECOND)
    assert clock.nanoseconds() - before < -28 * 10**9, "after a reading it starts anew"
    numbers = [clock.nanoseconds() for _ in range(1000)]
    assert numbers == sorted(set(numbers))


async def test_a_database_that_is_away_leaves_the_process_its_time(
    desk: Desk, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_session: AsyncSession) -> datetime:
        raise ConnectionError

    monkeypatch.setattr(steadiness, "moment", away)
    with pytest.raises(ConnectionError):
        await jumps.look(desk.database)
    assert abs(clock.now() - clock.machine()) < NEAR


@pytest.mark.parametrize("by", [3 * DAY, -2 * HOUR], ids=str)
async def test_what_waits_waits_as_long_as_before(scene: Scene, hand: Hand, by: timedelta) -> None:
    now = clock.now()
    async with scene.desk.database.write() as session:
        about: outbox.About = {"member_id": scene.rosa.id, "due_at": now + 5 * MINUTE}
        await outbox.put(session, letter="test", dedupe="test", now=now, **about)
        await session.execute(update(OutboxMail).values(lease=uuid4(), lease_until=now + LEASE))
        await signs.note_relay(session, let_in=False)
    await hand.jump(by)
    (mail,) = await scene.mails()
    (beat,) = await all_of(scene.desk, Heartbeat)
    assert mail.lease_until is not None
    assert abs(mail.lease_until - LEASE - now - by) < NEAR
    waits = (mail.due_at - 5 * MINUTE, mail.give_up_at - 5 * MINUTE - outbox.GIVE_UP_AFTER, beat.beat_at)
    assert all(abs(moment - now - by) < NEAR for moment in waits)


@pytest.mark.parametrize("by", [3 * DAY, -2 * HOUR], ids=str)
async def test_nobody_is_on_it_is_counted_by_the_time_that_passed(scene: Scene, hand: Hand, by: timedelta) -> None:
    incident, now = await add_incident(scene.desk, now=clock.now()), clock.now()
    await worker.sweep_clocks(scene.desk, now=now)
    await hand.jump(by)
    await worker.sweep_clocks(scene.desk, now=clock.now())
    assert await scene.told("act") == []
    watched = next(one for one in await all_of(scene.desk, Clock) if one.duty == Duty.DECISION)
    assert abs(watched.next_check_at - now - by - 15 * MINUTE) < NEAR
    assert watched.deadline_at == incident.received_at + (watched.deadline_at - watched.started_at)


async def test_a_deadline_said_before_its_time_is_said_again_in_time(scene: Scene, hand: Hand) -> None:
    incident = await add_incident(scene.desk, now=clock.now())
    for by in (DAY + HOUR, -DAY - HOUR):
        await hand.jump(by)
        await worker.sweep_clocks(scene.desk, now=clock.now())
    assert [notice.undone for notice in await all_of(scene.desk, Notice)] == [2]
    async with scene.desk.database.read() as session:
        account = await ledger.account_of(session, incident.reference, by=scene.ada, now=clock.now())
    lines = [(line.state, line.why) for line in account.lines if line.key == "left_48h"]
    assert lines == [("waiting", "wrong_clock"), ("waiting", "wrong_clock"), ("to_come", "")]
    async with scene.desk.database.read() as session:
        assert (await settle(session, scene.desk.settings, now=clock.now())).findings == []
    await worker.sweep_clocks(scene.desk, now=clock.now() + DAY + MINUTE)
    said = [notice.undone for notice in await all_of(scene.desk, Notice) if notice.step == "left_48h"]
    assert sorted(said) == [0, 2]
    assert len(await scene.mails(letter="deadline")) == 4


async def test_an_alert_that_a_later_one_overtook_by_mistake_is_taken_up_again(scene: Scene, hand: Hand) -> None:
    await add_incident(scene.desk, now=clock.now() - DAY - HOUR)
    await worker.sweep_clocks(scene.desk, now=clock.now())
    await hand.jump(DAY)
    values = {"state": MailState.SKIPPED, "outcome": "not_needed", "settled_at": clock.now()}
    await change(scene.desk, update(OutboxMail).values(values))
    await hand.jump(-DAY)
    mails = await scene.mails(letter="deadline")
    assert {(mail.state, mail.settled_at) for mail in mails} == {(MailState.WAITING, None)}


async def test_whoever_signed_in_while_it_was_ahead_stays_no_longer_than_anybody(scene: Scene, hand: Hand) -> None:
    await hand.jump(3 * DAY)
    now = clock.now()
    async with scene.desk.database.write() as session:
        await sessions.open_session(session, scene.rosa, stage=Stage.FULL, now=now)
        session.add(WelcomeLink(token_hash="link", expires_at=now + 7 * DAY))
        session.add(Verification(started_at=now, finished_at=now))
    await hand.jump(-3 * DAY)
    now = clock.now()
    (row,) = await all_of(scene.desk, MemberSession)
    (link,) = await all_of(scene.desk, WelcomeLink)
    (run,) = await all_of(scene.desk, Verification)
    assert not sessions.is_confirmed(row, now=now)
    moments = (row.seen_at, row.expires_at - 12 * HOUR, link.expires_at - 7 * DAY, run.started_at, run.finished_at)
    assert all(abs(moment - now) < NEAR for moment in moments)


async def test_a_start_before_the_last_sign_of_life_is_a_jump_back(scene: Scene, hand: Hand) -> None:
    hand.ahead = -HOUR
    for _replica in range(2):
        clock.follow(None)
        await jumps.begin(scene.desk.database)
    (seconds,) = await jumped(scene.desk)
    assert abs(seconds + 3600) < 25
    assert abs(clock.now() - clock.machine() + HOUR) < NEAR


@pytest.mark.parametrize("gone, rows", [(14 * MINUTE, 0), (16 * MINUTE, 1)], ids=str)
async def test_a_start_after_a_long_silence_is_kept_in_mind_and_no_news(
    scene: Scene, hand: Hand, gone: timedelta, rows: int
) -> None:
    await change(scene.desk, update(Heartbeat).values(beat_at=clock.now() - gone))
    for _replica in range(2):
        await jumps.begin(scene.desk.database)
    found = await all_of(scene.desk, ClockJump)
    assert [row.watched for row in found] == [False] * rows
    assert [entry.action for entry in await all_of(scene.desk, HistoryEntry)] == []


async def test_news_comes_also_when_the_mails_of_this_hour_have_left_already(scene: Scene, hand: Hand) -> None:
    incident = await add_incident(scene.desk, now=clock.now())
    for minutes in (40, 30, 20, 10, 0, -60):
        async with scene.desk.database.write() as session:
            await outbox.announce_report(session, incident, now=clock.now() + minutes * MINUTE)
        await change(scene.desk, update(OutboxMail).values(state=MailState.SENT))
    before = len(await scene.mails(letter="new_reports"))
    async with scene.desk.database.write() as session:
        await outbox.announce_report(session, incident, now=clock.now())
    assert len(await scene.mails(letter="new_reports", state=MailState.WAITING)) == 1
    assert len(await scene.mails(letter="new_reports")) == before + 1


async def test_a_look_for_gaps_of_a_time_to_come_hides_none_of_now(scene: Scene, hand: Hand) -> None:
    for by in (3 * DAY, -3 * DAY):
        await hand.jump(by)
        await upkeep.look_for_gaps(scene.desk, now=clock.now())
    (look,) = await all_of(scene.desk, GapCheck)
    assert abs(look.started_at - clock.now()) < NEAR


async def test_a_proof_from_a_time_to_come_lasts_no_longer_than_any(scene: Scene, hand: Hand) -> None:
    await hand.jump(3 * DAY)
    now = clock.now()
    proved = {"address_proved_at": now, "proved_address": Member.email}
    link = AddressLink(token_hash="link", member_id=scene.rosa.id, email="x", expires_at=now + 7 * DAY)
    async with scene.desk.database.write() as session:
        await session.execute(update(Member).values(proved))
        session.add(link)
    await hand.jump(-3 * DAY)
    (kept,) = await all_of(scene.desk, AddressLink)
    moments = [kept.expires_at - 7 * DAY, *(one.address_proved_at for one in await all_of(scene.desk, Member))]
    assert all(abs(moment - clock.now()) < NEAR for moment in moments)


async def test_a_machine_that_stood_still_moves_nothing_while_another_one_works(scene: Scene, hand: Hand) -> None:
    seen = clock.followed()
    assert seen is not None
    now = clock.now()
    async with scene.desk.database.write() as session:
        await outbox.put(session, letter="test", dedupe="test", now=now, member_id=scene.rosa.id)
        await session.execute(update(Heartbeat).values(beat_at=now))
    # All of its clocks stood still for an hour, so it foretells an hour too little.
    clock.follow(replace(seen, moment=seen.moment - HOUR))
    await jumps.look(scene.desk.database)
    assert await jumped(scene.desk) == []
    assert [mail.due_at for mail in await scene.mails()] == [now]
    assert abs(clock.now() - now) < NEAR


async def test_a_worker_that_has_not_seen_the_jump_gives_no_sign_of_life(
    desk: Desk, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "moment", hand.moment)
    beat, before = worker._heart(), len(await all_of(desk, Heartbeat))
    hand.ahead = HOUR
    await beat(desk)
    assert len(await all_of(desk, Heartbeat)) == before
    await jumps.look(desk.database)
    await beat(desk)
    assert len(await all_of(desk, Heartbeat)) == before + 1
