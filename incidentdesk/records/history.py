"""One entry per action, written in the action's own transaction."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.tables import HistoryEntry, Incident, JsonObject, Member

REPORTER = "reporter"
DESK = "desk"


def actor_of(member: Member) -> str:
    """Return how history names a person: by id, so that a name can be forgotten."""
    return f"member:{member.id}"


async def names_of(session: AsyncSession, members: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of people that rows know by id only."""
    wanted = set(members)
    if not wanted:
        return {}
    rows = await session.execute(select(Member.id, Member.name).where(Member.id.in_(wanted)))
    return {member_id: name for member_id, name in rows}  # noqa: C416 - rows are not pairs to the type checker


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
