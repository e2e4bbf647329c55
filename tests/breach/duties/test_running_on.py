"""Duties that run on, or run again: no lateness is lost, and none stays ended that is owed after all."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from incidentdesk.records import duties
from incidentdesk.rules.deadline import Regime
from incidentdesk.tables import Clock, Customer, Incident
from incidentdesk.web.pages import Desk
from tests.breach.duties.test_pages import AUTHORITY, BASE, CUSTOMER, REGISTER, bakery, breach, named, press, running
from tests.breach.signing import TOLD, done
from tests.people import Seat
from tests.typed import typed

__all__ = ("bakery", "breach")
PEOPLE = "gdpr_34_subjects"
HOUR = timedelta(hours=1)


async def endings(seat: Seat) -> list[str]:
    page = (await seat.get(f"{BASE}/duties")).text
    return [part.split('"')[0] for part in page.split(f'action="{BASE}/roles/')[1:]]


async def test_whoever_is_nothing_else_is_the_controller_again(
    desk: Desk, seat: Seat, bakery: Customer, breach: UUID
) -> None:
    await press(seat, "duties", "roles", party="controller", role_reason="Our accounts")
    await named(seat, bakery)
    for _ in range(2):
        assert await press(seat, "duties", f"roles/{(await endings(seat))[0]}", ending_reason="A mistake") == 303
    assert "we are taken for the controller" in (await seat.get(f"{BASE}/duties")).text
    assert set(await running(desk, breach)) == {AUTHORITY, REGISTER}


async def test_a_customer_named_again_is_told_within_the_hours_of_its_contract_now(
    desk: Desk, seat: Seat, bakery: Customer, breach: UUID
) -> None:
    await named(seat, bakery)
    started_at = (await running(desk, breach))[CUSTOMER].started_at
    (role,) = await endings(seat)
    await press(seat, "duties", f"roles/{role}", ending_reason="The wrong contract")
    async with desk.database.write() as session:
        (await session.get_one(Customer, bakery.id)).contract_hours = 4
    await named(seat, bakery)
    assert (await running(desk, breach))[CUSTOMER].deadline_at == started_at + 4 * HOUR


async def test_what_a_line_of_another_room_ended_is_not_taken_back(
    desk: Desk, seat: Seat, breach: UUID, now: datetime
) -> None:
    register = (await running(desk, breach))[REGISTER]
    async with desk.database.write() as session:
        incident = await session.get_one(Incident, breach)
        await duties.meet(session, incident, REGISTER, how=("filing", now + 200 * HOUR), now=now)
    place = f"duties/{register.id}"
    assert await press(seat, place, f"{place}/reopening", new_facts="Undo it") == 409
    async with desk.database.read() as session:
        assert (await session.get_one(Clock, register.id)).late_seconds


@pytest.fixture
async def financial(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> None:
    monkeypatch.setitem(desk.database.info, "bound_as", frozenset({Regime.CONTROLLER, Regime.FINANCIAL}))


@pytest.mark.usefixtures("financial")
async def test_an_awareness_fixed_later_still_caps_a_first_notification(
    desk: Desk, seat: Seat, breach: UUID, now: datetime
) -> None:
    moment = typed("at", now - HOUR, event="classified_at", event_reason="Major")
    assert await press(seat, "duties", "duty-moments", **moment) == 303
    assert (await running(desk, breach))["dora_initial"].deadline_at == now + 3 * HOUR
    await press(seat, "awareness", "awareness", aware_reason="They called", **typed("aware", now - 24 * HOUR))
    assert (await running(desk, breach))["dora_initial"].deadline_at == now


@pytest.mark.parametrize("established_in,is_off", [("NL", True), ("BE", False), ("DE-BE", False)])
async def test_a_day_off_is_one_where_the_company_is_established_wherever_the_clock_was_set(
    desk: Desk, breach: UUID, monkeypatch: pytest.MonkeyPatch, established_in: str, *, is_off: bool
) -> None:
    monkeypatch.setitem(desk.database.info, "established_in", established_in)
    async with desk.database.read() as session:
        footing = await duties.footing_of(session, await session.get_one(Incident, breach))
    assert footing.law.zone.key == "Europe/Amsterdam"
    assert (date(2027, 4, 27) in footing.law.holidays) is is_off


@pytest.mark.parametrize("way", [("tell", "direct", "ordered"), ("disproportionate", "public", "tell")])
async def test_people_who_must_be_told_once_more_wait_on_a_clock_that_is_no_less_late(
    desk: Desk, seat: Seat, breach: UUID, now: datetime, way: tuple[str, str, str]
) -> None:
    first, telling, then = way
    told = {**TOLD, "telling": telling, "people_told": "180" if telling == "direct" else "", "place": "The site"}
    await done(seat, "people", "people-decision", choice=first, reasoning="Salaries")
    people = (await running(desk, breach))[PEOPLE]
    await done(seat, "people", "people-told", **told, **typed("told", now))
    await done(seat, "people", "people-decision", choice=then, reasoning="It was not enough")
    again = (await running(desk, breach))[PEOPLE]
    assert (again.id, again.started_at) == (people.id, people.started_at)
    fields = {**TOLD, "telling": "direct", "people_told": "180", "words": "Once more"}
    await done(seat, "people", "people-told", **fields, **typed("told", now - HOUR))
    async with desk.database.read() as session:
        ended_at = (await session.get_one(Clock, people.id)).ended_at
        assert ended_at is not None
        assert ended_at > now - HOUR
