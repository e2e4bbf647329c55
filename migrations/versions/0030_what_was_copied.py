"""which answers of a notification somebody copied into an authority's own form."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notification_copy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("taken_back", sa.Boolean(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("copied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_revision", sa.Integer(), nullable=False),
        _to("incident_id", "incident"),
        _to("version_id", "notification_version"),
        _to("member_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_copy")),
    )
    op.create_index(op.f("ix_notification_copy_incident_id"), "notification_copy", ["incident_id"])


def downgrade() -> None:
    op.drop_table("notification_copy")


def _to(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_notification_copy_{column}_{target}"))
