"""People who sign in, their sessions, and the counters that limit guessing."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from incidentdesk.rules.escalation import Post
from incidentdesk.rules.permissions import Role
from incidentdesk.tables.base import Base, UTCDateTime, new_id, one_of


class Member(Base):
    """One person of the desk. `password_hash` is empty until the person used the one-time link."""

    __tablename__ = "member"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[Role] = mapped_column(one_of(Role))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8), default="en")
    zone: Mapped[str] = mapped_column(String(60))
    theme: Mapped[str] = mapped_column(String(8), default="auto")
    shortcuts: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # The relay said this mailbox does not exist; a banner names the person until a mail arrives again.
    mail_refused_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class MemberSession(Base):
    """A signed-in browser. Only the hash of its cookie is kept."""

    __tablename__ = "member_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


class WelcomeLink(Base):
    """A one-time link: creates the first administrator, or lets an invited person choose a password."""

    __tablename__ = "welcome_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PostHolder(Base):
    """Who stands on a post of the escalation ladder (on call, back-up, DPO)."""

    __tablename__ = "post_holder"

    post: Mapped[Post] = mapped_column(one_of(Post), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)


class Hit(Base):
    """A counter per key and window; one upsert a hit, so that every replica counts together."""

    __tablename__ = "hit"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    window: Mapped[datetime] = mapped_column(UTCDateTime, primary_key=True, index=True)
    count: Mapped[int]
