"""Many files in one sealed file: what a backup is. Cut short, mixed up or opened with another key, it does not open.

A line of version, seven random bytes, and pieces closed with AES-256-GCM. A piece's nonce holds its number and whether it
is the last. Inside is a tar stream, so nothing is ever whole in memory.
"""

import contextlib
import os
import secrets
import shutil
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from incidentdesk.records.vault import remember

HEAD = b"incidentdesk backup 1\n"
PIECE = 256 * 1024
PREFIX, TAG = 7, 16
DRAFT = ".part"


class DamagedCrate(OSError):
    """This file is not whole, not a backup, or closed with another key."""


def pack(folder: Path, path: Path, key: bytes, *, also: Iterable[tuple[str, Path]] = ()) -> None:
    """Seal every file of `folder`, and others under names of their own, into `path`; it is there whole or not at all."""
    draft = path.with_suffix(DRAFT)
    try:
        with open(draft, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            _fill(file, folder, key, also)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    draft.replace(path)
    remember(path.parent)


def _fill(file: BinaryIO, folder: Path, key: bytes, also: Iterable[tuple[str, Path]]) -> None:
    sealer = _Sealer(file, key)
    with tarfile.open(fileobj=cast("Any", sealer), mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for one in sorted(folder.iterdir()):
            tar.add(one, one.name, recursive=False)
        for name, one in also:
            # Erased meanwhile.
            with contextlib.suppress(FileNotFoundError):
                tar.add(one, name, recursive=False)
    sealer.finish()


def unpack(path: Path, folder: Path, key: bytes, *, without: str = "") -> None:
    """Open a crate into an empty folder, or raise DamagedCrate; whoever calls throws the folder away then.

    What lies in the folder `without` is read and proven whole like the rest, and not written.
    """
    with path.open("rb") as file:
        opener = _Opener(file, key)
        try:
            with tarfile.open(fileobj=cast("Any", opener), mode="r|") as tar:
                for member in tar:
                    if not without or not member.name.startswith(f"{without}/"):
                        _unfold(tar, member, folder)
            # To the end: a tar stream ends before the last piece that says it is the last.
            while opener.read(PIECE):
                pass
        except (InvalidTag, tarfile.TarError) as error:
            msg = f"{path} is not a whole backup, or its key is another one"
            raise DamagedCrate(msg) from error


def _unfold(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    source = tar.extractfile(member) if ".." not in Path(member.name).parts else None
    if source is None:
        raise tarfile.TarError
    place = folder / member.name.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with source, open(place, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        shutil.copyfileobj(source, file, PIECE)


def _nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    return prefix + number.to_bytes(4) + bytes([is_last])


class _Sealer:
    """Takes a stream of bytes and writes sealed pieces; `finish` writes the last one."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        self.file, self.cipher, self.number = file, AESGCM(key), 0
        self.prefix, self.waiting = secrets.token_bytes(PREFIX), bytearray()
        file.write(HEAD + self.prefix)

    def write(self, part: bytes) -> int:
        self.waiting += part
        while len(self.waiting) > PIECE:
            self._close(bytes(self.waiting[:PIECE]), is_last=False)
            del self.waiting[:PIECE]
        return len(part)

    def finish(self) -> None:
        self._close(bytes(self.waiting), is_last=True)

    def _close(self, piece: bytes, *, is_last: bool) -> None:
        self.file.write(self.cipher.encrypt(_nonce(self.prefix, self.number, is_last=is_last), piece, HEAD))
        self.number += 1


class _Opener:
    """Reads sealed pieces and gives a stream of bytes."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        self.file, self.cipher, self.number = file, AESGCM(key), 0
        self.prefix, self.ready = file.read(len(HEAD) + PREFIX)[len(HEAD) :], bytearray()
        self.next = file.read(PIECE + TAG)

    def read(self, size: int) -> bytes:
        while len(self.ready) < size and (self.next or not self.number):
            self._open()
        given = bytes(self.ready[:size])
        del self.ready[:size]
        return given

    def _open(self) -> None:
        closed, self.next = self.next, self.file.read(PIECE + TAG)
        nonce = _nonce(self.prefix, self.number, is_last=not self.next)
        if len(nonce) != PREFIX + 5:
            raise InvalidTag
        self.ready += self.cipher.decrypt(nonce, closed, HEAD)
        self.number += 1
