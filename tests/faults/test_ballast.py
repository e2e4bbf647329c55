"""A disk that is full to the last byte: words still get in, files do not, and somebody is told."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from incidentdesk import ballast, clock, upkeep
from incidentdesk.database import scrub
from incidentdesk.escalation.banners import banners
from incidentdesk.insight import health
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import Settings
from incidentdesk.tables import Report
from incidentdesk.web.pages import Desk
from incidentdesk.web.room import ballast_of
from tests import people
from tests.faults.disk import desk_on, fill, small_disk
from tests.intake.test_files import PHOTO, add, rows
from tests.intake.visitor import send
from tests.people import Sit

MEGABYTE = 1_000_000


@pytest.fixture
async def desk(tmp_path: Path, settings: Settings) -> AsyncIterator[Desk]:
    """A desk on a small disk, its ballast laid."""
    with small_disk(tmp_path / "disk", megabytes=16) as folder:
        async with desk_on(folder, settings) as opened:
            ballast.keep(ballast_of(opened.settings))
            yield opened


def is_laid(desk: Desk) -> bool:
    return (desk.settings.data_dir / "ballast").exists()


async def test_on_a_full_disk_reports_and_messages_go_on_and_files_do_not(
    desk: Desk, sit: Sit, caplog: pytest.LogCaptureFixture
) -> None:
    assert is_laid(desk)
    reporter = await send(await sit(), what="before")
    fill(desk.settings.data_dir)
    for number in range(20):
        assert (await send(await sit(), what=f"on a full disk {number}")).answer.status_code == 200
    assert len(await rows(desk, Report)) == 21
    assert not is_laid(desk)
    assert "the disk is full: the ballast was thrown off" in caplog.text
    answer = await add(reporter, PHOTO)
    assert answer.status_code == 507
    assert not any(desk.settings.files.iterdir())


def test_what_a_process_that_was_killed_had_laid_of_it_makes_room_too(tmp_path: Path) -> None:
    begun = tmp_path / "ballast.new"
    begun.write_bytes(b"noise")
    ballast.throw_off(ballast.ballast_in(tmp_path, megabytes=1))
    assert not begun.exists()


async def test_on_a_full_disk_rows_can_still_be_taken_away(desk: Desk, sit: Sit) -> None:
    await send(await sit())
    # Nothing is left of the log of changes either, whose room could be used again.
    assert scrub(desk.settings.database)
    fill(desk.settings.data_dir)
    async with desk.database.write() as session:
        await session.execute(text("delete from heartbeat"))


async def test_a_full_disk_is_told_until_there_is_room_and_then_the_ballast_is_laid_again(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    me = people.member(Role.RESPONDER, now=clock.now())
    filler, keep_room = fill(desk.settings.data_dir), upkeep.room_keeper()
    for _ in range(2):
        await keep_room(desk)
    assert not is_laid(desk)
    assert caplog.text.count("the disk is almost full") == 1
    assert await health.alarms(desk, now=clock.now()) == ["disk"]
    async with desk.database.read() as session:
        told = await banners(session, desk.settings, me=me, now=clock.now())
    assert told[0].text.startswith("The disk is almost full: files are refused")
    filler.unlink()
    await keep_room(desk)
    assert is_laid(desk)
    assert await health.alarms(desk, now=clock.now()) == []


async def test_the_ballast_is_never_what_fills_a_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=4) as folder:
        small = ballast.ballast_in(folder, megabytes=3)
        ballast.keep(small)
        assert list(folder.iterdir()) == []
        assert ballast.is_spent(small)


async def outgrow(desk: Desk) -> None:
    async with desk.database.write() as session:
        await session.execute(text("pragma max_page_count = 1"))
        # More than the pages that migrations left free.
        await session.execute(text("create table more as select zeroblob(10000000) as words"))


async def test_a_database_that_says_it_is_full_gets_room_wherever_the_limit_is(
    tmp_path: Path, settings: Settings
) -> None:
    """A quota, for one, is not seen in the free space of the disk."""
    async with desk_on(tmp_path / "data", settings) as desk:
        ballast.keep(ballast_of(desk.settings))
        with pytest.raises(OperationalError, match="database or disk is full"):
            await outgrow(desk)
        assert not is_laid(desk)


def test_a_ballast_is_laid_once_with_noise_for_its_owner_alone_and_goes_with_its_setting(tmp_path: Path) -> None:
    one = ballast.ballast_in(tmp_path, megabytes=2)
    ballast.keep(one)
    assert one.path.stat().st_size == 2 * MEGABYTE
    assert one.path.stat().st_mode & 0o777 == 0o600
    noise = one.path.read_bytes()
    assert len(set(noise[:1000])) > 200
    ballast.keep(one)
    assert one.path.read_bytes() == noise
    ballast.keep(ballast.ballast_in(tmp_path, megabytes=1))
    assert one.path.stat().st_size == MEGABYTE
    ballast.keep(ballast.ballast_in(tmp_path, megabytes=0))
    assert list(tmp_path.iterdir()) == []
