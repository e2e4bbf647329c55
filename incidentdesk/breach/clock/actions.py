"""What a person may do to the authority's clock: fix awareness, file, decide, reopen. Evidence is only ever added."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.breach.clock.forms import Aware, Decided, Filed, Taken
from incidentdesk.breach.clock.queries import Case
from incidentdesk.errors import Conflict
from incidentdesk.records import clocks, duties, history
from incidentdesk.rules.awareness import Kind
from incidentdesk.rules.deadline import deadline
from incidentdesk.rules.lifecycle import Move, Verdict, status_after
from incidentdesk.rules.next_step import Duty
from incidentdesk.tables import Awareness, Clock, Filing, JsonObject, Member, SignedDecision, Stamp

NO_DATA = "no_personal_data"
# What ended a clock only as long as nothing else became known, or was handed in after all.
GIVES_WAY = frozenset({clocks.SIGNED, clocks.SEPARATED})


@dataclass(frozen=True)
class Done:
    """One action for history: its name and what it changed."""

    action: str
    before: JsonObject
    after: JsonObject


async def set_awareness(session: AsyncSession, case: Case, value: Aware, *, member: Member, now: datetime) -> None:
    """Add an awareness and let the clock run from it. After the end it is evidence only: lateness was decided then."""
    clock = _clock_of(case)
    session.add(
        Awareness(
            incident_id=clock.incident_id,
            clock_id=clock.id,
            aware_at=value.at,
            zone=value.zone,
            reason=value.reason,
            basis=value.basis,
            member_id=member.id,
            set_at=now,
        )
    )
    if value.source:
        session.add(_noticed(clock, value, member=member, now=now))
    before = _state(clock)
    if clock.ended_at is None:
        due = deadline(value.at, value.period, zone=ZoneInfo(value.zone))
        clocks.move(clock, started_at=value.at, deadline_at=due, now=now)
        clock.zone, clock.policy_version = value.zone, value.policy_version
    await clocks.end_duty(session, case.incident, Duty.INQUIRY, by="awareness.set", now=now)
    after = _state(clock) | {"aware_at": value.at.isoformat(), "reason": value.reason}
    after |= {name: text for name, text in (("basis", value.basis), ("source", value.source)) if text}
    await finish(session, case, Done("awareness.set", before, after), member=member, now=now)


async def record_filing(session: AsyncSession, case: Case, value: Filed, *, member: Member, now: datetime) -> None:
    """Add a filing. The first one ends the clock, and with it decides for good whether it was late.

    A signature that had ended it gives way, as to new facts: what was handed in after all was owed, and a decision made in
    time does not make it timely.
    """
    clock = _clock_of(case)
    filing = Filing(
        incident_id=clock.incident_id,
        clock_id=clock.id,
        filed_at=value.at,
        authority_reference=value.authority_reference,
        reason_for_delay=value.reason_for_delay,
        member_id=member.id,
        recorded_at=now,
    )
    await _file(session, case, filing, Done("filing.recorded", {}, {}), member=member)


async def take_over(session: AsyncSession, case: Case, value: Taken, *, member: Member, now: datetime) -> None:
    """Say that what was filed for a part covers the whole. It ends the clock as a filing does, as late as it was for the whole."""
    clock, of = _clock_of(case), case.part_filing(value.filing_id)
    if of is None or of not in case.takeable:
        raise Conflict
    filing = Filing(
        incident_id=clock.incident_id,
        clock_id=clock.id,
        filed_at=of.filing.filed_at,
        authority_reference=of.filing.authority_reference,
        reason_for_delay=value.reason_for_delay,
        taken_from_id=of.filing.id,
        taken_reason=value.reason,
        member_id=member.id,
        recorded_at=now,
    )
    more = {"part": str(of.part.id), "reason": value.reason}
    await _file(session, case, filing, Done("filing.taken_over", {}, more), member=member)


async def _file(session: AsyncSession, case: Case, filing: Filing, done: Done, *, member: Member) -> None:
    clock, now = _clock_of(case), filing.recorded_at
    session.add(filing)
    before = _state(clock)
    if clock.ended_at is None or (clock.ended_by in GIVES_WAY and not case.filings):
        clocks.end(clock, by=clocks.FILED, at=filing.filed_at, now=now)
    await clocks.end_duty(session, case.incident, Duty.INQUIRY, by=done.action, now=now)
    after = _state(clock) | {"filed_at": filing.filed_at.isoformat(), "authority_reference": filing.authority_reference}
    if filing.reason_for_delay:
        after["reason_for_delay"] = filing.reason_for_delay
    await finish(session, case, Done(done.action, before, after | done.after), member=member, now=now)


async def sign_decision(session: AsyncSession, case: Case, value: Decided, *, member: Member, now: datetime) -> None:
    """End the clock by a named person's reasoned decision."""
    clock = _clock_of(case)
    if clock.ended_at is not None:
        raise Conflict
    sign(session, clock, value, member=member, now=now)
    before = _state(clock) | _standing(case)
    clocks.end(clock, by=clocks.SIGNED, at=now, now=now)
    await clocks.end_duty(session, case.incident, Duty.INQUIRY, by="clock.decided", now=now)
    if value.decision == NO_DATA:
        await _end_all_for_breaches(session, case, value, member=member, now=now)
    after = _state(clock) | _standing(case) | {"decision": value.decision, "reasoning": value.reasoning}
    await finish(session, case, Done("clock.decided", before, after), member=member, now=now)


async def reopen_duty(session: AsyncSession, case: Case, value: Decided, *, member: Member, now: datetime) -> None:
    """Let the duty run again after new facts, from the start it always had. Only a signature gives way to them.

    What was filed, told or entered elsewhere cannot be taken back, and nor can how late it was.
    """
    clock = _clock_of(case)
    if clock.ended_by not in GIVES_WAY or case.filings:
        raise Conflict
    sign(session, clock, value, member=member, now=now)
    before = _state(clock) | _standing(case)
    clocks.reopen(clock, now=now)
    _put_back_to_work(case)
    after = _state(clock) | _standing(case) | {"new_facts": value.reasoning}
    await finish(session, case, Done("clock.reopened", before, after), member=member, now=now)


def _noticed(clock: Clock, value: Aware, *, member: Member, now: datetime) -> Stamp:
    """Nothing is earlier than everything known: an earlier moment is written down itself, with where it comes from."""
    return Stamp(
        incident_id=clock.incident_id,
        kind=Kind.NOTICED,
        at=value.at,
        zone=value.zone,
        reason=value.source,
        member_id=member.id,
        set_at=now,
    )


async def _end_all_for_breaches(
    session: AsyncSession, case: Case, value: Decided, *, member: Member, now: datetime
) -> None:
    """Without personal data there is no breach, and nothing is owed for one; each clock gets the signature."""
    if case.incident.verdict is Verdict.PERSONAL_DATA_BREACH:
        _undecide(case)
    for other in await clocks.clocks_of(session, case.incident):
        if other.legal and other.ended_at is None and duties.is_for_breaches(other):
            sign(session, other, value, member=member, now=now)
            clocks.end(other, by=clocks.SIGNED, at=now, now=now)


def _put_back_to_work(case: Case) -> None:
    """A running duty is never hidden behind a closed incident, nor behind a verdict the new facts have overtaken."""
    incident = case.incident
    if incident.verdict is not Verdict.PERSONAL_DATA_BREACH and duties.is_for_breaches(_clock_of(case)):
        _undecide(case)
    status = status_after(incident.status, Move.REOPEN)
    if status is not None:
        incident.status, incident.closed_at, incident.outcome = status, None, None


def _undecide(case: Case) -> None:
    case.incident.verdict = case.incident.outcome = None


def _clock_of(case: Case) -> Clock:
    if case.clock is None:
        raise Conflict
    return case.clock


def sign(session: AsyncSession, clock: Clock, value: Decided, *, member: Member, now: datetime) -> None:
    """Put a named person's decision about a duty among its evidence."""
    session.add(
        SignedDecision(
            incident_id=clock.incident_id,
            clock_id=clock.id,
            decision=value.decision,
            reasoning=value.reasoning,
            member_id=member.id,
            signed_at=now,
        )
    )


async def finish(session: AsyncSession, case: Case, done: Done, *, member: Member, now: datetime) -> None:
    """Close a verb: whoever acts has looked, history keeps what changed, and the queue what comes next."""
    incident = case.incident
    await clocks.acted(session, incident, by=done.action, now=now)
    history.record(
        session,
        incident,
        done.action,
        actor=history.actor_of(member),
        now=now,
        before={name: value for name, value in done.before.items() if done.after.get(name) != value},
        after={
            name: value for name, value in done.after.items() if name not in done.before or done.before[name] != value
        },
    )
    # What was filed or fixed may start other duties, or move them.
    await duties.refresh(session, incident, now=now)


def _state(clock: Clock) -> JsonObject:
    return {
        "started_at": clock.started_at.isoformat(),
        "deadline_at": clock.deadline_at.isoformat(),
        "provisional": clock.provisional,
        "ended_at": clock.ended_at.isoformat() if clock.ended_at else None,
        "late_seconds": clock.late_seconds,
    }


def _standing(case: Case) -> JsonObject:
    incident = case.incident
    return {"status": incident.status.value, "verdict": incident.verdict, "outcome": incident.outcome}
