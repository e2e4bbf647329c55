"""Who a step of the ladder calls at a moment. Somebody always answers: what is empty hands over to the next post.

Of a restricted incident only those are told who may see it, as long as one of them can be reached.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.mail.shifts import on_shift
from incidentdesk.rules.escalation import Kind, Named, Post, Target
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Incident, Member, PostHolder, PostRota, Rota, RotaOverride, RotaSeat, readers_of

# Who follows when a post is empty, or when nobody on it can be reached.
ORDER = (Post.OWNER, Post.ON_CALL, Post.BACK_UP, Post.DPO)
LAST_RESORT = (Role.ADMINISTRATOR, Role.RESPONDER, Role.DPO)
_PEOPLE = select(PostHolder.post, Member).join(Member, PostHolder.member_id == Member.id)
_ROTAS = select(PostRota.post, PostRota.rota_id)


@dataclass(frozen=True)
class Call:
    """About what somebody is called and when. `readers` may know of it (None: all of the desk).

    `posted` and `rotas` are who and what was put on each post. `without` cannot be told; `even` counts, whatever their row
    says.
    """

    incident: Incident | None
    now: datetime
    readers: set[UUID] | None
    posted: Mapping[Post, Sequence[Member]]
    rotas: Mapping[Post, Sequence[UUID]]
    without: UUID | None = None
    even: UUID | None = None

    def can_tell(self, member: Member) -> bool:
        """Say whether a mail to this person would wake somebody who may know. A mailbox that was refused wakes nobody."""
        if member.disabled_at is not None or member.id == self.without:
            return False
        may_know = self.readers is None or member.id in self.readers
        return member.id == self.even or (may_know and member.mail_refused_at is None)


async def people_for(
    session: AsyncSession, targets: Iterable[Target], *, incident: Incident | None, now: datetime
) -> list[Member]:
    """Return everybody to tell when `targets` are called at `now`, each once, in a stable order."""
    return await people_in(session, targets, await call_about(session, incident, now))


async def people_in(session: AsyncSession, targets: Iterable[Target], call: Call) -> list[Member]:
    """Return everybody to tell when `targets` are called so, each once, in a stable order."""
    found: dict[UUID, Member] = {}
    for target in targets:
        for member in await _called_or_next(session, target, call):
            found[member.id] = member
    return list(found.values())


async def people_after(
    session: AsyncSession, member_id: UUID, *, incident: Incident | None, now: datetime
) -> list[Member]:
    """Return who is told instead of a person who cannot be: the rest of their post or rota, or the post behind it."""
    call = await call_about(session, incident, now)
    seats = select(RotaSeat.rota_id).where(RotaSeat.member_id == member_id)
    stand_ins = select(RotaOverride.rota_id).where(RotaOverride.member_id == member_id, RotaOverride.end_at > now)
    taking_turns = set(await session.scalars(seats.union(stand_ins.where(RotaOverride.start_at <= now))))
    rotas = [Named(Kind.ROTA, str(rota_id)) for rota_id in sorted(taking_turns)]
    held = await posts_of(session, member_id, [*ORDER[1:], *rotas], incident=incident, now=now)
    first = held[0] if held else Post.ON_CALL
    return await _called_or_next(session, first, replace(call, without=member_id))


async def posts_of(
    session: AsyncSession, member_id: UUID, targets: Iterable[Target], *, incident: Incident | None, now: datetime
) -> list[Target]:
    """Return those of `targets` that call this person at `now`; none when they stand in for somebody."""
    return await posts_in(session, member_id, targets, await call_about(session, incident, now))


async def posts_in(session: AsyncSession, member_id: UUID, targets: Iterable[Target], call: Call) -> list[Target]:
    """Return those of `targets` that call this person in a call; none when they stand in for somebody."""
    call = replace(call, even=member_id)
    return [one for one in targets if member_id in {member.id for member in await _called(session, one, call)}]


async def call_about(session: AsyncSession, incident: Incident | None, now: datetime) -> Call:
    """Return what is known of a call about an incident at `now`. At another moment the same is known of it."""
    readers = await readers_of(session, incident) if incident else None
    # Both tables are small, and read once: a step often asks for one post after the other, and a letter for two steps.
    posted: dict[Post, list[Member]] = defaultdict(list)
    rotas: dict[Post, list[UUID]] = defaultdict(list)
    for post, member in await session.execute(_PEOPLE):
        posted[post].append(member)
    for post, rota_id in await session.execute(_ROTAS):
        rotas[post].append(rota_id)
    return Call(incident, now, readers, posted, rotas)


async def filled(session: AsyncSession) -> set[Target]:
    """Return every target but the owner that has somebody who works here, whether or not they can be told now."""
    active = select(Member.id, Member.role).where(Member.disabled_at.is_(None))
    people = {row.id: row.role for row in await session.execute(active)}
    seats = select(RotaSeat.rota_id, RotaSeat.member_id).join(Rota, Rota.id == RotaSeat.rota_id)
    seats = seats.where(Rota.closed_at.is_(None))
    rotas = {rota_id for rota_id, member_id in await session.execute(seats) if member_id in people}
    held = await session.execute(select(PostHolder.post, PostHolder.member_id))
    by_rota = await session.execute(select(PostRota.post, PostRota.rota_id))
    return {
        *(post for post, member_id in held if member_id in people),
        *(post for post, rota_id in by_rota if rota_id in rotas),
        *(Named(Kind.PERSON, str(member_id)) for member_id in people),
        *(Named(Kind.ROLE, role.value) for role in people.values()),
        *(Named(Kind.ROTA, str(rota_id)) for rota_id in rotas),
    }


async def names_of(session: AsyncSession, targets: Iterable[Target]) -> dict[Target, str]:
    """Return the names of the people and rotas among `targets`, also of those who left."""
    names: dict[Target, str] = {}
    for kind, table in ((Kind.PERSON, Member), (Kind.ROTA, Rota)):
        wanted = {UUID(one.name) for one in targets if isinstance(one, Named) and one.kind is kind}
        if wanted:
            rows = await session.execute(select(table.id, table.name).where(table.id.in_(wanted)))
            names |= {Named(kind, str(row_id)): name for row_id, name in rows}
    return names


async def is_stranger(session: AsyncSession, member: Member, incident: Incident) -> bool:
    """Say whether this person must not be told of the incident, because somebody who may see it can be."""
    readers = await readers_of(session, incident)
    if readers is None or member.id in readers:
        return False
    return any(one.id in readers for one in await _last_resort(session, readers))


async def _called_or_next(session: AsyncSession, target: Target, call: Call) -> list[Member]:
    behind = ORDER[ORDER.index(target) :] if isinstance(target, Post) else (target, *ORDER[1:])
    for candidate in behind:
        if people := await _called(session, candidate, call):
            return people
    return [member for member in await _last_resort(session, call.readers) if member.id != call.without]


async def _called(session: AsyncSession, target: Target, call: Call) -> list[Member]:
    """Return who of a target can be told, without any fallback."""
    if isinstance(target, Post):
        return await _on_post(session, target, call)
    match target.kind:
        case Kind.ROTA:
            person = await on_shift(session, UUID(target.name), now=call.now, is_fit=call.can_tell)
            return [person] if person else []
        case Kind.PERSON:
            wanted = Member.id == UUID(target.name)
        case Kind.ROLE:
            wanted = Member.role == Role(target.name)
    people = await session.scalars(select(Member).where(wanted).order_by(Member.id))
    return [member for member in people if call.can_tell(member)]


async def _on_post(session: AsyncSession, post: Post, call: Call) -> list[Member]:
    if post is Post.OWNER:
        owner_id = call.incident.owner_id if call.incident else None
        owner = await session.get(Member, owner_id) if owner_id else None
        return [owner] if owner is not None and call.can_tell(owner) else []
    people = {member.id: member for member in call.posted.get(post, ()) if call.can_tell(member)}
    for rota_id in call.rotas.get(post, ()):
        if person := await on_shift(session, rota_id, now=call.now, is_fit=call.can_tell):
            people[person.id] = person
    return [people[member_id] for member_id in sorted(people)]


async def _last_resort(session: AsyncSession, readers: set[UUID] | None) -> list[Member]:
    query = select(Member).where(Member.disabled_at.is_(None), Member.role.in_(LAST_RESORT)).order_by(Member.id)
    everybody = list(await session.scalars(query))
    reachable = [member for member in everybody if member.mail_refused_at is None]
    informed = [member for member in reachable if readers is None or member.id in readers]
    return informed or reachable or everybody
