"""What the pages of rotas show: who is on duty now, who comes next, and what needs a rota."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.escalation import queries
from incidentdesk.escalation.ladder import Rung, rungs
from incidentdesk.escalation.rota_forms import FURTHEST
from incidentdesk.mail.shifts import Plan, can_be_told, on_shift, plan_of
from incidentdesk.rules.escalation import Kind, Named, Post
from incidentdesk.rules.rota import Watch, on_duty, watches
from incidentdesk.tables import Away, Member, PostRota, Rota, RotaOverride

AHEAD = timedelta(weeks=4)


@dataclass(frozen=True)
class Shown:
    """A rota with what its page says. `watches` are those of four weeks, the first one of them runs now."""

    plan: Plan
    watches: Sequence[Watch]
    overrides: Sequence[RotaOverride]
    away: Sequence[tuple[str, date, date]]
    posts: Sequence[Post]
    steps: Sequence[Rung]

    @property
    def people(self) -> Mapping[UUID, Member]:
        """Everybody the rota may put on duty."""
        return self.plan.people


async def rotas_now(session: AsyncSession, *, now: datetime) -> list[tuple[Rota, Member | None]]:
    """Return every rota with whoever is on duty."""
    return [
        (rota, await on_shift(session, rota.id, now=now, is_fit=can_be_told))
        for rota in await queries.open_rotas(session)
    ]


async def shown(session: AsyncSession, rota: Rota, *, now: datetime) -> Shown:
    """Return what the page of a rota says."""
    end = now + AHEAD
    plan = await plan_of(session, rota, start=now, end=now + FURTHEST)
    ahead = select(RotaOverride).where(RotaOverride.rota_id == rota.id, RotaOverride.end_at > now)
    posts = select(PostRota.post).where(PostRota.rota_id == rota.id).order_by(PostRota.post)
    named = Named(Kind.ROTA, str(rota.id))
    return Shown(
        plan,
        watches(plan.rota, now, end, plan.unfit(can_be_told)),
        list(await session.scalars(ahead.order_by(RotaOverride.start_at, RotaOverride.id))),
        await _away(session, plan, now=now),
        list(await session.scalars(posts)),
        [rung for rung in await rungs(session) if named in rung.step.posts],
    )


async def _away(session: AsyncSession, plan: Plan, *, now: datetime) -> list[tuple[str, date, date]]:
    """Return who of the rota is away on which days, in their own zone, from now on."""
    query = select(Away).where(Away.member_id.in_(plan.people), Away.last_on >= (now - timedelta(days=1)).date())
    rows = await session.scalars(query.order_by(Away.first_on, Away.id))
    return [(plan.people[row.member_id].name, row.first_on, row.last_on) for row in rows]


@dataclass(frozen=True)
class Order:
    """The people of a rota in their order, and whose turn it is; whoever left is passed over."""

    people: Sequence[UUID]
    turn: UUID | None
    seen: str


async def order_of(session: AsyncSession, rota: Rota, *, now: datetime) -> Order:
    """Return the order, and in one line all that the form of a rota shows: two people may change it at once."""
    plan = await plan_of(session, rota, start=now, end=now)
    turns = replace(plan.rota, overrides=(), absences=())
    turn = on_duty(turns, now, plan.unfit(lambda member: member.disabled_at is None))
    shown = (rota.name, rota.zone, rota.every, rota.minute, rota.anchor, rota.first, *turns.people)
    return Order(turns.people, turn, " ".join(map(str, shown)))
