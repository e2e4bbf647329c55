"""Who gets a letter and what it needs to know, read from the rows at the moment it is sent.

Nothing a reporter wrote is ever among it: a mail may be read by anybody it passes.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.mail import contacts, customers, entries, notices, signatures
from incidentdesk.mail.addressee import NO_ADDRESS, Addressee, Skip
from incidentdesk.mail.alarm import alarm_values, find_alarm
from incidentdesk.mail.alive import alive_values
from incidentdesk.mail.claims import PERSON_LEFT, STRANGER
from incidentdesk.mail.outbox import ANNOUNCE_WITHIN, TOGETHER, Letter
from incidentdesk.settings import Settings
from incidentdesk.tables import (
    AddressLink,
    Attachment,
    Checkpoint,
    Clock,
    Erasure,
    Incident,
    KeyCheck,
    MailState,
    Member,
    Message,
    Notice,
    OutboxMail,
    Report,
    Verification,
    WelcomeLink,
    fetch_keys,
    keyed_hash,
    visible_to,
    whole_of,
)

NOT_NEEDED = "not_needed"
# Under these labels our key makes a one-time link of what a mail about it waits with.
WELCOME = "welcome link"
ADDRESS = "address link"
LISTED = 10
COUNTED = 100
# News joins a mail for the present ten minutes or one of the two after it, and no older one.
JOINED_WITHIN = 3 * ANNOUNCE_WITHIN
SEVERITIES = (1, 2, 3, 4)
# Somebody was called, and nobody has acted since: also on what was taken and left lying.
_OPEN = (Notice.stood_down_at.is_(None), Notice.superseded.is_(False), Notice.undone == 0)
# One value for each incident: as EXISTS, PostgreSQL might gather all notices there are.
_CALL = (
    select(Notice.id).where(Notice.incident_id == Incident.id, *_OPEN).limit(1).correlate(Incident).scalar_subquery()
)
# Which open incidents these letters speak of.
LISTING = {
    Letter.NEW_REPORTS: Incident.read_at.is_(None),
    Letter.ALARMS: Incident.taken_at.is_(None) | Incident.legal_due_at.is_not(None) | _CALL.is_not(None),
}
Values = dict[str, Any]
_BOTH = (
    select(Member, Incident)
    .join(Incident, Incident.id == bindparam("incident"))
    .where(Member.id == bindparam("member"))
)


async def find_addressee(session: AsyncSession, mail: OutboxMail, settings: Settings) -> Addressee | Skip:
    """Return to whom the mail goes as of now."""
    if mail.letter in {Letter.AUDIT, Letter.ALIVE} and mail.member_id is None:
        where = settings.audit_mail if mail.letter == Letter.AUDIT else settings.alive_address
        return Addressee(where, settings.language, settings.zone, None, None, None) if where else Skip(NO_ADDRESS)
    if mail.letter == Letter.CUSTOMER_NOTICE:
        return await customers.find_customer(session, mail, settings)
    if mail.member_id is None:
        return await _reporter(session, mail, settings)
    member, incident = await _member_and_incident(session, mail)
    if member is None or member.disabled_at is not None:
        return Skip(PERSON_LEFT)
    if incident is not None and await contacts.is_stranger(session, member, incident):
        return Skip(STRANGER)
    return Addressee(member.email, member.language, ZoneInfo(member.zone), member, incident, None)


async def _member_and_incident(session: AsyncSession, mail: OutboxMail) -> tuple[Member | None, Incident | None]:
    if mail.incident_id is None:
        return await session.get(Member, mail.member_id), None
    asked = {"member": mail.member_id, "incident": mail.incident_id}
    member, incident = (await session.execute(_BOTH, asked)).one_or_none() or (None, None)
    return member, incident


async def _reporter(session: AsyncSession, mail: OutboxMail, settings: Settings) -> Addressee | Skip:
    report = await session.get(Report, mail.report_id) if mail.report_id else None
    if report is not None:
        await fetch_keys(session, [report.incident_id])
    email = str(report.identity.get("email") or "") if report else ""
    if report is None or not email:
        return Skip(NO_ADDRESS)
    incident = await session.get_one(Incident, report.incident_id)
    return Addressee(email, report.language, settings.zone, None, incident, report)


async def gather(session: AsyncSession, mail: OutboxMail, to: Addressee, *, now: datetime) -> Values | Skip:
    """Return the letter's own values, or why it is not needed any more."""
    if mail.letter in LISTING and await _is_told_by_later(session, mail):
        return Skip(TOGETHER)
    match Letter(mail.letter):
        case Letter.ACT | Letter.DEADLINE | Letter.MOVED:
            values = await _of_a_clock(session, mail, to, now=now)
        case Letter.NEW_REPORTS | Letter.ALARMS:
            values = await _worst_first(session, to, LISTING[Letter(mail.letter)])
        case Letter.NEW_REPLY:
            values = await _new_reply(session, mail, to)
        case Letter.AUDIT | Letter.ALIVE:
            values = await _of_the_day(session, mail, to, now=now)
        case _:
            values = await _personal(session, mail, to, now=now)
    return Skip(NOT_NEEDED) if values is None else {"incident": to.incident, **values, "context": mail.context}


async def _is_told_by_later(session: AsyncSession, mail: OutboxMail) -> bool:
    """Say whether a mail of its kind left for the same person after all its news had come: after an outage one is enough."""
    since = mail.created_at + JOINED_WITHIN
    # Of all that were sent the index knows when they were due: mostly this is still to come, and nothing is read.
    later = select(OutboxMail.id).where(OutboxMail.state == MailState.SENT, OutboxMail.due_at >= since)
    later = later.where(OutboxMail.letter == mail.letter, OutboxMail.member_id == mail.member_id)
    later = later.where(OutboxMail.last_claimed_at >= since)
    return await session.scalar(later.limit(1)) is not None


async def _worst_first(session: AsyncSession, to: Addressee, wanted: ColumnElement[bool]) -> Values | None:
    """Return which open incidents are `wanted`, the most severe first: in a flood it must not be the last; None without any."""
    if to.member is None:
        return None
    count, listed = await waiting_for(session, to.member, wanted)
    return news_of(count, listed) if listed else None


async def waiting_for(
    session: AsyncSession, member: Member, wanted: ColumnElement[bool] = LISTING[Letter.NEW_REPORTS]
) -> tuple[int, list[Incident]]:
    """Return how many open incidents that this person may see are `wanted`, up to a number, and the most severe of them."""
    # Among what is real nobody looks for a practice, nor the other way round.
    open_ones = (wanted, Incident.closed_at.is_(None), Incident.practice.is_(False), visible_to(member))
    # In this order, so that an index is walked; without it a database may read all closed ones to find the open.
    order = (Incident.next_due_at, Incident.severity, Incident.id)
    counted = select(Incident.id).where(*open_ones).order_by(*order).limit(COUNTED).subquery()
    count = await session.scalar(select(func.count()).select_from(counted)) or 0
    listed: list[Incident] = []
    for severity in SEVERITIES:
        # Said as a range: of an equal value SQLite forgets that the index is in order, and sorts.
        this_one = Incident.severity.between(severity, severity)
        query = select(Incident).where(*open_ones, this_one).order_by(*order)
        listed += await session.scalars(query.limit(LISTED - len(listed)))
    return count, listed


def news_of(count: int, listed: Sequence[Incident]) -> Values:
    """Return what a mail says that lists incidents, the most severe first."""
    more, worst = count - len(listed), listed[0].severity
    return {"count": count, "listed": listed, "more": more, "severity": worst, "cap": COUNTED}


async def _new_reply(session: AsyncSession, mail: OutboxMail, to: Addressee) -> Values | None:
    """Return when the reporter wrote last; None when somebody has read it."""
    if to.incident is None or to.member is None or not to.incident.unread_reply:
        return None
    newest, whole = [], await whole_of(session, to.incident.id)
    for table, moment in ((Message, Message.written_at), (Attachment, Attachment.added_at)):
        sent = select(moment).where(table.incident_id.in_(whole), table.member_id.is_(None))
        newest += [(at, table is Attachment) for at in await session.scalars(sent.order_by(table.id.desc()).limit(1))]
    written_at, is_file = max(newest)
    why = await contacts.posts_of(session, to.member.id, contacts.ORDER, incident=to.incident, now=mail.created_at)
    # The first one is why: who owns it is told as its owner, whatever post they stand on.
    return {"written_at": written_at, "is_file": is_file, "why": why[:1], "names": {}}


async def _of_the_day(session: AsyncSession, mail: OutboxMail, to: Addressee, *, now: datetime) -> Values | None:
    """Return what a letter needs that comes once a day."""
    if mail.letter == Letter.ALIVE:
        return await alive_values(session, mail, to.member, now=now)
    return await _evidence(session)


async def _evidence(session: AsyncSession) -> Values | None:
    """Return the newest checkpoint, what the last verification found, and how many erasures there were."""
    newest = await session.scalar(select(Checkpoint).order_by(Checkpoint.number.desc()).limit(1))
    finished = select(Verification).where(Verification.finished_at.is_not(None))
    verified = await session.scalar(finished.order_by(Verification.started_at.desc()).limit(1))
    if newest is None or verified is None:
        return None
    last = await session.scalar(select(Erasure).order_by(Erasure.number.desc()).limit(1))
    erased = {"erasures": last.number if last else 0, "erasure_hash": last.line_hash if last else ""}
    key = await session.scalar(select(KeyCheck.public_key).limit(1))
    return {"newest": newest, "verified": verified, "public_key": key, **erased}


async def _of_a_clock(session: AsyncSession, mail: OutboxMail, to: Addressee, *, now: datetime) -> Values | None:
    """Return what a letter needs that tells of one deadline."""
    if mail.letter == Letter.MOVED:
        return await _moved(session, mail, to, now=now)
    alarm = await find_alarm(session, mail, now=now)
    return await alarm_values(session, alarm) if alarm else None


async def _moved(session: AsyncSession, mail: OutboxMail, to: Addressee, *, now: datetime) -> Values | None:
    """Return the deadline as it is now; None when it ended, moved once more, or an alert says it to this person."""
    clock = await session.get_one(Clock, UUID(mail.context["clock"]))
    is_told = clock.ended_at is not None or clock.revision != mail.context["revision"]
    if to.incident is None or to.member is None or is_told:
        return None
    if await entries.is_alerted_anew(session, clock, to.member):
        return None
    left = clock.deadline_at - now
    entry = None if to.incident.practice else entries.Entry(clock, to.incident)
    return {
        "clock": clock,
        "is_late": left <= timedelta(0),
        "left": abs(left),
        "again": mail.context["again"],
        "entry": entry,
    }


async def _stand_down(session: AsyncSession, mail: OutboxMail, to: Addressee) -> Values:
    owner_id = to.incident.owner_id if to.incident else None
    owner = await session.get(Member, owner_id) if owner_id else None
    entry = None
    if to.incident is not None and to.member is not None:
        entry = await entries.last_entry(session, mail.context.get("clock"), to.incident, to.member)
    return {"owner": owner.name if owner else None, "entry": entry}


async def _personal(session: AsyncSession, mail: OutboxMail, to: Addressee, *, now: datetime) -> Values | None:
    """Return what a letter needs that speaks to its reader only."""
    if mail.letter == Letter.STAND_DOWN:
        return await _stand_down(session, mail, to)
    if mail.letter == Letter.INVITATION:
        return await _invitation(session, mail, to, now=now)
    if mail.letter == Letter.ADDRESS:
        return await _address(session, mail, to, now=now)
    if mail.letter == Letter.CHANGED:
        return await notices.change_values(session, mail.context)
    if mail.letter in {Letter.CUSTOMER_NOTICE, Letter.SIGNATURE}:
        return await _signed(session, mail, to)
    return {"report": to.report}


async def _signed(session: AsyncSession, mail: OutboxMail, to: Addressee) -> Values | None:
    """Return what a letter needs that tells of what was signed, or is to be."""
    if mail.letter == Letter.SIGNATURE:
        return await signatures.signature_values(session, mail, to)
    return await customers.notice_values(session, mail)


async def _invitation(session: AsyncSession, mail: OutboxMail, to: Addressee, *, now: datetime) -> Values | None:
    """Return the way in, made once more of what waits in the outbox; None when it was used, renewed or is over."""
    link = await session.get(WelcomeLink, mail.context["link"])
    if to.member is None or link is None or link.member_id != to.member.id or link.expires_at <= now:
        return None
    token = keyed_hash(session, WELCOME, mail.context["seed"])
    return {"token": token, "until": link.expires_at, "known": to.member.password_hash is not None, "tlp": ""}


async def _address(session: AsyncSession, mail: OutboxMail, to: Addressee, *, now: datetime) -> Values | None:
    """Return the way to prove the address; None when it was used, asked for again, is over or was for another address."""
    link = await session.get(AddressLink, mail.context["link"])
    if to.member is None or link is None or link.email != to.email or link.expires_at <= now:
        return None
    return {"token": keyed_hash(session, ADDRESS, mail.context["seed"]), "until": link.expires_at, "tlp": ""}
