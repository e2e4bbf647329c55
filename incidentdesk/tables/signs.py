"""Signs of life: of the workers, of the relay, and of the database's own clock, by which all moments here are."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from incidentdesk.tables.base import Base, UTCDateTime


class Heartbeat(Base):
    """One working process and when it last gave a sign of life. The id is drawn at its start and says nothing else."""

    __tablename__ = "heartbeat"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    beat_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RelaySilence(Base):
    """A single row, as long as the relay is away or lets nobody in; the first answer about a mail takes it away."""

    __tablename__ = "relay_silence"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    tried_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ClockJump(Base):
    """The database's clock went ahead or back by so many seconds while no such time passed, as far as anybody saw.

    Not `watched`: nobody ran who could have told a clock that was put ahead from time that passed.
    """

    __tablename__ = "clock_jump"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # By the clock as it was after the jump.
    noticed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seconds: Mapped[int]
    watched: Mapped[bool]
    # When an administrator said that the clock is right; who it was and why stands in the history.
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
