"""The profile: how a person wants to see the desk."""

import pytest
from sqlalchemy import select

from incidentdesk.tables import HistoryEntry, Member
from incidentdesk.web.pages import Desk
from tests.people import Sit

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
