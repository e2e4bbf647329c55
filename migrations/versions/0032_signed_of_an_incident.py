"""What was signed about an incident is found by the incident, however many breaches there were."""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TABLES = ("awareness", "filing", "signed_decision")


def upgrade() -> None:
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_incident_id"), table, ["incident_id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(op.f(f"ix_{table}_incident_id"), table)
