"""What people found out about a breach, what they decided, and who confirmed it. Only ever added to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from incidentdesk.tables.base import Base, JsonObject, UTCDateTime, new_id
from incidentdesk.tables.sealing import Sealed, Secret


class AssessmentBlock(Sealed, Base):
    """One block of facts as a person saved it: the newest of each block holds, the others show how we got there."""

    __tablename__ = "assessment_block"
    FACTS = ("incident_id", "block", "member_id", "saved_at")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    block: Mapped[str] = mapped_column(String(20))
    # Keys and words as `incidentdesk assess` reads them; null is not known.
    answers = Secret[JsonObject](empty=dict)
    note = Secret[str](empty=str)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AssessmentDecision(Sealed, Base):
    """What a named person decided about a breach, with the reasoning and with what was proposed at that moment."""

    __tablename__ = "assessment_decision"
    FACTS = ("incident_id", "kind", "member_id", "signed_at")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    # register, authority, people or preliminary.
    kind: Mapped[str] = mapped_column(String(20))
    reasoning = Secret[str](empty=str)
    proposal = Secret[dict[str, Any]](empty=dict)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AssessmentConfirmation(Sealed, Base):
    """A second person who read the facts and stands behind a decision."""

    __tablename__ = "assessment_confirmation"
    __table_args__ = (UniqueConstraint("decision_id", "member_id"),)
    FACTS = ("incident_id", "decision_id", "member_id", "confirmed_at")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("assessment_decision.id"))
    remark = Secret[str](empty=str)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    confirmed_at: Mapped[datetime] = mapped_column(UTCDateTime)
