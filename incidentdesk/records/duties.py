"""The duties of one incident as clocks: started when roles and facts say so, moved when a moment is corrected.

Nothing here ends one. The clock of the notification to the authority starts with the verdict, see `clocks.start_authority`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import law
from incidentdesk.database import Database
from incidentdesk.records import clocks
from incidentdesk.records.clocks import Started
from incidentdesk.rules.deadline import Regime
from incidentdesk.rules.duties import FOR_BREACHES, SECOND, Known, Law, Owed, RoleHeld, ladder_of, owed
from incidentdesk.rules.escalation import Ladder
from incidentdesk.rules.lifecycle import Move, Verdict, status_after
from incidentdesk.rules.next_step import Duty
from incidentdesk.rules.people_notice import Choice
from incidentdesk.settings import Settings
from incidentdesk.tables import (
    Awareness,
    Clock,
    Filing,
    Incident,
    Merging,
    PeopleDecision,
    RoleEnding,
    RoleEntry,
    Stamp,
    filing_counts,
    whole_of,
)

# Rows of law whose lines are written in rooms of their own.
REGISTER, PEOPLE = "gdpr_33_5_register", "gdpr_34_subjects"
HIGH_RISK = "high_risk_determined_at"
# With a disproportionate effort they are told all the same, publicly (Art. 34(3)(c) GDPR).
TO_TELL = (Choice.TELL, Choice.ORDERED, Choice.DISPROPORTIONATE)


@dataclass(frozen=True)
class Footing:
    """What the duties of an incident rest on: the roles that hold, the facts, the law here."""

    roles: tuple[RoleEntry, ...]
    known: Known
    law: Law

    @property
    def owed(self) -> tuple[Owed, ...]:
        """Every duty that runs."""
        held = [RoleHeld(one.party, _id(one), one.hours, one.other_leads) for one in self.roles]
        return owed(held, self.known, self.law)


def lend(database: Database, settings: Settings) -> None:
    """Let every session of this database know as what the company is bound, and where."""
    database.info.update(bound_as=settings.regimes, zone=settings.zone, established_in=settings.established_in)


async def refresh(session: AsyncSession, incident: Incident, *, now: datetime) -> list[Clock]:
    """Start every duty that is owed and has no clock, let the others run from what is known now; return the new ones.

    Whoever wrote down a role, an awareness, a filing, a verdict or another moment calls this in the same transaction.
    """
    await session.flush()
    if incident.merged_into_id is not None:
        return []
    footing = await footing_of(session, incident)
    known = {(clock.duty, clock.subject): clock for clock in await clocks.clocks_of(session, incident)}
    met = {(Duty.AUTHORITY, ""), *known, *await _met_by_parts(session, incident, footing)}
    new = [one for one in footing.owed if (one.duty, one.subject) not in met]
    for one in footing.owed:
        clock = known.get((one.duty, one.subject))
        if clock is not None and one.duty != Duty.AUTHORITY:
            _run_from(clock, one, now=now)
    started = await clocks.start(session, incident, [_started(one) for one in new], zone=footing.law.zone)
    for clock in started:
        clock.next_check_at = now if clock.ladder else None
    await clocks.refresh_agenda(session, incident)
    status = status_after(incident.status, Move.REOPEN)
    if status is not None and incident.legal_due_at is not None:
        # A running duty is never hidden behind a closed incident.
        incident.status, incident.closed_at, incident.outcome = status, None, None
        await clocks.refresh_agenda(session, incident)
    return started


async def _met_by_parts(session: AsyncSession, incident: Incident, footing: Footing) -> set[tuple[str, str]]:
    """Return what was handed in for a part, or told to its customers, and is owed for nothing else.

    What is owed for a breach is the main one's own; and so is a customer whose data were in that one too.
    """
    ours = {_id(role) for role in footing.roles if role.incident_id == incident.id}
    _, *parts = await whole_of(session, incident.id)
    ended = select(Clock).where(Clock.incident_id.in_(parts), Clock.ended_by.in_((clocks.FILED, clocks.TOLD)))
    return {
        (clock.duty, clock.subject)
        for clock in await session.scalars(ended)
        if (clock.subject not in ours if _is_customer(clock) else not is_for_breaches(clock))
    }


def _is_customer(clock: Clock) -> bool:
    return clock.subject not in {"", SECOND}


def _started(one: Owed) -> Started:
    return Started(
        one.duty,
        one.version,
        one.started_at,
        one.deadline_at,
        legal=True,
        provisional=one.provisional,
        subject=one.subject,
        ladder=ladder_of(one),
    )


def _run_from(clock: Clock, one: Owed, *, now: datetime) -> None:
    """Move it when its moment is another one; the same moment keeps its row of law, whatever the files say today.

    One that ended with a part that was taken out is owed here all the same, and runs.
    """
    if clock.ended_by == clocks.SEPARATED:
        clocks.reopen(clock, now=now)
    if clock.ended_at is not None:
        return
    if clock.started_at != one.started_at or _is_sooner(one, clock):
        clocks.move(clock, started_at=one.started_at, deadline_at=one.deadline_at, now=now)
        clock.policy_version = one.version
    clock.provisional = one.provisional


def _is_sooner(one: Owed, clock: Clock) -> bool:
    """Say whether what it is held to beside its start has come nearer: the contract, or an awareness that caps it."""
    is_capped = any(row.cap is not None for row in law.policies() if (row.id, row.version) == (one.duty, one.version))
    return (is_capped or ladder_of(one) is Ladder.CUSTOMERS) and one.deadline_at < clock.deadline_at


def is_for_breaches(clock: Clock) -> bool:
    """Say whether the duty is owed for a breach of personal data, and for nothing else."""
    return any(row.applies_to in FOR_BREACHES for row in law.policies() if row.id == clock.duty)


def is_by_law(clock: Clock) -> bool:
    """Say whether the law itself names the number it is held to: only then a late filing needs its reasons."""
    return any(
        row.period is not None for row in law.policies() if (row.id, row.version) == (clock.duty, clock.policy_version)
    )


async def of_duty(session: AsyncSession, incident: Incident, duty: str) -> list[Clock]:
    """Return the clocks of one duty, for the room whose lines end it."""
    return [clock for clock in await clocks.clocks_of(session, incident) if clock.duty == duty]


async def meet(
    session: AsyncSession, incident: Incident, duty: str, *, how: tuple[str, datetime], now: datetime
) -> None:
    """End what runs of a duty that a line in another room has just met; `how` is by what and when."""
    for clock in await of_duty(session, incident, duty):
        if clock.ended_at is None:
            clocks.end(clock, by=how[0], at=how[1], now=now)


async def footing_of(session: AsyncSession, incident: Incident) -> Footing:
    """Return what the duties rest on now."""
    ended = select(RoleEnding.role_entry_id)
    # What is part of it was written down there, and counts for the whole.
    whole = await whole_of(session, incident.id)
    roles = select(RoleEntry).where(RoleEntry.incident_id.in_(whole), RoleEntry.id.not_in(ended))
    bound_as: frozenset[Regime] = session.info.get("bound_as", Settings().regimes)
    zone = await _zone(session, incident)
    # Of another country only the zone: whose clock shows it has no say in what days are worked where it is handed in.
    country = session.info.get("established_in", Settings().established_in).partition("-")[0]
    here = Law(law.policies(), bound_as, zone, law.holidays(country))
    held = tuple(await session.scalars(roles.order_by(RoleEntry.id)))
    return Footing(held, await _known(session, incident), here)


async def _known(session: AsyncSession, incident: Incident) -> Known:
    signal_at, aware_at = await _beginning(session, incident)
    return Known(
        signal_at=signal_at,
        aware_at=aware_at,
        is_breach=incident.verdict is Verdict.PERSONAL_DATA_BREACH,
        events=await events_of(session, incident),
        filed=await _filed(session, incident),
    )


async def _beginning(session: AsyncSession, incident: Incident) -> tuple[datetime, datetime | None]:
    """Return the first signal, and when we became aware of the breach if somebody has said so.

    While it runs, the authority's clock knows both, also of what was merged into the incident or noticed earlier. Once it
    has ended a new entry no longer moves it, and is what counts.
    """
    newest = select(Awareness).where(Awareness.incident_id == incident.id).order_by(Awareness.id.desc()).limit(1)
    fixed = await session.scalar(newest)
    clock = next(iter(await of_duty(session, incident, Duty.AUTHORITY)), None)
    if clock is None or clock.ended_by == clocks.SEPARATED:
        return incident.received_at, fixed.aware_at if fixed else None
    if fixed is not None and clock.ended_at is not None:
        is_alone = not await _merged(session, incident)
        return clock.started_at, fixed.aware_at if is_alone else min(fixed.aware_at, clock.started_at)
    return clock.started_at, None if clock.provisional else clock.started_at


async def events_of(session: AsyncSession, incident: Incident) -> Mapping[str, datetime]:
    """Return the other moments duties run from: of each the newest entry of an incident, the earliest of a whole.

    What was written down for the whole, after a part came into it, takes the place of what that one says.
    """
    joined = await _merged(session, incident)
    whole = (incident.id, *joined)
    noted = await session.scalars(select(Stamp).where(Stamp.incident_id.in_(whole)).order_by(Stamp.id))
    newest = {(row.kind, row.incident_id): row for row in noted}
    found: dict[str, datetime] = {}
    for (kind, number), row in newest.items():
        own = newest.get((kind, incident.id))
        if number == incident.id or own is None or own.set_at < joined[number]:
            found[kind] = min(row.at, found.get(kind, row.at))
    # Whoever signed that people are told has decided that a high risk is likely.
    decided = select(PeopleDecision.signed_at).where(PeopleDecision.incident_id.in_(whole))
    first = await session.scalar(decided.where(PeopleDecision.choice.in_(TO_TELL)).order_by(PeopleDecision.id).limit(1))
    return {HIGH_RISK: first, **found} if first is not None else found


async def _merged(session: AsyncSession, incident: Incident) -> Mapping[UUID, datetime]:
    """Return since when each part is one of it, also where it is a part of a part."""
    _, *parts = await whole_of(session, incident.id)
    rows = select(Merging.incident_id, Merging.merged_at, Incident.merged_into_id).join(
        Incident, Incident.id == Merging.incident_id
    )
    joined: dict[UUID, datetime] = {}
    left = {number: (at, into) for number, at, into in await session.execute(rows.where(Incident.id.in_(parts)))}
    # From the top: a part of a part came in with it, or after it.
    while left:
        ready = [number for number, (_, into) in left.items() if into not in left]
        for number in ready:
            at, into = left.pop(number)
            joined[number] = max(at, joined.get(into, at)) if into else at
    return joined


async def _filed(session: AsyncSession, incident: Incident) -> Mapping[str, datetime]:
    """Return when each duty was filed first, be it for a part."""
    whole = await whole_of(session, incident.id)
    filings = select(Clock.duty, Filing.filed_at).join(Filing, Filing.clock_id == Clock.id)
    filings = filings.where(Clock.incident_id.in_(whole), Clock.subject == "", filing_counts())
    filings = filings.order_by(Filing.filed_at.desc())
    return {duty: filed_at for duty, filed_at in await session.execute(filings)}  # noqa: C416 - rows are no pairs


async def _zone(session: AsyncSession, incident: Incident) -> ZoneInfo:
    first = select(Clock.zone).where(Clock.incident_id == incident.id).order_by(Clock.started_at, Clock.id).limit(1)
    key = await session.scalar(first)
    return ZoneInfo(key) if key else session.info.get("zone", Settings().zone)


def _id(role: RoleEntry) -> str | None:
    return str(role.customer_id) if role.customer_id else None
