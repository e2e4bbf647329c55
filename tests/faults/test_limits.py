"""A machine that is too small: no file can be opened any more, and no memory is left."""

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from incidentdesk import clock, upkeep
from incidentdesk.records.files import ORPHAN_AFTER
from tests.faults.nursery import Desks
from tests.faults.test_all_at_once import OFTEN
from tests.intake.test_files import add, on_disk, rows
from tests.intake.visitor import Visitor, send
from tests.mail.scene import Scene
from tests.patience import WITHIN
from tests.people import Seat

FILES = 128
HEADROOM = 9_000_000
LARGE = ("film.mp4", b"\x00light" * 500_000, "video/mp4")
UPLOADS = 8


@asynccontextmanager
async def holding(address: str, count: int) -> AsyncIterator[None]:
    """Hold so many connections on which nobody asks for anything."""
    url = httpx.URL(address)
    held = [await asyncio.open_connection(url.host, url.port) for _ in range(count)]
    yield
    for _, writer in held:
        writer.close()


async def test_a_process_with_few_files_keeps_room_for_whoever_asks_for_something(desks: Desks) -> None:
    process, address = await desks.serve("--no-worker", settings=OFTEN, limits={"NOFILE": FILES})
    async with httpx.AsyncClient(base_url=address, timeout=WITHIN) as client:
        async with holding(address, 2 * FILES):
            for _ in range(3):
                assert "Thank you" in (await send(Seat(None, client))).html
        assert "Thank you" in (await send(Seat(None, client))).html
    assert [line for line in process.said.splitlines() if "ERROR" in line] == []


async def test_a_process_without_memory_refuses_and_goes_on(scene: Scene, desks: Desks) -> None:
    process, address = await desks.serve("--no-worker", settings=OFTEN)
    async with httpx.AsyncClient(base_url=address, timeout=WITHIN) as client:
        reporter = await send(Seat(None, client))
        allow_memory(process.pid, HEADROOM)
        answers = await asyncio.gather(*(upload(reporter) for _ in range(UPLOADS)))
        # 500 where the machine has no memory for one more thread, 400 where the request itself could not be read for want of it.
        assert set(answers) <= {0, 200, 400, 500, 503}
        assert answers.count(200) < UPLOADS
        assert "Thank you" in (await send(Seat(None, client))).html
        allow_memory(process.pid)
        assert await upload(reporter) == 200
    await upkeep.forget_orphans(scene.desk, now=clock.now() + 2 * ORPHAN_AFTER)
    assert len(on_disk(scene.desk)) == len(await rows(scene.desk))


async def upload(reporter: Visitor) -> int:
    """Return the status of the answer; none when it came before all was sent, and the line was ended behind it."""
    try:
        return (await add(reporter, LARGE)).status_code
    except httpx.TransportError:
        return 0


def allow_memory(pid: int, more: int = 1 << 34) -> None:
    """Let a process take so many bytes more than it has now."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    most = int(status.partition("VmSize:")[2].split()[0]) * 1024 + more
    resource.prlimit(pid, resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))
