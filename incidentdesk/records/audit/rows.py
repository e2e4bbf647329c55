"""The sealed rows: each as the last action left it."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.records.audit.found import UNWRITABLE, Finding, Reading
from incidentdesk.records.audit.reading import rows
from incidentdesk.records.chain import digest_of
from incidentdesk.tables import Base, HistoryEntry, Sealed


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


def _tables() -> Iterator[Any]:
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Sealed) and mapper.class_ is not HistoryEntry:
            yield mapper.class_


def _digest(table: Any, row: Any) -> str | None:  # noqa: ANN401 - any class of sealed rows
    try:
        return digest_of(table(**vars(row)).evidence)
    except UNWRITABLE:
        return None
