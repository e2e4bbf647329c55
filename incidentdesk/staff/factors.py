"""The second factor: who has one, whether it was given, and the one-time codes. A passkey can stand beside the app here."""

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.errors import Unauthenticated
from incidentdesk.records import history
from incidentdesk.records.vault import Vault
from incidentdesk.settings import SecondFactor, Settings
from incidentdesk.staff import sessions
from incidentdesk.tables import (
    DESK_SCOPE,
    Authenticator,
    Member,
    MemberSession,
    Passkey,
    RecoveryCode,
    Seal,
    Stage,
    fetch_keys,
)

STEP_SECONDS = 30
# Phones go a little wrong: the half minute before and the one after are taken too.
STEPS_BESIDE = 1
SEED_BYTES = 20
RECOVERY_CODES = 10
# Without what looks alike on paper: no 0 and o, no 1, i and l.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 12


@dataclass(frozen=True)
class Proof:
    """What was typed to prove that one is this person, and when."""

    member: Member
    typed: str
    at: datetime

    @property
    def code(self) -> str:
        """The letters and digits alone; people add the spaces and dashes they see."""
        return "".join(character for character in self.typed.casefold() if character.isalnum())


async def next_stage(session: AsyncSession, member: Member, settings: Settings) -> Stage:
    """Return how far a right password brings this person."""
    if await has_factor(session, member.id):
        return Stage.CODE
    return Stage.ENROLMENT if settings.second_factor is SecondFactor.REQUIRED else Stage.PASSWORD


async def has_factor(session: AsyncSession, member_id: UUID) -> bool:
    """Tell whether the person has set up a second factor: an app on a phone, or a passkey."""
    passkey = select(Passkey.id).where(Passkey.member_id == member_id).limit(1)
    return await has_app(session, member_id) or await session.scalar(passkey) is not None


async def equipped(session: AsyncSession) -> set[UUID]:
    """Return everybody who has set up a second factor."""
    apps = await session.scalars(select(Authenticator.member_id).where(Authenticator.in_use))
    return {*apps, *await session.scalars(select(Passkey.member_id))}


async def has_app(session: AsyncSession, member_id: UUID) -> bool:
    """Tell whether an app on the person's phone makes codes."""
    query = select(Authenticator.id).where(Authenticator.member_id == member_id, Authenticator.in_use)
    return await session.scalar(query) is not None


async def is_given(session: AsyncSession, vault: Vault, proof: Proof) -> bool:
    """Tell whether this is the person's code of now, or one of their recovery codes, and use it up."""
    return await _use_step(session, proof) or await _use_recovery_code(session, vault, proof)


def draft_seed(vault: Vault, token: str) -> str:
    """Return the seed that this very session may set up. It is stored when a code proves that a phone holds it."""
    digest = vault.hash("authenticator", sessions.hash_token(token))
    return base64.b32encode(bytes.fromhex(digest)[:SEED_BYTES]).decode()


async def enrol(session: AsyncSession, vault: Vault, proof: Proof, *, token: str) -> list[str] | None:
    """Keep the seed of this session when the code fits, and return new recovery codes; None when it does not fit."""
    member, seed = proof.member, draft_seed(vault, token)
    step = _step_of(seed, proof)
    if step is None:
        return None
    await hold(session, member, token)
    await fetch_keys(session, [DESK_SCOPE])
    row = await session.scalar(select(Authenticator).where(Authenticator.member_id == member.id))
    if row is None:
        row = Authenticator(member_id=member.id)
        session.add(row)
    row.empty([Seal.CONTENT])
    row.in_use, row.last_step, row.seed = True, step, seed
    await sessions.close_sessions_of(session, member.id)
    history.record(session, None, "member.factor", actor=history.actor_of(member), now=proof.at)
    return await _new_codes(session, vault, member)


async def hold(session: AsyncSession, member: Member, token: str) -> None:
    """Let nobody else enrol or sign in for this person meanwhile; whoever comes second finds their session closed."""
    await session.execute(select(Member.id).where(Member.id == member.id).with_for_update())
    if await session.get(MemberSession, sessions.hash_token(token)) is None:
        raise Unauthenticated


async def renew_recovery_codes(session: AsyncSession, vault: Vault, member: Member, *, now: datetime) -> list[str]:
    """Return new codes for paper; the old ones are worth nothing any more."""
    history.record(session, None, "member.recovery_codes", actor=history.actor_of(member), now=now)
    return await _new_codes(session, vault, member)


async def recovery_codes_left(session: AsyncSession, member_id: UUID) -> int:
    """Return how many codes were not used yet."""
    query = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.member_id == member_id)
    return await session.scalar(query) or 0


async def take_away(session: AsyncSession, member: Member) -> None:
    """Forget a person's second factor; whoever calls this writes the history entry."""
    await fetch_keys(session, [DESK_SCOPE])
    row = await session.scalar(select(Authenticator).where(Authenticator.member_id == member.id).with_for_update())
    if row is not None:
        row.empty([Seal.CONTENT])
        row.in_use, row.seed = False, ""
    for kind in (RecoveryCode, Passkey):
        await session.execute(delete(kind).where(kind.member_id == member.id))


async def _use_step(session: AsyncSession, proof: Proof) -> bool:
    await fetch_keys(session, [DESK_SCOPE])
    query = select(Authenticator).where(Authenticator.member_id == proof.member.id, Authenticator.in_use)
    row = await session.scalar(query)
    # No code fits a seed that is damaged; a recovery code does, and an administrator can take the app away.
    step = _step_of(row.seed, proof, after=row.last_step) if row and not row.damaged else None
    if row is None or step is None:
        return False
    # The database decides: of two who send the same code at once, one changes the row.
    later = update(Authenticator).where(Authenticator.id == row.id, Authenticator.last_step < step)
    later = later.values(last_step=step).execution_options(synchronize_session=False)
    return await session.scalar(later.returning(Authenticator.id)) is not None


def _step_of(seed: str, proof: Proof, *, after: int = 0) -> int | None:
    """Return the half minute this code belongs to, if it is a near one later than `after`."""
    current = int(proof.at.timestamp()) // STEP_SECONDS
    app = pyotp.TOTP(seed, interval=STEP_SECONDS)
    for step in range(max(current - STEPS_BESIDE, after + 1), current + STEPS_BESIDE + 1):
        if hmac.compare_digest(app.generate_otp(step).encode(), proof.code.encode()):
            return step
    return None


async def _use_recovery_code(session: AsyncSession, vault: Vault, proof: Proof) -> bool:
    code_hash = _hash(vault, proof.member, proof.code)
    query = delete(RecoveryCode).where(RecoveryCode.code_hash == code_hash)
    if await session.scalar(query.returning(RecoveryCode.code_hash)) is None:
        return False
    history.record(session, None, "member.recovery_code", actor=history.actor_of(proof.member), now=proof.at)
    return True


async def _new_codes(session: AsyncSession, vault: Vault, member: Member) -> list[str]:
    await session.execute(delete(RecoveryCode).where(RecoveryCode.member_id == member.id))
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(code_hash=_hash(vault, member, code), member_id=member.id) for code in codes)
    return ["-".join(code[at : at + 4] for at in range(0, CODE_LENGTH, 4)) for code in codes]


def _hash(vault: Vault, member: Member, code: str) -> str:
    return vault.hash("recovery code", f"{member.id}|{code}")
