"""What a watchdog asks: whether this process can work, and whether alerts reach people. One word for each thing amiss.

Each question is answered from an index, a folder or a table of a few rows, however many incidents there are.
"""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import append_only, schema
from incidentdesk.mail import channels, signs
from incidentdesk.mail.outbox import ALERTS
from incidentdesk.records import steadiness
from incidentdesk.records.sealing import label_of
from incidentdesk.records.vault import KeyFileError, open_vault
from incidentdesk.tables import DESK_SCOPE, Clock, DataKey, MailState, OutboxMail
from incidentdesk.web.pages import Desk
from incidentdesk.web.room import is_low

LATE_AFTER = timedelta(seconds=120)
# Tried again after one minute and after two more: a clock that failed so often is late, though it looks put off.
FAILED_TOO_OFTEN = 3
# A watchdog gives up soon, and a database that takes longer is none.
PATIENCE_SECONDS = 4
AWAY = (SQLAlchemyError, OSError)


async def hindrances(desk: Desk) -> list[str]:
    """Name what keeps this process from working."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), desk.database.read() as session:
            if await schema.schema_of(session) != schema.newest():
                return ["schema"]
            is_guarded = not await session.run_sync(lambda inner: append_only.flaws(inner.connection()))
            own_keys = list(await session.scalars(select(DataKey).where(DataKey.scope == DESK_SCOPE)))
    except AWAY:
        return ["database"]
    do_open = await asyncio.to_thread(_do_open, desk, own_keys)
    return [word for word, is_well in (("keys", do_open), ("triggers", is_guarded)) if not is_well]


def _do_open(desk: Desk, own_keys: list[DataKey]) -> bool:
    """Say whether the folder of keys, as it is now, opens what this desk has closed."""
    try:
        vault = open_vault(desk.settings.keys_dir, may_create=False)
    except (KeyFileError, OSError):
        return False
    opened = [vault.unwrap(row.epoch, row.wrapped, place=label_of(row.scope, row.seal)) for row in own_keys]
    return vault.public_key == desk.vault.public_key and bool(opened) and None not in opened


async def alarms(desk: Desk, *, now: datetime) -> list[str]:
    """Name what keeps alerts from reaching people in time."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), desk.database.read() as session:
            asked = select(_is_late(now - LATE_AFTER), steadiness.is_news(now))
            is_late, has_jumped = (await session.execute(asked)).one()
            found = {
                "late": is_late,
                "worker": await signs.silence(session) >= signs.MISSED_AFTER,
                "relay": await _is_relay_missed(session),
                "channel": await channels.is_blocked(session),
                "clock": has_jumped,
            }
    except AWAY:
        return ["database"]
    found["disk"] = await asyncio.to_thread(is_low, desk.settings)
    return [word for word, is_amiss in found.items() if is_amiss]


def _is_late(since: datetime) -> ColumnElement[bool]:
    mail = select(OutboxMail.id).where(OutboxMail.state == MailState.WAITING, OutboxMail.due_at < since)
    # One that is tried again and again is never due for long. Its next try is near: said for the index.
    in_vain = select(OutboxMail.id).where(
        OutboxMail.state == MailState.WAITING,
        OutboxMail.due_at < since + signs.TRIED_WITHIN,
        OutboxMail.letter.in_(sorted(ALERTS)),
        OutboxMail.attempts > 0,
        OutboxMail.first_claimed_at < since,
    )
    step = select(Clock.id).where(Clock.next_check_at < since)
    # Said twice for the index, which holds the failed ones only.
    failing = select(Clock.id).where(Clock.failures > 0, Clock.failures >= FAILED_TOO_OFTEN)
    failing = failing.where(Clock.next_check_at.is_not(None))
    return or_(mail.exists(), in_vain.exists(), step.exists(), failing.exists())


async def _is_relay_missed(session: AsyncSession) -> bool:
    waiting = select(OutboxMail.id).where(OutboxMail.state == MailState.WAITING)
    return await signs.is_relay_away(session) and await session.scalar(waiting.limit(1)) is not None
