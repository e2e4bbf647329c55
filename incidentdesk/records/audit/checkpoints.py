"""The checkpoints: each by itself, all in a row, and each over its entries."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.records.audit.found import UNWRITABLE, Finding, Outside, Reading
from incidentdesk.records.audit.reading import Columns, rows
from incidentdesk.records.chain import START, close, root
from incidentdesk.records.checkpoints import LOOK_BACK, MOST
from incidentdesk.records.vault import Vault
from incidentdesk.tables import Checkpoint, CheckpointEntry, HistoryEntry

# An entry older than this stands under a checkpoint, or the worker is down, or somebody removed the checkpoint.
PATIENCE = timedelta(minutes=5)
Leaves = list[tuple[int, str]]


async def check_checkpoints(session: AsyncSession, vault: Vault, read: Reading) -> AsyncIterator[Finding]:
    """Follow the checkpoints from the first to the last."""
    columns = {column.name: column for column in Checkpoint.__table__.c}
    number, before = 0, START
    async for where, row in rows(session, columns, lambda query: query.order_by(Checkpoint.number)):
        if row is None:
            yield Finding("unreadable", f"checkpoint {where}")
            continue
        if (row.number, row.previous) != (number + 1, before):
            yield Finding("checkpoint_missing", f"before checkpoint {where}")
        if not _is_signed(row, vault):
            yield Finding("checkpoint_altered", f"checkpoint {where}")
        read.checkpoints[row.number] = row
        number, before = row.number, row.hash


def _is_signed(row: Any, vault: Vault) -> bool:  # noqa: ANN401 - a row as it lies there
    try:
        hashed = close(row.number, count=row.count, root_hash=row.root, previous=row.previous, at=row.at)
        return bool(row.hash == hashed and vault.has_signed(row.hash, row.signature))
    except UNWRITABLE:
        return False


async def check_leaves(session: AsyncSession, read: Reading) -> AsyncIterator[Finding]:
    """Hold each leaf against its entry, and build every checkpoint's root again. Comes after the checkpoints."""
    leaves: dict[int, Leaves] = {number: [] for number in read.checkpoints}
    complete = _complete(read)
    async for where, row in rows(session, _LEAF, _with_entries):
        if row is not None:
            leaves.setdefault(row.number, []).append((row.position, row.leaf))
        if what := _flaw(row, complete):
            yield Finding(what, f"entry {where}")
    for number in sorted(leaves, key=str):
        if not _fits(read.checkpoints.get(number), leaves[number]):
            yield Finding("checkpoint_altered", f"checkpoint {number}")


def _flaw(row: Any, complete: dict[int, datetime]) -> str:  # noqa: ANN401 - a row as it lies there
    """Return what is wrong with an entry as its leaf sees it."""
    if row is None:
        return "unreadable"
    if row.hash is None:
        return "entry_missing"
    if row.leaf != row.hash:
        return "entry_altered"
    late = row.number in complete and row.at is not None and row.at < complete[row.number] - LOOK_BACK
    return "entry_backdated" if late else ""


_LEAF: Columns = {
    "entry_id": CheckpointEntry.entry_id,
    "number": CheckpointEntry.number,
    "position": CheckpointEntry.position,
    "leaf": CheckpointEntry.leaf,
    "hash": HistoryEntry.hash,
    "at": HistoryEntry.at,
}


def _with_entries(query: Select[Any]) -> Select[Any]:
    joined = query.select_from(CheckpointEntry).outerjoin(HistoryEntry, HistoryEntry.id == CheckpointEntry.entry_id)
    return joined.order_by(CheckpointEntry.number, CheckpointEntry.position)


def _complete(read: Reading) -> dict[int, datetime]:
    """Return for each checkpoint the moment of the last one before it that left nothing open, being not full."""
    moments: dict[int, datetime] = {}
    last: datetime | None = None
    for number in sorted(read.checkpoints):
        row = read.checkpoints[number]
        if last is not None:
            # After the clock went back entries are as young as their own checkpoint, which is signed.
            moments[number] = min(last, row.at) if row.at else last
        if isinstance(row.count, int) and row.count < MOST and row.at:
            last = row.at
    return moments


def _fits(row: Any, leaves: Leaves) -> bool:  # noqa: ANN401 - a row as it lies there
    try:
        in_place = [position for position, _ in leaves] == list(range(len(leaves)))
        return in_place and (row.count, row.root) == (len(leaves), root([leaf for _, leaf in leaves]))
    except UNWRITABLE:
        return False


async def check_open_entries(session: AsyncSession, *, now: datetime) -> AsyncIterator[Finding]:
    held = select(CheckpointEntry.entry_id).where(CheckpointEntry.entry_id == HistoryEntry.id)
    late = HistoryEntry.at < now - PATIENCE
    async for where, _ in rows(session, {"id": HistoryEntry.id}, lambda query: query.where(~held.exists(), late)):
        yield Finding("entry_without_checkpoint", f"entry {where}")


async def check_anchors(read: Reading, outside: Outside) -> AsyncIterator[Finding]:
    for anchor in outside.anchors:
        row = read.checkpoints.get(anchor.number)
        if row is None or row.hash != anchor.hash:
            yield Finding("anchor_differs", f"checkpoint {anchor.number}")
