"""Our own sessions: a new 256-bit id at every sign-in, only its hash kept, none for anonymous visitors."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.tables import Member, MemberSession, Stage

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
# Whoever gave the right password has so long to prove the rest.
HALFWAY = timedelta(minutes=10)
CONFIRMED_FOR = timedelta(minutes=10)
TOUCH_EVERY = timedelta(minutes=1)
UNFINISHED = frozenset({Stage.CODE, Stage.ENROLMENT})


def hash_token(token: str) -> str:
    """Return what the database keeps of a token. The token is random, so a plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


async def open_session(session: AsyncSession, member: Member, *, stage: Stage, now: datetime, browser: str = "") -> str:
    """Start a session and return its token, which only the browser keeps.

    A sign-in that comes further opens a new one: an id seen before the last proof is worth nothing after it.
    """
    token = secrets.token_urlsafe(32)
    halfway = stage in UNFINISHED
    session.add(
        MemberSession(
            token_hash=hash_token(token),
            member_id=member.id,
            stage=stage,
            browser=browser,
            created_at=now,
            seen_at=now,
            expires_at=now + (HALFWAY if halfway else ABSOLUTE),
            confirmed_at=None if halfway else now,
        )
    )
    await session.execute(delete(MemberSession).where(MemberSession.expires_at < now))
    return token


async def find_session(session: AsyncSession, token: str, *, now: datetime) -> tuple[Member, MemberSession] | None:
    """Return who holds this token, if the session is neither idle nor over and the person not disabled."""
    row = (
        await session.execute(
            select(Member, MemberSession)
            .join(MemberSession, MemberSession.member_id == Member.id)
            .where(
                MemberSession.token_hash == hash_token(token),
                MemberSession.expires_at > now,
                MemberSession.seen_at > now - IDLE,
                Member.disabled_at.is_(None),
            )
        )
    ).first()
    return (row[0], row[1]) if row else None


async def touch(session: AsyncSession, token: str, *, now: datetime) -> None:
    """Note that the browser is still there; called at most once a minute."""
    await session.execute(
        update(MemberSession).where(MemberSession.token_hash == hash_token(token)).values(seen_at=now)
    )


def is_confirmed(row: MemberSession, *, now: datetime) -> bool:
    """Tell whether the person proved to be there only a moment ago."""
    return row.confirmed_at is not None and now - row.confirmed_at < CONFIRMED_FOR


async def confirm(session: AsyncSession, row: MemberSession, *, now: datetime) -> None:
    """Note that the person has just proved to be there."""
    await session.execute(update(MemberSession).where(MemberSession.id == row.id).values(confirmed_at=now))


async def unconfirm(session: AsyncSession, token: str) -> None:
    """Count the sign-in itself as no proof that the person is there."""
    mine = MemberSession.token_hash == hash_token(token)
    await session.execute(update(MemberSession).where(mine).values(confirmed_at=None))


async def sessions_of(session: AsyncSession, member_id: UUID, *, now: datetime) -> Sequence[MemberSession]:
    """Return where a person is signed in, the latest sign of life first."""
    query = select(MemberSession).where(
        MemberSession.member_id == member_id,
        MemberSession.stage.not_in(UNFINISHED),
        MemberSession.expires_at > now,
        MemberSession.seen_at > now - IDLE,
    )
    return (await session.scalars(query.order_by(MemberSession.seen_at.desc(), MemberSession.id))).all()


async def end_session(session: AsyncSession, member_id: UUID, session_id: UUID) -> bool:
    """End one of a person's own sessions; False when they have no such session."""
    query = delete(MemberSession).where(MemberSession.id == session_id, MemberSession.member_id == member_id)
    return await session.scalar(query.returning(MemberSession.id)) is not None


async def end_other_sessions(session: AsyncSession, row: MemberSession) -> None:
    """End every session of the person but this one."""
    others = (MemberSession.member_id == row.member_id, MemberSession.id != row.id)
    await session.execute(delete(MemberSession).where(*others))


async def close_session(session: AsyncSession, token: str) -> None:
    """Forget the session."""
    await session.execute(delete(MemberSession).where(MemberSession.token_hash == hash_token(token)))


async def close_sessions_of(session: AsyncSession, member_id: UUID) -> None:
    """Forget every session of a person."""
    await session.execute(delete(MemberSession).where(MemberSession.member_id == member_id))
