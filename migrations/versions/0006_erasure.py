"""what was erased, and when nobody can read it any more."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UNSCRUBBED = sa.text("scrubbed_at IS NULL")


def upgrade() -> None:
    op.add_column("incident", sa.Column("identity_erased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("incident", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("erased_id", sa.Uuid(), nullable=False),
        sa.Column(
            "extent", sa.Enum("identity", "incident", name="extent", native_enum=False, length=40), nullable=False
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("line_hash", sa.String(length=64), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("scrubbed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("extent IN ('identity', 'incident')", name=op.f("ck_erasure_extent")),
        sa.ForeignKeyConstraint(["erased_id"], ["incident.id"], name=op.f("fk_erasure_erased_id_incident")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_erasure_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("erased_id", "extent", name=op.f("uq_erasure_erased_id_extent")),
        sa.UniqueConstraint("number", name=op.f("uq_erasure_number")),
    )
    op.create_index(
        "ix_erasure_unscrubbed", "erasure", ["number"], sqlite_where=UNSCRUBBED, postgresql_where=UNSCRUBBED
    )


def downgrade() -> None:
    msg = "what was erased does not come back: restore a backup from before"
    raise NotImplementedError(msg)
