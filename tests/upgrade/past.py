"""A desk of an earlier release as this folder keeps it, and how to put it up."""

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from incidentdesk.settings import Settings

KEPT = Path(__file__).parent
SQLITE, POSTGRESQL = "sqlite", "postgresql"
DATABASE, BESIDE = "database.sql", "beside.json"
# Chosen by everybody of that desk.
PASSWORD = "an old desk opens its doors"
# The keys are digests of these, so that no key is kept anywhere. No desk but those of the tests has them.
PHRASES = {
    "master.key": "for tests only: the master key of a desk of the past",
    "epoch-20261126.key": "for tests only: the first epoch of a desk of the past",
}


@dataclass(frozen=True)
class Past:
    """What is beside the database, and what is known of its content: rows by table; by case the reference and what was told."""

    made_at: str
    rows: dict[str, int]
    references: dict[str, str]
    told: dict[str, str]
    # What lies in the folder of the keys and is text, and the sealed files in hexadecimal.
    notes: dict[str, str]
    files: dict[str, str]

    @property
    def now(self) -> datetime:
        """Return the moment in which that desk was left."""
        return datetime.fromisoformat(self.made_at)


def releases(kind: str) -> list[str]:
    """Name the versions of which a desk on such a database is kept."""
    return sorted(path.parent.name for path in KEPT.glob(f"*/{kind}"))


def put_up(version: str, settings: Settings) -> Past:
    """Put a kept desk where the settings say; the database there is empty."""
    url = make_url(settings.database)
    folder = KEPT / version / url.get_backend_name()
    past = Past(**json.loads((folder / BESIDE).read_text(encoding="utf-8")))
    make_keys(settings.keys_dir)
    for name, words in past.notes.items():
        _write(settings.keys_dir / name, words.encode())
    settings.files.mkdir(mode=0o700)
    for name, digits in past.files.items():
        _write(settings.files / name, bytes.fromhex(digits))
    _load(settings.database, (folder / DATABASE).read_text(encoding="utf-8"))
    return past


def make_keys(folder: Path) -> None:
    """Make the folder of the keys."""
    folder.mkdir(mode=0o700, parents=True)
    for name, phrase in PHRASES.items():
        _write(folder / name, hashlib.sha256(phrase.encode()).digest())


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


def _load(url: str, script: str) -> None:
    address = make_url(url)
    if address.get_backend_name() == SQLITE:
        with closing(sqlite3.connect(str(address.database))) as connection:
            connection.executescript(script)
        return
    plain = address.set(drivername=POSTGRESQL).render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(script.encode())
