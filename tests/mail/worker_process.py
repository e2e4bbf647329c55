"""A worker in a process of its own, to be killed: delivers one mail as of the scene's moment."""

import asyncio
import sys
from pathlib import Path

from incidentdesk import worker
from incidentdesk.database import connect
from incidentdesk.records.vault import open_vault
from incidentdesk.settings import Settings
from incidentdesk.web.pages import Desk
from tests.mail.scene import NOW, with_relay


async def deliver(url: str, port: str, folder: str) -> None:
    desk = Desk(Settings(data_dir=Path(folder)), connect(url), open_vault(Path(folder) / "keys", may_create=False))
    await worker.deliver_next(with_relay(desk, int(port)), now=NOW)


if __name__ == "__main__":
    asyncio.run(deliver(*sys.argv[1:]))
