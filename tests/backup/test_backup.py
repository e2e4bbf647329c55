"""Backups: made while the desk runs, sealed, opened to see that they are whole, and destroyed in time."""

import asyncio
import hashlib
import os
import sys
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from incidentdesk import backup, clock, copies, serve, upkeep
from incidentdesk.copies import CopyError
from incidentdesk.records import backup_keys, history
from incidentdesk.records.audit import verify
from incidentdesk.records.vault import KeyFileError
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import Settings
from incidentdesk.tables import Attachment, Incident, Report
from incidentdesk.web.pages import Desk
from tests import people
from tests.backup.ways import DAY, NOW, ROOT, closed, killed_at, made, names_in, report, restored, what_is_behind
from tests.opened import held
from tests.thorough import some
from tests.triage.reports import file


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


async def test_a_file_that_was_damaged_since_comes_back_whole(settings: Settings, tmp_path: Path) -> None:
    desk = await serve.open_desk(settings)
    places = [await attached(desk, number) for number in range(2)]
    path = await made(settings, tmp_path / "backups")
    await desk.database.close()
    (settings.files / places[0]).write_bytes(b"rotten")
    await restored(settings, path)
    assert [(settings.files / place).read_bytes() for place in places] == [b"sealed 0", b"sealed 1"]


async def attached(desk: Desk, number: int) -> str:
    """Add the row of a file, and what lies in its place."""
    incident = await file(desk, now=NOW)
    place, sealed = f"{number:032x}", f"sealed {number}".encode()
    desk.settings.files.mkdir(exist_ok=True)
    (desk.settings.files / place).write_bytes(sealed)
    whose = {"incident_id": incident.id, "report_id": await report_of(desk, incident), "added_at": NOW, "size": 3}
    digests = {"digest": hashlib.sha256(sealed).hexdigest(), "content_hash": str(number)}
    async with desk.database.write() as session:
        session.add(Attachment(name="a.txt", kind="text/plain", place=place, **whose, **digests))
        history.record(session, await held(session, incident.reference), "files.added", actor="desk", now=NOW)
    return place


async def report_of(desk: Desk, incident: Incident) -> UUID:
    async with desk.database.read() as session:
        return (await session.scalars(select(Report.id).where(Report.incident_id == incident.id))).one()


def test_a_backup_of_a_database_that_is_not_there_is_refused_and_makes_none(tmp_path: Path) -> None:
    nothing = Settings(data_dir=tmp_path / "data")
    with pytest.raises(CopyError, match="unable to open database file"):
        backup.make(nothing, tmp_path / "backups", now=NOW)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_a_backup_that_does_not_fit_leaves_neither_file_nor_key(settings: Settings, tmp_path: Path) -> None:
    """No file of that process may be longer than the database's copy, so sealing it fails as on a full disk."""
    await closed(settings)
    settings.files.mkdir()
    (settings.files / ("0" * 32)).write_bytes(bytes(2_000_000))
    arguments = ("-m", "tests.backup.killed", str(settings.data_dir), settings.database, str(tmp_path / "backups"))
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, "full", cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert b"File too large" in said
    assert (names_in(tmp_path / "backups"), backup_keys.moments(settings.keys_dir)) == ([], {})


@pytest.mark.parametrize("step", some(["copied", "sealed"]))
async def test_after_a_killed_backup_the_desk_and_the_next_backup_are_as_ever(
    settings: Settings, tmp_path: Path, step: str
) -> None:
    desk = await serve.open_desk(settings)
    code = await report(desk)
    await killed_at(step, settings, tmp_path / "backups")
    assert backup_keys.moments(settings.keys_dir) == {}
    assert await what_is_behind(desk, code) == "A box of letters lies in the street"
    path = await made(settings, tmp_path / "backups", now=NOW + DAY)
    await desk.database.close()
    assert names_in(tmp_path / "backups") == [path.name]
    assert [*backup_keys.unfinished(settings.keys_dir), *backup_keys.moments(settings.keys_dir)] == [path.stem]
    assert await restored(settings, path) == 0


async def test_what_a_killed_backup_left_is_taken_away(settings: Settings, tmp_path: Path) -> None:
    desk = await serve.open_desk(settings)
    await desk.database.close()
    beside = tmp_path if "sqlite" in settings.database else settings.data_dir
    for name, age in ((".backup-old", copies.LONGEST + 1), (".backup-new", 10)):
        (beside / name).mkdir()
        os.utime(beside / name, times=(NOW.timestamp() - age,) * 2)
    left = tmp_path / "backups" / "incidentdesk-20261120T130200Z.part"
    left.parent.mkdir()
    left.touch()
    os.utime(left, times=(NOW.timestamp() - copies.LONGEST - 1,) * 2)
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
    backup_keys.vouch(tmp_path, name)
    path, place = tmp_path / "backups" / f"{name}.key", tmp_path / "place"
    place.hardlink_to(path)
    assert place.read_bytes() == key
    backup_keys.destroy(path)
    assert (path.exists(), place.read_bytes()) == (False, bytes(32))


async def test_the_worker_destroys_keys_also_when_no_backup_is_made(settings: Settings, tmp_path: Path) -> None:
    desk = await serve.open_desk(settings)
    await made(settings, tmp_path / "backups")
    for days, left in ((13, 1), (14, 0)):
        await upkeep.expire_backups(desk, now=NOW + days * DAY)
        assert len(backup_keys.moments(settings.keys_dir)) == left
    await desk.database.close()


async def test_the_next_backup_takes_away_those_whose_keys_the_worker_destroyed(
    settings: Settings, tmp_path: Path
) -> None:
    desk = await serve.open_desk(settings)
    await made(settings, tmp_path / "backups")
    (tmp_path / "backups" / "incidentdesk-20261001T130200Z.desk").write_bytes(
        b"of another desk that keeps its own longer"
    )
    await upkeep.expire_backups(desk, now=NOW + 14 * DAY)
    await desk.database.close()
    path = await made(settings, tmp_path / "backups", now=NOW + 15 * DAY)
    assert names_in(tmp_path / "backups") == ["incidentdesk-20261001T130200Z.desk", path.name]


async def test_the_worker_takes_away_the_copies_that_killed_backups_left(settings: Settings, tmp_path: Path) -> None:
    desk = await serve.open_desk(settings)
    left = copies.workshop(settings.database, settings.data_dir) / ".backup-left"
    left.mkdir()
    (left / "database").write_bytes(b"whatever is erased from now on still stands in here")
    await upkeep.expire_backups(desk, now=clock.now() + DAY)
    await desk.database.close()
    assert not left.exists()


async def test_a_database_without_its_key_does_not_start(settings: Settings) -> None:
    desk = await serve.open_desk(settings)
    await report(desk)
    await desk.database.close()
    (settings.keys_dir / "master.key").unlink()
    with pytest.raises(KeyFileError, match="restore the key from your copy"):
        await serve.open_desk(settings)
