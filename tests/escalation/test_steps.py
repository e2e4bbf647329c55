"""Whom a step of the ladder calls, a step more and one less; one that would reach nobody is refused."""

import re
from html import unescape

import pytest
from sqlalchemy import select, update

from incidentdesk.rules.escalation import Kind, Named, Post, Step, Target, Trigger, step_from_json, step_to_json
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Clock, HistoryEntry, LadderStep, Member
from tests.mail.rotas import NINE, add_rota, by, keep, name_in_ladder, person
from tests.mail.scene import MINUTE, NOW, Scene, add_incident
from tests.opened import opened
from tests.people import Seat, Sit, hidden_fields

LADDER = "/desk/escalation"
FIRST = f"{LADDER}/steps/decision.not_taken_1"


@pytest.fixture
async def seat(scene: Scene, sit: Sit) -> Seat:
    return await sit(Role.ADMINISTRATOR, name="Other Admin")


async def ladder(scene: Scene, duty: str = "decision") -> list[Step]:
    async with scene.desk.database.read() as session:
        rows = await session.scalars(select(LadderStep).where(LadderStep.duty == duty).order_by(LadderStep.position))
        return [step_from_json(row.step) for row in rows]


async def entries(scene: Scene) -> list[HistoryEntry]:
    async with scene.desk.database.read() as session:
        return await opened(session, select(HistoryEntry).order_by(HistoryEntry.id))


async def save(seat: Seat, *targets: Target | str, where: str = FIRST, severity: str = "1") -> tuple[int, str]:
    """Open the page of a step, tick these, and save; return the status and what is said."""
    seen = hidden_fields((await seat.get(where)).text)["seen"]
    answer = await seat.post(where, to=[str(target) for target in targets], severity=severity, seen=seen)
    return answer.status_code, unescape(answer.text)


def ticked(html: str) -> set[str]:
    return set(re.findall(r'name="to" value="([^"]+)" checked', html))


async def test_an_administrator_chooses_whom_a_step_calls(scene: Scene, seat: Seat) -> None:
    nights = await add_rota(scene, scene.bodil)
    page = (await seat.get(FIRST)).text
    assert ticked(page) == {"on_call"}
    targets = (Post.DPO, by(nights), Named(Kind.ROLE, "administrator"), person(scene.rosa))
    assert (await save(seat, *targets, severity="2"))[0] == 303
    assert (await ladder(scene))[0] == Step("not_taken_1", Trigger.NOT_TAKEN, 15 * MINUTE, targets, 2)
    shown = " ".join((await seat.get(LADDER)).text.split())
    assert "Data protection officer, Rota Nights, All with the role Administrator, Rosa Ponder" in shown
    assert ticked((await seat.get(FIRST)).text) == {str(target) for target in targets}
    (entry,) = await entries(scene)
    assert (entry.action, entry.before["decision.not_taken_1"]["posts"]) == ("ladder.changed", ["on_call"])


async def test_a_running_clock_goes_on_calling_whom_its_copy_names(scene: Scene, seat: Seat) -> None:
    await add_incident(scene.desk)
    await save(seat, person(scene.dipo))
    await scene.work(NOW + 15 * MINUTE)
    assert await scene.told("act") == ["Rosa Ponder"]
    later = await add_incident(scene.desk, now=NOW + 16 * MINUTE, number=2)
    await scene.work(NOW + 31 * MINUTE)
    assert {mail.member_id for mail in await scene.mails(letter="act", incident_id=later.id)} == {scene.dipo.id}


async def nobody(scene: Scene) -> dict[str, Target]:
    """Let there be a post, a person, a rota and a role with nobody behind them; a step calls the person already."""
    await name_in_ladder(scene, "not_taken_1", Post.ON_CALL, person(scene.bodil))
    async with scene.desk.database.write() as session:
        await session.execute(update(Member).where(Member.id == scene.bodil.id).values(disabled_at=NOW))
    empty, left = await add_rota(scene, name="Empty"), await add_rota(scene, scene.bodil, name="Left")
    return {
        "post": Post.BACK_UP,
        "person": person(scene.bodil),
        "rota": by(empty),
        "rota of somebody who left": by(left),
        "role": Named(Kind.ROLE, "reader"),
        "owner of what nobody took": Post.OWNER,
    }


async def test_a_step_that_reaches_nobody_is_refused_and_what_was_ticked_kept(scene: Scene, seat: Seat) -> None:
    for name, target in (await nobody(scene)).items():
        status, text = await save(seat, target, severity="3")
        assert (status, ticked(text)) == (422, {str(target)}), name
        assert "Nobody would be told: there is no one behind what you chose." in text
        assert '<option value="3" selected>' in text
    assert (await save(seat, *(await nobody_but_one(scene))))[0] == 303


async def nobody_but_one(scene: Scene) -> list[Target]:
    return [Post.BACK_UP, person(scene.bodil), person(scene.dipo)]


async def test_a_step_may_go_on_naming_somebody_who_left_beside_others(scene: Scene, seat: Seat) -> None:
    await nobody(scene)
    page = (await seat.get(FIRST)).text
    assert "Not here any more" in page
    assert "nobody there now" in page
    assert (await save(seat, Post.ON_CALL, person(scene.bodil)))[0] == 303
    assert (await save(seat, Post.ON_CALL))[0] == 303
    status, text = await save(seat, Post.ON_CALL, person(scene.bodil))
    assert (status, "Somebody you chose is not there any more" in text) == (422, True)


async def test_the_owner_alone_can_be_called_near_a_deadline(scene: Scene, seat: Seat) -> None:
    assert (await save(seat, Post.OWNER, where=f"{LADDER}/steps/gdpr_33_1_sa.left_48h", severity="4"))[0] == 303


async def test_a_step_calls_somebody(scene: Scene, seat: Seat) -> None:
    status, text = await save(seat)
    assert (status, "Choose at least one whom the step calls" in text) == (422, True)
    status, text = await save(seat, Post.ON_CALL, "role:king", severity="9")
    assert (status, "Choose one from the list" in text, "is not there any more" in text) == (422, True, True)
    assert await entries(scene) == []


async def test_a_page_from_before_somebodys_change_does_not_undo_it(scene: Scene, seat: Seat) -> None:
    seen = hidden_fields((await seat.get(FIRST)).text)["seen"]
    await save(seat, Post.DPO)
    answer = await seat.post(FIRST, to="back_up", severity="1", seen=seen)
    assert answer.status_code == 409
    assert (await seat.post(f"{FIRST}/removal", seen=seen)).status_code == 409
    assert (await ladder(scene))[0].posts == (Post.DPO,)


async def add(seat: Seat, **fields: str | list[str]) -> tuple[int, str]:
    usual = {"duty": "gdpr_33_1_sa", "when": "before", "number": "36", "severity": "4", "to": "on_call"}
    answer = await seat.post(f"{LADDER}/new-step", **{**usual, **fields})
    return answer.status_code, unescape(answer.text)


async def test_a_new_step_takes_its_place_by_its_moment(scene: Scene, seat: Seat) -> None:
    assert (await add(seat))[0] == 303
    assert (await add(seat, when="after", number="1", severity="2"))[0] == 303
    assert (await add(seat, duty="decision", when="not_taken", number="20"))[0] == 303
    keys = [step.key for step in await ladder(scene, "gdpr_33_1_sa")]
    assert [key.split("_")[0] for key in keys] == ["left", "added", *["left"] * 5, "deadline", "added", "late"]
    assert [step.after // MINUTE for step in await ladder(scene)] == [15, 20, 30, 60]
    page = " ".join((await seat.get(LADDER)).text.split())
    assert "After the deadline," in page
    assert "(Only for severity 1 to 2)" in page
    assert [entry.action for entry in await entries(scene)] == ["ladder.changed"] * 3
    incident = await add_incident(scene.desk)
    async with scene.desk.database.read() as session:
        clock = await session.scalar(select(Clock).where(Clock.incident_id == incident.id, Clock.duty == "decision"))
    assert clock is not None
    assert len(clock.steps) == 4


async def test_a_new_step_is_refused_with_what_was_typed(scene: Scene, seat: Seat) -> None:
    for number in ("", "soon", "0", "241", "-3", "１２"):
        status, text = await add(seat, number=number)
        assert (status, "Enter a whole number" in text, f'value="{number}"' in text) == (422, True, True), number
    status, text = await add(seat, number="48")
    assert (status, "Another step comes at this very moment" in text) == (422, True)
    status, text = await add(seat, when="never", number="7", to="role:reader")
    assert (status, "Choose one from the list" in text, ticked(text)) == (422, True, {"role:reader"})
    status, text = await add(seat, number="7", to="role:reader")
    assert (status, "Nobody would be told" in text) == (422, True)
    assert (await add(seat, duty="nothing"))[0] == 404
    assert await entries(scene) == []


async def test_a_step_is_removed_but_never_the_last_one(scene: Scene, seat: Seat) -> None:
    for key in ("not_taken_1", "not_taken_2", "not_taken_3"):
        where = f"{LADDER}/steps/decision.{key}"
        seen = hidden_fields((await seat.get(where)).text)["seen"]
        answer = await seat.post(f"{where}/removal", seen=seen)
        assert answer.status_code == (422 if key == "not_taken_3" else 303)
    assert "This is the last step: without it nobody would be told" in answer.text
    assert [step.key for step in await ladder(scene)] == ["not_taken_3"]
    assert (await seat.get(FIRST)).status_code == 404


async def test_numbers_are_still_set_together_after_steps_came_and_went(scene: Scene, seat: Seat) -> None:
    await add(seat, duty="decision", when="not_taken", number="20")
    page = (await seat.get(LADDER)).text
    numbers = dict(re.findall(r'<input id="([^"]+)" name="[^"]+" value="(\d+)" inputmode', page))
    (added,) = [name for name in numbers if "added" in name]
    seen = hidden_fields(page)["seen"]
    assert (await seat.post(f"{LADDER}/steps", seen=seen, **{**numbers, added: "31"})).status_code == 422
    assert (await seat.post(f"{LADDER}/steps", seen=seen, **{**numbers, added: "25"})).status_code == 303
    assert [step.after // MINUTE for step in await ladder(scene)] == [15, 25, 30, 60]


async def test_the_account_and_its_sheet_name_whom_a_step_called(scene: Scene, sit: Sit) -> None:
    nights = await add_rota(scene, scene.bodil, name="=Nights")
    calls: list[Target] = [by(nights), Named(Kind.ROLE, "dpo"), person(scene.ada), Post.ON_CALL]
    await name_in_ladder(scene, "not_taken_1", *calls)
    incident = await add_incident(scene.desk, now=NINE)
    await scene.work(NINE + 15 * MINUTE)
    reader = await sit(Role.READER)
    page = unescape((await reader.get(f"/desk/incidents/{incident.reference}/escalations")).text)
    assert "Rota =Nights, All with the role Data protection officer, Ada Min, On call" in page
    sheet = (await reader.get(f"/desk/incidents/{incident.reference}/escalations.csv")).text
    assert "rota:=Nights; role:dpo; person:Ada Min; on_call" in sheet


async def test_steps_of_the_release_before_are_read(scene: Scene) -> None:
    old = {**step_to_json((await ladder(scene))[0]), "posts": ["on_call", "owner"]}
    await keep(scene, LadderStep(duty="first_look", key="old", position=0, step=old))
    assert (await ladder(scene, "first_look"))[0].posts == (Post.ON_CALL, Post.OWNER)
