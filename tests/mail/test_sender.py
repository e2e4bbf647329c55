"""A sender takes the next mail up as it writes down what became of the last: one in hand, never two, and none after a stop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock, worker
from incidentdesk.database import Database
from incidentdesk.mail import outbox
from incidentdesk.mail.outbox import Letter
from incidentdesk.tables import MailState
from incidentdesk.web.pages import Desk
from incidentdesk.worker import Sender
from tests.mail.relay import relay
from tests.mail.scene import Scene, with_relay


@dataclass(frozen=True)
class Counted(Database):
    """Counts its transactions, and refuses those whose number is among `refused`."""

    refused: frozenset[int] = frozenset()
    begun: list[bool] = field(default_factory=list)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        self.begun.append(len(self.begun) not in self.refused)
        async with super().write() as session:
            yield session
            if not self.begun[-1]:
                raise ConnectionError


def counted(desk: Desk, *refused: int) -> tuple[Desk, list[bool]]:
    there = desk.database
    made = Counted(there.writer, there.reader, there.info, refused=frozenset(refused))
    return replace(desk, database=made), made.begun


async def queue(scene: Scene) -> None:
    async with scene.desk.database.write() as session:
        for person in (scene.rosa, scene.bodil, scene.dipo):
            await outbox.put(session, letter=Letter.TEST, dedupe=person.name, now=clock.now(), member_id=person.id)


async def standing(scene: Scene) -> list[tuple[MailState, bool]]:
    """Return of each mail where it is, and whether somebody has it in hand."""
    return [(mail.state, mail.lease is not None) for mail in await scene.mails()]


SENT, HELD, FREE = (MailState.SENT, False), (MailState.WAITING, True), (MailState.WAITING, False)


async def test_one_transaction_writes_a_mail_down_and_takes_the_next_one_up(scene: Scene) -> None:
    await queue(scene)
    async with relay() as running:
        desk, begun = counted(with_relay(scene.desk, running.port))
        sender, seen = Sender(asyncio.Event()), []
        for _ in range(3):
            assert await worker.deliver_next(desk, now=clock.now(), sender=sender)
            seen.append(await standing(scene))
        await sender.line.hang_up()
    assert seen == [[SENT, HELD, FREE], [SENT, SENT, HELD], [SENT, SENT, SENT]]
    assert (len(begun), len(running.taken)) == (4, 3)


async def test_whoever_is_to_stop_takes_nothing_more_up(scene: Scene) -> None:
    await queue(scene)
    stop = asyncio.Event()
    stop.set()
    async with relay() as running:
        sender = Sender(stop)
        assert await worker.deliver_next(with_relay(scene.desk, running.port), now=clock.now(), sender=sender)
        await sender.line.hang_up()
    assert sender.taken is None
    assert await standing(scene) == [SENT, FREE, FREE]


class Late(asyncio.Event):
    """Is set just after somebody looked twice: before a mail, and before the next one is taken up."""

    looks = 0

    def is_set(self) -> bool:
        self.looks += 1
        return self.looks > 2


async def test_a_mail_that_was_taken_up_just_before_a_stop_still_leaves_and_is_the_last(scene: Scene) -> None:
    await queue(scene)
    async with relay() as running:
        await worker.send(with_relay(scene.desk, running.port), Late())
    assert await standing(scene) == [SENT, SENT, FREE]
    assert len(running.taken) == 2


async def test_what_the_relay_took_is_written_down_though_no_next_mail_can_be_taken_up(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "REST_SECONDS", 0.01)
    await queue(scene)
    async with relay() as running:
        desk, begun = counted(with_relay(scene.desk, running.port), 1)
        sender = Sender(asyncio.Event())
        assert await worker.deliver_next(desk, now=clock.now(), sender=sender)
        await sender.line.hang_up()
    assert (begun, sender.taken) == ([True, False, True], None)
    assert await standing(scene) == [SENT, FREE, FREE]
    assert len(running.taken) == 1
