"""The queue: one view, narrowed, in the order of what is due next; its cost does not grow with the number of incidents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from incidentdesk.records.clocks import MERGED, SEPARATED, agenda_at
from incidentdesk.records.history import names_of
from incidentdesk.rules.clock_face import ClockFace, ClockState, clock_face
from incidentdesk.rules.next_step import NEVER, Agenda
from incidentdesk.tables import Clock, Incident, Member, Seal, fetch_keys, visible_to
from incidentdesk.triage.forms import Position, Search, View, references

PAGE = 50
MOST_COUNTED = 100
# In the words of its index.
PRACTISED = "incident.practice AND incident.erased_at IS NULL"
UNDECIDED = "incident.verdict IS NULL OR incident.legal_due_at IS NOT NULL OR incident.unread_reply"
ORDER = (Incident.next_due_at, Incident.severity, Incident.id)
CLOSED_ORDER = (Incident.closed_at, Incident.id)


@dataclass(frozen=True)
class Face(ClockFace):
    """How a clock looks, with the duty it counts for."""

    duty: str = ""


@dataclass(frozen=True)
class Row:
    """One incident in the queue."""

    incident: Incident
    face: Face
    # What it needs now.
    plan: Agenda
    owner: str
    # What it is part of.
    main: str = ""


@dataclass(frozen=True)
class Board:
    """One page of the queue. `counts` go up to MOST_COUNTED; `after` is where the next page starts.

    `newest` and `nearest` are there when no row is.
    """

    rows: tuple[Row, ...]
    counts: Mapping[str, int]
    after: Position | None
    newest: Incident | None
    nearest: Incident | None


async def board(session: AsyncSession, search: Search, *, me: Member, now: datetime) -> Board:
    """Return the page of the queue that `search` asks for."""
    found = list(await session.scalars(listing(search, me=me, year=now.year)))
    shown = found[:PAGE]
    rows = await rows_of(session, shown, now=now)
    after = _position(shown[-1]) if len(found) > PAGE else None
    newest, nearest = (None, None) if rows else await _instead(session, me)
    return Board(rows, await _counts(session, me), after, newest, nearest)


async def rows_of(session: AsyncSession, shown: Sequence[Incident], *, now: datetime) -> tuple[Row, ...]:
    """Return these incidents as the queue shows them."""
    # Nobody's name stands in the queue.
    await fetch_keys(session, [incident.id for incident in shown], seals=(Seal.CONTENT,))
    clocks = await _clocks(session, shown)
    plans = {one.id: agenda_at(one, clocks[one.id], now=now) for one in shown}
    names = await names_of(session, [incident.owner_id for incident in shown if incident.owner_id])
    mains = await _mains(session, shown)
    return tuple(
        Row(
            incident,
            _face_of(plans[incident.id], clocks[incident.id], now=now),
            plans[incident.id],
            names.get(incident.owner_id, "") if incident.owner_id else "",
            mains.get(incident.merged_into_id, "") if incident.merged_into_id else "",
        )
        for incident in shown
    )


async def _mains(session: AsyncSession, shown: Sequence[Incident]) -> dict[UUID, str]:
    """Return the references of what these are part of. Whoever may see a part may see all of the whole."""
    ids = {incident.merged_into_id for incident in shown if incident.merged_into_id}
    if not ids:
        return {}
    rows = await session.execute(select(Incident.id, Incident.reference).where(Incident.id.in_(ids)))
    return {number: reference for number, reference in rows}  # noqa: C416 - rows are not pairs to the type checker


async def _instead(session: AsyncSession, me: Member) -> tuple[Incident | None, Incident | None]:
    """Return what an empty page speaks of: the newest incident, and the one with the nearest deadline."""
    seen = select(Incident).where(visible_to(me), Incident.practice.is_(False))
    newest = await session.scalar(seen.order_by(Incident.id.desc()).limit(1))
    nearest = await session.scalar(seen.where(_is_in(View.OPEN, me.id)).order_by(*ORDER).limit(1))
    has_deadline = nearest is not None and nearest.next_due_at < NEVER
    return newest, nearest if has_deadline else None


def listing(search: Search, *, me: Member, year: int) -> Select[Incident]:
    """Return the query for one page and one row more, which tells whether there is a next page."""
    wanted = select(Incident).where(visible_to(me)).limit(PAGE + 1)
    if search.reference:
        # Whoever asks for a reference wants that incident, whatever view it is in.
        wanted = wanted.where(Incident.reference.in_(references(search.reference, year=year)))
    else:
        wanted = wanted.where(_is_in(search.view, me.id))
    view = View.OPEN if search.reference else search.view
    wanted = wanted.where(*_filters(search, me.id)).order_by(*_order(view))
    if search.after is None:
        return wanted
    if view is View.CLOSED:
        return wanted.where(_row(CLOSED_ORDER) < _closed_values(search.after))
    return wanted.where(_row(ORDER) > _values(search.after))


def narrowed(search: Search, *, me: Member, everywhere: bool) -> Select[Incident]:
    """Return the query for what may be searched: the view or everything, narrowed by the filters."""
    seen = select(Incident).where(visible_to(me), *_filters(search, me.id))
    return seen if everywhere else seen.where(_is_in(search.view, me.id))


def _order(view: View) -> Iterable[Any]:
    return [column.desc() for column in CLOSED_ORDER] if view is View.CLOSED else ORDER


def _row(columns: Iterable[Any]) -> Any:  # noqa: ANN401 - SQLAlchemy types a row by its columns
    return tuple_(*columns)


def _values(after: Position) -> Any:  # noqa: ANN401 - the same
    return tuple_(
        literal(after.moment, Incident.next_due_at.type), literal(after.severity), literal(after.id, Incident.id.type)
    )


def _closed_values(after: Position) -> Any:  # noqa: ANN401 - the same
    return tuple_(literal(after.moment, Incident.closed_at.type), literal(after.id, Incident.id.type))


def _is_in(view: View, me: UUID) -> ColumnElement[bool]:
    """Return the view's condition in the very words of its partial index: a bound value would not match it.

    A practice is in no view but its own.
    """
    if view is View.PRACTICE:
        return and_(text(f"({PRACTISED})"))
    return and_(_is_really_in(view, me), Incident.practice.is_(False))


def _is_really_in(view: View, me: UUID) -> ColumnElement[bool]:
    is_open = Incident.closed_at.is_(None)
    conditions: dict[View, ColumnElement[bool]] = {
        View.NEEDS_DECISION: and_(is_open, text(f"({UNDECIDED})")),
        View.MINE: and_(is_open, Incident.owner_id.is_not(None), Incident.owner_id == me),
        View.CLOCK: Incident.legal_due_at.is_not(None),
        View.WAITING: and_(is_open, text("incident.status = 'waiting'")),
        View.OPEN: is_open,
        View.CLOSED: Incident.closed_at.is_not(None),
    }
    return conditions[view]


def _filters(search: Search, me: UUID) -> list[ColumnElement[bool]]:
    owners = {"me": Incident.owner_id == me, "none": Incident.owner_id.is_(None)}
    asked = (
        (search.kind, Incident.kind == search.kind),
        (search.severity, Incident.severity == int(search.severity or 0)),
        (search.people, Incident.people == search.people),
    )
    narrowed = [condition for value, condition in asked if value]
    return [*narrowed, owners[search.owner]] if search.owner else narrowed


def _position(incident: Incident) -> Position:
    return Position(incident.closed_at or incident.next_due_at, incident.severity, incident.id)


async def _counts(session: AsyncSession, me: Member) -> dict[str, int]:
    """Return how many each view holds, counted no further than anybody reads."""
    # In order, so that the view's index is walked; without it a database may read all closed ones to find the open.
    seen = select(literal(1)).where(visible_to(me)).limit(MOST_COUNTED)
    some = [seen.where(_is_in(view, me.id)).order_by(*_order(view)) for view in View]
    capped = [select(func.count()).select_from(rows.subquery()) for rows in some]
    counted = (await session.execute(select(*(count.scalar_subquery() for count in capped)))).one()
    return {view.value: int(number) for view, number in zip(View, counted, strict=True)}


async def _clocks(session: AsyncSession, incidents: Sequence[Incident]) -> dict[UUID, list[Clock]]:
    """Return the clocks of each incident."""
    ids = [incident.id for incident in incidents]
    clocks: dict[UUID, list[Clock]] = {number: [] for number in ids}
    # Not the ladders: they are most of a clock's bytes, and no page of the queue shows them.
    query = select(Clock).options(defer(Clock.ladder, raiseload=True)).where(Clock.incident_id.in_(ids))
    for clock in await session.scalars(query):
        clocks[clock.incident_id].append(clock)
    return clocks


def _face_of(plan: Agenda, clocks: list[Clock], *, now: datetime) -> Face:
    """Return the clock that asks for the next step, or the legal one that has ended."""
    running = [clock for clock in clocks if clock.duty == plan.duty and clock.ended_at is None]
    running.sort(key=lambda clock: clock.deadline_at)
    # What runs on elsewhere has not ended in any way that a face could show.
    elsewhere = {MERGED, SEPARATED}
    ended = [
        clock for clock in clocks if clock.legal and clock.ended_at is not None and clock.ended_by not in elsewhere
    ]
    shown = next(iter(running or ended), None)
    return face(shown, now=now) if shown else Face(ClockState.NONE)


def face(clock: Clock, *, now: datetime) -> Face:
    """Return how the clock looks now."""
    seen = clock_face(start=clock.started_at, deadline_at=clock.deadline_at, ended_at=clock.ended_at, now=now)
    return Face(**vars(seen), duty=clock.duty)
