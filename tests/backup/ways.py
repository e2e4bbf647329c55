"""Reporting to a desk, copying it, bringing it back and looking what is there."""

import asyncio
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from incidentdesk import backup, serve
from incidentdesk.database import connect
from incidentdesk.intake.actions import submit_report
from incidentdesk.intake.forms import SentReport
from incidentdesk.intake.queries import report_of_code
from incidentdesk.records.vault import open_vault
from incidentdesk.settings import Settings
from incidentdesk.tables import Report
from incidentdesk.web.pages import Desk
from tests.patience import WITHIN

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 26, 13, 2, tzinfo=UTC)
DAY = timedelta(days=1)


async def report(desk: Desk, what: str = "A box of letters lies in the street", *, now: datetime = NOW) -> str:
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
        await submit_report(session, sent, now=now)
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


async def incident_of(settings: Settings, code: str) -> UUID:
    """Return the incident behind a code, without starting the desk."""
    opened = connect(settings.database)
    hashed = open_vault(settings.keys_dir, may_create=False).hash("code", code)
    async with opened.read() as session:
        found = (await session.scalars(select(Report.incident_id).where(Report.code_hash == hashed))).one()
    await opened.close()
    return found


async def killed_at(step: str, settings: Settings, path: Path) -> None:
    """Let another process make a backup in the folder `path`, or restore the file, and die at the step."""
    arguments = ("-m", "tests.backup.killed", str(settings.data_dir), settings.database, str(path), step)
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT)
    assert await asyncio.wait_for(process.wait(), WITHIN) == -signal.SIGKILL


async def closed(settings: Settings) -> None:
    await (await serve.open_desk(settings)).database.close()
