"""Reads all evidence again and names whatever was altered, removed, added or moved since it was written."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import append_only
from incidentdesk.records.chain import START, Anchor, close, digest_of, link, root
from incidentdesk.records.vault import Vault
from incidentdesk.tables import Base, Checkpoint, CheckpointEntry, HistoryEntry, Incident, Sealed

# An entry older than this stands under a checkpoint, or the worker is down, or somebody removed the checkpoint.
PATIENCE = timedelta(minutes=5)
BATCH = 2000
Heads = dict[UUID, tuple[int, str]]


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was written: which kind, and at which row."""

    what: str
    where: str


@dataclass(frozen=True)
class Audit:
    """What was read, and what was found."""

    entries: int
    checkpoints: int
    findings: tuple[Finding, ...]


async def verify(session: AsyncSession, vault: Vault, *, now: datetime, anchors: Sequence[Anchor] = ()) -> Audit:
    """Check every chain, every checkpoint and every sealed row against what history says of it."""
    checks = (
        _triggers(session),
        _chains(session),
        _checkpoints(session, vault),
        _leaves(session),
        _open_entries(session, now=now),
        _anchors(session, anchors),
        _rows(session),
    )
    findings = tuple([finding for check in checks async for finding in check])
    entries = await session.scalar(select(func.count()).select_from(HistoryEntry)) or 0
    checkpoints = await session.scalar(select(func.count()).select_from(Checkpoint)) or 0
    return Audit(entries, checkpoints, findings)


async def _triggers(session: AsyncSession) -> AsyncIterator[Finding]:
    for name in await session.run_sync(lambda inner: append_only.flaws(inner.connection())):
        yield Finding("trigger_missing", f"trigger {name}")


async def _chains(session: AsyncSession) -> AsyncIterator[Finding]:
    """Follow every incident's entries from the first to the head on its row."""
    heads = {row.id: (row.chain_seq, row.chain_head) for row in await session.scalars(select(Incident))}
    ends: Heads = {}
    query = select(HistoryEntry).order_by(HistoryEntry.incident_id, HistoryEntry.seq, HistoryEntry.id)
    async for entry in await session.stream_scalars(query.execution_options(yield_per=BATCH)):
        if link(entry.previous, entry) != entry.hash:
            yield Finding("entry_altered", f"entry {entry.id}")
        if entry.incident_id is None:
            continue
        seq, before = ends.get(entry.incident_id, (0, START))
        if (entry.seq, entry.previous) != (seq + 1, before):
            yield Finding("chain_broken", f"entry {entry.id}")
        ends[entry.incident_id] = (entry.seq or 0, entry.hash)
    for incident_id in _unequal(heads, ends):
        yield Finding("head_differs", f"incident {incident_id}")


def _unequal(heads: Heads, ends: Heads) -> list[UUID]:
    empty = (0, START)
    return [key for key in heads.keys() | ends.keys() if heads.get(key, empty) != ends.get(key, empty)]


async def _checkpoints(session: AsyncSession, vault: Vault) -> AsyncIterator[Finding]:
    """Follow the checkpoints from the first to the last."""
    number, before = 0, START
    for row in await session.scalars(select(Checkpoint).order_by(Checkpoint.number)):
        expected = close(row.number, count=row.count, root_hash=row.root, previous=row.previous, at=row.at)
        if (row.number, row.previous) != (number + 1, before):
            yield Finding("checkpoint_missing", f"before checkpoint {row.number}")
        if row.hash != expected or not vault.has_signed(row.hash, row.signature):
            yield Finding("checkpoint_altered", f"checkpoint {row.number}")
        number, before = row.number, row.hash


async def _leaves(session: AsyncSession) -> AsyncIterator[Finding]:
    """Build every checkpoint's root again from its leaves, and hold each leaf against its entry."""
    roots = {row.number: (row.count, row.root) for row in await session.scalars(select(Checkpoint))}
    leaves: dict[int, list[str]] = defaultdict(list)
    query = select(CheckpointEntry, HistoryEntry.hash).outerjoin(HistoryEntry).order_by(CheckpointEntry.position)
    async for row, found in await session.stream(query.execution_options(yield_per=BATCH)):
        leaves[row.number].append(row.leaf)
        if row.leaf != found:
            # Nothing found: the entry itself is gone.
            yield Finding("entry_altered" if found else "entry_missing", f"entry {row.entry_id}")
    for number in sorted(roots.keys() | leaves.keys()):
        if roots.get(number) != (len(leaves[number]), root(leaves[number])):
            yield Finding("checkpoint_altered", f"checkpoint {number}")


async def _open_entries(session: AsyncSession, *, now: datetime) -> AsyncIterator[Finding]:
    held = select(CheckpointEntry.entry_id).where(CheckpointEntry.entry_id == HistoryEntry.id)
    late = select(HistoryEntry.id).where(~held.exists(), HistoryEntry.at < now - PATIENCE)
    for entry_id in await session.scalars(late):
        yield Finding("entry_without_checkpoint", f"entry {entry_id}")


async def _anchors(session: AsyncSession, anchors: Sequence[Anchor]) -> AsyncIterator[Finding]:
    for anchor in anchors:
        known = await session.scalar(select(Checkpoint.hash).where(Checkpoint.number == anchor.number))
        if known != anchor.hash:
            yield Finding("anchor_differs", f"checkpoint {anchor.number}")


async def _rows(session: AsyncSession) -> AsyncIterator[Finding]:
    """Hold every sealed row against the last digest that history notes for it."""
    noted = await _noted(session)
    for table in _tables():
        async for row in await session.stream_scalars(select(table).execution_options(yield_per=BATCH)):
            digest = digest_of(row.evidence)
            if noted.pop((row.__tablename__, str(row.id)), None) != digest:
                yield Finding("row_altered", f"{row.__tablename__} {row.id}")
    for name, row_id in noted:
        yield Finding("row_missing", f"{name} {row_id}")


def _tables() -> Iterator[type[Sealed]]:
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Sealed) and mapper.class_ is not HistoryEntry:
            yield mapper.class_


async def _noted(session: AsyncSession) -> dict[tuple[str, str], str]:
    """Return the last digest of each row, in the order it was written."""
    noted: dict[tuple[str, str], str] = {}
    query = select(HistoryEntry.touched).order_by(HistoryEntry.id).execution_options(yield_per=BATCH)
    async for words in await session.stream_scalars(query):
        for name, row_id, digest in zip(words[::3], words[1::3], words[2::3], strict=True):
            noted[name, row_id] = digest
    return noted
