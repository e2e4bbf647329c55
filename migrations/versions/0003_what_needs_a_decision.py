"""what needs a decision: also a running legal clock and an unread reply."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ORDER = ["next_due_at", "severity", "id"]
DECISION = sa.text("closed_at IS NULL AND (verdict IS NULL OR legal_due_at IS NOT NULL OR unread_reply)")
UNDECIDED = sa.text("closed_at IS NULL AND verdict IS NULL")


def upgrade() -> None:
    op.drop_index("ix_incident_undecided", "incident")
    op.create_index("ix_incident_decision", "incident", ORDER, sqlite_where=DECISION, postgresql_where=DECISION)


def downgrade() -> None:
    op.drop_index("ix_incident_decision", "incident")
    op.create_index("ix_incident_undecided", "incident", ORDER, sqlite_where=UNDECIDED, postgresql_where=UNDECIDED)
