"""A person's own calendar feed: a secret address under which a calendar program finds the legal deadlines they may see.

A program that asks cannot sign in, so whoever has the address reads the feed. It tells references, duties and moments,
is made by hand, shown once, and ends with the person's access, or when anybody signs them out everywhere.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.mail.entries import Entry
from incidentdesk.mail.notices import Change, announce_change
from incidentdesk.records import duties, history
from incidentdesk.tables import CalendarFeed, Clock, Incident, Member, keyed_hash, visible_to

FEED = "calendar feed"
# Nobody has so many at a time; a feed must not grow without an end.
MOST = 500


async def feed_of(session: AsyncSession, member: Member) -> CalendarFeed | None:
    """Return what is known of the person's feed, which is not its address."""
    return await session.get(CalendarFeed, member.id)


async def renew(session: AsyncSession, member: Member, *, now: datetime) -> str:
    """Make the feed, or give it another address, and return its secret; the one before opens nothing any more."""
    secret = secrets.token_urlsafe(32)
    await _forget(session, member.id)
    session.add(CalendarFeed(member_id=member.id, secret_hash=keyed_hash(session, FEED, secret), made_at=now))
    history.record(session, None, "member.feed", actor=history.actor_of(member), now=now)
    await announce_change(session, Change.FEED, by=member, of=member, now=now)
    return secret


async def revoke(session: AsyncSession, member: Member, *, now: datetime) -> None:
    """End the feed."""
    if await _forget(session, member.id):
        history.record(session, None, "member.feed_ended", actor=history.actor_of(member), now=now)


async def close_feed_of(session: AsyncSession, member_id: UUID) -> None:
    """End a person's feed together with all their sessions."""
    await _forget(session, member_id)


async def reader_of(session: AsyncSession, secret: str) -> Member | None:
    """Return whose feed this is, if their access is open."""
    hashed = keyed_hash(session, FEED, secret)
    query = select(Member).join(CalendarFeed, CalendarFeed.member_id == Member.id)
    member: Member | None = await session.scalar(
        query.where(CalendarFeed.secret_hash == hashed, Member.disabled_at.is_(None))
    )
    return member


async def deadlines(session: AsyncSession, member: Member) -> Sequence[Entry]:
    """Return the legal deadlines that run, of incidents this person may see, the nearest first."""
    query = select(Clock, Incident).join(Incident, Incident.id == Clock.incident_id)
    # The first condition and the order are those of an index, so that not all there ever was is read.
    running = query.where(Incident.legal_due_at.is_not(None), Clock.legal, Clock.ended_at.is_(None))
    # The entry in our own register is due by our own target: no appointment.
    running = running.where(Clock.duty != duties.REGISTER, Incident.practice.is_(False), visible_to(member))
    in_order = running.order_by(Incident.next_due_at, Incident.severity, Incident.id).limit(MOST)
    entries = [Entry(clock, incident) for clock, incident in await session.execute(in_order)]
    return sorted(entries, key=lambda entry: (entry.clock.deadline_at, entry.clock.id))


async def _forget(session: AsyncSession, member_id: UUID) -> bool:
    gone = delete(CalendarFeed).where(CalendarFeed.member_id == member_id).returning(CalendarFeed.member_id)
    return await session.scalar(gone) is not None
