"""Who looked: that a person opened a report or a file, or was shown who sent it, is written down before they see it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.database import Database
from incidentdesk.records import history
from incidentdesk.staff.access import find_incident
from incidentdesk.tables import HistoryEntry, Incident, JsonObject, Member

OPENED, FILE_OPENED = "report.opened", "file.opened"
# Each reader every hour: no news to anybody who works on it.
LOOKS = (OPENED, FILE_OPENED)
REVEALED = "identity.revealed"
# Reloading a page is not looking again.
ONCE_IN = timedelta(hours=1)


async def note_opening(
    database: Database, reference: str, *, by: Member, now: datetime, file: UUID | None = None
) -> None:
    """Write down that this person opens the report or a file, once an hour. It is no act: no clock and no date moves."""
    action, of = (FILE_OPENED, {"file": str(file)}) if file else (OPENED, {})
    look = HistoryEntry(action=action, actor=history.actor_of(by), at=now)
    async with database.read() as session:
        incident = await find_incident(session, reference, by=by)
        if incident.erased_at is not None or await _is_noted(session, incident, look, of):
            return
    async with database.write() as session:
        incident = await find_incident(session, reference, by=by, to_change=True)
        if not await _is_noted(session, incident, look, of):
            updated_at = incident.updated_at
            history.record(session, incident, action, actor=look.actor, now=now, after=of)
            incident.updated_at = updated_at


async def _is_noted(session: AsyncSession, incident: Incident, look: HistoryEntry, of: JsonObject) -> bool:
    noted = select(HistoryEntry).where(
        HistoryEntry.incident_id == incident.id,
        HistoryEntry.action == look.action,
        HistoryEntry.actor == look.actor,
        HistoryEntry.at > look.at - ONCE_IN,
    )
    return any(entry.after == of for entry in await session.scalars(noted))
