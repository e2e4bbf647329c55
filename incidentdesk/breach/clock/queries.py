"""What the clock page shows, and what an action on the clock needs to see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import law
from incidentdesk.breach.clock.forms import Aware, Decided, Filed, Taken
from incidentdesk.records import duties, register
from incidentdesk.records.history import names_of
from incidentdesk.rules.clock_face import ClockFace, ClockState, clock_face
from incidentdesk.rules.deadline import deadline, latest_arguable, policy_in_force
from incidentdesk.rules.next_step import Duty
from incidentdesk.staff.access import find_incident
from incidentdesk.tables import (
    Awareness,
    Clock,
    Filing,
    FilingSetAside,
    HistoryEntry,
    Incident,
    Member,
    SignedDecision,
    Stamp,
    fetch_keys,
    visible_to,
    whole_of,
)

ACTIONS = (
    "awareness.set",
    "stamp.set",
    "filing.recorded",
    "filing.taken_over",
    "clock.decided",
    "clock.reopened",
    "verdict.set",
    "incident.received_part",
    "incident.released_part",
)


@dataclass(frozen=True)
class PartFiling:
    """What was filed for the same duty of a part before that one was merged. It ends nothing here until a person takes it over."""

    filing: Filing
    part: Incident


@dataclass(frozen=True)
class Case:
    """One duty of an incident, most often to notify the authority, with all evidence, oldest first."""

    incident: Incident
    clock: Clock | None
    awareness: Sequence[Awareness] = ()
    filings: Sequence[Filing] = ()
    decisions: Sequence[SignedDecision] = ()
    stamps: Sequence[Stamp] = ()
    # Taken over from a part that was taken out again: evidence of what was said, and no filing of this one.
    set_aside: Sequence[Filing] = ()
    asides: Mapping[UUID, FilingSetAside] = field(default_factory=dict)
    of_parts: Sequence[PartFiling] = ()

    @property
    def takeable(self) -> list[PartFiling]:
        """What was filed for a part and can be taken over: nothing once there is a filing of its own."""
        if self.filings:
            return []
        return [one for one in self.of_parts if one.filing.authority_reference and not one.filing.damaged]

    def part_filing(self, filing_id: UUID) -> PartFiling | None:
        """Return what was filed for a part, unless that was taken out meanwhile."""
        return next((one for one in self.of_parts if one.filing.id == filing_id), None)

    def made_for_part(self, filing_id: UUID) -> tuple[UUID, datetime] | None:
        """Return that filing as its form is read: the id and the moment."""
        found = self.part_filing(filing_id)
        return (found.filing.id, found.filing.filed_at) if found else None

    @property
    def lacks_reasons(self) -> bool:
        """Say whether what was filed is late and nobody said why."""
        # What was erased had its reasons, or had none: nobody can tell any more.
        clock = self.clock if self.incident.erased_at is None else None
        return clock is not None and duties.is_by_law(clock) and register.lacks_reasons(clock, self.filings)

    @property
    def held_to(self) -> datetime | None:
        """Return the deadline that the next filing is held against; after a first one there is none, but reasons that are missing are asked of it."""
        is_held = self.clock is not None and (not self.filings or self.lacks_reasons)
        return self.clock.deadline_at if self.clock is not None and is_held else None

    @property
    def stamp(self) -> str:
        """Return a word that changes with everything that could make a form stale."""
        revision = self.clock.revision if self.clock else 0
        evidence = (self.awareness, (*self.filings, *self.set_aside), self.decisions, self.stamps)
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
    filed = (await session.scalars(select(Filing).where(Filing.clock_id == clock.id).order_by(Filing.id))).all()
    aside = select(FilingSetAside).join(Filing, Filing.id == FilingSetAside.filing_id)
    gone = {row.filing_id: row for row in await session.scalars(aside.where(Filing.clock_id == clock.id))}
    return Case(
        incident,
        clock,
        (await session.scalars(select(Awareness).where(Awareness.clock_id == clock.id).order_by(Awareness.id))).all(),
        [row for row in filed if row.id not in gone],
        (
            await session.scalars(
                select(SignedDecision).where(SignedDecision.clock_id == clock.id).order_by(SignedDecision.id)
            )
        ).all(),
        stamps,
        await _of_seen_parts(session, [row for row in filed if row.id in gone], by=by),
        gone,
        await _filed_for_parts(session, incident, clock, by=by),
    )


async def _of_seen_parts(session: AsyncSession, set_aside: Sequence[Filing], *, by: Member) -> list[Filing]:
    """Return those whose part this person may see: that one stands by itself again, maybe with fewer people around it."""
    origins = [row.taken_from_id for row in set_aside]
    if not origins:
        return []
    query = select(Filing.id).join(Incident, Incident.id == Filing.incident_id)
    seen = set(await session.scalars(query.where(Filing.id.in_(origins), visible_to(by))))
    return [row for row in set_aside if row.taken_from_id in seen]


async def _filed_for_parts(session: AsyncSession, incident: Incident, clock: Clock, *, by: Member) -> list[PartFiling]:
    """Return what was filed for the same duty of each part, as far as this person may see the parts; the earliest first."""
    _, *parts = await whole_of(session, incident.id)
    if not parts:
        return []
    query = select(Filing, Incident).join(Clock, Clock.id == Filing.clock_id)
    query = query.join(Incident, Incident.id == Filing.incident_id).where(Incident.id.in_(parts), visible_to(by))
    same = (Clock.duty == clock.duty, Clock.subject == clock.subject, Filing.taken_from_id.is_(None))
    await fetch_keys(session, parts)
    rows = await session.execute(query.where(*same).order_by(Filing.filed_at, Filing.id))
    return [PartFiling(filing, part) for filing, part in rows]


def stands(case: Case, value: Aware | Filed | Taken | Decided, member: Member) -> bool:
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
        case Taken():
            found = [(row.taken_from_id, row.taken_reason, row.reason_for_delay, row.member_id) for row in case.filings]
            sent = (value.filing_id, value.reason, value.reason_for_delay, member.id)
        case Decided():
            found = [(row.decision, row.reasoning, row.member_id) for row in case.decisions]
            sent = (value.decision, value.reasoning, member.id)
    return bool(found) and found[-1] == sent


async def names_in(session: AsyncSession, case: Case) -> dict[UUID, str]:
    """Return the names of everybody who signed something in the case."""
    signed: tuple[Awareness | Filing | SignedDecision | Stamp, ...] = (
        *case.awareness,
        *case.filings,
        *case.set_aside,
        *(one.filing for one in case.of_parts),
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
