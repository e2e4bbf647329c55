"""The notification to the authority as it was drafted, signed and filed. Every row is only ever added."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from incidentdesk.rules.notification import Phase
from incidentdesk.tables.base import Base, JsonObject, Truth, UTCDateTime, new_id, one_of
from incidentdesk.tables.sealing import Sealed, Secret


class NotificationVersion(Sealed, Base):
    """Everything that stood in the draft after one save: each field with its value, its source and who checked it."""

    __tablename__ = "notification_version"
    FACTS = ("incident_id", "number", "phase", "form", "edition", "member_id", "saved_at")
    __table_args__ = (UniqueConstraint("incident_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"))
    number: Mapped[int]
    phase: Mapped[Phase] = mapped_column(one_of(Phase))
    # Which authority's form, and the edition of the fields, as the law's data name them.
    form: Mapped[str] = mapped_column(String(20))
    edition: Mapped[str] = mapped_column(String(60))
    values = Secret[JsonObject](empty=dict)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)


class NotificationSignature(Sealed, Base):
    """A named person vouches for exactly this version. The hash is sealed: from its bare hash a short text could be guessed."""

    __tablename__ = "notification_signature"
    FACTS = ("incident_id", "version_id", "member_id", "signed_at")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("notification_version.id"), unique=True)
    digest = Secret[str](empty=str)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class FiledVersion(Sealed, Base):
    """Which version was handed in with a filing, by its hash. From then on it is never changed, only amended by another."""

    __tablename__ = "filed_version"
    FACTS = ("incident_id", "filing_id", "version_id", "member_id")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    filing_id: Mapped[UUID] = mapped_column(ForeignKey("filing.id"), unique=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("notification_version.id"))
    digest = Secret[str](empty=str)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))


class FilingProof(Sealed, Base):
    """A file that shows that something was filed, such as what the authority answered; `name` is what it was called then."""

    __tablename__ = "filing_proof"
    FACTS = ("incident_id", "filing_id", "attachment_id", "member_id", "added_at")
    __table_args__ = (UniqueConstraint("filing_id", "attachment_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    filing_id: Mapped[UUID] = mapped_column(ForeignKey("filing.id"))
    attachment_id: Mapped[UUID] = mapped_column(ForeignKey("attachment.id"))
    name = Secret[str](empty=str)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)


class NotificationCopy(Sealed, Base):
    """That somebody copied answers of a version into an authority's own form, or that they were not copied after all."""

    __tablename__ = "notification_copy"
    FACTS = ("incident_id", "version_id", "member_id", "copied_at", "taken_back")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("notification_version.id"))
    # Which fields, and the hash of the version that they stood in.
    fields = Secret[list[str]](empty=list)
    digest = Secret[str](empty=str)
    taken_back: Mapped[bool] = mapped_column(Truth)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    copied_at: Mapped[datetime] = mapped_column(UTCDateTime)
