"""evidence is append-only from here on, and the database knows whose keys it was filled under.

The triggers themselves are declared in `incidentdesk/append_only.py` and put back after every migration.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "key_check",
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("public_key", name=op.f("pk_key_check")),
    )


def downgrade() -> None:
    op.drop_table("key_check")
