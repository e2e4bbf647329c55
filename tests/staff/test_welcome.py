"""One-time links: the first administrator, and everybody who is invited or forgot a password."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.errors import Missing
from incidentdesk.rules.escalation import Post
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import SecondFactor, Settings
from incidentdesk.staff import actions
from incidentdesk.staff.forms import Person
from incidentdesk.tables import HistoryEntry, Member, PostHolder
from incidentdesk.web.pages import Desk
from tests.people import Seat, Sit
from tests.staff.conftest import PASSWORD, Travel

FIRST = {"name": "Ada Min", "email": "Ada@Example.org", "password": PASSWORD}
SECOND = timedelta(seconds=1)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A password is enough here."""
    return replace(settings, second_factor=SecondFactor.OPTIONAL)


async def first_link(desk: Desk, now: datetime) -> str:
    async with desk.database.write() as session:
        token = await actions.make_first_link(session, now=now)
    return f"/desk/welcome/{token}"


async def invited(desk: Desk, who: Member, now: datetime) -> str:
    async with desk.database.write() as session:
        return "/desk/welcome/" + await actions.renew_link(session, who.id, by=None, now=now)


async def members(desk: Desk) -> list[Member]:
    async with desk.database.read() as session:
        return list(await session.scalars(select(Member).order_by(Member.name)))


async def test_the_first_one_becomes_administrator_on_call_and_dpo(sit: Sit, desk: Desk, now: datetime) -> None:
    link, seat = await first_link(desk, now), await sit()
    assert "you become the administrator" in (await seat.get(link)).text
    answer = await seat.client.post(link, data={**FIRST, "role": "reader"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    assert "Ada Min" in (await seat.get("/desk/people")).text
    (ada,) = await members(desk)
    assert (ada.email, ada.role, ada.zone) == ("ada@example.org", Role.ADMINISTRATOR, "Europe/Amsterdam")
    async with desk.database.read() as session:
        assert set(await session.scalars(select(PostHolder.post))) == {Post.ON_CALL, Post.DPO}
        assert list(await session.scalars(select(HistoryEntry.action))) == ["member.added"]
        assert await actions.make_first_link(session, now=now) is None


async def test_a_link_works_once_and_looking_at_it_uses_nothing_up(sit: Sit, desk: Desk, now: datetime) -> None:
    link, seat = await first_link(desk, now), await sit()
    for _ in range(3):
        assert (await seat.get(link)).status_code == 200
        assert (await seat.client.head(link)).status_code == 200
    assert (await seat.client.post(link, data=FIRST)).status_code == 303
    again = await sit()
    assert (await again.get(link)).status_code == 404
    assert (await again.client.post(link, data={**FIRST, "email": "eve@example.org"})).status_code == 404
    assert [one.email for one in await members(desk)] == ["ada@example.org"]


async def test_of_two_who_press_at_once_one_becomes_the_first(desk: Desk, now: datetime) -> None:
    token = (await first_link(desk, now)).rpartition("/")[2]

    async def press(session: AsyncSession, name: str) -> None:
        person = Person(name, f"{name}@example.org", Role.ADMINISTRATOR)
        await actions.accept_welcome(session, token, person, password_hash="x", now=now)

    async def press_too() -> None:
        async with desk.database.write() as session:
            await press(session, "eve")

    async with desk.database.write() as session:
        await press(session, "ada")
        other = asyncio.create_task(press_too())
        await asyncio.sleep(0.05)
        assert not other.done(), "the second waits for the first"
    with pytest.raises(Missing):
        await other
    assert [one.name for one in await members(desk)] == ["ada"]


@pytest.mark.parametrize(
    "typed, said",
    [
        ({"password": "eleven char"}, "Choose a password of 12 characters or more"),
        ({"password": "x1y2" * 50 + "z"}, "Choose a password of at most 200 characters"),
        ({"password": "aaaaaaaaaaaaaaa"}, "Choose a password that is not your name"),
        ({"password": "ada@example.org"}, "Choose a password that is not your name"),
        ({"name": " "}, "Enter a name"),
        ({"email": "ada"}, "Enter an e-mail address such as"),
    ],
)
async def test_a_mistake_is_said_and_the_link_stays(
    sit: Sit, desk: Desk, now: datetime, typed: dict[str, str], said: str
) -> None:
    link, seat = await first_link(desk, now), await sit()
    answer = await seat.client.post(link, data={**FIRST, **typed})
    assert answer.status_code == 422
    assert answer.text.count(said) == 2
    kept = {**FIRST, **typed, "email": typed.get("email", "ada@example.org"), "name": typed.get("name", "Ada Min")}
    assert f'value="{kept["email"]}"' in answer.text
    assert f'value="{kept["name"].strip()}"' in answer.text
    assert f'value="{kept["password"]}"' not in answer.text.replace(f'value="{kept["email"]}"', "")
    assert (await seat.client.post(link, data=FIRST)).status_code == 303


async def test_a_link_is_good_for_a_week(sit: Sit, desk: Desk, now: datetime, travel: Travel) -> None:
    link, seat = await first_link(desk, now), await sit()
    travel(actions.LINK_VALID - SECOND)
    assert (await seat.get(link)).status_code == 200
    travel(SECOND)
    assert (await seat.get(link)).status_code == 404
    assert (await seat.client.post(link, data=FIRST)).status_code == 404


async def test_a_second_first_link_replaces_the_one_before(sit: Sit, desk: Desk, now: datetime) -> None:
    old, new, seat = await first_link(desk, now), await first_link(desk, now), await sit()
    assert [(await seat.get(link)).status_code for link in (old, new)] == [404, 200]


async def test_the_first_link_is_worth_nothing_once_somebody_came_another_way(
    sit: Sit, desk: Desk, now: datetime
) -> None:
    link, seat = await first_link(desk, now), await sit()
    await sit(Role.ADMINISTRATOR)
    assert (await seat.get(link)).status_code == 404
    assert (await seat.client.post(link, data=FIRST)).status_code == 404


@pytest.mark.parametrize("token", ["x", "%00", "%ff", "é", "a" * 3000, "%2e%2e%2f"])
async def test_a_link_somebody_made_up_leads_nowhere(sit: Sit, token: str) -> None:
    seat = await sit()
    assert (await seat.get(f"/desk/welcome/{token}")).status_code == 404
    assert (await seat.client.post(f"/desk/welcome/{token}", data=FIRST)).status_code == 404


async def test_an_invited_person_chooses_a_password_and_nothing_else(
    sit: Sit, desk: Desk, rosa: Member, now: datetime
) -> None:
    link, seat = await invited(desk, rosa, now), await sit()
    page = (await seat.get(link)).text
    assert "Hello Rosa Ponder." in page
    assert 'name="name"' not in page
    tampered = {"name": "Root", "email": "root@example.org", "role": "administrator", "password": "another one here"}
    assert (await seat.client.post(link, data=tampered)).status_code == 303
    (one,) = await members(desk)
    assert (one.name, one.email, one.role) == ("Rosa Ponder", "rosa@example.org", Role.RESPONDER)
    weak = await seat.client.post(await invited(desk, rosa, now), data={"password": "rosa@example.org"})
    assert weak.status_code == 422
    assert "Hello Rosa Ponder." in weak.text


async def test_whoever_was_signed_in_in_that_browser_no_longer_is(
    sit: Sit, desk: Desk, rosa: Member, ada: Member, now: datetime
) -> None:
    link, before, after = await invited(desk, rosa, now), await sit(ada), await sit()
    after.client.cookies = httpx.Cookies(before.client.cookies)
    assert (await after.client.post(link, data={"password": "another one here"})).status_code == 303
    assert (await before.get("/desk")).status_code == 303


async def sign_in(seat: Seat, password: str) -> int:
    fields = {"email": "rosa@example.org", "password": password}
    return (await seat.client.post("/desk/sign-in", data=fields)).status_code


async def test_a_new_password_ends_the_old_one_and_every_session_it_opened(
    sit: Sit, desk: Desk, rosa: Member, now: datetime
) -> None:
    link, old, new = await invited(desk, rosa, now), await sit(rosa), await sit()
    assert await sign_in(await sit(), PASSWORD) == 303
    assert (await new.client.post(link, data={"password": "another one here"})).status_code == 303
    assert (await new.get(link)).status_code == 404
    assert [(await seat.get("/desk")).status_code for seat in (old, new)] == [303, 200]
    assert [await sign_in(await sit(), password) for password in (PASSWORD, "another one here")] == [422, 303]
