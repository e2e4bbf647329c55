"""What a worker does beside clocks and mail: promises about data, evidence, backups, and room on the disk."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy import select, update

from incidentdesk import ballast, copies, database
from incidentdesk.breach.notices import actions as notices
from incidentdesk.escalation import watch
from incidentdesk.mail import outbox
from incidentdesk.mail.outbox import Letter
from incidentdesk.privacy.actions import replay
from incidentdesk.records import audit, backup_keys, checkpoints, files, rollback, steadiness
from incidentdesk.records.audit import Outside, daily
from incidentdesk.records.chain import Anchor
from incidentdesk.records.ledger import ledger_in
from incidentdesk.records.rollback import RolledBackError
from incidentdesk.tables import Checkpoint, Erasure, Verification
from incidentdesk.web.pages import Desk
from incidentdesk.web.room import is_low

log = logging.getLogger(__name__)


async def scrub_erased(desk: Desk, *, now: datetime) -> bool:
    """Take away the files of what was erased, and clean the database file of it; False, for a reader may be in the way."""
    async with desk.database.read() as session:
        waiting = list(await session.scalars(select(Erasure.number).where(Erasure.scrubbed_at.is_(None))))
        doomed = await files.doomed(session) if waiting else []
    await asyncio.to_thread(files.remove, desk.settings.files, doomed)
    is_clean = bool(waiting) and await asyncio.to_thread(database.scrub, desk.settings.database)
    if is_clean:
        async with desk.database.write() as session:
            await session.execute(update(Erasure).where(Erasure.number.in_(waiting)).values(scrubbed_at=now))
    return False


def erasure_finisher() -> Callable[..., Awaitable[bool]]:
    """Return what erases that which the ledger names and no transaction stored: it failed, or its process was killed.

    Whoever asked for it was told that it could not be stored, and may work on with what the next start would erase.
    """
    settled = 0

    async def finish_erasures(desk: Desk, *, now: datetime) -> bool:
        nonlocal settled
        ledger = ledger_in(desk.settings.keys_dir, desk.vault)
        noted = len(await asyncio.to_thread(ledger.lines))
        if noted > settled:
            await replay(desk.database, ledger, now=now)
            settled = noted
        return False

    return finish_erasures


async def prove_notices(desk: Desk, *, now: datetime) -> bool:
    """Write down which customers were told by a mail that left since, each in its own transaction; False when none was."""
    async with desk.database.read() as session:
        waiting = await notices.left(session)
    for notice_id in waiting:
        async with desk.database.write() as session:
            await notices.prove(session, notice_id, now=now)
    return len(waiting) == notices.BATCH


async def close_checkpoints(desk: Desk, *, now: datetime) -> bool:
    """Put what was written under a signed checkpoint when one is due; False when none was."""
    async with desk.database.read() as session:
        if not await checkpoints.is_due(session, now=now):
            return False
    async with desk.database.read() as session:
        # A replica without the last commits may have taken over: numbers must not be given a second time.
        await rollback.insist(session, desk.settings.keys_dir)
    async with desk.database.write() as session:
        made = await checkpoints.close_due_checkpoint(session, desk.vault, now=now)
    return _noted(desk, made)


async def close_last_checkpoint(desk: Desk, *, now: datetime) -> bool:
    """Put all that is open under a checkpoint, due or not."""
    async with desk.database.write() as session:
        made = await checkpoints.close_checkpoint(session, desk.vault, now=now)
    return _noted(desk, made)


def _noted(desk: Desk, made: Checkpoint | None) -> bool:
    """Note the newest checkpoint beside the keys, once it is committed."""
    if made is not None:
        rollback.note(desk.settings.keys_dir, Anchor(made.number, made.hash))
    return made is not None


async def forget_orphans(desk: Desk, *, now: datetime) -> bool:
    """Take away files that never got a row, as far as the clock can be believed that they are old."""
    folder = desk.settings.files
    async with desk.database.read() as session:
        if not await steadiness.may_destroy(session, now=now):
            return False
        left = await files.orphans(session, folder, now=now)
    await asyncio.to_thread(files.remove, folder, left)
    return False


async def expire_backups(desk: Desk, *, now: datetime) -> bool:
    """Destroy the keys of backups whose days are over, whether or not another one is made, and what killed ones left.

    Nobody gets a key back that a clock which was wrong for a minute had destroyed: after a jump all of them wait.
    """
    settings = desk.settings
    async with desk.database.read() as session:
        if not await steadiness.may_destroy(session, now=now):
            return False
    workshop = copies.workshop(settings.database, settings.data_dir)
    await asyncio.to_thread(copies.forget_left, workshop, now=now)
    await asyncio.to_thread(backup_keys.destroy_old, settings.keys_dir, kept=settings.backups_kept, now=now)
    return False


async def verify_evidence(desk: Desk, *, now: datetime) -> bool:
    """Read all evidence again when that is a day ago, and mail what came of it; always False, for it comes once a day."""
    async with desk.database.read() as session:
        if not await daily.is_due(session, now=now):
            return False
    # A desk that stood still comes with entries that were open all the time. One whose database lacks its end closes none,
    # and of that people have to read.
    with contextlib.suppress(RolledBackError):
        while await close_checkpoints(desk, now=now):
            pass
    async with desk.database.write() as session:
        started = await daily.begin(session, now=now)
    if started is not None:
        await _verify(desk, started, now=now)
    return False


async def _verify(desk: Desk, started: Verification, *, now: datetime) -> None:
    seen = rollback.noted(desk.settings.keys_dir)
    async with desk.database.read() as session:
        found = await audit.verify(session, desk.vault, now=now, outside=Outside((seen,) if seen else ()))
    async with desk.database.write() as session:
        await daily.finish(session, started, found, now=now)
        if desk.settings.audit_mail:
            await outbox.put(session, letter=Letter.AUDIT, dedupe=f"audit:{started.id}", now=now)
    if found.newest:
        log.info("evidence: %s entries, newest checkpoint %s", found.entries, found.newest)
    if found.findings:
        log.error("the evidence is not in order: %s", found.findings[0].what)


def room_keeper() -> Callable[..., Awaitable[bool]]:
    """Return what keeps the ballast, and says once when a disk falls below its floor or has room again."""
    was_low = False

    async def keep_room(desk: Desk, **_moment: datetime) -> bool:
        nonlocal was_low
        if desk.database.ballast:
            await asyncio.to_thread(ballast.keep, desk.database.ballast)
        low = await asyncio.to_thread(is_low, desk.settings)
        if low and not was_low:
            log.error("the disk is almost full: files are refused until there is room")
        if was_low and not low:
            log.info("there is room on the disk again")
        was_low = low
        return False

    return keep_room


async def look_for_gaps(desk: Desk, *, now: datetime) -> bool:
    """Look for what would keep alerts from people, once a day and whenever it changed; always False."""
    async with desk.database.read() as session:
        if not await watch.is_due(session, now=now):
            return False
    async with desk.database.write() as session:
        started = await watch.begin(session, now=now)
    if started is not None:
        async with desk.database.read() as session:
            found = await watch.search(session, desk.settings, now=now)
        async with desk.database.write() as session:
            await watch.finish(session, started, found, now=now)
    return False
