"""Restricted incidents are found without looking through the others, open or closed."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

INDEX = "ix_incident_hidden"


def upgrade() -> None:
    op.create_index(
        INDEX,
        "incident",
        ["restricted"],
        sqlite_where=sa.text("restricted = 1"),
        postgresql_where=sa.text("restricted"),
    )


def downgrade() -> None:
    op.drop_index(INDEX, "incident")
