"""Who is alerted when, from rows alone; time is an argument."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from incidentdesk import worker
from incidentdesk.escalation import sweep
from incidentdesk.records import clocks
from incidentdesk.rules.next_step import Duty
from incidentdesk.tables import Clock, Incident, MailState, Member, Notice, OutboxMail
from tests.mail.scene import MINUTE, NOW, Scene, add_incident

HOUR = timedelta(hours=1)


async def sweep_at(scene: Scene, *minutes: int) -> None:
    for minute in minutes:
        await worker.sweep_clocks(scene.desk, now=NOW + minute * MINUTE)


async def take(scene: Scene, incident: Incident, who: Member, *, at: datetime) -> None:
    """Take it as triage does."""
    async with scene.desk.database.write() as session:
        row = await session.get_one(Incident, incident.id)
        row.owner_id, row.taken_at = who.id, at
        await clocks.hold(session, row, now=at)


async def the_clock(scene: Scene, duty: Duty) -> Clock:
    async with scene.desk.database.read() as session:
        return (await session.scalars(select(Clock).where(Clock.duty == duty))).one()


async def test_nobody_takes_it_so_one_post_after_the_other_is_told(scene: Scene) -> None:
    await add_incident(scene.desk)
    await sweep_at(scene, 0, 14)
    assert await scene.told("act") == []
    await sweep_at(scene, 15, 16)
    assert await scene.told("act") == ["Rosa Ponder"]
    await sweep_at(scene, 30, 31, 60, 61, 600)
    assert await scene.told("act") == ["Rosa Ponder", "Bodil Upp", "Dipo Officer"]


async def test_a_lesser_severity_waits_for_its_deadline(scene: Scene) -> None:
    await add_incident(scene.desk, severity=2)
    await sweep_at(scene, 0, 15, 30, 60)
    assert await scene.told("act") == []


async def test_after_an_outage_each_person_gets_one_mail(scene: Scene) -> None:
    await add_incident(scene.desk)
    await sweep_at(scene, 71 * 60)
    assert await scene.told("act") == ["Dipo Officer", "Bodil Upp", "Rosa Ponder"]
    # Only the newest milestone goes out; the owner's post is empty, so the one behind it is called.
    assert sorted(await scene.told("deadline")) == ["Bodil Upp", "Dipo Officer", "Rosa Ponder"]
    async with scene.desk.database.read() as session:
        overtaken = await session.scalars(select(Notice.step).where(Notice.superseded))
        assert sorted(overtaken) == ["left_12h", "left_24h", "left_2h", "left_48h", "left_6h"]


async def test_late_comes_back_every_four_hours_until_it_ends(scene: Scene) -> None:
    await add_incident(scene.desk, severity=3)
    for hours in (72, 76, 80, 80, 84):
        await sweep_at(scene, hours * 60)
    late = [mail for mail in await scene.mails(letter="deadline") if ":late:" in mail.dedupe]
    assert len({mail.dedupe.split(":")[4] for mail in late}) == 3
    clock = await the_clock(scene, Duty.AUTHORITY)
    assert clock.next_check_at == clock.deadline_at + 16 * HOUR


async def test_taking_it_stops_the_ladder_and_stands_the_others_down(scene: Scene) -> None:
    incident = await add_incident(scene.desk)
    await sweep_at(scene, 15, 30)
    for mail in await scene.mails(letter="act", member_id=scene.rosa.id):
        await set_state(scene, mail.id, MailState.SENT)
    await take(scene, incident, scene.dipo, at=NOW + 31 * MINUTE)
    await sweep_at(scene, 31, 40)
    assert await scene.told("stand_down") == ["Rosa Ponder"]
    # The back-up's alert had not left yet, so there is nothing to take back.
    assert await scene.told("act", MailState.SKIPPED) == ["Bodil Upp"]
    assert await scene.told("act") == []


async def test_the_taker_is_not_stood_down(scene: Scene) -> None:
    incident = await add_incident(scene.desk)
    await sweep_at(scene, 15)
    for mail in await scene.mails(letter="act"):
        await set_state(scene, mail.id, MailState.SENT)
    await take(scene, incident, scene.rosa, at=NOW + 16 * MINUTE)
    await sweep_at(scene, 16)
    assert await scene.told("stand_down") == []


async def test_a_taker_who_goes_silent_arms_it_again(scene: Scene) -> None:
    incident = await add_incident(scene.desk)
    await take(scene, incident, scene.rosa, at=NOW + 5 * MINUTE)
    clock = await the_clock(scene, Duty.DECISION)
    held = (clock.armed_at - NOW) // MINUTE
    await sweep_at(scene, 5, held, held + 14)
    assert await scene.told("act") == []
    await sweep_at(scene, held + 15, held + 16)
    assert await scene.told("act") == ["Rosa Ponder"]


async def test_the_end_of_a_duty_stands_everybody_down(scene: Scene) -> None:
    await add_incident(scene.desk, severity=3)
    await sweep_at(scene, 48 * 60)
    for mail in await scene.mails(letter="deadline"):
        await set_state(scene, mail.id, MailState.SENT)
    async with scene.desk.database.write() as session:
        clock = (await session.scalars(select(Clock).where(Clock.duty == Duty.AUTHORITY))).one()
        clocks.end(clock, by="filing", at=NOW + 49 * HOUR, now=NOW + 49 * HOUR)
    await sweep_at(scene, 49 * 60, 72 * 60)
    assert sorted(await scene.told("stand_down")) == ["Dipo Officer", "Rosa Ponder"]
    assert await scene.told("deadline") == []


async def test_a_row_that_raises_is_pushed_ahead_while_others_go_on(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    poisoned = await add_incident(scene.desk, number=1)
    await add_incident(scene.desk, number=2)
    async with scene.desk.database.write() as session:
        await session.execute(
            update(Clock).where(Clock.incident_id == poisoned.id).values(ladder=[{"key": "secret words"}])
        )
    await sweep_at(scene, 15)
    assert await scene.told("act") == ["Rosa Ponder"]
    async with scene.desk.database.read() as session:
        failed = (await session.scalars(select(Clock).where(Clock.failures > 0))).all()
    assert {clock.incident_id for clock in failed} == {poisoned.id}
    assert {clock.failed_reason for clock in failed} == {"KeyError"}
    assert all(clock.next_check_at == NOW + 16 * MINUTE for clock in failed)
    assert "secret words" not in caplog.text


async def test_two_sweeps_at_once_tell_everybody_once(scene: Scene) -> None:
    await add_incident(scene.desk)
    async with scene.desk.database.read() as session:
        due = await sweep.due_clocks(session, now=NOW + 15 * MINUTE)
    for clock_id in (*due, *due):
        async with scene.desk.database.write() as session:
            await sweep.look_at(session, clock_id, now=NOW + 15 * MINUTE)
    assert await scene.told("act") == ["Rosa Ponder"]


async def test_the_sweep_asks_its_index_only(scene: Scene) -> None:
    if scene.desk.database.writer.dialect.name != "sqlite":
        pytest.skip("the plan of an empty table says nothing on PostgreSQL")
    query = "SELECT id FROM clock WHERE next_check_at <= '2026-11-23' ORDER BY next_check_at LIMIT 50"
    async with scene.desk.database.read() as session:
        plan = [row[3] for row in await session.execute(text(f"EXPLAIN QUERY PLAN {query}"))]
    assert plan == ["SEARCH clock USING COVERING INDEX ix_clock_next_check_at (next_check_at<?)"]


async def set_state(scene: Scene, mail_id: UUID, state: MailState) -> None:
    async with scene.desk.database.write() as session:
        await session.execute(update(OutboxMail).where(OutboxMail.id == mail_id).values(state=state))
