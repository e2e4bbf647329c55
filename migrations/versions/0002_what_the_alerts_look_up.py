"""what the alerts look up."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")
UNREAD = sa.text("closed_at IS NULL AND read_at IS NULL")
FAILING = sa.text("failures > 0")


def upgrade() -> None:
    op.create_index("ix_outbox_mail_notice_id", "outbox_mail", ["notice_id"])
    op.drop_index("ix_outbox_mail_due", "outbox_mail")
    op.create_index("ix_outbox_mail_due", "outbox_mail", ["state", "due_at", "id"])
    op.create_index("ix_clock_failures", "clock", ["failures"], sqlite_where=FAILING, postgresql_where=FAILING)
    op.create_index(
        "ix_incident_unread",
        "incident",
        ["next_due_at", "severity", "id"],
        sqlite_where=UNREAD,
        postgresql_where=UNREAD,
    )
    op.drop_column("clock", "held_until")


def downgrade() -> None:
    op.add_column("clock", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("ix_incident_unread", "incident")
    op.drop_index("ix_clock_failures", "clock")
    op.drop_index("ix_outbox_mail_due", "outbox_mail")
    op.create_index("ix_outbox_mail_due", "outbox_mail", ["due_at"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.drop_index("ix_outbox_mail_notice_id", "outbox_mail")
