"""Clocks that are wrong on purpose: of a process of the desk, or of the database's server."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from incidentdesk import database
from incidentdesk.mail import signs
from incidentdesk.records import sealing
from incidentdesk.records.vault import open_vault
from incidentdesk.settings import Settings
from incidentdesk.web.pages import Desk
from tests.conftest import MEMORY
from tests.mail.scene import Scene, set_scene
from tests.patience import WITHIN

if TYPE_CHECKING:
    from tests.mail.relay import Relay

ROOT = Path(__file__).parents[2]
NAME = "faketime/libfaketime.so.1"


def library() -> str:
    """Return the library that lies to a process about the time; a build insists on it."""
    found = next(Path("/usr/lib").glob(f"*/{NAME}"), None)
    if found is None and os.environ.get("INCIDENTDESK_REQUIRE_BROWSER") == "1":
        pytest.fail("libfaketime is not installed, and this build insists on it")
    if found is None:
        pytest.skip("libfaketime is not installed")
    return str(found)


def lie(**how: str) -> dict[str, str]:
    """Return the environment of a process whose clock is wrong; the one that only goes forward is right."""
    # The last one is a remedy for older systems; on those of today it lets every waiting thread spin.
    usual = {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_NO_CACHE": "1", "FAKETIME_FORCE_MONOTONIC_FIX": "0"}
    return {"LD_PRELOAD": library(), **usual, **how}


@dataclass
class WrongClock:
    """The clock that the database goes by, and the processes that need it in their environment."""

    url: str
    hand: Path
    of_desk: dict[str, str] = field(default_factory=dict)

    def put(self, offset: str) -> None:
        """Put the clock ahead or back, as in `+3d`, for whoever asks next."""
        draft = self.hand.with_suffix(".new")
        draft.write_text(f"{offset}\n", encoding="ascii")
        draft.chmod(0o644)
        draft.replace(self.hand)


@contextmanager
def movable_clock(kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WrongClock]:
    """Lend a database whose clock can be moved: SQLite's is that of the process, PostgreSQL gets a server of its own."""
    place = Path(tempfile.mkdtemp(prefix="desk-clock-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None))
    place.chmod(0o755)
    clock = WrongClock(f"sqlite+aiosqlite:///{folder / 'incidentdesk.sqlite3'}", place / "hand")
    clock.put("+0")
    how = lie(FAKETIME_TIMESTAMP_FILE=str(clock.hand))
    try:
        if kind == "sqlite":
            yield replace(clock, of_desk=how)
            return
        from tests import postgresql  # noqa: PLC0415 - a machine without it runs on SQLite

        with monkeypatch.context() as lying:
            for name, value in how.items():
                lying.setenv(name, value)
            server = postgresql.start(str(place))
        try:
            yield replace(clock, url=server.url("postgres"))
        finally:
            postgresql.stop(server)
    finally:
        shutil.rmtree(place, ignore_errors=True)


@asynccontextmanager
async def opened(url: str, folder: Path) -> AsyncIterator[Scene]:
    """Set the scene on a new database."""
    await asyncio.to_thread(database.migrate, url)
    own, vault = database.connect(url), open_vault(folder / "keys", may_create=True)
    sealing.lend(own, vault)
    async with own.write() as session:
        await sealing.make_desk_keys(session)
        await signs.begin(session)
    yield await set_scene(Desk(Settings(data_dir=folder, database_url=url), own, vault))
    await own.close()


@dataclass
class Running:
    """A process of the desk, and what it said so far."""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)
    more: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def listen(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            async with self.more:
                self.lines.append(line.decode())
                self.more.notify_all()

    async def heard(self, words: str) -> str:
        """Wait until it has said these words; return the line."""
        try:
            async with asyncio.timeout(WITHIN), self.more:
                await self.more.wait_for(lambda: any(words in line for line in self.lines))
        except TimeoutError:
            pytest.fail(f"it never said {words!r}, but: {''.join(self.lines)}")
        return next(line for line in self.lines if words in line)


@asynccontextmanager
async def started(
    scene: Scene, relay: "Relay", *words: str, env: Mapping[str, str] | None = None, lease: float = 60
) -> AsyncIterator[Running]:
    """Start a process of the desk on the scene's database; it holds a mail for `lease` seconds."""
    given: dict[str, Any] = {"DATA_DIR": scene.desk.settings.data_dir, "DATABASE_URL": scene.desk.settings.database}
    given |= {"HOST": "127.0.0.1", "PORT": "0", "MINIMUM_FILL_SECONDS": "0"}
    given |= {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": relay.port, "SMTP_TLS": "none"}
    given |= {"MAIL_FROM": "d@example.org", "ALIVE_MAIL": "nobody"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INCIDENTDESK_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.hurried", str(lease), *words),
        cwd=ROOT,
        env=kept | {f"INCIDENTDESK_{name}": str(value) for name, value in given.items()} | dict(env or {}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    running = Running(process)
    listening = asyncio.create_task(running.listen())
    try:
        yield running
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await listening
