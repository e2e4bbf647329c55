"""A file that lies there only to be thrown off: room for words when a disk is full, where not even a DELETE would work.

It holds noise, so that no file system can store it in less than it promises.
"""

import contextlib
import logging
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

NAME = "ballast"
MEGABYTE = 1_000_000
# With a quarter of its size left on the disk it is thrown off: before a write fails, and not long before.
LOW = 4
# It is laid only where as much again stays free, so it is never what fills the disk.
ROOM = 2
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ballast:
    """Where it lies and how many bytes it has; none at all for no ballast."""

    path: Path
    size: int


def ballast_in(folder: Path, *, megabytes: int) -> Ballast:
    """Return the ballast of the disk that `folder` is on."""
    return Ballast(folder / NAME, megabytes * MEGABYTE)


def is_spent(ballast: Ballast) -> bool:
    """Say whether it was thrown off, and there is no room yet to lay it again."""
    return not _is_laid(ballast) and _free(ballast) < ROOM * ballast.size


def keep(ballast: Ballast) -> None:
    """Throw it off when the disk is as good as full, and lay it when there is room again."""
    throw_off_when_low(ballast)
    if not _is_laid(ballast) and _free(ballast) >= ROOM * ballast.size:
        _lay(ballast)


def throw_off_when_low(ballast: Ballast) -> None:
    """Make room before the next write needs it. Costs microseconds."""
    # A folder that is gone has no room to make, and whoever writes there is told so anyway.
    with contextlib.suppress(FileNotFoundError):
        if _free(ballast) < ballast.size // LOW:
            throw_off(ballast)


def throw_off(ballast: Ballast) -> None:
    """Make room now, also of what somebody has begun to lay; whoever comes second finds it gone already."""
    if [path for path in (ballast.path, _draft(ballast)) if _takes_away(path)]:
        log.error("the disk is full: the ballast was thrown off, so that words still get in; files are refused")


def _takes_away(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    return True


def _draft(ballast: Ballast) -> Path:
    return ballast.path.with_suffix(".new")


def _is_laid(ballast: Ballast) -> bool:
    try:
        return ballast.path.stat().st_size == ballast.size
    except OSError:
        return not ballast.size


def _free(ballast: Ballast) -> int:
    return shutil.disk_usage(ballast.path.parent).free


def _lay(ballast: Ballast) -> None:
    """Lay it whole or not at all. Several processes may do so at once: their noise is as good as each other's."""
    if not ballast.size:
        ballast.path.unlink(missing_ok=True)
        return
    started = _draft(ballast)
    try:
        with open(started, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.writelines(os.urandom(MEGABYTE) for _ in range(ballast.size // MEGABYTE))
            file.flush()
            os.fsync(file.fileno())
        started.replace(ballast.path)
    except OSError:
        started.unlink(missing_ok=True)
