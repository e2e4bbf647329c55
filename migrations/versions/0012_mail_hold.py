"""mail is held back after a restore."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_hold",
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("since", name=op.f("pk_mail_hold")),
    )


def downgrade() -> None:
    op.drop_table("mail_hold")
