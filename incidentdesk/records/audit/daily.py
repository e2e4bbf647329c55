"""Once a day some worker reads all evidence again; what came of it is kept, mailed and shown."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.database import take_turns
from incidentdesk.records import history
from incidentdesk.records.audit.found import Audit, sentence
from incidentdesk.tables import Verification

EVERY = timedelta(days=1)
# Whoever began one and has not finished by then was stopped.
AT_MOST = timedelta(hours=1)
LONGEST = 300


async def last_verification(session: AsyncSession) -> Verification | None:
    """Return the newest that was finished."""
    finished = select(Verification).where(Verification.finished_at.is_not(None))
    return await session.scalar(finished.order_by(Verification.started_at.desc()).limit(1))


async def is_due(session: AsyncSession, *, now: datetime) -> bool:
    """Tell whether the newest one is a day old, or was never finished."""
    # One from a time that is still to come was begun while the clock was ahead.
    begun = select(Verification).where(Verification.started_at <= now)
    last = await session.scalar(begun.order_by(Verification.started_at.desc()).limit(1))
    return last is None or now - last.started_at >= (EVERY if last.finished_at else AT_MOST)


async def begin(session: AsyncSession, *, now: datetime) -> Verification | None:
    """Claim today's; None when another replica was faster."""
    await take_turns(session, "verification")
    if not await is_due(session, now=now):
        return None
    started = Verification(started_at=now)
    session.add(started)
    return started


async def finish(session: AsyncSession, started: Verification, found: Audit, *, now: datetime) -> None:
    """Keep what was found."""
    row = await session.get_one(Verification, started.id)
    row.finished_at, row.entries, row.checkpoints = now, found.entries, found.checkpoints
    row.findings = len(found.findings)
    row.first = sentence(found.findings[0])[:LONGEST] if found.findings else ""
    facts = {"entries": row.entries, "checkpoints": row.checkpoints, "findings": row.findings, "newest": found.newest}
    history.record(session, None, "audit.verified", actor=history.DESK, now=now, after=facts)
