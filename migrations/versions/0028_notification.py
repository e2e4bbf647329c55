"""the notification to the authority: its versions, who signed which, what was filed with which proof."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

PHASES = "('preliminary', 'complete', 'withdrawal')"


def upgrade() -> None:
    op.create_table(
        "notification_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(length=40), nullable=False),
        sa.Column("form", sa.String(length=20), nullable=False),
        sa.Column("edition", sa.String(length=60), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"phase IN {PHASES}", name=op.f("ck_notification_version_phase")),
        _to("notification_version", "incident_id", "incident"),
        _to("notification_version", "member_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_version")),
        sa.UniqueConstraint("incident_id", "number", name=op.f("uq_notification_version_incident_id_number")),
    )
    op.create_table(
        "notification_signature",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_revision", sa.Integer(), nullable=False),
        _to("notification_signature", "incident_id", "incident"),
        _to("notification_signature", "version_id", "notification_version"),
        _to("notification_signature", "member_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_signature")),
        sa.UniqueConstraint("version_id", name=op.f("uq_notification_signature_version_id")),
    )
    op.create_index(op.f("ix_notification_signature_incident_id"), "notification_signature", ["incident_id"])
    op.create_table(
        "filed_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("filing_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_revision", sa.Integer(), nullable=False),
        _to("filed_version", "incident_id", "incident"),
        _to("filed_version", "filing_id", "filing"),
        _to("filed_version", "version_id", "notification_version"),
        _to("filed_version", "member_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filed_version")),
        sa.UniqueConstraint("filing_id", name=op.f("uq_filed_version_filing_id")),
    )
    op.create_index(op.f("ix_filed_version_incident_id"), "filed_version", ["incident_id"])
    op.create_table(
        "filing_proof",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("filing_id", sa.Uuid(), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_revision", sa.Integer(), nullable=False),
        _to("filing_proof", "incident_id", "incident"),
        _to("filing_proof", "filing_id", "filing"),
        _to("filing_proof", "attachment_id", "attachment"),
        _to("filing_proof", "member_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_proof")),
        sa.UniqueConstraint("filing_id", "attachment_id", name=op.f("uq_filing_proof_filing_id_attachment_id")),
    )
    op.create_index(op.f("ix_filing_proof_incident_id"), "filing_proof", ["incident_id"])


def downgrade() -> None:
    for table in ("filing_proof", "filed_version", "notification_signature", "notification_version"):
        op.drop_table(table)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))
