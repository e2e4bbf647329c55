"""Migrates a database again and again, and each time kills itself before another statement: `… URL FOLDER NUMBER …`.

A process of its own that forks, so that what takes seconds to import is imported once. Prints, for each number, how the process
ended and what is in the database then.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, inspect, make_url, text

from tests.faults.newer import migrate_to


def main(url: str, folder: str, *numbers: str) -> None:
    for number in map(int, numbers):
        pid = os.fork()
        if pid == 0:
            die_before(number)
            migrate_to(Path(folder), url)
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        print(json.dumps([code, *found(url)]), flush=True)  # noqa: T201 - the test reads it


def die_before(number: int) -> None:
    """Die before that many statements were said."""
    left = number

    def count(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)


def found(url: str) -> tuple[list[str], str]:
    """Return the tables, and which schema they are said to be."""
    plain = make_url(url)
    engine = create_engine(plain.set(drivername="sqlite") if plain.get_backend_name() == "sqlite" else plain)
    with engine.connect() as connection:
        tables = sorted(inspect(connection).get_table_names())
        there = connection.scalar(text("SELECT version_num FROM alembic_version")) if tables else ""
    engine.dispose()
    return tables, str(there)


if __name__ == "__main__":
    main(*sys.argv[1:])
