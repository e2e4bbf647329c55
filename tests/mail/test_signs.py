"""Signs of life, by the database's own clock."""

from datetime import UTC, timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from incidentdesk import clock, worker
from incidentdesk.database import moment
from incidentdesk.mail import signs
from incidentdesk.mail.smtp import send
from incidentdesk.tables import Heartbeat, RelaySilence, new_id
from incidentdesk.web.pages import Desk
from tests.hands import take_hands
from tests.mail.relay import DROP, mailing, relay
from tests.mail.scene import MINUTE, NOW, Scene, with_relay
from tests.mail.test_delivery import put_test

SECOND = timedelta(seconds=1)


async def beat(desk: Desk, number: UUID) -> None:
    async with desk.database.write() as session:
        await signs.beat(session, number)


async def alive(desk: Desk) -> set[UUID]:
    async with desk.database.read() as session:
        return set(await session.scalars(select(Heartbeat.id)))


async def silence(desk: Desk) -> timedelta:
    async with desk.database.read() as session:
        return await signs.silence(session)


async def test_the_databases_clock_runs_forward_in_utc_and_is_this_machines_here(desk: Desk) -> None:
    async with desk.database.read() as session:
        before, at, later = clock.now(), await moment(session), await moment(session)
    assert at.tzinfo is UTC
    # SQLite says milliseconds.
    assert before - timedelta(milliseconds=1) <= at <= later <= clock.now()


async def test_the_silence_ends_with_whoever_beats(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    hands = take_hands(monkeypatch)
    await hands.last_beat(desk, 59 * SECOND)
    assert await silence(desk) == 59 * SECOND
    first, second = new_id(), new_id()
    await beat(desk, first)
    hands.now += 10 * SECOND
    await beat(desk, second)
    hands.now += 5 * SECOND
    assert await silence(desk) == 5 * SECOND
    assert {first, second} < await alive(desk)


async def test_a_process_that_is_gone_is_forgotten_and_one_that_slept_comes_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands = take_hands(monkeypatch)
    sleeper, worker_ = new_id(), new_id()
    await hands.last_beat(desk, MINUTE)
    await beat(desk, sleeper)
    hands.now += 10 * MINUTE + SECOND
    await beat(desk, worker_)
    assert await alive(desk) == {worker_}
    await beat(desk, sleeper)
    assert await alive(desk) == {worker_, sleeper}


async def test_the_first_start_begins_the_silence_and_a_later_one_does_not_end_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands = take_hands(monkeypatch)
    async with desk.database.write() as session:
        await session.execute(delete(Heartbeat))
    assert await silence(desk) == timedelta.max
    for _ in range(2):
        async with desk.database.write() as session:
            await signs.begin(session)
        hands.now += MINUTE
    assert await silence(desk) == 2 * MINUTE


@pytest.mark.parametrize(
    "script, let_in",
    [
        ({}, True),
        ({"RCPT": "550 no such person"}, True),
        ({"body": DROP}, True),
        ({"banner": DROP}, False),
        ({"banner": "421 come back later"}, False),
        ({"MAIL": "550 not for you"}, False),
        ({"MAIL": "452 no room"}, False),
    ],
    ids=str,
)
async def test_a_relay_that_listens_to_one_mail_has_let_us_in(
    desk: Desk, script: dict[str, str], *, let_in: bool
) -> None:
    async with relay(**script) as running:
        settings = mailing(desk.settings, running.port)
        result = await send(settings, b"Subject: a\r\n\r\nb\r\n", "rosa@example.org", within=10 * SECOND)
    assert result.let_in is let_in


async def is_away(desk: Desk) -> bool:
    async with desk.database.read() as session:
        return await signs.is_relay_away(session)


async def test_a_relay_is_away_after_three_minutes_of_trying_until_it_lets_one_in(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands = take_hands(monkeypatch)
    await put_test(scene)
    async with relay(banner=DROP) as running:
        for minute in range(4):
            assert not await is_away(scene.desk), minute
            hands.now += MINUTE if minute else timedelta(0)
            assert await worker.deliver_next(with_relay(scene.desk, running.port), now=NOW + (1 + minute * 7) * MINUTE)
    assert await is_away(scene.desk)
    async with relay() as running:
        assert await worker.deliver_next(with_relay(scene.desk, running.port), now=NOW + 60 * MINUTE)
    assert not await is_away(scene.desk)
    async with scene.desk.database.read() as session:
        assert await session.scalar(select(RelaySilence)) is None


async def test_a_relay_that_keeps_us_waiting_is_away_since_we_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands = take_hands(monkeypatch)
    async with desk.database.write() as session:
        await signs.note_relay(session, let_in=False, took=MINUTE)
    hands.now += 2 * MINUTE
    assert await is_away(desk)


async def test_what_was_tried_long_ago_says_nothing_of_the_relay_now(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands = take_hands(monkeypatch)
    for step in (timedelta(0), 6 * MINUTE):
        hands.now += step
        async with desk.database.write() as session:
            await signs.note_relay(session, let_in=False)
    assert await is_away(desk)
    hands.now += 10 * MINUTE + SECOND
    assert not await is_away(desk)
