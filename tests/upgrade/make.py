"""Keeps a small desk of a release for all later ones: `python -m tests.upgrade.make 0.2.0`, said on the commit of that release.

It goes as plain SQL of both databases, with what lies beside the database, into a folder named after the version.
"""

import asyncio
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from sqlalchemy import inspect, make_url, text

from incidentdesk import clock, serve
from incidentdesk.settings import Settings
from incidentdesk.web.pages import Desk
from tests import postgresql
from tests.upgrade.furnish import furnish
from tests.upgrade.past import BESIDE, DATABASE, KEPT, POSTGRESQL, SQLITE, Past, make_keys

# What pg_dump writes that nobody but psql, or only a server of the same version, would understand; and what says nothing.
NOT_SQL = re.compile(r"^(?:\\.*|SET transaction_timeout.*|--.*|)\n", re.MULTILINE)


def main(version: str) -> None:
    """Keep the desk of this version on both databases."""
    for kind in (SQLITE, POSTGRESQL):
        with tempfile.TemporaryDirectory() as data, _database(kind, Path(data)) as url:
            keep(url, Path(data) / "data", KEPT / version / kind, now=clock.now())


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    """Lend an empty database."""
    if kind == SQLITE:
        yield f"sqlite+aiosqlite:///{folder / 'desk.sqlite3'}"
        return
    server = postgresql.start()
    try:
        yield server.url("postgres")
    finally:
        postgresql.stop(server)


def keep(url: str, data: Path, folder: Path, *, now: datetime) -> None:
    """Furnish a desk on an empty database and write it into `folder`."""
    settings = Settings(data_dir=data, database_url=url, public_url="http://desk.test", minimum_fill_seconds=0)
    make_keys(settings.keys_dir)
    past = asyncio.run(_furnished(settings, now=now))
    folder.mkdir(parents=True)
    (folder / DATABASE).write_text(_dump(url), encoding="utf-8")
    (folder / BESIDE).write_text(json.dumps(asdict(past), indent=1) + "\n", encoding="utf-8")


async def _furnished(settings: Settings, *, now: datetime) -> Past:
    desk = await serve.open_desk(settings)
    try:
        references, told = await furnish(desk, now=now)
        return Past(now.isoformat(), await count_rows(desk), references, told, *_beside(settings))
    finally:
        await desk.database.close()


async def count_rows(desk: Desk) -> dict[str, int]:
    """Count the rows of every table that has any."""
    async with desk.database.reader.connect() as connection:
        names = await connection.run_sync(lambda inner: inspect(inner).get_table_names())
        found = {name: await connection.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in sorted(names)}  # noqa: S608 - our own tables
    return {name: count for name, count in found.items() if count}


def _beside(settings: Settings) -> tuple[dict[str, str], dict[str, str]]:
    """Return what is text in the folder of the keys, and the files."""
    notes = [path for path in settings.keys_dir.iterdir() if path.is_file() and path.suffix != ".key"]
    files = {path.name: path.read_bytes().hex() for path in settings.files.iterdir()}
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(notes)}, files


def _dump(url: str) -> str:
    address = make_url(url)
    if address.get_backend_name() == SQLITE:
        with closing(sqlite3.connect(str(address.database))) as connection:
            return "\n".join(connection.iterdump()) + "\n"
    plain = address.set(drivername=POSTGRESQL).render_as_string(hide_password=False)
    options = ("--inserts", "--rows-per-insert=100", "--no-owner", "--no-privileges", f"--dbname={plain}")
    program = postgresql.binaries(None) / "pg_dump"
    return NOT_SQL.sub("", subprocess.run([program, *options], capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
