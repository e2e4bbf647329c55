"""On-call rotas: whose turn it is, who stands in, who is away, and which posts a rota fills."""

from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from incidentdesk.rules.escalation import Post
from incidentdesk.rules.rota import Every, Pattern
from incidentdesk.tables.base import Base, UTCDateTime, new_id, one_of


class Rota(Base):
    """People who take turns. A closed one stays, so that what names it can say its name."""

    __tablename__ = "rota"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80))
    zone: Mapped[str] = mapped_column(String(60))
    every: Mapped[Every] = mapped_column(one_of(Every))
    # Minutes of the local day at which shifts change.
    minute: Mapped[int]
    # A local day with a hand-over, and the place in the order whose shift starts there.
    anchor: Mapped[date]
    first: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @property
    def pattern(self) -> Pattern:
        """When shifts change, as the rules read it."""
        return Pattern(self.every, time(*divmod(self.minute, 60)), ZoneInfo(self.zone), self.anchor)


class RotaSeat(Base):
    """A person's place in the order of a rota; somebody may have several."""

    __tablename__ = "rota_seat"

    rota_id: Mapped[UUID] = mapped_column(ForeignKey("rota.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)


class RotaOverride(Base):
    """A person instead of whoever's turn it is. Of two that meet, the later row counts."""

    __tablename__ = "rota_override"
    __table_args__ = (Index("ix_rota_override_rota_id_end_at", "rota_id", "end_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    rota_id: Mapped[UUID] = mapped_column(ForeignKey("rota.id", ondelete="CASCADE"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    start_at: Mapped[datetime] = mapped_column(UTCDateTime)
    end_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Away(Base):
    """Days on which a person is away, the last one included, in the zone the person has set."""

    __tablename__ = "away"
    __table_args__ = (Index("ix_away_member_id_last_on", "member_id", "last_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    first_on: Mapped[date]
    last_on: Mapped[date]


class PostRota(Base):
    """A rota that fills a post: whoever is on duty by it stands there, beside the people who are put there."""

    __tablename__ = "post_rota"

    post: Mapped[Post] = mapped_column(one_of(Post), primary_key=True)
    rota_id: Mapped[UUID] = mapped_column(ForeignKey("rota.id", ondelete="CASCADE"), primary_key=True)
