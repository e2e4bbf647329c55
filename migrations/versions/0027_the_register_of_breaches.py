"""the register of breaches, and telling the people."""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import reword

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

CHOICES = ("tell", "no_high_risk", "unintelligible", "measures_taken", "disproportionate", "ordered", "released")
STANDINGS = ("undecided", "to_tell", "to_publish", "told", "published", "excepted", "no_high_risk")
# What reads a condition of a partial index must read the same words.
VIEWS = {"all": "", "notified": "notified_at IS NOT NULL", "not_notified": "notified_at IS NULL"}
VIEWS |= {"open": "closed_at IS NULL"}
# Every breach of before has its entry; nobody was asked about Art. 34 yet.
FILL = """
    INSERT INTO register_entry (incident_id, opened_at, aware_at, notified_at, standing)
    SELECT incident.id, incident.updated_at, coalesce(clock.started_at, incident.received_at),
        (SELECT min(filing.filed_at) FROM filing WHERE filing.clock_id = clock.id), 'undecided'
    FROM incident LEFT JOIN clock ON clock.incident_id = incident.id AND clock.duty = 'gdpr_33_1_sa'
    WHERE incident.verdict = 'personal_data_breach'
"""


def upgrade() -> None:
    reword("data_key", "ck_data_key_seal", was=_one_of("seal", "content identity"), now=_one_of("seal", SEALS))
    reword("erasure", "ck_erasure_extent", was=_one_of("extent", "identity incident"), now=_one_of("extent", EXTENTS))
    _people()
    _register()
    op.execute(FILL)


SEALS, EXTENTS = "content identity register", "identity incident register"


def _one_of(column: str, words: str) -> str:
    listed = ", ".join(f"'{word}'" for word in words.split())
    return f"{column} IN ({listed})"


def _people() -> None:
    _evidence(
        "people_decision",
        sa.Column("choice", sa.String(length=40), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_one_of("choice", " ".join(CHOICES)), name=op.f("ck_people_decision_choice")),
    )
    _evidence(
        "people_text",
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("incident_id", "language", "version", name="uq_people_text_incident_id_language_version"),
    )
    _evidence(
        "people_told",
        sa.Column("telling", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_one_of("telling", "direct public"), name=op.f("ck_people_told_telling")),
    )
    for table in ("people_decision", "people_told"):
        op.create_index(f"ix_{table}_incident", table, ["incident_id", "id"])


def _register() -> None:
    op.create_table(
        "register_entry",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("aware_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("standing", sa.String(length=40), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(_one_of("standing", " ".join(STANDINGS)), name=op.f("ck_register_entry_standing")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_register_entry_incident_id_incident")),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_register_entry")),
    )
    for name, where in VIEWS.items():
        condition = sa.text(where) if where else None
        columns = ["aware_at", "incident_id"]
        op.create_index(
            f"ix_register_entry_{name}",
            "register_entry",
            columns,
            sqlite_where=condition,
            postgresql_where=condition,
        )
    _evidence(
        "register_line",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_one_of("kind", "written corrected closed"), name=op.f("ck_register_line_linekind")),
    )
    op.create_index("ix_register_line_incident", "register_line", ["incident_id", "id"])


def _evidence(table: str, *more: sa.schema.SchemaItem) -> None:
    """Make a table of what a person signed about one incident, with its sealed words."""
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_revision", sa.Integer(), nullable=False),
        *more,
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f(f"fk_{table}_incident_id_incident")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f(f"fk_{table}_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def downgrade() -> None:
    for table in ("register_line", "register_entry", "people_told", "people_text", "people_decision"):
        op.drop_table(table)
    op.execute("DELETE FROM data_key WHERE seal = 'register'")
    # Where an entry was erased the list of what was erased says so, and there is no way back.
    reword("erasure", "ck_erasure_extent", was=_one_of("extent", EXTENTS), now=_one_of("extent", "identity incident"))
    reword("data_key", "ck_data_key_seal", was=_one_of("seal", SEALS), now=_one_of("seal", "content identity"))
