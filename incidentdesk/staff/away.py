"""The days on which a person is away: rotas pass them over. They count in the zone of the person's own profile."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.errors import Missing
from incidentdesk.mail.notices import Change, announce_change
from incidentdesk.records import history
from incidentdesk.staff.forms import Errors
from incidentdesk.tables import Away, JsonObject, Member, RotaSeat
from incidentdesk.web.forms import Form, one

FURTHEST = timedelta(days=750)


@dataclass(frozen=True)
class Days:
    """The first and the last day, both included, as typed and as days; None where it is none."""

    typed: tuple[str, str]
    first: date | None
    last: date | None
    errors: Errors = field(default_factory=dict)


def read_days(form: Form, *, today: date) -> Days:
    """Return the days that were typed; `today` is the person's own."""
    typed = one(form, "first", longest=20), one(form, "last", longest=20)
    first, last = (_day(text, today) for text in typed)
    errors = {name: "day_needed" for name, day in (("first", first), ("last", last)) if day is None}
    if first and last and last < max(first, today):
        errors["last"] = "last_too_early"
    return Days(typed, first, last, errors)


def _day(text: str, today: date) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if abs(day - today) <= FURTHEST else None


def today_of(member: Member, now: datetime) -> date:
    """Return which day it is where the person is."""
    return now.astimezone(ZoneInfo(member.zone)).date()


async def days_of(session: AsyncSession, member: Member, *, now: datetime) -> list[Away]:
    """Return the days that are not over yet."""
    query = select(Away).where(Away.member_id == member.id, Away.last_on >= today_of(member, now))
    return list(await session.scalars(query.order_by(Away.first_on, Away.id)))


async def go_away(session: AsyncSession, member: Member, days: Days, *, now: datetime) -> None:
    """Keep the days; of whoever is in a rota the administrators hear of it. Days that are kept already are kept once."""
    if days.first is None or days.last is None:
        raise ValueError("there are no days to keep")
    known = select(Away.id).where(Away.member_id == member.id, Away.first_on == days.first, Away.last_on == days.last)
    if await session.scalar(known.limit(1)) is not None:
        # Pressed again, as when the answer was lost: whoever comes back later would be away all the same.
        return
    session.add(Away(member_id=member.id, first_on=days.first, last_on=days.last))
    await _note(session, member, now=now, after=_facts(days.first, days.last))


async def come_back(session: AsyncSession, member: Member, away_id: UUID, *, now: datetime) -> None:
    """Forget days of one's own."""
    row = await session.scalar(select(Away).where(Away.id == away_id, Away.member_id == member.id).with_for_update())
    if row is None:
        raise Missing
    await session.delete(row)
    await _note(session, member, now=now, before=_facts(row.first_on, row.last_on))


def _facts(first: date, last: date) -> JsonObject:
    return {"first": first.isoformat(), "last": last.isoformat()}


async def _note(session: AsyncSession, member: Member, *, now: datetime, **changed: JsonObject) -> None:
    before, after = changed.get("before"), changed.get("after")
    actor = history.actor_of(member)
    history.record(session, None, "member.away", actor=actor, now=now, before=before, after=after)
    if await session.scalar(select(exists().where(RotaSeat.member_id == member.id))):
        await announce_change(session, Change.AWAY, by=member, of=member, now=now)
