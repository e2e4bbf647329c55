"""which mails told of a report and of a step."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.rebuild import rebuilt

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    # Empty for what was written before: nobody noted then which mails told of it.
    op.add_column("report", sa.Column("alerts", JSON, nullable=True))
    op.add_column("notice", sa.Column("alerts", JSON, nullable=True))


def downgrade() -> None:
    for table in ("notice", "report"):
        with rebuilt(table) as change:
            change.drop_column("alerts")
