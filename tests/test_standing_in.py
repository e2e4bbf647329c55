"""Who sends when: the worker, the next one in line, and a web process that stands in for a worker that is missing."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import database, locks, roles, worker
from incidentdesk.mail import signs
from incidentdesk.mail.claims import LEASE
from incidentdesk.tables import MailState, new_id
from incidentdesk.web.pages import Desk
from tests.hands import Hands, take_hands
from tests.mail.relay import relay
from tests.mail.scene import NOW, Scene, add_incident, set_scene, with_relay
from tests.mail.test_delivery import put_test
from tests.patience import WITHIN

SECOND = timedelta(seconds=1)


@pytest.fixture
async def scene(desk: Desk, database_url: str) -> Scene:
    return await set_scene(replace(desk, settings=replace(desk.settings, database_url=database_url)))


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    monkeypatch.setattr(worker, "REST_SECONDS", 0.01)
    return take_hands(monkeypatch)


@asynccontextmanager
async def standing_by(desk: Desk) -> AsyncIterator[None]:
    """Run what a web process without a worker runs."""
    stop = asyncio.Event()
    watching = asyncio.create_task(roles.stand_in(desk, stop))
    yield
    stop.set()
    await asyncio.wait_for(watching, WITHIN)


async def test_after_three_minutes_of_silence_a_web_process_sends_until_a_worker_is_back(
    scene: Scene, hands: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger=roles.log.name)
    await hands.last_beat(scene.desk, timedelta(minutes=3) - SECOND)
    await put_test(scene)
    async with relay() as running, standing_by(with_relay(scene.desk, running.port)):
        await hands.looked_at()
        assert running.taken == []
        hands.now += SECOND
        await asyncio.wait_for(running.got_one.wait(), WITHIN)
        async with scene.desk.database.write() as session:
            await signs.beat(session, new_id())
        await hands.looked_at()
        await put_test(scene, number=2)
        await hands.looked_at()
        assert len(running.taken) == 1
    assert [mail.state for mail in await scene.mails()] == [MailState.SENT, MailState.WAITING]
    assert [record.getMessage().split(":")[0] for record in caplog.records] == [
        "no worker for three minutes",
        "a worker is back",
    ]


async def test_whoever_stands_in_looks_at_the_clocks_too(scene: Scene, hands: Hands) -> None:
    await hands.last_beat(scene.desk, timedelta(minutes=4))
    await add_incident(scene.desk)
    async with relay() as running, standing_by(with_relay(scene.desk, running.port)):
        await asyncio.wait_for(running.got_one.wait(), WITHIN)
    assert "Rosa Ponder" in await scene.told("act", MailState.SENT) + await scene.told("act")


async def test_a_database_that_is_away_is_no_news_of_a_worker(
    scene: Scene, hands: Hands, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked = asyncio.Event()

    async def away(_session: AsyncSession) -> timedelta:
        asked.set()
        raise ConnectionError

    await hands.last_beat(scene.desk, timedelta(minutes=4))
    async with standing_by(scene.desk):
        await hands.looked_at()
        with monkeypatch.context() as broken:
            broken.setattr(signs, "silence", away)
            await asyncio.wait_for(asked.wait(), WITHIN)
        await hands.looked_at()
    said = {record.getMessage().split(":")[0] for record in caplog.records}
    assert said == {"no worker for three minutes", "look failed"}


def lock_files(scene: Scene) -> tuple[Path, Path]:
    url = scene.desk.settings.database
    own, others = database.lock_beside(url, roles.WORKER), database.lock_beside(url, roles.STAND_IN)
    if own is None or others is None:
        pytest.skip("only SQLite has one worker")
    return own, others


async def test_the_next_worker_frees_what_the_dead_one_held_unless_somebody_stands_in(scene: Scene) -> None:
    _, path = lock_files(scene)
    await put_test(scene)
    async with scene.desk.database.write() as session:
        for mail in await scene.mails():
            mail.lease, mail.lease_until = uuid4(), NOW + LEASE
            await session.merge(mail)
    async with relay() as running:
        desk = with_relay(scene.desk, running.port)
        with locks.take(path, shared=True) or pytest.fail("nobody held it"):
            assert not await roles.free_mails(desk, now=NOW + SECOND)
        assert not await worker.deliver_next(desk, now=NOW + 2 * SECOND)
        assert await roles.free_mails(desk, now=NOW + SECOND)
        assert await worker.deliver_next(desk, now=NOW + 2 * SECOND)
    (mail,) = await scene.mails()
    assert (mail.state, mail.maybe_duplicate) == (MailState.SENT, True)


async def test_many_may_stand_in_and_a_worker_that_comes_in_makes_them_wait(scene: Scene, hands: Hands) -> None:
    _, path = lock_files(scene)
    await hands.last_beat(scene.desk, timedelta(minutes=4))
    await put_test(scene)
    async with relay() as running:
        desk = with_relay(scene.desk, running.port)
        with locks.take(path) or pytest.fail("nobody held it"):
            assert not await roles._one_turn(desk)
        with locks.take(path, shared=True) or pytest.fail("nobody held it"):
            assert await roles._one_turn(desk)
        assert len(running.taken) == 1


async def test_a_worker_in_line_ends_when_told_to(scene: Scene) -> None:
    path, _ = lock_files(scene)
    stop = asyncio.Event()
    with locks.take(path) or pytest.fail("nobody held it"):
        waiting = asyncio.create_task(roles.work(scene.desk, stop))
        await asyncio.wait([waiting], timeout=0.05)
        assert not waiting.done()
        stop.set()
        await asyncio.wait_for(waiting, WITHIN)
