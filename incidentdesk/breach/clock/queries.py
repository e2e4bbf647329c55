"""What the clock page shows, and what an action on the clock needs to see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import law
from incidentdesk.breach.clock.forms import Aware, Decided, Filed
from incidentdesk.records.history import names_of
from incidentdesk.rules.clock_face import ClockFace, ClockState, clock_face
from incidentdesk.rules.deadline import deadline, latest_arguable, policy_in_force
from incidentdesk.rules.next_step import Duty
from incidentdesk.staff.access import find_incident
from incidentdesk.tables import Awareness, Clock, Filing, HistoryEntry, Incident, Member, SignedDecision, Stamp

ACTIONS = ("awareness.set", "stamp.set", "filing.recorded", "clock.decided", "clock.reopened", "verdict.set")


@dataclass(frozen=True)
class Case:
    """One duty of an incident, most often to notify the authority, with all evidence, oldest first."""

    incident: Incident
    clock: Clock | None
    awareness: Sequence[Awareness] = ()
    filings: Sequence[Filing] = ()
    decisions: Sequence[SignedDecision] = ()
    stamps: Sequence[Stamp] = ()

    @property
    def stamp(self) -> str:
        """Return a word that changes with everything that could make a form stale."""
        revision = self.clock.revision if self.clock else 0
        evidence = (self.awareness, self.filings, self.decisions, self.stamps)
        return "-".join(str(number) for number in (revision, *map(len, evidence)))


@dataclass(frozen=True)
class Face(ClockFace):
    """How the clock looks at one moment, with what is kept for the file only."""

    latest_at: datetime | None = None
    strictest_at: datetime | None = None


@dataclass(frozen=True)
class Change:
    """Who last changed the case, and when; `name` is empty when it was no member."""

    name: str
    at: datetime


async def case_of(
    session: AsyncSession, reference: str, *, by: Member, for_change: bool = False, clock_id: UUID | None = None
) -> Case:
    """Return the case, or raise Missing. `for_change` keeps others out until the transaction ends.

    It is the case of the notification to the authority, or of the duty whose clock is named.
    """
    incident = await find_incident(session, reference, by=by, to_change=for_change)
    which = Clock.duty == Duty.AUTHORITY if clock_id is None else (Clock.id == clock_id) & Clock.legal
    duty = select(Clock).where(Clock.incident_id == incident.id, which)
    clock = await session.scalar(duty.with_for_update() if for_change else duty)
    noted = select(Stamp).where(Stamp.incident_id == incident.id).order_by(Stamp.id)
    stamps = (await session.scalars(noted)).all()
    if clock is None:
        return Case(incident, None, stamps=stamps)
    return Case(
        incident,
        clock,
        (await session.scalars(select(Awareness).where(Awareness.clock_id == clock.id).order_by(Awareness.id))).all(),
        (await session.scalars(select(Filing).where(Filing.clock_id == clock.id).order_by(Filing.id))).all(),
        (
            await session.scalars(
                select(SignedDecision).where(SignedDecision.clock_id == clock.id).order_by(SignedDecision.id)
            )
        ).all(),
        stamps,
    )


def stands(case: Case, value: Aware | Filed | Decided, member: Member) -> bool:
    """Say whether the newest evidence is this very value from the same person: the button was pressed twice."""
    found: Sequence[tuple[object, ...]]
    match value:
        case Aware():
            found = [(row.aware_at, row.zone, row.reason, row.member_id) for row in case.awareness]
            sent: tuple[object, ...] = (value.at, value.zone, value.reason, member.id)
        case Filed():
            found = [
                (row.filed_at, row.authority_reference, row.reason_for_delay, row.member_id) for row in case.filings
            ]
            sent = (value.at, value.authority_reference, value.reason_for_delay, member.id)
        case Decided():
            found = [(row.decision, row.reasoning, row.member_id) for row in case.decisions]
            sent = (value.decision, value.reasoning, member.id)
    return bool(found) and found[-1] == sent


async def names_in(session: AsyncSession, case: Case) -> dict[UUID, str]:
    """Return the names of everybody who signed something in the case."""
    signed: tuple[Awareness | Filing | SignedDecision | Stamp, ...] = (
        *case.awareness,
        *case.filings,
        *case.decisions,
        *case.stamps,
    )
    return await names_of(session, [row.member_id for row in signed])


async def last_change(session: AsyncSession, case: Case) -> Change | None:
    """Return the newest thing done to the case, for whoever typed meanwhile."""
    entry = await session.scalar(
        select(HistoryEntry)
        .where(HistoryEntry.incident_id == case.incident.id, HistoryEntry.action.in_(ACTIONS))
        .order_by(HistoryEntry.id.desc())
        .limit(1)
    )
    if entry is None:
        return None
    member_id = UUID(entry.actor.removeprefix("member:"))
    name = await session.scalar(select(Member.name).where(Member.id == member_id))
    return Change(name or "", entry.at)


def face(case: Case, *, now: datetime, candidate: datetime | None = None) -> Face:
    """Return how the clock looks now. `candidate` is the strictest moment known, which counts until a person fixed one."""
    clock = case.clock
    if clock is None:
        return Face(ClockState.NONE)
    seen = clock_face(start=clock.started_at, deadline_at=clock.deadline_at, ended_at=clock.ended_at, now=now)
    return Face(**vars(seen), latest_at=_latest(clock), strictest_at=_strictest(case, candidate))


def _latest(clock: Clock) -> datetime | None:
    policy = next((row for row in law.policies() if (row.id, row.version) == (clock.duty, clock.policy_version)), None)
    if policy is None or policy.period is None:
        return None
    return latest_arguable(clock.started_at, policy.period, zone=ZoneInfo(clock.zone))


def _strictest(case: Case, candidate: datetime | None) -> datetime | None:
    """Return the deadline of the earliest awareness ever written down, when the clock now runs from a later one.

    A correction is justified by its reason, and what it corrects stays in sight. Before any is fixed it is the strictest
    candidate that stays in sight.
    """
    if case.clock is None:
        return None
    fixed = [(row.aware_at, row.zone) for row in case.awareness]
    found = fixed or ([(candidate, case.clock.zone)] if candidate is not None else [])
    at, zone = min(found, default=(case.clock.started_at, case.clock.zone))
    if at >= case.clock.started_at:
        return None
    policy = policy_in_force(law.policies(), case.clock.duty, at, ZoneInfo(zone))
    return deadline(at, policy.period, zone=ZoneInfo(zone)) if policy and policy.period else None
