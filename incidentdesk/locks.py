"""Files that one process holds at a time. The kernel lets go of them with the process, however that ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

if sys.platform != "win32":
    import fcntl


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """Wait until nobody else holds the file, and hold it: also threads of one process take turns."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def take(path: Path, *, shared: bool = False) -> BinaryIO | None:
    """Hold a file until it is closed; None when somebody else holds it. Many may share it, if all of them ask for that.

    Windows has no such lock: there everybody gets it, and only one worker should be started.
    """
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
    if sys.platform != "win32":
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
    return file
