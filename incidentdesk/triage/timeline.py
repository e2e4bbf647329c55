"""One incident: what was reported, what runs, and everything that happened, in one list."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.mail.outbox import Letter
from incidentdesk.records.attachments import files_of
from incidentdesk.records.clocks import agenda_at, clocks_of
from incidentdesk.records.untold import has_untold_customers
from incidentdesk.rules.next_step import Agenda
from incidentdesk.staff.access import find_incident
from incidentdesk.tables import (
    Attachment,
    Clock,
    HistoryEntry,
    Incident,
    JsonObject,
    Member,
    Message,
    Note,
    OutboxMail,
    Report,
    readers_of,
)
from incidentdesk.triage.actions import may_own
from incidentdesk.triage.looking import LOOKS, REVEALED
from incidentdesk.triage.merging_queries import Neighbours, neighbours_of, shown
from incidentdesk.triage.queries import Face, face

MOST_MAILS = 200
# What the reporter sent after the report.
NEWS = {"reply", "file_received"}
# The reference of each part, by its id.
Origins = Mapping[UUID, str]


class Only(StrEnum):
    """What of the timeline to show."""

    ALL = "all"
    PEOPLE = "people"
    DECISIONS = "decisions"
    MAIL = "mail"
    LOOKS = "looks"


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `id` is its place on the page and never changes."""

    id: str
    at: datetime
    what: str
    by: str
    body: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    mail: OutboxMail | None = None
    file: Attachment | None = None
    damaged: bool = False
    # The reference of the part it was filed under; empty for what is the incident's own.
    origin: str = ""


@dataclass(frozen=True)
class Dossier:
    """Everything the page of one incident shows."""

    incident: Incident
    reports: Sequence[Report]
    faces: Sequence[tuple[Clock, Face]]
    # What it needs now.
    plan: Agenda
    entries: Sequence[Entry]
    names: Mapping[str, str]
    owners: Sequence[Member]
    # Who may see it, when it is not everybody of the desk.
    readers: Sequence[Member] | None
    # The id of what the reporter sent last, a message or a file, and its place on the page.
    newest_reply: str
    newest_place: str
    files: Sequence[Attachment]
    mails: Mapping[str, int]
    beside: Neighbours
    # The mail server refused a notice to one of its customers, who has not been told since.
    has_untold: bool

    @property
    def references(self) -> Mapping[UUID, str]:
        """The reference of each incident of the whole: where a row was filed."""
        return {one.id: one.reference for one in (self.incident, *self.beside.parts)}

    @property
    def report(self) -> Report | None:
        """The first report: whom the messages go to."""
        return self.reports[0] if self.reports else None

    @property
    def is_named(self) -> bool:
        """Say whether a reporter told who they are; who it is stands on no page until somebody asks with a reason.

        Those of a part are asked for on its own page, for it is noted there.
        """
        own = [report for report in self.reports if report.incident_id == self.incident.id]
        return any(report.identity.get(name) for report in own for name in ("name", "email", "phone"))


async def dossier(session: AsyncSession, reference: str, *, by: Member, only: Only, now: datetime) -> Dossier:
    """Return the incident with all that belongs to it."""
    incident = await find_incident(session, reference, by=by)
    running = await clocks_of(session, incident)
    history = await _history(session, incident, looks=only is Only.LOOKS)
    beside = await neighbours_of(session, incident, by=by, history=history)
    reports = await _reports(session, [incident.id, *beside.whole])
    members = (await session.scalars(select(Member).order_by(Member.name))).all()
    names = {str(member.id): member.name for member in members}
    readers = await readers_of(session, incident)
    files = [file for one in (incident, *beside.parts) for file in await files_of(session, one)]
    entries = await _entries(session, incident, files, history, beside)
    # Ids sort by time; the words before them do not.
    replies = sorted((entry.id for entry in entries if entry.what in NEWS), key=_number)
    return Dossier(
        incident=incident,
        reports=reports,
        faces=[(clock, face(clock, now=now)) for clock in running],
        plan=agenda_at(incident, running, now=now),
        entries=[entry for entry in reversed(entries) if only in (Only.ALL, kind_of(entry))],
        names=names,
        readers=None if readers is None else [one for one in members if one.id in readers and not one.disabled_at],
        owners=[one for one in members if may_own(one) and (readers is None or one.id in readers)],
        newest_reply=_number(replies[-1]) if replies else "",
        newest_place=replies[-1] if replies else "",
        files=files,
        mails=Counter(entry.mail.state.value for entry in entries if entry.mail is not None),
        beside=beside,
        has_untold=await has_untold_customers(session, incident),
    )


async def _reports(session: AsyncSession, whole: Sequence[UUID]) -> Sequence[Report]:
    """Return the reports, those of the incident itself first."""
    found = await session.scalars(select(Report).where(Report.incident_id.in_(whole)).order_by(Report.id))
    return sorted(found, key=lambda report: whole.index(report.incident_id))


async def _history(session: AsyncSession, incident: Incident, *, looks: bool) -> list[HistoryEntry]:
    found = select(HistoryEntry).where(HistoryEntry.incident_id == incident.id)
    return list(await session.scalars(found if looks else found.where(HistoryEntry.action.not_in(LOOKS))))


def _number(place: str) -> str:
    return place.partition("-")[2]


def kind_of(entry: Entry) -> Only:
    """Return which part of the timeline an entry belongs to."""
    if entry.mail is not None:
        return Only.MAIL
    if entry.what in {*LOOKS, REVEALED}:
        return Only.LOOKS
    return Only.PEOPLE if entry.what in {*NEWS, "message", "note", "file_added"} else Only.DECISIONS


async def _entries(
    session: AsyncSession,
    incident: Incident,
    files: Iterable[Attachment],
    history: Iterable[HistoryEntry],
    beside: Neighbours,
) -> list[Entry]:
    whole = [incident.id, *beside.whole]
    messages = select(Message).where(Message.incident_id.in_(whole))
    notes = select(Note).where(Note.incident_id.in_(whole))
    mails = select(OutboxMail).where(OutboxMail.incident_id == incident.id).order_by(OutboxMail.id.desc())
    origins = {part.id: part.reference for part in beside.parts}
    found = [
        *(_from_message(row, origins) for row in await session.scalars(messages)),
        *(_from_file(row, origins) for row in files),
        *(_from_note(row, origins) for row in await session.scalars(notes)),
        *(_from_history(entry, beside) for entry in history if not _only_says(entry)),
        *(_from_mail(mail) for mail in await session.scalars(mails.limit(MOST_MAILS))),
    ]
    return sorted(found, key=lambda entry: (entry.at, entry.id))


def _only_says(entry: HistoryEntry) -> bool:
    """Say whether the entry is only the fact of a text that the timeline shows itself."""
    moved = entry.after.get("status") != entry.before.get("status")
    told = {"message.sent", "note.added", "report.replied", "part.replied", "files.added", "report.files_added"}
    return entry.action in told and not moved


def _from_message(row: Message, origins: Origins) -> Entry:
    what, by = ("message", str(row.member_id)) if row.member_id else ("reply", "reporter")
    return Entry(f"message-{row.id}", row.written_at, what, by, row.body, origin=origins.get(row.incident_id, ""))


def _from_file(row: Attachment, origins: Origins) -> Entry:
    what, by = ("file_added", str(row.member_id)) if row.member_id else ("file_received", "reporter")
    return Entry(f"file-{row.id}", row.added_at, what, by, file=row, origin=origins.get(row.incident_id, ""))


def _from_note(row: Note, origins: Origins) -> Entry:
    origin = origins.get(row.incident_id, "")
    return Entry(f"note-{row.id}", row.written_at, "note", str(row.member_id), row.body, origin=origin)


def _from_history(row: HistoryEntry, beside: Neighbours) -> Entry:
    by = row.actor.removeprefix("member:")
    before, after = _with_moments(row.before), _with_moments(shown(row.after, beside.named))
    return Entry(f"entry-{row.id}", row.at, row.action, by, before=before, after=after, damaged=bool(row.damaged))


def _with_moments(values: JsonObject) -> JsonObject:
    """History keeps plain values; moments are shown to people in their own zone."""
    return {name: datetime.fromisoformat(value) if _is_moment(name, value) else value for name, value in values.items()}


def _is_moment(name: str, value: object) -> bool:
    return name.endswith("_at") and isinstance(value, str)


def _from_mail(row: OutboxMail) -> Entry:
    outside = "customer" if row.letter == Letter.CUSTOMER_NOTICE else "reporter"
    to = str(row.member_id) if row.member_id else outside
    return Entry(f"mail-{row.id}", row.settled_at or row.created_at, row.letter, to, mail=row)
