"""Single sign-on against a provider that is really there: who gets in, and who is linked to what."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from incidentdesk.tables import HistoryEntry, Member, MemberSession, ProviderAccount, WelcomeLink
from incidentdesk.web.pages import Desk
from tests.people import Sit, hidden_fields
from tests.staff.sso.identity_provider import Claims, IdentityProvider
from tests.staff.sso.way import finish, leave, sign_in
from tests.staff.test_gate import everything

# What the provider said is judged before anything is looked up.
pytestmark = pytest.mark.either_database


async def accounts(desk: Desk) -> list[Any]:
    async with desk.database.read() as session:
        return list(await session.scalars(select(ProviderAccount.member_id)))


async def sessions(desk: Desk) -> int:
    async with desk.database.read() as session:
        return len(list(await session.scalars(select(MemberSession))))


async def test_whoever_linked_an_account_signs_in_with_it(sit: Sit, linked: None, rosa: Member) -> None:
    seat = await sit()
    assert "/desk/sso?onward=" in (await seat.get("/desk/sign-in")).text
    answer = await sign_in(seat, "/desk/sso?onward=%2Fdesk%3Fview%3Dmine")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk?view=mine")
    assert rosa.name in (await seat.get("/desk")).text


async def test_a_one_time_link_links_the_account_of_the_invited_address(
    sit: Sit, desk: Desk, rosa: Member, invited: str
) -> None:
    seat = await sit()
    assert f"{invited}/sso" in (await seat.get(invited)).text
    assert (await sign_in(seat, f"{invited}/sso")).status_code == 303
    async with desk.database.read() as session:
        assert list(await session.scalars(select(ProviderAccount.member_id))) == [rosa.id]
        assert list(await session.scalars(select(WelcomeLink))) == []
        assert "member.sso_linked" in list(await session.scalars(select(HistoryEntry.action)))
    assert (await seat.get(invited)).status_code == 404
    assert "Rosa Ponder" in (await seat.get("/desk")).text


async def test_going_and_coming_back_change_nothing_until_the_form_is_sent(sit: Sit, desk: Desk, invited: str) -> None:
    seat = await sit()
    parts = urlsplit(await leave(seat, f"{invited}/sso"))
    for _ in range(3):
        assert (await seat.get(f"{parts.path}?{parts.query}")).status_code == 200
    assert (await accounts(desk), await sessions(desk)) == ([], 0)
    assert (await finish(seat, parts.geturl())).status_code == 303


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_link_on_another_site_starts_nothing(sit: Sit, invited: str, linked: None, site: str) -> None:
    led = {"sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    for start in ("/desk/sso", f"{invited}/sso"):
        seat = await sit()
        answer = await seat.client.get(start, headers=led)
        assert (answer.status_code, answer.headers["location"]) == (303, "/desk/sign-in")
        assert "set-cookie" not in answer.headers
        for own in ("same-origin", "none"):
            answer = await seat.client.get(start, headers={**led, "sec-fetch-site": own})
            assert "/authorize?" in answer.headers["location"]


@pytest.mark.parametrize(
    "who",
    [
        {"sub": "248", "email": "rosa@example.org"},
        {"sub": "248", "email": "rosa@example.org", "email_verified": False},
        {"sub": "248", "email": "rosa@example.org", "email_verified": "true"},
        {"sub": "248", "email": "eve@example.org", "email_verified": True},
        {"sub": "248"},
    ],
)
async def test_an_address_nobody_checked_or_another_links_nothing(
    sit: Sit, desk: Desk, idp: IdentityProvider, invited: str, who: dict[str, Any]
) -> None:
    idp.who = who
    answer = await sign_in(await sit(), f"{invited}/sso")
    assert answer.status_code == 403
    assert "is not linked to anybody here" in answer.text
    assert (await accounts(desk), await sessions(desk)) == ([], 0)
    async with desk.database.read() as session:
        assert len(list(await session.scalars(select(WelcomeLink)))) == 1


async def test_nobody_is_let_in_or_made_by_an_address_alone(sit: Sit, desk: Desk, rosa: Member) -> None:
    answer = await sign_in(await sit())
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert (await accounts(desk), await sessions(desk)) == ([], 0)
    async with desk.database.read() as session:
        assert len(list(await session.scalars(select(Member)))) == 1


async def test_another_account_with_the_same_address_is_a_stranger(
    sit: Sit, idp: IdentityProvider, linked: None
) -> None:
    idp.who = {**idp.who, "sub": "249"}
    assert (await sign_in(await sit())).status_code == 403


async def test_the_account_stays_the_persons_when_the_provider_changes_its_address(
    sit: Sit, idp: IdentityProvider, linked: None
) -> None:
    idp.who = {"sub": "248", "email": "new@example.org", "email_verified": False}
    assert (await sign_in(await sit())).status_code == 303


async def test_who_was_shut_out_stays_out(sit: Sit, desk: Desk, rosa: Member, linked: None, now: datetime) -> None:
    async with desk.database.write() as session:
        (await session.get_one(Member, rosa.id)).disabled_at = now
    assert (await sign_in(await sit())).status_code == 403


async def test_a_person_who_is_signed_in_links_with_one_press_of_their_own(sit: Sit, desk: Desk, rosa: Member) -> None:
    seat = await sit(rosa)
    assert "Link my account" in (await seat.get("/desk/profile/ways")).text
    back = urlsplit(await leave(seat, "/desk/profile/sso"))
    page = await seat.client.get(f"{back.path}?{back.query}", follow_redirects=True)
    assert "May the account you have just used open the desk as you" in page.text
    assert "data-send" not in page.text
    without = {**hidden_fields(page.text.split("<main")[1]), "csrf": ""}
    assert (await seat.client.post("/desk/profile/sso", data=without)).status_code == 403
    assert await accounts(desk) == []
    assert (await finish(seat, back.geturl())).headers["location"] == "/desk/profile/ways"
    assert await accounts(desk) == [rosa.id]
    assert (await sign_in(await sit())).status_code == 303


async def test_a_link_can_be_removed_by_whoever_has_a_password(
    sit: Sit, desk: Desk, rosa: Member, linked: None
) -> None:
    seat = await sit(rosa)
    async with desk.database.write() as session:
        (await session.get_one(Member, rosa.id)).password_hash = None
    assert (await seat.post("/desk/profile/sso/removal")).status_code == 409
    async with desk.database.write() as session:
        (await session.get_one(Member, rosa.id)).password_hash = rosa.password_hash
    assert (await seat.post("/desk/profile/sso/removal")).status_code == 303
    assert await accounts(desk) == []
    assert (await sign_in(await sit())).status_code == 403


async def test_an_account_belongs_to_one_person(
    sit: Sit, desk: Desk, idp: IdentityProvider, ada: Member, linked: None
) -> None:
    (rosas,) = await accounts(desk)
    idp.who = {**idp.who, "email": ada.email}
    seat = await sit(ada)
    answer = await sign_in(seat, "/desk/profile/sso")
    assert answer.status_code == 409
    assert "linked to somebody else" in answer.text
    assert await accounts(desk) == [rosas]


async def test_what_one_person_started_another_cannot_finish(
    sit: Sit, desk: Desk, idp: IdentityProvider, rosa: Member, ada: Member
) -> None:
    idp.who |= {"email": ada.email}
    here, there = await sit(rosa), await sit(ada)
    back = await leave(here, "/desk/profile/sso")
    there.client.cookies.set("sso", here.client.cookies["sso"])
    assert (await finish(there, back)).status_code == 403
    assert await accounts(desk) == []


async def test_what_the_provider_signed_stays_between_it_and_the_desk(
    sit: Sit, desk: Desk, idp: IdentityProvider, linked: None, caplog: pytest.LogCaptureFixture
) -> None:
    given: list[str] = []
    made, seat = idp.token, await sit()

    def note(claims: Claims) -> str:
        given.append(made(claims))
        return given[-1]

    idp.token = note
    answer = await sign_in(seat)
    seen = f"{answer.headers} {answer.text} {seat.client.cookies} {(await seat.get('/desk')).text} {caplog.text}"
    (token,) = given
    for part in token.split("."):
        assert part not in seen + str(await everything(desk))
