"""A disk of a few megabytes, to be filled to the last byte."""

import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from incidentdesk import serve
from incidentdesk.settings import Settings
from incidentdesk.web.pages import Desk


@contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[Path]:
    """Mount a disk of this size. Where that is not allowed the test is left out, and says so."""
    folder.mkdir()
    try:
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(folder)], capture_output=True, check=False
        )
    except FileNotFoundError:
        pytest.skip("there is no mount on this machine")
    if made.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path, name: str = "filler") -> Path:
    """Leave not one byte free."""
    path = folder / name
    # A write that finds less room than it asks for takes what there is; only the next one fails.
    with path.open("ab", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        sum(iter(lambda: file.write(bytes(1 << 20)), 0))
    assert not shutil.disk_usage(folder).free
    return path


@asynccontextmanager
async def desk_on(folder: Path, settings: Settings) -> AsyncIterator[Desk]:
    """Open a desk that keeps everything there, in a SQLite database, with a ballast of four megabytes."""
    given = replace(settings, data_dir=folder, database_url="", ballast_mb=4, files_mb_free=0)
    desk = await serve.open_desk(given)
    yield desk
    await desk.database.close()
