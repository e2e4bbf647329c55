"""The ping: sent as long as all is well, so that its absence tells somebody outside."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import text

from incidentdesk import clock, pulse, worker
from incidentdesk.pulse import Sweeps
from incidentdesk.web.pages import Desk
from tests.outside import SECRET, Outside, outside
from tests.patience import WITHIN


@pytest.fixture
async def watcher() -> AsyncIterator[Outside]:
    async with outside() as opened:
        yield opened


@pytest.fixture
def desk(desk: Desk, watcher: Outside) -> Desk:
    return replace(desk, settings=replace(desk.settings, ping_url=watcher.address, ping_seconds=1))


async def break_something(desk: Desk) -> None:
    async with desk.database.write() as session:
        await session.execute(text("delete from heartbeat"))


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == pulse.log.name]


async def test_while_all_is_well_the_address_is_asked_and_nothing_is_said(
    desk: Desk, watcher: Outside, caplog: pytest.LogCaptureFixture
) -> None:
    ping = pulse.pinger(Sweeps(clock.ticks()))
    for _ in range(2):
        await ping(desk, now=clock.now())
    assert watcher.asked == [("GET", f"/{SECRET}", b"")] * 2
    assert lines(caplog) == []


async def test_when_something_is_amiss_no_ping_is_sent_until_it_is_mended_and_both_are_said_once(
    desk: Desk, watcher: Outside, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger=pulse.log.name)
    ping = pulse.pinger(Sweeps(clock.ticks()))
    low = replace(desk, settings=replace(desk.settings, files_mb_free=10**9))
    for _ in range(2):
        await ping(low, now=clock.now())
    assert watcher.asked == []
    for _ in range(2):
        await ping(desk, now=clock.now())
    assert len(watcher.asked) == 2
    assert lines(caplog) == ["no ping: disk", "the ping is sent again"]


async def test_a_worker_that_no_longer_looks_at_the_clocks_sends_no_ping(
    desk: Desk, watcher: Outside, caplog: pytest.LogCaptureFixture
) -> None:
    await break_something(desk)
    await pulse.pinger(Sweeps(clock.ticks() - 61))(desk, now=clock.now())
    assert (watcher.asked, lines(caplog)) == ([], ["no ping: worker, sweep"])


@pytest.mark.parametrize("status, said", [("503 No", "status 503"), ("301 Moved", "status 301"), ("", "ConnectError")])
async def test_a_ping_that_is_not_taken_is_said_once_and_its_address_never(
    desk: Desk, watcher: Outside, caplog: pytest.LogCaptureFixture, status: str, said: str
) -> None:
    watcher.status = status
    nowhere = replace(desk, settings=replace(desk.settings, ping_url=f"http://127.0.0.1:1/{SECRET}"))
    ping = pulse.pinger(Sweeps(clock.ticks()))
    for _ in range(2):
        await ping(desk if status else nowhere, now=clock.now())
    assert lines(caplog) == [f"no ping: {said}"]
    assert SECRET not in caplog.text + repr(desk.settings)


async def test_a_worker_pings_at_once_and_again(desk: Desk, watcher: Outside) -> None:
    stop = asyncio.Event()
    working = asyncio.create_task(worker.run(desk, stop))
    async with asyncio.timeout(WITHIN):
        for _ in range(2):
            await watcher.got_one.wait()
            watcher.got_one.clear()
    stop.set()
    await asyncio.wait_for(working, WITHIN)
