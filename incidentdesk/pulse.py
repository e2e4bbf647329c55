"""Signs of life for somebody outside: a ping while all is well, whose absence is the alarm, and a mail each morning."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock, outward
from incidentdesk.insight import health
from incidentdesk.mail import outbox
from incidentdesk.mail.outbox import Letter
from incidentdesk.records import backup_keys
from incidentdesk.rules.permissions import Role
from incidentdesk.setting_values import ADMINISTRATORS, NOBODY
from incidentdesk.settings import Settings
from incidentdesk.tables import Member, OutboxMail
from incidentdesk.web.pages import Desk

PING_WITHIN = timedelta(seconds=10)
# A look at the clocks comes each second; one that takes so long is stuck.
SWEPT_WITHIN_SECONDS = 60.0
# In the desk's own zone.
MORNING = time(7)
log = logging.getLogger(__name__)


@dataclass
class Sweeps:
    """When this worker last looked at the clocks, by the ticks of its own clock."""

    last: float


def pinger(sweeps: Sweeps) -> Callable[..., Awaitable[bool]]:
    """Return what pings an address as long as all is well, and says once when that begins or ends."""
    was = ""

    async def ping(desk: Desk, *, now: datetime) -> bool:
        nonlocal was
        amiss = await health.alarms(desk, now=now)
        if clock.ticks() - sweeps.last > SWEPT_WITHIN_SECONDS:
            amiss.append("sweep")
        why = ", ".join(amiss) or await outward.tell(desk.settings.ping_url, within=PING_WITHIN)
        if why and why != was:
            log.error("no ping: %s", why)
        if was and not why:
            log.info("the ping is sent again")
        was = why
        return False

    return ping


async def say_alive(desk: Desk, *, now: datetime) -> bool:
    """Queue the mail of the day from seven in the morning on; always False, for it comes once a day.

    Its key is the day and the person, so any number of workers write one; a day on which none worked has none.
    """
    settings = desk.settings
    due_at = datetime.combine(now.astimezone(settings.zone).date(), MORNING, settings.zone)
    if settings.alive_mail == NOBODY or now < due_at:
        return False
    async with desk.database.read() as session:
        wanted = await _keys(session, settings, due_at)
        known = set(await session.scalars(select(OutboxMail.dedupe).where(OutboxMail.dedupe.in_(wanted))))
    if wanted.keys() <= known:
        return False
    made = backup_keys.moments(settings.keys_dir).values()
    context = {"backup_at": max(made).isoformat() if made else None}
    async with desk.database.write() as session:
        for key, member_id in wanted.items():
            about: outbox.About = {"member_id": member_id, "context": context}
            await outbox.put(session, letter=Letter.ALIVE, dedupe=key, now=now, **about)
    return False


async def _keys(session: AsyncSession, settings: Settings, due_at: datetime) -> dict[str, UUID | None]:
    """Return the keys of this day's mails and for whom each is; who came in later today waits for tomorrow's."""
    day = f"alive:{due_at:%Y-%m-%d}"
    if settings.alive_mail != ADMINISTRATORS:
        return {day: None}
    who = select(Member.id).where(Member.role == Role.ADMINISTRATOR, Member.disabled_at.is_(None))
    return {f"{day}:{number}": number for number in await session.scalars(who.where(Member.created_at < due_at))}
