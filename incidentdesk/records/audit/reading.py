"""Reads rows as they lie in the database, so that an audit can also read past what somebody ruined."""

from collections.abc import AsyncGenerator, Callable, Mapping
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Select, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import NullType

# Small enough that nobody's page is kept waiting for long while the worker verifies beside it.
BATCH = 50
Columns = Mapping[str, Any]
Reader = Callable[[Any], Any]


async def rows(
    session: AsyncSession, columns: Columns, shape: Callable[[Any], Select[Any]]
) -> AsyncGenerator[tuple[str, Any], None]:
    """Yield each row as its first value in words, and all values by name; None in place of what cannot be read.

    `shape` adds to the query where the rows come from, and their order.
    """
    readers = {name: _reader(column, session.get_bind().dialect) for name, column in columns.items()}
    # Without a type the driver's own values arrive, and a bad one cannot end the query.
    query: Select[Any] = shape(
        select(*(type_coerce(column, NullType()).label(name) for name, column in columns.items()))
    )
    found = await session.stream(query.execution_options(yield_per=BATCH))
    try:
        async for row in found:
            read = _read(row, readers)
            yield str(next(iter(vars(read).values())) if read else row[0]), read
    finally:
        # A reading that is stopped half-way must not leave the database's cursor open.
        await found.close()


def _reader(column: ColumnElement[Any], dialect: Dialect) -> Reader | None:
    return column.type.dialect_impl(dialect).result_processor(dialect, None)


def _read(row: Any, readers: Mapping[str, Reader | None]) -> SimpleNamespace | None:  # noqa: ANN401 - whatever lies there
    values = zip(readers.items(), row, strict=True)
    try:
        return SimpleNamespace(**{name: reader(value) if reader else value for (name, reader), value in values})
    except (TypeError, ValueError, AttributeError, LookupError, ArithmeticError):
        return None
