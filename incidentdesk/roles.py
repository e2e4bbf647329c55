"""What a process does beside its pages: work, wait until another worker is gone, or stand in for one that is missing."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from incidentdesk import database, locks, schema, worker
from incidentdesk.escalation import jumps
from incidentdesk.mail import claims, signs
from incidentdesk.schema import OutdatedError
from incidentdesk.web.pages import Desk

WORKER, STAND_IN = "worker", "stand-in"
# So long replicas may disagree about the time after the database's clock jumped.
CLOCK_REST_SECONDS = 5.0
log = logging.getLogger(__name__)


async def play(role: Callable[[Desk, asyncio.Event], Awaitable[None]], desk: Desk, stop: asyncio.Event) -> None:
    """Play a role until told to stop, and go by the database's clock meanwhile."""
    await asyncio.gather(role(desk, stop), worker.repeat(desk, stop, read_clock, rest=CLOCK_REST_SECONDS))


async def read_clock(desk: Desk, **_moment: datetime) -> bool:
    """Read the database's clock; False, for it is read again after a rest."""
    await jumps.look(desk.database)
    return False


async def work(desk: Desk, stop: asyncio.Event) -> None:
    """Work until told to stop. A SQLite database has one worker at a time; the next waits until it is gone."""
    path = database.lock_beside(desk.settings.database, WORKER)
    if path is None:
        await _while_it_may(worker.run, desk, stop)
        return
    place = await _wait_for_place(path, stop)
    if place is not None:
        with place:
            await worker.attempt(desk, free_mails)
            await _while_it_may(worker.run, desk, stop)


async def _while_it_may(
    job: Callable[[Desk, asyncio.Event], Coroutine[Any, Any, None]], desk: Desk, stop: asyncio.Event
) -> None:
    """Do a job until told to stop, or until another program has changed the tables: then end it in good order, and raise."""
    enough, outdated = asyncio.Event(), desk.database.outdated
    doing = asyncio.create_task(job(desk, enough))
    ends = [asyncio.create_task(event.wait()) for event in (stop, outdated)]
    try:
        await asyncio.wait([doing, *ends], return_when=asyncio.FIRST_COMPLETED)
        enough.set()
        await doing
    finally:
        for task in (doing, *ends):
            task.cancel()
    if outdated.is_set() and not stop.is_set():
        raise OutdatedError(await _schema_now(desk))


async def _schema_now(desk: Desk) -> str | None:
    async with desk.database.read() as session:
        return await schema.schema_of(session)


async def _wait_for_place(path: Path, stop: asyncio.Event) -> BinaryIO | None:
    """Return the held file once nobody else holds it; None when told to stop before."""
    place = locks.take(path)
    if place is None:
        log.info("another worker is here: this one waits until it is gone")
        while place is None:
            if stop.is_set():
                return None
            await _rest(stop)
            place = locks.take(path)
        log.info("the other worker is gone: this one works now")
    return place


async def _rest(stop: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), worker.REST_SECONDS)


async def free_mails(desk: Desk, *, now: datetime) -> bool:
    """Free the mails that the last worker died with, instead of waiting for the end of their leases.

    Not while a web process stands in: it lives, and holds one of them.
    """
    path = database.lock_beside(desk.settings.database, STAND_IN)
    alone = locks.take(path) if path else None
    if alone is None:
        return False
    with alone:
        async with desk.database.write() as session:
            await claims.let_go(session, now=now)
    return True


async def stand_in(desk: Desk, stop: asyncio.Event) -> None:
    """Look at the clocks and deliver mail for as long as no worker gives a sign of life: the job of a web process alone."""
    is_standing_in = False

    async def look(desk: Desk, **_moment: datetime) -> bool:
        nonlocal is_standing_in
        async with desk.database.read() as session:
            is_missing = await signs.silence(session) >= signs.STAND_IN_AFTER
        if is_missing and not is_standing_in:
            log.error("no worker for three minutes: this web process sends the mail until one is back")
        if is_standing_in and not is_missing:
            log.info("a worker is back: this web process sends no mail any more")
        is_standing_in = is_missing
        return is_missing and await _one_turn(desk)

    await _while_it_may(lambda desk, stop: worker.repeat(desk, stop, look), desk, stop)


async def _one_turn(desk: Desk) -> bool:
    """Do what a worker does most urgently. A worker that comes meanwhile sees by the lock that our mail is not to be freed."""
    path = database.lock_beside(desk.settings.database, STAND_IN)
    mark = locks.take(path, shared=True) if path else contextlib.nullcontext()
    if mark is None:
        return False
    with mark:
        swept = await worker.attempt(desk, worker.sweep_clocks)
        return await worker.attempt(desk, worker.deliver_next) or swept
