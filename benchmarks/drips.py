"""Hundreds who send drop by drop, and what an honest visitor notices of them."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from benchmarks.proxy import nginx, proxied
from benchmarks.server import START_SECONDS, serving, settings_for
from incidentdesk.records.vault import Vault, open_vault
from incidentdesk.settings import Settings

DRIPS, VISITS = 500, 60
DROP_EVERY = 0.5
# The others may just be on their way back.
NEARLY_ALL = 0.95
POST = "POST {path} HTTP/1.1\r\nHost: {{host}}\r\nContent-Type: {kind}\r\nContent-Length: 90000\r\n\r\n"
# What each of them begins and never ends: a head, a form, a file.
BEGUN = (
    "GET /report HTTP/1.1\r\nHost: {host}\r\nX-Slow: ",
    POST.format(path="/report", kind="application/x-www-form-urlencoded") + "what=",
    POST.format(path="/r/files", kind="multipart/form-data; boundary=slow") + "--slow\r\n",
)


@dataclass
class Drips:
    """How many hold a line now; `enough` is set once so many did."""

    wanted: float
    held: int = 0
    enough: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True)
class Waits:
    """Milliseconds of honest requests, and how many were not answered as wished."""

    half: float
    nearly_all: float
    failed: int


@asynccontextmanager
async def dripping(url: str, begun: str, *, host: str = "", number: int) -> AsyncIterator[None]:
    """Let so many drip what was begun, from many addresses; go on once nearly all of them hold a line."""
    where, seen = urlsplit(url), Drips(number * NEARLY_ALL)
    said = begun.format(host=host or where.netloc)
    port = where.port or 80
    tasks = [asyncio.create_task(_drip(port, said, seen, comes_from=one)) for one in range(number)]
    try:
        await asyncio.wait_for(seen.enough.wait(), START_SECONDS)
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _drip(port: int, begun: str, seen: Drips, *, comes_from: int) -> None:
    """Come again whenever the line is ended."""
    source = (f"127.0.{1 + comes_from // 10}.{1 + comes_from % 10}", 0)
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=source)
            try:
                await _hold(reader, writer, begun.encode(), seen)
            finally:
                writer.close()
        await asyncio.sleep(DROP_EVERY)


async def _hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, begun: bytes, seen: Drips) -> None:
    writer.write(begun)
    seen.held += 1
    if seen.held >= seen.wanted:
        seen.enough.set()
    ended = asyncio.ensure_future(reader.read(1))
    try:
        while not ended.done():
            writer.write(b"a")
            await asyncio.wait([ended], timeout=DROP_EVERY)
    finally:
        seen.held -= 1
        ended.cancel()


async def visits(url: str, vault: Vault) -> list[float]:
    """Open the form and send it, each time as somebody new; return the seconds of each request, endless for a failed one."""
    taken = []
    for _ in range(VISITS):
        form = vault.signed("form", f"{secrets.token_hex(16)}.{int(time.time()) - 60}")
        told = {"form": form, "what": "I lost my badge.", "kind": "lost", "go": "send"}
        async with httpx.AsyncClient(base_url=url, timeout=60) as client:
            taken.append(await _took(client, "GET", {}, "What happened?"))
            taken.append(await _took(client, "POST", told, "IR-"))
    return taken


async def _took(client: httpx.AsyncClient, method: str, told: dict[str, str], wanted: str) -> float:
    started = time.perf_counter()
    try:
        answer = await client.request(method, "/report", data=told)
    except httpx.TransportError:
        return float("inf")
    is_good = answer.is_success and wanted in answer.text
    return time.perf_counter() - started if is_good else float("inf")


def waits(taken: Sequence[float]) -> Waits:
    """Return the median and the 99th percentile of those that were answered."""
    good = sorted(seconds * 1000 for seconds in taken if seconds != float("inf"))
    if not good:
        return Waits(float("inf"), float("inf"), len(taken))
    return Waits(good[len(good) // 2], good[int(len(good) * 0.99)], len(taken) - len(good))


def honest(folder: Path, *, behind_proxy: bool) -> tuple[Waits, Waits] | None:
    """Return how long honest requests took without and with those who drip, in turn; None without a proxy to start."""
    if behind_proxy and nginx() is None:
        return None
    settings = settings_for(folder)
    with serving(settings), _way_in(settings, folder, behind_proxy=behind_proxy) as url:
        vault = open_vault(folder / "keys", may_create=False)
        return asyncio.run(_in_turn(url, vault))


@contextmanager
def _way_in(settings: Settings, folder: Path, *, behind_proxy: bool) -> Iterator[str]:
    port = settings_for(folder).port
    way = proxied([settings.port], listens=port, folder=folder) if behind_proxy else nullcontext(settings.base_url)
    with way as url:
        yield url


async def _in_turn(url: str, vault: Vault) -> tuple[Waits, Waits]:
    quiet: list[float] = []
    dripped: list[float] = []
    for begun in BEGUN:
        quiet += await visits(url, vault)
        async with dripping(url, begun, number=DRIPS):
            dripped += await visits(url, vault)
    return waits(quiet), waits(dripped)
