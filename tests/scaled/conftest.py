"""One stage for all tests of this folder that a worker runs: starting it takes seconds."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from benchmarks.proxy import proxied
from incidentdesk import serve
from incidentdesk.settings import Settings
from tests.browser.served import free_port
from tests.conftest import SERVER, address, administer
from tests.scaled.stage import Replica, Stage, need_nginx


@pytest.fixture(scope="session")
async def stage(tmp_path_factory: pytest.TempPathFactory, template_url: str, worker_id: str) -> AsyncIterator[Stage]:
    need_nginx()
    folder, port = tmp_path_factory.mktemp("scaled"), free_port()
    url = _database(folder, template_url, worker_id)
    given = {"DATA_DIR": str(folder), "DATABASE_URL": url, "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    given |= {"TRUSTED_PROXIES": "127.0.0.1/32", "SECOND_FACTOR": "optional", "MINIMUM_FILL_SECONDS": "0"}
    replicas = Replica(given, folder / "one.out"), Replica(given, folder / "two.out")
    try:
        # Both at once: whoever is later must find keys and tables as the other one made them.
        await asyncio.gather(*(replica.start() for replica in replicas))
        desk = await serve.open_desk(Settings(data_dir=folder, database_url=url, public_url=given["PUBLIC_URL"]))
        with proxied([replica.port for replica in replicas], listens=port, folder=folder) as proxy:
            yield Stage(proxy, replicas, desk)
        await desk.database.close()
    finally:
        for replica in replicas:
            await replica.stop()


def _database(folder: Path, template_url: str, worker_id: str) -> str:
    """Return the address of a migrated database for the stage."""
    template = make_url(template_url)
    if SERVER not in os.environ:
        shutil.copyfile(str(template.database), folder / "incidentdesk.sqlite3")
        return f"sqlite+aiosqlite:///{folder / 'incidentdesk.sqlite3'}"
    name = f"scaled_{worker_id}"
    administer(f"create database {name} template {template.database} strategy file_copy")
    return address(name)
