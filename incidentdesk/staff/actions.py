"""Signing in, welcoming people, changing who may do what."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.errors import Conflict, Missing
from incidentdesk.mail import outbox
from incidentdesk.mail.content import WELCOME
from incidentdesk.mail.notices import Change, announce_change
from incidentdesk.mail.outbox import Letter
from incidentdesk.records import history
from incidentdesk.rules.escalation import Post
from incidentdesk.rules.permissions import Role
from incidentdesk.staff import address, factors
from incidentdesk.staff.feed import close_feed_of
from incidentdesk.staff.forms import Person, Profile
from incidentdesk.staff.sessions import close_sessions_of, hash_token
from incidentdesk.tables import Member, PostHolder, WelcomeLink, keyed_hash

LINK_VALID = timedelta(days=7)


class LastAdministrator(Conflict):
    """Nobody else could let people in any more."""


@dataclass(frozen=True)
class Welcome:
    """Who a one-time link is for: a known person, or nobody yet (the first administrator)."""

    link: WelcomeLink
    member: Member | None


async def make_link(session: AsyncSession, member: Member | None, *, now: datetime) -> str:
    """Make a one-time link and return its token."""
    token = secrets.token_urlsafe(24)
    session.add(_link(token, member, now=now))
    return token


async def mail_link(session: AsyncSession, member: Member, *, now: datetime) -> None:
    """Make a one-time link and mail it to the person. It waits nowhere: only our key makes it of what is stored."""
    seed = secrets.token_urlsafe(24)
    link = _link(keyed_hash(session, WELCOME, seed), member, now=now)
    link.mailed_to = member.email
    session.add(link)
    about: outbox.About = {"member_id": member.id, "context": {"seed": seed, "link": link.token_hash}}
    await outbox.put(session, letter=Letter.INVITATION, dedupe=f"invitation:{link.token_hash}", now=now, **about)


def _link(token: str, member: Member | None, *, now: datetime) -> WelcomeLink:
    whose = member.id if member else None
    return WelcomeLink(token_hash=hash_token(token), member_id=whose, expires_at=now + LINK_VALID)


async def renew_link(session: AsyncSession, member_id: UUID, *, by: Member | None, now: datetime) -> str:
    """Make a link for a person who lost theirs or forgot the password; the one before it is worth nothing any more."""
    return await make_link(session, await void_links(session, member_id, by=by, now=now), now=now)


async def void_links(session: AsyncSession, member_id: UUID, *, by: Member | None, now: datetime) -> Member:
    """Make every link a person holds worth nothing, before they get another one."""
    member = await _member(session, member_id)
    if member.disabled_at is not None:
        raise Missing
    await session.execute(delete(WelcomeLink).where(WelcomeLink.member_id == member.id))
    actor, after = history.actor_of(by or member), {"member": str(member.id)}
    history.record(session, None, "member.link", actor=actor, now=now, after=after)
    await announce_change(session, Change.LINK, by=by, of=member, now=now)
    return member


async def make_first_link(session: AsyncSession, *, now: datetime) -> str | None:
    """Return the token that creates the first administrator, or None when there are people already."""
    if await session.scalar(select(func.count()).select_from(Member)):
        return None
    for old in await session.scalars(select(WelcomeLink)):
        await session.delete(old)
    return await make_link(session, None, now=now)


async def find_member(session: AsyncSession, email: str) -> Member | None:
    """Return who signs in with this address, if their access is open."""
    member: Member | None = await session.scalar(
        select(Member).where(Member.email == email, Member.disabled_at.is_(None))
    )
    return member


async def still_has(session: AsyncSession, member: Member) -> bool:
    """Tell whether the password that was just checked is still the person's; keeps it so until the transaction ends."""
    mine = (Member.id == member.id, Member.password_hash == member.password_hash, Member.disabled_at.is_(None))
    return await session.scalar(select(Member.id).where(*mine).with_for_update()) is not None


async def find_welcome(session: AsyncSession, token: str, *, now: datetime) -> Welcome:
    """Return what the link is for; a used or old one does not exist."""
    link = await session.get(WelcomeLink, hash_token(token))
    if link is None or link.expires_at <= now:
        raise Missing
    member = await session.get(Member, link.member_id) if link.member_id else None
    if member is None and await session.scalar(select(func.count()).select_from(Member)):
        # Somebody came in another way; the desk has its administrator.
        raise Missing
    return Welcome(link, member)


async def accept_welcome(
    session: AsyncSession, token: str, person: Person, *, password_hash: str, now: datetime
) -> Member:
    """Use up the link: set the password, and create the first administrator when the link is for that."""
    # Of two that press at once the second waits here, and then finds the link gone.
    await session.execute(select(WelcomeLink).where(WelcomeLink.token_hash == hash_token(token)).with_for_update())
    welcome = await find_welcome(session, token, now=now)
    member = welcome.member
    if member is None:
        member = await add_member(session, person, by=None, now=now)
        session.add_all([PostHolder(post=post, member_id=member.id) for post in (Post.ON_CALL, Post.DPO)])
    else:
        await address.prove_by_welcome(session, welcome.link, member, now=now)
        history.record(session, None, "member.password", actor=history.actor_of(member), now=now)
    member.password_hash = password_hash
    await close_sessions_of(session, member.id)
    await session.delete(welcome.link)
    return member


async def add_member(session: AsyncSession, person: Person, *, by: Member | None, now: datetime) -> Member:
    """Add a person; an address is used once."""
    facts = {"name": person.name, "email": person.email, "zone": person.zone, "language": person.language}
    member = Member(**facts, role=person.role, created_at=now)
    session.add(member)
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict from error
    actor = history.actor_of(by or member)
    after = {"member": str(member.id), "role": person.role.value}
    history.record(session, None, "member.added", actor=actor, now=now, after=after)
    if by is not None:
        await announce_change(session, Change.ADDED, by=by, of=member, now=now)
    return member


async def change_role(session: AsyncSession, member_id: UUID, role: Role, *, by: Member, now: datetime) -> None:
    """Give a person another role; the last administrator stays one."""
    administrators = await _administrators(session)
    member = await _member(session, member_id)
    if member.role is role:
        return
    if administrators == {member.id}:
        raise LastAdministrator
    before, after = {"role": member.role.value}, {"role": role.value, "member": str(member.id)}
    member.role = role
    history.record(session, None, "member.role", actor=history.actor_of(by), now=now, before=before, after=after)
    await announce_change(session, Change.ROLE, by=by, of=member, now=now)


async def disable(session: AsyncSession, member_id: UUID, *, by: Member, now: datetime) -> None:
    """Shut a person out, at once and everywhere, links they never used included."""
    administrators = await _administrators(session)
    member = await _member(session, member_id)
    if member.disabled_at is not None:
        return
    if administrators == {member.id}:
        raise LastAdministrator
    member.disabled_at = now
    await close_sessions_of(session, member.id)
    await close_feed_of(session, member.id)
    await session.execute(delete(WelcomeLink).where(WelcomeLink.member_id == member.id))
    after = {"member": str(member.id)}
    history.record(session, None, "member.disabled", actor=history.actor_of(by), now=now, after=after)
    await announce_change(session, Change.CLOSED, by=by, of=member, now=now)


async def reset_factor(session: AsyncSession, member_id: UUID, *, by: Member | None, now: datetime) -> Member:
    """Forget the second factor of somebody who lost it all; with their password they set up another one.

    Every administrator is told, and so is the person: whoever talks another one into this must not go unseen.
    """
    member = await _member(session, member_id)
    if member.disabled_at is not None:
        raise Missing
    await factors.take_away(session, member)
    await close_sessions_of(session, member.id)
    actor, after = history.actor_of(by) if by else history.DESK, {"member": str(member.id)}
    history.record(session, None, "member.factor_reset", actor=actor, now=now, after=after)
    await announce_change(session, Change.FACTOR, by=by, of=member, now=now)
    return member


async def sign_out_everywhere(session: AsyncSession, member_id: UUID, *, by: Member, now: datetime) -> None:
    """End every session of a person, who may sign in again."""
    member = await _member(session, member_id)
    await close_sessions_of(session, member.id)
    await close_feed_of(session, member.id)
    after = {"member": str(member.id)}
    history.record(session, None, "member.signed_out", actor=history.actor_of(by), now=now, after=after)
    await announce_change(session, Change.SIGNED_OUT, by=by, of=member, now=now)


async def change_password(session: AsyncSession, member_id: UUID, *, password_hash: str, now: datetime) -> None:
    """Take a person's own new password."""
    member = await _member(session, member_id)
    member.password_hash = password_hash
    history.record(session, None, "member.password", actor=history.actor_of(member), now=now)


async def save_profile(session: AsyncSession, member_id: UUID, profile: Profile, *, now: datetime) -> None:
    """Keep how a person wants to see the desk."""
    member = await _member(session, member_id)
    member.language, member.zone = profile.language, profile.zone
    member.theme, member.shortcuts = profile.theme, profile.shortcuts
    history.record(session, None, "member.profile", actor=history.actor_of(member), now=now)


async def _member(session: AsyncSession, member_id: UUID) -> Member:
    member = await session.scalar(select(Member).where(Member.id == member_id).with_for_update())
    if member is None:
        raise Missing
    return member


async def _administrators(session: AsyncSession) -> set[UUID]:
    """Return who can administer now; an invited one who never came in cannot. Locked, or two could remove each other."""
    query = select(Member.id).where(
        Member.role == Role.ADMINISTRATOR, Member.disabled_at.is_(None), Member.password_hash.is_not(None)
    )
    return set(await session.scalars(query.order_by(Member.id).with_for_update()))
