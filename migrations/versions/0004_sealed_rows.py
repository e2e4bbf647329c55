"""what people tell is sealed: blobs and keys instead of clear columns."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.rebuild import rebuilt

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CLEAR = {
    "incident": ("title",),
    "report": ("answers", "identity"),
    "message": ("body",),
    "note": ("body",),
    "history_entry": ("before", "after"),
    "awareness": ("reason",),
    "filing": ("authority_reference", "reason_for_delay"),
    "signed_decision": ("reasoning",),
}
EVIDENCE = ("awareness", "filing", "signed_decision")


def upgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM history_entry")).first():
        msg = (
            "this database was filled before reports were sealed, by a version never released: start with an empty one"
        )
        raise RuntimeError(msg)
    op.create_table(
        "data_key",
        sa.Column("scope", sa.Uuid(), nullable=False),
        sa.Column("seal", sa.Enum("content", "identity", name="seal", native_enum=False, length=40), nullable=False),
        sa.Column("epoch", sa.String(length=20), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "seal", name=op.f("pk_data_key")),
        sa.CheckConstraint("seal IN ('content', 'identity')", name=op.f("ck_data_key_seal")),
    )
    op.create_index(op.f("ix_data_key_epoch"), "data_key", ["epoch"])
    for table, columns in CLEAR.items():
        with rebuilt(table) as change:
            for column in columns:
                change.drop_column(column)
            change.add_column(sa.Column("sealed", sa.LargeBinary(), nullable=True))
            change.add_column(sa.Column("sealed_revision", sa.Integer(), nullable=False))
            if table == "report":
                change.add_column(sa.Column("sealed_identity", sa.LargeBinary(), nullable=True))
            if table in EVIDENCE:
                change.add_column(sa.Column("incident_id", sa.Uuid(), nullable=False))
                change.create_foreign_key(op.f(f"fk_{table}_incident_id_incident"), "incident", ["incident_id"], ["id"])

    _add_chain()


def _add_chain() -> None:
    with rebuilt("incident") as change:
        change.add_column(sa.Column("chain_seq", sa.Integer(), nullable=False))
        change.add_column(sa.Column("chain_head", sa.String(length=64), nullable=False))
    with rebuilt("history_entry") as change:
        change.add_column(sa.Column("seq", sa.Integer(), nullable=True))
        change.add_column(sa.Column("previous", sa.String(length=64), nullable=False))
        change.add_column(sa.Column("hash", sa.String(length=64), nullable=False))
        json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
        change.add_column(sa.Column("touched", json, nullable=False))
    op.create_table(
        "checkpoint",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "checkpoint_entry",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("leaf", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["history_entry.id"], name=op.f("fk_checkpoint_entry_entry_id_history_entry")
        ),
        sa.ForeignKeyConstraint(["number"], ["checkpoint.number"], name=op.f("fk_checkpoint_entry_number_checkpoint")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_checkpoint_entry")),
    )
    op.create_index(op.f("ix_checkpoint_entry_number"), "checkpoint_entry", ["number"])


def downgrade() -> None:
    msg = "sealed rows are not opened again: restore a backup from before"
    raise NotImplementedError(msg)
