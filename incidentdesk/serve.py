"""Opens the desk and serves it: web pages and worker in one process."""

import asyncio
import contextlib
import logging
import sys

import uvicorn
from sqlalchemy import select

from incidentdesk import app, clock, database, law, worker
from incidentdesk.escalation import ladder
from incidentdesk.records.vault import open_vault
from incidentdesk.settings import Settings
from incidentdesk.staff import actions
from incidentdesk.tables import Report
from incidentdesk.web.pages import Desk

if sys.platform == "win32":
    from asyncio import new_event_loop
else:
    from uvloop import new_event_loop

DRAIN_SECONDS = 10


async def open_desk(settings: Settings) -> Desk:
    """Check the law's files, bring the database up to date, read the key, seed the ladder."""
    law.check()
    await asyncio.to_thread(database.migrate, settings.database)
    opened = database.connect(settings.database)
    async with opened.read() as session:
        is_empty = await session.scalar(select(Report.id).limit(1)) is None
    vault = open_vault(settings.data_dir / "keys", may_create=is_empty)
    async with opened.write() as session:
        await ladder.seed(session)
    return Desk(settings, opened, vault)


async def first_link(desk: Desk) -> str | None:
    """Return the address that creates the first administrator, as long as there is none."""
    async with desk.database.write() as session:
        token = await actions.make_first_link(session, now=clock.now())
    return f"{desk.settings.base_url}/desk/welcome/{token}" if token else None


async def serve(settings: Settings) -> None:
    """Serve until told to stop."""
    desk = await open_desk(settings)
    link = await first_link(desk)
    _greet(settings, link)
    server = uvicorn.Server(
        uvicorn.Config(
            app.build(desk),
            host=settings.host,
            port=settings.port,
            http="httptools",
            proxy_headers=False,
            server_header=False,
            access_log=False,
            log_config=None,
            timeout_graceful_shutdown=DRAIN_SECONDS,
            limit_concurrency=500,
        )
    )
    stop = asyncio.Event()
    working = asyncio.create_task(worker.run(desk, stop))
    try:
        await server.serve()
    finally:
        stop.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(working, DRAIN_SECONDS)
        await desk.database.close()


def _greet(settings: Settings, link: str | None) -> None:
    lines = [f"incidentdesk is at {settings.base_url}", f"  report form  {settings.base_url}/report"]
    lines += [f"  staff        {settings.base_url}/desk"]
    if link:
        lines += ["", "Nobody works here yet. Open this link once to become the administrator:", f"  {link}"]
    if not settings.can_mail:
        lines += ["", "No mail server is set: mails wait in the desk, nothing is lost (README, Sending mail)."]
    print("\n".join(lines), flush=True)  # noqa: T201 - what the person who started it reads


def run(settings: Settings) -> None:
    """Serve on a fast event loop; returns when the process was told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for chatty in ("alembic", "uvicorn.error"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(serve(settings))
