"""Rotas through the whole application: turns, hand-overs, people who stand in or are away, and what needs a rota."""

import re
from datetime import date, datetime, timedelta
from html import unescape
from uuid import UUID

import pytest
from sqlalchemy import select, update

from incidentdesk import clock
from incidentdesk.escalation import rota_actions
from incidentdesk.escalation.rota_forms import Turns
from incidentdesk.rules.escalation import Post
from incidentdesk.rules.permissions import Role
from incidentdesk.rules.rota import Every
from incidentdesk.tables import Away, HistoryEntry, Member, PostHolder, PostRota, Rota, RotaOverride, RotaSeat
from tests.mail.rotas import NINE, add_rota, by, keep, name_in_ladder
from tests.mail.scene import MINUTE, Scene, add_incident
from tests.people import Seat, Sit, hidden_fields

ROTAS = "/desk/escalation/rotas"
DAY = timedelta(days=1)
PLAN = {"name": "Nights", "zone": "Europe/Amsterdam", "every": "week", "weekday": "0", "at": "09:00", "turn": ""}


@pytest.fixture
async def seat(scene: Scene, sit: Sit, monkeypatch: pytest.MonkeyPatch) -> Seat:
    """An administrator, to whom it is nine in the morning on the Monday of the scene."""
    monkeypatch.setattr(clock, "now", lambda: NINE)
    return await sit(Role.ADMINISTRATOR, name="Other Admin")


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def ids(*members: Member) -> list[str]:
    return [str(member.id) for member in members]


async def the_rota(scene: Scene) -> tuple[Rota, list[UUID]]:
    async with scene.desk.database.read() as session:
        rota = (await session.scalars(select(Rota))).one()
        return rota, list(await session.scalars(select(RotaSeat.member_id).order_by(RotaSeat.position)))


async def actions(scene: Scene) -> list[str]:
    async with scene.desk.database.read() as session:
        return list(await session.scalars(select(HistoryEntry.action).order_by(HistoryEntry.id)))


async def test_an_administrator_makes_a_rota_and_sees_the_next_four_weeks(scene: Scene, seat: Seat) -> None:
    answer = await seat.post("/desk/escalation/new-rota", **PLAN, person=["", *ids(scene.bodil, scene.dipo), ""])
    assert answer.status_code == 303
    rota, seats = await the_rota(scene)
    assert (seats, rota.anchor) == ([scene.bodil.id, scene.dipo.id], date(2026, 11, 23))
    page = words((await seat.get(answer.headers["location"])).text)
    assert "On duty now: Bodil Upp , until Mon 30 Nov 2026 09:00 CET" in page
    assert "Hands over every Monday at 09:00, Europe/Amsterdam" in page
    assert "Mon 30 Nov 2026 09:00 CET Dipo Officer Mon 7 Dec 2026 09:00 CET Bodil Upp" in page
    assert "No post and no step of the ladder calls it yet" in page
    assert "Nights Bodil Upp" in words((await seat.get(ROTAS)).text)
    assert await actions(scene) == ["rota.added"]


async def test_what_was_typed_is_kept_with_what_is_wrong(scene: Scene, seat: Seat) -> None:
    typed = {"name": "", "zone": "Mars", "every": "moon", "weekday": "9", "at": "24:00", "turn": str(scene.ada.id)}
    answer = await seat.post("/desk/escalation/new-rota", **typed, person=ids(scene.bodil))
    text = unescape(answer.text)
    said = ("Enter a name", "Choose a time zone", "Choose one from", "Enter a time such as", "must be among the people")
    assert (answer.status_code, [one for one in said if one not in text]) == (422, [])
    assert f'<option value="{scene.bodil.id}" selected>' in text
    assert 'value="24:00"' in text
    for chosen, said_of_it in ([], "Choose at least one person"), ([str(UUID(int=5))], "does not work here any more"):
        answer = await seat.post("/desk/escalation/new-rota", **PLAN, person=chosen)
        assert (answer.status_code, said_of_it in answer.text) == (422, True)
    assert await actions(scene) == []


async def save(seat: Seat, rota: Rota, *people: Member, **fields: str) -> int:
    """Open the form of a rota, choose these people, and save."""
    where = f"{ROTAS}/{rota.id}/plan"
    seen = hidden_fields((await seat.get(where)).text)["seen"]
    return (await seat.post(where, **{**PLAN, "seen": seen, **fields}, person=ids(*people))).status_code


async def turn_shown(seat: Seat, rota: Rota) -> str:
    chosen: list[str] = re.findall(
        r'<option value="([^"]*)" selected', (await seat.get(f"{ROTAS}/{rota.id}/plan")).text
    )
    return chosen[-1]


async def test_of_two_who_change_a_rota_at_once_the_second_is_asked_to_look_again(scene: Scene, seat: Seat) -> None:
    rota = await add_rota(scene, scene.bodil, scene.dipo)
    stale = hidden_fields((await seat.get(f"{ROTAS}/{rota.id}/plan")).text)["seen"]
    assert await save(seat, rota, scene.dipo, scene.bodil, turn=str(scene.bodil.id)) == 303
    assert await save(seat, rota, scene.rosa, seen=stale) == 409
    assert await actions(scene) == ["rota.changed"]


async def test_the_form_offers_the_turn_to_the_next_one_when_somebody_left(scene: Scene, seat: Seat) -> None:
    rota = await add_rota(scene, scene.bodil, scene.dipo, scene.rosa)
    async with scene.desk.database.write() as session:
        await session.execute(update(Member).where(Member.id == scene.bodil.id).values(disabled_at=NINE))
    assert await turn_shown(seat, rota) == str(scene.dipo.id)
    assert await save(seat, rota, scene.bodil, scene.dipo, turn=str(scene.bodil.id)) == 422


async def test_the_turn_stays_with_whoever_has_it_until_somebody_says_otherwise(scene: Scene, seat: Seat) -> None:
    rota = await add_rota(scene, scene.bodil, scene.dipo, scene.rosa)
    where = f"{ROTAS}/{rota.id}"
    assert await turn_shown(seat, rota) == str(scene.bodil.id)
    changed = {"every": "day", "at": "8:30", "turn": str(scene.bodil.id)}
    assert await save(seat, rota, scene.rosa, scene.bodil, scene.dipo, **changed) == 303
    page = words((await seat.get(where)).text)
    assert "On duty now: Bodil Upp , until Tue 24 Nov 2026 08:30 CET" in page
    assert "Tue 24 Nov 2026 08:30 CET Dipo Officer" in page
    await save(seat, rota, scene.rosa, scene.bodil)
    assert "On duty now: Rosa Ponder" in words((await seat.get(where)).text)
    assert await actions(scene) == ["rota.changed"] * 2


async def test_of_somebody_with_two_places_the_one_that_runs_stays(scene: Scene, seat: Seat) -> None:
    rota = await add_rota(scene, scene.rosa, scene.bodil, scene.rosa, scene.dipo, first=2)
    where = f"{ROTAS}/{rota.id}"
    await save(seat, rota, scene.rosa, scene.bodil, scene.rosa, scene.dipo, turn=str(scene.rosa.id))
    assert "Mon 30 Nov 2026 09:00 CET Dipo Officer" in words((await seat.get(where)).text)


async def test_somebody_stands_in_and_the_turns_count_again(scene: Scene, seat: Seat) -> None:
    rota = await add_rota(scene, scene.bodil, scene.dipo)
    where = f"{ROTAS}/{rota.id}"
    span = {"start": "2026-11-24T18:00", "end": "2026-11-25 09:00"}
    # Pressed twice, it is one: ended once, nobody stands in any more.
    for _ in range(2):
        assert (await seat.post(f"{where}/overrides", person=str(scene.ada.id), **span)).status_code == 303
    page = words((await seat.get(where)).text)
    assert "Tue 24 Nov 2026 18:00 CET Ada Min in the place of Bodil Upp Wed 25 Nov 2026 09:00 CET Bodil Upp" in page
    async with scene.desk.database.read() as session:
        row = (await session.scalars(select(RotaOverride))).one()
    assert (await seat.post(f"{where}/overrides/{row.id}/removal")).status_code == 303
    assert "Ada Min in the place" not in words((await seat.get(where)).text)
    assert (await seat.post(f"{where}/overrides/{row.id}/removal")).status_code == 404
    assert await actions(scene) == ["rota.override", "rota.override_ended"]


@pytest.mark.parametrize(
    "start, end, said",
    [
        ("soon", "2026-11-25T09:00", "Enter a day and a time"),
        ("2026-11-24T18:00+01:00", "2026-11-25T09:00", "Enter a day and a time"),
        ("2026-11-24T18:00", "9999-12-31T23:59", "Enter a day and a time"),
        ("2026-11-25T09:00", "2026-11-25T09:00", "The end must come after the start"),
        ("2026-11-20T09:00", "2026-11-23T08:59", "and after now"),
    ],
)
async def test_a_span_that_is_none_is_refused(scene: Scene, seat: Seat, start: str, end: str, said: str) -> None:
    rota = await add_rota(scene, scene.bodil)
    fields = {"person": str(scene.ada.id), "start": start, "end": end}
    answer = await seat.post(f"{ROTAS}/{rota.id}/overrides", **fields)
    assert (answer.status_code, said in answer.text, f'value="{start}"' in answer.text) == (422, True, True)
    nobody = await seat.post(
        f"{ROTAS}/{rota.id}/overrides", person="", start="2026-11-24T18:00", end="2026-11-25T18:00"
    )
    assert (nobody.status_code, "Choose one from the list" in nobody.text) == (422, True)


async def test_times_of_a_stand_in_are_the_rotas_even_where_the_clocks_skip_them(scene: Scene, seat: Seat) -> None:
    rota = await add_rota(scene, scene.bodil, zone="America/New_York")
    span = {"start": "2027-03-14T02:30", "end": "2027-11-07T01:30"}
    await seat.post(f"{ROTAS}/{rota.id}/overrides", person=str(scene.ada.id), **span)
    async with scene.desk.database.read() as session:
        row = (await session.scalars(select(RotaOverride))).one()
    assert (row.start_at, row.end_at) == tuple(
        datetime.fromisoformat(f"{moment}+00:00") for moment in ("2027-03-14T07:30", "2027-11-07T05:30")
    )


async def test_a_reader_sees_both_local_times_and_changes_nothing(scene: Scene, seat: Seat, sit: Sit) -> None:
    rota = await add_rota(scene, scene.bodil, scene.dipo, zone="America/New_York", post=Post.BACK_UP)
    reader = await sit(Role.READER)
    page = (await reader.get(f"{ROTAS}/{rota.id}")).text
    assert "Mon 30 Nov 2026 15:00 CET Mon 30 Nov 2026 09:00 EST" in words(page)
    assert "Post: Back-up" in words(page)
    assert "Put on duty" not in page
    for path in ("/desk/escalation/new-rota", f"{ROTAS}/{rota.id}/plan"):
        assert (await reader.get(path)).status_code == 403
        assert (await reader.post(path)).status_code == 403


async def test_a_rota_that_is_needed_is_not_ended(scene: Scene, seat: Seat) -> None:
    rota = await add_rota(scene, scene.bodil, post=Post.BACK_UP)
    await name_in_ladder(scene, "not_taken_1", by(rota), Post.ON_CALL)
    where = f"{ROTAS}/{rota.id}"
    assert "Step: Deciding what a report is, Nobody has taken it for 15 minutes" in words((await seat.get(where)).text)
    answer = await seat.post(f"{where}/closing")
    assert (answer.status_code, "needs this rota" in answer.text) == (422, True)
    await name_in_ladder(scene, "not_taken_1", Post.ON_CALL)
    assert (await seat.post(f"{where}/closing")).status_code == 422
    async with scene.desk.database.write() as session:
        await session.delete((await session.scalars(select(PostRota))).one())
    assert (await seat.post(f"{where}/closing")).status_code == 303
    assert (await seat.get(where)).status_code == 404
    assert "There is no rota yet" in (await seat.get(ROTAS)).text


async def test_a_running_clock_that_names_an_ended_rota_hands_over_and_still_says_its_name(
    scene: Scene, seat: Seat
) -> None:
    rota = await add_rota(scene, scene.bodil)
    await name_in_ladder(scene, "not_taken_1", by(rota))
    incident = await add_incident(scene.desk, now=NINE)
    await name_in_ladder(scene, "not_taken_1", Post.ON_CALL)
    assert (await seat.post(f"{ROTAS}/{rota.id}/closing")).status_code == 303
    await scene.work(NINE + 15 * MINUTE)
    assert await scene.told("act") == ["Rosa Ponder"]
    assert "Rota Nights" in (await seat.get(f"/desk/incidents/{incident.reference}/escalations")).text


async def test_a_post_is_given_to_a_rota_as_to_a_person(scene: Scene, seat: Seat) -> None:
    rota, empty = await add_rota(scene, scene.bodil, scene.dipo), await add_rota(scene, name="Empty")
    refused = await seat.post("/desk/escalation/posts", on_call=str(by(empty)))
    assert (refused.status_code, "at least one person who is on call" in refused.text) == (422, True)
    answer = await seat.post("/desk/escalation/posts", on_call=[str(by(rota))], dpo=ids(scene.dipo))
    assert answer.status_code == 303
    async with scene.desk.database.read() as session:
        held = [(row.post, row.member_id) for row in await session.scalars(select(PostHolder))]
        filled = [(row.post, row.rota_id) for row in await session.scalars(select(PostRota))]
    assert (held, filled) == ([(Post.DPO, scene.dipo.id)], [(Post.ON_CALL, rota.id)])
    page = (await seat.get("/desk/escalation")).text
    assert f'name="on_call" value="rota:{rota.id}" checked' in page
    assert "Rota Nights now Bodil Upp" in words(page)
    await add_incident(scene.desk, now=NINE)
    await scene.work(NINE + 15 * MINUTE)
    assert await scene.told("act") == ["Bodil Upp"]


async def banners(seat: Seat) -> str:
    return words(re.sub(r"<main.*", "", (await seat.get("/desk")).text, flags=re.DOTALL))


async def test_a_banner_tells_of_steps_and_rotas_that_call_nobody_any_more(scene: Scene, seat: Seat) -> None:
    rota = await add_rota(scene, scene.bodil, scene.dipo, post=Post.DPO)
    await name_in_ladder(scene, "not_taken_2", by(rota))
    assert "Nobody" not in await banners(seat)
    days = {"first_on": date(2026, 11, 23), "last_on": date(2026, 11, 23)}
    await keep(scene, *(Away(member_id=one.id, **days) for one in (scene.bodil, scene.dipo)))
    assert "Nobody is on duty by this rota now, so its alerts go to the next post: Nights" in await banners(seat)
    async with scene.desk.database.write() as session:
        gone = Member.id.in_([scene.bodil.id, scene.dipo.id])
        await session.execute(update(Member).where(gone).values(disabled_at=NINE))
    told = await banners(seat)
    assert "these steps of the ladder call, so somebody else is told: Nobody has taken it for 30 minutes" in told
    assert "so its alerts go to the next one: Back-up, Data protection officer" in told


async def test_a_change_tells_everybody_who_takes_turns(scene: Scene, seat: Seat) -> None:
    async with scene.desk.database.write() as session:
        people = (scene.bodil.id, scene.dipo.id)
        turns = Turns("Nights", "Europe/Amsterdam", Every.WEEK, 0, 9 * 60, people, scene.dipo.id)
        rota = await rota_actions.add_rota(session, turns, by=scene.ada, now=NINE)
    told = {mail.member_id for mail in await scene.mails(letter="changed")}
    assert seat.member is not None
    assert told == {scene.ada.id, seat.member.id, scene.bodil.id, scene.dipo.id}
    assert "On duty now: Dipo Officer" in words((await seat.get(f"{ROTAS}/{rota.id}")).text)
