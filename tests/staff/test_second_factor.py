"""The second step of a sign-in as a browser does it: set up, asked for, replaced, and nowhere walked around."""

import asyncio
import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from incidentdesk.settings import SecondFactor
from incidentdesk.staff import actions, sessions
from incidentdesk.tables import HistoryEntry, Member, MemberSession, Stage
from incidentdesk.web.pages import Desk
from tests.people import Seat, Sit, hidden_fields
from tests.staff.conftest import PASSWORD, Travel
from tests.staff.phone import enrolled, phone_that_reads
from tests.staff.test_gate import STAFF, knock

CODE, SET_UP = "/desk/second-factor", "/desk/authenticator"
MINUTE = timedelta(minutes=1)


async def with_password(sit: Sit, who: Member, onward: str = "/desk") -> Seat:
    """Come as far as a password goes, and hold the token of the page that is next."""
    seat = await sit()
    fields = {"email": who.email, "password": PASSWORD, "onward": onward}
    answer = await seat.client.post("/desk/sign-in", data=fields)
    assert answer.status_code == 303
    page = await seat.get(answer.headers["location"])
    return replace(seat, csrf=hidden_fields(page.text)["csrf"])


async def test_whoever_has_no_second_step_sets_it_up_before_anything_else(
    sit: Sit, rosa: Member, now: datetime
) -> None:
    seat = await with_password(sit, rosa)
    assert (await seat.get("/desk")).headers["location"] == f"{SET_UP}?onward=%2Fdesk"
    page = (await seat.get(SET_UP)).text
    assert "<svg" in page
    assert rosa.name not in page
    answer = await seat.post(SET_UP, code=phone_that_reads(page).code(now), onward="/desk?view=mine")
    assert answer.status_code == 200
    assert len(re.findall(r"<li>[2-9a-z]{4}-[2-9a-z]{4}-[2-9a-z]{4}</li>", answer.text)) == 10
    assert 'href="/desk?view=mine"' in answer.text
    assert rosa.name in (await seat.get("/desk")).text


async def test_the_key_of_a_phone_is_never_shown_again(sit: Sit, rosa: Member, now: datetime) -> None:
    seat = await with_password(sit, rosa)
    pages = [(await seat.get(SET_UP)).text for _ in range(2)]
    phones = [phone_that_reads(page) for page in pages]
    assert phones[0].app.secret == phones[1].app.secret
    await seat.post(SET_UP, code=phones[0].code(now))
    later = phone_that_reads((await seat.get(SET_UP)).text)
    assert later.app.secret != phones[0].app.secret


async def test_a_wrong_code_sets_nothing_up(sit: Sit, desk: Desk, rosa: Member) -> None:
    seat = await with_password(sit, rosa)
    answer = await seat.post(SET_UP, code="000000")
    assert answer.status_code == 422
    assert "This code is not right" in answer.text
    assert (await seat.get("/desk")).status_code == 303
    async with desk.database.read() as session:
        assert list(await session.scalars(select(HistoryEntry))) == []


async def test_two_browsers_that_set_up_at_once_see_keys_of_their_own(sit: Sit, rosa: Member, now: datetime) -> None:
    hers, thiefs = await with_password(sit, rosa), await with_password(sit, rosa)
    phones = [phone_that_reads((await seat.get(SET_UP)).text) for seat in (hers, thiefs)]
    assert phones[0].app.secret != phones[1].app.secret
    assert (await hers.post(SET_UP, code=phones[0].code(now))).status_code == 200
    assert (await thiefs.post(SET_UP, code=phones[1].code(now))).status_code == 401
    assert (await hers.get("/desk")).status_code == 200


async def test_the_code_is_asked_for_and_leads_on(sit: Sit, desk: Desk, rosa: Member, now: datetime) -> None:
    phone, _ = await enrolled(desk, rosa, now=now)
    seat = await with_password(sit, rosa, "/desk?view=mine")
    half = seat.client.cookies["desk"]
    page = (await seat.get(CODE)).text
    assert "Now the code from your phone" in page
    assert rosa.name not in page
    answer = await seat.post(CODE, code=phone.code(now), onward="/desk?view=mine")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk?view=mine")
    assert seat.client.cookies["desk"] != half
    assert rosa.name in (await seat.get("/desk")).text
    stolen = await sit()
    stolen.client.cookies.set("desk", half)
    assert (await stolen.get(CODE)).headers["location"].startswith("/desk/sign-in")


async def test_a_recovery_code_gets_in_without_the_phone(sit: Sit, desk: Desk, rosa: Member, now: datetime) -> None:
    _, codes = await enrolled(desk, rosa, now=now)
    answers = [await (await with_password(sit, rosa)).post(CODE, code=codes[0]) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 422]
    assert "This code is not right, or was used before" in answers[1].text
    async with desk.database.read() as session:
        actions = list(await session.scalars(select(HistoryEntry.action).order_by(HistoryEntry.id)))
    assert actions == ["member.factor", "member.recovery_code"]


async def test_no_code_is_used_up_by_a_sign_in_that_fails(
    sit: Sit, desk: Desk, rosa: Member, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, codes = await enrolled(desk, rosa, now=now)
    for code in (phone.code(now), codes[0]):
        seat = await with_password(sit, rosa)
        with monkeypatch.context() as failing:
            failing.setattr(sessions, "open_session", out_of_memory)
            assert (await seat.post(CODE, code=code)).status_code == 503
        assert (await seat.post(CODE, code=code)).status_code == 303
        assert rosa.name in (await seat.get("/desk")).text


async def out_of_memory(*_: object, **__: object) -> None:
    raise MemoryError


async def test_one_right_password_opens_one_session_however_many_proofs_come_at_once(
    sit: Sit, desk: Desk, rosa: Member, now: datetime
) -> None:
    phone, codes = await enrolled(desk, rosa, now=now)
    seat = await with_password(sit, rosa)
    proofs = (phone.code(now), *codes[:3])
    answers = await asyncio.gather(*(seat.post(CODE, code=code) for code in proofs))
    assert sorted(answer.status_code for answer in answers) == [303, 401, 401, 401]
    async with desk.database.read() as session:
        assert [row.stage for row in await session.scalars(select(MemberSession))] == [Stage.FULL]


# A newcomer may make a passkey in the place of a phone.
OPEN = {CODE: set[str](), SET_UP: {"GET /desk/passkeys/new", "POST /desk/passkeys"}}


@pytest.mark.parametrize("place", [CODE, SET_UP])
async def test_a_password_alone_opens_no_door_of_the_desk(
    sit: Sit, desk: Desk, ada: Member, now: datetime, place: str
) -> None:
    if place == CODE:
        await enrolled(desk, ada, now=now)
    seat = await with_password(sit, ada)
    open_to_her = {f"GET {place}", f"POST {place}", "POST /desk/sign-out"} | OPEN[place]
    for door in (door for door in STAFF if door.name not in open_to_her):
        answer = await knock(seat, door)
        if door.method == "GET":
            assert answer.headers.get("location", "").startswith(f"{place}?onward=%2F"), door.name
        else:
            assert answer.status_code == 401, door.name
    assert ada.name not in (await seat.get(place)).text


async def test_five_tries_a_minute_and_a_hundred_a_day(
    sit: Sit, desk: Desk, rosa: Member, now: datetime, travel: Travel
) -> None:
    phone, _ = await enrolled(desk, rosa, now=now)
    seat = await with_password(sit, rosa)
    codes = [(await seat.post(CODE, code="000000")).status_code for _ in range(5)]
    refused = await seat.post(CODE, code=phone.code(now))
    assert (codes, refused.status_code, refused.headers["retry-after"]) == ([422] * 5, 429, "60")
    moment = travel(MINUTE)
    assert (await seat.post(CODE, code=phone.code(moment))).status_code == 303
    for _ in range(19):
        travel(MINUTE)
        seat = await with_password(sit, rosa)
        for _ in range(5):
            await seat.post(CODE, code="000000")
    moment = travel(MINUTE)
    seat = await with_password(sit, rosa)
    refused = await seat.post(CODE, code=phone.code(moment))
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "86400")


async def test_a_half_finished_sign_in_lasts_ten_minutes(
    sit: Sit, desk: Desk, rosa: Member, now: datetime, travel: Travel
) -> None:
    phone, _ = await enrolled(desk, rosa, now=now)
    seat = await with_password(sit, rosa)
    moment = travel(10 * MINUTE + timedelta(seconds=1))
    assert (await seat.post(CODE, code=phone.code(moment))).status_code == 401


async def test_starting_again_forgets_the_half_finished_sign_in(sit: Sit, desk: Desk, rosa: Member) -> None:
    seat = await with_password(sit, rosa)
    assert (await seat.post("/desk/sign-out")).headers["location"] == "/desk/sign-in"
    async with desk.database.read() as session:
        assert list(await session.scalars(select(MemberSession))) == []


async def test_a_new_password_never_takes_the_second_step_away(
    sit: Sit, desk: Desk, rosa: Member, now: datetime
) -> None:
    await enrolled(desk, rosa, now=now)
    async with desk.database.write() as session:
        token = await actions.renew_link(session, rosa.id, by=None, now=now)
    seat = await sit()
    answer = await seat.client.post(f"/desk/welcome/{token}", data={"password": "another one here"})
    assert answer.headers["location"].startswith(CODE)
    assert (await seat.get("/desk")).headers["location"].startswith(CODE)


async def test_a_password_that_was_enough_is_not_once_the_setting_changes(
    sit: Sit, desk: Desk, rosa: Member, now: datetime
) -> None:
    seat, app = await sit(), (await sit()).client._transport.app  # type: ignore[attr-defined]  # httpx keeps it there
    app.state.desk = replace(desk, settings=replace(desk.settings, second_factor=SecondFactor.OPTIONAL))
    await seat.client.post("/desk/sign-in", data={"email": rosa.email, "password": PASSWORD})
    assert "your password alone lets somebody in" in (await seat.get("/desk/profile")).text
    app.state.desk = desk
    assert (await seat.get("/desk")).headers["location"].startswith("/desk/sign-in")
