"""What people do with an incident: each verb one transaction, one history entry, and the agenda written anew."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.errors import Conflict, DeskError, Missing
from incidentdesk.mail import outbox
from incidentdesk.records import attachments, clocks, history, wholes
from incidentdesk.records.attachments import Arrived
from incidentdesk.rules.lifecycle import Move, status_after
from incidentdesk.rules.next_step import Duty
from incidentdesk.rules.permissions import Permission, allows
from incidentdesk.tables import Attachment, Incident, JsonObject, Member, Message, Note, Report, readers_of, whole_of
from incidentdesk.triage.forms import Change, Writing
from incidentdesk.triage.stale import blocked, plain, refuse_stale, text_of


class Bystander(DeskError):
    """That person cannot work on incidents, or no longer can."""

    status = 422


@dataclass(frozen=True)
class Act:
    """One member's act on one incident, begun before anything is changed; `was` is what history compares with."""

    incident: Incident
    by: Member
    now: datetime
    was: JsonObject = field(default_factory=dict)


def begin(incident: Incident, by: Member, now: datetime) -> Act:
    """Remember how the incident was before the act."""
    return Act(incident, by, now, plain(incident))


async def finish(session: AsyncSession, act: Act, action: str, **more: str) -> None:
    """Write the one entry of what changed, and the agenda anew."""
    incident = act.incident
    await clocks.acted(session, incident, by=action, now=act.now)
    now_is = plain(incident)
    changed = [name for name, value in now_is.items() if value != act.was[name]]
    before = {name: act.was[name] for name in changed}
    after = {name: now_is[name] for name in changed} | {name: text for name, text in more.items() if text}
    history.record(session, incident, action, actor=history.actor_of(act.by), now=act.now, before=before, after=after)
    await clocks.refresh_agenda(session, incident)


async def take(session: AsyncSession, incident: Incident, *, seen_owner: str, by: Member, now: datetime) -> None:
    """Make it mine; the steps for "nobody took it" stop."""
    if incident.owner_id == by.id and incident.taken_at is not None:
        return
    await refuse_stale(session, incident, "owner", seen=seen_owner, mine=str(by.id))
    act = begin(incident, by, now)
    await move(session, act, Move.TAKE)
    incident.owner_id, incident.taken_at = by.id, now
    await finish(session, act, "incident.taken")


async def move(session: AsyncSession, act: Act, step: Move) -> None:
    """Set the status `step` leads to; refused as a collision when the incident was closed or reopened meanwhile."""
    after = status_after(act.incident.status, step)
    if after is None:
        raise await blocked(session, act.incident, step)
    act.incident.status = after


async def assign(
    session: AsyncSession, incident: Incident, owner: Change[UUID | None], *, by: Member, now: datetime
) -> None:
    """Give it to somebody who can work on it, or to nobody. The person still has to take it."""
    if owner.value == by.id:
        await take(session, incident, seen_owner=owner.seen, by=by, now=now)
        return
    if owner.value == incident.owner_id:
        return
    await refuse_stale(session, incident, "owner", seen=owner.seen, mine=text_of(owner.value))
    if owner.value is not None:
        await _refuse_bystander(session, incident, owner.value)
    act = begin(incident, by, now)
    incident.owner_id, incident.taken_at = owner.value, None
    await clocks.arm(session, incident, now=now)
    await finish(session, act, "incident.assigned")


async def _refuse_bystander(session: AsyncSession, incident: Incident, member_id: UUID) -> None:
    member = await session.get(Member, member_id)
    readers = await readers_of(session, incident)
    if member is None or not may_own(member) or (readers is not None and member_id not in readers):
        raise Bystander


def may_own(member: Member) -> bool:
    """Say whether this person can work on incidents."""
    return member.disabled_at is None and allows(member.role, Permission.TAKE)


async def set_severity(
    session: AsyncSession, incident: Incident, severity: Change[int], *, by: Member, now: datetime
) -> None:
    """Say how bad it is, from 1 (critical) to 4 (low)."""
    if severity.value == incident.severity:
        return
    await refuse_stale(session, incident, "severity", seen=severity.seen, mine=str(severity.value))
    act = begin(incident, by, now)
    if severity.value < incident.severity:
        await clocks.arm(session, incident, now=now)
    incident.severity = severity.value
    await finish(session, act, "severity.set")


async def retitle(session: AsyncSession, incident: Incident, title: Change[str], *, by: Member, now: datetime) -> None:
    """Give it a better title than the reporter's first words."""
    if title.value == incident.title:
        return
    await refuse_stale(session, incident, "title", seen=title.seen, mine=title.value)
    act = begin(incident, by, now)
    incident.title = title.value
    await finish(session, act, "title.set")


async def mark_read(session: AsyncSession, incident: Incident, *, seen_reply: str, by: Member, now: datetime) -> None:
    """Note that a person has read the report, and the reply if the page showed the newest one."""
    has_seen = incident.unread_reply and seen_reply == await newest_reply(session, incident)
    if incident.read_at is not None and not has_seen:
        return
    act = begin(incident, by, now)
    if has_seen:
        await see_replies(session, incident)
    await finish(session, act, "incident.read")


async def see_replies(session: AsyncSession, incident: Incident) -> None:
    """Note that everything its reporters wrote was read, those of its parts too."""
    for one in (incident, *await wholes.parts_of(session, incident, to_change=True)):
        one.unread_reply = False


async def newest_reply(session: AsyncSession, incident: Incident) -> str:
    """Return the id of the newest message or file of a reporter, or an empty text."""
    newest, whole = [], await whole_of(session, incident.id)
    for table in (Message, Attachment):
        sent = select(table.id).where(table.incident_id.in_(whole), table.member_id.is_(None))
        newest.append(text_of(await session.scalar(sent.order_by(table.id.desc()).limit(1))))
    return max(newest)


async def add_note(session: AsyncSession, incident: Incident, note: Writing, *, by: Member, now: datetime) -> None:
    """Add an internal note. Notes are only ever added."""
    key = once(incident, by, note.form_id, note.body)
    if await session.scalar(select(Note.id).where(Note.form_hash == key)):
        return
    act = begin(incident, by, now)
    row = Note(incident_id=incident.id, member_id=by.id, written_at=now, body=note.body, form_hash=key)
    session.add(row)
    await session.flush()
    await finish(session, act, "note.added", note=str(row.id))


async def add_files(
    session: AsyncSession, incident: Incident, arrived: Sequence[Arrived], *, by: Member, now: datetime
) -> list[Attachment]:
    """Put files beside the report. They are the desk's own: no reporter gets them."""
    act = begin(incident, by, now)
    added = await attachments.add(session, attachments.Giver(incident, member=by), arrived, now=now)
    if added:
        await finish(session, act, "files.added", files=" ".join(str(file.id) for file in added))
    return added


def once(incident: Incident, by: Member, *parts: str) -> str:
    """Return what makes one person's page unique: pressed twice is one, changed and sent again is another."""
    return hashlib.sha256("|".join((str(incident.id), str(by.id), *parts)).encode()).hexdigest()


async def send_message(
    session: AsyncSession, incident: Incident, writing: Writing, *, by: Member, now: datetime
) -> None:
    """Write to the reporter. A question makes the incident wait: the queue presses no promise, yet no clock stops."""
    act = begin(incident, by, now)
    sent = await say(session, act, writing)
    if not sent:
        return
    if writing.asks:
        incident.status = status_after(incident.status, Move.ASK) or incident.status
    if writing.seen_reply and writing.seen_reply == await newest_reply(session, incident):
        await see_replies(session, incident)
    await finish(session, act, "message.sent", message=sent)


async def say(session: AsyncSession, act: Act, writing: Writing) -> str:
    """Write to the reporter, and to those of every part: each gets it in their own conversation. Return the messages' ids.

    `writing.to` names the one incident whose reporter is meant. A part notes in its own history what was sent from it.
    """
    whole = {act.incident.id: act}
    for part in await wholes.parts_of(session, act.incident, to_change=True):
        whole[part.id] = begin(part, act.by, act.now)
    if writing.to is not None and writing.to not in whole:
        # It was taken out meanwhile: nobody else gets what was meant for its reporter.
        raise Conflict
    sent = []
    for number, one in whole.items():
        said = await _say(session, one, writing) if writing.to in (None, number) else ""
        if said and one is not act:
            await finish(session, one, "message.sent", message=said)
        sent.append(said)
    return " ".join(filter(None, sent))


async def _say(session: AsyncSession, act: Act, writing: Writing) -> str:
    """Put a message into the conversation and a mail without its words into the outbox; return the message's id.

    The same page sent again says nothing twice: then, when there are no words, and when it was erased, the id is empty.
    """
    if act.incident.erased_at is not None:
        return ""
    key = once(act.incident, act.by, writing.form_id, writing.body)
    if not writing.body or await session.scalar(select(Message.id).where(Message.form_hash == key)):
        return ""
    report = await session.scalar(
        select(Report).where(Report.incident_id == act.incident.id).order_by(Report.id).limit(1)
    )
    if report is None:
        raise Missing
    message = Message(
        report_id=report.id,
        incident_id=act.incident.id,
        member_id=act.by.id,
        written_at=act.now,
        body=writing.body,
        form_hash=key,
    )
    session.add(message)
    await session.flush()
    await clocks.end_duty(session, act.incident, Duty.FIRST_ANSWER, by="message.sent", now=act.now)
    await tell(session, act, report, letter="reporter_answer", about=str(message.id))
    return str(message.id)


async def tell(session: AsyncSession, act: Act, report: Report, *, letter: str, about: str) -> None:
    """Queue a mail to the reporter, if there is an address to write to."""
    if not report.identity.get("email"):
        return
    await outbox.put(
        session,
        letter=letter,
        dedupe=f"{letter}:{about}",
        now=act.now,
        incident_id=act.incident.id,
        report_id=report.id,
    )
