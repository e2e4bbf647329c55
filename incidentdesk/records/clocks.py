"""Clocks start, move and end here and nowhere else. There is no pause."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import law
from incidentdesk.records import register
from incidentdesk.rules.awareness import Kind, inquiry_ladder
from incidentdesk.rules.deadline import deadline, policy_in_force, seconds_late
from incidentdesk.rules.escalation import Trigger, hold_until, step_to_json
from incidentdesk.rules.lifecycle import Status
from incidentdesk.rules.merging import Course
from incidentdesk.rules.next_step import NEVER, Agenda, Duty, Running, Situation, agenda
from incidentdesk.tables import Clock, Incident, JsonObject, LadderStep, Stamp, whole_of

# What ends a legal clock, and nothing else does.
FILED, SIGNED, TOLD = "filing", "decision", "told"
# The incident became part of another one, whose clock of the same duty runs for both; or that one had it from a part only,
# which was taken out again with the duty.
MERGED, SEPARATED = "merged", "separated"
PROMISES = (Duty.FIRST_LOOK, Duty.FIRST_ANSWER, Duty.DECISION)


@dataclass(frozen=True)
class Started:
    """What a clock needs to start: the duty, its dated row, and the two moments."""

    duty: str
    version: str
    started_at: datetime
    deadline_at: datetime
    legal: bool = False
    provisional: bool = False
    subject: str = ""
    # Whose steps it copies; its own duty's where it says nothing.
    ladder: str = ""


async def start_promises(session: AsyncSession, incident: Incident, *, zone: ZoneInfo, now: datetime) -> list[Clock]:
    """Start what the company promised for every report: a first look, an answer, a decision."""
    return await _start(session, await plan_promises(session, incident, zone=zone, now=now))


async def plan_promises(session: AsyncSession, incident: Incident, *, zone: ZoneInfo, now: datetime) -> list[Clock]:
    """Return the clocks that would start for a report of the moment `now`; nothing is stored."""
    promises = law.promises(now)
    due = {duty: now + timedelta(hours=promises.hours(duty, incident.severity)) for duty in PROMISES}
    started = [Started(duty, promises.version, now, deadline_at) for duty, deadline_at in due.items()]
    return await _plan(session, incident, started, zone=zone)


async def start_authority(session: AsyncSession, incident: Incident, *, zone: ZoneInfo) -> Clock:
    """Start the provisional legal clock at the first signal (Art. 33(1) GDPR)."""
    course = await signal_course(session, await whole_of(session, incident.id), zone=zone)
    moments = (course.started_at, course.deadline_at)
    started = Started(Duty.AUTHORITY, course.policy_version, *moments, legal=True, provisional=True)
    [clock] = await start(session, incident, [started], zone=zone)
    return clock


async def signal_course(session: AsyncSession, ids: Collection[UUID], *, zone: ZoneInfo) -> Course:
    """Return how the authority's clock runs from the first signal of these incidents, under the row of law that held then.

    Where somebody wrote down that one was noticed before it reached us, that is its first signal.
    """
    received = list(await session.scalars(select(Incident.received_at).where(Incident.id.in_(ids))))
    noted = select(Stamp.incident_id, Stamp.at).where(Stamp.incident_id.in_(ids), Stamp.kind == Kind.NOTICED)
    # Of each incident the newest line counts.
    noticed = {number: at for number, at in await session.execute(noted.order_by(Stamp.id))}  # noqa: C416 - rows are no pairs
    for at in sorted({*received, *noticed.values()}):
        policy = policy_in_force(law.policies(), Duty.AUTHORITY, at, zone)
        # Before there was such a law nothing runs from there.
        if policy is not None and policy.period is not None:
            return Course(at, deadline(at, policy.period, zone=zone), zone.key, policy.version, provisional=True)
    msg = f"no row of {Duty.AUTHORITY} is in force at {min(received)}"
    raise LookupError(msg)


async def start_inquiry(
    session: AsyncSession, incident: Incident, *, started_at: datetime, zone: ZoneInfo, now: datetime
) -> Clock:
    """Promise ourselves that an inquiry before awareness stays short: it warns, then alarms. No clock of the law waits for it."""
    limits = law.inquiry_limits(started_at)
    started = Started(Duty.INQUIRY, limits.version, started_at, started_at + limits.alarm_after)
    clock = _clock(incident, started, [step_to_json(step) for step in inquiry_ladder(limits)], zone=zone)
    clock.next_check_at = now
    await _start(session, [clock])
    return clock


async def start(
    session: AsyncSession, incident: Incident, all_started: list[Started], *, zone: ZoneInfo
) -> list[Clock]:
    """Start these clocks, each with a copy of its ladder."""
    return await _start(session, await _plan(session, incident, all_started, zone=zone))


async def _start(session: AsyncSession, clocks: list[Clock]) -> list[Clock]:
    session.add_all(clocks)
    await session.flush()
    return clocks


async def _plan(
    session: AsyncSession, incident: Incident, all_started: list[Started], *, zone: ZoneInfo
) -> list[Clock]:
    duties = [started.ladder or started.duty for started in all_started]
    rows = await session.scalars(select(LadderStep).where(LadderStep.duty.in_(duties)).order_by(LadderStep.position))
    steps = list(rows)
    clocks = []
    for started in all_started:
        ladder = [row.step for row in steps if row.duty == (started.ladder or started.duty)]
        clocks.append(_clock(incident, started, ladder, zone=zone))
    return clocks


def _clock(incident: Incident, started: Started, ladder: list[JsonObject], *, zone: ZoneInfo) -> Clock:
    return Clock(
        incident_id=incident.id,
        duty=started.duty,
        subject=started.subject,
        legal=started.legal,
        policy_version=started.version,
        zone=zone.key,
        started_at=started.started_at,
        deadline_at=started.deadline_at,
        provisional=started.provisional,
        ladder=ladder,
        revision=0,
        arm=0,
        armed_at=started.started_at,
        next_check_at=started.started_at if ladder else None,
    )


async def clocks_of(session: AsyncSession, incident: Incident) -> list[Clock]:
    """Return the incident's clocks, nearest deadline first."""
    return list(
        await session.scalars(
            select(Clock).where(Clock.incident_id == incident.id).order_by(Clock.deadline_at, Clock.duty)
        )
    )


def move(
    clock: Clock, *, started_at: datetime, deadline_at: datetime, now: datetime, provisional: bool = False
) -> None:
    """Give the clock another start, for a reason already written down. Its milestones are looked at afresh."""
    clock.started_at = started_at
    clock.deadline_at = deadline_at
    clock.provisional = provisional
    clock.revision += 1
    clock.next_check_at = now if clock.ladder else None


def end(clock: Clock, *, by: str, at: datetime, now: datetime) -> None:
    """End the clock at moment `at`; lateness is decided here, once, and stays."""
    clock.ended_at = at
    clock.ended_by = by
    clock.late_seconds = seconds_late(clock.deadline_at, at)
    # One more look, so that people who were alerted are stood down.
    clock.next_check_at = now if clock.ladder else None


def reopen(clock: Clock, *, now: datetime) -> None:
    """New facts: the duty runs again from the start it always had, and its ladder speaks again."""
    clock.ended_at = clock.ended_by = clock.late_seconds = None
    clock.revision += 1
    clock.next_check_at = now if clock.ladder else None


def course_of(clock: Clock) -> Course:
    """Return how the clock runs, as the rules about merging read it."""
    return Course(clock.started_at, clock.deadline_at, clock.zone, clock.policy_version, clock.provisional)


def carry(clock: Clock, course: Course, *, now: datetime) -> None:
    """Let the clock run for all that its incident stands for. One that has ended stays so; how late that was may change."""
    if course == course_of(clock):
        return
    clock.started_at, clock.deadline_at, clock.provisional = course.started_at, course.deadline_at, course.provisional
    clock.zone, clock.policy_version = course.zone, course.policy_version
    clock.revision += 1
    clock.next_check_at = now if clock.ladder else None
    if clock.ended_at is not None:
        clock.late_seconds = seconds_late(clock.deadline_at, clock.ended_at)


def begin_for(clock: Clock, incident: Incident, *, now: datetime) -> Clock:
    """Return a clock for the same duty of another incident, with the same course and ladder; it is not stored yet."""
    known = ("duty", "subject", "legal", "policy_version", "zone", "started_at", "deadline_at", "provisional", "ladder")
    copied = {name: getattr(clock, name) for name in known}
    check_at = now if clock.ladder else None
    return Clock(incident_id=incident.id, **copied, revision=0, arm=0, armed_at=now, next_check_at=check_at)


async def end_duty(session: AsyncSession, incident: Incident, duty: str, *, by: str, now: datetime) -> None:
    """End a promise that was just kept, if it is still running."""
    for clock in await clocks_of(session, incident):
        if clock.duty == duty and clock.ended_at is None:
            end(clock, by=by, at=now, now=now)


async def acted(session: AsyncSession, incident: Incident, *, by: str, now: datetime) -> None:
    """A member did something about it: whoever acts has looked, and the steps for "nobody is on it" wait if it is taken."""
    incident.acted_at = now
    if incident.read_at is None:
        incident.read_at = now
        await end_duty(session, incident, Duty.FIRST_LOOK, by=by, now=now)
    await hold(session, incident, now=now)


async def hold(session: AsyncSession, incident: Incident, *, now: datetime) -> datetime | None:
    """Somebody acted: the steps for "nobody is on it" wait, for a time that shrinks with what is left.

    Only while it is taken: whoever just looks at it has not promised anything, and the steps go on.
    """
    running = [clock for clock in await clocks_of(session, incident) if clock.ended_at is None]
    watched = _watched(running)
    if incident.taken_at is None or not watched:
        return None
    # Of what is watched too: a taker who forgets it must not sleep past the decision that was promised.
    nearest = min(clock.deadline_at for clock in running if clock.legal or clock in watched)
    until = hold_until(now, deadline_at=nearest, milestones=_milestones(running))
    _arm(watched, until, now=now)
    return until


async def arm(session: AsyncSession, incident: Incident, *, now: datetime) -> None:
    """Somebody must take it as it is now, given to another or grown worse: unless that is done the steps count anew."""
    if incident.taken_at is None:
        _arm(_watched(clock for clock in await clocks_of(session, incident) if clock.ended_at is None), now, now=now)


def _arm(watched: Iterable[Clock], armed_at: datetime, *, now: datetime) -> None:
    for clock in watched:
        clock.arm += 1
        clock.armed_at = armed_at
        clock.next_check_at = now


def _watched(running: Iterable[Clock]) -> list[Clock]:
    return [clock for clock in running if any(step.trigger is Trigger.NOT_TAKEN for step in clock.steps)]


def _milestones(running: Iterable[Clock]) -> list[datetime]:
    return [
        clock.deadline_at + step.after for clock in running for step in clock.steps if step.trigger is Trigger.DEADLINE
    ]


async def refresh_agenda(session: AsyncSession, incident: Incident) -> None:
    """Write what the incident needs next onto its row, so that the queue never has to work it out; the register's too."""
    await session.flush()
    known = await clocks_of(session, incident)
    await register.keep(session, incident, known)
    plan = agenda(_situation(incident, known))
    incident.next_step, incident.next_duty, incident.next_due_at = plan.step, plan.duty, plan.due_at
    legal = [clock.deadline_at for clock in known if clock.legal and clock.ended_at is None]
    incident.legal_due_at = min(legal, default=None)


def agenda_at(incident: Incident, known: Iterable[Clock], *, now: datetime) -> Agenda:
    """Return what the incident needs at this moment. It may be another step than the row's, which no time has changed."""
    return agenda(_situation(incident, known), now=now)


def _situation(incident: Incident, known: Iterable[Clock]) -> Situation:
    waiting = incident.status is Status.WAITING
    running = [clock for clock in known if clock.ended_at is None and (clock.legal or not waiting)]
    return Situation(
        status=incident.status,
        verdict=incident.verdict,
        unread_reply=incident.unread_reply,
        running=tuple(map(_running, running)),
    )


def _running(clock: Clock) -> Running:
    if clock.legal:
        return Running.by_law(clock.duty, clock.started_at, clock.deadline_at)
    return Running(clock.duty, clock.deadline_at)


def open_agenda(incident: Incident) -> None:
    """Fill the agenda of a row that is not stored yet; `refresh_agenda` follows in the same transaction."""
    plan = agenda(Situation(status=incident.status, verdict=None, unread_reply=False, running=()))
    incident.next_step, incident.next_duty, incident.next_due_at = plan.step, None, NEVER
