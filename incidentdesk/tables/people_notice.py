"""Telling the people a breach is about (Art. 34 GDPR): decisions, texts, and that they were told. Only ever added to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from incidentdesk.rules.people_notice import Choice, Telling
from incidentdesk.tables.base import Base, JsonObject, UTCDateTime, new_id, one_of
from incidentdesk.tables.sealing import Sealed, Secret


class PeopleDecision(Sealed, Base):
    """Whether the people must be told, as one person signed it; or what the authority said, as one wrote it down."""

    __tablename__ = "people_decision"
    __table_args__ = (Index("ix_people_decision_incident", "incident_id", "id"),)
    FACTS = ("incident_id", "choice", "member_id", "signed_at")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"))
    choice: Mapped[Choice] = mapped_column(one_of(Choice))
    reasoning = Secret[str](empty=str)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PeopleText(Sealed, Base):
    """One version of what the people read, in one language."""

    __tablename__ = "people_text"
    __table_args__ = (UniqueConstraint("incident_id", "language", "version"),)
    FACTS = ("incident_id", "language", "version", "member_id", "written_at")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"))
    language: Mapped[str] = mapped_column(String(8))
    version: Mapped[int]
    # By the names of `rules.people_notice.PARTS`.
    parts = Secret[JsonObject](empty=dict)
    # What the desk would have written at that moment: a later change of its sources shows against it.
    drafted = Secret[JsonObject](empty=dict)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PeopleTold(Sealed, Base):
    """That the people were told, or everybody by a public communication: when, how, how many, and what proves it."""

    __tablename__ = "people_told"
    __table_args__ = (Index("ix_people_told_incident", "incident_id", "id"),)
    FACTS = ("incident_id", "telling", "channel", "people", "told_at", "member_id", "recorded_at")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"))
    telling: Mapped[Telling] = mapped_column(one_of(Telling))
    channel: Mapped[str] = mapped_column(String(20))
    # How many; nobody counts whom a public communication reaches.
    people: Mapped[int | None]
    told_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # Where it was published, and what proves it.
    place = Secret[str](empty=str)
    proof = Secret[str](empty=str)
    # What they read: the words of the text that was sent.
    words = Secret[str](empty=str)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
