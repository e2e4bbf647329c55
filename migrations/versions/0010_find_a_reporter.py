"""the keyed hash by which the reports of one address are found."""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuilt

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with rebuilt("report") as change:
        change.add_column(sa.Column("email_hash", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_report_email_hash"), "report", ["email_hash"])


def downgrade() -> None:
    op.drop_index(op.f("ix_report_email_hash"), "report")
    with rebuilt("report") as change:
        change.drop_column("email_hash")
