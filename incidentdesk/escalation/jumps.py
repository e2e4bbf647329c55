"""What the desk does when the database's clock jumps: no alert is lost or sent twice for it, and everybody agrees on the time.

A wait (a lease, a retry, "nobody took it for 15 minutes") is counted by the time that passed, so it moves with the clock. A deadline
is a moment and stays; what was said before its time because the clock was ahead is said again when the time has come.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.database import Database, take_turns, take_your_time
from incidentdesk.expressions import shifted
from incidentdesk.mail import claims, signs
from incidentdesk.mail.content import NOT_NEEDED
from incidentdesk.mail.outbox import Letter
from incidentdesk.records import steadiness
from incidentdesk.rules.escalation import Trigger
from incidentdesk.rules.steadiness import JUMP, TOO_SLOW, Reading, has_jumped, surprise
from incidentdesk.staff.actions import LINK_VALID
from incidentdesk.staff.address import LINK_VALID as PROOF_VALID
from incidentdesk.staff.sessions import ABSOLUTE
from incidentdesk.tables import (
    AddressLink,
    Clock,
    ClockJump,
    GapCheck,
    Heartbeat,
    MailState,
    Member,
    MemberSession,
    Notice,
    OutboxMail,
    RelaySilence,
    Verification,
    WelcomeLink,
)

# A start after so long without any process: the clock may have been put ahead, and nobody saw.
UNSEEN = timedelta(minutes=15)
# Two beats of a worker, and less than a jump: what it wrote before one lies further back.
VOUCHED_WITHIN = 2 * signs.BEAT_EVERY
log = logging.getLogger(__name__)


async def begin(database: Database) -> None:
    """Read the database's clock at a start, and go by it. One that shows less than a worker saw before went back."""
    async with database.write() as session:
        await take_turns(session, "clock")
        new = await steadiness.read(session)
        jump = await _since_last_seen(session, new.moment)
    _tell(jump)
    clock.follow(new)


async def _since_last_seen(session: AsyncSession, now: datetime) -> ClockJump | None:
    last = await session.scalar(select(func.max(Heartbeat.beat_at)))
    if last is None:
        return None
    off = now - last
    if off < -JUMP:
        return await _take(session, off, now=now)
    noticed = await session.scalar(select(func.max(ClockJump.noticed_at)).where(ClockJump.noticed_at <= now))
    if off > UNSEEN and (noticed is None or noticed <= last):
        await steadiness.write_down(session, off, watched=False, now=now)
    return None


async def look(database: Database) -> None:
    """Read the database's clock and go on by it; when it jumped, put right what hangs on it first."""
    last = clock.followed()
    async with database.read() as session:
        new = await steadiness.read(session)
    if last is not None and new.took > TOO_SLOW:
        return
    if last is not None and has_jumped(surprise(last, new)):
        new = await _agree(database, last)
    clock.follow(new)


async def _agree(database: Database, last: Reading) -> Reading:
    """Write the jump down, unless another process was faster; return a new reading."""
    async with database.write() as session:
        await take_turns(session, "clock")
        new = await steadiness.read(session)
        off = surprise(last, new) - await steadiness.known_since(session, last.number)
        is_true = has_jumped(off) and not (off > timedelta(0) and await _is_vouched_for(session, new.moment))
        jump = await _take(session, off, now=new.moment) if is_true else None
        new = await steadiness.read(session) if jump else new
    _tell(jump)
    return new


async def _is_vouched_for(session: AsyncSession, now: datetime) -> bool:
    """Say whether a worker goes by this time already: then the clock went on, and this machine stood still unnoticed."""
    beats = select(Heartbeat.id).where(Heartbeat.beat_at > now - VOUCHED_WITHIN, Heartbeat.beat_at <= now + JUMP)
    return await session.scalar(beats.limit(1)) is not None


def _tell(jump: ClockJump | None) -> None:
    if jump is not None:
        log.critical("the database's clock jumped by %s seconds: look whether it is right", f"{jump.seconds:+d}")


async def _take(session: AsyncSession, off: timedelta, *, now: datetime) -> ClockJump:
    """Write a jump down, and put right what was counted by the clock before it."""
    await take_your_time(session)
    jump = await steadiness.write_down(session, off, watched=True, now=now)
    await _move_waits(session, off)
    if off < timedelta(0):
        await _unsay(session, jump, now=now)
        await _shorten(session, now=now)
    return jump


async def _move_waits(session: AsyncSession, off: timedelta) -> None:
    """What comes in ten minutes still comes in ten minutes, and what is two minutes late is that late."""
    waits = {name: shifted(getattr(OutboxMail, name), off) for name in ("due_at", "give_up_at", "lease_until")}
    armed = {"armed_at": shifted(Clock.armed_at, off)}
    if off < timedelta(0):
        # Ahead, all that was passed over is looked at at once: among it may be deadlines.
        armed["next_check_at"] = shifted(Clock.next_check_at, off)
    silent = {name: shifted(getattr(RelaySilence, name), off) for name in ("since", "tried_at")}
    for statement in (
        update(OutboxMail).where(OutboxMail.state == MailState.WAITING).values(waits),
        update(Clock).where(Clock.next_check_at.is_not(None)).values(armed),
        update(Heartbeat).values(beat_at=shifted(Heartbeat.beat_at, off)),
        update(RelaySilence).values(silent),
    ):
        await session.execute(statement.execution_options(synchronize_session=False))


async def _unsay(session: AsyncSession, jump: ClockJump, *, now: datetime) -> None:
    """Let what was said before its time be said again in time, and look again at what was passed over for it."""
    since = await steadiness.put_ahead_at(session, now=now)
    if since is None:
        return
    early = select(Notice, Clock).join(Clock, Clock.id == Notice.clock_id).where(Notice.noticed_at >= since)
    early = early.where(Notice.undone == 0, or_(Notice.due_at > now, Notice.superseded.is_(True)))
    for notice, its_clock in (await session.execute(early)).all():
        if any(step.key == notice.step and step.trigger is Trigger.NOT_TAKEN for step in its_clock.steps):
            continue
        notice.undone = jump.number
        # The key of its mails is free for those to come.
        mails = update(OutboxMail).where(OutboxMail.notice_id == notice.id)
        await session.execute(mails.values(dedupe=OutboxMail.dedupe + f":early:{jump.number}"))
        if its_clock.ended_at is None:
            its_clock.next_check_at = now
    skipped = select(OutboxMail).where(OutboxMail.state == MailState.SKIPPED, OutboxMail.settled_at >= since)
    skipped = skipped.where(OutboxMail.outcome == NOT_NEEDED, OutboxMail.letter.in_((Letter.ACT, Letter.DEADLINE)))
    for mail in await session.scalars(skipped):
        claims.revive(mail, now=now)
    await session.flush()


async def _shorten(session: AsyncSession, *, now: datetime) -> None:
    """Let nothing that ends be good for longer than it ever is, and nothing that was done lie in the future."""
    sessions, links, runs, proofs = MemberSession, WelcomeLink, Verification, AddressLink
    for statement in (
        update(sessions).where(sessions.seen_at > now).values(seen_at=now),
        update(sessions).where(sessions.confirmed_at > now).values(confirmed_at=None),
        update(sessions).where(sessions.expires_at > now + ABSOLUTE).values(expires_at=now + ABSOLUTE),
        update(links).where(links.expires_at > now + LINK_VALID).values(expires_at=now + LINK_VALID),
        update(proofs).where(proofs.expires_at > now + PROOF_VALID).values(expires_at=now + PROOF_VALID),
        update(Member).where(Member.address_proved_at > now).values(address_proved_at=now),
        update(runs).where(runs.started_at > now).values(started_at=now),
        update(runs).where(runs.finished_at > now).values(finished_at=now),
    ):
        await session.execute(statement.execution_options(synchronize_session=False))
    # The newest counts, so a look of then would hide those of now.
    await session.execute(delete(GapCheck).where(GapCheck.started_at > now))
