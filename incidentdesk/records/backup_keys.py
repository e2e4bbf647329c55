"""The keys of backups: one each, in the folder of keys. Without its key a backup is noise, wherever a copy of it lies."""

import contextlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from incidentdesk.records.vault import KeyFileError, make_key, read_key, remember

FOLDER = "backups"
STAMP = "incidentdesk-%Y%m%dT%H%M%SZ"
# Of a backup that can be opened; of one that is not whole yet; and a mark that a key was destroyed, so that its backup is
# taken away where it still lies.
READY, MAKING, GONE = ".key", ".making", ".gone"
# No backup takes so long; what is not whole by then was killed.
MADE_WITHIN = timedelta(hours=6)


def new_key(keys: Path, *, now: datetime) -> tuple[str, bytes]:
    """Make the key of a backup of this moment; return the backup's name with it. It counts for none before `vouch`."""
    name = now.astimezone(UTC).strftime(STAMP)
    path = _path(keys, name, MAKING)
    if path.exists() or _path(keys, name, READY).exists():
        msg = f"a backup of this very second was made already: {name}"
        raise KeyFileError(msg)
    make_key(path)
    return name, read_key(path)


def vouch(keys: Path, name: str) -> None:
    """Say that the backup is there and whole: from now on its key counts."""
    _path(keys, name, MAKING).replace(_path(keys, name, READY))
    remember(keys / FOLDER)


def _path(keys: Path, name: str, ending: str) -> Path:
    return keys / FOLDER / f"{name}{ending}"


def key_of(keys: Path, name: str) -> bytes:
    """Return the key of the backup with this name."""
    path = _path(keys, name, READY)
    if not path.is_file():
        msg = (
            f"the key of {name} is not in {path.parent}: it was destroyed when its days were over, or belongs elsewhere"
        )
        raise KeyFileError(msg)
    return read_key(path)


def moments(keys: Path) -> dict[str, datetime]:
    """Return when each backup was made whose key is still there, oldest first."""
    return _moments(keys, READY)


def unfinished(keys: Path) -> dict[str, datetime]:
    """Return when each backup was begun that is not whole yet, or never will be because it was killed."""
    return _moments(keys, MAKING)


def _moments(keys: Path, ending: str) -> dict[str, datetime]:
    found = {path.stem: _moment(path.stem) for path in sorted((keys / FOLDER).glob(f"*{ending}"))}
    return {name: at for name, at in found.items() if at is not None}


def _moment(name: str) -> datetime | None:
    try:
        return datetime.strptime(name, STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def destroy_old(keys: Path, *, kept: timedelta, now: datetime) -> list[str]:
    """Destroy the keys of backups whose days are over, and return their names; also those of killed ones."""
    old = [name for name, at in moments(keys).items() if at + kept <= now]
    killed = [name for name, at in unfinished(keys).items() if at + MADE_WITHIN <= now]
    for name in old + killed:
        revoke(keys, name)
    return old


def revoke(keys: Path, name: str) -> None:
    """Destroy the key of a backup and remember that it was ours."""
    # A full disk must not keep a key alive.
    with contextlib.suppress(OSError):
        _path(keys, name, GONE).touch(mode=0o600)
    for path in (_path(keys, name, ending) for ending in (READY, MAKING)):
        if path.exists():
            destroy(path)


def revoked(keys: Path) -> list[str]:
    """Name every backup of ours that cannot be opened any more."""
    names = sorted(path.stem for path in (keys / FOLDER).glob(f"*{GONE}"))
    return [name for name in names if not any(_path(keys, name, ending).exists() for ending in (READY, MAKING))]


def destroy(path: Path) -> None:
    """Write over a key and take its file away."""
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    remember(path.parent)
