"""A new epoch takes over all keys, whatever happens meanwhile; the old one is destroyed only when nothing needs it."""

import asyncio
import signal
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select

from incidentdesk import cli, clock
from incidentdesk.records import backup_keys, epochs
from incidentdesk.records.sealing import label_of
from incidentdesk.records.vault import KeyFileError, epochs_in, open_vault
from incidentdesk.tables import DataKey, Incident
from incidentdesk.web.pages import Desk
from tests.patience import WITHIN
from tests.thorough import some
from tests.triage.reports import file, fresh

ROOT = Path(__file__).resolve().parents[2]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
KEPT = 14 * DAY


@pytest.fixture
def now() -> datetime:
    # After the first epoch, which began when the keys were made.
    return clock.now() + DAY


@pytest.fixture
async def incidents(desk: Desk, now: datetime) -> list[Incident]:
    return [await file(desk, now=now) for _ in range(3)]


def keys(desk: Desk) -> Path:
    return desk.settings.keys_dir


async def counts(desk: Desk) -> dict[str, int]:
    async with desk.database.read() as session:
        return await epochs.keys_by_epoch(session)


async def assert_all_can_be_read(desk: Desk, incidents: list[Incident]) -> None:
    assert [(await fresh(desk, one)).title for one in incidents] == ["Payroll file sent to the wrong supplier"] * 3
    async with desk.database.read() as session:
        assert await epochs.unreadable(session, desk.vault) == []


async def test_a_new_epoch_closes_every_key_and_all_can_be_read(
    desk: Desk, incidents: list[Incident], now: datetime
) -> None:
    before = desk.vault.epoch
    done = await epochs.rotate(desk.database, keys(desk), now=now)
    assert (done.epoch, done.moved) == (f"{now:%Y%m%dT%H%M%S}", 8)
    assert done.epoch > before
    assert await counts(desk) == {done.epoch: 8}
    await assert_all_can_be_read(desk, incidents)


async def test_a_process_that_runs_meanwhile_takes_the_new_epoch(
    desk: Desk, incidents: list[Incident], now: datetime
) -> None:
    other = open_vault(keys(desk), may_create=False)
    assert other.epoch == desk.vault.epoch
    done = await epochs.rotate(desk.database, keys(desk), now=now)
    assert other.epoch == done.epoch
    async with desk.database.read() as session:
        assert await epochs.unreadable(session, other) == []


@pytest.mark.parametrize("commits", some([0, 3]))
async def test_after_a_kill_all_can_be_read_and_the_next_run_finishes(
    desk: Desk, incidents: list[Incident], database_url: str, commits: int
) -> None:
    at = clock.now() + DAY
    arguments = ("-m", "tests.records.rotator", database_url, str(keys(desk)), at.isoformat(), str(commits))
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT)
    assert await asyncio.wait_for(process.wait(), WITHIN) == -signal.SIGKILL
    assert sorted((await counts(desk)).values()) == sorted(number for number in (8 - commits, commits) if number)
    await assert_all_can_be_read(desk, incidents)
    done = await epochs.rotate(desk.database, keys(desk), now=at + DAY)
    # With no key under the new epoch yet, another one begins; else that one goes on.
    assert done.moved == 8 - commits
    assert await counts(desk) == {done.epoch: 8}
    await assert_all_can_be_read(desk, incidents)


async def test_what_the_destroyed_epoch_closed_is_noise(desk: Desk, incidents: list[Incident], now: datetime) -> None:
    """Also where nobody reaches: this row stands for a forgotten copy."""
    old = desk.vault.epoch
    async with desk.database.read() as session:
        row = (await session.scalars(select(DataKey).where(DataKey.scope == incidents[0].id).limit(1))).one()
    place = label_of(row.scope, row.seal)
    await epochs.rotate(desk.database, keys(desk), now=now)
    assert desk.vault.unwrap(old, row.wrapped, place=place) is not None
    await epochs.destroy(desk.database, keys(desk), old, kept=KEPT, now=now + HOUR)
    assert list(epochs_in(keys(desk))) == [desk.vault.epoch]
    assert desk.vault.unwrap(old, row.wrapped, place=place) is None
    await assert_all_can_be_read(desk, incidents)


async def test_an_epoch_that_is_needed_stays(desk: Desk, incidents: list[Incident], now: datetime) -> None:
    old = desk.vault.epoch
    with pytest.raises(KeyFileError, match="newest epoch"):
        await epochs.destroy(desk.database, keys(desk), old, kept=KEPT, now=now)
    await epochs.rotate(desk.database, keys(desk), now=now)
    with pytest.raises(KeyFileError, match="less than an hour"):
        await epochs.destroy(desk.database, keys(desk), old, kept=KEPT, now=now + HOUR - timedelta(seconds=2))
    with pytest.raises(KeyFileError, match="there is no epoch"):
        await epochs.destroy(desk.database, keys(desk), "20200101", kept=KEPT, now=now)
    assert old in epochs_in(keys(desk))


def test_why_an_epoch_must_stay(tmp_path: Path, desk: Desk, now: datetime) -> None:
    folder, first = keys(desk), desk.vault.epoch
    epochs._begin(folder, first, now=now)
    later = now + 2 * HOUR
    assert "still closes 3 keys" in epochs.hindrance(first, keys=folder, counts={first: 3}, kept=KEPT, now=later)
    backup_keys.new_key(folder, now=now - HOUR)
    for at, needed in ((later, True), (now - HOUR + KEPT - DAY, True), (now - HOUR + KEPT, False)):
        assert ("needs" in epochs.hindrance(first, keys=folder, counts={}, kept=KEPT, now=at)) is needed
    backup_keys.destroy_old(folder, kept=KEPT, now=now + KEPT)
    # One made when all keys had moved needs the old epoch no more.
    backup_keys.new_key(folder, now=now + HOUR + timedelta(seconds=1))
    assert epochs.hindrance(first, keys=folder, counts={}, kept=KEPT, now=later) == ""


async def test_rotation_stops_at_a_key_that_does_not_open(desk: Desk, incidents: list[Incident], now: datetime) -> None:
    first = desk.vault.epoch
    await epochs.rotate(desk.database, keys(desk), now=now)
    epochs_in(keys(desk))[desk.vault.epoch].rename(keys(desk) / "away")
    assert desk.vault.epoch == first
    with pytest.raises(KeyFileError, match="bring that epoch's key back"):
        await epochs.rotate(desk.database, keys(desk), now=now + DAY)


async def say(desk: Desk, *words: str) -> tuple[int, str]:
    """Say `incidentdesk keys …`; return the exit status and what it printed."""
    given = {
        "INCIDENTDESK_DATA_DIR": str(desk.settings.data_dir),
        "INCIDENTDESK_DATABASE_URL": desk.database.writer.url.render_as_string(hide_password=False),
    }
    done = await asyncio.to_thread(CliRunner().invoke, cli.main, ["keys", *words], env=given)
    return done.exit_code, done.output


async def test_the_command_line_rotates_and_checks(desk: Desk, incidents: list[Incident]) -> None:
    old = desk.vault.epoch
    done = await say(desk, "rotate")
    assert done == (0, f"8 keys are under epoch {desk.vault.epoch} now. Copy the folder {keys(desk)}.\n")
    code, said = await say(desk, "check")
    assert (code, f"epoch {old}: closes 0 keys" in said, "Every key opens." in said) == (0, True, True)
    async with desk.database.write() as session:
        await session.execute(delete(DataKey).where(DataKey.scope == incidents[0].id))
    code, said = await say(desk, "check")
    assert (code, said.count(f"key of {incidents[0].reference} is missing")) == (1, 2)


async def test_the_command_line_destroys_what_nothing_needs(
    desk: Desk, incidents: list[Incident], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, now = desk.vault.epoch, clock.now()
    assert (await say(desk, "destroy"))[0] == 2
    await say(desk, "rotate")
    assert await say(desk, "destroy", "--retired", "1") == (0, "")
    assert (await say(desk, "destroy", old))[0] == 1
    backup_keys.new_key(keys(desk), now=now - DAY)
    monkeypatch.setattr(clock, "now", lambda: now + 2 * DAY)
    code, said = await say(desk, "destroy", "--retired", "1")
    assert (code, "It stays for now: the backup incidentdesk-" in said, old in epochs_in(keys(desk))) == (0, True, True)
    monkeypatch.setattr(clock, "now", lambda: now + 13 * DAY)
    assert (await say(desk, "destroy", "--retired", "1"))[0] == 0
    assert old not in epochs_in(keys(desk))
