"""Reports as the form would have left them, and quick looks into what an action wrote."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from incidentdesk.records import clocks, history
from incidentdesk.rules.reference import REFERENCE_SPACE, reference
from incidentdesk.tables import Attachment, Clock, HistoryEntry, Incident, Message, OutboxMail, Report
from incidentdesk.web.pages import Desk
from tests.opened import opened
from tests.people import Seat

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True)
class Told:
    """What a test wants of a report."""

    title: str = "Payroll file sent to the wrong supplier"
    kind: str = "mail"
    people: str = "yes"
    severity: int = 2
    email: str = ""
    share: str = "desk"
    practice: bool = False


async def file(desk: Desk, told: Told | None = None, *, now: datetime) -> Incident:
    """Store a report of the moment `now`, with its clocks."""
    told = told or Told()
    incident = Incident(
        reference=reference(now.year, secrets.randbelow(REFERENCE_SPACE)),
        received_at=now,
        title=told.title,
        kind=told.kind,
        people=told.people,
        severity=told.severity,
        practice=told.practice,
        updated_at=now,
    )
    clocks.open_agenda(incident)
    async with desk.database.write() as session:
        session.add(incident)
        await session.flush()
        await clocks.start_promises(session, incident, zone=AMSTERDAM, now=now)
        if told.people != "no":
            await clocks.start_authority(session, incident, zone=AMSTERDAM)
        session.add(report_of(incident, told, now=now))
        history.record(session, incident, "report.received", actor="reporter", now=now, after={"kind": told.kind})
        await clocks.refresh_agenda(session, incident)
    return incident


def report_of(incident: Incident, told: Told, *, now: datetime) -> Report:
    return Report(
        incident_id=incident.id,
        received_at=now,
        language="nl",
        answers={"what": f"{told.title} <b>today</b>", "kind": told.kind, "m_undo": ["asked", "deleted"]},
        identity={"name": "Nel Melder", "email": told.email, "share": told.share},
        form_hash=secrets.token_hex(32),
        code_hash=secrets.token_hex(32),
        privacy_version="1.0",
        look_promised_at=now + timedelta(hours=2),
        answer_promised_at=now + timedelta(hours=24),
    )


async def reply(desk: Desk, incident: Incident, body: str, *, now: datetime) -> UUID:
    """Let the reporter write."""
    async with desk.database.write() as session:
        row = await session.get_one(Incident, incident.id)
        report = await session.scalar(select(Report).where(Report.incident_id == incident.id))
        assert report is not None
        message = Message(
            report_id=report.id, incident_id=row.id, written_at=now, body=body, form_hash=secrets.token_hex(32)
        )
        session.add(message)
        row.unread_reply = True
        await clocks.refresh_agenda(session, row)
    return message.id


NOTE = ("note.txt", b"words", "text/plain")


async def attach(seat: Seat, incident: Incident, sent: tuple[str, bytes, str] = NOTE, *, desk: Desk) -> Attachment:
    """Let a member add a file to the incident: its name, content and kind."""
    fields, parts = {"csrf": seat.csrf}, {"files": sent}
    answer = await seat.client.post(f"/desk/incidents/{incident.reference}/files", data=fields, files=parts)
    assert answer.status_code == 303, answer.text
    return cast("Attachment", (await rows(desk, Attachment, incident))[-1])


async def fresh(desk: Desk, incident: Incident) -> Incident:
    async with desk.database.read() as session:
        (found,) = await opened(session, select(Incident).where(Incident.id == incident.id))
        return cast("Incident", found)


async def rows(desk: Desk, table: type[Any], incident: Incident) -> Sequence[Any]:
    async with desk.database.read() as session:
        wanted = select(table).where(table.incident_id == incident.id).order_by(table.id)
        return await opened(session, wanted)


async def done(desk: Desk, incident: Incident) -> list[HistoryEntry]:
    """What people did, without the report itself and without who only looked."""
    passed_over = {"report.received", "report.opened"}
    return [entry for entry in await rows(desk, HistoryEntry, incident) if entry.action not in passed_over]


async def running(desk: Desk, incident: Incident) -> set[str]:
    return {clock.duty for clock in await rows(desk, Clock, incident) if clock.ended_at is None}


async def letters(desk: Desk, incident: Incident) -> list[str]:
    return [mail.letter for mail in await rows(desk, OutboxMail, incident)]
