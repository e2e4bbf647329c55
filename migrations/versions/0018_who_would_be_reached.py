"""proof that people read the mail that alerts go to."""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuilt

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


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


def downgrade() -> None:
    op.drop_table("address_link")
    with rebuilt("welcome_link") as change:
        change.drop_column("mailed_to")
    with rebuilt("member") as change:
        change.drop_column("proved_address")
        change.drop_column("address_proved_at")
