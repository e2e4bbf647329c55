"""What moves the authority's clock, what ends it, and that lateness is decided once."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from incidentdesk import law
from incidentdesk.breach.clock import actions, queries
from incidentdesk.breach.clock.forms import Aware, Decided, Filed
from incidentdesk.breach.clock.queries import Case
from incidentdesk.errors import Conflict, Missing
from incidentdesk.rules.deadline import policy_in_force
from incidentdesk.rules.lifecycle import Status, Verdict
from incidentdesk.rules.next_step import Duty, NextStep
from incidentdesk.tables import Clock, HistoryEntry, Member
from incidentdesk.web.pages import Desk
from tests.breach.conftest import AMSTERDAM, REFERENCE
from tests.opened import opened

Verb = Callable[..., Awaitable[None]]
RISK_UNLIKELY = Decided("risk_unlikely", "Encrypted, the key is safe")


def aware(at: datetime) -> Aware:
    policy = policy_in_force(law.policies(), Duty.AUTHORITY, at, AMSTERDAM)
    assert policy is not None
    assert policy.period is not None
    return Aware(at, "Europe/Amsterdam", "The supplier called", policy.version, policy.period)


async def do(desk: Desk, verb: Verb, value: object, *, member: Member, now: datetime) -> Case:
    async with desk.database.write() as session:
        case = await queries.case_of(session, REFERENCE, by=member, for_change=True)
        await verb(session, case, value, member=member, now=now)
    async with desk.database.read() as session:
        return await queries.case_of(session, REFERENCE, by=member)


def clock_of(case: Case) -> Clock:
    assert case.clock is not None
    return case.clock


async def entries(desk: Desk, incident_id: UUID) -> list[HistoryEntry]:
    async with desk.database.read() as session:
        wanted = select(HistoryEntry).where(HistoryEntry.incident_id == incident_id).order_by(HistoryEntry.id)
        return await opened(session, wanted)


async def test_awareness_moves_the_clock_and_leaves_a_trace(
    desk: Desk, dpo: Member, incident_id: UUID, now: datetime
) -> None:
    earlier = now - timedelta(hours=30)
    case = await do(desk, actions.set_awareness, aware(earlier), member=dpo, now=now)
    clock = clock_of(case)
    assert (clock.started_at, clock.deadline_at) == (earlier, earlier + timedelta(hours=72))
    assert (clock.provisional, clock.revision, clock.next_check_at) == (False, 1, now)
    assert (case.incident.legal_due_at, case.incident.acted_at) == (clock.deadline_at, now)
    [entry] = await entries(desk, incident_id)
    assert (entry.action, entry.after["reason"]) == ("awareness.set", "The supplier called")
    assert entry.before["started_at"] != entry.after["started_at"]


async def test_acting_is_the_first_look(desk: Desk, dpo: Member, incident_id: UUID, now: datetime) -> None:
    case = await do(desk, actions.set_awareness, aware(now - timedelta(hours=2)), member=dpo, now=now)
    assert case.incident.read_at == now
    async with desk.database.read() as session:
        look = select(Clock).where(Clock.incident_id == incident_id, Clock.duty == Duty.FIRST_LOOK)
        found = await session.scalar(look)
    assert found is not None
    assert (found.ended_at, found.ended_by) == (now, "awareness.set")


async def test_a_later_correction_is_added_and_the_strictest_stays_in_sight(
    desk: Desk, dpo: Member, incident_id: UUID, now: datetime
) -> None:
    first, later = now - timedelta(hours=30), now - timedelta(hours=3)
    await do(desk, actions.set_awareness, aware(first), member=dpo, now=now)
    case = await do(desk, actions.set_awareness, aware(later), member=dpo, now=now)
    assert [row.aware_at for row in case.awareness] == [first, later]
    assert clock_of(case).deadline_at == later + timedelta(hours=72)
    assert queries.face(case, now=now).strictest_at == first + timedelta(hours=72)


async def test_the_first_filing_ends_the_clock_and_freezes_its_lateness(
    desk: Desk, dpo: Member, incident_id: UUID, now: datetime
) -> None:
    await do(desk, actions.set_awareness, aware(now - timedelta(hours=80)), member=dpo, now=now)
    late = Filed(now - timedelta(hours=5), "AP-1", "We were not sure what was in it")
    clock = clock_of(await do(desk, actions.record_filing, late, member=dpo, now=now))
    assert (clock.ended_at, clock.ended_by, clock.late_seconds) == (late.at, "filing", 3 * 3600)
    await do(desk, actions.record_filing, Filed(now, "AP-2", None), member=dpo, now=now)
    case = await do(desk, actions.set_awareness, aware(now - timedelta(hours=10)), member=dpo, now=now)
    assert (clock_of(case).ended_at, clock_of(case).late_seconds) == (late.at, 3 * 3600)
    assert clock_of(case).started_at == now - timedelta(hours=80)
    assert (len(case.filings), len(case.awareness)) == (2, 2)
    assert len(await entries(desk, incident_id)) == 4


async def test_what_is_filed_late_after_a_decision_in_time_is_late(
    desk: Desk, dpo: Member, incident_id: UUID, now: datetime
) -> None:
    await do(desk, actions.set_awareness, aware(now - timedelta(hours=71)), member=dpo, now=now)
    signed = clock_of(await do(desk, actions.sign_decision, RISK_UNLIKELY, member=dpo, now=now))
    assert signed.late_seconds == 0
    after_all = Filed(now + timedelta(hours=4), "AP-1", "We had held the risk for unlikely")
    clock = clock_of(await do(desk, actions.record_filing, after_all, member=dpo, now=after_all.at))
    assert (clock.ended_at, clock.ended_by, clock.late_seconds) == (after_all.at, "filing", 3 * 3600)
    again = Filed(now + timedelta(hours=1), "AP-2", None)
    clock = clock_of(await do(desk, actions.record_filing, again, member=dpo, now=after_all.at))
    assert (clock.ended_at, clock.late_seconds) == (after_all.at, 3 * 3600)
    newest = (await entries(desk, incident_id))[-2]
    assert (newest.before["late_seconds"], newest.after["late_seconds"]) == (0, 3 * 3600)


async def test_a_signed_decision_ends_the_clock_and_new_facts_reopen_it(
    desk: Desk, dpo: Member, incident_id: UUID, now: datetime
) -> None:
    before = clock_of(await do(desk, actions.sign_decision, RISK_UNLIKELY, member=dpo, now=now))
    assert (before.ended_by, before.late_seconds) == ("decision", 0)
    case = await do(desk, actions.reopen_duty, Decided("reopened", "The key was in the bag"), member=dpo, now=now)
    clock = clock_of(case)
    assert (clock.ended_at, clock.ended_by, clock.late_seconds) == (None, None, None)
    assert (clock.started_at, clock.deadline_at) == (before.started_at, before.deadline_at)
    assert (clock.revision, clock.next_check_at) == (before.revision + 1, now)
    assert [row.decision for row in case.decisions] == ["risk_unlikely", "reopened"]
    assert [entry.action for entry in await entries(desk, incident_id)] == ["clock.decided", "clock.reopened"]


async def test_reopening_brings_back_a_closed_incident_without_its_verdict(
    desk: Desk, dpo: Member, incident_id: UUID, now: datetime
) -> None:
    case = await do(desk, actions.sign_decision, RISK_UNLIKELY, member=dpo, now=now)
    async with desk.database.write() as session:
        case.incident.status, case.incident.closed_at = Status.CLOSED, now
        case.incident.verdict = Verdict.NOT_AN_INCIDENT
        await session.merge(case.incident)
    incident = (await do(desk, actions.reopen_duty, Decided("reopened", "It was real"), member=dpo, now=now)).incident
    assert (incident.status, incident.closed_at, incident.verdict) == (Status.ASSESSING, None, None)
    assert incident.next_step in {NextStep.DECIDE, NextStep.ANSWER}


async def test_no_personal_data_is_no_verdict_of_a_breach(
    desk: Desk, dpo: Member, incident_id: UUID, now: datetime
) -> None:
    async with desk.database.write() as session:
        incident = (await queries.case_of(session, REFERENCE, by=dpo)).incident
        incident.status, incident.verdict = Status.HANDLING, Verdict.PERSONAL_DATA_BREACH
    case = await do(desk, actions.sign_decision, Decided("no_personal_data", "Test data"), member=dpo, now=now)
    assert (case.incident.verdict, case.incident.status) == (None, Status.HANDLING)
    assert case.incident.next_step in {NextStep.DECIDE, NextStep.ANSWER}
    [entry] = await entries(desk, incident_id)
    assert (entry.before["verdict"], entry.after["verdict"]) == ("personal_data_breach", None)
    assert "started_at" not in entry.before | entry.after


async def test_what_has_ended_cannot_be_decided_and_a_filing_not_taken_back(
    desk: Desk, dpo: Member, incident_id: UUID, now: datetime
) -> None:
    with pytest.raises(Conflict):
        await do(desk, actions.reopen_duty, Decided("reopened", "Too early"), member=dpo, now=now)
    await do(desk, actions.record_filing, Filed(now, "AP-1", None), member=dpo, now=now)
    with pytest.raises(Conflict):
        await do(desk, actions.sign_decision, RISK_UNLIKELY, member=dpo, now=now)
    with pytest.raises(Conflict):
        await do(desk, actions.reopen_duty, Decided("reopened", "No way back"), member=dpo, now=now)


async def test_no_clock_no_action(desk: Desk, dpo: Member, incident_id: UUID, now: datetime) -> None:
    async with desk.database.write() as session:
        case = await queries.case_of(session, REFERENCE, by=dpo)
        await session.delete(case.clock)
    with pytest.raises(Conflict):
        await do(desk, actions.sign_decision, RISK_UNLIKELY, member=dpo, now=now)
    async with desk.database.read() as session:
        with pytest.raises(Missing):
            await queries.case_of(session, "IR-26-000000", by=dpo)
