"""People who sign in, their sessions, and the counters that limit guessing."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from incidentdesk.rules.escalation import Post
from incidentdesk.rules.permissions import Role
from incidentdesk.tables.base import Base, UTCDateTime, new_id, one_of
from incidentdesk.tables.sealing import Sealed, Secret


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
    # When the person last showed that they read their mail, and at which address.
    address_proved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    proved_address: Mapped[str | None] = mapped_column(String(254))

    @property
    def proved_at(self) -> datetime | None:
        """When the person showed that they read what goes to the address they have now."""
        return self.address_proved_at if self.proved_address == self.email else None


class Stage(StrEnum):
    """How far a sign-in has come. At the first two the password was right and nothing is open yet."""

    CODE = "code"
    ENROLMENT = "enrolment"
    PASSWORD = "password"  # noqa: S105 - a word, not a secret: a password alone was enough
    FULL = "full"


class MemberSession(Base):
    """A browser that is signed in, or on its way. Only the hash of its cookie is kept."""

    __tablename__ = "member_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    # What a page may name it by.
    id: Mapped[UUID] = mapped_column(unique=True, default=new_id)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    stage: Mapped[Stage] = mapped_column(one_of(Stage))
    browser: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # When the person last proved to be there; what matters most asks for it again.
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Authenticator(Sealed, Base):
    """The app on a person's phone that shows a new code every half a minute (RFC 6238). One row a person, for good.

    Taking it away empties the seed and leaves the row, so that the audit can tell it from one that somebody removed.
    """

    __tablename__ = "authenticator"
    MAY_BE_EMPTY = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), unique=True)
    in_use: Mapped[bool]
    # The half minute whose code was used last: neither it nor an earlier one is taken again.
    last_step: Mapped[int]
    seed = Secret[str]()


class RecoveryCode(Base):
    """One of the codes on paper for when the phone is gone; each works once. Only a keyed hash is kept."""

    __tablename__ = "recovery_code"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)


class WelcomeLink(Base):
    """A one-time link: creates the first administrator, or lets an invited person choose a password."""

    __tablename__ = "welcome_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # The address it was mailed to; empty when it was shown to somebody to be handed over.
    mailed_to: Mapped[str | None] = mapped_column(String(254))


class AddressLink(Base):
    """A one-time link, mailed to somebody of the desk: who opens it and is signed in as that person reads the address."""

    __tablename__ = "address_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CalendarFeed(Base):
    """The secret address under which a calendar program finds a person's deadlines. Only a keyed hash of it is kept."""

    __tablename__ = "calendar_feed"

    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


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
