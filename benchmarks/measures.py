"""The measurements of speed; those of what safety costs stand in trust.py. Each returns plain figures; what they should be stands in run.py."""

import asyncio
import secrets
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

import httpx

from benchmarks import rows
from benchmarks.server import NOTHING, Server, serving, settings_for
from incidentdesk import clock, serve, worker
from incidentdesk.database import PRAGMAS
from incidentdesk.records.vault import Vault, open_vault
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import Settings
from incidentdesk.staff import sessions
from incidentdesk.staff.gate import cookie_name
from incidentdesk.tables import GapCheck, Member, Stage, Verification
from incidentdesk.web.pages import Desk

REPORTS = 600
AT_ONCE = 8
COMMITS = 1_000
PAGES = 40
SWEEPS = 15
DUE = 10


def bare_commits(folder: Path) -> float:
    """Return how many one-row transactions a second this disk takes, with the desk's own settings and nothing else."""
    path = folder / "bare.sqlite3"
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE bare (number INTEGER PRIMARY KEY, text TEXT)")
    started = time.perf_counter()
    for number in range(COMMITS):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO bare VALUES (?, ?)", (number, "x" * 200))
        connection.execute("COMMIT")
    seconds = time.perf_counter() - started
    connection.close()
    return COMMITS / seconds


def reports(folder: Path) -> tuple[float, float]:
    """Return reports accepted a second by the real server, and its seconds from start to first page."""
    with serving(settings_for(folder)) as server:
        return reports_to([server]), server.seconds_to_first_page


def reports_to(servers: Sequence[Server]) -> float:
    """Return reports accepted a second by these servers of one desk, which take turns."""
    vault = open_vault(servers[0].settings.keys_dir, may_create=False)
    return asyncio.run(_send_all([server.settings.base_url for server in servers], vault))


async def _send_all(urls: Sequence[str], vault: Vault) -> float:
    issued = int(clock.now().timestamp()) - 60
    forms = [vault.signed("form", f"{secrets.token_hex(16)}.{issued}") for _ in range(REPORTS)]
    limits = httpx.Limits(max_connections=AT_ONCE)
    async with httpx.AsyncClient(limits=limits, timeout=30) as client:
        started = time.perf_counter()
        turns = [(urls[first % len(urls)], forms[first::AT_ONCE]) for first in range(AT_ONCE)]
        await asyncio.gather(*(_send_some(client, *turn) for turn in turns))
        return REPORTS / (time.perf_counter() - started)


async def _send_some(client: httpx.AsyncClient, url: str, forms: list[str]) -> None:
    for form in forms:
        told = {"form": form, "what": "The payroll file went to the wrong supplier.", "kind": "mail", "go": "send"}
        answer = await client.post(f"{url}/report", data=told)
        # The confirmation alone shows the reference.
        assert answer.status_code == httpx.codes.OK
        assert "IR-" in answer.text, "the report was not accepted"


@dataclass(frozen=True)
class Filled:
    """A desk full of open incidents, and the session of somebody signed in there."""

    settings: Settings
    more: Mapping[str, str]
    token: str


def filled(folder: Path, number: int, more: Mapping[str, str] = NOTHING) -> Filled:
    """Make a desk with so many open incidents, each with a running clock; `more` are its further settings."""
    settings = settings_for(folder, **more)
    return Filled(settings, more, asyncio.run(_fill(settings, number)))


async def _fill(settings: Settings, number: int) -> str:
    desk = await serve.open_desk(settings)
    now = clock.now()
    await rows.fill(desk.database, min(number, rows.BATCH), now=now)
    await rows.multiply(desk.database, number, now=now)
    async with desk.database.write() as session:
        member = Member(name="Bench", email="bench@example.org", role=Role.DPO, zone="Europe/Amsterdam", created_at=now)
        session.add(member)
        # The day's reading of all evidence and its look for gaps are no part of what a page takes.
        session.add_all([Verification(started_at=now, finished_at=now), GapCheck(started_at=now, finished_at=now)])
        await session.flush()
        token = await sessions.open_session(session, member, stage=Stage.FULL, now=now)
    await desk.database.close()
    return token


def queue_pages(desks: Sequence[Filled]) -> list[float]:
    """Return the median milliseconds of the queue page at each of these desks.

    Page by page in turn, so that a machine which gets busy meanwhile slows all of them alike.
    """
    with ExitStack() as stack:
        clients = [stack.enter_context(_signed_in(desk)) for desk in desks]
        rounds = [[_page(client) for client in clients] for _ in range(PAGES)]
    return [median(taken) * 1000 for taken in zip(*rounds, strict=True)]


@contextmanager
def _signed_in(desk: Filled) -> Iterator[httpx.Client]:
    """Open the browser of somebody signed in there."""
    settings, cookies = desk.settings, {cookie_name(desk.settings): desk.token}
    with (
        serving(settings, more=desk.more),
        httpx.Client(base_url=settings.base_url, cookies=cookies, timeout=30) as client,
    ):
        yield client


def _page(client: httpx.Client) -> float:
    started = time.perf_counter()
    answer = client.get("/desk")
    assert answer.status_code == httpx.codes.OK
    assert "of a busy year" in answer.text, "the queue shows no incident"
    return time.perf_counter() - started


def sweeps(filled_desks: Sequence[Filled]) -> list[float]:
    """Return the median milliseconds of a sweep that finds ten clocks due, at each of these desks, which nobody serves."""
    rounds = asyncio.run(_sweeps([desk.settings for desk in filled_desks]))
    return [median(taken) * 1000 for taken in zip(*rounds, strict=True)]


async def _sweeps(all_settings: Sequence[Settings]) -> list[list[float]]:
    now = clock.now()
    desks = [await serve.open_desk(settings) for settings in all_settings]
    # In turn, for the same reason as the pages.
    rounds = [[await _sweep(desk, now=now + timedelta(minutes=turn)) for desk in desks] for turn in range(SWEEPS)]
    for desk in desks:
        await desk.database.close()
    return rounds


async def _sweep(desk: Desk, *, now: datetime) -> float:
    await rows.make_due(desk.database, DUE, now=now)
    started = time.perf_counter()
    await worker.sweep_clocks(desk, now=now)
    return time.perf_counter() - started


def inside(folder: Path, name: str) -> Path:
    """Make a folder for one measurement."""
    path = folder / name
    path.mkdir()
    return path
