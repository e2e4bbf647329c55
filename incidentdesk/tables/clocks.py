"""Clocks, the evidence that moves or ends them, and the notices they caused."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, String, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, mapped_column

from incidentdesk.rules.escalation import Step, step_from_json
from incidentdesk.tables.base import Base, Json, UTCDateTime, new_id
from incidentdesk.tables.sealing import Sealed, Secret


class Clock(Base):
    """One running duty of one incident. Ends by what fulfils it, never by pausing."""

    __tablename__ = "clock"
    __table_args__ = (
        UniqueConstraint("incident_id", "duty", "subject"),
        # The sweep asks this index and nothing else; only clocks that can still alarm are in it. By its id the look for
        # gaps goes on where it stopped.
        Index(
            "ix_clock_next_check_at",
            "next_check_at",
            "id",
            sqlite_where=text("next_check_at IS NOT NULL"),
            postgresql_where=text("next_check_at IS NOT NULL"),
        ),
        # Asked on every staff page; as good as always empty.
        Index(
            "ix_clock_failures",
            "failures",
            sqlite_where=text("failures > 0"),
            postgresql_where=text("failures > 0"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"))
    duty: Mapped[str] = mapped_column(String(40))
    # Tells several of one duty apart: the customer's id, the second stage, or nothing.
    subject: Mapped[str] = mapped_column(String(40), default="")
    legal: Mapped[bool]
    policy_version: Mapped[str] = mapped_column(String(60))
    zone: Mapped[str] = mapped_column(String(60))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    deadline_at: Mapped[datetime] = mapped_column(UTCDateTime)
    provisional: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_by: Mapped[str | None] = mapped_column(String(40))
    late_seconds: Mapped[int | None]
    ladder: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    revision: Mapped[int] = mapped_column(default=0)
    arm: Mapped[int] = mapped_column(default=0)
    armed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    next_check_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    failed_reason: Mapped[str | None] = mapped_column(String(200))

    @property
    def name(self) -> str:
        """What tells it apart from the other clocks of its incident."""
        return f"{self.duty}/{self.subject}" if self.subject else self.duty

    @property
    def steps(self) -> tuple[Step, ...]:
        """Its own copy of the ladder, as the rules read it."""
        return tuple(step_from_json(step) for step in self.ladder)


class Awareness(Sealed, Base):
    """When the controller became aware, as one person fixed it. Append-only: a correction is a new row."""

    __tablename__ = "awareness"
    FACTS = ("incident_id", "clock_id", "aware_at", "zone", "member_id", "set_at")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    clock_id: Mapped[UUID] = mapped_column(ForeignKey("clock.id"), index=True)
    aware_at: Mapped[datetime] = mapped_column(UTCDateTime)
    zone: Mapped[str] = mapped_column(String(60))
    reason = Secret[str](empty=str)
    # The candidate it is, a word of `rules.awareness.Basis`; empty for another moment.
    basis = Secret[str](empty=str)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    set_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Stamp(Sealed, Base):
    """A moment about awareness that one person wrote down (`rules.awareness.Kind`). Append-only: a correction is a new row."""

    __tablename__ = "stamp"
    FACTS = ("incident_id", "kind", "at", "zone", "member_id", "set_at")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    zone: Mapped[str] = mapped_column(String(60))
    reason = Secret[str](empty=str)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    set_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Filing(Sealed, Base):
    """A notification that a person handed to the authority, with its proof."""

    __tablename__ = "filing"
    FACTS = ("incident_id", "clock_id", "filed_at", "member_id", "recorded_at")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    clock_id: Mapped[UUID] = mapped_column(ForeignKey("clock.id"), index=True)
    filed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    authority_reference = Secret[str](empty=str)
    reason_for_delay = Secret[str | None]()
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # The filing of a part that a person took over for the whole, and why it covers it.
    taken_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("filing.id"))
    taken_reason = Secret[str](empty=str)


class FilingSetAside(Sealed, Base):
    """That the part whose filing was taken over was taken out again, and took it along: what it ended here is owed again."""

    __tablename__ = "filing_set_aside"
    FACTS = ("incident_id", "filing_id", "member_id", "set_aside_at")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    filing_id: Mapped[UUID] = mapped_column(ForeignKey("filing.id"), unique=True)
    # Why the part was taken out, in the words of who did it.
    reason = Secret[str](empty=str)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    set_aside_at: Mapped[datetime] = mapped_column(UTCDateTime)


def filing_counts() -> ColumnElement[bool]:
    """Match filings that were not set aside."""
    return Filing.id.not_in(select(FilingSetAside.filing_id))


class SignedDecision(Sealed, Base):
    """A named person's decision that a duty does not apply, with the reasoning."""

    __tablename__ = "signed_decision"
    FACTS = ("incident_id", "clock_id", "decision", "member_id", "signed_at")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    clock_id: Mapped[UUID] = mapped_column(ForeignKey("clock.id"), index=True)
    decision: Mapped[str] = mapped_column(String(40))
    reasoning = Secret[str](empty=str)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class LadderStep(Base):
    """The ladder as an administrator set it; a clock takes a copy when it starts."""

    __tablename__ = "ladder_step"

    duty: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    step: Mapped[dict[str, Any]] = mapped_column(Json)


class Notice(Base):
    """The fact that a step came due. Its key is what makes an alert happen once, however often we look."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("clock_id", "step", "round", "occurrence", "undone"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    clock_id: Mapped[UUID] = mapped_column(ForeignKey("clock.id"))
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    step: Mapped[str] = mapped_column(String(40))
    round: Mapped[int]
    occurrence: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    noticed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    superseded: Mapped[bool] = mapped_column(default=False)
    # The jump back of the clock that showed it to be early: the step comes due again in its time. 0: it counts.
    undone: Mapped[int] = mapped_column(default=0)
    stood_down_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # Why nobody need act on it any more: it was taken, or the duty ended.
    stood_down_for: Mapped[str | None] = mapped_column(String(40))
    # The mails that tell of it, without those it was passed on by; None for what an earlier release noticed.
    alerts: Mapped[list[str] | None] = mapped_column(Json)
