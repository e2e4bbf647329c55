"""Signs of life, by the database's clock: whether any worker works, and whether the relay lets us in."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.database import moment, upsert
from incidentdesk.tables import Heartbeat, RelaySilence, new_id

BEAT_EVERY = timedelta(seconds=10)
# After this people are told.
MISSED_AFTER = timedelta(seconds=60)
# After this a web process sends the mail itself.
STAND_IN_AFTER = timedelta(minutes=3)
# A process that was stopped for so long and wakes up again writes its row anew.
GONE_AFTER = timedelta(minutes=10)
# Before anybody outside can be told, an attempt that began just before may take a minute more: so it is five in all.
RELAY_AFTER = timedelta(minutes=3)
# While it is away, a mail is tried there so often all the same.
KNOCK_EVERY = timedelta(minutes=1)
# As long as a mail waits, somebody tries at least every five minutes; older news is none.
TRIED_WITHIN = timedelta(minutes=10)
ONLY = 1
_HEARD = delete(RelaySilence).returning(RelaySilence.id)


async def begin(session: AsyncSession) -> None:
    """Take the first start of all for a sign of life: so the silence of a worker that never comes has a beginning."""
    if await session.scalar(select(Heartbeat.id).limit(1)) is None:
        await beat(session, new_id())


async def beat(session: AsyncSession, number: UUID) -> None:
    """Say that this worker is alive, and forget those that are gone."""
    now = await moment(session)
    statement = upsert(session, Heartbeat).values(id=number, beat_at=now)
    await session.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"beat_at": now}))
    # Rows that another worker is taking away are left to it: waiting for each other could be a deadlock.
    gone = select(Heartbeat.id).where(Heartbeat.beat_at < now - GONE_AFTER).with_for_update(skip_locked=True)
    forget = delete(Heartbeat).where(Heartbeat.id.in_(gone))
    await session.execute(forget.execution_options(synchronize_session=False))


async def silence(session: AsyncSession) -> timedelta:
    """Return how long ago the last sign of life of any worker was."""
    last = await session.scalar(select(func.max(Heartbeat.beat_at)))
    return await moment(session) - last if last else timedelta.max


async def note_relay(session: AsyncSession, *, let_in: bool, took: timedelta = timedelta()) -> bool:
    """Remember whether the relay let us in; True when it does so again. All who deliver write this one row.

    So it comes last in a transaction, or only what waits for nobody comes after it. `took` is how long the relay kept us
    waiting: it is away since we asked, not since we gave up.
    """
    if let_in:
        return await session.scalar(_HEARD) is not None
    now = await moment(session)
    statement = upsert(session, RelaySilence).values(id=ONLY, since=now - took, tried_at=now)
    await session.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"tried_at": now}))
    return False


async def is_relay_away(session: AsyncSession) -> bool:
    """Say whether nobody was let in for three minutes, though somebody tried."""
    found = await session.get(RelaySilence, ONLY)
    if found is None:
        return False
    now = await moment(session)
    return now - found.since >= RELAY_AFTER and now - found.tried_at <= TRIED_WITHIN


async def is_time_to_knock(session: AsyncSession) -> bool:
    """Say whether nobody tried the relay within the last minute."""
    found = await session.get(RelaySilence, ONLY)
    return found is None or await moment(session) - found.tried_at >= KNOCK_EVERY
