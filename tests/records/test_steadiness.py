"""Nothing that nobody can undo is done on the word of a clock that has just jumped, until it is steady or somebody vouches for it."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from incidentdesk import backup, clock, serve, upkeep
from incidentdesk.records import audit, backup_keys, checkpoints, epochs, history, steadiness
from incidentdesk.records.vault import KeyFileError
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import Settings
from incidentdesk.tables import ClockJump
from incidentdesk.web.pages import Desk
from tests.jumping import Hand, follow
from tests.people import member

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def hand(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Hand:
    return await follow(desk, monkeypatch)


async def believes(desk: Desk, now: datetime) -> bool:
    async with desk.database.read() as session:
        return await steadiness.may_destroy(session, now=now)


@pytest.mark.parametrize(
    "seconds, watched, after, believed",
    [
        (35, True, DAY - MINUTE, False),
        (35, True, DAY, True),
        (-86_399, True, DAY, True),
        (86_400, True, 300 * DAY, False),
        (-86_400, True, 300 * DAY, False),
        (86_399, False, MINUTE, True),
        (86_400, False, DAY - MINUTE, False),
        (86_400, False, DAY, True),
    ],
)
async def test_nothing_is_destroyed_on_the_word_of_a_clock_that_jumped(
    desk: Desk, seconds: int, after: timedelta, *, watched: bool, believed: bool
) -> None:
    now = clock.now()
    async with desk.database.write() as session:
        session.add(ClockJump(number=1, noticed_at=now, seconds=seconds, watched=watched))
    assert await believes(desk, now + after) is believed


async def test_keys_of_backups_outlive_a_clock_that_is_a_year_ahead(desk: Desk, hand: Hand) -> None:
    keys = desk.settings.keys_dir
    backup_keys.vouch(keys, backup_keys.new_key(keys, now=clock.now())[0])
    orphan = desk.settings.files / ("0" * 32)
    orphan.parent.mkdir()
    orphan.touch()
    await hand.jump(365 * DAY)
    for work in (upkeep.expire_backups, upkeep.forget_orphans):
        await work(desk, now=clock.now())
    assert (len(backup_keys.moments(keys)), orphan.exists()) == (1, True)
    await vouch(desk)
    for work in (upkeep.expire_backups, upkeep.forget_orphans):
        await work(desk, now=clock.now())
    assert (len(backup_keys.moments(keys)), orphan.exists()) == (0, False)


async def vouch(desk: Desk) -> None:
    async with desk.database.write() as session:
        ada = member(Role.ADMINISTRATOR, now=clock.now())
        session.add(ada)
        await session.flush()
        assert await steadiness.confirm(session, "It was a year behind", by=ada, now=clock.now())


async def test_a_backup_destroys_no_older_one_by_a_clock_that_jumped(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await serve.open_desk(settings)
    hand = await follow(desk, monkeypatch)
    old, _ = backup_keys.new_key(settings.keys_dir, now=clock.now())
    backup_keys.vouch(settings.keys_dir, old)
    await hand.jump(365 * DAY)
    first = await asyncio.to_thread(backup.make, settings, tmp_path / "copies", now=clock.now())
    await vouch(desk)
    second = await asyncio.to_thread(backup.make, settings, tmp_path / "copies", now=clock.now() + MINUTE)
    assert (first.destroyed, second.destroyed) == ((), (old,))
    await desk.database.close()


async def test_no_epoch_is_destroyed_by_a_clock_that_jumped(desk: Desk, hand: Hand) -> None:
    keys = desk.settings.keys_dir
    old = desk.vault.epoch
    await hand.jump(365 * DAY)
    with pytest.raises(KeyFileError, match="clock jumped"):
        await epochs.destroy(desk.database, keys, old, kept=DAY, now=clock.now())
    await vouch(desk)
    with pytest.raises(KeyFileError, match="rotate first"):
        await epochs.destroy(desk.database, keys, old, kept=DAY, now=clock.now())


async def test_the_time_of_a_database_that_is_away_is_the_machines(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url="postgresql://nobody@127.0.0.1:1/nothing")
    told = await asyncio.to_thread(backup.moment, settings)
    assert abs(told - clock.machine()) < MINUTE


@pytest.mark.parametrize("back", [2 * HOUR, 3 * DAY], ids=str)
async def test_evidence_is_in_order_across_a_jump_back(desk: Desk, hand: Hand, back: timedelta) -> None:
    for by in (back, -back, timedelta(0), timedelta(0)):
        await hand.jump(by)
        async with desk.database.write() as session:
            history.record(session, None, "test.done", actor=history.DESK, now=clock.now())
        async with desk.database.write() as session:
            await checkpoints.close_checkpoint(session, desk.vault, now=clock.now())
    async with desk.database.read() as session:
        found = await audit.verify(session, desk.vault, now=clock.now() + HOUR)
    assert (found.findings, found.entries, found.checkpoints) == ((), 6, 4)
