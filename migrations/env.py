"""Runs migrations in one transaction on either database; called through `incidentdesk.database.migrate`."""

from typing import Literal

from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url, pool, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from incidentdesk import append_only
from incidentdesk.tables import Base

LOCK = 0x1D35_0001


def sync_url(url: str) -> str:
    """Return the same address for a driver that Alembic can use."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return url
    return address.set(drivername="sqlite").render_as_string(hide_password=False)


def run() -> None:
    """Upgrade, all or nothing."""
    engine = create_engine(sync_url(context.config.attributes["url"]), poolclass=pool.NullPool)
    if engine.dialect.name == "sqlite":
        prepare_sqlite(engine)
    with engine.connect() as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            # Many replicas may start at once: one migrates, the others wait and find nothing to do.
            connection.execute(text("select pg_advisory_xact_lock(:n)"), {"n": LOCK})
        applied: list[object] = []
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            transactional_ddl=True,
            compare_type=True,
            render_item=render_item,
            on_version_apply=lambda **facts: applied.append(facts),
        )
        take_it_alone(connection)
        context.run_migrations()
        refuse_orphans(connection)
        if applied:
            # Only then: a start that changes nothing must not hide that somebody removed them.
            append_only.put_back(connection)


def take_it_alone(connection: Connection) -> None:
    """Refuse a database of a newer program; before a change, wait until all who write have ended, and let others wait."""
    found = context.get_context().get_current_revision()
    known = [one.revision for one in context.script.walk_revisions()]
    if found and found not in known:
        msg = (
            f"it has the schema {found}, which this version does not know: a newer one has changed it. Install that one, or "
            "restore the backup from before the upgrade"
        )
        raise CommandError(msg)
    if found and found != known[0] and connection.dialect.name == "postgresql":
        connection.execute(text("lock table alembic_version in access exclusive mode"))


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our moment type as what it is in the database, so that a migration never imports the product."""
    return "sa.DateTime(timezone=True)" if kind == "type" and type(item).__name__ == "UTCDateTime" else False


def prepare_sqlite(engine: Engine) -> None:
    """Foreign keys off: a batch rebuild drops the old table, which would otherwise cascade into its children."""

    @event.listens_for(engine, "connect")
    def connected(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("busy_timeout=30000", "journal_mode=WAL", "foreign_keys=OFF"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def refuse_orphans(connection: Connection) -> None:
    """Nothing may point nowhere after a migration."""
    if connection.dialect.name == "sqlite" and (rows := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
        msg = f"migration left rows without their parents: {rows[:3]}"
        raise RuntimeError(msg)


run()
