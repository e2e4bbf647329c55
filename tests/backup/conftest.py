"""Where a desk and its backups lie."""

import os
from pathlib import Path

import pytest

from incidentdesk.settings import Settings
from tests import postgresql


@pytest.fixture
def settings(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A desk of its own on the database of this test, and PostgreSQL's programs where they are found."""
    if database_url.startswith("postgresql"):
        tools = postgresql.binaries("nobody" if os.geteuid() == 0 else None)
        monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    return Settings(data_dir=tmp_path / "data", database_url=database_url)
