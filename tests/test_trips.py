"""SQLite's thread is asked once for each statement, and no row is lost on the way."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from incidentdesk import trips
from incidentdesk.database import Database, connect

SOME = [0, 1, trips.ALONG - 1, trips.ALONG, trips.ALONG + 1, 3 * trips.ALONG]


@pytest.fixture
async def numbers(tmp_path: Path) -> AsyncIterator[Database]:
    database = connect(f"sqlite+aiosqlite:///{tmp_path / 'numbers.sqlite3'}")
    async with database.writer.begin() as session:
        await session.execute(text("CREATE TABLE number (value INTEGER PRIMARY KEY)"))
        await session.execute(
            text("INSERT INTO number VALUES (:value)"), [{"value": value} for value in range(max(SOME))]
        )
    yield database
    await database.close()


@pytest.fixture
def went(monkeypatch: pytest.MonkeyPatch) -> list[Callable[..., Any]]:
    """Keep what the thread was asked to do."""
    asked: list[Callable[..., Any]] = []
    go = trips.Connection._execute

    async def noted(connection: trips.Connection, there: Callable[..., Any], *words: Any, **named: Any) -> Any:
        asked.append(there)
        return await go(connection, there, *words, **named)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(trips.Connection, "_execute", noted)
    return asked


async def test_a_statement_is_one_trip(numbers: Database, went: list[Callable[..., Any]]) -> None:
    async with numbers.read() as session:
        await session.execute(text("SELECT 1"))
        went.clear()
        assert (await session.execute(text("SELECT value FROM number WHERE value < 5"))).all() == [
            (n,) for n in range(5)
        ]
        assert len(went) == 1


@pytest.mark.parametrize("count", SOME)
async def test_every_row_comes_at_once_or_piece_by_piece(numbers: Database, count: int) -> None:
    query = text("SELECT value FROM number WHERE value < :count ORDER BY value").bindparams(count=count)
    wanted = list(range(count))
    async with numbers.read() as session:
        assert list((await session.scalars(query)).all()) == wanted
        for size in (1, 7, trips.ALONG):
            stream = await session.stream_scalars(query, execution_options={"yield_per": size})
            assert [value async for value in stream] == wanted


async def test_who_breaks_a_stream_off_keeps_nobody_from_writing(numbers: Database) -> None:
    async with numbers.writer.begin() as session:
        stream = await session.stream_scalars(text("SELECT value FROM number"), execution_options={"yield_per": 3})
        assert await anext(aiter(stream)) == 0
        await stream.close()
        await session.execute(text("DROP TABLE number"))


async def test_counts_of_rows_are_told(numbers: Database) -> None:
    async with numbers.writer.begin() as session:
        gone: Any = await session.execute(text("DELETE FROM number WHERE value < 4"))
        assert gone.rowcount == 4
        back = await session.execute(text("INSERT INTO number VALUES (2), (1) RETURNING value"))
        assert sorted(back.scalars()) == [1, 2]


async def test_what_fails_leaves_nothing_open(numbers: Database) -> None:
    async with numbers.writer.begin() as session:
        with pytest.raises(IntegrityError):
            await session.execute(text("INSERT INTO number VALUES (5)"))
        with pytest.raises(OperationalError):
            await session.execute(text("SELECT nothing FROM number"))
        await session.execute(text("DROP TABLE number"))
    async with numbers.read() as session:
        with pytest.raises(OperationalError, match="no such table"):
            await session.execute(text("SELECT value FROM number"))


async def test_rows_are_read_by_whoever_asks_one_by_one(tmp_path: Path) -> None:
    connection = trips.connect(str(tmp_path / "plain.sqlite3"))
    await connection
    cursor = connection.cursor()
    await cursor.execute("SELECT 1 UNION SELECT 2")
    assert [await cursor.fetchone() for _ in range(3)] == [(1,), (2,), None]
    await connection.close()
    with pytest.raises((sqlite3.ProgrammingError, ValueError)):
        await cursor.execute("SELECT 1")
