"""The outbox: what must be mailed, to whom, and what the relay said."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from incidentdesk.tables.base import Base, Json, UTCDateTime, new_id, one_of


class MailState(StrEnum):
    """Where a mail is. Only SENT means that the relay took it; nothing means that it was read."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"
    SKIPPED = "skipped"


class MailHold(Base):
    """As long as a row is here no mail leaves: the database was restored, and may owe mails that went out long ago."""

    __tablename__ = "mail_hold"

    since: Mapped[datetime] = mapped_column(UTCDateTime, primary_key=True)


class OutboxMail(Base):
    """One mail to one person. Rendered when it is sent, so no content waits in here."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        # Not partial: SQLite would rather sort everything that waits than use a partial one.
        Index("ix_outbox_mail_due", "state", "due_at", "id"),
        Index("ix_outbox_mail_state", "state", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    dedupe: Mapped[str] = mapped_column(String(200), unique=True)
    letter: Mapped[str] = mapped_column(String(40))
    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey("incident.id"), index=True)
    notice_id: Mapped[UUID | None] = mapped_column(ForeignKey("notice.id"), index=True)
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id"))
    report_id: Mapped[UUID | None] = mapped_column(ForeignKey("report.id"))
    context: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    give_up_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[MailState] = mapped_column(one_of(MailState), default=MailState.WAITING)
    # Since somebody last put it back in line, and before that.
    attempts: Mapped[int] = mapped_column(default=0)
    earlier_attempts: Mapped[int] = mapped_column(default=0)
    first_claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lease: Mapped[UUID | None]
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # The body may have left us once without an answer; a further copy is then possible, and says so.
    maybe_duplicate: Mapped[bool] = mapped_column(default=False)
    message_id: Mapped[str] = mapped_column(String(200))
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[str | None] = mapped_column(String(40))
    answer: Mapped[str | None] = mapped_column(String(300))
    # By which way it was tried last.
    channel: Mapped[str | None] = mapped_column(String(20))
    # When the address for alarms took the word that there is such a mail.
    webhook_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
