"""Who stands on a post at a moment. Somebody always answers: an empty post hands over to the next one.

Of a restricted incident only those are told who may see it, as long as one of them can be reached.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.rules.escalation import Post
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Incident, Member, PostHolder, readers_of

# Who follows when a post is empty, or when nobody on it can be reached.
ORDER = (Post.OWNER, Post.ON_CALL, Post.BACK_UP, Post.DPO)
LAST_RESORT = (Role.ADMINISTRATOR, Role.RESPONDER, Role.DPO)


async def people_for(
    session: AsyncSession, posts: Iterable[Post], *, incident: Incident | None, now: datetime
) -> list[Member]:
    """Return everybody to tell when `posts` are called at `now`, each once, in a stable order."""
    found: dict[UUID, Member] = {}
    for post in posts:
        for member in await _post_or_next(session, post, incident, now=now):
            found[member.id] = member
    return list(found.values())


async def people_after(
    session: AsyncSession, member_id: UUID, *, incident: Incident | None, now: datetime
) -> list[Member]:
    """Return who is told instead of a person who cannot be: the rest of their post, or the post behind it."""
    posts = await _posts_held(session, member_id, now=now)
    first = next((post for post in ORDER if post in posts), Post.ON_CALL)
    return await _post_or_next(session, first, incident, without=member_id, now=now)


async def holders(session: AsyncSession, post: Post, *, now: datetime) -> list[Member]:
    """Return the active members on one post at `now`, without any fallback."""
    del now
    query = select(Member).join(PostHolder, PostHolder.member_id == Member.id)
    query = query.where(PostHolder.post == post, Member.disabled_at.is_(None)).order_by(Member.id)
    return list(await session.scalars(query))


async def posts_of(
    session: AsyncSession, member_id: UUID, posts: Iterable[Post], *, owner_id: UUID | None, now: datetime
) -> list[Post]:
    """Return those of `posts` on which the person stands at `now`; none when they stand in for somebody."""
    held = await _posts_held(session, member_id, now=now)
    return [post for post in posts if (member_id == owner_id if post is Post.OWNER else post in held)]


async def _posts_held(session: AsyncSession, member_id: UUID, *, now: datetime) -> set[Post]:
    del now
    return set(await session.scalars(select(PostHolder.post).where(PostHolder.member_id == member_id)))


async def _post_or_next(
    session: AsyncSession, post: Post, incident: Incident | None, *, now: datetime, without: UUID | None = None
) -> list[Member]:
    owner_id = incident.owner_id if incident else None
    readers = await readers_of(session, incident) if incident else None
    for candidate in ORDER[ORDER.index(post) :]:
        people = (
            await _owner(session, owner_id) if candidate is Post.OWNER else await holders(session, candidate, now=now)
        )
        # A mailbox that was refused wakes nobody: the post counts as empty until a mail arrives there again.
        reachable = [member for member in people if member.mail_refused_at is None and member.id != without]
        informed = [member for member in reachable if readers is None or member.id in readers]
        if informed:
            return informed
    return [member for member in await _last_resort(session, readers) if member.id != without]


async def _owner(session: AsyncSession, owner_id: UUID | None) -> list[Member]:
    member = await session.get(Member, owner_id) if owner_id else None
    return [member] if member is not None and member.disabled_at is None else []


async def is_stranger(session: AsyncSession, member: Member, incident: Incident) -> bool:
    """Say whether this person must not be told of the incident, because somebody who may see it can be."""
    readers = await readers_of(session, incident)
    if readers is None or member.id in readers:
        return False
    return any(one.id in readers for one in await _last_resort(session, readers))


async def _last_resort(session: AsyncSession, readers: set[UUID] | None) -> list[Member]:
    query = select(Member).where(Member.disabled_at.is_(None), Member.role.in_(LAST_RESORT)).order_by(Member.id)
    everybody = list(await session.scalars(query))
    reachable = [member for member in everybody if member.mail_refused_at is None]
    informed = [member for member in reachable if readers is None or member.id in readers]
    return informed or reachable or everybody
