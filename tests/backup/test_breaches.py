"""A breach that was worked to its end, with a row in every table: a backup brings all of it back, and a migration loses none."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import select

from incidentdesk import serve, upkeep
from incidentdesk.database import connect, migrate
from incidentdesk.records import clocks, history
from incidentdesk.records.audit import verify
from incidentdesk.rules.lifecycle import Verdict
from incidentdesk.rules.permissions import Role
from incidentdesk.schema import MIGRATIONS
from incidentdesk.settings import Settings
from incidentdesk.tables import Base, Clock, Member, RegisterLine, Sealed
from incidentdesk.web.pages import Desk
from tests.backup.ways import NOW, made, restored
from tests.evidence import sign_everything
from tests.opened import held, opened
from tests.people import Sit, member
from tests.triage.reports import Told, file

LATER = timedelta(minutes=10)
ROOMS = "clock awareness assessment duties customer-notices notification notification/versions/1 people register"
# Before the newest migration that makes a table anew which was there before.
BEFORE = "0030"
# What that one brought is lost on the way back.
BROUGHT = frozenset({"filing_set_aside", "filing.taken_from_id"})
Rows = dict[str, list[str]]


@dataclass(frozen=True)
class Worked:
    """What a desk held, and for whom."""

    rows: Rows
    reference: str
    dpo: Member


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, public_url="http://desk.test")


@pytest.fixture
async def worked(settings: Settings) -> Worked:
    desk, dpo = await serve.open_desk(settings), member(Role.DPO, now=NOW)
    incident = await file(desk, Told(people="yes"), now=NOW)
    async with desk.database.write() as session:
        session.add(dpo)
        breach = await held(session, incident.reference)
        breach.verdict, breach.read_at = Verdict.PERSONAL_DATA_BREACH, NOW
        clock = (await session.scalars(select(Clock).where(Clock.incident_id == breach.id, Clock.legal))).one()
        await sign_everything(session, breach, clock, by=dpo, now=NOW)
        history.record(session, breach, "breach.signed", actor=history.actor_of(dpo), now=NOW)
        await clocks.refresh_agenda(session, breach)
    await upkeep.close_checkpoints(desk, now=NOW + LATER)
    found = await rows_of(settings.database)
    await desk.database.close()
    return Worked(found, incident.reference, dpo)


async def rows_of(url: str, without: frozenset[str] = frozenset()) -> Rows:
    """Return every row of what belongs to an incident, and the customers, by table."""
    database = connect(url)
    mine = [one for one in Base.metadata.sorted_tables if "incident_id" in one.c or one.name == "customer"]
    asked = {
        one.name: [column for column in one.c if str(column) not in without] for one in mine if one.name not in without
    }
    async with database.read() as session:
        found = {name: sorted(map(repr, await session.execute(select(*columns)))) for name, columns in asked.items()}
    await database.close()
    return found


def go_back(url: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    command.downgrade(config, revision)


async def test_a_table_that_is_made_anew_keeps_every_row_and_whatever_points_to_it(
    settings: Settings, worked: Worked
) -> None:
    sealed = {one.class_.__tablename__ for one in Base.registry.mappers if issubclass(one.class_, Sealed)}
    # What people wrote to each other is no part of what they signed.
    assert {name for name in sealed if name in worked.rows and not worked.rows[name]} <= {"note", "message"}
    before = await rows_of(settings.database, BROUGHT)
    await asyncio.to_thread(go_back, settings.database, BEFORE)
    await asyncio.to_thread(migrate, settings.database)
    assert await rows_of(settings.database, BROUGHT) == before


@pytest.fixture
async def desk(settings: Settings, worked: Worked, tmp_path: Path) -> AsyncIterator[Desk]:
    """The desk as a backup brought it back."""
    path = await made(settings, tmp_path / "backups", now=NOW + LATER)
    await restored(settings, path, now=NOW + LATER)
    assert await rows_of(settings.database) == worked.rows
    again = await serve.open_desk(settings)
    yield again
    await again.database.close()


async def test_a_backup_brings_a_breach_back_and_every_room_of_it_opens(desk: Desk, sit: Sit, worked: Worked) -> None:
    seat = await sit(worked.dpo)
    pages = [f"/desk/incidents/{worked.reference}/{room}" for room in ROOMS.split()]
    pages += ["/desk/register", "/desk/register.csv", "/desk/register.pdf", "/desk/customers", f"{pages[6]}/json"]
    for page in pages:
        answer = await seat.get(page)
        assert (answer.status_code, "Damaged" in answer.text) == (200, False), page
    async with desk.database.read() as session:
        (line,) = await opened(session, select(RegisterLine))
    assert line.values == {"what": "A file"}


async def test_the_evidence_of_a_restored_breach_is_in_order(desk: Desk) -> None:
    async with desk.database.read() as session:
        audit = await verify(session, desk.vault, now=NOW + 2 * LATER)
    assert (audit.findings, audit.checkpoints) == ((), 1)
