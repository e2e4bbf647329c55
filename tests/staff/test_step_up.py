"""What matters most asks once more who is sitting there, and then does what was asked for without typing it again."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from incidentdesk.rules.permissions import Role
from incidentdesk.settings import SecondFactor
from incidentdesk.staff import sessions
from incidentdesk.tables import Member
from incidentdesk.web.pages import Desk
from tests.people import Sit, hidden_fields
from tests.staff.conftest import PASSWORD, Travel
from tests.staff.expected import RULES
from tests.staff.phone import Phone, enrolled
from tests.staff.test_gate import STAFF, everything, knock

# Who is asked again is decided before anything is looked up.
pytestmark = pytest.mark.either_database

PEOPLE = "/desk/people"
DIPO = {"name": "Dipo <Officer>", "email": "dipo@example.org", "role": "dpo"}
FRESH, STALE = timedelta(minutes=9, seconds=59), timedelta(seconds=1)


@pytest.fixture
async def phone(desk: Desk, ada: Member, now: datetime) -> Phone:
    return (await enrolled(desk, ada, now=now))[0]


async def added(desk: Desk) -> list[str]:
    async with desk.database.read() as session:
        return list(await session.scalars(select(Member.name).where(Member.role == Role.DPO)))


async def test_a_proof_holds_for_ten_minutes(sit: Sit, ada: Member, phone: Phone, travel: Travel) -> None:
    seat = await sit(ada)
    travel(FRESH)
    assert (await seat.post(PEOPLE, **DIPO)).status_code == 200
    travel(STALE)
    answer = await seat.post(PEOPLE, **{**DIPO, "email": "other@example.org"})
    assert answer.status_code == 401
    assert "Is it you?" in answer.text


async def test_what_was_typed_comes_along_with_the_proof(
    sit: Sit, desk: Desk, ada: Member, phone: Phone, travel: Travel
) -> None:
    seat = await sit(ada)
    moment = travel(FRESH + STALE)
    asked = await seat.post(PEOPLE, **DIPO)
    carried = hidden_fields(asked.text)
    assert carried == {"csrf": seat.csrf, **DIPO}
    assert f'action="{PEOPLE}"' in asked.text
    assert await added(desk) == []
    wrong = await seat.client.post(PEOPLE, data={**carried, "confirm": "000000"})
    assert wrong.status_code == 401
    assert "This code is not right, or was used before" in wrong.text
    assert hidden_fields(wrong.text) == carried
    right = await seat.client.post(PEOPLE, data={**carried, "confirm": phone.code(moment)})
    assert right.status_code == 200
    assert await added(desk) == ["Dipo <Officer>"]
    assert (await seat.post(PEOPLE, **{**DIPO, "email": "next@example.org"})).status_code == 200


async def test_no_code_is_used_up_by_a_proof_that_could_not_be_noted(
    sit: Sit, ada: Member, phone: Phone, travel: Travel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def out_of_memory(*_: object, **__: object) -> None:
        raise MemoryError

    seat = await sit(ada)
    proof = {**DIPO, "confirm": phone.code(travel(FRESH + STALE))}
    with monkeypatch.context() as failing:
        failing.setattr(sessions, "confirm", out_of_memory)
        assert (await seat.post(PEOPLE, **proof)).status_code == 503
    assert (await seat.post(PEOPLE, **proof)).status_code == 200


async def test_a_proof_is_worth_nothing_without_the_token_of_the_page(
    sit: Sit, desk: Desk, ada: Member, phone: Phone, travel: Travel
) -> None:
    seat = await sit(ada)
    moment = travel(FRESH + STALE)
    forged = replace(seat, csrf="x")
    assert (await forged.post(PEOPLE, **DIPO, confirm=phone.code(moment))).status_code == 403
    assert await added(desk) == []
    assert (await seat.post(PEOPLE, **DIPO, confirm=phone.code(moment))).status_code == 200


async def test_a_page_that_matters_leads_to_the_question_and_back(
    sit: Sit, ada: Member, phone: Phone, travel: Travel
) -> None:
    seat = await sit(ada)
    moment = travel(FRESH + STALE)
    place = (await seat.get("/desk/authenticator")).headers["location"]
    assert place == "/desk/confirmation?onward=%2Fdesk%2Fauthenticator"
    fields = hidden_fields((await seat.get(place)).text)
    answer = await seat.client.post("/desk/confirmation", data={**fields, "confirm": phone.code(moment)})
    assert answer.headers["location"] == "/desk/authenticator"
    assert (await seat.get("/desk/authenticator")).status_code == 200
    away = await seat.post("/desk/confirmation", onward="https://evil.test/desk")
    assert away.headers["location"] == "/desk"


async def test_what_matters_asks_and_nothing_else_does(
    sit: Sit, desk: Desk, ada: Member, phone: Phone, travel: Travel
) -> None:
    seat, moment = await sit(ada), travel(FRESH + STALE)
    for door in STAFF:
        before = await everything(desk)
        answer = await knock(replace(seat, csrf="x") if "sign-out" in door.path else seat, door)
        asks = "Is it you?" in answer.text or "/desk/confirmation" in answer.headers.get("location", "")
        assert asks == ("+" in RULES[door.name].marks) or door.name == "GET /desk/confirmation", door.name
        assert not asks or await everything(desk) == before, door.name
    assert (await seat.post(PEOPLE, **DIPO, confirm=phone.code(moment))).status_code == 200


async def test_nobody_guesses_a_proof_for_long(sit: Sit, ada: Member, phone: Phone, travel: Travel) -> None:
    seat, moment = await sit(ada), travel(FRESH + STALE)
    codes = [(await seat.post(PEOPLE, **DIPO, confirm="000000")).status_code for _ in range(5)]
    assert codes == [401] * 5
    assert (await seat.post(PEOPLE, **DIPO, confirm=phone.code(moment))).status_code == 429


async def test_ending_sessions_asks_who_is_there(sit: Sit, ada: Member, phone: Phone, travel: Travel) -> None:
    seat, other = await sit(ada), await sit(ada)
    moment = travel(FRESH + STALE)
    assert "Is it you?" in (await seat.post("/desk/sessions/others/end")).text
    assert (await other.get("/desk")).status_code == 200
    assert (await seat.post("/desk/sessions/others/end", confirm=phone.code(moment))).status_code == 303
    assert [(await one.get("/desk")).status_code for one in (seat, other)] == [200, 303]


async def test_where_a_password_is_enough_the_password_confirms(
    sit: Sit, desk: Desk, ada: Member, travel: Travel
) -> None:
    lenient = replace(desk, settings=replace(desk.settings, second_factor=SecondFactor.OPTIONAL))
    seat = await sit()
    seat.client._transport.app.state.desk = lenient  # type: ignore[attr-defined]  # httpx keeps it there
    await seat.client.post("/desk/sign-in", data={"email": ada.email, "password": PASSWORD})
    seat = replace(seat, csrf=hidden_fields((await seat.get(PEOPLE)).text)["csrf"])
    travel(FRESH + STALE)
    asked = await seat.post(PEOPLE, **DIPO)
    assert 'type="password"' in asked.text
    wrong = await seat.post(PEOPLE, **DIPO, confirm="not the password")
    assert "This password is not right." in wrong.text
    assert "not the password" not in wrong.text
    assert (await seat.post(PEOPLE, **DIPO, confirm=PASSWORD)).status_code == 200
    assert (await seat.post("/desk/recovery-codes")).status_code == 403
