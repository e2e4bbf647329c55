"""restricted incidents: who needs to know of them."""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuilt

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with rebuilt("incident") as change:
        change.add_column(sa.Column("restricted", sa.Boolean(), nullable=False, server_default=sa.false()))
    # The value was for the rows that are there; new ones bring their own.
    with rebuilt("incident") as change:
        change.alter_column("restricted", server_default=None)
    op.create_table(
        "incident_member",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_member_incident_id_incident")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_incident_member_member_id_member")),
        sa.PrimaryKeyConstraint("incident_id", "member_id", name=op.f("pk_incident_member")),
    )
    op.create_index(op.f("ix_incident_member_member_id"), "incident_member", ["member_id"])


def downgrade() -> None:
    op.drop_table("incident_member")
    with rebuilt("incident") as change:
        change.drop_column("restricted")
