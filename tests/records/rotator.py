"""A change of epoch in a process of its own, killed at the step it is told."""

import asyncio
import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event

from incidentdesk.database import connect
from incidentdesk.records import epochs, sealing
from incidentdesk.records.vault import open_vault


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def run(url: str, folder: str, at: str, commits: str) -> None:
    """Die when the database is asked for the given commit; each one is a key."""
    database, left = connect(url), int(commits)
    sealing.lend(database, open_vault(Path(folder), may_create=False))
    epochs.BATCH = 1

    def count(_connection: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            die()

    event.listen(database.writer.sync_engine, "commit", count)
    await epochs.rotate(database, Path(folder), now=datetime.fromisoformat(at))


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:]))
