"""Signs of life: of the workers, and of the relay. All moments here are by the database's own clock."""

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
