"""Pages and worker in processes of their own: real ones, told to stop or killed."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select, update

from incidentdesk import clock
from incidentdesk.mail import outbox
from incidentdesk.tables import Heartbeat, MailState
from incidentdesk.web.pages import Desk
from tests.mail.relay import HELD, SILENT, Relay, relay
from tests.mail.scene import Scene, set_scene

ROOT = Path(__file__).parent.parent
WITHIN = 30
Process = asyncio.subprocess.Process


@pytest.fixture
async def scene(desk: Desk) -> Scene:
    return await set_scene(desk)


@asynccontextmanager
async def started(scene: Scene, url: str, running: Relay, *words: str) -> AsyncIterator[Process]:
    """Start the program on the scene's database, with a relay that follows the script."""
    given = {"DATA_DIR": str(scene.desk.settings.data_dir), "DATABASE_URL": url, "HOST": "127.0.0.1", "PORT": "0"}
    given |= {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(running.port),
        "SMTP_TLS": "none",
        "MAIL_FROM": "d@example.org",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INCIDENTDESK_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "incidentdesk.cli", *words),
        cwd=ROOT,
        env=kept | {f"INCIDENTDESK_{name}": value for name, value in given.items()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def heard(process: Process, words: str) -> str:
    """Read what a process says until these words come; return that line."""
    assert process.stdout is not None
    async with asyncio.timeout(WITHIN):
        async for line in process.stdout:
            if words in line.decode():
                return line.decode()
    pytest.fail(f"it never said: {words}")


async def came_to(running: Relay, step: str) -> None:
    await asyncio.wait_for(running.came_to[step].wait(), WITHIN)


async def queue(scene: Scene, count: int = 1) -> None:
    async with scene.desk.database.write() as session:
        for number in range(count):
            about: outbox.About = {"member_id": scene.rosa.id}
            await outbox.put(session, letter="test", dedupe=f"test:{number}", now=clock.now(), **about)


async def forget_workers(scene: Scene) -> None:
    """Let the last sign of life be years ago."""
    async with scene.desk.database.write() as session:
        await session.execute(update(Heartbeat).values(beat_at=datetime(2020, 1, 1, tzinfo=UTC)))


async def beats(scene: Scene) -> int:
    """Count the working processes."""
    async with scene.desk.database.read() as session:
        return await session.scalar(select(func.count()).select_from(Heartbeat)) or 0


@pytest.mark.parametrize("words", [["serve"], ["work"], ["serve", "--no-worker"]], ids=" ".join)
async def test_whatever_sends_finishes_the_mail_in_hand_when_told_to_stop(
    scene: Scene, database_url: str, words: list[str]
) -> None:
    await forget_workers(scene)
    await queue(scene, 2)
    async with relay(body=HELD) as running, started(scene, database_url, running, *words) as process:
        await came_to(running, "body")
        process.send_signal(signal.SIGTERM)
        await asyncio.wait([asyncio.create_task(process.wait())], timeout=0.3)
        assert process.returncode is None
        running.let_go.set()
        assert await asyncio.wait_for(process.wait(), WITHIN) == 0
    assert [mail.state for mail in await scene.mails()] == [MailState.SENT, MailState.WAITING]


async def test_a_worker_needs_no_port_and_says_what_it_is(scene: Scene, database_url: str) -> None:
    async with relay() as running, started(scene, database_url, running, "work") as process:
        assert "clocks" in await heard(process, "incidentdesk works")
        assert sockets_of(process.pid) & listening() == set()


def sockets_of(pid: int) -> set[str]:
    found = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        # It works meanwhile, and closes what it read.
        with contextlib.suppress(FileNotFoundError):
            found.add(str(link.readlink()))
    return found


def listening() -> set[str]:
    """Return every socket on which anybody waits for visitors."""
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    return {f"socket:[{words[9]}]" for words in map(str.split, lines) if words[3] == "0A"}


async def test_pages_alone_say_so_and_answer(scene: Scene, database_url: str) -> None:
    async with relay() as running, started(scene, database_url, running, "serve", "--no-worker") as process:
        address = (await heard(process, "incidentdesk is at")).split()[-1]
        await heard(process, "No worker runs in this process")
        async with httpx.AsyncClient(base_url=address, timeout=WITHIN) as client:
            assert (await client.get("/readyz")).text == "ok\n"
    assert await beats(scene) == 1, "only the test's own"


async def test_a_killed_worker_frees_its_place_and_its_mail_for_the_next(scene: Scene, database_url: str) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("only SQLite has one worker")
    await queue(scene)
    async with relay(banner=SILENT) as running, started(scene, database_url, running, "work") as first:
        await came_to(running, "banner")
        async with started(scene, database_url, running, "work") as second:
            await heard(second, "another worker is here: this one waits until it is gone")
            running.came_to["banner"].clear()
            first.send_signal(signal.SIGKILL)
            await heard(second, "the other worker is gone: this one works now")
            await came_to(running, "banner")
    (mail,) = await scene.mails()
    assert (mail.state, mail.attempts, mail.maybe_duplicate) == (MailState.WAITING, 2, True)


async def test_two_workers_on_postgresql_work_at_once_and_send_each_mail_once(scene: Scene, database_url: str) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("SQLite has one worker")
    async with relay(banner=HELD) as running, started(scene, database_url, running, "work") as first:
        await heard(first, "incidentdesk works")
        async with started(scene, database_url, running, "work") as second:
            await heard(second, "incidentdesk works")
            await queue(scene, 20)
            await until(lambda: in_hand(scene), 2)
            running.let_go.set()
            await until(lambda: waiting(scene), 0)
    assert {(mail.state, mail.attempts, mail.maybe_duplicate) for mail in await scene.mails()} == {
        (MailState.SENT, 1, False)
    }
    assert (len(running.taken), await beats(scene)) == (20, 3)


async def in_hand(scene: Scene) -> int:
    return sum(mail.lease is not None for mail in await scene.mails())


async def waiting(scene: Scene) -> int:
    return len(await scene.mails(state=MailState.WAITING))


async def until(number_of: Callable[[], Awaitable[int]], wanted: int) -> None:
    """Ask again and again until there are so many."""
    async with asyncio.timeout(WITHIN):
        while True:
            if await number_of() == wanted:
                return
            await asyncio.sleep(0.02)
