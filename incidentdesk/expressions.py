"""What a query asks both databases for, and each spells in its own way."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, Float, String, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

# SQLite keeps an id as 32 digits; its text has four hyphens.
ID_PARTS = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))


class IdText(FunctionElement[str]):
    """An id as the text that Python makes of it, made by the database: for those who read thousands of ids."""

    type = String()
    inherit_cache = True


@compiles(IdText, "postgresql")
def _as_postgresql_knows_it(element: IdText, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - handed on
    return f"CAST({compiler.process(element.clauses, **options)} AS TEXT)"


@compiles(IdText, "sqlite")
def _as_sqlite_keeps_it(element: IdText, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - handed on
    name = compiler.process(element.clauses, **options)
    return " || '-' || ".join(f"substr({name}, {first}, {length})" for first, length in ID_PARTS)


class Shifted(FunctionElement[datetime]):
    """A moment, moved by the database by a number of seconds."""

    type = DateTime(timezone=True)
    inherit_cache = True


def shifted(moment: Any, by: timedelta) -> Shifted:  # noqa: ANN401 - a column of any table
    """Return a column of moments moved by a span: for rows that nobody wants to read one by one."""
    return Shifted(moment, literal(by.total_seconds(), Float()))


@compiles(Shifted)
def _moved(element: Shifted, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - handed on
    moment, seconds = (compiler.process(part, **options) for part in element.clauses)
    if compiler.dialect.name == "sqlite":
        # As our own moments are kept there, but to a thousandth of a second.
        return f"strftime('%Y-%m-%d %H:%M:%f000', {moment}, CAST({seconds} AS TEXT) || ' seconds')"
    return f"{moment} + CAST({seconds} AS DOUBLE PRECISION) * INTERVAL '1 second'"
