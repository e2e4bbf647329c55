"""by which way a mail went, and when the address for alarms was told of it."""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuilt

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox_mail", sa.Column("channel", sa.String(length=20), nullable=True))
    op.add_column("outbox_mail", sa.Column("webhook_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with rebuilt("outbox_mail") as change:
        change.drop_column("webhook_at")
        change.drop_column("channel")
