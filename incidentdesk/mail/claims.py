"""Taking a mail out of the outbox to send it, and writing down what became of it. One holder at a time, by lease."""

import secrets
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, bindparam, case, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningUpdate

from incidentdesk.mail import contacts
from incidentdesk.mail.outbox import GIVE_UP_AFTER, About, Letter, hand_on, put
from incidentdesk.mail.smtp import Channel, Outcome, Result
from incidentdesk.rules.retry import next_try
from incidentdesk.tables import Incident, MailHold, MailState, Member, OutboxMail

# The whole attempt fits twice into the lease, or a slow relay would make a copy without any crash.
LEASE = timedelta(minutes=2)
SEND_WITHIN = LEASE / 2
# People who must be told now; for these letters somebody else is told when the mailbox refuses.
PASSED_ON = frozenset({Letter.ACT, Letter.DEADLINE, Letter.ALARMS, Letter.NEW_REPORTS, Letter.NEW_REPLY})
# These tell what is new when they leave: one that left before has not told of it.
NEWS = frozenset({Letter.ALARMS, Letter.NEW_REPORTS, Letter.NEW_REPLY})
GAVE_UP = "gave_up"
STOOD_DOWN = "stood_down"
PERSON_LEFT = "person_left"
# It was restricted after the mail was queued, or the person is no longer among its members.
STRANGER = "stranger"
_random = secrets.SystemRandom()
# What every mail asks is put together once: that takes longer than asking it.
NOW = bindparam("now", type_=OutboxMail.due_at.type)
DUE = OutboxMail.due_at <= NOW
# As long as nobody else took it up.
_OURS = (
    OutboxMail.id == bindparam("mail"),
    OutboxMail.lease == bindparam("holder"),
    OutboxMail.state == MailState.WAITING,
)
_LOCKED = select(OutboxMail).where(*_OURS).with_for_update()
_SENT = (
    update(OutboxMail)
    .where(*_OURS)
    .values(
        state=MailState.SENT,
        settled_at=NOW,
        outcome=Outcome.SENT.value,
        answer=bindparam("said"),
        channel=bindparam("way"),
        lease=None,
        lease_until=None,
    )
    .returning(select(Member.mail_refused_at).where(Member.id == OutboxMail.member_id).scalar_subquery())
)
# No row that is known already is changed behind its back: what is read comes with the answer.
_ALONE = {"synchronize_session": False, "populate_existing": True}


async def claim(
    session: AsyncSession, *, domain: str, now: datetime, among: ColumnElement[bool] = DUE
) -> OutboxMail | None:
    """Take the mail that is due longest, or is of those named; nobody else gets it before the lease ends. Commit before sending.

    `among` may speak of `NOW`.
    """
    told = {"now": now, "holder": uuid4(), "until": now + LEASE, "domain": f"@{domain}>"}
    mail: OutboxMail | None = await session.scalar(_taking(among), told, execution_options=_ALONE)
    return mail


@cache
def _taking(among: ColumnElement[bool]) -> ReturningUpdate[tuple[OutboxMail]]:
    held = exists().where(MailHold.since.is_not(None))
    free = or_(OutboxMail.lease_until.is_(None), OutboxMail.lease_until < NOW)
    first = select(OutboxMail.id).where(OutboxMail.state == MailState.WAITING, among, free, ~held)
    first = first.order_by(OutboxMail.due_at, OutboxMail.id).limit(1).with_for_update(skip_locked=True)
    number = OutboxMail.message_id
    taking = update(OutboxMail).where(OutboxMail.id == first.scalar_subquery())
    return taking.values(
        # The last holder never came back: the relay may have had the message already.
        maybe_duplicate=or_(OutboxMail.maybe_duplicate, OutboxMail.lease.is_not(None)),
        lease=bindparam("holder"),
        lease_until=bindparam("until"),
        first_claimed_at=func.coalesce(OutboxMail.first_claimed_at, NOW),
        last_claimed_at=NOW,
        attempts=OutboxMail.attempts + 1,
        message_id=case((number.contains("@"), number), else_="<" + number + bindparam("domain")),
    ).returning(OutboxMail)


async def let_go(session: AsyncSession, *, now: datetime) -> None:
    """Free every mail in somebody's hands: only for whoever knows that nobody can come back for one.

    They keep their lease, so the next holder knows that the relay may have had them already.
    """
    held = (OutboxMail.state == MailState.WAITING, OutboxMail.lease_until > now)
    await session.execute(update(OutboxMail).where(*held).values(lease_until=now))


async def hurry(session: AsyncSession, *, after: OutboxMail, now: datetime) -> None:
    """Let every other mail that waits for its next try go now: what stood in their way is gone, as `after` has shown."""
    waiting = select(OutboxMail.id).where(
        OutboxMail.id != after.id,
        OutboxMail.state == MailState.WAITING,
        OutboxMail.lease.is_(None),
        OutboxMail.attempts > 0,
    )
    # Whoever holds one of them just now is not waited for: it has its turn a little later.
    free = waiting.with_for_update(skip_locked=True)
    hurried = update(OutboxMail).where(OutboxMail.id.in_(free)).values(due_at=now)
    await session.execute(hurried.execution_options(synchronize_session=False))


async def settle(session: AsyncSession, mail: OutboxMail, result: Result, *, now: datetime) -> bool:
    """Write down what became of an attempt; False when the lease was lost to somebody else meanwhile."""
    if result.outcome is Outcome.SENT:
        return await _sent(session, mail, result, now=now)
    row = await _still_ours(session, mail)
    if row is None:
        return False
    again = row.outcome == Outcome.CONTENT_REFUSED
    row.lease = row.lease_until = None
    row.outcome, row.answer, row.channel = result.outcome.value, result.answer, result.channel.value
    row.maybe_duplicate = row.maybe_duplicate or result.outcome is Outcome.UNANSWERED
    is_refused = result.outcome is Outcome.REFUSED or (result.outcome is Outcome.CONTENT_REFUSED and again)
    if is_refused and result.channel is Channel.RELAY:
        await _dead(session, row, now=now)
    else:
        _try_later(row, now=now)
        # Only the first relay knows our people's mailboxes; until it is back somebody else is told as well.
        if is_refused and row.member_id is not None and row.letter in PASSED_ON:
            await _pass_on(session, row, row.member_id, now=now)
    if result.is_told:
        await _note_told(session, row, now=now)
    return True


async def skip(session: AsyncSession, mail: OutboxMail, reason: str, *, now: datetime) -> None:
    """Leave a mail unsent because nobody needs it any more."""
    row = await _still_ours(session, mail)
    if row is None:
        return
    # Nothing was tried this time.
    row.attempts -= 1
    drop(row, reason, now=now)
    if reason in {PERSON_LEFT, STRANGER} and row.member_id is not None and row.letter in PASSED_ON:
        await _pass_on(session, row, row.member_id, now=now)


def drop(row: OutboxMail, reason: str, *, now: datetime) -> None:
    """Mark a mail as not needed; the row was locked by the caller."""
    row.state, row.outcome, row.settled_at = MailState.SKIPPED, reason, now
    row.lease = row.lease_until = None


def revive(row: OutboxMail, *, now: datetime) -> None:
    """Put a mail that was given up back in line."""
    row.state, row.outcome, row.answer, row.settled_at = MailState.WAITING, None, None, None
    row.earlier_attempts, row.attempts = row.earlier_attempts + row.attempts, 0
    row.due_at, row.give_up_at = now, now + GIVE_UP_AFTER


async def _still_ours(session: AsyncSession, mail: OutboxMail) -> OutboxMail | None:
    return await session.scalar(_LOCKED, {"mail": mail.id, "holder": mail.lease})


async def _note_told(session: AsyncSession, row: OutboxMail, *, now: datetime) -> None:
    """Remember it for all mails about the same: one word is enough for everybody. What came in since it was taken up is new."""
    alike = (
        OutboxMail.created_at <= now,
        OutboxMail.letter == row.letter,
        OutboxMail.incident_id.is_not_distinct_from(row.incident_id),
        OutboxMail.notice_id.is_not_distinct_from(row.notice_id),
    )
    waiting = select(OutboxMail).where(OutboxMail.state == MailState.WAITING, *alike)
    # Those in others' hands are left to them: waiting for each other could be a deadlock.
    for mail in await session.scalars(waiting.with_for_update(skip_locked=True)):
        mail.webhook_at = now
    row.webhook_at = now


async def _sent(session: AsyncSession, mail: OutboxMail, result: Result, *, now: datetime) -> bool:
    """Write down that the relay took it, as nearly every mail ends, and that its mailbox refuses none any more."""
    told = {"mail": mail.id, "holder": mail.lease, "now": now, "said": result.answer, "way": result.channel.value}
    found = (await session.execute(_SENT, told, execution_options=_ALONE)).one_or_none()
    if found is not None and found[0] is not None:
        await session.execute(update(Member).where(Member.id == mail.member_id).values(mail_refused_at=None))
    return found is not None


async def _dead(session: AsyncSession, row: OutboxMail, *, now: datetime) -> None:
    """Give it up. A mailbox that takes not even the fixed letter wakes nobody, whatever the reason it gave."""
    row.state, row.settled_at = MailState.DEAD, now
    if row.member_id is None:
        return
    if (member := await session.get(Member, row.member_id)) is not None:
        member.mail_refused_at = now
        await session.flush()
    if row.letter in PASSED_ON:
        await _pass_on(session, row, row.member_id, now=now)


async def _pass_on(session: AsyncSession, row: OutboxMail, member_id: UUID, *, now: datetime) -> None:
    """Tell the next person now. The key names the person, so nobody is told of one step twice."""
    incident = await session.get(Incident, row.incident_id) if row.incident_id else None
    # Handed on a second time it is bound by its key, or people whom nobody can reach would hand it on for ever.
    queue = hand_on if row.letter in NEWS and "passed_on" not in row.context else put
    for person in await contacts.people_after(session, member_id, incident=incident, now=now):
        dedupe = row.dedupe.replace(str(member_id), str(person.id))
        about: About = {
            "incident_id": row.incident_id,
            "notice_id": row.notice_id,
            "member_id": person.id,
            "context": {"passed_on": True},
        }
        await queue(session, letter=row.letter, dedupe=dedupe, now=now, **about)


def _try_later(row: OutboxMail, *, now: datetime) -> None:
    # Time in which no mail at all could leave, for want of a relay that lets us in, does not count.
    if row.attempts == 1 or row.outcome == Outcome.CONFIGURATION:
        row.give_up_at = now + GIVE_UP_AFTER
    later = next_try(row.attempts, now=now, give_up_at=row.give_up_at, jitter=_random.random())
    if later is None:
        row.state, row.outcome, row.settled_at = MailState.DEAD, GAVE_UP, now
    else:
        row.due_at = later
