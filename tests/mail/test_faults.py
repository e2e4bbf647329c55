"""What fails, and where: an alert is never lost, and doubled only where nobody could know."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import worker
from incidentdesk.database import Database
from incidentdesk.mail import outbox
from incidentdesk.tables import MailState
from tests.mail.relay import relay
from tests.mail.scene import MINUTE, NOW, Scene, add_incident, with_relay

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


async def put_test(scene: Scene) -> None:
    async with scene.desk.database.write() as session:
        await outbox.put(session, letter="test", dedupe="test", now=NOW, member_id=scene.rosa.id)


async def state(scene: Scene) -> tuple[MailState, str | None]:
    (mail,) = await scene.mails()
    return mail.state, mail.outcome


async def test_what_waited_a_week_for_a_relay_is_not_given_up_at_the_first_word(scene: Scene) -> None:
    await put_test(scene)
    async with relay(RCPT="450 greylisted") as running:
        await worker.deliver_next(with_relay(scene.desk, running.port), now=NOW + WEEK)
    assert await state(scene) == (MailState.WAITING, "retry")
    async with relay() as running:
        await worker.deliver_next(with_relay(scene.desk, running.port), now=NOW + WEEK + MINUTE)
    assert await state(scene) == (MailState.SENT, "sent")


async def test_a_relay_that_does_not_let_us_in_never_kills_a_mail(scene: Scene) -> None:
    await put_test(scene)
    async with relay(MAIL="550 not from you") as running:
        for day in range(7):
            await worker.deliver_next(with_relay(scene.desk, running.port), now=NOW + day * DAY)
    assert await state(scene) == (MailState.WAITING, "configuration")


@dataclass(frozen=True)
class Shaky(Database):
    """A database that cannot be written to whenever the next of `outages` says so."""

    outages: list[bool] = field(default_factory=list)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        if self.outages and self.outages.pop(0):
            raise ConnectionError
        async with super().write() as session:
            yield session


async def test_what_the_relay_took_is_not_forgotten_while_the_database_is_away(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "REST_SECONDS", 0.01)
    await put_test(scene)
    async with relay() as running:
        desk = with_relay(scene.desk, running.port)
        shaky = Shaky(desk.database.writer, desk.database.reader, desk.database.info, outages=[False, True, True, True])
        assert await worker.deliver_next(replace(desk, database=shaky), now=NOW)
        assert not await worker.deliver_next(desk, now=NOW + WEEK)
    assert (len(running.taken), await state(scene)) == (1, (MailState.SENT, "sent"))


async def test_after_an_outage_of_the_relay_each_person_reads_the_newest_alert_only(scene: Scene) -> None:
    await add_incident(scene.desk, severity=2)
    for hours in (24, 48, 60, 66, 72, 76, 80):
        await worker.sweep_clocks(scene.desk, now=NOW + hours * HOUR)
    async with relay() as running:
        desk = with_relay(scene.desk, running.port)
        while await worker.deliver_next(desk, now=NOW + 81 * HOUR):
            pass
    told = await scene.told("deadline", MailState.SENT)
    assert sorted(told) == ["Bodil Upp", "Dipo Officer", "Rosa Ponder"]
    assert {mail.outcome for mail in await scene.mails(state=MailState.SKIPPED)} == {"not_needed"}
    assert {mail.dedupe.split(":")[2] for mail in await scene.mails(state=MailState.SENT)} == {"late"}


async def test_when_every_mailbox_refuses_all_were_tried_and_the_next_step_tries_again(scene: Scene) -> None:
    await add_incident(scene.desk)
    async with relay(RCPT="550 no such person") as refusing:
        await replace(scene, desk=with_relay(scene.desk, refusing.port)).work(NOW + 15 * MINUTE)
    everybody = ["Rosa Ponder", "Bodil Upp", "Dipo Officer", "Ada Min"]
    assert await scene.told("act", MailState.DEAD) == everybody
    async with relay() as running:
        await replace(scene, desk=with_relay(scene.desk, running.port)).work(NOW + 30 * MINUTE)
    assert sorted(await scene.told("act", MailState.SENT)) == sorted(everybody)
