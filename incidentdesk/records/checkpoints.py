"""Once a minute: everything written until now under one signed hash."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.database import take_turns
from incidentdesk.records.chain import START, close, root
from incidentdesk.records.vault import Vault
from incidentdesk.tables import Checkpoint, CheckpointEntry, HistoryEntry, id_at, id_before

EVERY = timedelta(minutes=1)
MOST = 1000
# No transaction lives this long, so every entry older than this was in sight of an earlier checkpoint.
LOOK_BACK = timedelta(hours=1)
NO_ENTRY = UUID(int=0)


async def last_checkpoint(session: AsyncSession) -> Checkpoint | None:
    """Return the newest checkpoint."""
    return await session.scalar(select(Checkpoint).order_by(Checkpoint.number.desc()).limit(1))


async def is_due(session: AsyncSession, *, now: datetime) -> bool:
    """Tell whether a checkpoint is due: something is under none, and a minute passed or a thousand entries came."""
    last = await last_checkpoint(session)
    # A clock that was set back must not keep us waiting until it is there again.
    if last is None or abs(now - last.at) >= EVERY:
        some = (await _open_entries(session, last if last and last.at <= now else None)).limit(1)
        return (await session.execute(some)).first() is not None
    later = select(HistoryEntry.id).where(HistoryEntry.id > await _newest_entry(session, last)).limit(MOST)
    return await session.scalar(select(func.count()).select_from(later.subquery())) == MOST


async def close_due_checkpoint(session: AsyncSession, vault: Vault, *, now: datetime) -> Checkpoint | None:
    """Close a checkpoint unless another replica was faster."""
    await take_turns(session, "checkpoint")
    return await close_checkpoint(session, vault, now=now) if await is_due(session, now=now) else None


async def close_checkpoint(session: AsyncSession, vault: Vault, *, now: datetime) -> Checkpoint | None:
    """Put what no checkpoint holds yet under the next one; None when nothing is new."""
    await take_turns(session, "checkpoint")
    before = await last_checkpoint(session)
    # Once a day all the way back, and when the clock went back since: some may stand far behind the others.
    near = before if before and before.at <= now and before.at.date() == now.date() else None
    entries = list(await session.execute((await _open_entries(session, near)).limit(MOST)))
    if not entries:
        return None
    number, previous = (before.number + 1, before.hash) if before else (1, START)
    top = root([entry.hash for entry in entries])
    hashed = close(number, count=len(entries), root_hash=top, previous=previous, at=now)
    made = Checkpoint(number=number, at=now, count=len(entries), root=top, previous=previous, hash=hashed)
    made.signature = vault.sign(hashed)
    session.add(made)
    await session.flush()
    # Row by row through the session they would hold SQLite's one writer four times as long.
    leaves = [
        {"entry_id": entry.id, "number": number, "position": position, "leaf": entry.hash}
        for position, entry in enumerate(entries)
    ]
    await session.execute(insert(CheckpointEntry), leaves)
    return made


async def _open_entries(session: AsyncSession, last: Checkpoint | None) -> Select[UUID, str]:
    """Chosen by what no checkpoint holds, never by "after the last": on PostgreSQL entries commit out of order."""
    held = select(CheckpointEntry.entry_id).where(CheckpointEntry.entry_id == HistoryEntry.id)
    wanted = select(HistoryEntry.id, HistoryEntry.hash).where(~held.exists()).order_by(HistoryEntry.id)
    if last is None:
        return wanted
    # The newest may be of a time that is still to come, of whoever was the last to notice that the clock went back.
    since = min(await _newest_entry(session, last), id_at(last.at))
    return wanted.where(HistoryEntry.id > id_before(since, LOOK_BACK))


async def _newest_entry(session: AsyncSession, checkpoint: Checkpoint) -> UUID:
    newest = select(CheckpointEntry.entry_id).where(CheckpointEntry.number == checkpoint.number)
    return await session.scalar(newest.order_by(CheckpointEntry.entry_id.desc()).limit(1)) or NO_ENTRY
