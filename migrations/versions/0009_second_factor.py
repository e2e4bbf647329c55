"""people prove twice who they are: authenticators, recovery codes, and sessions that know how far a sign-in has come."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STAGES = ("code", "enrolment", "password", "full")


def upgrade() -> None:
    # Nobody stays signed in over an upgrade that changes what being signed in means.
    op.drop_table("member_session")
    op.create_table(
        "member_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Enum(*STAGES, name="stage", native_enum=False, length=40), nullable=False),
        sa.Column("browser", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_member_session_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_member_session")),
        sa.UniqueConstraint("id", name=op.f("uq_member_session_id")),
        sa.CheckConstraint(f"stage IN {STAGES}", name=op.f("ck_member_session_stage")),
    )
    op.create_index(op.f("ix_member_session_member_id"), "member_session", ["member_id"])
    op.create_table(
        "authenticator",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_authenticator_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authenticator")),
        sa.UniqueConstraint("member_id", name=op.f("uq_authenticator_member_id")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_recovery_code_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_member_id"), "recovery_code", ["member_id"])


def downgrade() -> None:
    msg = "a second factor is not taken away by a downgrade: restore a backup from before"
    raise NotImplementedError(msg)
