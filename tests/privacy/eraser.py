"""An erasure in a process of its own, killed at the step it is told."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import event, select

from incidentdesk.database import connect
from incidentdesk.privacy import actions
from incidentdesk.privacy.actions import Wish
from incidentdesk.records import sealing
from incidentdesk.records.ledger import Ledger, ledger_in
from incidentdesk.records.vault import open_vault
from incidentdesk.rules.erasure import Extent
from incidentdesk.tables import Incident


def die(*_: object, **_more: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(step: str, engine: Any) -> None:
    """Let the process die before or after the ledger, in the middle of its line, or with the commit asked for."""
    note, write = Ledger.note, Ledger._write

    def half(ledger: Ledger, text: bytes, *, behind: int) -> None:
        write(ledger, text[:40], behind=behind)
        die()

    def whole(*given: Any, **more: Any) -> None:
        note(*given, **more)
        die()

    ways: dict[str, Any] = {
        "before the ledger": lambda: setattr(Ledger, "note", die),
        "half a line": lambda: setattr(Ledger, "_write", half),
        "after the ledger": lambda: setattr(Ledger, "note", whole),
        "before the commit": lambda: event.listen(engine, "commit", die),
        "after the commit": lambda: None,
    }
    ways[step]()


async def run(url: str, folder: str, incident: str, step: str) -> None:
    keys, database = Path(folder) / "keys", connect(url)
    vault = open_vault(keys, may_create=False)
    sealing.lend(database, vault)
    die_at(step, database.writer.sync_engine)
    async with database.write() as session:
        held = await session.scalar(select(Incident).where(Incident.id == UUID(incident)).with_for_update())
        assert held is not None
        wish, now = Wish(Extent.INCIDENT, "killed"), datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
        await actions.erase(session, held, wish, ledger=ledger_in(keys, vault), now=now)
    die()


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:]))
