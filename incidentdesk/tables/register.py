"""The register of all personal data breaches (Art. 33(5) GDPR): one entry a breach, and its lines, only ever added to."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, TextClause, text
from sqlalchemy.orm import Mapped, mapped_column

from incidentdesk.rules.people_notice import Standing
from incidentdesk.rules.register import LineKind
from incidentdesk.tables.base import Base, JsonObject, UTCDateTime, new_id, one_of
from incidentdesk.tables.sealing import Seal, Sealed, Secret

REGISTER_ORDER = ("aware_at", "incident_id")


def _index(name: str, where: TextClause | None = None) -> Index:
    """Return an index that serves one view of the register in its own order, whatever the number of entries."""
    return Index(name, *REGISTER_ORDER, sqlite_where=where, postgresql_where=where)


class RegisterEntry(Base):
    """That a breach is in the register, and what its views are sorted and chosen by: written anew by every action."""

    __tablename__ = "register_entry"
    __table_args__ = (
        _index("ix_register_entry_all"),
        _index("ix_register_entry_notified", text("notified_at IS NOT NULL")),
        _index("ix_register_entry_not_notified", text("notified_at IS NULL")),
        _index("ix_register_entry_open", text("closed_at IS NULL")),
    )

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    aware_at: Mapped[datetime] = mapped_column(UTCDateTime)
    notified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # Where the duty to tell the people stands.
    standing: Mapped[Standing] = mapped_column(one_of(Standing), default=Standing.UNDECIDED)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # What people wrote into it can never be read again; `Erasure` says who erased it.
    erased_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RegisterLine(Sealed, Base):
    """What one person wrote into an entry. Its key is the register's own: it stays when the incident is erased."""

    __tablename__ = "register_line"
    __table_args__ = (Index("ix_register_line_incident", "incident_id", "id"),)
    COLUMNS: ClassVar = {Seal.REGISTER: "sealed"}
    FACTS = ("incident_id", "kind", "member_id", "written_at")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"))
    kind: Mapped[LineKind] = mapped_column(one_of(LineKind))
    values = Secret[JsonObject](Seal.REGISTER, empty=dict)
    # Why a correction was made.
    why = Secret[str](Seal.REGISTER, empty=str)
    # Everything the entry showed when it was signed, with the hash of it that a printed copy carries.
    snapshot = Secret[JsonObject](Seal.REGISTER, empty=dict)
    snapshot_hash = Secret[str](Seal.REGISTER, empty=str)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
