"""The durable outbox: a mail is a row of the caller's transaction, so it exists exactly when its reason does."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypedDict, Unpack
from uuid import UUID

from sqlalchemy import and_, exists, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from incidentdesk.database import upsert
from incidentdesk.mail import contacts
from incidentdesk.rules.escalation import Post
from incidentdesk.tables import Incident, JsonObject, MailState, Member, OutboxMail, new_id

# Why a mail of a row's own was never meant to leave: another one speaks for it.
TOGETHER = "together"
GIVE_UP_AFTER = timedelta(days=3)
ANNOUNCE_WITHIN = timedelta(minutes=10)


class Letter(StrEnum):
    """Every mail we write. The value is the name of its folder under `templates/mail/`."""

    REPORTER_RECEIPT = "reporter_receipt"
    REPORTER_ANSWER = "reporter_answer"
    REPORTER_FINISHED = "reporter_finished"
    NEW_REPORTS = "new_reports"
    NEW_REPLY = "new_reply"
    ACT = "act"
    DEADLINE = "deadline"
    ALARMS = "alarms"
    MOVED = "moved"
    STAND_DOWN = "stand_down"
    TEST = "test"
    AUDIT = "audit"
    INVITATION = "invitation"
    CHANGED = "changed"
    ALIVE = "alive"
    ADDRESS = "address"
    PRACTICE = "practice"
    CUSTOMER_NOTICE = "customer_notice"
    SIGNATURE = "signature"


# What must reach people while the relay is away: they act on it, or need not act any more. TEST goes the way of an alert.
ALERTS = frozenset(
    {
        Letter.ACT,
        Letter.DEADLINE,
        Letter.ALARMS,
        Letter.NEW_REPORTS,
        Letter.NEW_REPLY,
        Letter.STAND_DOWN,
        Letter.TEST,
    }
)


class About(TypedDict, total=False):
    """What a mail is about and who gets it: `member_id`, or the reporter behind `report_id`."""

    incident_id: UUID | None
    notice_id: UUID | None
    member_id: UUID | None
    report_id: UUID | None
    context: JsonObject
    due_at: datetime


async def put(session: AsyncSession, *, letter: str, dedupe: str, now: datetime, **about: Unpack[About]) -> UUID | None:
    """Queue one mail to one person and return its id; None when a mail with this `dedupe` key was queued before.

    `context` holds plain values that the letter needs and no row has; never what a reporter wrote.
    """
    statement = upsert(session, OutboxMail).values(**_row(letter, dedupe, now, about)).on_conflict_do_nothing()
    mail_id: UUID | None = await session.scalar(statement.returning(OutboxMail.__table__.c.id))
    return mail_id


def _row(letter: str, dedupe: str, now: datetime, about: About) -> JsonObject:
    number = new_id()
    due_at = about.get("due_at", now)
    return {
        "id": number,
        "dedupe": dedupe,
        "letter": Letter(letter).value,
        "context": {},
        "created_at": now,
        "state": MailState.WAITING,
        "attempts": 0,
        "earlier_attempts": 0,
        "maybe_duplicate": False,
        "message_id": number.hex,
        **about,
        "due_at": due_at,
        "give_up_at": due_at + GIVE_UP_AFTER,
    }


async def put_together(
    session: AsyncSession, *, letter: str, dedupe: str, now: datetime, **about: Unpack[About]
) -> list[UUID]:
    """Write down an alert that the person hears of in one mail with others, and see that this one leaves; return both."""
    row = _row(letter, dedupe, now, about) | {"state": MailState.SKIPPED, "outcome": TOGETHER, "settled_at": now}
    statement = upsert(session, OutboxMail).values(**row).on_conflict_do_nothing()
    mail_id: UUID | None = await session.scalar(statement.returning(OutboxMail.__table__.c.id))
    member_id = about.get("member_id")
    many = await _announce(session, Letter.ALARMS, key=f"alarms:{member_id}", now=now, member_id=member_id)
    return [one for one in (mail_id, many) if one is not None]


async def tell_alone(session: AsyncSession, incident: Incident, *, now: datetime) -> None:
    """Let the alerts of an incident leave by themselves whose mail for many has not left: not all its readers may see it now."""
    many = aliased(OutboxMail)
    waits = (many.letter == Letter.ALARMS, many.member_id == OutboxMail.member_id, many.state == MailState.WAITING)
    # What is older than the mail that waits was told by one that left.
    by_it = exists().where(*waits, many.created_at <= OutboxMail.created_at)
    told = (OutboxMail.incident_id == incident.id, OutboxMail.outcome == TOGETHER, by_it)
    anew = {"due_at": now, "give_up_at": now + GIVE_UP_AFTER}
    statement = update(OutboxMail).where(*told).values(state=MailState.WAITING, outcome=None, settled_at=None, **anew)
    await session.execute(statement.execution_options(synchronize_session=False))


async def announce_report(session: AsyncSession, incident: Incident, *, now: datetime) -> list[UUID]:
    """Tell whoever is on call that a report came in: at once, but at most one mail per person in ten minutes.

    Return the mails that tell of it.
    """
    mails = [
        await _announce(session, Letter.NEW_REPORTS, key=f"new:{member.id}", now=now, member_id=member.id)
        for member in await told_of_report(session, incident, now=now)
    ]
    return [mail_id for mail_id in mails if mail_id is not None]


async def announce_practice(session: AsyncSession, incident: Incident, *, now: datetime) -> list[UUID]:
    """Tell whoever is on call that a practice begins, by a mail of its own: those about real reports never name one."""
    mails = [
        await put(
            session,
            letter=Letter.PRACTICE,
            dedupe=f"practice:{incident.id}:{member.id}",
            now=now,
            incident_id=incident.id,
            member_id=member.id,
        )
        for member in await told_of_report(session, incident, now=now)
    ]
    return [mail_id for mail_id in mails if mail_id is not None]


async def told_of_report(session: AsyncSession, incident: Incident, *, now: datetime) -> list[Member]:
    """Return who is told that a report came in."""
    return await contacts.people_for(session, [Post.ON_CALL], incident=incident, now=now)


async def announce_reply(session: AsyncSession, incident: Incident, *, now: datetime) -> None:
    """Tell the owner that the reporter wrote, or whoever is on call when there is no owner who can be told.

    At once, but at most one mail per person and incident in ten minutes.
    """
    for member in await contacts.people_for(session, [Post.OWNER], incident=incident, now=now):
        about: About = {"incident_id": incident.id, "member_id": member.id}
        await _announce(session, Letter.NEW_REPLY, key=f"reply:{incident.id}:{member.id}", now=now, **about)


async def hand_on(session: AsyncSession, *, letter: str, dedupe: str, now: datetime, **about: Unpack[About]) -> None:
    """Queue a mail that tells of the newest in the place of one to somebody else, whatever of its kind this person had."""
    if not await _that_leaves(session, _row(letter, dedupe, now, about)):
        await _announce(session, Letter(letter), key=dedupe.rpartition(":")[0], now=now, **about)


async def _announce(
    session: AsyncSession, letter: Letter, *, key: str, now: datetime, **about: Unpack[About]
) -> UUID | None:
    """Queue one mail for this window of ten minutes, or for the next one when this one's has left.

    The letter tells what is true when it is sent, so later news only need one that has not left yet.
    """
    first = now - (now - datetime(2020, 1, 1, tzinfo=UTC)) % ANNOUNCE_WITHIN
    for window in (first + number * ANNOUNCE_WITHIN for number in range(3)):
        planned: About = {**about, "due_at": max(window, now)}
        if mail_id := await _that_leaves(session, _row(letter, f"{key}:{window:%Y%m%dT%H%M}", now, planned)):
            return mail_id
    # All of them have left: the clock went back, and what is news now must not wait until it is there again.
    return await _that_leaves(session, _row(letter, f"{key}:{now:%Y%m%dT%H%M%S.%f}", now, about))


async def _that_leaves(session: AsyncSession, row: JsonObject) -> UUID | None:
    """Make sure that this mail has not left yet, and return it; None when it has."""
    columns = OutboxMail.__table__.c
    # The touch locks the row until our commit: whoever sends it afterwards will see our news too. One that the address for
    # alarms was told of has left as far as anybody can notice while there is no relay.
    statement = (
        upsert(session, OutboxMail)
        .values(**row)
        .on_conflict_do_update(
            index_elements=["dedupe"],
            set_={"due_at": columns.due_at},
            where=and_(columns.state == MailState.WAITING, columns.lease.is_(None), columns.webhook_at.is_(None)),
        )
    )
    mail_id: UUID | None = await session.scalar(statement.returning(columns.id))
    return mail_id
