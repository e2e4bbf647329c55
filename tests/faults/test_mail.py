"""What fails, and where: an alert is never lost, and doubled only where nobody could know."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import worker
from incidentdesk.database import Database
from incidentdesk.mail import signs
from incidentdesk.tables import MailState, RelaySilence
from incidentdesk.web.pages import Desk
from tests.mail.relay import mailing, relay
from tests.mail.scene import MINUTE, NOW, Scene, add_incident, with_relay
from tests.mail.test_delivery import put_test

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


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


async def test_what_waited_six_hours_leaves_within_five_minutes_of_the_relays_return_oldest_first(scene: Scene) -> None:
    async with relay() as running:
        away = with_relay(scene.desk, running.port)
    for minute in range(6 * 60):
        if minute in {0, 240, 300, 330, 350}:
            await put_test(scene, number=minute)
        await work_off(away, now=NOW + minute * MINUTE)
    assert {mail.state for mail in await scene.mails()} == {MailState.WAITING}
    async with relay() as running:
        for second in range(0, 300, 15):
            await work_off(with_relay(scene.desk, running.port), now=NOW + 6 * HOUR + timedelta(seconds=second))
    mails = await scene.mails()
    assert {mail.state for mail in mails} == {MailState.SENT}
    first, *others = [message_from_bytes(one)["Message-ID"] for one in running.taken]
    # The one whose turn it was finds out; then all others go.
    assert others == [mail.message_id for mail in mails if mail.message_id != first]


async def work_off(desk: Desk, *, now: datetime) -> None:
    while await worker.deliver_next(desk, now=now):
        pass


async def test_a_relay_that_takes_everything_and_delivers_nothing_does_not_hold_up_the_ladder(scene: Scene) -> None:
    await add_incident(scene.desk)
    async with relay() as running:
        desk = with_relay(scene.desk, running.port)
        for minute in range(70):
            await worker.sweep_clocks(desk, now=NOW + minute * MINUTE)
            await work_off(desk, now=NOW + minute * MINUTE)
    assert await scene.told("act", MailState.SENT) == ["Rosa Ponder", "Bodil Upp", "Dipo Officer"]
    told = [mail.settled_at - NOW for mail in await scene.mails(letter="act") if mail.settled_at]
    assert told == [15 * MINUTE, 30 * MINUTE, 60 * MINUTE]


async def test_a_mail_server_whose_name_nobody_knows_is_asked_again_and_held_for_away(scene: Scene) -> None:
    await put_test(scene)
    nowhere = replace(scene.desk, settings=replace(mailing(scene.desk.settings, 25), smtp_host="relay.invalid"))
    assert await worker.deliver_next(nowhere, now=NOW)
    assert await state(scene) == (MailState.WAITING, "retry")
    async with scene.desk.database.write() as session:
        silence = (await session.scalars(select(RelaySilence))).one()
        silence.since -= signs.RELAY_AFTER
        await session.flush()
        assert await signs.is_relay_away(session)


async def test_when_every_mailbox_refuses_all_were_tried_and_the_next_step_tries_again(scene: Scene) -> None:
    await add_incident(scene.desk)
    async with relay(RCPT="550 no such person") as refusing:
        await replace(scene, desk=with_relay(scene.desk, refusing.port)).work(NOW + 15 * MINUTE)
    everybody = ["Rosa Ponder", "Bodil Upp", "Dipo Officer", "Ada Min"]
    assert await scene.told("act", MailState.DEAD) == everybody
    async with relay() as running:
        await replace(scene, desk=with_relay(scene.desk, running.port)).work(NOW + 30 * MINUTE)
    assert sorted(await scene.told("act", MailState.SENT)) == sorted(everybody)
