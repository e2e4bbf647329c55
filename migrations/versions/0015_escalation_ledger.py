"""when a mail was taken up, how often in all, and why people were stood down."""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuilt

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("stood_down_for", sa.String(length=40), nullable=True))
    with rebuilt("outbox_mail") as change:
        change.add_column(sa.Column("earlier_attempts", sa.Integer(), nullable=False, server_default="0"))
        change.add_column(sa.Column("first_claimed_at", sa.DateTime(timezone=True), nullable=True))
        change.add_column(sa.Column("last_claimed_at", sa.DateTime(timezone=True), nullable=True))
    with rebuilt("outbox_mail") as change:
        change.alter_column("earlier_attempts", server_default=None)


def downgrade() -> None:
    with rebuilt("outbox_mail") as change:
        change.drop_column("last_claimed_at")
        change.drop_column("first_claimed_at")
        change.drop_column("earlier_attempts")
    with rebuilt("notice") as change:
        change.drop_column("stood_down_for")
