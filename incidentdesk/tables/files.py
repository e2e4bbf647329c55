"""Files beside a report. What is in them lies sealed in a folder; a row says whose it is and where it lies."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from incidentdesk.tables.base import Base, UTCDateTime, new_id
from incidentdesk.tables.sealing import Sealed, Secret


class Attachment(Sealed, Base):
    """One file. Its reporter added it when it has a `report_id`, somebody of the desk when it has a `member_id`."""

    __tablename__ = "attachment"
    FACTS = ("incident_id", "report_id", "member_id", "added_at", "size", "place", "digest")
    __table_args__ = (CheckConstraint("(report_id IS NULL) <> (member_id IS NULL)", name="one_giver"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    report_id: Mapped[UUID | None] = mapped_column(ForeignKey("report.id"))
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    name = Secret[str](empty=str)
    # What the sender's browser took it for. Nobody checked it, and nothing is done because of it.
    kind = Secret[str](empty=str)
    size: Mapped[int]
    # Its name in the folder: drawn at random, and no part of any request.
    place: Mapped[str] = mapped_column(String(32), unique=True)
    # Of the file as it lies there, so that a swapped one is noticed without any key.
    digest: Mapped[str] = mapped_column(String(64))
    # Sending the same file twice keeps one. A keyed hash: whoever has the row cannot test a guess of what is in it.
    content_hash: Mapped[str] = mapped_column(String(64), unique=True)
