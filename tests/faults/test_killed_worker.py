"""kill -9 in the middle of a mail, and what the next worker makes of it."""

import asyncio
import sys
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from incidentdesk import worker
from incidentdesk.mail import outbox
from incidentdesk.mail.claims import LEASE
from incidentdesk.tables import MailState
from tests.mail.relay import SILENT, relay
from tests.mail.scene import NOW, Scene, with_relay
from tests.thorough import some

WITHIN = 30


async def killed(scene: Scene, url: str, step: str) -> list[bytes]:
    """Let a worker send, kill it when it came to `step`, and return what the relay had taken by then."""
    async with relay(**{step: SILENT}) as running:
        folder = str(scene.desk.settings.data_dir)
        arguments = ("-m", "tests.mail.worker_process", url, str(running.port), folder)
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=Path(__file__).parents[2])
        await asyncio.wait_for(running.came_to[step].wait(), WITHIN)
        process.kill()
        await process.wait()
        return running.taken


@pytest.mark.parametrize("step,copies", some([("banner", 0), ("DATA", 0), ("QUIT", 1), ("body", 1)], 2), ids=str)
async def test_a_killed_worker_loses_nothing_and_repeats_only_what_was_out(
    scene: Scene, database_url: str, step: str, copies: int
) -> None:
    async with scene.desk.database.write() as session:
        await outbox.put(session, letter="test", dedupe="test", now=NOW, member_id=scene.rosa.id)
    taken = await killed(scene, database_url, step)
    assert len(taken) == copies
    async with relay() as running:
        desk = with_relay(scene.desk, running.port)
        assert not await worker.deliver_next(desk, now=NOW + LEASE)
        assert await worker.deliver_next(desk, now=NOW + LEASE + timedelta(seconds=1))
    (mail,) = await scene.mails()
    letters = [message_from_bytes(one) for one in (*taken, *running.taken)]
    assert (mail.state, mail.maybe_duplicate, mail.attempts) == (MailState.SENT, True, 2)
    assert [letter["Message-ID"] for letter in letters] == [mail.message_id] * (copies + 1)
    assert "may be a repeat" in letters[-1].as_string()
