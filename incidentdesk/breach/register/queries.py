"""The register, page by page, in the order of awareness; its cost does not grow with the number of entries."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, literal_column, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.breach.register.entries import Entry, entries_of
from incidentdesk.breach.register.forms import Position, View, Wanted
from incidentdesk.errors import Erased
from incidentdesk.records.history import names_of
from incidentdesk.rules.lifecycle import Verdict
from incidentdesk.rules.next_step import Duty
from incidentdesk.staff.access import find_incident, hold_incident
from incidentdesk.tables import Clock, Incident, Member, RegisterEntry, visible_to

PAGE = 50
# Among so many entries is counted what was in time, the newest: years do not slow the page down.
MOST = 1000
ORDER = (RegisterEntry.aware_at, RegisterEntry.incident_id)
# In the very words of the partial indexes: a bound value would not match them.
VIEWS = {
    View.NOTIFIED: text("register_entry.notified_at IS NOT NULL"),
    View.NOT_NOTIFIED: text("register_entry.notified_at IS NULL"),
    View.OPEN: text("register_entry.closed_at IS NULL"),
}
# Of the newest entries, by the name that the query for them has.
NEVER_NOTIFIED: ColumnElement[bool] = literal_column("newest.notified_at").is_(None)


@dataclass(frozen=True)
class Punctuality:
    """How many of the breaches that were notified, or should have been by now, were so in time."""

    notified: int
    late: int
    overdue: int
    is_bounded: bool

    @property
    def due(self) -> int:
        """Return how many there are of both."""
        return self.notified + self.overdue


@dataclass(frozen=True)
class Book:
    """One page of the register. `first_year` is where the list of years begins, `after` where the next page does."""

    entries: Sequence[Entry]
    names: dict[UUID, str]
    after: Position | None
    first_year: int | None
    punctuality: Punctuality


async def book(session: AsyncSession, wanted: Wanted, *, me: Member, now: datetime) -> Book:
    """Return the page of the register that `wanted` asks for."""
    found = list(await session.scalars(listing(wanted, me=me).limit(PAGE + 1)))
    entries = await entries_of(session, found[:PAGE], language=me.language)
    after = _position(entries[-1]) if len(found) > PAGE else None
    # Of what this person may see: a year that begins the list would tell of an entry that is none of their business.
    seen = select(RegisterEntry.aware_at).join(Incident, Incident.id == RegisterEntry.incident_id).where(visible_to(me))
    first = await session.scalar(seen.order_by(RegisterEntry.aware_at).limit(1))
    names = await names_of(session, {signer for entry in entries for signer in entry.signers})
    on_time = await _punctuality(session, wanted, me=me, now=now)
    return Book(entries, names, after, first.year if first else None, on_time)


async def _punctuality(session: AsyncSession, wanted: Wanted, *, me: Member, now: datetime) -> Punctuality:
    """Count what this person may see of the chosen years, whatever the view; a part counts with its main incident."""
    late = func.count().filter(Clock.late_seconds > 0)
    notified, too_late, asked = (await session.execute(_among(View.NOTIFIED, wanted.year, late, me=me))).one()
    # As long as its duty runs no entry is closed.
    due = func.count().filter(NEVER_NOTIFIED, Clock.ended_at.is_(None), Clock.deadline_at < now)
    _, overdue, looked = (await session.execute(_among(View.OPEN, wanted.year, due, me=me))).one()
    return Punctuality(notified, too_late, overdue, is_bounded=MOST in {asked, looked})


def _among(view: View, year: int | None, some: ColumnElement[int], *, me: Member) -> Select[int, int, int]:
    """Return the query for all duties to the authority, for some of them, and for among how many entries they were looked for."""
    newest = select(RegisterEntry.incident_id, RegisterEntry.notified_at).where(*_conditions(Wanted(view, year)))
    newest = newest.order_by(*(column.desc() for column in ORDER)).limit(MOST)
    found = newest.subquery("newest")
    total = select(func.count()).select_from(newest.subquery("counted")).scalar_subquery()
    query = select(func.count(), some, total).select_from(found)
    query = query.join(Incident, Incident.id == found.c.incident_id)
    query = query.join(Clock, (Clock.incident_id == Incident.id) & (Clock.duty == Duty.AUTHORITY))
    breach = (Incident.merged_into_id.is_(None), Incident.verdict == Verdict.PERSONAL_DATA_BREACH)
    return query.where(visible_to(me), *breach)


def listing(wanted: Wanted, *, me: Member) -> Select[Incident]:
    """Return the query for the entries this person may see, the newest awareness first."""
    query = select(Incident).join(RegisterEntry, RegisterEntry.incident_id == Incident.id).where(visible_to(me))
    query = query.where(*_conditions(wanted)).order_by(*(column.desc() for column in ORDER))
    if wanted.after is None:
        return query
    behind = tuple_(literal(wanted.after.aware_at, ORDER[0].type), literal(wanted.after.id, ORDER[1].type))
    return query.where(tuple_(*ORDER) < behind)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool] | Any]:
    conditions: list[Any] = [VIEWS[wanted.view]] if wanted.view in VIEWS else []
    if wanted.year:
        first, end = (datetime(year, 1, 1, tzinfo=UTC) for year in (wanted.year, wanted.year + 1))
        conditions += [RegisterEntry.aware_at >= first, RegisterEntry.aware_at < end]
    return conditions


def _position(entry: Entry) -> Position | None:
    return Position(entry.row.aware_at, entry.row.incident_id) if entry.row else None


async def everything(session: AsyncSession, wanted: Wanted, *, me: Member) -> AsyncIterator[Sequence[Entry]]:
    """Yield all entries that `wanted` chooses, page by page."""
    after = None
    while True:
        part = Wanted(wanted.view, wanted.year, after)
        found = list(await session.scalars(listing(part, me=me).limit(PAGE)))
        entries = await entries_of(session, found, language=me.language)
        if entries:
            yield entries
        if len(entries) < PAGE:
            return
        after = _position(entries[-1])


async def withheld(session: AsyncSession, *, me: Member) -> int:
    """Return how many entries of the whole register this person may not see; only the restricted incidents are looked through."""
    hidden = select(func.count()).select_from(RegisterEntry).join(Incident, RegisterEntry.incident_id == Incident.id)
    return await session.scalar(hidden.where(Incident.restricted, ~visible_to(me))) or 0


async def entry_of(session: AsyncSession, reference: str, *, by: Member, for_change: bool = False) -> Entry:
    """Return one incident's entry, or raise Missing. It outlives what was told; only what it held itself, once erased, is gone."""
    find = hold_incident if for_change else find_incident
    incident = await find(session, reference, by=by)
    (entry,) = await entries_of(session, [incident], language=by.language)
    if for_change and entry.row is not None and entry.row.erased_at is not None:
        raise Erased
    return entry


async def names_in(session: AsyncSession, entry: Entry) -> dict[UUID, str]:
    """Return the names of everybody who signed something in the entry."""
    return await names_of(session, entry.signers)
