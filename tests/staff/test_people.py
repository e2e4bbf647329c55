"""The people page: letting somebody in, giving another role, shutting out."""

import asyncio
import re
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy import select

from incidentdesk.rules.permissions import Role
from incidentdesk.settings import SecondFactor, Settings
from incidentdesk.staff import actions
from incidentdesk.staff.actions import LastAdministrator
from incidentdesk.tables import HistoryEntry, Member
from incidentdesk.web.pages import Desk
from tests.opened import opened
from tests.people import Seat, Sit, member
from tests.staff.conftest import PASSWORD

DIPO = {"name": "Dipo Officer", "email": "Dipo@example.org", "role": "dpo"}
PEOPLE = "/desk/people"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A password is enough here."""
    return replace(settings, second_factor=SecondFactor.OPTIONAL)


@pytest.fixture
async def otto(desk: Desk, ada: Member, now: datetime) -> Member:
    """A second administrator."""
    person = member(Role.ADMINISTRATOR, now=now, name="Otto Other")
    person.password_hash = ada.password_hash
    async with desk.database.write() as session:
        session.add(person)
    return person


async def fresh(desk: Desk, who: Member) -> Member:
    async with desk.database.read() as session:
        return await session.get_one(Member, who.id)


async def entries(desk: Desk) -> list[str]:
    async with desk.database.read() as session:
        return list(await session.scalars(select(HistoryEntry.action).order_by(HistoryEntry.id)))


def link_in(html: str) -> str:
    found = re.search(r"http://desk\.test(/desk/welcome/[\w-]+)", html)
    assert found is not None
    return found[1]


async def test_an_added_person_comes_in_by_the_link_that_is_shown_once(sit: Sit, desk: Desk, ada: Member) -> None:
    seat, newcomer = await sit(ada), await sit()
    link = link_in((await seat.post(PEOPLE, **DIPO)).text)
    page = (await seat.get(PEOPLE)).text
    assert "/desk/welcome/" not in page
    assert "Invited" in page
    assert (await newcomer.client.post(link, data={"password": "another one here"})).status_code == 303
    assert "Dipo Officer" in (await newcomer.get("/desk")).text
    assert "Invited" not in (await seat.get(PEOPLE)).text
    assert await entries(desk) == ["member.added", "member.password"]


@pytest.mark.parametrize(
    "typed, said",
    [
        ({"email": "ADA@example.org"}, "Somebody with this address is here already"),
        ({"email": "dipo@example"}, "Enter an e-mail address such as"),
        ({"name": ""}, "Enter a name"),
        ({"role": "king"}, "Choose a role"),
    ],
)
async def test_who_cannot_be_added_is_said_and_the_rest_kept(
    sit: Sit, desk: Desk, ada: Member, typed: dict[str, str], said: str
) -> None:
    answer = await (await sit(ada)).post(PEOPLE, **{**DIPO, **typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{typed.get("name", "Dipo Officer")}"' in answer.text
    assert f'value="{typed.get("email", "dipo@example.org").lower()}"' in answer.text
    assert "/desk/welcome/" not in answer.text
    assert await entries(desk) == []


async def test_two_who_add_the_same_person_at_once_add_one(sit: Sit, ada: Member, otto: Member) -> None:
    seats = [await sit(ada), await sit(otto), await sit(ada), await sit(otto)]
    answers = await asyncio.gather(*(seat.post(PEOPLE, **DIPO) for seat in seats))
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]


async def test_another_role_counts_at_once(sit: Sit, desk: Desk, ada: Member, rosa: Member) -> None:
    seat, hers = await sit(ada), await sit(rosa)
    assert (await hers.get("/desk/mail")).status_code == 200
    answer = await seat.post(f"{PEOPLE}/{rosa.id}/role", role="reader")
    assert (answer.status_code, answer.headers["location"]) == (303, PEOPLE)
    assert (await hers.get("/desk/mail")).status_code == 403
    assert (await seat.post(f"{PEOPLE}/{rosa.id}/role", role="reader")).status_code == 303
    async with desk.database.read() as session:
        (entry,) = await opened(session, select(HistoryEntry))
    assert (entry.action, entry.before, entry.after) == (
        "member.role",
        {"role": "responder"},
        {"role": "reader", "member": str(rosa.id)},
    )


@pytest.mark.parametrize("role", ["", "king", "Administrator"])
async def test_a_role_that_does_not_exist_is_refused(
    sit: Sit, desk: Desk, ada: Member, rosa: Member, role: str
) -> None:
    answer = await (await sit(ada)).post(f"{PEOPLE}/{rosa.id}/role", role=role)
    assert answer.status_code == 400
    assert (await fresh(desk, rosa)).role is Role.RESPONDER


async def test_nobody_who_does_not_exist_is_changed(sit: Sit, ada: Member) -> None:
    seat = await sit(ada)
    for who in (uuid4(), "x", "..%2f"):
        for noun in ("role", "disabling", "signing-out", "link"):
            assert (await seat.post(f"{PEOPLE}/{who}/{noun}", role="reader")).status_code == 404


async def test_closing_access_ends_every_session_and_link_at_once(
    sit: Sit, desk: Desk, ada: Member, rosa: Member
) -> None:
    seat, browsers, outside = await sit(ada), [await sit(rosa), await sit(rosa)], await sit()
    link = link_in((await seat.post(f"{PEOPLE}/{rosa.id}/link")).text)
    for _ in range(2):
        assert (await seat.post(f"{PEOPLE}/{rosa.id}/disabling")).status_code == 303
    assert [(await browser.get("/desk")).status_code for browser in browsers] == [303, 303]
    assert (await browsers[0].post("/desk/profile", language="nl")).status_code == 401
    assert (await outside.get(link)).status_code == 404
    assert (await seat.post(f"{PEOPLE}/{rosa.id}/link")).status_code == 404
    wrong = await outside.client.post("/desk/sign-in", data={"email": rosa.email, "password": PASSWORD})
    assert wrong.status_code == 422
    assert "Closed" in (await seat.get(PEOPLE)).text
    assert await entries(desk) == ["member.link", "member.disabled"]


async def test_an_administrator_signs_a_person_out_everywhere_and_leaves_the_access(
    sit: Sit, desk: Desk, ada: Member, rosa: Member
) -> None:
    seat, browsers = await sit(ada), [await sit(rosa), await sit(rosa)]
    answer = await seat.post(f"{PEOPLE}/{rosa.id}/signing-out")
    assert (answer.status_code, answer.headers["location"]) == (303, PEOPLE)
    assert [(await browser.get("/desk")).status_code for browser in (*browsers, seat)] == [303, 303, 200]
    again = await browsers[0].client.post("/desk/sign-in", data={"email": rosa.email, "password": PASSWORD})
    assert again.status_code == 303
    assert await entries(desk) == ["member.signed_out"]


async def test_a_new_link_ends_the_one_before_and_leaves_the_password_until_it_is_used(
    sit: Sit, ada: Member, rosa: Member
) -> None:
    seat, outside = await sit(ada), await sit()
    old, new = [link_in((await seat.post(f"{PEOPLE}/{rosa.id}/link")).text) for _ in range(2)]
    assert [(await outside.get(link)).status_code for link in (old, new)] == [404, 200]
    right = await outside.client.post("/desk/sign-in", data={"email": rosa.email, "password": PASSWORD})
    assert right.status_code == 303


async def refusals(seat: Seat, who: Member) -> list[int]:
    answers = [
        await seat.post(f"{PEOPLE}/{who.id}/role", role="dpo"),
        await seat.post(f"{PEOPLE}/{who.id}/disabling"),
    ]
    assert all("Somebody else must be an administrator first" in answer.text for answer in answers)
    return [answer.status_code for answer in answers]


async def test_the_last_administrator_stays_one(sit: Sit, desk: Desk, ada: Member, rosa: Member) -> None:
    seat = await sit(ada)
    assert await refusals(seat, ada) == [422, 422]
    await seat.post(PEOPLE, **{**DIPO, "role": "administrator"})
    assert await refusals(seat, ada) == [422, 422], "an invited one cannot let anybody in yet"
    async with desk.database.read() as session:
        invited = await session.scalar(select(Member).where(Member.password_hash.is_(None)))
    assert invited is not None
    assert (await seat.post(f"{PEOPLE}/{invited.id}/disabling")).status_code == 303
    stored = await fresh(desk, ada)
    assert (stored.role, stored.disabled_at) == (Role.ADMINISTRATOR, None)
    assert await entries(desk) == ["member.added", "member.disabled"]


async def test_one_of_two_administrators_may_step_back_and_goes_to_the_queue(
    sit: Sit, ada: Member, otto: Member
) -> None:
    seat = await sit(ada)
    answer = await seat.post(f"{PEOPLE}/{ada.id}/role", role="responder")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    assert [(await seat.get(path)).status_code for path in ("/desk", PEOPLE)] == [200, 403]
    assert await refusals(await sit(otto), otto) == [422, 422]


async def test_whoever_closes_their_own_access_is_out(sit: Sit, ada: Member, otto: Member) -> None:
    seat = await sit(ada)
    assert (await seat.post(f"{PEOPLE}/{ada.id}/disabling")).status_code == 303
    assert (await seat.get(PEOPLE)).headers["location"].startswith("/desk/sign-in")


async def test_two_administrators_cannot_remove_each_other(
    desk: Desk, ada: Member, otto: Member, now: datetime
) -> None:
    async def demote(by: Member, who: Member) -> None:
        async with desk.database.write() as session:
            await actions.change_role(session, who.id, Role.READER, by=by, now=now)

    async with desk.database.write() as session:
        await actions.change_role(session, otto.id, Role.READER, by=ada, now=now)
        other = asyncio.create_task(demote(otto, ada))
        await asyncio.sleep(0.05)
        assert not other.done(), "the second waits for the first"
    with pytest.raises(LastAdministrator):
        await other
    assert (await fresh(desk, ada)).role is Role.ADMINISTRATOR
