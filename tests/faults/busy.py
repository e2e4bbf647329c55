"""Somebody else has the database: another process that holds SQLite, or the tables of PostgreSQL, against everybody who writes."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import psycopg
from sqlalchemy import make_url

from tests.faults.nursery import ROOT
from tests.upgrade.past import POSTGRESQL, SQLITE

TABLES = "hit, incident, report, member, member_session, outbox_mail, clock, history_entry, post_holder, ladder_step, heartbeat"


@asynccontextmanager
async def held(url: str) -> AsyncIterator[None]:
    """Let a process hold the database meanwhile."""
    words = (sys.executable, "-m", "tests.faults.busy", url)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*words, cwd=ROOT, stdin=pipe, stdout=pipe)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"held\n"
    try:
        yield
    finally:
        await process.communicate(b"\n")


def main(url: str) -> None:
    address = make_url(url)
    if address.get_backend_name() == SQLITE:
        with closing(sqlite3.connect(str(address.database), isolation_level=None)) as file:
            file.execute("BEGIN IMMEDIATE")
            wait()
        return
    plain = address.set(drivername=POSTGRESQL).render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        connection.execute(f"LOCK TABLE {TABLES} IN SHARE MODE".encode())
        wait()


def wait() -> None:
    print("held", flush=True)  # noqa: T201 - whoever started it waits for that
    sys.stdin.readline()


if __name__ == "__main__":
    main(*sys.argv[1:])
