"""What a look for gaps found: whom alerts would not reach as they are meant."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from incidentdesk.rules.reach import Gap
from incidentdesk.tables.base import Base, UTCDateTime, new_id, one_of


class GapCheck(Base):
    """One look by the worker. Without `finished_at` it goes on, or the process ended meanwhile."""

    __tablename__ = "gap_check"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # Somebody has changed since what it looked at.
    is_stale: Mapped[bool] = mapped_column(default=False)


class FoundGap(Base):
    """One gap, and the person, the target of a step or the incident it is about."""

    __tablename__ = "found_gap"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    check_id: Mapped[UUID] = mapped_column(ForeignKey("gap_check.id", ondelete="CASCADE"), index=True)
    gap: Mapped[Gap] = mapped_column(one_of(Gap))
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    target: Mapped[str | None] = mapped_column(String(60))
