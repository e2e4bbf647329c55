"""One trip to SQLite's thread for each statement, where cursor, statement, rows and end took one each (0037)."""

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any, Self, TypeVar

import aiosqlite

T = TypeVar("T")
Rows = list[Any]
# So many rows come along with the answer; a longer one is fetched as it is asked for.
ALONG = 100


def connect(path: str, **options: Any) -> "Connection":  # noqa: ANN401 - whatever sqlite3 takes
    """Make what becomes a connection when it is awaited."""
    return Connection(lambda: sqlite3.connect(path, **options), iter_chunk_size=ALONG)


class Connection(aiosqlite.Connection):
    """A connection in a thread of its own, which ends with the program."""

    def __init__(self, connector: Any, iter_chunk_size: int) -> None:  # noqa: ANN401 - as it is named there
        super().__init__(connector, iter_chunk_size)
        self._thread.daemon = True

    def cursor(self) -> "Cursor":  # type: ignore[override]
        return Cursor(self)

    async def go(self, there: Callable[..., T], *words: Any) -> T:  # noqa: ANN401 - whatever it takes
        """Let the thread do something, and wait for it."""
        result: T = await self._execute(there, *words)  # type: ignore[no-untyped-call]
        return result

    async def ask(self, cursor: "Cursor", verb: str, statement: str, values: Iterable[Any]) -> None:
        await self.go(self._ask, cursor, verb, statement, values)

    def _ask(self, cursor: "Cursor", verb: str, statement: str, values: Iterable[Any]) -> None:
        """Run the statement and take its first rows. A cursor with no more of them is closed before anybody hears of it."""
        own = self._conn.cursor()
        try:
            getattr(own, verb)(statement, values)
            cursor.description, cursor.rowcount, cursor.lastrowid = own.description, own.rowcount, own.lastrowid
            cursor.rows = own.fetchmany(ALONG) if own.description else []
        except BaseException:
            own.close()
            raise
        if len(cursor.rows) < ALONG:
            own.close()
        else:
            cursor.left = own


class Cursor:
    """As much of a cursor as SQLAlchemy asks for."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1
        self.rows: Rows = []
        # SQLite's own, while it may have more rows.
        self.left: sqlite3.Cursor | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, values: Iterable[Any] = ()) -> None:
        await self.connection.ask(self, "execute", statement, values)

    async def executemany(self, statement: str, values: Iterable[Any]) -> None:
        await self.connection.ask(self, "executemany", statement, values)

    async def fetchone(self) -> Any:  # noqa: ANN401 - a row
        return next(iter(await self.fetchmany(1)), None)

    async def fetchmany(self, size: int | None = None) -> Rows:
        count = size or self.arraysize
        rows, self.rows = self.rows[:count], self.rows[count:]
        if self.left and len(rows) < count:
            rows += await self.connection.go(self.left.fetchmany, count - len(rows))
        return rows

    async def fetchall(self) -> Rows:
        rows, self.rows = self.rows, []
        return rows + await self.connection.go(self.left.fetchall) if self.left else rows

    async def close(self) -> None:
        left, self.left, self.rows = self.left, None, []
        if left:
            await self.connection.go(left.close)
