"""Room on the disks that the desk writes to: how much must stay free, and whether less is."""

import shutil
from pathlib import Path

from incidentdesk.ballast import MEGABYTE, ROOM, Ballast, ballast_in, is_spent
from incidentdesk.database import folder_of
from incidentdesk.settings import Settings


def ballast_of(settings: Settings) -> Ballast:
    """Return the ballast; it lies where rows are written, or, where a server does that, in the data folder."""
    return ballast_in(_folder_of_rows(settings), megabytes=settings.ballast_mb)


def floor_for_files(settings: Settings) -> int:
    """Return how many bytes no file may take: what was asked for, and at least what the ballast needs to be laid again."""
    return max(settings.files_mb_free, ROOM * settings.ballast_mb) * MEGABYTE


def is_low(settings: Settings) -> bool:
    """Say whether a disk that the desk writes to is below its floor; one that cannot be asked is as good as full."""
    folders = {settings.data_dir, settings.files, _folder_of_rows(settings)}
    try:
        free = min(shutil.disk_usage(folder).free for folder in folders if folder.exists())
        return free < settings.files_mb_free * MEGABYTE or is_spent(ballast_of(settings))
    except (OSError, ValueError):
        return True


def _folder_of_rows(settings: Settings) -> Path:
    return folder_of(settings.database) or settings.data_dir
