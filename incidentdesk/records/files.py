"""Files on the disk: sealed while they come in, opened piece by piece. No byte of one ever lies there in clear.

A sealed file is one byte of version, seven random bytes, and pieces of 256 KiB, each closed with AES-256-GCM. A piece's
nonce holds its number and whether it is the last, so none can be taken away, added or moved; the key and what each
piece is bound to are of one file of one incident, so no file can stand in for another.
"""

import asyncio
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.records.sealing import Damaged, derived_key
from incidentdesk.tables import Attachment, Erasure, Incident, fetch_keys, new_id

VERSION = b"\x01"
PIECE = 256 * 1024
PREFIX, TAG = 7, 16
# How many pieces go by until the room on the disk is looked at again: 4 MiB.
LOOK_EVERY = 16
# No upload takes this long. What has no row by then never gets one.
ORPHAN_AFTER = timedelta(days=1)
PLACE_BYTES = 16
OWN_NAME = re.compile("[0-9a-f]{32}")
BATCH = 500


class NoRoom(OSError):
    """The disk would hold less free space than it must keep."""


@dataclass(frozen=True)
class Slot:
    """Where a file lies and what closes it. Nothing of it comes from a request."""

    id: UUID
    place: str
    label: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class Kept:
    """What was stored: bytes as they were sent, digest of the sealed file, digest of the clear content."""

    size: int
    digest: str
    content: str


async def new_slot(session: AsyncSession, incident_id: UUID) -> Slot:
    """Return a place for a new file of this incident."""
    return await _slot(session, incident_id, new_id(), secrets.token_hex(PLACE_BYTES))


async def slot_of(session: AsyncSession, file: Attachment) -> Slot:
    """Return where a file lies, and what opens it."""
    return await _slot(session, file.incident_id, file.id, file.place)


async def _slot(session: AsyncSession, incident_id: UUID, file_id: UUID, place: str) -> Slot:
    await fetch_keys(session, [incident_id])
    label = f"file|1|{incident_id}|{file_id}".encode()
    return Slot(file_id, place, label, derived_key(session.sync_session, incident_id, label))


async def keep(folder: Path, slot: Slot, parts: AsyncIterator[bytes], *, spare: int) -> Kept:
    """Store what comes in. Whatever goes wrong, a file that is not whole is taken away again.

    `spare` is how many bytes must stay free on the disk.
    """
    path = folder / slot.place
    try:
        with await asyncio.to_thread(_create, path) as file:
            return await _fill(file, slot, parts, spare=spare)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _create(path: Path) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600))


async def _fill(file: BinaryIO, slot: Slot, parts: AsyncIterator[bytes], *, spare: int) -> Kept:
    head = VERSION + secrets.token_bytes(PREFIX)
    cipher, sealed, clear = AESGCM(slot.key), hashlib.sha256(head), hashlib.sha256()
    folder, size, number = Path(file.name).parent, 0, 0

    def put(piece: bytes, *, is_last: bool) -> None:
        if number % LOOK_EVERY == 0 and shutil.disk_usage(folder).free < spare:
            raise NoRoom
        closed = cipher.encrypt(_nonce(head, number, is_last=is_last), piece, slot.label)
        clear.update(piece)
        sealed.update(closed)
        file.write(closed)

    file.write(head)
    async with aclosing(_pieces(parts)) as pieces:
        async for piece, is_last in pieces:
            # In a thread: a slow disk must not make everybody wait.
            await asyncio.to_thread(put, piece, is_last=is_last)
            number, size = number + 1, size + len(piece)
    await asyncio.to_thread(_settle, file)
    return Kept(size, sealed.hexdigest(), clear.hexdigest())


async def _pieces(parts: AsyncIterator[bytes]) -> AsyncGenerator[tuple[bytes, bool]]:
    """Cut what comes in into pieces, each with whether it is the last; none is longer than the others."""
    waiting = bytearray()
    async for part in parts:
        waiting += part
        while len(waiting) > PIECE:
            yield bytes(waiting[:PIECE]), False
            del waiting[:PIECE]
    yield bytes(waiting), True


def _nonce(head: bytes, number: int, *, is_last: bool) -> bytes:
    return head[1:] + number.to_bytes(4) + bytes([is_last])


def _settle(file: BinaryIO) -> None:
    """Make the bytes and the name survive a power cut: only then may a row speak of them."""
    file.flush()
    os.fsync(file.fileno())
    if os.name == "posix":
        folder = os.open(Path(file.name).parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def check(folder: Path, slot: Slot) -> None:
    """Read the whole file, and raise `Damaged` unless it is as it was stored; before a byte of it is given to anybody."""
    for _ in _opened(folder, slot):
        pass


async def read(folder: Path, slot: Slot) -> AsyncIterator[bytes]:
    """Return the clear content piece by piece."""
    pieces = _opened(folder, slot)
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        yield piece


def _opened(folder: Path, slot: Slot) -> Iterator[bytes]:
    try:
        with (folder / slot.place).open("rb") as file:
            head = file.read(len(VERSION) + PREFIX)
            if head[:1] != VERSION or len(head) != len(VERSION) + PREFIX:
                raise Damaged
            yield from _pieces_in(file, slot, head)
    except (InvalidTag, OSError) as error:
        raise Damaged from error


def _pieces_in(file: BinaryIO, slot: Slot, head: bytes) -> Iterator[bytes]:
    cipher, number, closed = AESGCM(slot.key), 0, file.read(PIECE + TAG)
    while closed or not number:
        following = file.read(PIECE + TAG)
        yield cipher.decrypt(_nonce(head, number, is_last=not following), closed, slot.label)
        number, closed = number + 1, following


def damaged(folder: Path, files: Iterable[Attachment]) -> set[UUID]:
    """Return those that are gone or cut, as far as one can see without reading them."""
    return {file.id for file in files if _size_of(folder / file.place) != sealed_size(file.size)}


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def sealed_size(size: int) -> int:
    """Return how long a sealed file is whose content has `size` bytes."""
    return len(VERSION) + PREFIX + size + TAG * max(1, -(-size // PIECE))


def remove(folder: Path, places: Iterable[str]) -> None:
    """Take files away; what is gone already is no error."""
    for place in places:
        (folder / place).unlink(missing_ok=True)


async def doomed(session: AsyncSession) -> list[str]:
    """Return the places of erased incidents' files that may still lie there; their keys are gone already."""
    waits = select(Erasure.erased_id).where(Erasure.scrubbed_at.is_(None))
    gone = select(Incident.id).where(Incident.erased_at.is_not(None), Incident.id.in_(waits))
    return list(await session.scalars(select(Attachment.place).where(Attachment.incident_id.in_(gone))))


async def orphans(session: AsyncSession, folder: Path, *, now: datetime) -> list[str]:
    """Return what lies in the folder without a row: left by a process that was killed between the two."""
    old = await asyncio.to_thread(_older_than, folder, now - ORPHAN_AFTER)
    found: list[str] = []
    for batch in (old[at : at + BATCH] for at in range(0, len(old), BATCH)):
        known = set(await session.scalars(select(Attachment.place).where(Attachment.place.in_(batch))))
        found += [place for place in batch if place not in known]
    return found


def _older_than(folder: Path, moment: datetime) -> list[str]:
    """Only names of our own making: whatever else lies there is not ours to take away."""
    names = (entry for entry in os.scandir(folder) if OWN_NAME.fullmatch(entry.name)) if folder.exists() else ()
    return [entry.name for entry in names if entry.stat().st_mtime < moment.timestamp()]
