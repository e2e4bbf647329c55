"""Days away: everybody keeps their own, in their own zone, and rotas pass them over."""

from datetime import date

import pytest
from sqlalchemy import select, update

from incidentdesk import clock
from incidentdesk.rules.escalation import Post
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Away, Member
from tests.escalation.test_rotas import ROTAS, actions, words
from tests.mail.rotas import NINE, add_rota, keep
from tests.mail.scene import Scene
from tests.people import Seat, Sit


@pytest.fixture
async def seat(scene: Scene, sit: Sit, monkeypatch: pytest.MonkeyPatch) -> Seat:
    """An administrator, to whom it is nine in the morning on the Monday of the scene."""
    monkeypatch.setattr(clock, "now", lambda: NINE)
    return await sit(Role.ADMINISTRATOR, name="Other Admin")


async def test_people_keep_their_own_days_away(scene: Scene, seat: Seat, sit: Sit) -> None:
    await add_rota(scene, scene.bodil, scene.dipo, post=Post.BACK_UP)
    bodil, other = await sit(scene.bodil), await sit(scene.rosa)
    # Pressed twice, it is kept once: who comes back is back.
    for _ in range(2):
        answer = await bodil.post("/desk/profile/away", first="2026-11-23", last="2026-11-24")
        assert answer.status_code == 303
    page = (await bodil.get("/desk/profile/away")).text
    assert "23 November 2026 – 24 November 2026" in page
    rotas = words((await seat.get(ROTAS)).text)
    assert "Nights Dipo Officer" in rotas
    async with scene.desk.database.read() as session:
        row = (await session.scalars(select(Away))).one()
    assert (await other.post(f"/desk/profile/away/{row.id}/removal")).status_code == 404
    assert (await bodil.post(f"/desk/profile/away/{row.id}/removal")).status_code == 303
    assert "Nights Bodil Upp" in words((await seat.get(ROTAS)).text)
    assert await actions(scene) == ["member.away"] * 2


@pytest.mark.parametrize(
    "first, last, said",
    [
        ("", "2026-11-24", "Enter a day within two years"),
        ("2026-11-24", "9999-12-31", "Enter a day within two years"),
        ("2026-11-24", "2026-11-23", "must not be before the first one"),
        ("2026-11-20", "2026-11-22", "nor be over"),
    ],
)
async def test_days_that_are_none_are_refused(scene: Scene, seat: Seat, first: str, last: str, said: str) -> None:
    answer = await seat.post("/desk/profile/away", first=first, last=last)
    assert (answer.status_code, said in answer.text, f'value="{last}"' in answer.text) == (422, True, True)


async def test_whether_a_day_is_over_is_known_where_the_person_is(scene: Scene, seat: Seat, sit: Sit) -> None:
    far = await sit(Role.READER, name="Far Away")
    async with scene.desk.database.write() as session:
        await session.execute(update(Member).where(Member.name == "Far Away").values(zone="Pacific/Honolulu"))
    days = {"first": "2026-11-22", "last": "2026-11-22"}
    assert (await far.post("/desk/profile/away", **days)).status_code == 303
    assert (await seat.post("/desk/profile/away", **days)).status_code == 422


async def test_the_end_of_a_day_away_is_the_end_of_it_in_the_rota_as_well(scene: Scene, seat: Seat) -> None:
    rota = await add_rota(scene, scene.bodil, scene.dipo)
    await keep(scene, Away(member_id=scene.bodil.id, first_on=date(2026, 11, 25), last_on=date(2026, 11, 25)))
    page = words((await seat.get(f"{ROTAS}/{rota.id}")).text)
    assert (
        "Wed 25 Nov 2026 00:00 CET Dipo Officer in the place of Bodil Upp Thu 26 Nov 2026 00:00 CET Bodil Upp" in page
    )
    assert "Bodil Upp: 25 November 2026 – 25 November 2026" in page
