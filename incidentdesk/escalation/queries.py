"""What the escalation and mail pages show."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.escalation.forms import HELD, MailSearch
from incidentdesk.escalation.ladder import rungs
from incidentdesk.escalation.step_forms import reaches
from incidentdesk.mail import contacts
from incidentdesk.mail.shifts import can_be_told, on_shift
from incidentdesk.rules.escalation import Kind, Named, Post, Step, Target
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Incident, MailState, Member, OutboxMail, PostHolder, PostRota, Rota, visible_to

PAGE = 50
MOST_COUNTED = 100


@dataclass(frozen=True)
class Listed:
    """One mail with the names people know it by. A reporter's address is never shown."""

    mail: OutboxMail
    person: str | None
    reference: str | None


@dataclass(frozen=True)
class Mails:
    """One page of mails, newest first. `more` is where the next page starts."""

    rows: Sequence[Listed]
    more: str | None
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Choices:
    """Whom a step may call, with the names of people and rotas. `gone` are those it calls that nobody could choose anew."""

    posts: Sequence[Target]
    rotas: Sequence[Target]
    roles: Sequence[Target]
    people: Sequence[Target]
    gone: Sequence[Target]
    names: Mapping[Target, str]

    @property
    def all(self) -> list[Target]:
        """Everything that may be ticked."""
        return [*self.posts, *self.rotas, *self.roles, *self.people, *self.gone]


async def choices(session: AsyncSession, present: Iterable[Target] = ()) -> Choices:
    """Return what can be chosen now, and what is chosen already."""
    rotas: list[Target] = [Named(Kind.ROTA, str(rota.id)) for rota in await open_rotas(session)]
    people: list[Target] = [Named(Kind.PERSON, str(member.id)) for member in await staff(session)]
    roles: list[Target] = [Named(Kind.ROLE, role.value) for role in Role]
    found = Choices(list(Post), rotas, roles, people, [], {})
    gone = [target for target in present if target not in found.all]
    return replace(found, gone=gone, names=await contacts.names_of(session, [*found.all, *gone]))


async def open_rotas(session: AsyncSession) -> list[Rota]:
    """Return the rotas that are kept, by name."""
    return list(await session.scalars(select(Rota).where(Rota.closed_at.is_(None)).order_by(Rota.name, Rota.id)))


async def staff(session: AsyncSession) -> list[Member]:
    """Return everybody who can be put on a post."""
    query = select(Member).where(Member.disabled_at.is_(None)).order_by(Member.name, Member.id)
    return list(await session.scalars(query))


async def posts(session: AsyncSession) -> dict[Post, list[Member]]:
    """Return who stands on which post."""
    query = select(PostHolder.post, Member).join(Member, Member.id == PostHolder.member_id)
    query = query.where(Member.disabled_at.is_(None)).order_by(Member.id)
    found: dict[Post, list[Member]] = {post: [] for post in HELD}
    for post, member in await session.execute(query):
        found[post].append(member)
    return found


@dataclass(frozen=True)
class Gaps:
    """What calls nobody now: posts without anybody, steps of which nobody they name is left, rotas in use with nobody."""

    posts: Sequence[Post]
    steps: Sequence[Step]
    rotas: Sequence[str]


async def gaps(session: AsyncSession, *, now: datetime) -> Gaps:
    """Return where an alert would go to somebody else than was meant."""
    steps = [rung.step for rung in await rungs(session)]
    # A step that names posts alone is told of by its posts.
    naming = [step for step in steps if any(isinstance(one, Named) for one in step.posts)]
    by_post = {rota.id: rota.name for rotas in (await post_rotas(session)).values() for rota in rotas}
    if not naming and not by_post:
        # As good as always, and this is asked on every page.
        return Gaps([post for post, people in (await posts(session)).items() if not people], [], [])
    there = await contacts.filled(session)
    named = {one for step in naming for one in step.posts if isinstance(one, Named) and one.kind is Kind.ROTA}
    in_use = by_post | {UUID(one.name): name for one, name in (await contacts.names_of(session, named)).items()}
    return Gaps(
        [post for post in HELD if post not in there],
        [step for step in naming if not reaches(step, there)],
        [name for rota_id, name in in_use.items() if not await on_shift(session, rota_id, now=now, is_fit=can_be_told)],
    )


async def post_rotas(session: AsyncSession) -> dict[Post, list[Rota]]:
    """Return which rotas fill which post."""
    query = select(PostRota.post, Rota).join(Rota, Rota.id == PostRota.rota_id).where(Rota.closed_at.is_(None))
    found: dict[Post, list[Rota]] = {post: [] for post in HELD}
    for post, rota in await session.execute(query.order_by(Rota.name, Rota.id)):
        found[post].append(rota)
    return found


async def mails(session: AsyncSession, search: MailSearch, *, me: Member) -> Mails:
    """Return one page; its cost does not grow with the number of mails."""
    query = select(OutboxMail, Member.name, Incident.reference)
    query = query.outerjoin(Member, Member.id == OutboxMail.member_id)
    query = query.outerjoin(Incident, Incident.id == OutboxMail.incident_id)
    query = query.where(may_list(me))
    if search.state is not None:
        query = query.where(OutboxMail.state == search.state)
    if search.before is not None:
        query = query.where(OutboxMail.id < search.before)
    found = (await session.execute(query.order_by(OutboxMail.id.desc()).limit(PAGE + 1))).all()
    rows = [Listed(mail, person, reference) for mail, person, reference in found[:PAGE]]
    more = str(rows[-1].mail.id) if len(found) > PAGE else None
    return Mails(rows, more, {state.value: await count_mails(session, state, me=me) for state in MailState})


async def received_ahead(session: AsyncSession, *, me: Member, now: datetime) -> list[Incident]:
    """Return what bears a moment that is still to come: it came in while the clock was ahead."""
    query = select(Incident).where(Incident.received_at > now, visible_to(me)).order_by(Incident.received_at)
    return list(await session.scalars(query.limit(PAGE)))


def may_list(me: Member) -> ColumnElement[bool]:
    """Match the mails that are about no incident, or about one this person may see."""
    # One value for each mail: as EXISTS, PostgreSQL would gather all incidents there are.
    seen = select(visible_to(me)).where(Incident.id == OutboxMail.incident_id).correlate(OutboxMail)
    return func.coalesce(seen.scalar_subquery(), true())


async def count_mails(session: AsyncSession, state: MailState, *, me: Member) -> int:
    """Count the mails in a state, up to a number beyond which nobody cares."""
    some = select(OutboxMail.id).where(OutboxMail.state == state, may_list(me)).order_by(OutboxMail.id)
    some = some.limit(MOST_COUNTED)
    return await session.scalar(select(func.count()).select_from(some.subquery())) or 0
