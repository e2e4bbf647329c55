"""The profile: how a person wants to see the desk."""

import asyncio
import re
from datetime import datetime

import httpx
import pytest
from sqlalchemy import select

from incidentdesk.rules.permissions import Role
from incidentdesk.staff.browsers import browser_of
from incidentdesk.tables import HistoryEntry, Member, MemberSession
from incidentdesk.web.pages import Desk
from tests.people import Seat, Sit
from tests.staff.conftest import PASSWORD
from tests.staff.phone import enrolled

CHOSEN = {"language": "nl", "zone": "Asia/Tokyo", "theme": "dark", "shortcuts": "on"}


async def test_a_profile_is_kept_and_every_page_follows_it(sit: Sit, desk: Desk, rosa: Member) -> None:
    seat, elsewhere = await sit(rosa), await sit(rosa)
    answer = await seat.post("/desk/profile", **CHOSEN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/profile")
    page = (await elsewhere.get("/desk/profile")).text
    assert '<html lang="nl" data-theme="dark"' in page
    assert "<option selected>Asia/Tokyo</option>" in page
    assert "<h1>Profiel</h1>" in page
    async with desk.database.read() as session:
        stored = await session.get_one(Member, rosa.id)
        assert list(await session.scalars(select(HistoryEntry.action))) == ["member.profile"]
    assert (stored.language, stored.zone, stored.theme, stored.shortcuts) == ("nl", "Asia/Tokyo", "dark", True)


async def test_shortcuts_can_be_switched_off(sit: Sit, rosa: Member) -> None:
    seat = await sit(rosa)
    assert 'data-keys="off"' not in (await seat.get("/desk")).text
    await seat.post("/desk/profile", language="en", zone="Asia/Tokyo", theme="dark")
    assert 'data-keys="off"' in (await seat.get("/desk")).text


@pytest.mark.parametrize("name, value", [("language", "tlh"), ("zone", "../etc/passwd"), ("theme", "pink")])
async def test_what_is_not_on_the_list_is_refused_and_nothing_changed(
    sit: Sit, desk: Desk, rosa: Member, name: str, value: str
) -> None:
    answer = await (await sit(rosa)).post("/desk/profile", **{**CHOSEN, name: value})
    assert answer.status_code == 422
    assert f'<a href="#{name}">' in answer.text
    async with desk.database.read() as session:
        stored = await session.get_one(Member, rosa.id)
        assert list(await session.scalars(select(HistoryEntry))) == []
    assert (stored.language, stored.theme) == ("en", "auto")


async def signed_in(seat: Seat) -> bool:
    return (await seat.get("/desk")).status_code == 200


async def test_one_browser_signs_out_another(sit: Sit, rosa: Member) -> None:
    here, there, third = [await sit(rosa) for _ in range(3)]
    page = (await here.get("/desk/profile")).text
    ends = re.findall(r'action="(/desk/sessions/[0-9a-f-]{36}/end)"', page)
    assert len(ends) == 2
    assert page.count("this one") == 1
    await here.post(ends[0])
    assert sorted([await signed_in(seat) for seat in (there, third)]) == [False, True]
    assert await signed_in(here)
    assert (await here.post(ends[0])).status_code == 404


async def test_one_browser_signs_out_all_others(sit: Sit, rosa: Member, ada: Member) -> None:
    here, there, other = await sit(rosa), await sit(rosa), await sit(ada)
    assert (await here.post("/desk/sessions/others/end")).status_code == 303
    assert [await signed_in(seat) for seat in (here, there, other)] == [True, False, True]
    assert "Sign out everywhere else" not in (await here.get("/desk/profile")).text


async def test_nobody_ends_or_sees_the_session_of_somebody_else(
    sit: Sit, desk: Desk, rosa: Member, ada: Member
) -> None:
    hers, his = await sit(rosa), await sit(ada)
    async with desk.database.read() as session:
        theirs = await session.scalar(select(MemberSession.id).where(MemberSession.member_id == rosa.id))
    assert str(theirs) not in (await his.get("/desk/profile")).text
    assert (await his.post(f"/desk/sessions/{theirs}/end")).status_code == 404
    assert await signed_in(hers)


async def test_new_recovery_codes_are_shown_once_and_counted(sit: Sit, desk: Desk, rosa: Member, now: datetime) -> None:
    await enrolled(desk, rosa, now=now)
    seat = await sit(rosa)
    assert "10 recovery codes are left" in (await seat.get("/desk/profile")).text
    answer = await seat.post("/desk/recovery-codes")
    (code, *_) = re.findall(r"<li>([2-9a-z-]{14})</li>", answer.text)
    assert code not in (await seat.get("/desk/profile")).text


OTHER = "another one here"


async def change(seat: Seat, current: str, password: str) -> httpx.Response:
    return await seat.post("/desk/profile/password", current=current, password=password)


async def test_a_person_changes_the_password_and_every_other_browser_is_signed_out(
    sit: Sit, desk: Desk, rosa: Member
) -> None:
    here, there = await sit(rosa), await sit(rosa)
    answer = await change(here, PASSWORD, OTHER)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/profile")
    assert [await signed_in(seat) for seat in (here, there)] == [True, False]
    tried = [await (await sit()).post("/desk/sign-in", email=rosa.email, password=one) for one in (PASSWORD, OTHER)]
    assert [one.status_code for one in tried] == [422, 303]
    async with desk.database.read() as session:
        assert list(await session.scalars(select(HistoryEntry.action))) == ["member.password"]


@pytest.mark.parametrize(
    "current, password, said",
    [
        ("not the password", OTHER, "This is not the password you have now"),
        ("", OTHER, "This is not the password you have now"),
        (PASSWORD, "short one", "Choose a password of 12 characters or more"),
        (PASSWORD, "Rosa Ponder 1985", "Choose a password that is not your name"),
    ],
)
async def test_without_the_old_password_or_with_a_weak_one_nothing_changes(
    sit: Sit, rosa: Member, current: str, password: str, said: str
) -> None:
    here, there = await sit(rosa), await sit(rosa)
    answer = await change(here, current, password)
    assert (answer.status_code, answer.text.count(said)) == (422, 2)
    assert not [word for word in (current, password) if word and f'value="{word}"' in answer.text]
    assert await signed_in(there)
    kept = await (await sit()).post("/desk/sign-in", email=rosa.email, password=PASSWORD)
    assert kept.status_code == 303


async def test_the_old_password_is_not_guessed_for_long_and_never_shown(sit: Sit, rosa: Member) -> None:
    seat = await sit(rosa)
    codes = [(await change(seat, "no such password", OTHER)).status_code for _ in range(5)]
    refused = await change(seat, PASSWORD, OTHER)
    assert (codes, refused.status_code) == ([422] * 5, 429)
    assert PASSWORD not in refused.text


async def test_of_two_who_know_the_old_password_one_replaces_it(sit: Sit, rosa: Member) -> None:
    seats = [await sit(rosa), await sit(rosa)]
    answers = await asyncio.gather(*(change(seat, PASSWORD, f"{OTHER} {n}") for n, seat in enumerate(seats)))
    done, refused = sorted(answer.status_code for answer in answers)
    # Whoever comes second meets the new password, or finds the session ended with the old one.
    assert done == 303
    assert refused in {401, 409}


async def test_whoever_has_no_password_is_offered_no_change(sit: Sit) -> None:
    seat = await sit(Role.READER)
    assert "/desk/profile/password" not in (await seat.get("/desk/profile")).text
    assert (await change(seat, "", OTHER)).status_code == 422


@pytest.mark.parametrize(
    "header, words",
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0",
            "Edge, Windows",
        ),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36", "Chrome, Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/18.0 Safari/605.1", "Safari, Mac"),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_as_people_name_it(header: str, words: str) -> None:
    assert browser_of(header) == words
