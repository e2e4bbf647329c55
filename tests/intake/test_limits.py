"""Limits that stop a flood and never lose a report."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from incidentdesk import clock
from incidentdesk.intake import pages
from incidentdesk.settings import Settings
from incidentdesk.tables import Incident, OutboxMail
from incidentdesk.web.pages import Desk
from tests.intake.visitor import code_in, form_fields, send, visit
from tests.patience import room_in
from tests.people import Sit


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    seconds = getattr(request, "param", 0)
    return replace(settings, reports_per_network=3, reports_per_minute=2, minimum_fill_seconds=seconds)


@pytest.fixture(autouse=True)
def one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock: a limit of so many in a minute must not meet the end of one."""
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)


async def marks(desk: Desk) -> list[str | None]:
    async with desk.database.read() as session:
        return list(await session.scalars(select(Incident.suspicious).order_by(Incident.id)))


async def test_beyond_the_networks_limit_the_text_comes_back_unsent(sit: Sit, desk: Desk) -> None:
    seat = await sit()
    for _ in range(3):
        await send(seat)
    visitor = await send(seat, "the fourth story")
    assert visitor.answer.status_code == 429
    assert int(visitor.answer.headers["retry-after"]) > 0
    assert "Your report is not sent yet" in visitor.html
    assert form_fields(visitor.html, "/report")["what"] == ["the fourth story"]
    assert len(await marks(desk)) == 3


async def test_beyond_everybodys_limit_a_report_is_taken_and_marked(sit: Sit, desk: Desk) -> None:
    seat = await sit()
    await room_in()
    for _ in range(3):
        await send(seat)
    assert sorted(map(str, await marks(desk))) == ["None", "None", "flood"]


async def test_nobody_is_buried_under_our_mail_by_somebody_who_types_their_address(
    sit: Sit, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "RECEIPTS", 1)
    seat = await sit()
    for address in ("jo@example.org", "Jo@Example.org"):
        assert "Thank you" in (await send(seat, reach="email", email=address)).html
    assert await marks(desk) == [None, "flood"]
    async with desk.database.read() as session:
        receipts = select(func.count()).where(OutboxMail.letter == "reporter_receipt")
        assert await session.scalar(receipts) == 1


@pytest.mark.parametrize("settings", [60], indirect=True)
async def test_a_form_filled_in_at_once_is_taken_and_marked(sit: Sit, desk: Desk) -> None:
    assert "Thank you" in (await send(await sit())).html
    assert await marks(desk) == ["too_fast"]


async def test_a_report_that_is_here_is_shown_however_often_it_is_sent(sit: Sit, desk: Desk) -> None:
    visitor = await visit(await sit())
    await visitor.press("now", what="x")
    before = visitor.answer
    codes = set()
    for _ in range(6):
        visitor.answer = before
        codes.add(code_in((await visitor.press("send")).text))
    assert len(codes) == 1
    assert len(await marks(desk)) == 1


async def test_guessing_codes_is_stopped_also_for_a_right_one(sit: Sit) -> None:
    seat = await sit()
    code = code_in((await send(seat)).html)
    assert (await seat.post("/r", code=code)).status_code == 200
    await room_in()
    answers = [(await seat.post("/r", code=f"{number:025d}")).status_code for number in range(12)]
    assert answers == [422] * 10 + [429] * 2
    assert (await seat.post("/r", code=code)).status_code == 429
