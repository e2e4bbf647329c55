"""What SQLite alone can suffer: a log of changes that was torn, and a disk that does not write."""

import asyncio
import os
import random
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select, text

from incidentdesk.copies import SQLITE, problem_in
from incidentdesk.database import Database, connect
from incidentdesk.records import sealing
from incidentdesk.records.audit import verify
from incidentdesk.tables import HistoryEntry, Report
from incidentdesk.web.pages import Desk
from tests.backup.ways import NOW, report
from tests.faults.nursery import Desks, Process, until
from tests.faults.settled import assert_settled
from tests.intake.visitor import send
from tests.mail.scene import Scene
from tests.opened import opened
from tests.patience import WITHIN
from tests.people import Seat
from tests.thorough import ON_SQLITE, THOROUGH

pytestmark = pytest.mark.skipif(not ON_SQLITE, reason="PostgreSQL has tests of its own")
REPORTS = 12


async def torn(database: Database, folder: Path, *, at: int) -> Database:
    """Copy a database as a power cut leaves it: of its log of changes there are so many bytes."""
    path = Path(str(database.writer.url.database))
    copy = folder / f"torn-{at}.sqlite3"
    shutil.copyfile(path, copy)
    log = path.with_name(f"{path.name}-wal").read_bytes()
    copy.with_name(f"{copy.name}-wal").write_bytes(log[:at])
    return connect(f"sqlite+aiosqlite:///{copy}")


async def test_of_a_torn_log_all_that_was_whole_is_there_and_the_chain_holds_to_its_end(
    desk: Desk, tmp_path: Path
) -> None:
    sizes, path = [], Path(str(desk.database.writer.url.database))
    for number in range(REPORTS):
        await report(desk, f"report {number}")
        sizes.append(path.with_name(f"{path.name}-wal").stat().st_size)
    draw = random.Random(11)  # noqa: S311 - the same places each time
    for at in [0, sizes[-1], *(draw.randrange(sizes[-1]) for _ in range(200 if THOROUGH else 12))]:
        left = await torn(desk.database, tmp_path, at=at)
        sealing.lend(left, desk.vault)
        async with left.read() as session:
            assert await session.scalar(select(func.count()).select_from(HistoryEntry)) == sum(
                one <= at for one in sizes
            )
        async with left.read() as session:
            assert (await verify(session, desk.vault, now=NOW)).findings == ()
        await left.close()
        assert problem_in(Path(str(left.writer.url.database)), SQLITE) == ""


async def test_what_was_promised_about_the_file_is_set_on_every_connection(desk: Desk) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000, "secure_delete": 1}
    for way in (desk.database.write, desk.database.read):
        async with way() as session:
            found = {name: await session.scalar(text(f"PRAGMA {name}")) for name in (*wanted, "trusted_schema")}
        assert found == wanted | {"trusted_schema": 0}


async def test_of_one_process_only_one_writes_at_a_time(desk: Desk) -> None:
    async with desk.database.write() as session:
        await session.execute(text("SELECT 1"))
        assert "Connections in pool: 0 Current Overflow: 0 Current Checked out connections: 1" in writers(desk)


def writers(desk: Desk) -> str:
    status = desk.database.writer.sync_engine.pool.status()
    assert status.startswith("Pool size: 1 ")
    return " ".join(status.split())


@asynccontextmanager
async def broken_disk(process: Process, *calls: str) -> AsyncIterator[None]:
    """Let these calls of a running process fail as on a broken disk."""
    names = ",".join(calls)
    words = ("-f", "-e", f"trace={names}", "-e", f"inject={names}:error=EIO", "-o", os.devnull, "-p", str(process.pid))
    tracer = await asyncio.create_subprocess_exec("strace", *words, stderr=asyncio.subprocess.PIPE)
    assert tracer.stderr is not None
    said = (await tracer.stderr.readline()).decode()
    if "attached" not in said:
        await tracer.wait()
        pytest.skip(f"no process can be traced here: {said}")
    try:
        yield
    finally:
        tracer.terminate()
        await tracer.communicate()


@pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace")
@pytest.mark.parametrize("calls", [("fsync", "fdatasync"), ("pwrite64",)], ids=" ".join)
async def test_what_a_broken_disk_does_not_take_is_not_acknowledged_and_somebody_is_told(
    desks: Desks, scene: Scene, calls: tuple[str, ...]
) -> None:
    soon = {"incidentdesk.mail.signs:MISSED_AFTER": 1.0, "incidentdesk.mail.signs:BEAT_EVERY": 0.2}
    process, address = await desks.serve(spans=soon, settings={"MINIMUM_FILL_SECONDS": "0"})
    async with httpx.AsyncClient(base_url=address, timeout=WITHIN) as client:
        assert (await send(Seat(None, client), "before")).answer.status_code == 200
        async with broken_disk(process, *calls):
            refused = await send(Seat(None, client), "on a broken disk")
            assert (refused.answer.status_code, refused.answer.headers["retry-after"]) == (503, "60")
            assert "on a broken disk" in refused.html
            await until(lambda: says(client, "worker"))
        assert (await send(Seat(None, client), "behind")).answer.status_code == 200
        await until(lambda: says(client, "ok"))
    async with scene.desk.database.read() as session:
        told = [found.answers["what"] for found in await opened(session, select(Report).order_by(Report.id))]
    assert told == ["before", "behind"]
    await assert_settled(scene.desk, canaries=["on a broken disk"])


async def says(client: httpx.AsyncClient, word: str) -> bool:
    return word in (await client.get("/health/escalations")).text.split()
