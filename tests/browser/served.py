"""The real program in a process of its own: what a browser reaches is what `incidentdesk serve` serves."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.patience import WITHIN

ROOT = Path(__file__).resolve().parent.parent.parent
# A browser fills in a page faster than people do, and many reports come from one address here.
EASY = {"MINIMUM_FILL_SECONDS": "0", "REPORTS_PER_NETWORK": "500", "ORGANISATION": "Acme", "PHONE": "020 123 4567"}


@dataclass(frozen=True)
class Served:
    """A desk that answers. `welcome` is the one-time link it printed, if it printed one."""

    url: str
    welcome: str = ""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@asynccontextmanager
async def serving(data_dir: Path, **settings: str) -> AsyncIterator[Served]:
    """Start the desk on a free port and stop it again; settings are named as in the README, without their prefix."""
    port = free_port()
    given = EASY | settings | {"DATA_DIR": str(data_dir), "PORT": str(port)}
    environment = os.environ | {f"INCIDENTDESK_{name}": value for name, value in given.items()}
    with (data_dir / "desk.out").open("wb+") as said:
        command = (sys.executable, "-m", "incidentdesk.cli", "serve")
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=said, stderr=said)
        try:
            assert await _answers(f"http://127.0.0.1:{port}/healthz", process), _words(data_dir)
            yield Served(f"http://127.0.0.1:{port}", _welcome(_words(data_dir)))
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _answers(address: str, process: asyncio.subprocess.Process) -> bool:
    """Wait until the desk answers; say no when it ended instead."""
    async with asyncio.timeout(WITHIN), httpx.AsyncClient(timeout=WITHIN) as client:
        while process.returncode is None:
            try:
                await client.get(address)
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return True
    return False


def _words(data_dir: Path) -> str:
    return (data_dir / "desk.out").read_text(encoding="utf-8")


def _welcome(words: str) -> str:
    return next((word for word in words.split() if "/desk/welcome/" in word), "")
