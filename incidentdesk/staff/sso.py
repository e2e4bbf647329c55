"""Single sign-on: a browser's way to the provider and back, and whose account came back.

Nobody is ever found by an address. A person is found by (issuer, subject), linked once: with the one-time link in hand
or signed in, and when the provider says that it has checked the very address the person was invited with.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.database import upsert
from incidentdesk.errors import Conflict, Forbidden
from incidentdesk.records import history
from incidentdesk.records.vault import Vault
from incidentdesk.rules.id_token import FRESH_SECONDS, Claims, Expected, proven_address, wrong_in
from incidentdesk.settings import Asks, SecondFactor, Settings
from incidentdesk.staff import address, provider, sessions
from incidentdesk.staff.provider import BadToken
from incidentdesk.tables import Member, ProviderAccount, Spent, WelcomeLink

VALID = timedelta(minutes=10)
BACK = "/desk/sso/back"


class Purpose(StrEnum):
    """What somebody went to the provider for."""

    SIGN_IN = "sign-in"
    WELCOME = "welcome"
    LINK = "link"


class Unknown(Forbidden):
    """The account is real and belongs to nobody who may come in, or not to this person."""


class Taken(Conflict):
    """The account is somebody else's already."""


class OnlyWay(Conflict):
    """Without the account the person could not sign in any more."""


@dataclass(frozen=True)
class Attempt:
    """One way to the provider and back. It travels in the browser's cookie; all that the provider sees derives from it."""

    secret: str
    purpose: Purpose
    # Where to go on to; for a welcome the hash of the one-time link, for a link the person's id.
    about: str
    ends_at: float


def start(purpose: Purpose, about: str, *, now: datetime) -> Attempt:
    """Return a new attempt."""
    return Attempt(secrets.token_urlsafe(32), purpose, about, (now + VALID).timestamp())


def packed(vault: Vault, attempt: Attempt) -> str:
    """Return the attempt as the text of a cookie, with a proof that it came from here."""
    return vault.signed("sso", base64.urlsafe_b64encode(msgspec.json.encode(attempt)).decode())


def unpacked(vault: Vault, text: str, *, now: datetime) -> Attempt | None:
    """Return the attempt in a cookie, if it is ours and not too old."""
    inner = vault.verified("sso", text)
    attempt = msgspec.json.decode(base64.urlsafe_b64decode(inner), type=Attempt) if inner else None
    return attempt if attempt and now.timestamp() < attempt.ends_at else None


def state_of(vault: Vault, attempt: Attempt) -> str:
    """Return what the provider must hand back: only this browser knows the secret behind it."""
    return vault.hash("sso state", attempt.secret)


def asked(settings: Settings, vault: Vault, attempt: Attempt) -> Mapping[str, str]:
    """Return the part of the question that is this attempt's own, and whether the provider must ask the person anew.

    It must where nothing of ours may follow: then the desk takes its word that the person is there.
    """
    digest = hashlib.sha256(_verifier(vault, attempt).encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    alone = settings.oidc_second_factor is Asks.PROVIDER or settings.second_factor is SecondFactor.OPTIONAL
    age = {"max_age": str(FRESH_SECONDS)} if alone else {}
    return {"state": state_of(vault, attempt), "nonce": _nonce(vault, attempt), "code_challenge": challenge, **age}


async def claims_for(settings: Settings, vault: Vault, attempt: Attempt, code: str, *, now: datetime) -> Claims:
    """Trade the code for an ID token, and return its claims when all of them fit."""
    known = await provider.discover(settings, now=now)
    fields = {"code": code, "redirect_uri": settings.base_url + BACK, "code_verifier": _verifier(vault, attempt)}
    token = await provider.trade(known, settings, fields)
    claims = await provider.read_token(known, token, now=now)
    expected = Expected(settings.oidc_issuer, settings.oidc_client_id, _nonce(vault, attempt))
    if wrong := wrong_in(claims, expected, now=now.timestamp()):
        raise BadToken(wrong)
    return claims


def _nonce(vault: Vault, attempt: Attempt) -> str:
    return vault.hash("sso nonce", attempt.secret)


def _verifier(vault: Vault, attempt: Attempt) -> str:
    return vault.hash("sso verifier", attempt.secret)


async def spend(session: AsyncSession, token: str, *, until: datetime, now: datetime) -> bool:
    """Use something up; False when it was used before."""
    # Not those another transaction is throwing away: waiting for it could be a deadlock.
    old = select(Spent.token_hash).where(Spent.expires_at < now).with_for_update(skip_locked=True)
    gone = delete(Spent).where(Spent.token_hash.in_(old))
    await session.execute(gone.execution_options(synchronize_session=False))
    statement = upsert(session, Spent).values(token_hash=sessions.hash_token(token), expires_at=until)
    first = statement.on_conflict_do_nothing().returning(Spent.token_hash)
    return await session.scalar(first) is not None


async def member_for(session: AsyncSession, vault: Vault, claims: Claims) -> Member:
    """Return whose account this is; raise `Unknown` for everybody else, and for somebody who was shut out."""
    query = select(Member).join(ProviderAccount, ProviderAccount.member_id == Member.id)
    here = (ProviderAccount.account_hash == _account(vault, claims), Member.disabled_at.is_(None))
    member: Member | None = await session.scalar(query.where(*here))
    if member is None:
        raise Unknown
    return member


async def accept_welcome(
    session: AsyncSession, vault: Vault, link_hash: str, claims: Claims, *, now: datetime
) -> Member:
    """Use up a one-time link, and link the account to the invited person instead of a password."""
    query = select(WelcomeLink).where(WelcomeLink.token_hash == link_hash, WelcomeLink.expires_at > now)
    link = await session.scalar(query.with_for_update())
    member = await session.get(Member, link.member_id) if link and link.member_id else None
    if link is None or member is None:
        raise Unknown
    await address.prove_by_welcome(session, link, member, now=now)
    await link_account(session, vault, member, claims, now=now)
    await sessions.close_sessions_of(session, member.id)
    await session.delete(link)
    return member


async def link_account(session: AsyncSession, vault: Vault, member: Member, claims: Claims, *, now: datetime) -> None:
    """Let this account open the desk for the person from now on, in the place of an account they had before."""
    if member.disabled_at is not None or proven_address(claims) != member.email.casefold():
        raise Unknown
    await session.execute(delete(ProviderAccount).where(ProviderAccount.member_id == member.id))
    session.add(ProviderAccount(member_id=member.id, account_hash=_account(vault, claims), linked_at=now))
    try:
        await session.flush()
    except IntegrityError as error:
        raise Taken from error
    history.record(session, None, "member.sso_linked", actor=history.actor_of(member), now=now)


async def unlink_account(session: AsyncSession, member: Member, *, now: datetime) -> None:
    """Let the person's account open nothing any more; whoever has no password would shut themselves out."""
    if member.password_hash is None:
        raise OnlyWay
    gone = delete(ProviderAccount).where(ProviderAccount.member_id == member.id).returning(ProviderAccount.member_id)
    if await session.scalar(gone) is not None:
        history.record(session, None, "member.sso_unlinked", actor=history.actor_of(member), now=now)


async def is_linked(session: AsyncSession, member: Member) -> bool:
    """Tell whether the person can sign in through the provider."""
    query = select(ProviderAccount.member_id).where(ProviderAccount.member_id == member.id)
    return await session.scalar(query) is not None


def _account(vault: Vault, claims: Claims) -> str:
    return vault.hash("sso account", f"{claims['iss']}\n{claims['sub']}")
