"""Proof of address: whoever opens a link that was mailed, signed in as the one it was mailed to, reads that mailbox."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import law
from incidentdesk.mail import gaps, outbox
from incidentdesk.mail.content import ADDRESS
from incidentdesk.mail.outbox import Letter
from incidentdesk.records import history
from incidentdesk.rules.reach import Proof, proof_of
from incidentdesk.staff.sessions import hash_token
from incidentdesk.tables import AddressLink, Member, ProviderAccount, WelcomeLink, keyed_hash

LINK_VALID = timedelta(days=7)


class Opened(StrEnum):
    """What somebody holds who opened a link: their own, somebody else's, or one that counts no more."""

    MINE = "mine"
    OTHERS = "others"
    GONE = "gone"


def standing(member: Member, *, now: datetime) -> Proof:
    """Return how well we know that this person reads what is mailed to them."""
    return proof_of(member.proved_at, now, lasts=law.proof_lasts(now))


async def ask(session: AsyncSession, member: Member, *, now: datetime) -> None:
    """Mail a one-time link to the person's address; those mailed before are worth nothing any more.

    It waits nowhere: only our key makes it of what is stored. Pressing twice within a minute is one mail.
    """
    seed = secrets.token_urlsafe(24)
    hashed = hash_token(keyed_hash(session, ADDRESS, seed))
    about: outbox.About = {"member_id": member.id, "context": {"seed": seed, "link": hashed}}
    dedupe = f"address:{member.id}:{now:%Y%m%dT%H%M}"
    if not await outbox.put(session, letter=Letter.ADDRESS, dedupe=dedupe, now=now, **about):
        return
    await _forget_links(session, member)
    session.add(AddressLink(token_hash=hashed, member_id=member.id, email=member.email, expires_at=now + LINK_VALID))
    history.record(session, None, "member.address_asked", actor=history.actor_of(member), now=now)


async def look_at(session: AsyncSession, token: str, member: Member, *, now: datetime) -> Opened:
    """Tell what the person who is signed in has opened; looking changes nothing."""
    return _opened(await session.get(AddressLink, hash_token(token)), member, now=now)


async def prove(session: AsyncSession, token: str, member: Member, *, now: datetime) -> Opened:
    """Use up the link: the person reads the mailbox it went to."""
    held = select(AddressLink).where(AddressLink.token_hash == hash_token(token)).with_for_update()
    link = await session.scalar(held)
    known = await session.get_one(Member, member.id, with_for_update=True)
    opened = _opened(link, known, now=now)
    if opened is Opened.MINE:
        await _note(session, known, now=now)
    return opened


async def prove_by_welcome(session: AsyncSession, link: WelcomeLink, member: Member, *, now: datetime) -> None:
    """Take the first sign-in through a mailed invitation for a proof, as nobody but its mailbox ever held that link.

    A link that was shown proves nothing. Nor does one for somebody who came in before: they may have a second step, and
    whoever opens the mail has not taken it yet.
    """
    linked = select(ProviderAccount.member_id).where(ProviderAccount.member_id == member.id)
    is_new = member.password_hash is None and await session.scalar(linked) is None
    if is_new and link.mailed_to is not None and link.mailed_to == member.email:
        await _note(session, member, now=now)


def _opened(link: AddressLink | None, member: Member, *, now: datetime) -> Opened:
    if link is None or link.expires_at <= now:
        return Opened.GONE
    if link.member_id != member.id:
        return Opened.OTHERS
    # Mailed to an address that is not theirs any more, it says nothing about the one they have.
    return Opened.MINE if link.email == member.email else Opened.GONE


async def _note(session: AsyncSession, member: Member, *, now: datetime) -> None:
    member.address_proved_at, member.proved_address = now, member.email
    await _forget_links(session, member)
    await gaps.look_again(session)
    history.record(session, None, "member.address_proved", actor=history.actor_of(member), now=now)


async def _forget_links(session: AsyncSession, member: Member) -> None:
    await session.execute(delete(AddressLink).where(AddressLink.member_id == member.id))
