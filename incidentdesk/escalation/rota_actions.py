"""Changing a rota: its turns, who stands in, its end. What counts for alerts is whoever is on duty when one comes due."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.errors import Conflict, Missing
from incidentdesk.escalation.ladder import rungs
from incidentdesk.escalation.rota_forms import StandIn, Turns
from incidentdesk.mail.notices import Change, announce_change
from incidentdesk.mail.shifts import plan_of
from incidentdesk.records import history
from incidentdesk.rules.escalation import Kind, Named
from incidentdesk.rules.rota import last_handover_day, turn_at
from incidentdesk.tables import JsonObject, Member, PostRota, Rota, RotaOverride, RotaSeat


async def find_rota(session: AsyncSession, rota_id: UUID, *, to_change: bool = False) -> Rota:
    """Return a rota that is kept, or raise Missing."""
    query = select(Rota).where(Rota.id == rota_id, Rota.closed_at.is_(None))
    rota: Rota | None = await session.scalar(query.with_for_update() if to_change else query)
    if rota is None:
        raise Missing
    return rota


async def add_rota(session: AsyncSession, turns: Turns, *, by: Member, now: datetime) -> Rota:
    """Begin a rota; its first shift is the one that would run now."""
    rota = Rota(name=turns.name, zone=turns.zone, every=turns.every, minute=turns.minute, anchor=now.date(), first=0)
    session.add(rota)
    await session.flush()
    await _seat(session, rota, turns, 0, now=now)
    _note(session, "rota.added", rota, by=by, now=now, after=_facts(rota, turns.people))
    await announce_change(session, Change.ROTA, by=by, of=rota, now=now)
    return rota


async def change_rota(session: AsyncSession, rota_id: UUID, turns: Turns, *, by: Member, now: datetime) -> None:
    """Change when shifts change, who takes turns and whose turn it is; past turns are not rewritten."""
    rota = await find_rota(session, rota_id, to_change=True)
    plan = (await plan_of(session, rota, start=now, end=now)).rota
    before = _facts(rota, plan.people)
    rota.name, rota.zone, rota.every, rota.minute = turns.name, turns.zone, turns.every, turns.minute
    await session.execute(delete(RotaSeat).where(RotaSeat.rota_id == rota.id))
    await _seat(session, rota, turns, turn_at(plan, now) or 0, now=now)
    _note(session, "rota.changed", rota, by=by, now=now, before=before, after=_facts(rota, turns.people))
    await announce_change(session, Change.ROTA, by=by, of=rota, now=now)


async def _seat(session: AsyncSession, rota: Rota, turns: Turns, place: int, *, now: datetime) -> None:
    """Write the order down, and let the shift that runs now be the turn of whom it shall be; at `place` it was so far."""
    session.add_all(
        RotaSeat(rota_id=rota.id, position=position, member_id=person) for position, person in enumerate(turns.people)
    )
    stays = place < len(turns.people) and turns.people[place] == turns.turn
    rota.first = place if stays else turns.people.index(turns.turn or turns.people[0])
    rota.anchor = last_handover_day(rota.pattern, turns.weekday, now)
    await session.flush()


async def close_rota(session: AsyncSession, rota_id: UUID, *, by: Member, now: datetime) -> bool:
    """End a rota; False while a post or a step of the ladder needs it. Its name stays for what happened."""
    rota = await find_rota(session, rota_id, to_change=True)
    named = Named(Kind.ROTA, str(rota.id))
    posts = await session.scalar(select(PostRota.post).where(PostRota.rota_id == rota.id).limit(1))
    if posts is not None or any(named in rung.step.posts for rung in await rungs(session)):
        return False
    rota.closed_at = now
    _note(session, "rota.closed", rota, by=by, now=now)
    await announce_change(session, Change.ROTA_CLOSED, by=by, of=rota, now=now)
    return True


async def put_on_duty(session: AsyncSession, rota_id: UUID, stand_in: StandIn, *, by: Member, now: datetime) -> None:
    """Let somebody take the place of whoever's turn it is for a while; the same once more changes nothing."""
    rota = await find_rota(session, rota_id, to_change=True)
    person = await session.get(Member, stand_in.person)
    if person is None or person.disabled_at is not None:
        raise Conflict
    newest = select(RotaOverride).where(RotaOverride.rota_id == rota.id).order_by(RotaOverride.id.desc()).limit(1)
    last = await session.scalar(newest)
    if last is not None and StandIn(last.member_id, last.start_at, last.end_at) == stand_in:
        # Pressed again, as when the answer was lost: else one would stay when somebody ends the other.
        return
    row = RotaOverride(rota_id=rota.id, member_id=person.id, start_at=stand_in.start, end_at=stand_in.end)
    session.add(row)
    _note(session, "rota.override", rota, by=by, now=now, after=_override(row))
    await announce_change(session, Change.STAND_IN, by=by, of=person, now=now)


async def end_override(session: AsyncSession, rota_id: UUID, override_id: UUID, *, by: Member, now: datetime) -> None:
    """Let the turns count again."""
    rota = await find_rota(session, rota_id, to_change=True)
    query = select(RotaOverride).where(RotaOverride.id == override_id, RotaOverride.rota_id == rota.id)
    row = await session.scalar(query)
    if row is None:
        raise Missing
    await session.delete(row)
    _note(session, "rota.override_ended", rota, by=by, now=now, before=_override(row))
    person = await session.get_one(Member, row.member_id)
    await announce_change(session, Change.STAND_IN, by=by, of=person, now=now)


def _facts(rota: Rota, people: tuple[UUID, ...]) -> JsonObject:
    """Return what a history entry keeps of a rota."""
    return {
        "name": rota.name,
        "zone": rota.zone,
        "every": rota.every.value,
        "minute": rota.minute,
        "anchor": rota.anchor.isoformat(),
        "first": rota.first,
        "people": [str(person) for person in people],
    }


def _override(row: RotaOverride) -> JsonObject:
    return {"member": str(row.member_id), "start": row.start_at.isoformat(), "end": row.end_at.isoformat()}


def _note(session: AsyncSession, action: str, rota: Rota, *, by: Member, now: datetime, **changed: JsonObject) -> None:
    after = {"rota": str(rota.id), **changed.get("after", {})}
    before = changed.get("before", {})
    history.record(session, None, action, actor=history.actor_of(by), now=now, before=before, after=after)
