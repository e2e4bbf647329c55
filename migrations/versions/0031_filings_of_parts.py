"""a filing of a part that was taken over for the whole, and set aside when the part was taken out."""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuilt

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

KEY = "fk_filing_taken_from_id_filing"


def upgrade() -> None:
    with rebuilt("filing") as change:
        change.add_column(sa.Column("taken_from_id", sa.Uuid(), nullable=True))
        change.create_foreign_key(op.f(KEY), "filing", ["taken_from_id"], ["id"])
    op.create_table(
        "filing_set_aside",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("filing_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_revision", sa.Integer(), nullable=False),
        *(_to(target) for target in ("incident", "filing", "member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_set_aside")),
        sa.UniqueConstraint("filing_id", name=op.f("uq_filing_set_aside_filing_id")),
    )
    op.create_index(op.f("ix_filing_set_aside_incident_id"), "filing_set_aside", ["incident_id"])


def downgrade() -> None:
    op.drop_table("filing_set_aside")
    if op.get_bind().dialect.name == "sqlite":
        # It names the column that goes; an upgrade makes it again.
        op.execute("DROP TRIGGER IF EXISTS filing_is_not_changed")
    with rebuilt("filing") as change:
        change.drop_constraint(op.f(KEY), type_="foreignkey")
        change.drop_column("taken_from_id")


def _to(target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [f"{target}_id"], [f"{target}.id"], name=op.f(f"fk_filing_set_aside_{target}_id_{target}")
    )
