"""Ways to sign in beside a password, and what was good for one use only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from incidentdesk.tables.base import Base, UTCDateTime


class ProviderAccount(Base):
    """A person's account at the single sign-on provider: a keyed hash of issuer and subject, nothing readable."""

    __tablename__ = "provider_account"

    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    account_hash: Mapped[str] = mapped_column(String(64), unique=True)
    linked_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Spent(Base):
    """Something that was good for one use and has been used: the way back from a provider, a passkey's challenge."""

    __tablename__ = "spent"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
