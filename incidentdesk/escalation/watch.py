"""The daily look for gaps: what would keep alerts from people, before the night on which it matters.

Its cost grows with people, posts and rotas, with the kinds of ladders that running clocks carry, and with the restricted
incidents that are open; of all other incidents only an index is walked.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, exists, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.database import take_turns
from incidentdesk.escalation import gaps
from incidentdesk.escalation.gaps import Flaw
from incidentdesk.mail import contacts
from incidentdesk.rules.escalation import Post, Target, step_from_json
from incidentdesk.rules.reach import Gap
from incidentdesk.settings import Settings
from incidentdesk.tables import Clock, FoundGap, GapCheck, Incident, LadderStep, Member, Rota, RotaSeat, readers_of

EVERY = timedelta(days=1)
# Whoever began a look and has not finished by then was stopped.
AT_MOST = timedelta(hours=1)
BATCH = 200
FEW = 100


@dataclass
class Search:
    """What was found so far, and everybody who would be told."""

    now: datetime
    flaws: list[Flaw] = field(default_factory=list)
    people: dict[UUID, Member] = field(default_factory=dict)
    unreached: list[UUID] = field(default_factory=list)


async def is_due(session: AsyncSession, *, now: datetime) -> bool:
    """Tell whether the newest look is a day old, was never finished, or something changed since."""
    last = await session.scalar(select(GapCheck).order_by(GapCheck.id.desc()).limit(1))
    if last is None or last.finished_at is None:
        return last is None or now - last.started_at >= AT_MOST
    return last.is_stale or now - last.started_at >= EVERY


async def begin(session: AsyncSession, *, now: datetime) -> GapCheck | None:
    """Claim it; None when another worker was faster."""
    await take_turns(session, "gaps")
    if not await is_due(session, now=now):
        return None
    started = GapCheck(started_at=now, is_stale=False)
    session.add(started)
    return started


async def search(session: AsyncSession, settings: Settings, *, now: datetime) -> Search:
    """Look for every gap; nothing is changed."""
    found = Search(now)
    for target in await _targets(session):
        await _ask(session, target, found)
    await _add(found, await session.scalars(_owners()))
    await _add(found, await session.scalars(_in_rotas()))
    async for incident in _restricted(session):
        await _ask_members(session, incident, found)
    ways = await gaps.ways_in(session, settings)
    told = sorted(found.people.values(), key=lambda member: member.name)
    found.flaws += [Flaw(gap, member) for member in told for gap in gaps.of_person(member, ways, now=now)]
    return found


async def finish(session: AsyncSession, started: GapCheck, found: Search, *, now: datetime) -> None:
    """Keep what was found in the place of what an earlier look found."""
    check = await session.get_one(GapCheck, started.id)
    check.finished_at = now
    await session.execute(delete(GapCheck).where(GapCheck.id < check.id))
    flaws = list(dict.fromkeys(found.flaws))
    rows = [
        FoundGap(check_id=check.id, gap=one.gap, member_id=_id(one.member), target=_text(one.target)) for one in flaws
    ]
    rows += [FoundGap(check_id=check.id, gap=Gap.UNREACHED, incident_id=one) for one in found.unreached]
    session.add_all(rows)


async def _targets(session: AsyncSession) -> list[Target]:
    """Return everybody whom a step of a new report, or of a clock that runs, may call: each once."""
    ladders: list[list[dict[str, Any]]] = [list(await session.scalars(select(LadderStep.step)))]
    ladders += [ladder async for ladder in _carried(session)]
    called = {target for ladder in ladders for step in ladder for target in _called(step)}
    return sorted({*called, Post.ON_CALL}, key=str)


def _called(step: dict[str, Any]) -> Sequence[Target]:
    """Return whom a step calls; nobody where it cannot be read, which the sweep tells of."""
    try:
        return step_from_json(step).posts
    except (KeyError, TypeError, ValueError):
        return ()


async def _carried(session: AsyncSession) -> AsyncIterator[list[dict[str, Any]]]:
    """Yield the ladders that running clocks carry; of a batch that has the same one, once."""
    order = (Clock.next_check_at, Clock.id)
    running: Select[Any] = select(*order, Clock.ladder).where(Clock.next_check_at.is_not(None))
    ahead: Select[Any] | None = running
    while ahead is not None:
        batch = ahead.order_by(*order).limit(BATCH).subquery()
        for ladder in await session.scalars(select(batch.c.ladder).distinct()):
            yield ladder
        last = select(batch.c.next_check_at, batch.c.id).order_by(batch.c.next_check_at, batch.c.id)
        row = (await session.execute(last.offset(BATCH - 1))).first()
        ahead = running.where(tuple_(*order) > tuple_(row.next_check_at, row.id)) if row else None


async def _ask(session: AsyncSession, target: Target, found: Search) -> None:
    people = await contacts.people_for(session, [target], incident=None, now=found.now)
    found.people |= {member.id: member for member in people}
    if not people:
        found.flaws.append(Flaw(Gap.NOBODY, target=target))
    # Whether somebody owns an incident is no matter of the desk's.
    if target is not Post.OWNER:
        found.flaws += await gaps.of_targets(session, [target], incident=None, now=found.now)


async def _ask_members(session: AsyncSession, incident: Incident, found: Search) -> None:
    """Look whether a restricted incident can alarm one of those who may see it."""
    people = await contacts.people_for(session, [Post.OWNER], incident=incident, now=found.now)
    readers = await readers_of(session, incident) or set()
    reached = [member for member in people if member.id in readers]
    await _add(found, reached)
    if not reached:
        found.unreached.append(incident.id)


async def _add(found: Search, people: Iterable[Member]) -> None:
    found.people |= {member.id: member for member in people}


def _owners() -> Select[Member]:
    """Return who works here and owns what is open."""
    owns = exists().where(Incident.owner_id == Member.id, Incident.closed_at.is_(None))
    return select(Member).where(Member.disabled_at.is_(None), owns)


def _in_rotas() -> Select[Member]:
    """Return whose turn comes, whoever has it now."""
    seated = exists().where(RotaSeat.member_id == Member.id, Rota.id == RotaSeat.rota_id, Rota.closed_at.is_(None))
    return select(Member).where(Member.disabled_at.is_(None), seated)


async def _restricted(session: AsyncSession) -> AsyncIterator[Incident]:
    """Yield the restricted incidents that are open."""
    query = select(Incident).where(Incident.restricted, Incident.closed_at.is_(None)).order_by(Incident.id).limit(FEW)
    batch = list(await session.scalars(query))
    while batch:
        for incident in batch:
            yield incident
        batch = list(await session.scalars(query.where(Incident.id > batch[-1].id)))


def _id(member: Member | None) -> UUID | None:
    return member.id if member else None


def _text(target: Target | None) -> str | None:
    return None if target is None else str(target)
