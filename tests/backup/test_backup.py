"""Backups: made while the desk runs, sealed, opened to see that they are whole, and destroyed in time."""

import asyncio
import os
from pathlib import Path

import pytest

from incidentdesk import backup, serve, worker
from incidentdesk.records import backup_keys
from incidentdesk.records.audit import verify
from incidentdesk.records.vault import KeyFileError
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import Settings
from tests import people
from tests.backup.ways import DAY, NOW, closed, killed_at, made, names_in, report, restored, what_is_behind
from tests.thorough import some


async def test_a_backup_made_while_people_report_brings_everything_back(settings: Settings, tmp_path: Path) -> None:
    desk = await serve.open_desk(settings)
    before = [await report(desk, f"before {number}") for number in range(3)]
    making = asyncio.create_task(made(settings, tmp_path / "backups"))
    meanwhile = [await report(desk, f"meanwhile {number}") for number in range(5)]
    path = await making
    after = await report(desk, "after")
    await desk.database.close()
    assert await restored(settings, path) == 0
    again = await serve.open_desk(settings)
    assert [await what_is_behind(again, code) for code in before] == ["before 0", "before 1", "before 2"]
    assert {await what_is_behind(again, code) for code in meanwhile} <= {None, *(f"meanwhile {n}" for n in range(5))}
    assert await what_is_behind(again, after) is None
    async with again.database.read() as session:
        assert (await verify(session, again.vault, now=NOW)).findings == ()
    await again.database.close()


async def test_a_backup_tells_a_thief_nothing_and_leaves_nothing_behind(settings: Settings, tmp_path: Path) -> None:
    desk = await serve.open_desk(settings)
    async with desk.database.write() as session:
        session.add(people.member(Role.RESPONDER, now=NOW))
    before = {path.name for path in settings.data_dir.iterdir()} | {"keys"}
    path = await made(settings, tmp_path / "backups")
    await desk.database.close()
    assert b"Rosa" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert [one.name for one in path.parent.iterdir()] == ["incidentdesk-20261126T130200Z.desk"]
    assert {one.name for one in settings.data_dir.iterdir()} == before
    assert not any(name.startswith(".backup-") for name in names_in(tmp_path))


async def test_files_that_people_added_are_in_it_and_come_back(settings: Settings, tmp_path: Path) -> None:
    await closed(settings)
    settings.files.mkdir()
    names = ["0" * 32, "1" * 32]
    for name in (*names, "not-ours.txt"):
        (settings.files / name).write_bytes(name.encode() * 1000)
    path = await made(settings, tmp_path / "backups")
    (settings.files / names[0]).unlink()
    (settings.files / names[1]).write_bytes(b"newer")
    await restored(settings, path)
    assert names_in(settings.files) == [*names, "not-ours.txt"]
    assert (settings.files / names[0]).read_bytes() == names[0].encode() * 1000
    assert (settings.files / names[1]).read_bytes() == b"newer"


@pytest.mark.parametrize("step", some(["copied", "sealed"]))
async def test_after_a_killed_backup_the_desk_and_the_next_backup_are_as_ever(
    settings: Settings, tmp_path: Path, step: str
) -> None:
    desk = await serve.open_desk(settings)
    code = await report(desk)
    await killed_at(step, settings, tmp_path / "backups")
    assert await what_is_behind(desk, code) == "A box of letters lies in the street"
    path = await made(settings, tmp_path / "backups", now=NOW + DAY)
    await desk.database.close()
    assert await restored(settings, path) == 0


async def test_what_a_killed_backup_left_is_taken_away(settings: Settings, tmp_path: Path) -> None:
    desk = await serve.open_desk(settings)
    await desk.database.close()
    beside = tmp_path if "sqlite" in settings.database else settings.data_dir
    for name, age in ((".backup-old", 3601), (".backup-new", 10)):
        (beside / name).mkdir()
        os.utime(beside / name, times=(NOW.timestamp() - age,) * 2)
    left = tmp_path / "backups" / "incidentdesk-20261120T130200Z.part"
    left.parent.mkdir()
    left.touch()
    os.utime(left, times=(NOW.timestamp() - 3601,) * 2)
    path = await made(settings, tmp_path / "backups")
    assert [one for one in names_in(beside) if one.startswith(".backup-")] == [".backup-new"]
    assert names_in(tmp_path / "backups") == [path.name]


async def test_a_backup_is_destroyed_with_its_key_when_its_days_are_over(settings: Settings, tmp_path: Path) -> None:
    desk = await serve.open_desk(settings)
    await desk.database.close()
    first = await made(settings, tmp_path / "backups")
    copy = first.rename(tmp_path / first.name)
    second = await made(settings, tmp_path / "backups", now=NOW + 13 * DAY)
    assert set(backup_keys.moments(settings.keys_dir)) == {first.stem, second.stem}
    third = await asyncio.to_thread(backup.make, settings, tmp_path / "backups", now=NOW + 14 * DAY)
    assert third.destroyed == (first.stem,)
    assert set(backup_keys.moments(settings.keys_dir)) == {second.stem, third.path.stem}
    with pytest.raises(KeyFileError, match="destroyed when its days were over"):
        await restored(settings, copy)


def test_a_destroyed_key_is_written_over(tmp_path: Path) -> None:
    """A second name stands for the place on the disk that the file left."""
    name, key = backup_keys.new_key(tmp_path, now=NOW)
    path, place = tmp_path / "backups" / f"{name}.key", tmp_path / "place"
    place.hardlink_to(path)
    assert place.read_bytes() == key
    backup_keys.destroy(path)
    assert (path.exists(), place.read_bytes()) == (False, bytes(32))


async def test_the_worker_destroys_keys_also_when_no_backup_is_made(settings: Settings, tmp_path: Path) -> None:
    desk = await serve.open_desk(settings)
    await made(settings, tmp_path / "backups")
    for days, left in ((13, 1), (14, 0)):
        await worker.expire_backups(desk, now=NOW + days * DAY)
        assert len(backup_keys.moments(settings.keys_dir)) == left
    await desk.database.close()


async def test_a_database_without_its_key_does_not_start(settings: Settings) -> None:
    desk = await serve.open_desk(settings)
    await report(desk)
    await desk.database.close()
    (settings.keys_dir / "master.key").unlink()
    with pytest.raises(KeyFileError, match="restore the key from your copy"):
        await serve.open_desk(settings)
