"""One entry per action, written in the action's own transaction."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.tables import HistoryEntry, Incident, JsonObject, Member

REPORTER = "reporter"
DESK = "desk"


def actor_of(member: Member) -> str:
    """Return how history names a person: by id, so that a name can be forgotten."""
    return f"member:{member.id}"


def record(  # noqa: PLR0913 - an entry is these seven facts
    session: AsyncSession,
    incident: Incident | None,
    action: str,
    *,
    actor: str,
    now: datetime,
    before: JsonObject | None = None,
    after: JsonObject | None = None,
) -> None:
    """Add the entry. `before` and `after` hold plain values only, of the fields that changed."""
    session.add(
        HistoryEntry(
            incident_id=incident.id if incident else None,
            at=now,
            actor=actor,
            action=action,
            before=before or {},
            after=after or {},
        )
    )
    if incident:
        incident.updated_at = now
