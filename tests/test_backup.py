"""The copies that the operations page tells people to make bring everything back."""

import asyncio
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from incidentdesk import append_only, serve
from incidentdesk.intake.actions import submit_report
from incidentdesk.intake.forms import SentReport
from incidentdesk.intake.queries import report_of_code
from incidentdesk.records.vault import KeyFileError
from incidentdesk.settings import Settings
from incidentdesk.web.pages import Desk
from tests import postgresql

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 26, 13, 2, tzinfo=UTC)


def told_to_run(name: str) -> str:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    return page.split(f"<!-- run: {name} -->\n```\n")[1].split("```")[0]


def run(commands: str, place: Path, **more: str) -> None:
    environment = {"PATH": os.environ["PATH"], **more}
    done = subprocess.run(
        ["sh", "-euc", commands], cwd=place, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


async def report(desk: Desk) -> str:
    """Send a report and return its private code."""
    code = desk.vault.code_for("a form")
    sent = SentReport(
        answers={"what": "A box of letters lies in the street"},
        language="en",
        form_hash=desk.vault.hash("form", "a form"),
        code_hash=desk.vault.hash("code", code),
        zone=desk.settings.zone,
    )
    async with desk.database.write() as session:
        await submit_report(session, sent, now=NOW)
    return code


async def what_is_behind(desk: Desk, code: str) -> object:
    async with desk.database.read() as session:
        filed = await report_of_code(session, desk.vault.hash("code", code))
    return filed.report.answers["what"] if filed else None


async def test_a_copy_made_while_the_desk_runs_brings_the_report_and_its_code_back(tmp_path: Path) -> None:
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    settings = Settings(data_dir=tmp_path / "data")
    desk = await serve.open_desk(settings)
    code = await report(desk)
    await asyncio.to_thread(run, told_to_run("backup"), tmp_path)
    await desk.database.close()
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "backup").rglob("*")} == {0}
    shutil.rmtree(settings.data_dir)
    await asyncio.to_thread(run, told_to_run("restore"), tmp_path)
    again = await serve.open_desk(settings)
    assert await what_is_behind(again, code) == "A box of letters lies in the street"
    await again.database.close()


async def test_a_database_without_its_key_does_not_start(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    desk = await serve.open_desk(settings)
    await report(desk)
    await desk.database.close()
    (settings.data_dir / "keys" / "master.key").unlink()
    with pytest.raises(KeyFileError, match="restore the key from your copy"):
        await serve.open_desk(settings)


async def test_a_dump_of_postgresql_brings_every_row_back(desk: Desk, database_url: str, tmp_path: Path) -> None:
    if desk.database.writer.dialect.name != "postgresql":
        pytest.skip("dumps are of PostgreSQL")
    code = await report(desk)
    dump, restore = told_to_run("dump").splitlines()
    tools = postgresql.binaries("nobody" if os.geteuid() == 0 else None)
    plain = database_url.replace("postgresql+psycopg://", "postgresql://")
    given = {"PATH": f"{tools}:{os.environ['PATH']}", "INCIDENTDESK_DATABASE_URL": plain}
    await asyncio.to_thread(run, dump, tmp_path, **given)
    async with desk.database.write() as session:
        await session.execute(text("truncate report cascade"))
    assert await what_is_behind(desk, code) is None
    await asyncio.to_thread(run, restore, tmp_path, **given)
    assert await what_is_behind(desk, code) == "A box of letters lies in the street"
    async with desk.database.writer.connect() as connection:
        await connection.run_sync(append_only.insist)
