"""proof that people read the mail that alerts go to, and what a look for gaps found."""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuilt

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

GAPS = (
    "no_relay",
    "held",
    "nobody",
    "unreached",
    "empty",
    "closed",
    "refused",
    "stranger",
    "unproven",
    "old_proof",
    "never_in",
    "no_factor",
)


def upgrade() -> None:
    op.add_column("member", sa.Column("address_proved_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("member", sa.Column("proved_address", sa.String(length=254), nullable=True))
    op.add_column("welcome_link", sa.Column("mailed_to", sa.String(length=254), nullable=True))
    op.create_table(
        "address_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_address_link_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_address_link")),
    )
    op.create_index(op.f("ix_address_link_member_id"), "address_link", ["member_id"])
    op.create_table(
        "gap_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_stale", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_check")),
    )
    op.create_table(
        "found_gap",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column(
            "gap", sa.Enum(*GAPS, name="gap", native_enum=False, create_constraint=True, length=40), nullable=False
        ),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("target", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["check_id"], ["gap_check.id"], name=op.f("fk_found_gap_check_id_gap_check"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_found_gap_incident_id_incident"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_found_gap_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_found_gap")),
    )
    op.create_index(op.f("ix_found_gap_check_id"), "found_gap", ["check_id"])
    op.create_index(
        "ix_incident_restricted",
        "incident",
        ["id"],
        sqlite_where=sa.text("restricted = 1 AND closed_at IS NULL"),
        postgresql_where=sa.text("restricted AND closed_at IS NULL"),
    )
    op.drop_index("ix_clock_next_check_at", "clock")
    _index_of_checks("next_check_at", "id")


def downgrade() -> None:
    op.drop_index("ix_clock_next_check_at", "clock")
    _index_of_checks("next_check_at")
    op.drop_index("ix_incident_restricted", "incident")
    op.drop_table("found_gap")
    op.drop_table("gap_check")
    op.drop_table("address_link")
    with rebuilt("welcome_link") as change:
        change.drop_column("mailed_to")
    with rebuilt("member") as change:
        change.drop_column("proved_address")
        change.drop_column("address_proved_at")


def _index_of_checks(*columns: str) -> None:
    running = sa.text("next_check_at IS NOT NULL")
    op.create_index("ix_clock_next_check_at", "clock", list(columns), sqlite_where=running, postgresql_where=running)
