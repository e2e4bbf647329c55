"""The sealed rows: each as the last action left it."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.records.audit.found import UNWRITABLE, Finding, Reading
from incidentdesk.records.audit.reading import rows
from incidentdesk.records.chain import digest_of
from incidentdesk.records.files import OWN_NAME
from incidentdesk.tables import Attachment, Base, HistoryEntry, Sealed


async def check_rows(session: AsyncSession, read: Reading) -> AsyncIterator[Finding]:
    """Hold every sealed row against the last digest that history notes for it. Comes after the entries."""
    for table in _tables():
        columns = {column.name: column for column in (table.__table__.c.id, *table.__table__.c)}
        async for where, row in rows(session, columns, lambda query: query):
            if row is None:
                yield Finding("unreadable", f"{table.__tablename__} {where}")
            elif read.noted.pop((table.__tablename__, where), None) != _digest(table, row):
                yield Finding("row_altered", f"{table.__tablename__} {where}")
    for name, row_id in read.noted:
        yield Finding("row_missing", f"{name} {row_id}")


async def check_files(session: AsyncSession, folder: Path) -> AsyncIterator[Finding]:
    """Hold every file against the digest on its row, whose own digest history notes."""
    columns = {name: getattr(Attachment, name) for name in ("id", "place", "digest", "sealed")}
    async for where, row in rows(session, columns, lambda query: query):
        # What was erased lies nowhere; a name that is not ours is found as an altered row, and never opened.
        if row is None or row.sealed is None or not OWN_NAME.fullmatch(str(row.place)):
            continue
        lies = await asyncio.to_thread(_digest_of_file, folder / row.place)
        if lies != row.digest:
            yield Finding("file_altered" if lies else "file_missing", f"file {where}")


def _digest_of_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _tables() -> Iterator[Any]:
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Sealed) and mapper.class_ is not HistoryEntry:
            yield mapper.class_


def _digest(table: Any, row: Any) -> str | None:  # noqa: ANN401 - any class of sealed rows
    try:
        return digest_of(table(**vars(row)).evidence)
    except UNWRITABLE:
        return None
