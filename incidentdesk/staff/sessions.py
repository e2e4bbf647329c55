"""Our own sessions: a new 256-bit id at every sign-in, only its hash kept, none for anonymous visitors."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.tables import Member, MemberSession

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
TOUCH_EVERY = timedelta(minutes=1)


def hash_token(token: str) -> str:
    """Return what the database keeps of a token. The token is random, so a plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


async def open_session(session: AsyncSession, member: Member, *, now: datetime) -> str:
    """Start a session and return its token, which only the browser keeps."""
    token = secrets.token_urlsafe(32)
    session.add(
        MemberSession(
            token_hash=hash_token(token), member_id=member.id, created_at=now, seen_at=now, expires_at=now + ABSOLUTE
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


async def close_session(session: AsyncSession, token: str) -> None:
    """Forget the session."""
    await session.execute(delete(MemberSession).where(MemberSession.token_hash == hash_token(token)))


async def close_sessions_of(session: AsyncSession, member_id: UUID) -> None:
    """Forget every session of a person."""
    await session.execute(delete(MemberSession).where(MemberSession.member_id == member_id))
