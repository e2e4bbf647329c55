"""Two real desks on one database and one data folder, behind the very proxy that the repository describes."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from benchmarks import proxy
from incidentdesk.web.pages import Desk
from tests.browser.served import free_port
from tests.intake.visitor import Visitor, visit
from tests.patience import WITHIN
from tests.people import Seat

ROOT = Path(__file__).resolve().parent.parent.parent
Process = asyncio.subprocess.Process


@dataclass
class Replica:
    """One `incidentdesk serve`, which may be killed and started again."""

    settings: Mapping[str, str]
    said: Path
    port: int = field(default_factory=free_port)
    process: Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        given = {**self.settings, "PORT": str(self.port)}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("INCIDENTDESK_")}
        command = (sys.executable, "-m", "incidentdesk.cli", "serve")
        with self.said.open("ab") as out:
            environment = kept | {f"INCIDENTDESK_{name}": value for name, value in given.items()}
            self.process = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, env=environment, stdout=out, stderr=out
            )
        await answers(f"{self.url}/readyz", self.process, self.said)

    async def stop(self, *, kill: bool = False) -> None:
        if self.process is not None and self.process.returncode is None:
            (self.process.kill if kill else self.process.terminate)()
            await self.process.wait()

    @property
    def links(self) -> list[str]:
        """Every first link it printed; of all that were ever printed only the newest opens anything."""
        return [word for word in self.said.read_text(encoding="utf-8").split() if "/desk/welcome/" in word]


@dataclass(frozen=True)
class Stage:
    """`desk` looks into the same database as the two replicas do."""

    proxy: str
    replicas: tuple[Replica, Replica]
    desk: Desk

    @asynccontextmanager
    async def browser(self, url: str = "", *, comes_from: str = "") -> AsyncIterator[httpx.AsyncClient]:
        """Open a browser at the proxy, or past it at one desk as if the proxy said where it comes from."""
        headers = {"host": self.proxy.removeprefix("http://")}
        headers |= {"x-forwarded-for": comes_from} if comes_from else {}
        async with httpx.AsyncClient(base_url=url or self.proxy, headers=headers, timeout=WITHIN) as client:
            yield client


async def at_check(client: httpx.AsyncClient, what: str) -> Visitor:
    """Fill the form in up to the page with the button that sends it."""
    visitor = await visit(Seat(None, client))
    await visitor.press("now", what=what)
    return visitor


def need_nginx() -> None:
    """Leave the test out where there is no proxy to start, and let a build fail there."""
    if proxy.nginx() is None and os.environ.get("INCIDENTDESK_REQUIRE_BROWSER") == "1":
        pytest.fail("No nginx was found, and a build needs one.")
    if proxy.nginx() is None:
        pytest.skip("no nginx on this machine")


async def answers(url: str, process: Process, said: Path) -> None:
    """Wait until something answers well there."""
    async with asyncio.timeout(WITHIN), httpx.AsyncClient(timeout=WITHIN) as client:
        while process.returncode is None:
            try:
                if (await client.get(url)).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)
    pytest.fail(last_words(said))


def last_words(said: Path) -> str:
    return said.read_text(encoding="utf-8")[-2000:]
