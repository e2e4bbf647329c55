"""on-call rotas: turns, overrides, days away, and the posts a rota fills."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rota",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column(
            "every",
            sa.Enum("day", "week", name="every", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.Date(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota")),
    )
    _with_people(
        "rota_seat",
        sa.Column("rota_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("rota_id", "position", name=op.f("pk_rota_seat")),
    )
    op.create_index(op.f("ix_rota_seat_member_id"), "rota_seat", ["member_id"])
    _with_people(
        "rota_override",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rota_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_override")),
    )
    op.create_index("ix_rota_override_rota_id_end_at", "rota_override", ["rota_id", "end_at"])
    op.create_table(
        "away",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_away_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_away")),
    )
    op.create_index("ix_away_member_id_last_on", "away", ["member_id", "last_on"])
    op.create_table(
        "post_rota",
        sa.Column(
            "post",
            sa.Enum(
                "on_call", "back_up", "dpo", "owner", name="post", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("rota_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["rota_id"], ["rota.id"], name=op.f("fk_post_rota_rota_id_rota"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post", "rota_id", name=op.f("pk_post_rota")),
    )


def _with_people(table: str, *columns: sa.schema.SchemaItem) -> None:
    keys = [
        sa.ForeignKeyConstraint(
            [f"{other}_id"], [f"{other}.id"], name=op.f(f"fk_{table}_{other}_id_{other}"), ondelete="CASCADE"
        )
        for other in ("rota", "member")
    ]
    op.create_table(table, *columns, *keys)


def downgrade() -> None:
    for table in ("post_rota", "away", "rota_override", "rota_seat", "rota"):
        op.drop_table(table)
