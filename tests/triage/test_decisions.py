"""Deciding, closing, opening again: the clock that starts, the signature that ends it, and what stands in the way."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from incidentdesk.records import clocks
from incidentdesk.rules.lifecycle import Outcome, Status, Verdict
from incidentdesk.rules.next_step import NextStep
from incidentdesk.tables import Clock, Filing, Incident, Member, Message, SignedDecision
from incidentdesk.triage import actions, decisions
from incidentdesk.triage.decisions import Obstructed, Unreasoned
from incidentdesk.triage.forms import Change, Closure, Decision, Reopening, Writing
from incidentdesk.triage.stale import Stale
from incidentdesk.web.pages import Desk
from tests.opened import held, opened
from tests.triage.reports import Told, done, file, fresh, letters, reply, rows, running
from tests.triage.test_actions import act

BREACH = Decision(Change(Verdict.PERSONAL_DATA_BREACH, ""))
NOTHING = Decision(Change(Verdict.NOT_AN_INCIDENT, ""), Outcome.FALSE_ALARM, "Test data only.")
NO_DATA = Decision(Change(Verdict.SECURITY_INCIDENT, ""), None, "The disk was encrypted.", Writing("Thank you.", "f"))
AUTHORITY, REGISTER = "gdpr_33_1_sa", "gdpr_33_5_register"


async def legal_clock(desk: Desk, incident: Incident) -> Clock:
    (clock,) = [clock for clock in await rows(desk, Clock, incident) if clock.duty == AUTHORITY]
    assert isinstance(clock, Clock)
    return clock


async def test_a_breach_starts_the_clock_from_the_first_signal(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, Told(people="no"), now=now)
    later = now + timedelta(hours=3)
    for _ in range(2):
        await act(desk, incident, decisions.decide, BREACH, by=rosa, now=later)
    row = await fresh(desk, incident)
    assert (row.verdict, row.status, row.owner_id) == (Verdict.PERSONAL_DATA_BREACH, Status.HANDLING, rosa.id)
    assert (row.taken_at, row.read_at) == (later, later)
    clock = await legal_clock(desk, incident)
    assert (clock.started_at, clock.deadline_at, clock.provisional) == (now, now + timedelta(hours=72), True)
    assert await running(desk, incident) == {"first_answer", AUTHORITY, REGISTER}
    (entry,) = await done(desk, incident)
    assert entry.action == "verdict.set"
    assert entry.before == {"owner": None, "status": "new", "verdict": None}
    changed = {name: entry.after[name] for name in entry.before}
    assert changed == {"owner": str(rosa.id), "status": "handling", "verdict": "personal_data_breach"}


async def test_a_running_clock_is_left_alone_by_a_breach(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    await act(desk, incident, decisions.decide, BREACH, by=rosa, now=now)
    clock = await legal_clock(desk, incident)
    assert (clock.ended_at, clock.revision) == (None, 0)


async def test_any_other_decision_ends_the_clock_by_a_signature(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, Told(email="nel@example.org"), now=now)
    await act(desk, incident, decisions.decide, NO_DATA, by=rosa, now=now)
    clock = await legal_clock(desk, incident)
    assert (clock.ended_at, clock.late_seconds) == (now, 0)
    (signed,) = await signatures(desk, clock)
    assert (signed.reasoning, signed.member_id, signed.decision) == (NO_DATA.reason, rosa.id, "no_personal_data")
    assert await running(desk, incident) == set()
    (message,) = await rows(desk, Message, incident)
    assert message.body == "Thank you."
    assert await letters(desk, incident) == ["reporter_answer"]
    (entry,) = await done(desk, incident)
    assert (entry.after["reason"], entry.after["message"]) == (NO_DATA.reason, str(message.id))


async def signatures(desk: Desk, clock: Clock) -> list[SignedDecision]:
    async with desk.database.read() as session:
        wanted = select(SignedDecision).where(SignedDecision.clock_id == clock.id).order_by(SignedDecision.id)
        return await opened(session, wanted)


async def test_new_facts_let_the_same_clock_run_again(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    await act(desk, incident, decisions.decide, NO_DATA, by=rosa, now=now)
    changed = Change(Verdict.PERSONAL_DATA_BREACH, "security_incident")
    with pytest.raises(Unreasoned):
        await act(desk, incident, decisions.decide, Decision(changed), by=rosa, now=now)
    await act(desk, incident, decisions.decide, Decision(changed, reason="The key was in the bag."), by=rosa, now=now)
    clock = await legal_clock(desk, incident)
    assert (clock.started_at, clock.ended_at, clock.late_seconds, clock.revision) == (now, None, None, 1)
    assert [signed.decision for signed in await signatures(desk, clock)] == ["no_personal_data", "reopened"]
    assert len(await done(desk, incident)) == 2


async def test_of_two_decisions_one_wins(desk: Desk, rosa: Member, dipo: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    await act(desk, incident, decisions.decide, NOTHING, by=rosa, now=now)
    await act(desk, incident, decisions.decide, NOTHING, by=rosa, now=now)
    for decision in (BREACH, NOTHING):
        with pytest.raises(Stale) as caught:
            await act(desk, incident, decisions.decide, decision, by=dipo, now=now)
        assert (caught.value.collision.name, caught.value.collision.by) == ("verdict", rosa.name)
    row = await fresh(desk, incident)
    assert (row.verdict, row.outcome) == (Verdict.NOT_AN_INCIDENT, Outcome.FALSE_ALARM)
    assert len(await done(desk, incident)) == 1


async def test_deciding_leaves_an_owner_in_place(desk: Desk, rosa: Member, dipo: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    await act(desk, incident, actions.take, seen_owner="", by=rosa, now=now)
    await act(desk, incident, decisions.decide, NOTHING, by=dipo, now=now)
    assert (await fresh(desk, incident)).owner_id == rosa.id


def closing(status: Status = Status.HANDLING, outcome: Outcome = Outcome.RESOLVED) -> Closure:
    return Closure(outcome, status.value, Writing("All done.", "f"))


async def test_closing_ends_every_promise_and_tells_the_reporter(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, Told(email="nel@example.org"), now=now)
    await act(desk, incident, decisions.decide, NOTHING, by=rosa, now=now)
    assert "first_answer" in await running(desk, incident)
    for _ in range(2):
        await act(desk, incident, decisions.close, closing(), by=rosa, now=now)
    row = await fresh(desk, incident)
    assert (row.status, row.outcome, row.closed_at) == (Status.CLOSED, Outcome.RESOLVED, now)
    assert row.next_step is NextStep.NOTHING
    assert await running(desk, incident) == set()
    assert await letters(desk, incident) == ["reporter_answer", "reporter_finished"]
    assert [entry.action for entry in await done(desk, incident)] == ["verdict.set", "incident.closed"]


async def test_what_is_not_decided_or_still_runs_stays_open(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    await reply(desk, incident, "Wait!", now=now)
    with pytest.raises(Obstructed) as caught:
        await act(desk, incident, decisions.close, closing(Status.NEW), by=rosa, now=now)
    assert caught.value.obstacles == ("no_verdict", "legal_running", "unread_reply")
    assert await done(desk, incident) == []


async def test_a_late_notification_needs_its_reasons(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now - timedelta(hours=80))
    await act(desk, incident, decisions.decide, BREACH, by=rosa, now=now)
    await enter_in_register(desk, incident, now=now)
    for reason, obstacles in ((None, ("late_without_reason",)), ("We were ill.", ())):
        async with desk.database.write() as session:
            row = await held(session, incident.reference)
            clock = await session.get_one(Clock, (await legal_clock(desk, incident)).id)
            session.add(filing(clock, rosa, reason=reason, now=now))
            clocks.end(clock, by="filing", at=now, now=now)
            await session.flush()
            assert await decisions.obstacles_of(session, row) == obstacles


async def enter_in_register(desk: Desk, incident: Incident, *, now: datetime) -> None:
    async with desk.database.write() as session:
        wanted = select(Clock).where(Clock.incident_id == incident.id, Clock.duty == REGISTER)
        clocks.end((await session.scalars(wanted)).one(), by="filing", at=now, now=now)


def filing(clock: Clock, member: Member, *, reason: str | None, now: datetime) -> Filing:
    return Filing(
        incident_id=clock.incident_id,
        clock_id=clock.id,
        filed_at=now,
        authority_reference="AP-1",
        reason_for_delay=reason,
        member_id=member.id,
        recorded_at=now,
    )


async def test_a_late_signature_is_its_own_reason(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now - timedelta(hours=80))
    await act(desk, incident, decisions.decide, NOTHING, by=rosa, now=now)
    assert (await legal_clock(desk, incident)).late_seconds == 8 * 3600
    await act(desk, incident, decisions.close, closing(), by=rosa, now=now)
    assert (await fresh(desk, incident)).status is Status.CLOSED


async def test_nobody_closes_over_a_change_they_did_not_see(
    desk: Desk, rosa: Member, dipo: Member, now: datetime
) -> None:
    incident = await file(desk, now=now)
    await act(desk, incident, decisions.decide, NOTHING, by=rosa, now=now)
    await act(desk, incident, decisions.close, closing(), by=rosa, now=now)
    with pytest.raises(Stale) as caught:
        await act(desk, incident, decisions.close, closing(), by=dipo, now=now)
    assert (caught.value.collision.by, caught.value.collision.theirs) == (rosa.name, "closed")


async def test_what_is_closed_is_opened_before_it_is_touched(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    await act(desk, incident, decisions.decide, NOTHING, by=rosa, now=now)
    await act(desk, incident, decisions.close, closing(), by=rosa, now=now)
    again = Decision(Change(Verdict.SECURITY_INCIDENT, "not_an_incident"), reason="r")
    with pytest.raises(Stale) as caught:
        await act(desk, incident, decisions.decide, again, by=rosa, now=now)
    assert caught.value.collision.final
    for _ in range(2):
        await act(desk, incident, decisions.reopen, Reopening("A second report."), by=rosa, now=now)
    row = await fresh(desk, incident)
    assert (row.status, row.verdict, row.outcome, row.closed_at) == (Status.ASSESSING, None, None, None)
    assert row.next_step is NextStep.DECIDE
    assert (await legal_clock(desk, incident)).ended_at == now
    entry = (await done(desk, incident))[-1]
    assert (entry.action, entry.after["reason"]) == ("incident.reopened", "A second report.")
