"""The migrations of a release that does not exist yet: one more, after which a table has another name."""

import shutil
from pathlib import Path

import pytest

from incidentdesk import database, schema

GONE, INSTEAD = "note", "remark"
TEXT = """revision = "9999"
down_revision = "{head}"

from alembic import op


def upgrade() -> None:
    op.execute("CREATE TABLE newer (word TEXT)")
    op.rename_table("{gone}", "{instead}")
    op.execute("INSERT INTO newer VALUES ('newer')")
"""


def newer_migrations(folder: Path) -> Path:
    """Make a folder of migrations with one more than there are."""
    shutil.copytree(schema.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    text = TEXT.format(head=schema.newest(), gone=GONE, instead=INSTEAD)
    (folder / "versions" / "9999_newer.py").write_text(text, encoding="utf-8")
    return folder


def migrate_to(folder: Path, url: str) -> None:
    """Bring a database to the newest schema of that folder, as the next release would."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "MIGRATIONS", folder)
        database.migrate(url)
