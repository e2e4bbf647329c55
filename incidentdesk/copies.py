"""Copying a whole database out and in; beside `database.py` the only file that knows which one it is."""

import shutil
import sqlite3
import subprocess
import urllib.parse
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url

from incidentdesk.tables import Base

SQLITE, POSTGRESQL = "sqlite", "postgresql"
# A folder in which a copy of the database lies in clear of its own seal, beside the database.
WORK = ".backup-"
# No copy takes so many seconds; what is older was left by one that was killed.
LONGEST = 6 * 3600
QUIET = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null")


# Whoever has just left is still listed for a moment.
ALONE = """DO $$ BEGIN
  FOR tried IN 1..20 LOOP
    PERFORM pg_stat_clear_snapshot();
    IF NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
                   AND backend_type = 'client backend') THEN RETURN; END IF;
    PERFORM pg_sleep(0.1);
  END LOOP;
  RAISE EXCEPTION 'the desk still runs: stop it first';
END $$;"""


class CopyError(Exception):
    """The database cannot be copied; the text says why."""


def kind_of(url: str) -> str:
    """Return which database this is."""
    return make_url(url).get_backend_name()


def workshop(url: str, data_dir: Path) -> Path:
    """Return the folder in which copies are made: beside a SQLite file, so that one can be moved into its place."""
    return Path(_file(url)).parent if kind_of(url) == SQLITE else data_dir


def left_behind(folder: Path, pattern: str, *, now: datetime) -> list[Path]:
    """Name what a killed backup left; one that still runs is younger."""
    return [path for path in folder.glob(pattern) if now.timestamp() - path.stat().st_mtime > LONGEST]


def forget_left(folder: Path, *, now: datetime) -> None:
    """Take away the copies that killed backups and restores left: what is erased from now on still stands in them."""
    for left in left_behind(folder, f"{WORK}*", now=now):
        shutil.rmtree(left)


def moment(url: str, at: datetime) -> str:
    """Return a moment as the database keeps it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}" + ("+00" if kind_of(url) == POSTGRESQL else "")


def copy_out(url: str, path: Path) -> None:
    """Write everything as it is at one moment, while others go on writing."""
    if kind_of(url) == SQLITE:
        # Never made by looking for it: a backup of nothing would be found whole.
        name = f"file:{urllib.parse.quote(_file(url))}?mode=rw"
        with _sentence(), closing(sqlite3.connect(name, uri=True, timeout=60)) as connection:
            connection.execute("VACUUM INTO ?", [str(path)])
    else:
        options = ("--format=plain", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--no-sync")
        _run("pg_dump", url, *options, f"--file={path}")


def problem_in(path: Path, kind: str) -> str:
    """Return what is wrong with a copy, or an empty text."""
    if kind == POSTGRESQL:
        whole = b"PostgreSQL database dump complete" in path.read_bytes()[-400:]
        return "" if whole else "the dump is cut short"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        try:
            (answer,) = connection.execute("PRAGMA quick_check").fetchone()
        except sqlite3.DatabaseError as error:
            return str(error)
    return "" if answer == "ok" else str(answer)


def edit(path: Path, statements: Iterable[str]) -> None:
    """Change a SQLite copy before it takes its place."""
    with _sentence(), closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA secure_delete = ON")
        for statement in statements:
            connection.execute(statement)


@contextmanager
def _sentence() -> Iterator[None]:
    """Say what SQLite found, such as a full disk or a database that is not there."""
    try:
        yield
    except sqlite3.Error as error:
        msg = f"the database cannot be copied: {error}"
        raise CopyError(msg) from error


def put_in_place(url: str, path: Path) -> None:
    """Let a SQLite copy become the database, at one stroke; refused while anybody has the old one open."""
    place = Path(_file(url))
    for one in (path, place):
        if one.exists():
            with closing(sqlite3.connect(one, timeout=0)) as connection:
                _close_log(connection)
    path.chmod(0o600)
    path.replace(place)


def _close_log(connection: sqlite3.Connection) -> None:
    """Give up the log of changes, which only whoever is alone with a database can."""
    try:
        (mode,) = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.OperationalError as error:
        msg = "the desk still runs: stop it first"
        raise CopyError(msg) from error
    if mode != "delete":
        msg = "the desk still runs: stop it first"
        raise CopyError(msg)


def copy_in(url: str, path: Path, statements: Iterable[str]) -> None:
    """Let a PostgreSQL dump become the database and run the statements on it, all of it in one transaction."""
    before, after = path.with_name("before.sql"), path.with_name("after.sql")
    tables = ", ".join(f'"{table}"' for table in (*Base.metadata.tables, "alembic_version"))
    before.write_text(f"{ALONE}\nDROP TABLE IF EXISTS {tables} CASCADE;\n", encoding="utf-8")
    after.write_text("".join(f"{statement};\n" for statement in ("RESET search_path", *statements)), encoding="utf-8")
    _run("psql", url, *QUIET, *(f"--file={one}" for one in (before, path, after)))


def _file(url: str) -> str:
    return make_url(url).database or ""


def _run(program: str, url: str, *arguments: str) -> None:
    """Run a program of PostgreSQL; the password does not stand where everybody on the machine can read it."""
    found = shutil.which(program)
    if found is None:
        msg = f"{program} is not installed; it belongs to PostgreSQL's client programs"
        raise CopyError(msg)
    address = make_url(url).set(drivername=POSTGRESQL)
    secret = {"PGPASSWORD": str(address.password)} if address.password else {}
    plain = address._replace(password=None).render_as_string()
    done = subprocess.run(  # noqa: S603 - a fixed program with our own words
        [found, *arguments, f"--dbname={plain}"], env=secret, capture_output=True, text=True, check=False
    )
    if done.returncode:
        msg = f"{program} failed: {done.stderr.strip()[-400:]}"
        raise CopyError(msg)
