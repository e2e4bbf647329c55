"""The measurements of speed; those of what safety costs stand in trust.py. Each returns plain figures; what they should be stands in run.py."""

import asyncio
import secrets
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

import httpx

from benchmarks import rows
from benchmarks.server import serving, settings_for
from incidentdesk import clock, serve, worker
from incidentdesk.database import PRAGMAS
from incidentdesk.records.vault import Vault, open_vault
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import Settings
from incidentdesk.staff import sessions
from incidentdesk.staff.gate import cookie_name
from incidentdesk.tables import Member, Stage, Verification
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
    settings = settings_for(folder)
    with serving(settings) as server:
        vault = open_vault(folder / "keys", may_create=False)
        rate = asyncio.run(_send_all(settings, vault))
    return rate, server.seconds_to_first_page


async def _send_all(settings: Settings, vault: Vault) -> float:
    issued = int(clock.now().timestamp()) - 60
    forms = [vault.signed("form", f"{secrets.token_hex(16)}.{issued}") for _ in range(REPORTS)]
    limits = httpx.Limits(max_connections=AT_ONCE)
    async with httpx.AsyncClient(base_url=settings.base_url, limits=limits, timeout=30) as client:
        started = time.perf_counter()
        await asyncio.gather(*(_send_some(client, forms[first::AT_ONCE]) for first in range(AT_ONCE)))
        return REPORTS / (time.perf_counter() - started)


async def _send_some(client: httpx.AsyncClient, forms: list[str]) -> None:
    for form in forms:
        told = {"form": form, "what": "The payroll file went to the wrong supplier.", "kind": "mail", "go": "send"}
        answer = await client.post("/report", data=told)
        # The confirmation alone shows the reference.
        assert answer.status_code == httpx.codes.OK
        assert "IR-" in answer.text, "the report was not accepted"


def queue_pages(folder: Path, numbers: Sequence[int]) -> list[float]:
    """Return the median milliseconds of the queue page, for each of these numbers of open incidents.

    Page by page in turn, so that a machine which gets busy meanwhile slows all of them alike.
    """
    with ExitStack() as stack:
        clients = [stack.enter_context(_desk_with(inside(folder, f"queue-{number}"), number)) for number in numbers]
        rounds = [[_page(client) for client in clients] for _ in range(PAGES)]
    return [median(taken) * 1000 for taken in zip(*rounds, strict=True)]


@contextmanager
def _desk_with(folder: Path, number: int) -> Iterator[httpx.Client]:
    """Open the browser of somebody signed in at a desk with `number` open incidents."""
    settings = settings_for(folder)
    token = asyncio.run(_prepare_queue(settings, number))
    cookies = {cookie_name(settings): token}
    with serving(settings), httpx.Client(base_url=settings.base_url, cookies=cookies, timeout=30) as client:
        yield client


def _page(client: httpx.Client) -> float:
    started = time.perf_counter()
    answer = client.get("/desk")
    assert answer.status_code == httpx.codes.OK
    assert "of a busy year" in answer.text, "the queue shows no incident"
    return time.perf_counter() - started


async def _prepare_queue(settings: Settings, number: int) -> str:
    desk = await serve.open_desk(settings)
    now = clock.now()
    await rows.fill(desk.database, number, now=now)
    async with desk.database.write() as session:
        member = Member(name="Bench", email="bench@example.org", role=Role.DPO, zone="Europe/Amsterdam", created_at=now)
        session.add(member)
        # The day's reading of all evidence is no part of what a page takes.
        session.add(Verification(started_at=now, finished_at=now))
        await session.flush()
        token = await sessions.open_session(session, member, stage=Stage.FULL, now=now)
    await desk.database.close()
    return token


def sweeps(folder: Path, numbers: Sequence[int]) -> list[float]:
    """Return the median milliseconds of a sweep that finds ten clocks due, for each of these numbers of open clocks."""
    settings = [settings_for(inside(folder, f"sweep-{number}")) for number in numbers]
    rounds = asyncio.run(_sweeps(dict(zip(numbers, settings, strict=True))))
    return [median(taken) * 1000 for taken in zip(*rounds, strict=True)]


async def _sweeps(wanted: Mapping[int, Settings]) -> list[list[float]]:
    now = clock.now()
    desks = [await serve.open_desk(settings) for settings in wanted.values()]
    for desk, number in zip(desks, wanted, strict=True):
        await rows.fill(desk.database, number, now=now)
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
