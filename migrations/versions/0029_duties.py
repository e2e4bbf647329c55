"""several duties of one incident, roles, customers, and who was told."""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuilt

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

ONE_OF_A_DUTY, ONE_OF_A_SUBJECT = "uq_clock_incident_id_duty", "uq_clock_incident_id_duty_subject"


def upgrade() -> None:
    with rebuilt("clock") as change:
        change.add_column(sa.Column("subject", sa.String(length=40), nullable=False, server_default=""))
        change.drop_constraint(ONE_OF_A_DUTY, type_="unique")
        change.create_unique_constraint(ONE_OF_A_SUBJECT, ["incident_id", "duty", "subject"])
    # The value was for the rows that are there; new ones bring their own.
    with rebuilt("clock") as change:
        change.alter_column("subject", server_default=None)
    op.create_table(
        "customer",
        *_sealed("customer"),
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("contract_hours", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.UniqueConstraint("name_hash", name=op.f("uq_customer_name_hash")),
    )
    parties = ("controller", "joint", "processor")
    op.create_table(
        "role_entry",
        *_sealed("role_entry"),
        sa.Column(
            "party",
            sa.Enum(*parties, name="party", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("other_leads", sa.Boolean(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        *_to("role_entry", "incident", "member"),
        *_to("role_entry", "customer", nullable=True),
    )
    op.create_table(
        "role_ending",
        *_sealed("role_ending"),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        *_to("role_ending", "incident", "role_entry", "member"),
        sa.UniqueConstraint("role_entry_id", name=op.f("uq_role_ending_role_entry_id")),
    )
    _what_was_told()
    for table, columns in INDEXES.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _what_was_told() -> None:
    op.create_table(
        "customer_notice",
        *_sealed("customer_notice"),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        *_to("customer_notice", "incident", "clock", "customer", "member"),
        sa.Column("mail_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["outbox_mail.id"], name=op.f("fk_customer_notice_mail_id_outbox_mail")),
        sa.UniqueConstraint("mail_id", name=op.f("uq_customer_notice_mail_id")),
    )
    op.create_table(
        "telling",
        *_sealed("telling"),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        *_to("telling", "incident", "clock"),
        *_to("telling", "member", nullable=True),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["customer_notice.id"], name=op.f("fk_telling_notice_id_customer_notice")
        ),
        sa.UniqueConstraint("notice_id", name=op.f("uq_telling_notice_id")),
    )


INDEXES = {
    "role_entry": ("incident_id", "customer_id"),
    "role_ending": ("incident_id",),
    "customer_notice": ("incident_id", "clock_id", "customer_id"),
    "telling": ("incident_id", "clock_id"),
}


def _sealed(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _to(table: str, *others: str, nullable: bool = False) -> list[sa.schema.SchemaItem]:
    columns = [sa.Column(f"{other}_id", sa.Uuid(), nullable=nullable) for other in others]
    keys = [
        sa.ForeignKeyConstraint([f"{other}_id"], [f"{other}.id"], name=op.f(f"fk_{table}_{other}_id_{other}"))
        for other in others
    ]
    return [*columns, *keys]


def downgrade() -> None:
    for table in ("telling", "customer_notice", "role_ending", "role_entry", "customer"):
        op.drop_table(table)
    with rebuilt("clock") as change:
        change.drop_constraint(ONE_OF_A_SUBJECT, type_="unique")
        change.create_unique_constraint(ONE_OF_A_DUTY, ["incident_id", "duty"])
        change.drop_column("subject")
