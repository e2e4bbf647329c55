"""Real processes of the program, quickly: what takes two seconds of a start is imported once, and each process is a fork of that."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TypedDict, Unpack

import pytest

from tests.faults.newborn import Wish
from tests.mail.relay import Relay
from tests.mail.scene import Scene
from tests.patience import LOOK_EVERY, WITHIN

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Process:
    """One running process, and all it said so far."""

    pid: int
    output: Path
    code: asyncio.Future[int]

    @property
    def said(self) -> str:
        return self.output.read_text(encoding="utf-8") if self.output.exists() else ""

    async def heard(self, words: str) -> str:
        """Wait until it says these words; return the last word of that line."""
        async with asyncio.timeout(WITHIN):
            while not (lines := [line for line in self.said.splitlines() if words in line]):
                if self.code.done():
                    pytest.fail(f"it ended with {self.code.result()} and never said: {words}\n{self.said}")
                await asyncio.sleep(LOOK_EVERY)
        return lines[0].split()[-1]

    def tell(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if not self.code.done():
            os.kill(self.pid, number)

    async def ended(self) -> int:
        """Wait for its end; return what it left with, below zero for the signal that killed it."""
        return await asyncio.wait_for(asyncio.shield(self.code), WITHIN)


@dataclass
class Nursery:
    """Where they come from."""

    keeper: asyncio.subprocess.Process
    _births: asyncio.Queue[tuple[int, asyncio.Future[int]]] = field(default_factory=asyncio.Queue)
    # Of those that live: the system gives the number of one that ended to another in time.
    _ends: dict[int, asyncio.Future[int]] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def listen(self) -> None:
        """Hear of births and ends."""
        assert self.keeper.stdout is not None
        async for line in self.keeper.stdout:
            facts = json.loads(line)
            if "born" in facts:
                end = self._ends[facts["born"]] = asyncio.get_running_loop().create_future()
                self._births.put_nowait((facts["born"], end))
            else:
                self._ends.pop(facts["ended"]).set_result(facts["code"])

    async def start(self, wish: Wish) -> Process:
        """Start one process."""
        assert self.keeper.stdin is not None
        async with self._turn:
            self.keeper.stdin.write(json.dumps(wish).encode() + b"\n")
            pid, end = await asyncio.wait_for(self._births.get(), WITHIN)
        return Process(pid, Path(wish["said"]), end)


@asynccontextmanager
async def nursery() -> AsyncIterator[Nursery]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INCIDENTDESK_")}
    keeper = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.newborn"),
        cwd=ROOT,
        env=kept,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert keeper.stdin is not None
    assert keeper.stdout is not None
    await keeper.stdout.readline()
    opened = Nursery(keeper)
    listening = asyncio.create_task(opened.listen())
    yield opened
    keeper.stdin.close()
    await listening
    await keeper.wait()


class Special(TypedDict, total=False):
    """What is special about a process; see `Wish`."""

    relay: Relay
    settings: dict[str, str]
    dies: str
    spans: dict[str, float]
    limits: dict[str, int]
    network: str


@dataclass
class Desks:
    """Starts processes on one scene's database, and ends those that are left."""

    nursery: Nursery
    scene: Scene
    url: str
    running: list[Process] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    async def start(self, *words: str, **special: Unpack[Special]) -> Process:
        """Start `incidentdesk` with these words."""
        given = self._settings(special.get("relay")) | special.get("settings", {})
        wish: Wish = {
            "words": list(words),
            "environment": {f"INCIDENTDESK_{name}": value for name, value in given.items()},
            "said": str(self.scene.desk.settings.data_dir / f"said-{next(self._numbers)}"),
            "dies": special.get("dies", ""),
            "spans": special.get("spans", {}),
            "limits": special.get("limits", {}),
            "network": special.get("network", ""),
        }
        self.running.append(await self.nursery.start(wish))
        return self.running[-1]

    def _settings(self, relay: Relay | None) -> dict[str, str]:
        given = {"DATA_DIR": str(self.scene.desk.settings.data_dir), "DATABASE_URL": self.url, "PORT": "0"}
        # The mail of the day would be counted with the others.
        given |= {"ALIVE_MAIL": "nobody", "BALLAST_MB": "0"}
        if relay is None:
            return given
        port = str(relay.port)
        return given | {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": port, "SMTP_TLS": "none", "MAIL_FROM": "d@example.org"}

    async def serve(self, *words: str, **special: Unpack[Special]) -> tuple[Process, str]:
        """Start one that serves pages; return it with its address."""
        process = await self.start("serve", *words, **special)
        return process, await process.heard("incidentdesk is at")

    async def end(self) -> None:
        """Kill what still runs, and see all of it go."""
        for process in self.running:
            process.tell(signal.SIGKILL)
        for process in self.running:
            await process.ended()


async def until(look: Callable[[], object]) -> None:
    """Look again and again until it is so; `look` may have to be waited for."""
    async with asyncio.timeout(WITHIN):
        while True:
            seen = look()
            if await seen if asyncio.iscoroutine(seen) else seen:
                return
            await asyncio.sleep(LOOK_EVERY)
