"""Many presses at the same moment, from one network and from many, up to the limits."""

import asyncio
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import func, select

from incidentdesk.settings import Settings
from incidentdesk.tables import HistoryEntry, Incident, Message
from incidentdesk.web.pages import Desk
from tests.intake.visitor import Visitor, code_in, form_fields, send, visit
from tests.people import Sit

PRESSES = 20


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    return replace(settings, reports_per_network=getattr(request, "param", 1_000))


async def press_at_once(visitor: Visitor, action: str, **typed: str) -> list[httpx.Response]:
    """Send the same page many times before the first answer is there."""
    data = {**form_fields(visitor.html, action), **typed}
    return list(await asyncio.gather(*(visitor.seat.client.post(action, data=data) for _ in range(PRESSES))))


async def number_of(desk: Desk, table: type) -> int:
    async with desk.database.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("settings", [1_000, 1], indirect=True, ids=["far from the limit", "at the limit"])
async def test_presses_at_once_are_one_report_and_one_confirmation(sit: Sit, desk: Desk) -> None:
    visitor = await visit(await sit())
    await visitor.press("now", what="the badge is gone")
    answers = await press_at_once(visitor, "/report", go="send")
    assert [answer.status_code for answer in answers] == [200] * PRESSES
    assert len({code_in(answer.text) for answer in answers}) == 1
    assert all("Thank you" in answer.text for answer in answers)
    assert (await number_of(desk, Incident), await number_of(desk, HistoryEntry)) == (1, 1)


async def test_many_reporters_at_once_all_get_through(sit: Sit, desk: Desk) -> None:
    seat = await sit()
    visitors = await asyncio.gather(*(send(seat, f"story {number}") for number in range(PRESSES)))
    assert len({code_in(visitor.html) for visitor in visitors}) == PRESSES
    assert await number_of(desk, Incident) == PRESSES


async def test_a_message_pressed_many_times_at_once_arrives_once(sit: Sit, desk: Desk) -> None:
    visitor = await send(await sit())
    await visitor.submit("/r")
    answers = await press_at_once(visitor, "/r/messages", body="one more thing")
    assert {answer.status_code for answer in answers} == {200}
    assert await number_of(desk, Message) == 1
