"""The duties of merged incidents: the strictest counts, none ends or gets later by merging, and undone each runs as before."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from incidentdesk import clock as machine
from incidentdesk import worker
from incidentdesk.escalation import settled
from incidentdesk.records import clocks
from incidentdesk.rules.deadline import seconds_late
from incidentdesk.rules.lifecycle import Verdict
from incidentdesk.rules.next_step import Duty
from incidentdesk.tables import Clock, Incident, Member, Notice, OutboxMail, SignedDecision
from incidentdesk.web.pages import Desk
from tests.mail.scene import set_scene
from tests.people import Seat, Sit, hidden_fields
from tests.triage.merged import at, clock_of, course, merge, record, separate
from tests.triage.reports import Told, file, fresh, rows, running
from tests.typed import typed

HOUR = timedelta(hours=1)


@pytest.fixture
async def seat(sit: Sit, dipo: Member) -> Seat:
    return await sit(dipo)


async def three(desk: Desk, now: datetime) -> list[Incident]:
    """Incidents that came in five, three and nine hours ago."""
    return [await file(desk, now=now - ago * HOUR) for ago in (5, 3, 9)]


async def test_the_earliest_signal_wins_and_a_later_one_changes_nothing(desk: Desk, seat: Seat, now: datetime) -> None:
    main, later, earlier = await three(desk, now)
    before, earliest = course(await clock_of(desk, main)), course(await clock_of(desk, earlier))
    await merge(seat, later, main)
    assert course(await clock_of(desk, main)) == before
    await merge(seat, earlier, main)
    assert course(await clock_of(desk, main)) == earliest
    assert (await fresh(desk, main)).legal_due_at == earliest[1]


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
async def test_undone_in_any_order_the_main_clock_runs_as_before(
    desk: Desk, seat: Seat, now: datetime, order: tuple[int, int]
) -> None:
    every = [await file(desk, now=now - ago * HOUR) for ago in (5, 7, 9)]
    before = [course(await clock_of(desk, one)) for one in every]
    for part in every[1:]:
        await merge(seat, part, every[0])
    first, last = order
    await separate(seat, every[first])
    assert course(await clock_of(desk, every[0])) == before[last]
    await separate(seat, every[last])
    assert [course(await clock_of(desk, one)) for one in every] == before
    assert Duty.AUTHORITY in await running(desk, every[1]) & await running(desk, every[2])


async def test_what_a_person_fixed_for_the_whole_stands(desk: Desk, seat: Seat, now: datetime) -> None:
    main, _, earlier = await three(desk, now)
    await merge(seat, earlier, main)
    page = (await seat.get(at(main, "clock"))).text
    why = {"aware_reason": "A call", "aware_source": "The list of calls"}
    sent = typed("aware", now - 20 * HOUR, seen_revision=hidden_fields(page)["seen_revision"], **why)
    answer = await seat.post(at(main, "awareness"), **sent)
    assert answer.status_code == 303, answer.text
    fixed = course(await clock_of(desk, main))
    await separate(seat, earlier)
    assert course(await clock_of(desk, main)) == fixed


async def test_a_signal_without_personal_data_counts_too(desk: Desk, seat: Seat, now: datetime) -> None:
    main, silent = await file(desk, now=now - HOUR), await file(desk, Told(people="no"), now=now - 4 * HOUR)
    before = course(await clock_of(desk, main))
    await merge(seat, silent, main)
    assert course(await clock_of(desk, main)) == (silent.received_at, silent.received_at + 72 * HOUR, True)
    await separate(seat, silent)
    assert course(await clock_of(desk, main)) == before


async def test_a_duty_that_only_the_part_had_is_the_main_incidents(desk: Desk, seat: Seat, now: datetime) -> None:
    main, part = await file(desk, Told(people="no"), now=now - 4 * HOUR), await file(desk, now=now - HOUR)
    theirs = course(await clock_of(desk, part))
    await merge(seat, part, main)
    # As strict as the other way round: it runs from the first signal of both.
    ours = (main.received_at, main.received_at + 72 * HOUR, True)
    assert course(await clock_of(desk, main)) == ours
    assert (await clock_of(desk, part)).ended_by == clocks.MERGED
    await separate(seat, part)
    assert (await fresh(desk, main)).legal_due_at is None
    assert (await fresh(desk, part)).legal_due_at == theirs[1]
    # Merged again, and then a breach of its own: the duty is never lost.
    await merge(seat, part, main)
    assert (await fresh(desk, main)).legal_due_at == ours[1]
    await separate(seat, part)
    await seat.post(at(main, "verdict"), verdict="personal_data_breach", seen_verdict="", form_id="v")
    assert (await fresh(desk, main)).legal_due_at == main.received_at + 72 * HOUR


async def sign(seat: Seat, incident: Incident) -> None:
    fields = {"verdict": "security_incident", "seen_verdict": "", "reason": "Nothing of people in it", "form_id": "s"}
    assert (await seat.post(at(incident, "verdict"), **fields)).status_code == 303


async def test_a_running_duty_opens_one_that_was_signed_away_and_undone_the_signature_stands(
    desk: Desk, seat: Seat, now: datetime
) -> None:
    main, part, _ = await three(desk, now)
    await sign(seat, main)
    ended = await clock_of(desk, main)
    await merge(seat, part, main)
    assert (await fresh(desk, main)).verdict is None
    assert (await fresh(desk, main)).legal_due_at == ended.deadline_at
    assert [row.decision for row in await rows(desk, SignedDecision, main)] == ["no_personal_data", "reopened"]
    await separate(seat, part)
    again, kept = await clock_of(desk, main), await fresh(desk, main)
    assert (again.ended_at, again.ended_by, again.late_seconds) == (ended.ended_at, "decision", 0)
    assert (kept.verdict, kept.legal_due_at) == (Verdict.SECURITY_INCIDENT, None)
    assert Duty.AUTHORITY in await running(desk, part)


async def test_a_decision_made_about_the_whole_outlives_the_part(desk: Desk, seat: Seat, now: datetime) -> None:
    main, part, _ = await three(desk, now)
    await sign(seat, main)
    await merge(seat, part, main)
    await seat.post(at(main, "verdict"), verdict="personal_data_breach", seen_verdict="", form_id="v")
    await separate(seat, part)
    assert (await fresh(desk, main)).verdict is Verdict.PERSONAL_DATA_BREACH
    assert Duty.AUTHORITY in await running(desk, main)


async def test_a_part_that_was_due_before_makes_the_notification_late_until_it_is_taken_out(
    desk: Desk, seat: Seat, now: datetime
) -> None:
    main, part = await file(desk, now=now - 70 * HOUR), await file(desk, now=now - 80 * HOUR)
    await record(seat, main, now)
    in_time = await clock_of(desk, main)
    assert in_time.ended_at is not None
    assert in_time.late_seconds == 0
    await merge(seat, part, main)
    filed, own = await clock_of(desk, main), await clock_of(desk, part)
    assert filed.ended_by == "filing"
    assert filed.late_seconds == seconds_late(part.received_at + 72 * HOUR, in_time.ended_at)
    assert own.late_seconds
    assert "reasons for the delay are missing" in (await seat.get(at(main, "closure"))).text
    await separate(seat, part)
    assert course(await clock_of(desk, main)) == course(in_time)
    assert (await clock_of(desk, main)).late_seconds == 0
    assert (await fresh(desk, part)).legal_due_at == part.received_at + 72 * HOUR


async def test_what_was_filed_for_a_part_stays_its_evidence(desk: Desk, seat: Seat, now: datetime) -> None:
    main, part, _ = await three(desk, now)
    await record(seat, part, now)
    filed = await clock_of(desk, part)
    await merge(seat, part, main)
    kept = await clock_of(desk, part)
    assert (kept.ended_by, kept.ended_at, kept.late_seconds) == ("filing", filed.ended_at, 0)
    # Nobody but a person ends the main one's.
    assert Duty.AUTHORITY in await running(desk, main)
    assert "AP-1" in (await seat.get(at(part, "clock"))).text


async def test_nobody_is_alarmed_for_a_part_and_no_alert_is_unaccounted_for(
    desk: Desk, sit: Sit, now: datetime
) -> None:
    scene = await set_scene(desk)
    seat = await sit(scene.dipo)
    main, part = await file(desk, now=now - 80 * HOUR), await file(desk, now=now - 75 * HOUR)
    await worker.sweep_clocks(desk, now=now)
    assert await rows(desk, Notice, part)
    await merge(seat, part, main)
    await worker.sweep_clocks(desk, now=now + timedelta(minutes=1))
    open_ones = [one for one in await rows(desk, Notice, part) if one.stood_down_at is None and not one.superseded]
    assert open_ones == []
    noticed = len(await rows(desk, Notice, part))
    await worker.sweep_clocks(desk, now=now + 9 * HOUR)
    assert len(await rows(desk, Notice, part)) == noticed
    assert await amiss(desk, now + 9 * HOUR) == []
    await separate(seat, part)
    await worker.sweep_clocks(desk, now=machine.now() + timedelta(minutes=1))
    assert len(await rows(desk, Notice, part)) > noticed
    assert await amiss(desk, machine.now() + timedelta(minutes=1)) == []


async def amiss(desk: Desk, now: datetime) -> list[settled.Finding]:
    async with desk.database.read() as session:
        return (await settled.settle(session, desk.settings, now=now)).findings


async def test_whoever_was_alarmed_hears_that_it_is_part_of_another(desk: Desk, sit: Sit, now: datetime) -> None:
    scene = await set_scene(desk)
    seat = await sit(scene.dipo)
    main, part = await file(desk, now=now - 80 * HOUR), await file(desk, now=now - 75 * HOUR)
    await worker.sweep_clocks(desk, now=now)
    async with desk.database.write() as session:
        await session.execute(update(OutboxMail).values(state="sent"))
    await merge(seat, part, main)
    await worker.sweep_clocks(desk, now=now + timedelta(minutes=1))
    async with desk.database.read() as session:
        told = select(OutboxMail).where(OutboxMail.letter == "stand_down", OutboxMail.incident_id == part.id)
        mails = list(await session.scalars(told))
    assert {mail.member_id for mail in mails} >= {scene.rosa.id}
    assert all(mail.context["merged"] for mail in mails)


async def test_no_running_duty_of_a_part_is_without_one_of_the_main_incident(
    desk: Desk, seat: Seat, now: datetime
) -> None:
    """Chains: what is part of a part is the main one's too."""
    main, middle, last = await three(desk, now)
    await merge(seat, last, middle)
    await merge(seat, middle, main)
    async with desk.database.read() as session:
        ids = [one.id for one in (middle, last)]
        ran = list(await session.scalars(select(Clock).where(Clock.incident_id.in_(ids), Clock.ended_at.is_(None))))
    assert ran == []
    assert course(await clock_of(desk, main))[0] == last.received_at
    # Taken out from the top only; then it brings its own part along.
    assert await separate(seat, last) == 409
    assert await separate(seat, middle) == 303
    assert course(await clock_of(desk, middle))[0] == last.received_at
    assert course(await clock_of(desk, main))[0] == main.received_at
