"""facts of an assessment, decisions about it, and who confirmed them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _table("assessment_block", sa.Column("block", sa.String(length=20), nullable=False), moment="saved_at")
    _table("assessment_decision", sa.Column("kind", sa.String(length=20), nullable=False), moment="signed_at")
    _table(
        "assessment_confirmation",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["assessment_decision.id"],
            name=op.f("fk_assessment_confirmation_decision_id_assessment_decision"),
        ),
        sa.UniqueConstraint("decision_id", "member_id", name=op.f("uq_assessment_confirmation_decision_id_member_id")),
        moment="confirmed_at",
    )


def downgrade() -> None:
    for name in ("assessment_confirmation", "assessment_decision", "assessment_block"):
        op.drop_table(name)


def _table(name: str, *own: SchemaItem, moment: str) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column(moment, sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_revision", sa.Integer(), nullable=False),
        *own,
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f(f"fk_{name}_incident_id_incident")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f(f"fk_{name}_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_incident_id"), name, ["incident_id"])
