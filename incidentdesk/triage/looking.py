"""Who looked: that a person opened a report, or had themselves shown who sent it, is written down before they see it."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.database import Database
from incidentdesk.records import history
from incidentdesk.staff.access import find_incident
from incidentdesk.tables import HistoryEntry, Incident, Member

OPENED = "report.opened"
REVEALED = "identity.revealed"
# Reloading a page is not looking again.
ONCE_IN = timedelta(hours=1)


async def note_opening(database: Database, reference: str, *, by: Member, now: datetime) -> None:
    """Write down that this person opens the report, once an hour. It is no act: no clock and no date moves."""
    async with database.read() as session:
        if await _is_noted(session, await find_incident(session, reference, by=by), by, now):
            return
    async with database.write() as session:
        incident = await find_incident(session, reference, by=by, to_change=True)
        if not await _is_noted(session, incident, by, now):
            updated_at = incident.updated_at
            history.record(session, incident, OPENED, actor=history.actor_of(by), now=now)
            incident.updated_at = updated_at


async def _is_noted(session: AsyncSession, incident: Incident, by: Member, now: datetime) -> bool:
    noted = select(HistoryEntry.id).where(
        HistoryEntry.incident_id == incident.id,
        HistoryEntry.action == OPENED,
        HistoryEntry.actor == history.actor_of(by),
        HistoryEntry.at > now - ONCE_IN,
    )
    return await session.scalar(noted.limit(1)) is not None
