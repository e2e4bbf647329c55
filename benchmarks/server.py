"""The real server in a process of its own, with a data folder that is thrown away."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import httpx

from incidentdesk.settings import Settings, read

START_SECONDS = 60.0
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Server:
    """Where it answers, and how long it took from the start to the first page."""

    settings: Settings
    seconds_to_first_page: float
    pid: int

    @property
    def megabytes(self) -> float:
        """How much memory it holds now."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def settings_for(folder: Path, **more: str) -> Settings:
    """Return settings for a trial in `folder`, with no limit that a benchmark would run into, and what `more` says."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return read(environment(folder, port, more))


def environment(folder: Path, port: int, more: Mapping[str, str] = NOTHING) -> dict[str, str]:
    """Return the server's environment."""
    limits = {"REPORTS_PER_NETWORK": "1000000", "REPORTS_PER_MINUTE": "1000000", "MINIMUM_FILL_SECONDS": "0"}
    given = {"DATA_DIR": str(folder), "PORT": str(port), "HOST": "127.0.0.1"} | limits | dict(more)
    return {f"INCIDENTDESK_{name}": value for name, value in given.items()}


@contextmanager
def serving(settings: Settings, *words: str, more: Mapping[str, str] = NOTHING) -> Iterator[Server]:
    """Start the server as `./desk run` does, with more words and settings, and stop it in the end."""
    given = os.environ | environment(settings.data_dir, settings.port, more)
    started = time.perf_counter()
    with (settings.data_dir / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "incidentdesk.cli", "serve", *words], env=given, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait(process, f"{settings.base_url}/report", settings.data_dir / "server.log")
            yield Server(settings, time.perf_counter() - started, process.pid)
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    give_up = time.perf_counter() + START_SECONDS
    while time.perf_counter() < give_up and process.poll() is None:
        try:
            if httpx.get(address).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.01)
    raise RuntimeError(f"the server did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")
