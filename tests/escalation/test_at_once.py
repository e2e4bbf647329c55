"""Several workers, people and broken rows at the same moment: everybody is told once, and nobody waits for another."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import select, text, update

from incidentdesk import worker
from incidentdesk.database import connect
from incidentdesk.mail import claims
from incidentdesk.mail.smtp import Outcome, Result
from incidentdesk.rules.next_step import Duty
from incidentdesk.tables import Clock, Member, Notice, OutboxMail
from incidentdesk.triage import actions
from incidentdesk.web.pages import Desk
from tests.mail.relay import relay
from tests.mail.scene import MINUTE, NOW, Scene, add_incident, with_relay
from tests.opened import held


async def drain(desk: Desk) -> None:
    while await worker.deliver_next(desk, now=NOW + 15 * MINUTE):
        pass


async def failed(scene: Scene) -> list[tuple[str, str | None]]:
    async with scene.desk.database.read() as session:
        rows = await session.execute(select(Clock.duty, Clock.failed_reason).where(Clock.failures > 0))
        return [(duty, reason) for duty, reason in rows]


async def test_somebody_who_takes_it_while_we_look_is_neither_refused_nor_kept_waiting(scene: Scene) -> None:
    await add_incident(scene.desk)
    async with scene.desk.database.write() as session:
        incident = await held(session, "IR-26-000001")
        looking = asyncio.create_task(worker.sweep_clocks(scene.desk, now=NOW + 15 * MINUTE))
        await asyncio.wait([looking], timeout=0.5)
        await actions.take(session, incident, seen_owner="", by=scene.ada, now=NOW + 15 * MINUTE)
    await looking
    await worker.sweep_clocks(scene.desk, now=NOW + 15 * MINUTE)
    assert (await failed(scene), await scene.told("act")) == ([], [])


async def test_a_refusal_written_down_while_we_stand_people_down_blocks_neither(scene: Scene) -> None:
    incident = await add_incident(scene.desk)
    now = NOW + 15 * MINUTE
    await worker.sweep_clocks(scene.desk, now=now)
    async with scene.desk.database.write() as session:
        incident = await held(session, incident.reference)
        await actions.take(session, incident, seen_owner="", by=scene.ada, now=now)
    async with scene.desk.database.write() as session:
        mail = await claims.claim(session, domain="example.org", now=now)
    assert mail is not None
    async with scene.desk.database.write() as session:
        await session.scalar(select(OutboxMail.id).where(OutboxMail.id == mail.id).with_for_update())
        looking = asyncio.create_task(worker.sweep_clocks(scene.desk, now=now))
        await asyncio.wait([looking], timeout=0.5)
        await claims.settle(session, mail, Result(Outcome.REFUSED, "550 no such person"), now=now)
    await looking
    assert await failed(scene) == []


async def test_a_row_that_cannot_even_be_read_holds_up_no_other(scene: Scene) -> None:
    if scene.desk.database.writer.dialect.name != "sqlite":
        pytest.skip("PostgreSQL refuses such a row")
    broken = await add_incident(scene.desk, number=1)
    await add_incident(scene.desk, number=2)
    async with scene.desk.database.write() as session:
        spoil = text("UPDATE clock SET ladder = '{' WHERE incident_id = :id")
        await session.execute(spoil, {"id": broken.id.hex})
    await worker.sweep_clocks(scene.desk, now=NOW + 15 * MINUTE)
    assert await scene.told("act") == ["Rosa Ponder"]
    assert {reason for _, reason in await failed(scene)} == {"JSONDecodeError"}


async def test_a_step_with_nobody_to_tell_stays_due_until_there_is_somebody(scene: Scene) -> None:
    await add_incident(scene.desk)
    now = NOW + 15 * MINUTE
    async with scene.desk.database.write() as session:
        await session.execute(update(Member).values(disabled_at=NOW))
    await worker.sweep_clocks(scene.desk, now=now)
    assert await failed(scene) == [(Duty.DECISION, "NobodyToTellError")]
    async with scene.desk.database.write() as session:
        await session.execute(update(Member).where(Member.id == scene.ada.id).values(disabled_at=None))
    await worker.sweep_clocks(scene.desk, now=now + MINUTE)
    assert (await scene.told("act"), await failed(scene)) == (["Ada Min"], [])


async def test_four_workers_write_each_notice_and_each_mail_once(scene: Scene, database_url: str) -> None:
    for number in range(8):
        await add_incident(scene.desk, number=number)
    workers = [replace(scene.desk, database=connect(database_url)) for _ in range(4)]
    await asyncio.gather(*[worker.sweep_clocks(one, now=NOW + 15 * MINUTE) for one in workers])
    async with relay() as running:
        desks = [with_relay(one, running.port) for one in workers]
        await asyncio.gather(*[drain(desk) for desk in desks])
    for one in workers:
        await one.database.close()
    async with scene.desk.database.read() as session:
        noticed = Counter(await session.scalars(select(Notice.clock_id).where(Notice.step == "not_taken_1")))
    assert (len(noticed), set(noticed.values())) == (8, {1})
    sent = Counter(line for taken in running.taken for line in taken.splitlines() if line.startswith(b"Message-ID"))
    assert (len(sent), set(sent.values())) == (8, {1})
    assert await failed(scene) == []
