"""Which schema this program knows. It writes into that one and no other: a program that another one left behind refuses."""

from functools import cache
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

# In a checkout the folder stands beside the package, in a wheel inside it.
MIGRATIONS = next(
    path for path in map(Path(__file__).parent.joinpath, ("migrations", "../migrations")) if path.exists()
)
FOUND = "SELECT version_num FROM alembic_version"


class OutdatedError(SQLAlchemyError):
    """Another program has changed the tables since this one was started; the text says so."""

    def __init__(self, found: str | None) -> None:
        """Say what is there and what this program knows."""
        super().__init__(
            f"the database has the schema {found} by now and this program, which knows {newest()}, writes nothing "
            "any more: start it again in the newest version"
        )


@cache
def newest() -> str | None:
    """Return the schema this program knows. Asked once: the files may be exchanged while it runs."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


async def schema_of(session: AsyncSession) -> str | None:
    """Return which schema the database has."""
    found: str | None = await session.scalar(text(FOUND))
    return found


class Writing(Session):
    """A session whose transactions begin with a look at the schema.

    It holds until they end. On PostgreSQL whoever read a row keeps others from taking the table for themselves alone, which
    `migrations/env.py` does before it changes anything; SQLite has one writer at a time.
    """


@event.listens_for(Writing, "after_begin")
def refuse_another_schema(_session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    """Hook: write into the schema that this program knows."""
    if not transaction.nested and (found := connection.exec_driver_sql(FOUND).scalar()) != newest():
        raise OutdatedError(found)
