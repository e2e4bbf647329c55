"""Keeps the register of breaches in step: every breach has its entry from the moment somebody decides that it is one."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import law
from incidentdesk.rules.erasure import Entry
from incidentdesk.rules.lifecycle import Verdict
from incidentdesk.rules.next_step import Duty
from incidentdesk.rules.people_notice import Course, Standing, course
from incidentdesk.rules.register import kept_until
from incidentdesk.tables import (
    Clock,
    Filing,
    Incident,
    PeopleDecision,
    PeopleTold,
    RegisterEntry,
    fetch_keys,
    filing_counts,
)


async def keep(session: AsyncSession, incident: Incident, clocks: Iterable[Clock]) -> None:
    """Add the entry of a breach, or write anew what its views are sorted by. An entry never leaves the register.

    A closed one is open again as soon as a duty is, or once merging made late what was filed without a reason: nobody may
    take for finished what runs, or lacks something.
    """
    is_breach = incident.verdict is Verdict.PERSONAL_DATA_BREACH
    if incident.practice or (incident.read_at is None and not is_breach):
        # A practice is in no register; and of a report that only came in nobody has decided anything yet.
        return
    entry = await session.get(RegisterEntry, incident.id)
    if entry is None:
        if not is_breach or incident.merged_into_id is not None:
            return
        entry = RegisterEntry(incident_id=incident.id, opened_at=incident.updated_at)
        session.add(entry)
    clock = next((one for one in clocks if one.duty == Duty.AUTHORITY), None)
    entry.aware_at = clock.started_at if clock else incident.received_at
    entry.notified_at = await _first_filing(session, clock) if clock else None
    now = await course_of(session, incident.id)
    entry.standing = now.standing
    if is_breach and (now.is_open or (clock is not None and await _is_owed(session, incident, clock, entry))):
        entry.closed_at = None
    await session.flush()


async def _is_owed(session: AsyncSession, incident: Incident, clock: Clock, entry: RegisterEntry) -> bool:
    if clock.ended_at is None or entry.closed_at is None or incident.erased_at is not None:
        return clock.ended_at is None
    await fetch_keys(session, [incident.id])
    filings = await session.scalars(select(Filing).where(Filing.clock_id == clock.id, filing_counts()))
    return lacks_reasons(clock, filings.all())


def lacks_reasons(clock: Clock, filings: Sequence[Filing]) -> bool:
    """Say whether what was filed is late and nobody gave the reasons for the delay (Art. 33(1) GDPR).

    Merging and separating can make a filing late that was in time when it was recorded; `filings` are those that count.
    Of one that is damaged nobody can tell: it is shown as damaged, and opens nothing that somebody signed and closed.
    """
    return bool(clock.late_seconds and filings) and not any(one.damaged or one.reason_for_delay for one in filings)


async def _first_filing(session: AsyncSession, clock: Clock) -> datetime | None:
    moments = await session.scalars(
        select(Filing.filed_at).where(Filing.clock_id == clock.id, filing_counts()).order_by(Filing.filed_at).limit(1)
    )
    return moments.first()


async def course_of(session: AsyncSession, incident_id: UUID) -> Course:
    """Return where the duty to tell the people stands after all that was decided and done."""
    decided = await session.execute(
        select(PeopleDecision.id, PeopleDecision.choice).where(PeopleDecision.incident_id == incident_id)
    )
    told = await session.execute(select(PeopleTold.id, PeopleTold.telling).where(PeopleTold.incident_id == incident_id))
    # Ids sort by time.
    return course(event for _, event in sorted((row[0], row[1]) for row in (*decided, *told)))


async def owes_people(session: AsyncSession, incident: Incident) -> bool:
    """Say whether somebody signed that the people are told, or that it is published, and nobody has done it yet."""
    row = await session.get(RegisterEntry, incident.id)
    return row is not None and row.standing in {Standing.TO_TELL, Standing.TO_PUBLISH}


async def entry_of(session: AsyncSession, incident: Incident, *, now: datetime) -> Entry:
    """Return what an erasure must know of the incident's entry."""
    row = await session.get(RegisterEntry, incident.id)
    if row is None:
        return Entry.NONE
    if row.closed_at is None:
        return Entry.OPEN
    return Entry.KEPT if now < kept_till(row.closed_at) else Entry.EXPIRED


def kept_till(closed_at: datetime) -> datetime:
    """Return until when an entry that was closed then is kept, by the row of law of that day."""
    return kept_until(closed_at, years=law.register_kept_years(closed_at))


async def forget(session: AsyncSession, incident: Incident, *, now: datetime) -> None:
    """Mark that nothing of the entry can be read any more; a restored copy may be older than it."""
    row = await session.get(RegisterEntry, incident.id)
    if row is not None:
        row.erased_at = now
