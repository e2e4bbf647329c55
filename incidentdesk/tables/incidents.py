"""Incidents, the reports they came from, and what is said about them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from incidentdesk.rules.lifecycle import Outcome, Status, Verdict
from incidentdesk.rules.next_step import NextStep
from incidentdesk.tables.base import Base, Json, JsonObject, UTCDateTime, new_id, one_of
from incidentdesk.tables.sealing import Seal, Sealed, Secret

QUEUE_ORDER = ("next_due_at", "severity", "id")


def _queue_index(name: str, *leading: str, where: str) -> Index:
    """Return a partial index that serves one view of the queue in its own order, whatever the number of rows."""
    condition = text(where)
    return Index(name, *leading, *QUEUE_ORDER, sqlite_where=condition, postgresql_where=condition)


class Incident(Sealed, Base):
    """The thing that happened, as the desk works on it. `next_*` is the agenda, rewritten by every action."""

    __tablename__ = "incident"
    FACTS = ("reference", "received_at")
    __table_args__ = (
        CheckConstraint("severity BETWEEN 1 AND 4", name="severity_range"),
        _queue_index("ix_incident_open", where="closed_at IS NULL"),
        # What waits for a person's decision: what it is, whether and when to notify, what to make of a reply.
        _queue_index(
            "ix_incident_decision",
            where="closed_at IS NULL AND (verdict IS NULL OR legal_due_at IS NOT NULL OR unread_reply)",
        ),
        # What has a legal clock is open; saying so again would let SQLite take the larger index of all that is open.
        _queue_index("ix_incident_clock", where="legal_due_at IS NOT NULL"),
        _queue_index("ix_incident_waiting", where="closed_at IS NULL AND status = 'waiting'"),
        # For the mail that lists what nobody has looked at.
        _queue_index("ix_incident_unread", where="closed_at IS NULL AND read_at IS NULL"),
        _queue_index("ix_incident_mine", "owner_id", where="closed_at IS NULL AND owner_id IS NOT NULL"),
        # A practice stands in a view of its own until it is erased.
        _queue_index("ix_incident_practice", where="practice AND erased_at IS NULL"),
        # What came in on the same days about the same kind of thing. Partial, so that no view of the queue takes it.
        Index(
            "ix_incident_similar",
            "kind",
            "received_at",
            sqlite_where=text("merged_into_id IS NULL"),
            postgresql_where=text("merged_into_id IS NULL"),
        ),
        Index(
            "ix_incident_part",
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
        # For the look for gaps; few are.
        Index(
            "ix_incident_restricted",
            "id",
            sqlite_where=text("restricted = 1 AND closed_at IS NULL"),
            postgresql_where=text("restricted AND closed_at IS NULL"),
        ),
        # For the count of what a copy of the register withholds.
        Index(
            "ix_incident_hidden",
            "restricted",
            sqlite_where=text("restricted = 1"),
            postgresql_where=text("restricted"),
        ),
        # Partial too: SQLite would otherwise find open incidents through this one, and sort them all.
        Index(
            "ix_incident_closed",
            "closed_at",
            "id",
            sqlite_where=text("closed_at IS NOT NULL"),
            postgresql_where=text("closed_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    title = Secret[str](empty=str)
    kind: Mapped[str] = mapped_column(String(20))
    people: Mapped[str] = mapped_column(String(10))
    severity: Mapped[int]
    status: Mapped[Status] = mapped_column(one_of(Status), default=Status.NEW)
    verdict: Mapped[Verdict | None] = mapped_column(one_of(Verdict))
    outcome: Mapped[Outcome | None] = mapped_column(one_of(Outcome))
    suspicious: Mapped[str | None] = mapped_column(String(40))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id"))
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    acted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    unread_reply: Mapped[bool] = mapped_column(default=False)
    next_step: Mapped[NextStep] = mapped_column(one_of(NextStep))
    next_duty: Mapped[str | None] = mapped_column(String(40))
    next_due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    legal_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # Only the people in `incident_member` may know of it.
    restricted: Mapped[bool] = mapped_column(default=False)
    # Not real: people practise on it. Set when it begins and never changed, of which the database makes sure: what reads
    # incidents for a register, a figure or a duty to keep leaves these out.
    practice: Mapped[bool] = mapped_column(default=False)
    # The main incident that this one is part of. It is closed as long as it is, and its duties are that one's.
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("incident.id"))
    # What only its reporter, or all people, can never read again; `Erasure` says who erased it.
    identity_erased_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    chain_seq: Mapped[int] = mapped_column(default=0)
    chain_head: Mapped[str] = mapped_column(String(64), default="0" * 64)

    @property
    def sealed_for(self) -> UUID:
        """Its own keys close it."""
        return self.id

    @property
    def main_reference(self) -> str:
        """The reference of the incident it is part of, where whoever looked for it may see that one; nothing is stored."""
        return str(self.__dict__.get("_main_reference", ""))

    @main_reference.setter
    def main_reference(self, reference: str) -> None:
        self.__dict__["_main_reference"] = reference


class IncidentMember(Base):
    """Somebody who needs to know of a restricted incident."""

    __tablename__ = "incident_member"

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)


class Report(Sealed, Base):
    """What one reporter told us. The private code and the form id are kept as keyed hashes only."""

    __tablename__ = "report"
    FACTS = ("incident_id", "received_at")
    COLUMNS = {Seal.CONTENT: "sealed", Seal.IDENTITY: "sealed_identity"}  # noqa: RUF012 - declared a class variable where it begins

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    language: Mapped[str] = mapped_column(String(8))
    answers = Secret[JsonObject](empty=dict)
    identity = Secret[JsonObject](Seal.IDENTITY, empty=dict)
    sealed_identity: Mapped[bytes | None] = mapped_column(LargeBinary)
    # Keyed, of the address among the identity: the one value that is found without opening anything.
    email_hash: Mapped[str | None] = mapped_column(String(32), index=True)
    form_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_saved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    privacy_version: Mapped[str] = mapped_column(String(20))
    look_promised_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answer_promised_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # The mails that tell the desk of it; None for one that an earlier release took in.
    alerts: Mapped[list[str] | None] = mapped_column(Json)

    def empty(self, seals: Collection[Seal]) -> bool:
        """Throw the blobs away, and with the identity what finds it."""
        if Seal.IDENTITY in seals:
            self.email_hash = None
        return super().empty(seals)


class Message(Sealed, Base):
    """One line of the conversation with a reporter. `member_id` is empty when the reporter wrote it."""

    __tablename__ = "message"
    FACTS = ("report_id", "incident_id", "member_id", "written_at")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), index=True)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id"))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
    body = Secret[str](empty=str)
    # Pressing Send twice is one message: the page carries a one-time id.
    form_hash: Mapped[str] = mapped_column(String(64), unique=True)


class Note(Sealed, Base):
    """An internal note. A table of its own, so that no query can ever show one to a reporter."""

    __tablename__ = "note"
    FACTS = ("incident_id", "member_id", "written_at")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
    body = Secret[str](empty=str)
    form_hash: Mapped[str] = mapped_column(String(64), unique=True)


class HistoryEntry(Sealed, Base):
    """Who did what, when, with the values before and after. Written once, never changed."""

    __tablename__ = "history_entry"
    __table_args__ = (Index("ix_history_entry_incident", "incident_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey("incident.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    # "member:<id>", "reporter" or "desk" (the worker): never a name, so that a person can be erased.
    actor: Mapped[str] = mapped_column(String(60))
    action: Mapped[str] = mapped_column(String(60))
    # Tamper evidence, see records/chain.py: its place among the incident's entries, the hash before it, its own.
    seq: Mapped[int | None]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    # The rows this action sealed anew: table, id and digest of each, three words a row.
    touched: Mapped[list[str]] = mapped_column(Json)
    before = Secret[JsonObject](empty=dict)
    after = Secret[JsonObject](empty=dict)


class DataKey(Base):
    """A key of one incident, closed under an epoch's key. Without this row what it closed is noise."""

    __tablename__ = "data_key"

    # An incident's id, or zero for the desk's own; erasing destroys the row, and the incident stays.
    scope: Mapped[UUID] = mapped_column(primary_key=True)
    seal: Mapped[Seal] = mapped_column(one_of(Seal), primary_key=True)
    epoch: Mapped[str] = mapped_column(String(20), index=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class KeyCheck(Base):
    """Which desk's keys this database was filled under: the public half of the key that signs its checkpoints."""

    __tablename__ = "key_check"

    public_key: Mapped[str] = mapped_column(String(64), primary_key=True)


class Checkpoint(Base):
    """A signed word about everything written until a moment; each one holds the hash of the one before."""

    __tablename__ = "checkpoint"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    count: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(128))


class CheckpointEntry(Base):
    """Which checkpoint closes an entry, and with which hash; an entry itself is never written again."""

    __tablename__ = "checkpoint_entry"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("history_entry.id"), primary_key=True)
    number: Mapped[int] = mapped_column(ForeignKey("checkpoint.number"), index=True)
    position: Mapped[int]
    leaf: Mapped[str] = mapped_column(String(64))
