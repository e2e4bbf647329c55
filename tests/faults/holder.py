"""Holds a database against everybody who writes, until somebody says a line: `… sqlite PATH` or `… postgresql ADDRESS`.

A process of its own, which imports as little as it can: it is started in the middle of a test.
"""

import sqlite3
import sys
from contextlib import closing

TABLES = "hit, incident, report, member, member_session, outbox_mail, clock, history_entry, post_holder, ladder_step, heartbeat"


def main(kind: str, address: str) -> None:
    if kind == "sqlite":
        with closing(sqlite3.connect(address, isolation_level=None)) as file:
            file.execute("BEGIN IMMEDIATE")
            wait()
        return
    import psycopg  # noqa: PLC0415 - not needed for the other kind

    with psycopg.connect(address) as connection:
        connection.execute(f"LOCK TABLE {TABLES} IN SHARE MODE".encode())
        wait()


def wait() -> None:
    print("held", flush=True)  # noqa: T201 - whoever started it waits for that
    sys.stdin.readline()


if __name__ == "__main__":
    main(*sys.argv[1:])
