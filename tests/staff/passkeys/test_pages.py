"""Passkeys as the pages meet them: the first factor of a newcomer, the second step, and the proof before what matters."""

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import select

from incidentdesk.rules.permissions import Role
from incidentdesk.settings import Settings
from incidentdesk.staff import sessions
from incidentdesk.staff.gate import cookie_name
from incidentdesk.tables import Member, Passkey, RecoveryCode, Stage
from incidentdesk.web.pages import Desk
from tests.people import Seat, Sit, hidden_fields
from tests.staff.conftest import PASSWORD, Travel
from tests.staff.passkeys.device import Device
from tests.staff.phone import enrolled

# What a page asks and says of what it was sent; what is stored and found is tried with the actions and the story.
pytestmark = pytest.mark.either_database

WAYS, NEW, MAKE = "/desk/profile/ways", "/desk/passkeys/new", "/desk/passkeys"
HINT = "You administer this desk and have no passkey"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, public_url="https://desk.test")


def question(answer: httpx.Response) -> str:
    """What the button on the page asks the device."""
    found = re.search(r'data-options="([^"]+)"', answer.text)
    assert found is not None, answer.text
    return unescape(found[1])


async def make(seat: Seat, device: Device, name: str = "Key") -> httpx.Response:
    return await seat.post(MAKE, name=name, answer=device.make(question(await seat.get(NEW))))


async def passkeys(desk: Desk) -> list[Passkey]:
    async with desk.database.read() as session:
        return list(await session.scalars(select(Passkey)))


def over_tls(seat: Seat) -> Seat:
    """Let the browser take cookies that are for TLS only."""
    seat.client.base_url = httpx.URL("https://desk.test")
    return seat


async def knocked(sit: Sit, desk: Desk, who: Member, stage: Stage, now: datetime) -> Seat:
    """Somebody whose password was right."""
    seat = await sit()
    async with desk.database.write() as session:
        token = await sessions.open_session(session, who, stage=stage, now=now)
    seat.client.cookies.set(cookie_name(desk.settings), token)
    return Seat(who, seat.client, desk.vault.hash("csrf", sessions.hash_token(token)))


@pytest.fixture
async def device(sit: Sit, rosa: Member) -> Device:
    """Rosa's, with a passkey of this desk."""
    made = Device()
    assert (await make(await sit(rosa), made)).status_code == 200
    return made


async def test_a_newcomer_makes_a_passkey_in_the_place_of_a_phone(
    sit: Sit, desk: Desk, rosa: Member, now: datetime
) -> None:
    seat = over_tls(await knocked(sit, desk, rosa, Stage.ENROLMENT, now))
    assert f'href="{NEW}"' in (await seat.get("/desk/authenticator")).text
    answer = await make(seat, Device())
    assert "Your recovery codes" in answer.text
    assert (await seat.get("/desk")).status_code == 200
    async with desk.database.read() as session:
        assert len(list(await session.scalars(select(RecoveryCode)))) == 10
    (row,) = await passkeys(desk)
    assert (row.name, row.member_id) == ("Key", rosa.id)


async def test_an_unfinished_sign_in_of_somebody_with_a_factor_makes_none(
    sit: Sit, desk: Desk, rosa: Member, device: Device, now: datetime
) -> None:
    seat = await knocked(sit, desk, rosa, Stage.CODE, now)
    assert (await seat.get(NEW)).headers["location"].startswith("/desk/second-factor")
    assert (await seat.post(MAKE, name="x", answer="{}")).status_code == 401
    assert len(await passkeys(desk)) == 1


async def test_the_second_step_takes_the_passkey(
    sit: Sit, desk: Desk, rosa: Member, device: Device, now: datetime
) -> None:
    seat = over_tls(await sit())
    answer = await seat.client.post("/desk/sign-in", data={"email": rosa.email, "password": PASSWORD})
    asked = await seat.get(answer.headers["location"])
    assert "Use a passkey" in asked.text
    assert "/static/passkeys.js" in asked.text
    wrong = Device(credential=device.credential).prove(question(asked))
    fields = hidden_fields(asked.text)
    assert (await seat.client.post("/desk/second-factor", data={**fields, "code": wrong})).status_code == 422
    right = device.prove(question(asked))
    answer = await seat.client.post("/desk/second-factor", data={**fields, "code": right})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    assert (await seat.get("/desk")).status_code == 200


async def test_guesses_at_the_second_step_are_counted(
    sit: Sit, desk: Desk, rosa: Member, device: Device, now: datetime
) -> None:
    seat = await knocked(sit, desk, rosa, Stage.CODE, now)
    codes = [(await seat.post("/desk/second-factor", code="{}")).status_code for _ in range(6)]
    assert codes == [422] * 5 + [429]


async def test_a_passkey_is_proof_enough_for_what_matters(
    sit: Sit, desk: Desk, ada: Member, travel: Travel, now: datetime
) -> None:
    await enrolled(desk, ada, now=now)
    seat, made = await sit(ada), Device()
    for page in (WAYS, "/desk/profile"):
        assert HINT in (await seat.get(page)).text, page
    assert (await make(seat, made)).headers["location"] == WAYS
    for page in (WAYS, "/desk/profile"):
        assert HINT not in (await seat.get(page)).text, page
    travel(timedelta(minutes=10))
    asked = await seat.post("/desk/people", name="Dipo", email="dipo@example.org", role="dpo")
    assert asked.status_code == 401
    sent = {**hidden_fields(asked.text), "confirm": made.prove(question(asked))}
    assert (await seat.client.post("/desk/people", data=sent)).status_code == 200
    travel(timedelta(minutes=10))
    assert (await seat.client.post("/desk/people", data={**sent, "email": "x@example.org"})).status_code == 401
    asked = await seat.get("/desk/confirmation?onward=/desk/people")
    assert (
        await seat.post("/desk/confirmation", onward="/desk", confirm=made.prove(question(asked)))
    ).status_code == 303


async def test_making_and_removing_asks_who_is_there(
    sit: Sit, desk: Desk, ada: Member, travel: Travel, now: datetime
) -> None:
    await enrolled(desk, ada, now=now)
    seat = await sit(ada)
    await make(seat, Device())
    (row,) = await passkeys(desk)
    travel(timedelta(minutes=10))
    assert (await seat.get(NEW)).headers["location"].startswith("/desk/confirmation")
    for path in (MAKE, f"{MAKE}/{row.id}/removal"):
        assert (await seat.post(path)).status_code == 401
    assert len(await passkeys(desk)) == 1


async def test_the_last_second_factor_stays(sit: Sit, desk: Desk, rosa: Member, device: Device, now: datetime) -> None:
    seat = await sit(rosa)
    (row,) = await passkeys(desk)
    assert "Key" in (await seat.get(WAYS)).text
    assert (await seat.post(f"{MAKE}/{row.id}/removal")).status_code == 409
    await enrolled(desk, rosa, now=now)
    seat = await sit(rosa)
    assert (await seat.post(f"{MAKE}/{row.id}/removal")).headers["location"] == WAYS
    assert await passkeys(desk) == []


async def test_nobody_removes_the_passkey_of_another(sit: Sit, desk: Desk, device: Device) -> None:
    (row,) = await passkeys(desk)
    assert (await (await sit(Role.ADMINISTRATOR)).post(f"{MAKE}/{row.id}/removal")).status_code == 404
    assert len(await passkeys(desk)) == 1


async def test_an_answer_that_is_not_right_is_asked_for_again(sit: Sit, desk: Desk, rosa: Member) -> None:
    seat = await sit(rosa)
    for answer in ("", "{}", Device().make(question(await seat.get(NEW)), origin="https://evil.test")):
        again = await seat.post(MAKE, name="Key", answer=answer)
        assert again.status_code == 422
        assert "This passkey could not be taken" in again.text
    assert json.loads(question(again))["challenge"]
    assert await passkeys(desk) == []


async def test_where_a_browser_makes_no_passkey_none_is_offered(
    sit: Sit, desk: Desk, app: Litestar, rosa: Member, now: datetime
) -> None:
    plain = replace(desk, settings=replace(desk.settings, public_url="http://desk.test"))
    seat = await sit()
    app.state.desk = plain
    seat = await knocked(sit, plain, rosa, Stage.FULL, now)
    assert NEW not in (await seat.get(WAYS)).text
    assert (await seat.get(NEW)).headers["location"] == WAYS
    assert (await seat.post(MAKE, name="Key", answer="{}")).status_code == 404
