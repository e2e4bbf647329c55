"""Engines and transactions, and the only file that knows which database it talks to."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, Table, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from incidentdesk import ballast as ballasts
from incidentdesk import clock, schema, trips
from incidentdesk.ballast import Ballast
from incidentdesk.schema import MIGRATIONS, OutdatedError, Writing

# FULL: a report that was acknowledged must survive a power cut.
PRAGMAS = (
    "busy_timeout=5000",
    "journal_mode=WAL",
    "foreign_keys=ON",
    "synchronous=FULL",
    "trusted_schema=OFF",
    "secure_delete=ON",
)
# The same for a server, in milliseconds. Checkpoints and epochs count on no transaction living for an hour.
LIMITS = ("statement_timeout=15000", "lock_timeout=5000", "idle_in_transaction_session_timeout=300000")
# A server that is gone without a word is asked for after ten seconds of silence; the system's own patience is hours.
LINE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
DEADLOCK, UPGRADE_TRIES = "40P01", 10
log = logging.getLogger(__name__)


class UnusableError(Exception):
    """The database cannot be opened or brought up to date; the text says why, without its password."""


@dataclass(frozen=True)
class Database:
    """Two ways in: `write()` for one short transaction, `read()` for a page. A page cannot change a row."""

    writer: AsyncEngine
    reader: AsyncEngine
    # What every session carries with it.
    info: dict[str, Any] = field(default_factory=dict)
    # What is thrown off when the disk is full.
    ballast: Ballast | None = None
    # Another program has changed the tables.
    outdated: asyncio.Event = field(default_factory=asyncio.Event, kw_only=True)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Open one transaction and commit it at the end; whatever is raised rolls it back and goes on."""
        if self.ballast:
            ballasts.throw_off_when_low(self.ballast)
        try:
            async with self._sessions(self.writer, Writing)() as session, session.begin():
                yield session
        except OutdatedError as error:
            if not self.outdated.is_set():
                log.error("outdated: %s", error)  # noqa: TRY400 - it says all there is
            self.outdated.set()
            raise
        except OperationalError as error:
            # A quota, or others who were quicker: the next one finds room.
            if self.ballast and getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
                ballasts.throw_off(self.ballast)
            raise

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Open a read-only session."""
        try:
            async with self._sessions(self.reader)() as session:
                yield session
        except ProgrammingError as error:
            # What another program took away cannot be read, and that is no fault of the page.
            async with self._sessions(self.reader)() as session:
                found = await schema.schema_of(session)
            if found != schema.newest():
                raise OutdatedError(found) from error
            raise

    def _sessions(self, engine: AsyncEngine, kind: type[Session] = Session) -> async_sessionmaker[AsyncSession]:
        return async_sessionmaker(engine, expire_on_commit=False, info=self.info, sync_session_class=kind)

    async def close(self) -> None:
        """Let go of every connection."""
        await self.writer.dispose()
        await self.reader.dispose()


def connect(url: str, *, ballast: Ballast | None = None) -> Database:
    """Make the engines for `url`. Nothing is opened before the first query."""
    if make_url(url).get_backend_name() == "sqlite":
        return _connect_sqlite(url, ballast)
    options = {
        "pool_pre_ping": True,
        "connect_args": {"options": " ".join(f"-c {limit}" for limit in LIMITS), **LINE},
        "hide_parameters": True,
    }
    writer = create_async_engine(url, pool_size=10, max_overflow=5, **options)
    reader = writer.execution_options(postgresql_readonly=True)
    return Database(writer, reader, ballast=ballast)


def _connect_sqlite(url: str, ballast: Ballast | None) -> Database:
    # One writer connection is a fair queue; several fight over the file with sleeps (p99 949 ms against 28 ms).
    options: dict[str, Any] = {"hide_parameters": True, "connect_args": {"async_creator_fn": trips.connect}}
    writer = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=10, **options)
    reader = create_async_engine(url, pool_size=4, max_overflow=4, **options)
    _prepare_sqlite(writer.sync_engine, begin="BEGIN IMMEDIATE", extra=())
    _prepare_sqlite(reader.sync_engine, begin="BEGIN", extra=("query_only=ON",))
    return Database(writer, reader, ballast=ballast)


def _prepare_sqlite(engine: Engine, *, begin: str, extra: Sequence[str]) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (*PRAGMAS, *extra):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin_as_told(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


async def take_turns(session: AsyncSession, name: str) -> None:
    """Let no other transaction that asks for `name` run beside this one. SQLite has one writer at a time anyway."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})


async def take_your_time(session: AsyncSession) -> None:
    """Let the rest of this transaction take as long as it needs."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SET LOCAL statement_timeout = 0"))


async def moment(session: AsyncSession) -> datetime:
    """Return what time the database says it is: one clock for all processes, however wrong those of their machines are."""
    if session.get_bind().dialect.name == "sqlite":
        # It has none of its own.
        return clock.machine()
    at: datetime = (await session.execute(text("SELECT clock_timestamp()"))).scalar_one()
    return at.astimezone(UTC)


def lock_beside(url: str, name: str) -> Path | None:
    """Return the file by which the processes of a SQLite database take turns; None where any number may work."""
    path = _file_of(url)
    return path.with_suffix(f".{name}") if path else None


def folder_of(url: str) -> Path | None:
    """Return the folder that rows are written to; None where a server does that."""
    path = _file_of(url)
    return path.parent if path else None


def _file_of(url: str) -> Path | None:
    address = make_url(url)
    is_file = address.get_backend_name() == "sqlite" and address.database
    return Path(str(address.database)) if is_file else None


@asynccontextmanager
async def unmoving(session: AsyncSession) -> AsyncIterator[None]:
    """Show everything as of this moment, for as long as it takes, and whatever somebody put there. Comes first."""
    if session.get_bind().dialect.name == "postgresql":
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        await take_your_time(session)
        yield
        return
    raw = await (await session.connection()).get_raw_connection()
    own: Any = raw.driver_connection
    # SQLite keeps bytes that are no text in a column of text, and would refuse the whole query for them.
    own.text_factory = lambda stored: stored.decode(errors="replace")
    try:
        yield
    finally:
        own.text_factory = str


def upsert(session: AsyncSession, table: type[Any]) -> Any:  # noqa: ANN401 - the two dialects share no public base
    """Return the dialect's INSERT that knows ON CONFLICT."""
    target: Table = table.__table__
    return sqlite.insert(target) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(target)


async def insist_on_newest(url: str, database: Database) -> None:
    """Refuse a database that is not there or of another version: whoever only reads must not make or change one."""
    shown = make_url(url).render_as_string(hide_password=True)
    if not _is_there(url):
        msg = f"there is no database {shown}"
        raise UnusableError(msg)
    try:
        async with database.read() as session:
            found = await schema.schema_of(session)
    except (OSError, DBAPIError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        msg = f"the database {shown} cannot be read: {reason}"
        raise UnusableError(msg) from error
    if found != (newest := schema.newest()):
        msg = f"the database {shown} has the schema {found} and this program reads {newest}: run `incidentdesk migrate`"
        raise UnusableError(msg)


def _is_there(url: str) -> bool:
    """Tell whether SQLite would open a file, not make one; a server says so itself."""
    address = make_url(url)
    return address.get_backend_name() != "sqlite" or Path(address.database or "").is_file()


def migrate(url: str) -> None:
    """Bring the database to the newest schema. Safe to call from many processes at once."""
    address = make_url(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = url
    try:
        if address.get_backend_name() == "sqlite" and address.database:
            _make_file(Path(address.database))
        _upgrade(config)
    except (OSError, CommandError, DBAPIError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        msg = f"the database {address.render_as_string(hide_password=True)} cannot be used: {reason}"
        raise UnusableError(msg) from error


def _upgrade(config: Config) -> None:
    """Upgrade. While others read, the two may wait for each other; the server then ends one, and it may be us."""
    for left in reversed(range(UPGRADE_TRIES)):
        try:
            command.upgrade(config, "head")
        except DBAPIError as error:
            if not left or getattr(error.orig, "sqlstate", "") != DEADLOCK:
                raise
        else:
            return


def scrub(url: str) -> bool:
    """Empty SQLite's log of changes, so that what was overwritten is in no file any more; False while a reader is in the way.

    PostgreSQL keeps old rows and logs longer than anybody can say: there only the end of an epoch's key helps.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        return True
    with closing(sqlite3.connect(address.database, timeout=5)) as connection:
        (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _make_file(path: Path) -> None:
    """Make the file before SQLite does, for its owner alone; the files SQLite puts beside it follow its example."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
