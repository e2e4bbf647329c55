"""jumps of the database's clock, and notices that were written before their time."""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuilt

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BEFORE = "uq_notice_clock_id_step_round_occurrence"
AFTER = "uq_notice_clock_id_step_round_occurrence_undone"
KEY = ["clock_id", "step", "round", "occurrence"]


def upgrade() -> None:
    op.create_table(
        "clock_jump",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("watched", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_clock_jump")),
    )
    with rebuilt("notice") as change:
        change.add_column(sa.Column("undone", sa.Integer(), nullable=False, server_default="0"))
        change.drop_constraint(BEFORE, type_="unique")
        change.create_unique_constraint(AFTER, [*KEY, "undone"])
    with rebuilt("notice") as change:
        change.alter_column("undone", server_default=None)


def downgrade() -> None:
    # The key of before has room for one notice of a step; what was undone goes, with what the outbox knows of it.
    op.execute("UPDATE outbox_mail SET notice_id = NULL WHERE notice_id IN (SELECT id FROM notice WHERE undone > 0)")
    op.execute("DELETE FROM notice WHERE undone > 0")
    with rebuilt("notice") as change:
        change.drop_constraint(AFTER, type_="unique")
        change.drop_column("undone")
        change.create_unique_constraint(BEFORE, KEY)
    op.drop_table("clock_jump")
