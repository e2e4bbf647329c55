"""The network between worker and mail server loses packets, swallows all of them, or refuses them."""

from collections.abc import Iterator

import pytest

from incidentdesk.tables import MailState
from tests.faults.network import Network, network
from tests.faults.nursery import Desks, Process, until
from tests.faults.test_killed_worker import BRISK, ids, queue
from tests.faults.test_processes import all_sent
from tests.mail.relay import HELD, Relay, listening
from tests.mail.scene import Scene
from tests.patience import WITHIN

MAILS = 5
# Tried again at once, and never by two: a busy machine rests a process for longer than a short lease.
PATIENT = {**BRISK, "incidentdesk.mail.claims:LEASE": WITHIN}


@pytest.fixture
def far() -> Iterator[Network]:
    with network() as made:
        yield made


async def start(desks: Desks, far: Network, running: Relay, spans: dict[str, float]) -> Process:
    """Start a worker that reaches the mail server over the line only."""
    there = {"SMTP_HOST": far.home}
    return await desks.start("work", relay=running, settings=there, spans=spans, network=far.name)


async def failed_once(scene: Scene) -> bool:
    return any(mail.outcome in {"retry", "unanswered"} for mail in await scene.mails())


async def test_packets_that_are_lost_cost_time_and_no_mail(scene: Scene, desks: Desks, far: Network) -> None:
    far.suffer("numgen random mod 100 < 10 drop")
    await queue(scene, MAILS)
    async with listening(Relay({}), far.home) as running:
        await start(desks, far, running, {})
        await until(lambda: all_sent(scene))
    mails = await scene.mails()
    assert set(ids(running)) == {mail.message_id for mail in mails}
    assert len(running.taken) <= MAILS + sum(mail.maybe_duplicate for mail in mails)


@pytest.mark.parametrize("fault", ["drop", "reject with tcp reset"])
async def test_a_line_that_swallows_or_refuses_everything_is_tried_until_it_works(
    scene: Scene, desks: Desks, far: Network, fault: str
) -> None:
    far.suffer(fault)
    await queue(scene)
    async with listening(Relay({}), far.home) as running:
        await start(desks, far, running, PATIENT)
        await until(lambda: failed_once(scene))
        assert running.said == []
        far.suffer("")
        await until(lambda: all_sent(scene))
    (mail,) = await scene.mails()
    assert (ids(running), mail.maybe_duplicate) == ([mail.message_id], False)


@pytest.mark.parametrize("fault", ["drop", "reject with tcp reset"])
async def test_a_line_that_goes_dead_behind_the_message_makes_a_marked_copy_of_the_same_mail(
    scene: Scene, desks: Desks, far: Network, fault: str
) -> None:
    await queue(scene)
    async with listening(Relay({"body": HELD}), far.home) as running:
        await start(desks, far, running, PATIENT)
        await running.came(to="body")
        far.suffer(fault)
        running.let_go.set()
        await until(lambda: failed_once(scene))
        far.suffer("")
        await until(lambda: all_sent(scene))
    (mail,) = await scene.mails(state=MailState.SENT)
    assert (ids(running), mail.maybe_duplicate) == ([mail.message_id] * 2, True)
