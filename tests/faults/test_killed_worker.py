"""kill -9 at every point of a mail's way out, and at any moment at all: what the next worker makes of it."""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from email import message_from_bytes

import pytest

from incidentdesk import clock, worker
from incidentdesk.mail import outbox
from incidentdesk.tables import MailState
from tests.faults.nursery import Desks, Process, until
from tests.mail.relay import DROP, USUAL, Relay, listening, relay
from tests.mail.scene import Scene, with_relay
from tests.patience import LOOK_EVERY
from tests.thorough import THOROUGH

SECOND = timedelta(seconds=1)
# Where it dies, how many copies are out by then, and how often somebody took the mail up in the end.
POINTS = {
    "before the claim": ("before incidentdesk.mail.claims:claim", 0, 1),
    "before the claim is committed": ("after incidentdesk.mail.claims:claim", 0, 1),
    "after the claim": ("before incidentdesk.worker:_attempt", 0, 2),
    "before the message": ("before incidentdesk.mail.smtp:_body", 0, 2),
    "after the message": ("after incidentdesk.mail.smtp:_body", 1, 2),
    "before it is marked": ("before incidentdesk.worker:_settle", 1, 2),
    "before the mark is committed": ("after incidentdesk.worker:_settle", 1, 2),
}
# Everything that takes minutes takes seconds: long enough for a conversation on a machine that many share.
BRISK = {
    "incidentdesk.mail.claims:LEASE": 3.0,
    "incidentdesk.mail.claims:SEND_WITHIN": 1.5,
    "incidentdesk.rules.retry:_WAITS": 0.2,
    "incidentdesk.worker:REST_SECONDS": 0.05,
}
MAILS = 60 if THOROUGH else 30


async def queue(scene: Scene, count: int = 1) -> None:
    async with scene.desk.database.write() as session:
        for number in range(count):
            about: outbox.About = {"member_id": scene.rosa.id}
            await outbox.put(session, letter="test", dedupe=f"test:{number}", now=clock.now(), **about)


def ids(running: Relay) -> list[str]:
    """Return the Message-ID of each message whose final dot came."""
    return [message_from_bytes(one)["Message-ID"] for one in running.taken]


@pytest.mark.parametrize("point", POINTS)
async def test_a_killed_worker_loses_nothing_and_repeats_only_what_was_out(
    scene: Scene, desks: Desks, point: str
) -> None:
    dies, copies, claims = POINTS[point]
    await queue(scene)
    async with relay() as running:
        process = await desks.start("work", relay=running, dies=dies)
        assert await process.ended() == -signal.SIGKILL
        (held,) = await scene.mails()
        assert len(running.taken) == copies
        desk = with_relay(scene.desk, running.port)
        if held.lease_until:
            assert not await worker.deliver_next(desk, now=held.lease_until)
        assert await worker.deliver_next(desk, now=(held.lease_until or clock.now()) + SECOND)
    (mail,) = await scene.mails()
    assert (mail.state, mail.attempts, mail.maybe_duplicate) == (MailState.SENT, claims, claims == 2)
    assert ids(running) == [mail.message_id] * (copies + 1)
    assert ("may be a repeat" in running.taken[-1].decode()) is mail.maybe_duplicate


class Moody(Mapping[str, str]):
    """The script of a relay that now and then refuses for the moment, hangs up, or takes a mail without a word."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.unanswered = chance, 0

    def __getitem__(self, step: str) -> str:
        drawn = self.chance.random()
        if step == "RCPT" and drawn < 0.1:
            return "450 greylisted"
        if step == "banner" and drawn < 0.05:
            return DROP
        if step == "body" and drawn < 0.1:
            self.unanswered += 1
            return DROP
        return USUAL[step]

    def __iter__(self) -> Iterator[str]:
        return iter(USUAL)

    def __len__(self) -> int:
        return len(USUAL)


async def kill_one(running: list[Process], relay: Relay, chance: random.Random) -> None:
    """Wait until a few more mails came, and kill one of those who send."""
    enough = min(len(relay.taken) + chance.randint(1, 5), MAILS)
    await until(lambda: len(relay.taken) >= enough)
    victim = running.pop(chance.randrange(len(running)))
    victim.tell(signal.SIGKILL)
    await victim.ended()


async def test_workers_killed_at_random_lose_no_mail_and_copy_none_without_reason(scene: Scene, desks: Desks) -> None:
    chance = random.Random(26)  # noqa: S311 - the same faults each time
    moody, workers, kills = Moody(chance), list[Process](), 0
    await queue(scene, MAILS)
    async with listening(Relay(moody)) as running:
        while await scene.mails(state=MailState.WAITING):
            while len(workers) < 3:
                workers.append(await desks.start("work", relay=running, spans=BRISK))
            if len(running.taken) < MAILS:
                await kill_one(workers, running, chance)
                kills += 1
            await asyncio.sleep(LOOK_EVERY)
    mails, copies = await scene.mails(), Counter(ids(running))
    assert {mail.state for mail in mails} == {MailState.SENT}
    assert set(copies) == {mail.message_id for mail in mails}
    extra = len(running.taken) - len(copies)
    assert extra <= moody.unanswered + kills * scene.desk.settings.smtp_lines
    doubled = {number for number, times in copies.items() if times > 1}
    assert doubled <= {mail.message_id for mail in mails if mail.maybe_duplicate}
