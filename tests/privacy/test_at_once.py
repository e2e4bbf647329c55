"""Whoever writes while somebody erases comes before it and is erased too, or after it and is told so."""

import asyncio
import secrets
from datetime import datetime

import pytest
from sqlalchemy import select

from incidentdesk.errors import DeskError
from incidentdesk.intake.actions import change_contact, hear
from incidentdesk.intake.queries import report_of_code
from incidentdesk.records.audit import verify
from incidentdesk.records.checkpoints import close_checkpoint
from incidentdesk.records.destroying import ERASES
from incidentdesk.rules.erasure import Extent
from incidentdesk.staff.access import find_incident
from incidentdesk.tables import FROM_THE_START, DataKey, Erasure, Incident, Member, Message, Note, Report
from incidentdesk.triage import actions
from incidentdesk.triage.forms import Writing
from incidentdesk.web.pages import Desk
from tests.privacy.conftest import wipe
from tests.triage.reports import rows

EACH = 4


async def note(desk: Desk, incident: Incident, by: Member, *, now: datetime) -> None:
    async with desk.database.write() as session:
        row = await find_incident(session, incident.reference, by=by, to_change=True)
        await actions.add_note(session, row, Writing("late", secrets.token_hex(8)), by=by, now=now)


async def move(desk: Desk, incident: Incident, _by: Member, *, now: datetime) -> None:
    (report,) = await rows(desk, Report, incident)
    async with desk.database.write() as session:
        filed = await report_of_code(session, report.code_hash, to_change=True)
        assert filed is not None
        await change_contact(session, filed, {"reach": "email", "email": "late@example.org"}, now=now)


async def write(desk: Desk, incident: Incident, _by: Member, *, now: datetime) -> None:
    (report,) = await rows(desk, Report, incident)
    async with desk.database.write() as session:
        filed = await report_of_code(session, report.code_hash, to_change=True)
        assert filed is not None
        await hear(session, filed, "late", form_hash=secrets.token_hex(8), now=now)


@pytest.mark.parametrize("extent", [Extent.IDENTITY, Extent.INCIDENT])
async def test_nothing_that_comes_at_that_moment_survives(
    desk: Desk, incident: Incident, dipo: Member, extent: Extent, now: datetime
) -> None:
    late = [work(desk, incident, dipo, now=now) for work in (note, move, write) for _ in range(EACH)]
    erasing = wipe(desk, incident, extent, dipo, now=now)
    ended = await asyncio.gather(*late[::2], erasing, *late[1::2], return_exceptions=True)
    assert [one for one in ended if isinstance(one, Exception) and not isinstance(one, DeskError)] == []
    async with desk.database.read() as session:
        was = await session.scalar(select(Erasure.extent))
        keys = set(await session.scalars(select(DataKey.seal).where(DataKey.scope == incident.id)))
        blobs = [report.sealed_identity for report in await session.scalars(select(Report))]
        for table in (Message, Note) if was is Extent.INCIDENT else ():
            blobs += await session.scalars(select(table.sealed))
    # A message that came first opened the incident again, and what is open is not erased.
    if was is not None:
        assert (keys, set(blobs)) == (set(FROM_THE_START) - {*ERASES[was]}, {None})
    async with desk.database.write() as session:
        await close_checkpoint(session, desk.vault, now=now)
    async with desk.database.read() as session:
        assert (await verify(session, desk.vault, now=now)).findings == ()
