"""The chain of each incident, entry by entry."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.records.audit.found import UNWRITABLE, Finding, Reading
from incidentdesk.records.audit.reading import Columns, rows
from incidentdesk.records.chain import START, link
from incidentdesk.tables import HistoryEntry, Incident

WORDS_A_ROW = 3


async def check_entries(session: AsyncSession, read: Reading) -> AsyncIterator[Finding]:
    """Follow every incident's entries from the first to the last."""
    async for where, entry in rows(session, _ENTRY, lambda query: query.order_by(*_IN_CHAINS)):
        read.entries += 1
        for what in _flaws(entry, read):
            yield Finding(what, f"entry {where}")


_ENTRY: Columns = {
    name: getattr(HistoryEntry, name)
    for name in (
        "id",
        "incident_id",
        "seq",
        "at",
        "actor",
        "action",
        "previous",
        "hash",
        "touched",
        "sealed",
        "sealed_revision",
    )
}
_IN_CHAINS = (HistoryEntry.incident_id, HistoryEntry.seq, HistoryEntry.id)


def _flaws(entry: Any, read: Reading) -> Iterator[str]:  # noqa: ANN401 - a row as it lies there
    """Yield what is wrong with one entry, and keep what it says of other rows."""
    if entry is None:
        yield "unreadable"
        return
    if not _is_as_written(entry):
        yield "entry_altered"
    read.noted.update(_notes(entry.touched))
    if entry.incident_id is None:
        return
    seq, before = read.ends.get(entry.incident_id, (0, START))
    if (entry.seq, entry.previous) != (seq + 1, before):
        yield "chain_broken"
    read.ends[entry.incident_id] = (entry.seq if isinstance(entry.seq, int) else 0, entry.hash)


def _is_as_written(entry: Any) -> bool:  # noqa: ANN401 - a row as it lies there
    try:
        return bool(link(entry.previous, entry) == entry.hash)
    except UNWRITABLE:
        return False


def _notes(words: object) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield table and id of each row that an action sealed, with its digest."""
    if isinstance(words, list) and len(words) % WORDS_A_ROW == 0:
        for name, row_id, digest in zip(words[::3], words[1::3], words[2::3], strict=True):
            yield (str(name), str(row_id)), str(digest)


async def check_heads(session: AsyncSession, read: Reading) -> AsyncIterator[Finding]:
    """Hold the end of each chain against what its incident says. Comes after the entries."""
    ends = dict(read.ends)
    columns = {"id": Incident.id, "seq": Incident.chain_seq, "head": Incident.chain_head}
    async for where, row in rows(session, columns, lambda query: query):
        if row is None:
            yield Finding("unreadable", f"incident {where}")
        elif ends.pop(row.id, (0, START)) != (row.seq, row.head):
            yield Finding("head_differs", f"incident {where}")
    for incident_id in ends:
        yield Finding("head_differs", f"incident {incident_id}")
