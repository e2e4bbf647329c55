"""Opens the desk and serves it: web pages and worker in one process, or each in its own."""

import asyncio
import contextlib
import logging
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from types import FrameType
from typing import NoReturn

import uvicorn
from sqlalchemy import select

from incidentdesk import app, append_only, clock, database, journal, law, roles
from incidentdesk.database import Database
from incidentdesk.escalation import jumps, ladder
from incidentdesk.mail import signs
from incidentdesk.privacy.actions import replay
from incidentdesk.records import duties, epochs, rollback, sealing
from incidentdesk.records.ledger import ledger_in
from incidentdesk.records.vault import Vault, open_vault
from incidentdesk.schema import OutdatedError
from incidentdesk.settings import LogAs, Settings
from incidentdesk.staff import actions
from incidentdesk.tables import KeyCheck, Report
from incidentdesk.web.pages import Desk, warm_up
from incidentdesk.web.room import ballast_of
from incidentdesk.web.wire import wire_for

if sys.platform == "win32":
    from asyncio import new_event_loop
else:
    from uvloop import new_event_loop

DRAIN_SECONDS = 10
ENDINGS = (signal.SIGINT, signal.SIGTERM)
BACKLOG = 2048


class AddressError(Exception):
    """The desk cannot listen where it was told to; the text says where and why."""


async def open_desk(settings: Settings, *, accept_rollback: bool = False) -> Desk:
    """Check the law's files, bring the database up to date, check its evidence, read the keys, seed the ladder."""
    law.check()
    await asyncio.to_thread(database.migrate, settings.database)
    opened = database.connect(settings.database, ballast=ballast_of(settings))
    try:
        async with opened.read() as session:
            await session.run_sync(lambda inner: append_only.insist(inner.connection()))
            has_data = await session.scalar(select(Report.id).limit(1)) or await session.scalar(select(KeyCheck))
        vault = open_vault(settings.keys_dir, may_create=not has_data)
        sealing.lend(opened, vault)
        duties.lend(opened, settings)
        await _begin(opened, vault, settings, accept_rollback=accept_rollback)
    except BaseException:
        # An open connection has a thread of its own, and the process would wait for it.
        await opened.close()
        raise
    return Desk(settings, opened, vault)


async def _begin(opened: Database, vault: Vault, settings: Settings, *, accept_rollback: bool) -> None:
    async with opened.write() as session:
        await sealing.make_desk_keys(session)
        await epochs.insist(session, vault)
    await jumps.begin(opened)
    async with opened.write() as session:
        await ladder.seed(session)
        await signs.begin(session)
        accepted = accept_rollback and await rollback.accept(session, settings.keys_dir, now=clock.now())
    if accepted:
        rollback.forget(settings.keys_dir)
    async with opened.read() as session:
        await rollback.insist(session, settings.keys_dir)
    await replay(opened, ledger_in(settings.keys_dir, vault), now=clock.now())


async def first_link(desk: Desk) -> str | None:
    """Return the address that creates the first administrator, as long as there is none."""
    async with desk.database.write() as session:
        token = await actions.make_first_link(session, now=clock.now())
    return f"{desk.settings.base_url}/desk/welcome/{token}" if token else None


async def serve(settings: Settings, *, accept_rollback: bool = False, with_worker: bool = True) -> None:
    """Serve until told to stop; without a worker, stand in for one that is missing."""
    # The address first: a second start by mistake must end before it replaces the link that the first one printed.
    with _listen(settings.host, settings.port) as listening:
        settings = replace(settings, port=listening.getsockname()[1])
        desk = await open_desk(settings, accept_rollback=accept_rollback)
        _greet(settings, await first_link(desk), with_worker=with_worker)
        stop, server = asyncio.Event(), _server(desk)
        working = asyncio.create_task(_beside(roles.work if with_worker else roles.stand_in, desk, stop))
        # It ends by itself only when it cannot work at all; pages that promise alerts end with it.
        working.add_done_callback(lambda _: setattr(server, "should_exit", True))
        asyncio.get_running_loop().run_in_executor(None, warm_up)
        try:
            await server.serve(sockets=[listening])
        finally:
            await _finish(desk, working, stop)


async def _beside(role: Callable[[Desk, asyncio.Event], Awaitable[None]], desk: Desk, stop: asyncio.Event) -> None:
    """Play a role beside the pages. When it ends because of another program's tables they stay, and keep what people typed."""
    try:
        await roles.play(role, desk, stop)
    except OutdatedError:
        await stop.wait()


async def work(settings: Settings) -> None:
    """Work until told to stop, and serve no page."""
    desk = await open_desk(settings)
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in ENDINGS:
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    _say(["incidentdesk works: it looks at the clocks and sends mail", *_about_mail(settings)])
    working, told = asyncio.create_task(roles.play(roles.work, desk, stop)), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, told}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        told.cancel()
        await _finish(desk, working, stop)


async def _finish(desk: Desk, working: asyncio.Task[None], stop: asyncio.Event) -> None:
    """Let the mail in hand be finished, and close the desk."""
    stop.set()
    try:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(working, DRAIN_SECONDS)
    finally:
        await desk.database.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        # Python puts the address behind the reason once more.
        reason = str(error.strerror).partition(" (")[0]
        msg = f"cannot listen on {host}, port {port}: {reason}; HOST and PORT choose another address"
        raise AddressError(msg) from error


def _server(desk: Desk) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            app.build(desk),
            http=wire_for(desk.settings),
            proxy_headers=False,
            server_header=False,
            access_log=False,
            log_config=None,
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
    )


def _greet(settings: Settings, link: str | None, *, with_worker: bool = True) -> None:
    lines = [f"incidentdesk is at {settings.base_url}", f"  report form  {settings.base_url}/report"]
    lines += [f"  staff        {settings.base_url}/desk"]
    if link:
        lines += ["", "Nobody works here yet. Open this link once to become the administrator:", f"  {link}"]
    if not with_worker:
        lines += ["", "No worker runs in this process: start `incidentdesk work` beside it."]
    _say([*lines, *_about_mail(settings)])


def _about_mail(settings: Settings) -> list[str]:
    if settings.can_mail:
        return []
    return ["", "No mail server is set: mails wait in the desk, nothing is lost (README, Sending mail)."]


def _say(lines: list[str]) -> None:
    print("\n".join(lines), flush=True)  # noqa: T201 - what the person who started it reads


def keep_log(settings: Settings) -> None:
    """Write the log to standard error, as the settings say."""
    lines = logging.StreamHandler()
    lines.setFormatter(journal.JsonLine() if settings.log is LogAs.JSON else journal.TextLine())
    logging.basicConfig(level=logging.INFO, handlers=[lines])
    # The last two would write down addresses that are secret.
    for chatty in ("alembic", "uvicorn.error", "httpx", "httpcore"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def run(settings: Settings, *, accept_rollback: bool = False, with_worker: bool = True) -> None:
    """Serve until the process is told to stop."""
    _run(settings, serve(settings, accept_rollback=accept_rollback, with_worker=with_worker))


def run_worker(settings: Settings) -> None:
    """Work until the process is told to stop."""
    _run(settings, work(settings))


def _run(settings: Settings, job: Coroutine[None, None, None]) -> None:
    """Do it on a fast event loop."""
    keep_log(settings)
    for number in ENDINGS:
        signal.signal(number, _end)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(job)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    """End in good order. The server takes the signal while it serves, and raises it again when it has stopped."""
    raise SystemExit(0)
