"""What a person may write on the bench beside awareness itself. Lines are only ever added; the newest of a kind counts."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import law
from incidentdesk.breach.awareness.forms import Stamped
from incidentdesk.breach.awareness.queries import Bench, inquiry_of
from incidentdesk.breach.clock.actions import Done, finish
from incidentdesk.errors import Conflict
from incidentdesk.records import clocks
from incidentdesk.rules.awareness import Basis, Candidate, Kind, first_signal
from incidentdesk.rules.deadline import deadline, policy_in_force
from incidentdesk.rules.next_step import Duty
from incidentdesk.tables import Clock, JsonObject, Member, Stamp

INQUIRY = (Kind.INQUIRY_FROM, Kind.INQUIRY_TO, Kind.INQUIRY_RESUMED)


async def write_stamp(session: AsyncSession, bench: Bench, value: Stamped, *, member: Member, now: datetime) -> None:
    """Add a line, and let the clock that hangs on it follow."""
    incident, before = bench.case.incident, _state(bench)
    session.add(
        Stamp(
            incident_id=incident.id,
            kind=value.kind,
            at=value.at,
            zone=value.zone,
            reason=value.reason,
            member_id=member.id,
            set_at=now,
        )
    )
    if value.kind in INQUIRY:
        await _follow_inquiry(session, bench, value, now=now)
    if value.kind is Kind.NOTICED:
        _follow_signal(bench, value, now=now)
    after = _state(bench) | {_named(value.kind): value.at.isoformat(), "reason": value.reason}
    await finish(session, bench.case, Done("stamp.set", before, after), member=member, now=now)


async def _follow_inquiry(session: AsyncSession, bench: Bench, value: Stamped, *, now: datetime) -> None:
    """Start, move or end the promise that an inquiry stays short."""
    incident = bench.case.incident
    known = [clock for clock in await clocks.clocks_of(session, incident) if clock.duty == Duty.INQUIRY]
    if not known:
        if value.kind is not Kind.INQUIRY_FROM or not bench.may_inquire:
            raise Conflict
        await clocks.start_inquiry(session, incident, started_at=value.at, zone=ZoneInfo(value.zone), now=now)
        return
    [clock] = known
    if clock.ended_at is None and value.kind is Kind.INQUIRY_TO:
        clocks.end(clock, by="stamp.set", at=value.at, now=now)
    elif clock.ended_at is None:
        was = bench.known.inquiry_from if value.kind is Kind.INQUIRY_FROM else bench.known.resumed_at
        _inquire_from(clock, clock.started_at + (value.at - (was or value.at)), bench, now=now)
    elif value.kind is Kind.INQUIRY_RESUMED:
        _resume(clock, value, bench, now=now)
    # Else it is over, and what is corrected is the evidence of it.


def _resume(clock: Clock, value: Stamped, bench: Bench, *, now: datetime) -> None:
    """Let the promise run again. What the inquiry took before counts on: ending and resuming makes none shorter."""
    if not bench.may_resume:
        raise Conflict
    clocks.reopen(clock, now=now)
    _inquire_from(clock, value.at - inquiry_of(bench, now=now).took, bench, now=now)


def _inquire_from(clock: Clock, started_at: datetime, bench: Bench, *, now: datetime) -> None:
    limits = law.inquiry_limits(bench.known.inquiry_from or started_at)
    clocks.move(clock, started_at=started_at, deadline_at=started_at + limits.alarm_after, now=now)


def _follow_signal(bench: Bench, value: Stamped, *, now: datetime) -> None:
    """Let a clock that nobody fixed an awareness for run from the first signal that is known now."""
    clock = bench.case.clock
    if clock is None or not clock.provisional or clock.ended_at is not None:
        return
    others = [one for one in bench.known.candidates if one.basis is not Basis.NOTICED]
    # A newer line takes the place of what was noticed about this one, never of what was noticed about a part.
    signal = first_signal([*others, *bench.of_parts, Candidate(value.at, Basis.NOTICED)])
    if signal is not None and signal.at != clock.started_at:
        _run_from(clock, signal.at, now=now)


def _run_from(clock: Clock, at: datetime, *, now: datetime) -> None:
    zone = ZoneInfo(clock.zone)
    policy = policy_in_force(law.policies(), clock.duty, at, zone)
    # Before there was such a law nothing runs from there.
    if policy is not None and policy.period is not None:
        due = deadline(at, policy.period, zone=zone)
        clocks.move(clock, started_at=at, deadline_at=due, now=now, provisional=True)
        clock.policy_version = policy.version


def _state(bench: Bench) -> JsonObject:
    """Return what a line may change, as history keeps it."""
    moments: JsonObject = {_named(kind): row.at.isoformat() for kind, row in bench.current.items()}
    clock = bench.case.clock
    if clock is not None:
        moments |= {"started_at": clock.started_at.isoformat(), "deadline_at": clock.deadline_at.isoformat()}
    return moments


def _named(kind: str) -> str:
    """Return how history calls the moment; what ends like this is shown as one."""
    return kind if kind.endswith("_at") else f"{kind}_at"
