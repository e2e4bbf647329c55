"""An older database must not pass for the newest: the folder of the keys notes how far the checkpoints had come."""

import contextlib
import os
import secrets
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.records import history
from incidentdesk.records.chain import Anchor
from incidentdesk.records.checkpoints import last_checkpoint
from incidentdesk.tables import Checkpoint

NAME = "newest-checkpoint"


class RolledBackError(Exception):
    """The database is older than one this folder of keys has seen, or another; the text says what to do."""


def note(folder: Path, newest: Anchor) -> None:
    """Write down the newest checkpoint; whole or not at all, and for the owner alone. Of two processes the later counts."""
    with contextlib.suppress(RolledBackError):
        seen = noted(folder)
        if seen is not None and seen.number > newest.number:
            return
    draft = folder / f".{secrets.token_hex(8)}.note"
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{newest}\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder / NAME)
    finally:
        # Where the disk is full, one would be left a minute.
        draft.unlink(missing_ok=True)


def noted(folder: Path) -> Anchor | None:
    """Return the checkpoint that was noted last, or None when there was none yet."""
    path = folder / NAME
    if not path.exists():
        return None
    try:
        return Anchor.parse(path.read_text(encoding="ascii").strip())
    except ValueError as error:
        msg = f"{path} does not hold a checkpoint's number and hash: restore it from your copy"
        raise RolledBackError(msg) from error


async def insist(session: AsyncSession, folder: Path) -> None:
    """Refuse a database that lacks what the note says was there."""
    seen = noted(folder)
    if (
        seen is None
        or await session.scalar(select(Checkpoint.hash).where(Checkpoint.number == seen.number)) == seen.hash
    ):
        return
    last = await last_checkpoint(session)
    msg = (
        f"the database ends at checkpoint {last.number if last else 0} or is another one: the folder of the keys has "
        f"seen checkpoint {seen.number}. Restore the newest copy; if this is the newest there is, start once with "
        "--accept-rollback, which is written into the history"
    )
    raise RolledBackError(msg)


async def accept(session: AsyncSession, folder: Path, *, now: datetime) -> bool:
    """Write into the history that an older database is the newest from now on; False when it is none.

    When that is committed, `forget` lets the desk start.
    """
    try:
        await insist(session, folder)
    except RolledBackError:
        seen = (folder / NAME).read_text(encoding="ascii", errors="replace").strip()
        last = await last_checkpoint(session)
        facts = {"seen": seen[:200], "found": str(Anchor(last.number, last.hash)) if last else ""}
        history.record(session, None, "audit.rollback_accepted", actor=history.DESK, now=now, after=facts)
        return True
    return False


def forget(folder: Path) -> None:
    """Take the next checkpoint for the newest."""
    (folder / NAME).unlink(missing_ok=True)
