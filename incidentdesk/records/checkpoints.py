"""Once a minute: everything written until now under one signed hash."""

from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.database import take_turns
from incidentdesk.records.chain import START, close, root
from incidentdesk.records.vault import Vault
from incidentdesk.tables import Checkpoint, CheckpointEntry, HistoryEntry, id_before

MOST = 1000
# No transaction lives this long, so every entry older than this was in sight of an earlier checkpoint.
LOOK_BACK = timedelta(hours=1)


async def last_checkpoint(session: AsyncSession) -> Checkpoint | None:
    """Return the newest checkpoint."""
    return await session.scalar(select(Checkpoint).order_by(Checkpoint.number.desc()).limit(1))


async def close_checkpoint(session: AsyncSession, vault: Vault, *, now: datetime) -> Checkpoint | None:
    """Put what no checkpoint holds yet under the next one; None when nothing is new."""
    await take_turns(session, "checkpoint")
    before = await last_checkpoint(session)
    entries = list(await session.scalars((await _open_entries(session, before)).limit(MOST)))
    if not entries:
        return None
    number, previous = (before.number + 1, before.hash) if before else (1, START)
    top = root([entry.hash for entry in entries])
    hashed = close(number, count=len(entries), root_hash=top, previous=previous, at=now)
    made = Checkpoint(number=number, at=now, count=len(entries), root=top, previous=previous, hash=hashed)
    made.signature = vault.sign(hashed)
    session.add(made)
    await session.flush()
    session.add_all(
        CheckpointEntry(entry_id=entry.id, number=number, position=position, leaf=entry.hash)
        for position, entry in enumerate(entries)
    )
    return made


async def _open_entries(session: AsyncSession, before: Checkpoint | None) -> Select[HistoryEntry]:
    """Chosen by what no checkpoint holds, never by "after the last": on PostgreSQL entries commit out of order."""
    held = select(CheckpointEntry.entry_id).where(CheckpointEntry.entry_id == HistoryEntry.id)
    wanted = select(HistoryEntry).where(~held.exists()).order_by(HistoryEntry.id)
    if before is None:
        return wanted
    newest = await session.scalar(
        select(CheckpointEntry.entry_id)
        .where(CheckpointEntry.number == before.number)
        .order_by(CheckpointEntry.entry_id.desc())
        .limit(1)
    )
    return wanted.where(HistoryEntry.id > id_before(newest, LOOK_BACK)) if newest else wanted
