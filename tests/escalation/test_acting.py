"""What people do with an incident, as the ladder sees it: only who takes it makes it quiet."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import worker
from incidentdesk.tables import Incident, MailState, Member, OutboxMail
from incidentdesk.triage import actions
from incidentdesk.triage.forms import Change, Writing
from tests.mail.scene import MINUTE, NOW, Scene, add_incident
from tests.opened import held

Deed = Callable[[AsyncSession, Incident, Member, datetime], Awaitable[None]]


async def act(scene: Scene, deed: Deed, *, minute: int, by: Member | None = None) -> None:
    async with scene.desk.database.write() as session:
        incident = await held(session, "IR-26-000001")
        await deed(session, incident, by or scene.ada, NOW + minute * MINUTE)


async def sweep_at(scene: Scene, *minutes: int) -> None:
    for minute in minutes:
        await worker.sweep_clocks(scene.desk, now=NOW + minute * MINUTE)


async def all_sent(scene: Scene) -> None:
    async with scene.desk.database.write() as session:
        waiting = update(OutboxMail).where(OutboxMail.state == MailState.WAITING)
        await session.execute(waiting.values(state=MailState.SENT))


async def read(session: AsyncSession, incident: Incident, by: Member, now: datetime) -> None:
    await actions.mark_read(session, incident, seen_reply="", by=by, now=now)


async def note(session: AsyncSession, incident: Incident, by: Member, now: datetime) -> None:
    await actions.add_note(session, incident, Writing("hm", form_id="1"), by=by, now=now)


async def take(session: AsyncSession, incident: Incident, by: Member, now: datetime) -> None:
    await actions.take(session, incident, seen_owner=str(incident.owner_id or ""), by=by, now=now)


@pytest.mark.parametrize("deed", [read, note])
async def test_looking_is_not_taking_so_the_ladder_goes_on(scene: Scene, deed: Deed) -> None:
    await add_incident(scene.desk)
    await act(scene, deed, minute=5)
    await sweep_at(scene, 5, 15, 16)
    assert await scene.told("act") == ["Rosa Ponder"]
    await act(scene, note, minute=20)
    await sweep_at(scene, 20, 29)
    assert await scene.told("act") == ["Rosa Ponder"]
    await sweep_at(scene, 30, 60)
    assert await scene.told("act") == ["Rosa Ponder", "Bodil Upp", "Dipo Officer"]


async def test_who_is_given_it_still_has_to_take_it(scene: Scene) -> None:
    await add_incident(scene.desk)

    async def give(session: AsyncSession, incident: Incident, by: Member, now: datetime) -> None:
        await actions.assign(session, incident, Change(scene.bodil.id, ""), by=by, now=now)

    await act(scene, give, minute=10)
    await sweep_at(scene, 10, 24)
    assert await scene.told("act") == []
    await sweep_at(scene, 25)
    assert await scene.told("act") == ["Rosa Ponder"]


async def test_giving_it_back_arms_the_ladder_at_once(scene: Scene) -> None:
    await add_incident(scene.desk)
    await act(scene, take, minute=5, by=scene.rosa)

    async def let_go(session: AsyncSession, incident: Incident, by: Member, now: datetime) -> None:
        await actions.assign(session, incident, Change(None, str(scene.rosa.id)), by=by, now=now)

    await act(scene, let_go, minute=20, by=scene.rosa)
    await sweep_at(scene, 20, 34)
    assert await scene.told("act") == []
    await sweep_at(scene, 35, 50)
    assert await scene.told("act") == ["Rosa Ponder", "Bodil Upp"]


async def test_what_turns_out_worse_calls_people_from_then_on(scene: Scene) -> None:
    await add_incident(scene.desk, severity=3)

    async def raise_it(session: AsyncSession, incident: Incident, by: Member, now: datetime) -> None:
        await actions.set_severity(session, incident, Change(1, "3"), by=by, now=now)

    await act(scene, raise_it, minute=300)
    await sweep_at(scene, 300, 314)
    assert await scene.told("act") == []
    await sweep_at(scene, 315)
    assert await scene.told("act") == ["Rosa Ponder"]


async def test_nobody_is_stood_down_before_somebody_took_it(scene: Scene) -> None:
    await add_incident(scene.desk)
    await sweep_at(scene, 15)
    await all_sent(scene)

    async def give(session: AsyncSession, incident: Incident, by: Member, now: datetime) -> None:
        await actions.assign(session, incident, Change(scene.bodil.id, ""), by=by, now=now)

    await act(scene, give, minute=16)
    await sweep_at(scene, 16)
    assert await scene.told("stand_down") == []
    await act(scene, take, minute=17, by=scene.bodil)
    await sweep_at(scene, 17)
    assert await scene.told("stand_down") == ["Rosa Ponder"]


async def ask(session: AsyncSession, incident: Incident, by: Member, now: datetime) -> None:
    await actions.send_message(session, incident, Writing("Which disk?", form_id="1", asks=True), by=by, now=now)


async def test_waiting_for_the_reporter_keeps_it_quiet_no_longer_than_any_act(scene: Scene) -> None:
    await add_incident(scene.desk)
    await act(scene, take, minute=0)
    await act(scene, ask, minute=4)
    # 236 of the 240 minutes for a decision are left; a quarter of them and the first step's 15 are over at 78.
    await sweep_at(scene, 4, 77)
    assert await scene.told("act") == []
    await sweep_at(scene, 78)
    assert await scene.told("act") == ["Rosa Ponder"]
