"""Who is on duty by a rota, read from its rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.rules import rota as rules
from incidentdesk.tables import Away, Member, Rota, RotaOverride, RotaSeat

# No zone is further from UTC, so a local day lies within this of the same day in UTC.
_FURTHEST = timedelta(days=1)


@dataclass(frozen=True)
class Plan:
    """A rota with what holds for a span of time. `people` has everybody it may put on duty."""

    row: Rota
    rota: rules.Rota
    people: Mapping[UUID, Member]

    def unfit(self, is_fit: Callable[[Member], bool]) -> set[UUID]:
        """Return who is passed over."""
        return {member.id for member in self.people.values() if not is_fit(member)}


def can_be_told(member: Member) -> bool:
    """Say whether a mail would wake this person."""
    return member.disabled_at is None and member.mail_refused_at is None


async def on_shift(
    session: AsyncSession, rota_id: UUID, *, now: datetime, is_fit: Callable[[Member], bool]
) -> Member | None:
    """Return who is on duty at `now`; whoever is not fit is passed over like somebody away. A closed rota has nobody."""
    row = await session.get(Rota, rota_id)
    if row is None or row.closed_at is not None:
        return None
    plan = await plan_of(session, row, start=now, end=now)
    person = rules.on_duty(plan.rota, now, plan.unfit(is_fit))
    return plan.people[person] if person else None


async def plan_of(session: AsyncSession, row: Rota, *, start: datetime, end: datetime) -> Plan:
    """Return what holds from `start` up to and including `end`."""
    seats = select(RotaSeat.member_id).where(RotaSeat.rota_id == row.id).order_by(RotaSeat.position)
    order = tuple(await session.scalars(seats))
    query = select(RotaOverride).where(RotaOverride.rota_id == row.id, RotaOverride.end_at > start)
    rows = await session.scalars(query.where(RotaOverride.start_at <= end).order_by(RotaOverride.id))
    overrides = tuple(rules.Override(one.member_id, one.start_at, one.end_at) for one in rows)
    known = {*order, *(one.person for one in overrides)}
    people = {member.id: member for member in await session.scalars(select(Member).where(Member.id.in_(known)))}
    absences = await _absences(session, people, start=start, end=end)
    return Plan(row, rules.Rota(row.pattern, order, row.first, overrides, absences), people)


async def _absences(
    session: AsyncSession, people: Mapping[UUID, Member], *, start: datetime, end: datetime
) -> tuple[rules.Absence, ...]:
    query = select(Away).where(
        Away.member_id.in_(people),
        Away.first_on <= (end + _FURTHEST).date(),
        Away.last_on >= (start - _FURTHEST).date(),
    )
    return tuple(
        rules.absence(one.member_id, one.first_on, one.last_on, ZoneInfo(people[one.member_id].zone))
        for one in await session.scalars(query.order_by(Away.id))
    )
