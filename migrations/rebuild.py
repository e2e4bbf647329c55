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
