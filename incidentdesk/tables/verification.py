"""When all evidence was read again, and what came of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from incidentdesk.tables.base import Base, UTCDateTime, new_id


class Verification(Base):
    """One reading of all evidence by the worker. Without `finished_at` it goes on, or the process ended meanwhile."""

    __tablename__ = "verification"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    entries: Mapped[int] = mapped_column(default=0)
    checkpoints: Mapped[int] = mapped_column(default=0)
    findings: Mapped[int] = mapped_column(default=0)
    # Which row was found first and what is wrong with it, in our own words; never what it holds.
    first: Mapped[str] = mapped_column(String(300), default="")
