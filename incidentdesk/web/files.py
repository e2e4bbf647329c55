"""Files between a browser and their places on the disk: let in within what the desk can hold, handed out to be saved."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from urllib.parse import quote
from uuid import UUID

from litestar.response import Stream
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.errors import DeskError, Limit, Unreadable
from incidentdesk.records import files
from incidentdesk.records.attachments import MOST, Arrived
from incidentdesk.records.files import Slot
from incidentdesk.records.sealing import Damaged
from incidentdesk.tables import Attachment
from incidentdesk.web.forms import Request
from incidentdesk.web.limits import count, network_of
from incidentdesk.web.pages import Desk, desk_of
from incidentdesk.web.room import floor_for_files
from incidentdesk.web.uploads import Incoming, Refused, Upload, incoming

DAY = timedelta(days=1)
MEGABYTE, KILOBYTE = 1_000_000, 1_000
# The page must not be able to run, show or embed it, whatever it is and whatever a browser makes of it.
AS_A_FILE = {
    "content-security-policy": "sandbox; default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "accept-ranges": "none",
    "cache-control": "no-store",
}
SAVED = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._-()+,=@")
log = logging.getLogger(__name__)


def upload_of(request: Request) -> Upload:
    """Return the files that come in with this form; a form without any is refused."""
    upload: Upload | None = request.scope["state"].get("upload")
    if upload is None:
        raise Refused("file_missing")
    return upload


async def set_aside(session: AsyncSession, request: Request, *, now: datetime) -> None:
    """Count a reporter's upload before it comes in: of many at once, only as many as there is room for begin."""
    amount = _kilobytes(upload_of(request).body.length)
    for key, megabytes in _quotas(request).items():
        total = await count(session, key, within=DAY, now=now, amount=amount)
        if total > megabytes * MEGABYTE // KILOBYTE:
            desk_of(request).metrics.refusals.labels(Limit.FILES.value).inc()
            raise Refused("files_quota")


async def give_back(session: AsyncSession, request: Request, *, now: datetime) -> None:
    """Count no more than what came, once nothing more comes; else whoever only announces files takes all the room.

    `now` is the moment of setting aside, whose day it was counted to.
    """
    body = upload_of(request).body
    amount = _kilobytes(body.length) - _kilobytes(body.received)
    for key in _quotas(request) if amount > 0 else ():
        await count(session, key, within=DAY, now=now, amount=-amount)


def _quotas(request: Request) -> dict[str, int]:
    """Return the counters of an upload, with how many megabytes a day each may hold."""
    desk = desk_of(request)
    network = desk.vault.hash("network", network_of(request, desk.settings))
    return {f"files:{network}": desk.settings.files_mb_per_network, "files": desk.settings.files_mb_per_day}


def _kilobytes(size: int) -> int:
    return -(-size // KILOBYTE)


@asynccontextmanager
async def stored(request: Request, incident_id: UUID, *, giver: str) -> AsyncIterator[list[Arrived]]:
    """Store all files that come in, for the one transaction that makes rows of them.

    When one is refused, or the transaction is, all are taken away again. After anything else that goes wrong once they are
    all there, rows may speak of them: what has none then is taken away by the worker a day later.
    """
    desk, arrived = desk_of(request), list[Arrived]()
    try:
        async for file in incoming(upload_of(request)):
            _refuse(len(arrived) == MOST, "files_many")
            arrived.append(await _store(desk, file, incident_id, giver=giver))
        _refuse(not arrived, "file_missing")
    except BaseException:
        _take_away(desk, arrived)
        raise
    try:
        yield arrived
    except DeskError:
        _take_away(desk, arrived)
        raise
    desk.metrics.files.inc(len(arrived))


def _take_away(desk: Desk, arrived: Iterable[Arrived]) -> None:
    files.remove(desk.settings.files, [file.slot.place for file in arrived])


def _refuse(when: bool, reason: str) -> None:  # noqa: FBT001 - it reads as a sentence
    if when:
        raise Refused(reason)


async def _store(desk: Desk, file: Incoming, incident_id: UUID, *, giver: str) -> Arrived:
    async with desk.database.read() as session:
        slot = await files.new_slot(session, incident_id)
    spare = floor_for_files(desk.settings)
    try:
        kept = await files.keep(desk.settings.files, slot, file.parts, spare=spare)
    except OSError as error:
        # The disk is full or broken. What people write still goes to the database.
        kind = type(error).__name__
        log.error("a file could not be stored: %s", kind, extra={"incident": incident_id})  # noqa: TRY400 - nothing more is known
        desk.metrics.refusals.labels(Limit.DISK.value).inc()
        raise Refused("files_room") from error
    once = desk.vault.hash("file", f"{giver}|{file.name}|{kept.content}")
    return Arrived(file.name, file.kind, slot, kept, once)


async def forget_unused(desk: Desk, arrived: list[Arrived], added: list[Attachment]) -> None:
    """Take away what got no row because the same file had one; after the transaction."""
    unused = {file.slot.place for file in arrived} - {row.place for row in added}
    await asyncio.to_thread(files.remove, desk.settings.files, unused)


async def download(request: Request, file: Attachment, slot: Slot) -> Stream:
    """Hand a file out to be saved, never to be shown; whole, or not at all."""
    folder = desk_of(request).settings.files
    try:
        await asyncio.to_thread(files.check, folder, slot)
    except Damaged as error:
        log.error("file %s is damaged", file.id, extra={"incident": file.incident_id})  # noqa: TRY400 - nothing more is known
        raise Unreadable from error
    headers = {"content-disposition": disposition(file.name), "content-length": str(file.size), **AS_A_FILE}
    return Stream(files.read(folder, slot), media_type="application/octet-stream", headers=headers)


def disposition(name: str) -> str:
    """Return the header that names a download (RFC 6266): plain for old programs, and whole as RFC 8187 writes it."""
    plain = "".join(character if character in SAVED else "_" for character in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


async def damaged(desk: Desk, rows: Iterable[Attachment]) -> set[UUID]:
    """Return which of these files are gone or cut."""
    return await asyncio.to_thread(files.damaged, desk.settings.files, rows)
