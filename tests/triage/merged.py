"""Reports that somebody makes one incident of, as the pages do it."""

from datetime import datetime
from typing import cast

from sqlalchemy import update

from incidentdesk.rules.next_step import Duty
from incidentdesk.tables import Clock, Incident, Report
from incidentdesk.web.pages import Desk
from tests.people import Seat, hidden_fields
from tests.triage.reports import rows
from tests.typed import typed

WHY = "Both saw the same mail"
TOLD = "We look at it together with what we knew."


def at(incident: Incident, noun: str = "") -> str:
    return f"/desk/incidents/{incident.reference}" + (f"/{noun}" if noun else "")


async def merge(seat: Seat, part: Incident, main: Incident, *, message: str = TOLD) -> int:
    fields = {"into": main.reference, "reason": WHY, "message": message, "form_id": "m"}
    return (await seat.post(at(part, "merging"), **fields)).status_code


async def separate(seat: Seat, part: Incident, reason: str = "Another mail after all") -> int:
    return (await seat.post(at(part, "separation"), reason=reason)).status_code


async def record(seat: Seat, incident: Incident, filed_at: datetime, reference: str = "AP-1", **more: str) -> None:
    """Record a notification to the authority on the page of its clock."""
    seen = hidden_fields((await seat.get(at(incident, "clock"))).text)["seen_revision"]
    fields = typed("filed", filed_at, seen_revision=seen, authority_reference=reference, **more)
    answer = await seat.post(at(incident, "filings"), **fields)
    assert answer.status_code == 303, answer.text


async def clock_of(desk: Desk, incident: Incident, duty: str = Duty.AUTHORITY) -> Clock:
    (clock,) = [one for one in await rows(desk, Clock, incident) if one.duty == duty]
    return cast("Clock", clock)


async def give_code(desk: Desk, incident: Incident, word: str) -> str:
    """Let the reporter of an incident have a private code that is known here."""
    code = desk.vault.code_for(word)
    async with desk.database.write() as session:
        hashed = desk.vault.hash("code", code)
        await session.execute(update(Report).where(Report.incident_id == incident.id).values(code_hash=hashed))
    return code


def course(clock: Clock) -> tuple[datetime, datetime, bool]:
    return clock.started_at, clock.deadline_at, clock.provisional
