"""Backups: the database and the files in one sealed file, and the way back."""

import asyncio
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock, copies, database
from incidentdesk.copies import CopyError
from incidentdesk.privacy.actions import replay
from incidentdesk.records import backup_keys, rollback, sealing, steadiness
from incidentdesk.records.crate import DRAFT, pack, unpack
from incidentdesk.records.files import OWN_NAME
from incidentdesk.records.ledger import ledger_in
from incidentdesk.records.vault import open_vault, remember
from incidentdesk.settings import Settings
from incidentdesk.tables import AddressLink, Attachment, HistoryEntry, Incident, MailHold, Report

Answer = TypeVar("Answer")
ENDING = ".desk"
DATABASE, MANIFEST, FILES = "database", "manifest.json", "files"
# Nobody signed in stays so, no link that was handed out opens again, and nothing is mailed before somebody says so.
AFTER = (
    "DELETE FROM member_session",
    "DELETE FROM welcome_link",
    "UPDATE outbox_mail SET lease = NULL, lease_until = NULL",
    "DELETE FROM mail_hold",
)


@dataclass(frozen=True)
class Made:
    """What a backup came to."""

    path: Path
    size: int
    destroyed: tuple[str, ...]


@dataclass(frozen=True)
class Contents:
    """How much a database holds, and from when the newest entry of its history is."""

    incidents: int
    reports: int
    entries: int
    newest: datetime | None


def make(settings: Settings, folder: Path, *, now: datetime) -> Made:
    """Write a backup into `folder`, open it again to see that it is whole, and destroy those whose days are over."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in copies.left_behind(folder, f"*{DRAFT}", now=now):
        left.unlink()
    with _workplace(settings, now=now) as work:
        contents = work / "contents"
        contents.mkdir()
        copies.copy_out(settings.database, contents / DATABASE)
        _write_manifest(settings, contents, now=now)
        name, key = backup_keys.new_key(settings.keys_dir, now=now)
        path = folder / f"{name}{ENDING}"
        with _or_nothing(settings, path, name):
            pack(contents, path, key, also=_files(settings))
            shutil.rmtree(contents)
            _open(path, work / "opened", key, without=FILES)
            backup_keys.vouch(settings.keys_dir, name)
    is_believed = asyncio.run(_ask(settings, lambda session: steadiness.may_destroy(session, now=now), otherwise=False))
    destroyed = backup_keys.destroy_old(settings.keys_dir, kept=settings.backups_kept, now=now) if is_believed else []
    # Also those whose keys the worker destroyed since the last backup.
    for old in backup_keys.revoked(settings.keys_dir):
        (folder / f"{old}{ENDING}").unlink(missing_ok=True)
    return Made(path, path.stat().st_size, tuple(destroyed))


def moment(settings: Settings) -> datetime:
    """Return what time the database says it is: the desk goes by that, wherever the command is said."""
    return asyncio.run(_ask(settings, database.moment, otherwise=clock.now()))


async def _ask(
    settings: Settings, question: Callable[[AsyncSession], Awaitable[Answer]], *, otherwise: Answer
) -> Answer:
    """Ask the database; take `otherwise` for the answer when it is away or older than this program."""
    opened = database.connect(settings.database)
    try:
        async with opened.read() as session:
            return await question(session)
    except (SQLAlchemyError, OSError):
        return otherwise
    finally:
        await opened.close()


@contextmanager
def _or_nothing(settings: Settings, path: Path, name: str) -> Iterator[None]:
    """Leave no file behind that cannot be used, and no key that would hold up the end of an epoch."""
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        backup_keys.revoke(settings.keys_dir, name)
        raise


@contextmanager
def _workplace(settings: Settings, *, now: datetime) -> Iterator[Path]:
    """Lend a folder of its own; what a killed backup left there goes first."""
    beside = copies.workshop(settings.database, settings.data_dir)
    beside.mkdir(parents=True, exist_ok=True, mode=0o700)
    copies.forget_left(beside, now=now)
    with tempfile.TemporaryDirectory(prefix=copies.WORK, dir=beside) as place:
        yield Path(place)


def _files(settings: Settings) -> list[tuple[str, Path]]:
    """Name the sealed files people added. Each is written once, so those of every row that was copied are there."""
    found = settings.files.iterdir() if settings.files.exists() else ()
    return sorted((f"{FILES}/{path.name}", path) for path in found if OWN_NAME.fullmatch(path.name))


def _bring_files(settings: Settings, unpacked: Path) -> None:
    """Put back the files that are not there any more; what lies there now stays."""
    settings.files.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in unpacked.glob("*"):
        if not (settings.files / path.name).exists():
            _bring(path, settings.files)
    remember(settings.files)


def _bring(path: Path, folder: Path) -> None:
    draft = folder / f".{path.name}"
    try:
        shutil.copyfile(path, draft)
        draft.chmod(0o600)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(folder / path.name)
    finally:
        draft.unlink(missing_ok=True)


async def _mend_files(session: AsyncSession, settings: Settings, unpacked: Path) -> None:
    """Put a file of the backup in the place of one that is damaged, as the digest on its row tells the two apart."""
    for place, digest in await session.execute(select(Attachment.place, Attachment.digest)):
        there, copy = settings.files / place, unpacked / place
        if OWN_NAME.fullmatch(place) and copy.exists() and _digest(there) != digest == _digest(copy):
            await asyncio.to_thread(_bring, copy, settings.files)


def _write_manifest(settings: Settings, contents: Path, *, now: datetime) -> None:
    facts = {
        "version": 1,
        "made_at": now.isoformat(),
        "kind": copies.kind_of(settings.database),
        "digest": _digest(contents / DATABASE),
    }
    (contents / MANIFEST).write_text(json.dumps(facts), encoding="utf-8")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _open(path: Path, folder: Path, key: bytes, *, without: str = "") -> str:
    """Unpack a backup and look whether it is whole; return of which database it is."""
    folder.mkdir()
    unpack(path, folder, key, without=without)
    facts = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    kind = str(facts["kind"])
    problem = "" if _digest(folder / DATABASE) == facts["digest"] else "the copy of the database differs"
    problem = problem or copies.problem_in(folder / DATABASE, kind)
    if problem:
        msg = f"{path} cannot be used: {problem}"
        raise CopyError(msg)
    return kind


def restore(settings: Settings, path: Path, *, now: datetime) -> int:
    """Let a backup take the place of the database; return how much had to be erased again.

    The desk must not run. Killed at any moment, the database is the old one or the whole new one, with its mail held.
    """
    key = backup_keys.key_of(settings.keys_dir, path.name.removesuffix(ENDING))
    # Without the keys or with a ledger that was altered nothing could start afterwards: that is said before anything goes.
    ledger_in(settings.keys_dir, open_vault(settings.keys_dir, may_create=False)).lines()
    with _workplace(settings, now=now) as work:
        kind = _open(path, work / "opened", key)
        if kind != copies.kind_of(settings.database):
            msg = f"{path} is a backup of {kind}; this desk is set to another database"
            raise CopyError(msg)
        statements = (*AFTER, f"INSERT INTO mail_hold (since) VALUES ('{copies.moment(settings.database, now)}')")  # noqa: S608 - our own moment
        copy = work / "opened" / DATABASE
        files = work / "opened" / FILES
        _bring_files(settings, files)
        if kind == copies.POSTGRESQL:
            copies.copy_in(settings.database, copy, statements)
            again = asyncio.run(_catch_up(settings, settings.database, files, now=now))
        else:
            copies.edit(copy, statements)
            again = asyncio.run(_catch_up(settings, f"sqlite+aiosqlite:///{copy}", files, now=now))
            copies.put_in_place(settings.database, copy)
        # Until here a start is refused: the folder of the keys knows a newer database.
        rollback.forget(settings.keys_dir)
        return again


async def contents(settings: Settings) -> Contents:
    """Count what the database holds."""
    opened = database.connect(settings.database)
    try:
        async with opened.read() as session:
            incidents, reports, entries = [
                await session.scalar(select(func.count()).select_from(table)) or 0
                for table in (Incident, Report, HistoryEntry)
            ]
            newest = await session.scalar(select(func.max(HistoryEntry.at)))
    finally:
        await opened.close()
    return Contents(incidents, reports, entries, newest)


async def _catch_up(settings: Settings, url: str, unpacked: Path, *, now: datetime) -> int:
    """Bring the copy to today's schema, write down that it is older, and erase again what was erased since."""
    await asyncio.to_thread(database.migrate, url)
    opened = database.connect(url)
    try:
        vault = open_vault(settings.keys_dir, may_create=False)
        sealing.lend(opened, vault)
        async with opened.write() as session:
            await rollback.accept(session, settings.keys_dir, now=now)
            # Not among the statements above: a backup of an earlier release has no such table yet.
            await session.execute(delete(AddressLink))
            await _mend_files(session, settings, unpacked)
        return await replay(opened, ledger_in(settings.keys_dir, vault), now=now)
    finally:
        await opened.close()


async def resume_mail(settings: Settings) -> bool:
    """Let mails leave again; False when they were not held."""
    opened = database.connect(settings.database)
    try:
        async with opened.write() as session:
            return bool((await session.execute(delete(MailHold).returning(MailHold.since))).all())
    finally:
        await opened.close()
