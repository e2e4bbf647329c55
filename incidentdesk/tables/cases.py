"""Which incidents belong together: what a merging must put back when it is undone, and plain links."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from incidentdesk.tables.base import Base, Json, JsonObject, UTCDateTime
from incidentdesk.tables.incidents import Incident


class Merging(Base):
    """How an incident and its main one were before the one became part of the other. Gone when that is undone.

    Who merged or separated them, when and why, stands in the history of both. `Incident.merged_into_id` says into which.
    """

    __tablename__ = "merging"

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    merged_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # Moments, choices and ids; no word that anybody wrote.
    before: Mapped[JsonObject] = mapped_column(Json)


class Relation(Base):
    """Two incidents that have to do with each other. `one_id` is the smaller of the two ids, so there is one row of a pair."""

    __tablename__ = "relation"
    __table_args__ = (CheckConstraint("one_id < other_id", name="in_order"),)

    one_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), primary_key=True, index=True)
    linked_at: Mapped[datetime] = mapped_column(UTCDateTime)


async def whole_of(session: AsyncSession, incident_id: UUID) -> list[UUID]:
    """Return the ids of an incident and of all that is part of it, also by way of another part; as good as always one."""
    found, layer = [incident_id], [incident_id]
    while layer:
        query = select(Incident.id).where(Incident.merged_into_id.in_(layer)).order_by(Incident.id)
        layer = list(await session.scalars(query))
        found += layer
    return found
