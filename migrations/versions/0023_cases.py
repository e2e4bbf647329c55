"""incidents that are part of another, that are linked, and that are only a practice."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.rebuild import rebuilt

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
PRACTISED, MAIN, PART = "practice AND erased_at IS NULL", "merged_into_id IS NULL", "merged_into_id IS NOT NULL"
MAIN_KEY = "fk_incident_merged_into_id_incident"


def upgrade() -> None:
    with rebuilt("incident") as change:
        change.add_column(sa.Column("practice", sa.Boolean(), nullable=False, server_default=sa.false()))
        change.add_column(sa.Column("merged_into_id", sa.Uuid(), nullable=True))
        change.create_foreign_key(op.f(MAIN_KEY), "incident", ["merged_into_id"], ["id"])
    # The value was for the rows that are there; new ones bring their own.
    with rebuilt("incident") as change:
        change.alter_column("practice", server_default=None)
    _index("ix_incident_practice", "next_due_at", "severity", "id", where=PRACTISED)
    _index("ix_incident_similar", "kind", "received_at", where=MAIN)
    _index("ix_incident_part", "merged_into_id", where=PART)
    op.create_table(
        "merging",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", JSON, nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_merging_incident_id_incident")),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_merging")),
    )
    op.create_table(
        "relation",
        sa.Column("one_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_relation_in_order")),
        sa.ForeignKeyConstraint(["one_id"], ["incident.id"], name=op.f("fk_relation_one_id_incident")),
        sa.ForeignKeyConstraint(["other_id"], ["incident.id"], name=op.f("fk_relation_other_id_incident")),
        sa.PrimaryKeyConstraint("one_id", "other_id", name=op.f("pk_relation")),
    )
    op.create_index(op.f("ix_relation_other_id"), "relation", ["other_id"])


def downgrade() -> None:
    # It names a column that goes.
    on = " ON incident" if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(f"DROP TRIGGER IF EXISTS incident_practice_is_fixed{on}")
    op.drop_table("relation")
    op.drop_table("merging")
    for name in ("ix_incident_part", "ix_incident_similar", "ix_incident_practice"):
        op.drop_index(name, "incident")
    # It watches a column that goes.
    on_table = " ON incident" if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(f"DROP TRIGGER IF EXISTS incident_practice_is_fixed{on_table}")
    with rebuilt("incident") as change:
        change.drop_constraint(op.f(MAIN_KEY), type_="foreignkey")
        change.drop_column("merged_into_id")
        change.drop_column("practice")


def _index(name: str, *columns: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, "incident", list(columns), sqlite_where=condition, postgresql_where=condition)
