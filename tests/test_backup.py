"""Backups: made while the desk runs, sealed, opened to see that they are whole, destroyed in time, and brought back."""

import asyncio
import os
import re
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from incidentdesk import backup, cli, serve, worker
from incidentdesk.copies import CopyError
from incidentdesk.database import connect
from incidentdesk.intake.actions import submit_report
from incidentdesk.intake.forms import SentReport
from incidentdesk.intake.queries import report_of_code
from incidentdesk.mail import claims, outbox
from incidentdesk.records import backup_keys, rollback
from incidentdesk.records.audit import verify
from incidentdesk.records.chain import Anchor
from incidentdesk.records.checkpoints import close_checkpoint
from incidentdesk.records.ledger import ledger_in
from incidentdesk.records.vault import KeyFileError, open_vault
from incidentdesk.rules.erasure import Extent
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import Settings
from incidentdesk.staff import sessions
from incidentdesk.tables import MemberSession, Report, Stage
from incidentdesk.web.pages import Desk
from tests import people, postgresql
from tests.thorough import THOROUGH

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 26, 13, 2, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def settings(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A desk of its own on the database of this test, and PostgreSQL's programs where they are found."""
    if database_url.startswith("postgresql"):
        tools = postgresql.binaries("nobody" if os.geteuid() == 0 else None)
        monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    return Settings(data_dir=tmp_path / "data", database_url=database_url)


async def report(desk: Desk, what: str = "A box of letters lies in the street") -> str:
    """Send a report and return its private code."""
    code = desk.vault.code_for(what)
    sent = SentReport(
        answers={"what": what},
        language="en",
        form_hash=desk.vault.hash("form", what),
        code_hash=desk.vault.hash("code", code),
        zone=desk.settings.zone,
    )
    async with desk.database.write() as session:
        await submit_report(session, sent, now=NOW)
    return code


async def what_is_behind(desk: Desk, code: str) -> object:
    async with desk.database.read() as session:
        filed = await report_of_code(session, desk.vault.hash("code", code))
        return filed.report.answers.get("what", "erased") if filed else None


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def made(settings: Settings, folder: Path, *, now: datetime = NOW) -> Path:
    return (await asyncio.to_thread(backup.make, settings, folder, now=now)).path


async def restored(settings: Settings, path: Path, *, now: datetime = NOW) -> int:
    return await asyncio.to_thread(backup.restore, settings, path, now=now)


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


async def test_what_a_killed_backup_left_is_taken_away(settings: Settings, tmp_path: Path) -> None:
    desk = await serve.open_desk(settings)
    await desk.database.close()
    beside = tmp_path if "sqlite" in settings.database else settings.data_dir
    for name, age in ((".backup-old", 3601), (".backup-new", 10)):
        (beside / name).mkdir()
        os.utime(beside / name, times=(NOW.timestamp() - age,) * 2)
    await made(settings, tmp_path / "backups")
    assert [path.name for path in beside.glob(".backup-*")] == [".backup-new"]


async def test_a_restored_desk_forgets_who_was_signed_in_and_mails_nobody_before_it_may(
    settings: Settings, tmp_path: Path
) -> None:
    desk = await serve.open_desk(settings)
    rosa = people.member(Role.RESPONDER, now=NOW)
    async with desk.database.write() as session:
        session.add(rosa)
        await session.flush()
        await sessions.open_session(session, rosa, stage=Stage.FULL, now=NOW)
        await outbox.put(session, letter="test", dedupe="test", now=NOW, member_id=rosa.id)
        assert await claims.claim(session, domain="x", now=NOW) is not None
    path = await made(settings, tmp_path / "backups")
    await desk.database.close()
    await restored(settings, path)
    again = await serve.open_desk(settings)
    async with again.database.write() as session:
        assert await session.scalar(select(func.count()).select_from(MemberSession)) == 0
        assert await claims.claim(session, domain="x", now=NOW) is None
    assert [await backup.resume_mail(settings) for _ in range(2)] == [True, False]
    async with again.database.write() as session:
        assert await claims.claim(session, domain="x", now=NOW) is not None
    await again.database.close()


@pytest.mark.parametrize("step", ["before", "after"])
async def test_a_killed_restore_leaves_the_old_desk_or_the_new_one_that_mails_nobody(
    settings: Settings, tmp_path: Path, step: str
) -> None:
    desk = await serve.open_desk(settings)
    erased = await report(desk, "to be erased")
    path = await made(settings, tmp_path / "backups")
    late = await report(desk, "since the backup")
    await desk.database.close()
    ledger_in(settings.keys_dir, desk.vault).note(await incident_of(settings, erased), Extent.INCIDENT, at=NOW)
    arguments = ("-m", "tests.restorer", str(settings.data_dir), settings.database, str(path), step)
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT)
    assert await asyncio.wait_for(process.wait(), 30) == -signal.SIGKILL
    again = await serve.open_desk(settings)
    assert await what_is_behind(again, erased) == "erased"
    assert await what_is_behind(again, late) == ("since the backup" if step == "before" else None)
    await again.database.close()
    assert await backup.resume_mail(settings) is (step == "after")


async def incident_of(settings: Settings, code: str) -> UUID:
    """Return the incident behind a code, without starting the desk."""
    opened = connect(settings.database)
    hashed = open_vault(settings.keys_dir, may_create=False).hash("code", code)
    async with opened.read() as session:
        found = (await session.scalars(select(Report.incident_id).where(Report.code_hash == hashed))).one()
    await opened.close()
    return found


async def test_what_was_erased_since_is_erased_in_every_daily_backup_and_the_rest_is_there(
    settings: Settings, tmp_path: Path
) -> None:
    desk = await serve.open_desk(settings)
    erased, living = await report(desk, "to be erased"), await report(desk, "to be kept")
    days = range(14 if THOROUGH else 2)
    paths = [await made(settings, tmp_path / "backups", now=NOW + day * DAY) for day in days]
    async with desk.database.write() as session:
        newest = await close_checkpoint(session, desk.vault, now=NOW)
    assert newest is not None
    # The folder of the keys has seen a newer database than any of the backups.
    rollback.note(settings.keys_dir, Anchor(newest.number, newest.hash))
    await desk.database.close()
    ledger_in(settings.keys_dir, desk.vault).note(await incident_of(settings, erased), Extent.INCIDENT, at=NOW)
    for path in paths:
        assert await restored(settings, path, now=NOW + 13 * DAY) == 1
        again = await serve.open_desk(settings)
        assert await what_is_behind(again, erased) == "erased"
        assert await what_is_behind(again, living) == "to be kept"
        await again.database.close()


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


async def test_the_worker_destroys_keys_also_when_no_backup_is_made(settings: Settings, tmp_path: Path) -> None:
    desk = await serve.open_desk(settings)
    await made(settings, tmp_path / "backups")
    for days, left in ((13, 1), (14, 0)):
        await worker.expire_backups(desk, now=NOW + days * DAY)
        assert len(backup_keys.moments(settings.keys_dir)) == left
    await desk.database.close()


def test_the_lines_of_the_operations_page_work_as_they_stand(settings: Settings, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    given = {"INCIDENTDESK_DATA_DIR": str(settings.data_dir), "INCIDENTDESK_DATABASE_URL": settings.database}
    lines = re.findall(r"^\./desk ((?:backup|restore) .*)$", page, re.MULTILINE)
    asyncio.run(closed(settings))
    for line, said in zip(
        [*lines, "restore --resume-mail"], ("found whole", "is in place", "leave again"), strict=True
    ):
        path = next((str(one) for one in tmp_path.glob("mnt/backups/*")), "")
        words = [path if word.endswith(".desk") else word.replace("/mnt", f"{tmp_path}/mnt") for word in line.split()]
        done = CliRunner().invoke(cli.main, words, env=given)
        assert (done.exit_code, said in done.output) == (0, True), done.output
    # Not by mistake: what came in since would be lost.
    assert CliRunner().invoke(cli.main, ["restore", path], env=given).exit_code == 2


async def closed(settings: Settings) -> None:
    await (await serve.open_desk(settings)).database.close()


async def test_a_running_desk_is_not_replaced(settings: Settings, tmp_path: Path) -> None:
    desk = await serve.open_desk(settings)
    path = await made(settings, tmp_path / "backups")
    code = await report(desk)
    with pytest.raises(CopyError, match="still runs"):
        await restored(settings, path)
    assert await what_is_behind(desk, code) == "A box of letters lies in the street"
    await desk.database.close()


async def test_a_spoilt_backup_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    desk = await serve.open_desk(settings)
    path = await made(settings, tmp_path / "backups")
    code = await report(desk)
    await desk.database.close()
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(OSError, match="not a whole backup"):
        await restored(settings, path)
    again = await serve.open_desk(settings)
    assert await what_is_behind(again, code) is not None
    await again.database.close()


async def test_a_backup_of_another_kind_of_database_is_refused(settings: Settings, tmp_path: Path) -> None:
    desk = await serve.open_desk(settings)
    await desk.database.close()
    path = await made(settings, tmp_path / "backups")
    other = "postgresql+psycopg://x/y" if "sqlite" in settings.database else f"sqlite+aiosqlite:///{tmp_path}/x"
    with pytest.raises(CopyError, match="another database"):
        await restored(replace(settings, database_url=other), path)


async def test_a_database_without_its_key_does_not_start(settings: Settings) -> None:
    desk = await serve.open_desk(settings)
    await report(desk)
    await desk.database.close()
    (settings.keys_dir / "master.key").unlink()
    with pytest.raises(KeyFileError, match="restore the key from your copy"):
        await serve.open_desk(settings)
