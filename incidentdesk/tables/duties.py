"""What we are for the data of an incident, our customers, and who was told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from incidentdesk.rules.duties import Party
from incidentdesk.tables.base import Base, UTCDateTime, new_id, one_of
from incidentdesk.tables.sealing import Sealed, Secret


class Customer(Sealed, Base):
    """A controller for whom we process data, and where a notice to them goes. One that left stays, without notices."""

    __tablename__ = "customer"
    FACTS = ("language", "contract_hours", "closed_at")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name = Secret[str](empty=str)
    email = Secret[str](empty=str)
    # Keyed, of the name in small letters: no customer is there twice.
    name_hash: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[str] = mapped_column(String(8))
    # Within how many hours the contract wants a notice; None when it names none.
    contract_hours: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revision: Mapped[int] = mapped_column(default=0)


class RoleEntry(Sealed, Base):
    """What we are for some of the affected data, as one person signed it. Append-only; a `RoleEnding` ends it."""

    __tablename__ = "role_entry"
    FACTS = ("incident_id", "party", "customer_id", "hours", "other_leads", "member_id", "set_at")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    party: Mapped[Party] = mapped_column(one_of(Party))
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.id"), index=True)
    # As the contract was that day.
    hours: Mapped[int | None]
    other_leads: Mapped[bool]
    reason = Secret[str](empty=str)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    set_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RoleEnding(Sealed, Base):
    """A named person's decision that a role does not hold, with the reasoning."""

    __tablename__ = "role_ending"
    FACTS = ("incident_id", "role_entry_id", "member_id", "signed_at")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    role_entry_id: Mapped[UUID] = mapped_column(ForeignKey("role_entry.id"), unique=True)
    reason = Secret[str](empty=str)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CustomerNotice(Sealed, Base):
    """What the DPO wrote to one controller and signed, as it was sent: name, address and words of that day."""

    __tablename__ = "customer_notice"
    FACTS = ("incident_id", "clock_id", "customer_id", "language", "mail_id", "member_id", "signed_at")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    clock_id: Mapped[UUID] = mapped_column(ForeignKey("clock.id"), index=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    name = Secret[str](empty=str)
    email = Secret[str](empty=str)
    body = Secret[str](empty=str)
    language: Mapped[str] = mapped_column(String(8))
    # Its one mail.
    mail_id: Mapped[UUID] = mapped_column(ForeignKey("outbox_mail.id"), unique=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Telling(Sealed, Base):
    """That whom a duty is owed to was told: by our mail, which names its proof, or another way, as a person says."""

    __tablename__ = "telling"
    FACTS = ("incident_id", "clock_id", "notice_id", "way", "told_at", "member_id", "recorded_at")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    clock_id: Mapped[UUID] = mapped_column(ForeignKey("clock.id"), index=True)
    # One mail proves itself once, however many workers look.
    notice_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer_notice.id"), unique=True)
    way: Mapped[str] = mapped_column(String(20))
    told_at: Mapped[datetime] = mapped_column(UTCDateTime)
    whom = Secret[str](empty=str)
    # The Message-ID and the relay's answer, or what a person wrote down.
    proof = Secret[str](empty=str)
    # None: the desk saw the relay take the mail.
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
