"""The daily look for gaps, and the banner that names them until they are mended."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, select, update

from incidentdesk import upkeep
from incidentdesk.escalation import actions, watch
from incidentdesk.escalation.banners import Banner, banners
from incidentdesk.escalation.forms import Posts
from incidentdesk.mail.gaps import last_look
from incidentdesk.rules.escalation import Post
from incidentdesk.rules.permissions import Role
from incidentdesk.rules.reach import Gap
from incidentdesk.settings import SecondFactor
from incidentdesk.staff import actions as people
from incidentdesk.tables import Clock, FoundGap, GapCheck, Incident, IncidentMember, Member, PostHolder
from incidentdesk.web.pages import Desk
from tests.mail.relay import mailing
from tests.mail.rotas import add_rota, by, name_in_ladder, person
from tests.mail.scene import MINUTE, NOW, Scene, add_incident
from tests.people import Sit, member

DAY = timedelta(days=1)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    return replace(desk, settings=replace(mailing(desk.settings, 25), second_factor=SecondFactor.OPTIONAL))


@pytest.fixture(autouse=True)
async def _sound(scene: Scene) -> None:
    """Let everybody have signed in, and have proved to read their mail."""
    async with scene.desk.database.write() as session:
        proved = {"address_proved_at": NOW, "proved_address": Member.email, "password_hash": "x"}
        await session.execute(update(Member).values(**proved))


async def change(scene: Scene, who: Member, **values: Any) -> None:
    async with scene.desk.database.write() as session:
        await session.execute(update(Member).where(Member.id == who.id).values(**values))


async def restrict(scene: Scene, incident: Incident, *members: Member) -> None:
    async with scene.desk.database.write() as session:
        (await session.get_one(Incident, incident.id)).restricted = True
        session.add_all([IncidentMember(incident_id=incident.id, member_id=one.id) for one in members])


async def looked(scene: Scene, *, at: int = 0, me: Member | None = None) -> set[tuple[Gap, str]]:
    """Let the worker look at this minute, and return what is known then: each gap and whom or what it is about."""
    now = NOW + at * MINUTE
    await upkeep.look_for_gaps(scene.desk, now=now)
    async with scene.desk.database.read() as session:
        last = await last_look(session, me=me, now=now)
    assert last is not None
    return {(one.gap, one.member.name if one.member else one.reference or one.target or "") for one in last.gaps}


async def told(scene: Scene, *, me: Member | None = None, at: int = 0) -> list[Banner]:
    async with scene.desk.database.read() as session:
        return await banners(session, scene.desk.settings, me=me or scene.rosa, now=NOW + at * MINUTE)


async def test_where_all_is_well_nothing_is_found_and_no_banner_stands(scene: Scene) -> None:
    await add_incident(scene.desk)
    assert await looked(scene) == set()
    assert await told(scene) == []


@pytest.mark.parametrize(
    "values, gap",
    [
        ({"proved_address": None}, Gap.UNPROVEN),
        ({"address_proved_at": NOW - 181 * DAY}, Gap.OLD_PROOF),
        ({"password_hash": None}, Gap.NEVER_IN),
    ],
)
async def test_a_person_on_a_post_is_named_until_they_mend_it(scene: Scene, values: dict[str, Any], gap: Gap) -> None:
    await change(scene, scene.bodil, **values)
    assert await looked(scene) == {(gap, "Bodil Upp")}
    (banner,) = await told(scene)
    assert (banner.kind, banner.href) == ("warn", "/desk/reach#found")
    assert (
        banner.text.startswith("Alerts may not reach people as they are meant. Bodil Upp has ") or gap is Gap.OLD_PROOF
    )
    await change(scene, scene.bodil, proved_address=scene.bodil.email, address_proved_at=NOW, password_hash="x")
    assert await told(scene) == []


async def test_whoever_no_step_calls_is_not_named(scene: Scene) -> None:
    await change(scene, scene.ada, proved_address=None)
    assert await looked(scene) == set()


async def test_four_gaps_are_three_and_one_more(scene: Scene) -> None:
    for who in (scene.rosa, scene.bodil, scene.dipo):
        await change(scene, who, proved_address=None)
    await change(scene, scene.rosa, password_hash=None)
    await looked(scene)
    (banner,) = await told(scene)
    assert banner.text.endswith("; and 1 more")
    assert banner.text.count("has not proved to read their mail") == 3


async def test_that_nobody_works_here_is_said_once_however_many_steps_call_somebody(scene: Scene) -> None:
    everybody = {"disabled_at": NOW}
    async with scene.desk.database.write() as session:
        await session.execute(update(Member).values(everybody))
    assert len({who for gap, who in await looked(scene) if gap is Gap.NOBODY}) > 1
    grave = [banner.text for banner in await told(scene) if banner.kind == "bad"]
    assert sum(text.count("Nobody works here") for text in grave) == 1


async def test_what_has_a_banner_of_its_own_is_found_and_not_told_twice(scene: Scene) -> None:
    async with scene.desk.database.write() as session:
        await session.execute(delete(PostHolder).where(PostHolder.post == Post.BACK_UP))
    await change(scene, scene.rosa, mail_refused_at=NOW)
    assert await looked(scene) == {(Gap.EMPTY, "back_up"), (Gap.REFUSED, "Rosa Ponder")}
    assert [banner.href for banner in await told(scene)] == ["/desk/people", "/desk/escalation"]


async def test_without_a_relay_nobody_is_blamed_for_what_nobody_can_prove(scene: Scene) -> None:
    await change(scene, scene.rosa, proved_address=None)
    assert await looked(scene) == {(Gap.UNPROVEN, "Rosa Ponder")}
    bare = replace(scene, desk=replace(scene.desk, settings=replace(scene.desk.settings, smtp_host="")))
    assert [banner.href for banner in await told(bare)] == ["/desk/mail"]


async def test_it_is_looked_once_a_day_and_what_was_found_before_goes(scene: Scene) -> None:
    for minute, found in ((0, {(Gap.UNPROVEN, "Rosa Ponder")}), (24 * 60 - 1, set()), (24 * 60, set())):
        await change(scene, scene.rosa, proved_address=None if minute == 0 else scene.rosa.email)
        assert await looked(scene, at=minute) == found
        async with scene.desk.database.read() as session:
            rows = list(await session.scalars(select(GapCheck)))
        assert [row.started_at for row in rows] == [NOW + minute * MINUTE if minute == 24 * 60 else NOW]


async def test_a_change_of_people_posts_or_ladder_is_looked_at_at_once(scene: Scene) -> None:
    await looked(scene)
    await change(scene, scene.ada, proved_address=None)
    async with scene.desk.database.write() as session:
        holders = {Post.ON_CALL: (scene.ada.id,), Post.BACK_UP: (scene.bodil.id,), Post.DPO: (scene.dipo.id,)}
        await actions.save_posts(session, Posts(holders, {}), by=scene.ada, now=NOW)
    assert await looked(scene, at=1) == {(Gap.UNPROVEN, "Ada Min")}
    async with scene.desk.database.write() as session:
        await people.disable(session, scene.dipo.id, by=scene.ada, now=NOW)
    assert (Gap.CLOSED, "Dipo Officer") in await looked(scene, at=2)


async def test_a_look_that_was_stopped_is_made_again_an_hour_later(scene: Scene) -> None:
    async with scene.desk.database.write() as session:
        assert await watch.begin(session, now=NOW) is not None
        assert await watch.begin(session, now=NOW) is None
    for minute, due in ((59, False), (60, True)):
        async with scene.desk.database.read() as session:
            assert await watch.is_due(session, now=NOW + minute * MINUTE) == due


async def test_people_roles_and_rotas_that_steps_call_are_looked_at(scene: Scene) -> None:
    nights = await add_rota(scene, scene.ada, scene.rosa)
    await name_in_ladder(scene, "not_taken_1", by(nights))
    # It is Rosa's turn; Ada's comes.
    await change(scene, scene.ada, proved_address=None)
    assert await looked(scene) == {(Gap.UNPROVEN, "Ada Min")}


async def test_a_running_clock_still_calls_whom_the_ladder_called_when_it_started(scene: Scene) -> None:
    await name_in_ladder(scene, "not_taken_2", person(scene.ada))
    await add_incident(scene.desk)
    await name_in_ladder(scene, "not_taken_2", Post.BACK_UP)
    await change(scene, scene.ada, proved_address=None)
    assert await looked(scene) == {(Gap.UNPROVEN, "Ada Min")}
    async with scene.desk.database.write() as session:
        await session.execute(update(Clock).values(next_check_at=None))
    assert await looked(scene, at=24 * 60) == set()


async def test_a_ladder_that_cannot_be_read_hides_no_other(scene: Scene) -> None:
    await name_in_ladder(scene, "not_taken_2", person(scene.ada))
    await add_incident(scene.desk)
    await change(scene, scene.ada, proved_address=None)
    await add_incident(scene.desk, number=2)
    async with scene.desk.database.write() as session:
        first = (await session.scalars(select(Clock.id).where(Clock.next_check_at.is_not(None)).limit(1))).one()
        await session.execute(update(Clock).where(Clock.id == first).values(ladder=[{"key": "odd", "posts": ["x"]}]))
    assert await looked(scene) == {(Gap.UNPROVEN, "Ada Min")}


async def test_whoever_owns_an_open_incident_is_looked_at(scene: Scene) -> None:
    incident = await add_incident(scene.desk)
    await change(scene, scene.ada, proved_address=None)
    for values, found in (({"owner_id": scene.ada.id}, {(Gap.UNPROVEN, "Ada Min")}), ({"closed_at": NOW}, set())):
        async with scene.desk.database.write() as session:
            await session.execute(update(Incident).where(Incident.id == incident.id).values(**values))
            await session.execute(delete(GapCheck))
        assert await looked(scene) == found


async def test_a_restricted_incident_that_alarms_none_of_its_members_is_told_to_whoever_may_know(scene: Scene) -> None:
    incident = await add_incident(scene.desk)
    await restrict(scene, incident, scene.bodil, scene.dipo)
    assert await looked(scene) == set()
    for who in (scene.bodil, scene.dipo):
        await change(scene, who, mail_refused_at=NOW)
    found = await looked(scene, at=24 * 60, me=scene.dipo)
    assert (Gap.UNREACHED, incident.reference) in found
    assert (Gap.UNREACHED, incident.reference) not in await looked(scene, at=24 * 60, me=scene.ada)
    assert not [one for one in await looked(scene, at=24 * 60) if one[0] is Gap.UNREACHED]
    (banner,) = [one for one in await told(scene, me=scene.dipo, at=24 * 60) if one.href.endswith("#found")]
    assert (banner.kind, f"Nobody who may see {incident.reference} can be reached" in banner.text) == ("bad", True)
    assert not [one for one in await told(scene, me=scene.ada, at=24 * 60) if incident.reference in one.text]


async def test_a_restricted_incident_whose_one_member_proved_nothing_names_them(scene: Scene) -> None:
    ivo = member(Role.RESPONDER, now=NOW, name="Ivo Inside")
    async with scene.desk.database.write() as session:
        session.add(ivo)
    await restrict(scene, await add_incident(scene.desk), ivo)
    assert await looked(scene) == {(Gap.UNPROVEN, "Ivo Inside"), (Gap.NEVER_IN, "Ivo Inside")}


def asked_from_now_on(scene: Scene) -> list[str]:
    """Return where every statement will stand that reads."""
    asked: list[str] = []
    engine = scene.desk.database.reader.sync_engine
    event.listen(engine, "before_cursor_execute", lambda _c, _x, statement, *_rest: asked.append(statement))
    return asked


async def test_a_look_asks_as_often_for_many_incidents_as_for_few(scene: Scene) -> None:
    asked = asked_from_now_on(scene)
    counts = []
    for number in range(1, 9):
        await add_incident(scene.desk, number=number)
        if number in {1, 8}:
            asked.clear()
            async with scene.desk.database.read() as session:
                await watch.search(session, scene.desk.settings, now=NOW)
            counts.append(len(asked))
    assert counts[0] == counts[1]


async def test_running_clocks_are_walked_in_batches_also_when_all_are_due_at_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "BATCH", 3)
    for number in range(1, 5):
        await name_in_ladder(scene, "not_taken_1", *([person(scene.ada)] if number == 4 else [Post.ON_CALL]))
        await add_incident(scene.desk, number=number)
    await name_in_ladder(scene, "not_taken_1", Post.ON_CALL)
    await change(scene, scene.ada, proved_address=None)
    asked = asked_from_now_on(scene)
    assert await looked(scene) == {(Gap.UNPROVEN, "Ada Min")}
    # The first batch is asked for without a beginning; all others in the same words, twice each.
    assert len({one for one in asked if "ladder" in one and "next_check_at" in one}) == 4


async def test_the_page_lists_what_was_found_and_when(scene: Scene, sit: Sit) -> None:
    seat = await sit(scene.rosa)
    assert "What the last look found" not in (await seat.get("/desk/reach")).text
    await change(scene, scene.bodil, proved_address=None)
    await looked(scene)
    said = (await seat.get("/desk/reach")).text.partition('id="found"')[2]
    assert "<li>Bodil Upp has not proved to read their mail</li>" in said
    assert "Mon 23 Nov 04:00 CET" in said or "Mon 04:00 CET" in said
    async with scene.desk.database.write() as session:
        await session.execute(delete(FoundGap))
    assert "No gaps." in (await seat.get("/desk/reach")).text.partition('id="found"')[2]
