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
    async with database.read() as session:
        if await is_noted(session, await find_incident(session, reference, by=by), by=by, now=now, file=file):
            return
    async with database.write() as session:
        incident = await find_incident(session, reference, by=by, to_change=True, even_merged=True)
        if not await is_noted(session, incident, by=by, now=now, file=file):
            updated_at = incident.updated_at
            action, of = _named(file)
            history.record(session, incident, action, actor=history.actor_of(by), now=now, after=of)
            incident.updated_at = updated_at


async def is_noted(
    session: AsyncSession, incident: Incident, *, by: Member, now: datetime, file: UUID | None = None
) -> bool:
    """Say whether this look needs no entry: the same was written down a moment ago, or nothing is left to see."""
    action, of = _named(file)
    noted = select(HistoryEntry).where(
        HistoryEntry.incident_id == incident.id,
        HistoryEntry.action == action,
        HistoryEntry.actor == history.actor_of(by),
        HistoryEntry.at > now - ONCE_IN,
    )
    return incident.erased_at is not None or any(entry.after == of for entry in await session.scalars(noted))


def _named(file: UUID | None) -> tuple[str, JsonObject]:
    return (FILE_OPENED, {"file": str(file)}) if file else (OPENED, {})
