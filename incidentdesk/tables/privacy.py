"""What was erased, by whom and when; never what it was."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from incidentdesk.rules.erasure import Extent
from incidentdesk.tables.base import Base, JsonObject, UTCDateTime, new_id, one_of
from incidentdesk.tables.sealing import Sealed, Secret


class Erasure(Sealed, Base):
    """One erasure. It is closed under the desk's own key, for the incident's may be gone with it."""

    __tablename__ = "erasure"
    FACTS = ("erased_id", "extent", "number", "line_hash", "erased_at", "member_id")
    __table_args__ = (
        UniqueConstraint("erased_id", "extent"),
        # Asked by the worker every few seconds; as good as always empty.
        Index(
            "ix_erasure_unscrubbed",
            "number",
            sqlite_where=text("scrubbed_at IS NULL"),
            postgresql_where=text("scrubbed_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    erased_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"))
    extent: Mapped[Extent] = mapped_column(one_of(Extent))
    # Its line in the ledger beside the keys, which a restored copy of the database does not bring back in time.
    number: Mapped[int] = mapped_column(unique=True)
    line_hash: Mapped[str] = mapped_column(String(64))
    erased_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # Empty when the ledger was replayed on a restored copy.
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id"))
    reason = Secret[str](empty=str)
    counts = Secret[JsonObject](empty=dict)
    # When the file of the database held nothing of it any more.
    scrubbed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @property
    def noted_for(self) -> UUID:
        """It happened to the incident, and stands in its history."""
        return self.erased_id
