"""Passkeys (WebAuthn Level 3) beside the code of a phone: made, proven and removed.

A challenge says itself whose it is, what for and until when, under our proof; it is taken once. So nothing is stored
before somebody answers, and an answer cannot be used again, by anybody else or for anything else.
"""

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    UserVerificationRequirement,
)

from incidentdesk.errors import Conflict, Malformed, Missing
from incidentdesk.records import history
from incidentdesk.records.vault import Vault
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import Settings
from incidentdesk.staff.sso import spend
from incidentdesk.tables import Member, Passkey

LONGEST_NAME = 60
VALID = timedelta(minutes=5)
MOST = 20
LONGEST_ANSWER = 20_000
# base64url; an escape inside the JSON could be what no database takes.
_NAME = re.compile("[A-Za-z0-9_-]{1,1364}")
# What the library raises over an answer that is not as it should be, beside its own.
ODD = (ValueError, KeyError, TypeError, IndexError, AttributeError)
NOT_RIGHT = (WebAuthnException, InvalidSignature, UnsupportedAlgorithm, *ODD)


class Ceremony(StrEnum):
    """What a challenge is for."""

    MAKE = "make"
    PROVE = "prove"


class TooManyPasskeys(Conflict):
    """Nobody needs so many."""


class LastFactor(Conflict):
    """Without it the person would have no second factor."""


@dataclass(frozen=True)
class Place:
    """Where a passkey is good: the public address, and nowhere else."""

    rp_id: str
    origin: str


@dataclass(frozen=True)
class Turn:
    """Whose passkeys it is about, where, and when."""

    vault: Vault
    place: Place
    member: Member
    at: datetime


def place_of(settings: Settings) -> Place | None:
    """Return where passkeys of this desk are good; None where browsers make none: without TLS, or without a name."""
    parts = urlsplit(settings.base_url)
    host = (parts.hostname or "").rstrip(".")
    default = {"https": 443, "http": 80}[parts.scheme]
    port = f":{parts.port}" if parts.port not in {None, default} else ""
    if _is_number(host) or (parts.scheme == "http" and host != "localhost"):
        return None
    return Place(host, f"{parts.scheme}://{host}{port}")


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_answer(text: str) -> bool:
    """Tell whether this is what a passkey answered, and no code: codes have no brackets."""
    return text.startswith("{")


async def passkeys_of(session: AsyncSession, member_id: UUID) -> Sequence[Passkey]:
    """Return a person's passkeys, the oldest first."""
    query = select(Passkey).where(Passkey.member_id == member_id).order_by(Passkey.created_at, Passkey.id)
    return (await session.scalars(query)).all()


async def is_wanted(session: AsyncSession, settings: Settings, member: Member) -> bool:
    """Tell whether this person should make one: an administrator without, where there can be any."""
    if member.role is not Role.ADMINISTRATOR or place_of(settings) is None:
        return False
    return not await passkeys_of(session, member.id)


async def how_to_make(session: AsyncSession, turn: Turn) -> str:
    """Return what the browser needs to make a passkey, as JSON."""
    member, need = turn.member, UserVerificationRequirement.REQUIRED
    options = webauthn.generate_registration_options(
        rp_id=turn.place.rp_id,
        rp_name=turn.place.rp_id,
        user_id=member.id.bytes,
        user_name=member.email,
        user_display_name=member.name,
        challenge=_challenge(turn, Ceremony.MAKE),
        exclude_credentials=_named(await passkeys_of(session, member.id)),
        authenticator_selection=AuthenticatorSelectionCriteria(user_verification=need),
    )
    return webauthn.options_to_json(options)


async def how_to_prove(session: AsyncSession, turn: Turn) -> str:
    """Return what the browser needs to prove that a passkey is there, as JSON; nothing when the person has none."""
    known = _named(await passkeys_of(session, turn.member.id))
    if not known:
        return ""
    options = webauthn.generate_authentication_options(
        rp_id=turn.place.rp_id,
        challenge=_challenge(turn, Ceremony.PROVE),
        allow_credentials=known,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def _named(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential)) for one in passkeys]


async def keep(session: AsyncSession, turn: Turn, *, name: str, answer: str) -> None:
    """Keep the passkey that a browser made; raise `Malformed` when it was not made for this, here and now."""
    # Of two that come at once the second waits, or both would find room.
    await session.execute(select(Member.id).where(Member.id == turn.member.id).with_for_update())
    if len(await passkeys_of(session, turn.member.id)) >= MOST:
        raise TooManyPasskeys
    made = _made(turn, answer)
    if made is None or not await _is_first(session, made.challenge, now=turn.at):
        raise Malformed
    row = Passkey(member_id=turn.member.id, name=name, created_at=turn.at, credential=made.credential)
    row.public_key, row.sign_count = made.public_key, made.sign_count
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict from error
    after = {"passkey": str(row.id)}
    history.record(session, None, "member.passkey", actor=history.actor_of(turn.member), now=turn.at, after=after)


async def is_given(session: AsyncSession, turn: Turn, answer: str) -> bool:
    """Tell whether this answer proves that one of the person's passkeys is there, and use it up."""
    parsed = _parsed(answer)
    challenge = _challenge_in(turn, Ceremony.PROVE, parsed)
    named = str(parsed.get("id"))
    if challenge is None or not _NAME.fullmatch(named):
        return False
    mine = (Passkey.member_id == turn.member.id, Passkey.credential == named)
    row = await session.scalar(select(Passkey).where(*mine).with_for_update())
    if row is None:
        return False
    count = _proven(turn, row, parsed, challenge)
    if count is None or not await _is_first(session, challenge, now=turn.at):
        return False
    row.sign_count, row.used_at = count, turn.at
    return True


async def remove(session: AsyncSession, turn: Turn, passkey_id: UUID, *, may_be_last: bool) -> None:
    """Forget one of the person's own passkeys."""
    await session.execute(select(Member.id).where(Member.id == turn.member.id).with_for_update())
    known = await passkeys_of(session, turn.member.id)
    row = next((one for one in known if one.id == passkey_id), None)
    if row is None:
        raise Missing
    if len(known) == 1 and not may_be_last:
        raise LastFactor
    await session.delete(row)
    before = {"passkey": str(row.id)}
    actor = history.actor_of(turn.member)
    history.record(session, None, "member.passkey_removed", actor=actor, now=turn.at, before=before)


@dataclass(frozen=True)
class _Made:
    """What an answer says about a new passkey, when all of it is right."""

    credential: str
    public_key: bytes
    sign_count: int
    challenge: bytes


def _made(turn: Turn, answer: str) -> _Made | None:
    parsed = _parsed(answer)
    challenge = _challenge_in(turn, Ceremony.MAKE, parsed)
    if challenge is None:
        return None
    try:
        made = webauthn.verify_registration_response(
            credential=parsed,
            expected_challenge=challenge,
            expected_rp_id=turn.place.rp_id,
            expected_origin=turn.place.origin,
            require_user_verification=True,
        )
    except NOT_RIGHT:
        return None
    return _Made(bytes_to_base64url(made.credential_id), made.credential_public_key, made.sign_count, challenge)


def _proven(turn: Turn, row: Passkey, parsed: dict[str, Any], challenge: bytes) -> int | None:
    """Return the passkey's new count of uses, or None; a count that did not grow is a copy of the passkey."""
    try:
        proof = webauthn.verify_authentication_response(
            credential=parsed,
            expected_challenge=challenge,
            expected_rp_id=turn.place.rp_id,
            expected_origin=turn.place.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except NOT_RIGHT:
        return None
    return proof.new_sign_count


def _parsed(answer: str) -> dict[str, Any]:
    """Return the answer of a browser, or nothing when it is none."""
    try:
        parsed = json.loads(answer[:LONGEST_ANSWER])
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _challenge(turn: Turn, ceremony: Ceremony) -> bytes:
    ends = int((turn.at + VALID).timestamp())
    return turn.vault.signed(_label(turn, ceremony), f"{secrets.token_urlsafe(16)}.{ends}").encode()


def _challenge_in(turn: Turn, ceremony: Ceremony, parsed: dict[str, Any]) -> bytes | None:
    """Return the challenge that was answered, when it is ours, this person's, for this, and not too old."""
    try:
        told = json.loads(base64url_to_bytes(parsed["response"]["clientDataJSON"]))
        challenge = base64url_to_bytes(told["challenge"])
        text = turn.vault.verified(_label(turn, ceremony), challenge.decode("ascii"))
    except (*NOT_RIGHT, RecursionError):
        return None
    ends = int(text.rpartition(".")[2]) if text else 0
    return challenge if turn.at.timestamp() < ends else None


def _label(turn: Turn, ceremony: Ceremony) -> str:
    return f"passkey {ceremony} {turn.member.id}"


async def _is_first(session: AsyncSession, challenge: bytes, *, now: datetime) -> bool:
    return await spend(session, challenge.decode("ascii"), until=now + VALID, now=now)
