"""The keys of backups: one each, in the folder of keys. Without its key a backup is noise, wherever a copy of it lies."""

import contextlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from incidentdesk.records.vault import KeyFileError, make_key, read_key, remember

FOLDER = "backups"
STAMP = "incidentdesk-%Y%m%dT%H%M%SZ"
# Says that a key was destroyed, so that its backup is taken away where it still lies.
GONE = ".gone"


def new_key(keys: Path, *, now: datetime) -> tuple[str, bytes]:
    """Make the key of a backup of this moment; return the backup's name with it."""
    name = now.astimezone(UTC).strftime(STAMP)
    path = keys / FOLDER / f"{name}.key"
    if path.exists():
        msg = f"a backup of this very second was made already: {name}"
        raise KeyFileError(msg)
    make_key(path)
    return name, read_key(path)


def key_of(keys: Path, name: str) -> bytes:
    """Return the key of the backup with this name."""
    path = keys / FOLDER / f"{name}.key"
    if not path.is_file():
        msg = (
            f"the key of {name} is not in {path.parent}: it was destroyed when its days were over, or belongs elsewhere"
        )
        raise KeyFileError(msg)
    return read_key(path)


def moments(keys: Path) -> dict[str, datetime]:
    """Return when each backup was made whose key is still there, oldest first."""
    found = {path.stem: _moment(path.stem) for path in sorted((keys / FOLDER).glob("*.key"))}
    return {name: at for name, at in found.items() if at is not None}


def _moment(name: str) -> datetime | None:
    try:
        return datetime.strptime(name, STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def destroy_old(keys: Path, *, kept: timedelta, now: datetime) -> list[str]:
    """Destroy the keys of backups whose days are over; return their names."""
    old = [name for name, at in moments(keys).items() if at + kept <= now]
    for name in old:
        revoke(keys, name)
    return old


def revoke(keys: Path, name: str) -> None:
    """Destroy the key of a backup and remember that it was ours."""
    # A full disk must not keep a key alive.
    with contextlib.suppress(OSError):
        (keys / FOLDER / f"{name}{GONE}").touch(mode=0o600)
    destroy(keys / FOLDER / f"{name}.key")


def revoked(keys: Path) -> list[str]:
    """Name every backup of ours that cannot be opened any more."""
    return sorted(path.stem for path in (keys / FOLDER).glob(f"*{GONE}") if not path.with_suffix(".key").exists())


def destroy(path: Path) -> None:
    """Write over a key and take its file away."""
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    remember(path.parent)
