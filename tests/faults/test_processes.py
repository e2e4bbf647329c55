"""Pages and worker in processes of their own: real ones, told to stop or killed."""

import asyncio
import contextlib
import signal
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select, update

from incidentdesk.tables import Heartbeat, MailState
from tests.faults.nursery import Desks, until
from tests.faults.test_killed_worker import queue
from tests.mail.relay import HELD, SILENT, relay
from tests.mail.scene import Scene
from tests.patience import WITHIN


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
    scene: Scene, desks: Desks, words: list[str]
) -> None:
    await forget_workers(scene)
    # One for each line there may be, and one more.
    await queue(scene, 3)
    async with relay(body=HELD) as running:
        process = await desks.start(*words, relay=running)
        await running.came(to="body")
        process.tell(signal.SIGTERM)
        # Until a busy machine has told all of it.
        await asyncio.wait([process.code], timeout=2)
        assert not process.code.done()
        running.let_go.set()
        assert await process.ended() == 0
    states = [mail.state for mail in await scene.mails()]
    assert states == [MailState.SENT] * len(running.taken) + [MailState.WAITING] * (3 - len(running.taken))
    assert MailState.WAITING in states


async def test_a_worker_needs_no_port_and_says_what_it_is(desks: Desks) -> None:
    process = await desks.start("work")
    await process.heard("incidentdesk works: it looks at the clocks and sends mail")
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


async def test_pages_alone_say_so_and_answer(scene: Scene, desks: Desks) -> None:
    process, address = await desks.serve("--no-worker")
    await process.heard("No worker runs in this process")
    async with httpx.AsyncClient(base_url=address, timeout=WITHIN) as client:
        assert (await client.get("/readyz")).text == "ok\n"
    assert await beats(scene) == 1, "only the test's own"


async def test_a_killed_worker_frees_its_place_and_its_mail_for_the_next(scene: Scene, desks: Desks) -> None:
    if not desks.url.startswith("sqlite"):
        pytest.skip("only SQLite has one worker")
    await queue(scene)
    async with relay(banner=SILENT) as running:
        first = await desks.start("work", relay=running)
        await running.came(to="banner")
        second = await desks.start("work", relay=running)
        await second.heard("another worker is here: this one waits until it is gone")
        running.came_to["banner"].clear()
        first.tell(signal.SIGKILL)
        await second.heard("the other worker is gone: this one works now")
        await running.came(to="banner")
        await desks.end()
    (mail,) = await scene.mails()
    assert (mail.state, mail.attempts, mail.maybe_duplicate) == (MailState.WAITING, 2, True)


async def test_two_workers_on_postgresql_work_at_once_and_send_each_mail_once(scene: Scene, desks: Desks) -> None:
    if desks.url.startswith("sqlite"):
        pytest.skip("SQLite has one worker")
    async with relay(banner=HELD) as running:
        for _ in range(2):
            await (await desks.start("work", relay=running)).heard("incidentdesk works")
        await queue(scene, 20)
        await until(lambda: in_hand(scene, 2 * scene.desk.settings.smtp_lines))
        running.let_go.set()
        await until(lambda: all_sent(scene))
    assert {(mail.attempts, mail.maybe_duplicate) for mail in await scene.mails()} == {(1, False)}
    assert (len(running.taken), await beats(scene)) == (20, 3)


async def in_hand(scene: Scene, wanted: int) -> bool:
    return sum(mail.lease is not None for mail in await scene.mails()) == wanted


async def all_sent(scene: Scene) -> bool:
    return {mail.state for mail in await scene.mails()} == {MailState.SENT}
