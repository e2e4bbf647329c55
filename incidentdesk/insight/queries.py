"""Figures for a program that watches the desk. Each is found by an index and counted to a bound: years do not slow it down."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.records import checkpoints
from incidentdesk.tables import Incident, MailState, OutboxMail

MOST = 1000
# A mail that did not arrive is news for a week. The index knows when its last try was due, which may be longer ago.
NEWS_FOR = timedelta(days=7)
LAST_TRY = timedelta(days=37)


async def figures(session: AsyncSession, *, now: datetime) -> dict[str, float]:
    """Return what `metrics.GAUGES` lists, as of this moment."""
    return {
        "database_up": 1,
        **await _late(session, now=now),
        **await _mails(session, now=now),
        **await _checkpoints(session, now=now),
    }


async def _late(session: AsyncSession, *, now: datetime) -> dict[str, float]:
    """An incident is due when the first of its running clocks is: the queue keeps that moment, and its order."""
    real = Incident.practice.is_(False)
    late = select(Incident.id).where(Incident.closed_at.is_(None), Incident.next_due_at < now, real)
    legal = select(Incident.legal_due_at).where(Incident.legal_due_at.is_not(None), Incident.next_due_at < now, real)
    first = legal.order_by(Incident.next_due_at).limit(MOST).subquery()
    over = select(func.count()).select_from(first).where(first.c.legal_due_at < now)
    return {
        "incidents_late": await _count(session, late.order_by(Incident.next_due_at)),
        "incidents_late_legal": await session.scalar(over) or 0,
    }


async def _mails(session: AsyncSession, *, now: datetime) -> dict[str, float]:
    waiting = select(OutboxMail.due_at).where(OutboxMail.state == MailState.WAITING).order_by(OutboxMail.due_at)
    dead = select(OutboxMail.settled_at, OutboxMail.member_id)
    dead = dead.where(OutboxMail.state == MailState.DEAD, OutboxMail.due_at > now - LAST_TRY)
    last = dead.order_by(OutboxMail.due_at.desc()).limit(MOST).subquery()
    ours = select(func.count()).select_from(last)
    ours = ours.where(last.c.settled_at > now - NEWS_FOR, last.c.member_id.is_not(None))
    oldest = await session.scalar(waiting.limit(1))
    return {
        "mails_waiting": await _count(session, waiting),
        "mails_dead": await session.scalar(ours) or 0,
        "mail_overdue_seconds": max((now - oldest).total_seconds(), 0) if oldest else 0,
    }


async def _checkpoints(session: AsyncSession, *, now: datetime) -> dict[str, float]:
    newest = await checkpoints.last_checkpoint(session)
    age = {"checkpoint_age_seconds": (now - newest.at).total_seconds()} if newest else {}
    return {**age, "checkpoint_due": float(await checkpoints.is_due(session, now=now))}


async def _count(session: AsyncSession, rows: Select[Any]) -> int:
    return await session.scalar(select(func.count()).select_from(rows.limit(MOST).subquery())) or 0
