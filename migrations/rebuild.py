"""Changing a table that SQLite can only change by making it anew."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations.base import BatchOperations


@contextmanager
def rebuilt(table: str) -> Iterator[BatchOperations]:
    """Change `table`; on SQLite its indexes and triggers come back as they were, in their old order.

    Alembic makes the indexes anew in no order, and of two that fit a query SQLite takes the one made last: the queue's
    would be chosen by chance. Triggers it forgets.
    """
    kept = _made_for(table)
    for kind, name, _ in kept:
        op.execute(f"DROP {kind} {name}")
    with op.batch_alter_table(table) as change:
        yield change
    for *_, statement in kept:
        op.execute(statement)


def _made_for(table: str) -> list[tuple[str, str, str]]:
    if op.get_bind().dialect.name != "sqlite":
        return []
    query = sa.text(
        "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL ORDER BY rowid"
    )
    rows = op.get_bind().execute(query, {"table": table})
    return [(kind, name, statement) for kind, name, statement in rows if kind in {"index", "trigger"}]


def reword(table: str, constraint: str, *, was: str, now: str) -> None:
    """Give a CHECK constraint another condition. SQLite keeps the table's own words, and Alembic would lose them."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} CHECK ({now})")
        return
    kept = _made_for(table)
    words = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table")
    made: str = op.get_bind().execute(words, {"table": table}).scalar_one()
    if was not in made:
        msg = f"{table} has no condition {was}"
        raise LookupError(msg)
    for kind, name, _ in kept:
        op.execute(f"DROP {kind} {name}")
    # For tables that nothing points at: a reference would follow the old one aside.
    op.execute(f"ALTER TABLE {table} RENAME TO {table}_before")
    op.execute(made.replace(was, now))
    op.execute(f"INSERT INTO {table} SELECT * FROM {table}_before")  # noqa: S608 - our own names
    op.execute(f"DROP TABLE {table}_before")
    for *_, statement in kept:
        op.execute(statement)
