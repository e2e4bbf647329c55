"""What the mail of the day says: that the desk works, what is open, and what should be looked at.

Its reader is an administrator, or whoever reads the address that was set: then nothing restricted is counted or named.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.mail.outbox import Letter
from incidentdesk.tables import Checkpoint, Incident, MailState, Member, OutboxMail, Verification, visible_to

# The next one is written by then.
OLD_AFTER = timedelta(days=1)
# One that is made every day is missed after two.
BACKUP_WITHIN = timedelta(days=2)
# A mail that waits for so long is worth a word.
WAITS_AFTER = timedelta(minutes=5)
NEWS_FOR = timedelta(days=7)
# A mail that was given up was due within its three days, or later by as long as a worker stood still.
LAST_TRY = timedelta(days=37)
MOST = 1000


async def alive_values(
    session: AsyncSession, mail: OutboxMail, member: Member | None, *, now: datetime
) -> dict[str, Any] | None:
    """Return what is so at this moment; None when the mail of another day says it."""
    if now - mail.created_at >= OLD_AFTER:
        return None
    seen = visible_to(member) if member else Incident.restricted.is_(False)
    found = select(Incident).where(Incident.closed_at.is_(None), Incident.practice.is_(False), seen)
    ahead = found.where(Incident.next_duty.is_not(None), Incident.next_due_at >= now)
    late = found.where(Incident.next_duty.is_not(None), Incident.next_due_at < now)
    values = {
        "open": await _count(session, found.order_by(Incident.next_due_at)),
        "late": await _count(session, late.order_by(Incident.next_due_at)),
        "oldest": await session.scalar(found.order_by(Incident.received_at, Incident.id).limit(1)),
        "nearest": await session.scalar(ahead.order_by(Incident.next_due_at).limit(1)),
        **await _mails(session, seen, now=now),
        **await _evidence(session),
        **_backup(mail, now=now),
    }
    amiss = (values["late"], values["waiting"], values["dead"], values["findings"], values["is_backup_missed"])
    return {**values, "is_amiss": any(amiss), "most": MOST}


async def _mails(session: AsyncSession, seen: ColumnElement[bool], *, now: datetime) -> dict[str, int]:
    known = select(OutboxMail.id).outerjoin(Incident, Incident.id == OutboxMail.incident_id)
    known = known.where(or_(OutboxMail.incident_id.is_(None), seen))
    # One that is tried again and again is never due for long. This letter itself, and its like, are no news.
    long_ago = now - WAITS_AFTER
    is_tried = and_(OutboxMail.attempts > 0, OutboxMail.first_claimed_at < long_ago)
    waits = and_(
        OutboxMail.state == MailState.WAITING,
        OutboxMail.letter != Letter.ALIVE,
        or_(OutboxMail.due_at < long_ago, is_tried),
    )
    lost = and_(
        OutboxMail.state == MailState.DEAD,
        OutboxMail.due_at > now - LAST_TRY,
        OutboxMail.settled_at > now - NEWS_FOR,
        OutboxMail.member_id.is_not(None),
    )
    return {"waiting": await _count(session, known.where(waits)), "dead": await _count(session, known.where(lost))}


async def _evidence(session: AsyncSession) -> dict[str, Any]:
    newest = await session.scalar(select(Checkpoint).order_by(Checkpoint.number.desc()).limit(1))
    finished = select(Verification).where(Verification.finished_at.is_not(None))
    verified = await session.scalar(finished.order_by(Verification.started_at.desc()).limit(1))
    return {"newest": newest, "findings": verified.findings if verified else 0}


def _backup(mail: OutboxMail, *, now: datetime) -> dict[str, Any]:
    """Read what the worker saw in the folder of keys when it wrote the row."""
    said = mail.context.get("backup_at")
    made_at = datetime.fromisoformat(said) if said else None
    return {"backup_at": made_at, "is_backup_missed": made_at is None or now - made_at > BACKUP_WITHIN}


async def _count(session: AsyncSession, rows: Select[Any]) -> int:
    return await session.scalar(select(func.count()).select_from(rows.limit(MOST).subquery())) or 0
