"""Signing in and out as a browser does it: who gets in, who does not, and that nobody learns which addresses exist."""

import asyncio
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network

import httpx
import pytest
from sqlalchemy import select

from incidentdesk.settings import SecondFactor, Settings
from incidentdesk.staff import actions, passwords
from incidentdesk.tables import Member, MemberSession
from incidentdesk.web.pages import Desk
from tests.people import Seat, Sit, hidden_fields
from tests.staff.conftest import CHEAP, PASSWORD, Travel

MINUTE = timedelta(minutes=1)
WRONG = "The e-mail address or the password is not right"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The test's browsers sit behind a proxy that says where they come from, and a password is enough."""
    return replace(settings, trusted_proxies=(ip_network("127.0.0.0/8"),), second_factor=SecondFactor.OPTIONAL)


async def knock(
    seat: Seat, email: str, password: str = PASSWORD, *, network: str = "192.0.2.1", onward: str = ""
) -> httpx.Response:
    fields = {"email": email, "password": password, "onward": onward}
    return await seat.client.post("/desk/sign-in", data=fields, headers={"x-forwarded-for": network})


async def test_the_right_password_leads_to_the_queue(sit: Sit, rosa: Member) -> None:
    seat = await sit()
    assert WRONG not in (await seat.get("/desk/sign-in")).text
    answer = await knock(seat, " Rosa@Example.org ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert rosa.name in (await seat.get("/desk")).text


async def test_a_password_is_hidden_and_may_be_pasted_or_come_from_a_manager(
    sit: Sit, desk: Desk, rosa: Member, now: datetime
) -> None:
    async with desk.database.write() as session:
        token = await actions.renew_link(session, rosa.id, by=None, now=now)
    kinds = {"/desk/sign-in": "current-password", f"/desk/welcome/{token}": "new-password"}
    for path, kind in kinds.items():
        (field,) = re.findall(r'<input[^>]*name="password"[^>]*>', (await (await sit()).get(path)).text)
        assert 'type="password"' in field
        assert f'autocomplete="{kind}"' in field
        assert "onpaste" not in field


async def test_a_password_is_good_for_years(sit: Sit, rosa: Member, travel: Travel) -> None:
    travel(timedelta(days=3650))
    assert (await knock(await sit(), rosa.email)).headers["location"] == "/desk"


async def test_every_refusal_is_the_same_whatever_is_known(
    sit: Sit, desk: Desk, rosa: Member, ada: Member, now: datetime
) -> None:
    async with desk.database.write() as session:
        gone, invited = await session.merge(ada), await session.merge(rosa)
        gone.disabled_at, invited.password_hash = now, None
    seat, seen = await sit(), set()
    for email, password in [(ada.email, PASSWORD), (rosa.email, PASSWORD), (rosa.email, ""), ("x@y.nl", "x")]:
        answer = await knock(seat, email, password)
        assert "set-cookie" not in answer.headers
        seen.add((answer.status_code, answer.text.replace(f'value="{email}"', "")))
    ((status, text),) = seen
    assert status == 422
    assert WRONG in text
    assert PASSWORD not in text


async def test_a_refusal_keeps_the_address_and_the_way_onward(sit: Sit, rosa: Member) -> None:
    answer = await knock(await sit(), rosa.email, "wrong", onward="/desk?view=mine")
    assert f'value="{rosa.email}"' in answer.text
    assert hidden_fields(answer.text) == {"onward": "/desk?view=mine"}
    assert "wrong" not in answer.text.replace('class="field wrong"', "")


async def test_five_tries_a_minute_for_one_address(sit: Sit, rosa: Member, ada: Member, travel: Travel) -> None:
    seat = await sit()
    codes = [(await knock(seat, rosa.email, "wrong", network=f"192.0.2.{number}")).status_code for number in range(5)]
    assert codes == [422] * 5
    refused = await knock(seat, " ROSA@example.org", network="192.0.2.9")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert "That was a bit too fast" in refused.text
    assert (await knock(seat, ada.email)).status_code == 303
    travel(MINUTE)
    assert (await knock(seat, rosa.email)).status_code == 303


async def test_a_password_that_is_replaced_while_it_is_checked_opens_nothing(
    sit: Sit, desk: Desk, rosa: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def verify(_stored: str, _password: str) -> bool:
        begun.set()
        return go_on.wait(10)

    monkeypatch.setattr(passwords, "_verify", verify)
    seat = await sit()
    trying = asyncio.create_task(knock(seat, rosa.email))
    await asyncio.to_thread(begun.wait, 10)
    async with desk.database.write() as session:
        (await session.merge(rosa)).password_hash = CHEAP.hash("another one here")
    go_on.set()
    answer = await trying
    assert (answer.status_code, WRONG in answer.text) == (422, True)
    async with desk.database.read() as session:
        assert list(await session.scalars(select(MemberSession))) == []


async def test_twenty_tries_a_minute_for_one_network(sit: Sit, rosa: Member, travel: Travel) -> None:
    seat = await sit()
    codes = {(await knock(seat, f"{number}@example.org", "wrong")).status_code for number in range(20)}
    assert codes == {422}
    refused = await knock(seat, rosa.email)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert (await knock(seat, rosa.email, network="192.0.2.2")).status_code == 303
    travel(MINUTE)
    assert (await knock(seat, rosa.email)).status_code == 303


async def test_one_ipv6_network_is_one_sender(sit: Sit, rosa: Member) -> None:
    seat = await sit()
    for number in range(20):
        await knock(seat, f"{number}@example.org", "wrong", network=f"2001:db8::{number}")
    assert (await knock(seat, rosa.email, network="2001:db8::ffff")).status_code == 429
    assert (await knock(seat, rosa.email, network="2001:db8:0:1::1")).status_code == 303


async def test_nobody_uses_up_the_tries_of_another_network(sit: Sit, rosa: Member) -> None:
    seat = await sit()
    for number in range(21):
        await knock(seat, "192.0.2.1", "wrong", network=f"198.51.100.{number}")
    assert (await knock(seat, rosa.email, network="192.0.2.1")).status_code == 303


@pytest.mark.parametrize(
    "onward, place",
    [
        ("/desk/incidents/IR-26-7KQ4MX", "/desk/incidents/IR-26-7KQ4MX"),
        ("/desk?view=mine&owner=a%26b", "/desk?view=mine&owner=a%26b"),
        ("/desk?q=é", "/desk?q=%C3%A9"),
        ("/desk?q=a\r\nset-cookie: x=y", "/desk?q=a%20set-cookie:%20x=y"),
        ("//evil.test/desk", "/desk"),
        ("/\\evil.test/desk", "/desk"),
        ("\\\\evil.test", "/desk"),
        ("https://evil.test/desk", "/desk"),
        ("https:/desk", "/desk"),
        ("javascript:alert(1)//desk", "/desk"),
        ("%2f%2fevil.test/desk", "/desk"),
        ("/%2fevil.test/desk", "/desk"),
        ("/\t/evil.test/desk", "/desk"),
        ("/desk/..//evil.test", "/desk"),
        ("/desk\\..\\\\evil.test", "/desk"),
        ("/report", "/desk"),
    ],
)
async def test_the_way_onward_stays_on_the_desk(sit: Sit, rosa: Member, onward: str, place: str) -> None:
    answer = await knock(await sit(), rosa.email, onward=onward)
    assert (answer.status_code, answer.headers["location"]) == (303, place)


@pytest.mark.parametrize(
    "query", ["onward=%ff", "onward=", "onward=/desk&onward=//evil.test", "x=1", "onward=" + 9000 * "a"]
)
async def test_the_sign_in_page_opens_whatever_its_address_says(sit: Sit, query: str) -> None:
    seat = await sit()
    answer = await seat.get(f"/desk/sign-in?{query}")
    assert answer.status_code == 200
    assert len(answer.text) < 9000


def cookies(answer: httpx.Response) -> Iterator[str]:
    for line in answer.headers.get_list("set-cookie"):
        yield line.partition(";")[0].partition("=")[2]


async def test_a_session_id_that_somebody_else_chose_is_never_taken_over(sit: Sit, rosa: Member) -> None:
    seat = await sit()
    seat.client.cookies.set("desk", "chosen-by-somebody-else")
    (given,) = cookies(await knock(seat, rosa.email))
    assert given != "chosen-by-somebody-else"
    outsider = await sit()
    outsider.client.cookies.set("desk", "chosen-by-somebody-else")
    assert (await outsider.get("/desk")).status_code == 303


async def test_signing_in_again_ends_this_browsers_session_and_no_other(sit: Sit, desk: Desk, rosa: Member) -> None:
    here, there = await sit(), await sit()
    (first,) = cookies(await knock(here, rosa.email))
    await knock(there, rosa.email)
    (second,) = cookies(await knock(here, rosa.email))
    assert first != second
    async with desk.database.read() as session:
        assert len(list(await session.scalars(select(MemberSession)))) == 2
    assert [(await seat.get("/desk")).status_code for seat in (here, there)] == [200, 200]
    stolen = await sit()
    stolen.client.cookies.set("desk", first)
    assert (await stolen.get("/desk")).status_code == 303


async def test_signing_out_ends_the_session_for_good(sit: Sit, rosa: Member) -> None:
    here, there = await sit(rosa), await sit(rosa)
    token = here.client.cookies["desk"]
    answer = await here.post("/desk/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/sign-in")
    assert 'desk=""; ' in answer.headers["set-cookie"]
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    assert (await there.get("/desk")).status_code == 200
    here.client.cookies.set("desk", token)
    assert (await here.get("/desk")).status_code == 303
    assert (await here.post("/desk/sign-out")).status_code == 401


async def test_a_browser_left_alone_for_half_an_hour_is_signed_out(sit: Sit, rosa: Member, travel: Travel) -> None:
    seat = await sit(rosa)
    travel(30 * MINUTE - timedelta(seconds=1))
    assert (await seat.get("/desk")).status_code == 200
    travel(30 * MINUTE)
    assert (await seat.get("/desk")).status_code == 303


async def test_after_twelve_hours_of_work_everybody_signs_in_again(sit: Sit, rosa: Member, travel: Travel) -> None:
    seat = await sit(rosa)
    codes = []
    for _ in range(36):
        travel(20 * MINUTE)
        codes.append((await seat.get("/desk/profile")).status_code)
    assert codes == [200] * 35 + [303]
