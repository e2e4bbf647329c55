"""The database's clock: reading it, writing down that it jumped, and how far it is to be believed after that."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.database import moment
from incidentdesk.records import history
from incidentdesk.rules.steadiness import JUMP, Reading
from incidentdesk.tables import ClockJump, Member

# So long after a jump nothing is destroyed on the word of the clock. One of a whole day waits for a person.
SETTLED_AFTER = timedelta(days=1)
GRAVE = timedelta(days=1)
# So long an outsider is told. Longer, and the word would hide the next one.
NEWS_FOR = timedelta(hours=1)
_UNCONFIRMED = ClockJump.confirmed_at.is_(None)
_IS_GRAVE = func.abs(ClockJump.seconds) >= int(GRAVE.total_seconds())


async def read(session: AsyncSession) -> Reading:
    """Ask the database what time it is, and which jump was the last."""
    await session.connection()
    asked = clock.passed()
    said = await moment(session)
    told = clock.passed()
    return Reading(said, asked, told, await session.scalar(select(func.max(ClockJump.number))) or 0)


async def known_since(session: AsyncSession, number: int) -> timedelta:
    """Return by how much the clock jumped since, as somebody has written down already."""
    seconds = select(func.sum(ClockJump.seconds)).where(ClockJump.number > number, ClockJump.watched.is_(True))
    return timedelta(seconds=int(await session.scalar(seconds) or 0))


async def write_down(session: AsyncSession, off: timedelta, *, watched: bool, now: datetime) -> ClockJump:
    """Write down a jump. That nobody watched is no news, and stands in no history."""
    number = (await session.scalar(select(func.max(ClockJump.number))) or 0) + 1
    jump = ClockJump(number=number, noticed_at=now, seconds=round(off.total_seconds()), watched=watched)
    session.add(jump)
    if watched:
        before, after = {"at": (now - off).isoformat()}, {"at": now.isoformat(), "seconds": jump.seconds}
        history.record(session, None, "clock.jump", actor=history.DESK, now=now, before=before, after=after)
    await session.flush()
    return jump


async def put_ahead_at(session: AsyncSession, *, now: datetime) -> datetime | None:
    """Return since when, by its own word, the clock was ahead that has just come back to `now`; None when nobody knows."""
    ahead = select(func.min(ClockJump.noticed_at)).where(ClockJump.seconds > 0, ClockJump.noticed_at > now)
    return await session.scalar(ahead)


def is_unsettled(now: datetime) -> ColumnElement[bool]:
    """Match as long as people should know that the clock jumped, or was put right."""
    is_fresh = ClockJump.noticed_at > now - SETTLED_AFTER
    return select(ClockJump.number).where(_UNCONFIRMED, ClockJump.watched.is_(True), or_(_IS_GRAVE, is_fresh)).exists()


def is_news(now: datetime) -> ColumnElement[bool]:
    """Match for an hour after a jump, unless somebody says before that the clock is right."""
    # What was noticed while the clock was ahead lies in the future once it is back.
    is_fresh = and_(ClockJump.noticed_at > now - NEWS_FOR, ClockJump.noticed_at <= now + JUMP)
    return select(ClockJump.number).where(_UNCONFIRMED, ClockJump.watched.is_(True), is_fresh).exists()


async def may_destroy(session: AsyncSession, *, now: datetime) -> bool:
    """Say whether the clock may be believed in what nobody can undo.

    It may not for a day after nobody ran for longer than a day: somebody may have put it ahead meanwhile.
    """
    unseen = and_(_UNCONFIRMED, ClockJump.watched.is_(False), _IS_GRAVE, ClockJump.noticed_at > now - SETTLED_AFTER)
    doubt = or_(is_unsettled(now), select(ClockJump.number).where(unseen).exists())
    return not await session.scalar(select(doubt))


async def newest_jumps(session: AsyncSession, count: int) -> list[ClockJump]:
    """Return the last jumps that somebody saw, the newest first."""
    seen = select(ClockJump).where(ClockJump.watched.is_(True)).order_by(ClockJump.number.desc()).limit(count)
    return list(await session.scalars(seen))


async def confirm(session: AsyncSession, reason: str, *, by: Member, now: datetime) -> bool:
    """Take a person's word that the clock is right; False when nobody asked for it."""
    said = update(ClockJump).where(_UNCONFIRMED).values(confirmed_at=now).returning(ClockJump.number)
    numbers = sorted(await session.scalars(said.execution_options(synchronize_session=False)))
    if numbers:
        after = {"reason": reason, "jumps": len(numbers), "last": numbers[-1]}
        history.record(session, None, "clock.confirmed", actor=history.actor_of(by), now=now, after=after)
    return bool(numbers)
