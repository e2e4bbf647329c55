"""The way back: all of it or none, what was erased stays erased, and nobody is mailed or signed in by it."""

import asyncio
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from incidentdesk import backup, cli, copies, serve
from incidentdesk.copies import CopyError
from incidentdesk.mail import claims, outbox
from incidentdesk.records import rollback
from incidentdesk.records.chain import Anchor
from incidentdesk.records.checkpoints import close_checkpoint
from incidentdesk.records.ledger import ledger_in
from incidentdesk.records.vault import KeyFileError
from incidentdesk.rules.erasure import Extent
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import Settings
from incidentdesk.staff import actions, sessions
from incidentdesk.tables import AddressLink, HistoryEntry, MemberSession, Stage, WelcomeLink
from incidentdesk.web.pages import Desk
from tests import people
from tests.backup.ways import DAY, NOW, ROOT, closed, incident_of, killed_at, made, report, restored, what_is_behind
from tests.emptied import empty
from tests.thorough import THOROUGH, some


async def test_a_restored_desk_forgets_who_was_signed_in_and_mails_nobody_before_it_may(
    settings: Settings, tmp_path: Path
) -> None:
    desk = await serve.open_desk(settings)
    rosa = people.member(Role.RESPONDER, now=NOW)
    async with desk.database.write() as session:
        session.add(rosa)
        await session.flush()
        await actions.make_link(session, rosa, now=NOW)
        session.add(AddressLink(token_hash="x", member_id=rosa.id, email=rosa.email, expires_at=NOW + DAY))
        await sessions.open_session(session, rosa, stage=Stage.FULL, now=NOW)
        await outbox.put(session, letter="test", dedupe="test", now=NOW, member_id=rosa.id)
        assert await claims.claim(session, domain="x", now=NOW) is not None
    path = await made(settings, tmp_path / "backups")
    await desk.database.close()
    await restored(settings, path)
    again = await serve.open_desk(settings)
    async with again.database.write() as session:
        for table in (MemberSession, WelcomeLink, AddressLink):
            assert await session.scalar(select(func.count()).select_from(table)) == 0
        assert await claims.claim(session, domain="x", now=NOW) is None
    assert [await backup.resume_mail(settings) for _ in range(2)] == [True, False]
    async with again.database.write() as session:
        assert await claims.claim(session, domain="x", now=NOW) is not None
    await again.database.close()


@pytest.mark.parametrize("step", some(["before", "after"]))
async def test_a_killed_restore_leaves_the_old_desk_or_the_new_one_that_mails_nobody(
    settings: Settings, tmp_path: Path, step: str
) -> None:
    desk = await serve.open_desk(settings)
    erased = await report(desk, "to be erased")
    path = await made(settings, tmp_path / "backups")
    late = await report(desk, "since the backup")
    await desk.database.close()
    ledger_in(settings.keys_dir, desk.vault).note(await incident_of(settings, erased), Extent.INCIDENT, at=NOW)
    await killed_at(step, settings, path)
    again = await serve.open_desk(settings)
    assert await what_is_behind(again, erased) == "erased"
    assert await what_is_behind(again, late) == ("since the backup" if step == "before" else None)
    await again.database.close()
    assert await backup.resume_mail(settings) is (step == "after")


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
        # After the first one the folder of the keys takes the older database for the newest.
        assert await is_recorded(again, "audit.rollback_accepted") is (path == paths[0])
        await again.database.close()


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


async def is_recorded(desk: Desk, action: str) -> bool:
    async with desk.database.read() as session:
        return await session.scalar(select(HistoryEntry.id).where(HistoryEntry.action == action)) is not None


def test_a_copy_that_is_not_whole_is_seen(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("CREATE TABLE kept (word TEXT)")
        connection.executemany("INSERT INTO kept VALUES (?)", [("word" * 500,)] * 50)
        connection.commit()
    assert copies.problem_in(copy, copies.SQLITE) == ""
    whole = copy.read_bytes()
    copy.write_bytes(whole[:8192] + bytes(4096) + whole[12288:])
    assert copies.problem_in(copy, copies.SQLITE) != ""
    copy.write_bytes(b"CREATE TABLE kept (word TEXT);")
    assert copies.problem_in(copy, copies.POSTGRESQL) == "the dump is cut short"


async def test_a_running_desk_is_not_replaced(settings: Settings, tmp_path: Path) -> None:
    desk = await serve.open_desk(settings)
    path = await made(settings, tmp_path / "backups")
    code = await report(desk)
    with pytest.raises(CopyError, match="still runs"):
        await restored(settings, path)
    assert await what_is_behind(desk, code) == "A box of letters lies in the street"
    await desk.database.close()


async def test_another_machine_with_the_folder_of_keys_takes_over(settings: Settings, tmp_path: Path) -> None:
    desk = await serve.open_desk(settings)
    code = await report(desk)
    path = await made(settings, tmp_path / "backups")
    await desk.database.close()
    other = replace(settings, data_dir=tmp_path / "other")
    if "sqlite" in settings.database:
        other = replace(other, database_url="")
    else:
        empty(settings.database)
    shutil.copytree(settings.keys_dir, other.keys_dir)
    await restored(other, path)
    assert {file.stat().st_mode & 0o077 for file in other.data_dir.rglob("*")} == {0}
    again = await serve.open_desk(other)
    assert await what_is_behind(again, code) == "A box of letters lies in the street"
    await again.database.close()


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


@pytest.mark.parametrize("name", ["master.key", "erased.log"])
async def test_with_keys_that_nothing_could_start_with_nothing_is_replaced(
    settings: Settings, tmp_path: Path, name: str
) -> None:
    desk = await serve.open_desk(settings)
    code = await report(desk)
    ledger_in(settings.keys_dir, desk.vault).note(UUID(int=1), Extent.INCIDENT, at=NOW)
    path = await made(settings, tmp_path / "backups")
    late = await report(desk, "since the backup")
    await desk.database.close()
    shutil.copytree(settings.keys_dir, tmp_path / "whole")
    (settings.keys_dir / name).write_bytes(b"[1]\n")
    with pytest.raises(KeyFileError):
        await restored(settings, path)
    shutil.copyfile(tmp_path / "whole" / name, settings.keys_dir / name)
    again = await serve.open_desk(settings)
    assert None not in {await what_is_behind(again, one) for one in (code, late)}
    await again.database.close()


async def test_a_backup_of_another_kind_of_database_is_refused(settings: Settings, tmp_path: Path) -> None:
    desk = await serve.open_desk(settings)
    await desk.database.close()
    path = await made(settings, tmp_path / "backups")
    other = "postgresql+psycopg://x/y" if "sqlite" in settings.database else f"sqlite+aiosqlite:///{tmp_path}/x"
    with pytest.raises(CopyError, match="another database"):
        await restored(replace(settings, database_url=other), path)
