"""Every duty's ladder is looked at alike: whoever one of its steps calls, and cannot be told, is named before it is time."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from incidentdesk import upkeep
from incidentdesk.escalation import reach
from incidentdesk.mail.gaps import last_look
from incidentdesk.records import clocks
from incidentdesk.records.clocks import Started
from incidentdesk.rules.escalation import DEFAULT_LADDERS, Ladder
from incidentdesk.rules.next_step import Duty
from incidentdesk.rules.reach import Gap
from incidentdesk.settings import SecondFactor
from incidentdesk.tables import Incident, IncidentMember, LadderStep, Member
from incidentdesk.web.pages import Desk
from tests.mail.relay import mailing
from tests.mail.rotas import person
from tests.mail.scene import AMSTERDAM, NOW, Scene, add_incident

LADDERS = sorted(map(str, DEFAULT_LADDERS))
# One duty for each ladder of several duties; every other ladder is its duty's own.
DUTIES = {
    Ladder.CUSTOMERS: "gdpr_33_2_processor",
    Ladder.LAW: "nis2_early_warning",
    Ladder.TARGETS: "gdpr_33_5_register",
}
GAPS: tuple[tuple[dict[str, Any], Gap], ...] = (
    ({"proved_address": None}, Gap.UNPROVEN),
    ({"password_hash": None}, Gap.NEVER_IN),
    ({"mail_refused_at": NOW}, Gap.REFUSED),
    ({"disabled_at": NOW}, Gap.CLOSED),
)


TRIES = [(ladder, *GAPS[number % len(GAPS)]) for number, ladder in enumerate(LADDERS)]


@pytest.fixture
def desk(desk: Desk) -> Desk:
    return replace(desk, settings=replace(mailing(desk.settings, 25), second_factor=SecondFactor.OPTIONAL))


async def name_ada(scene: Scene, ladder: str) -> Incident:
    """Let the last step of the ladder call Ada alone, everybody else be sound, and the duty run."""
    incident = await add_incident(scene.desk)
    async with scene.desk.database.write() as session:
        proved = {"address_proved_at": NOW, "proved_address": Member.email, "password_hash": "x"}
        await session.execute(update(Member).values(**proved))
        for step in DEFAULT_LADDERS[next(one for one in DEFAULT_LADDERS if one == ladder)][-1:]:
            row = await session.get_one(LadderStep, (ladder, step.key))
            row.step = {**row.step, "posts": [str(person(scene.ada))]}
        await session.flush()
        moments = (NOW, NOW + timedelta(hours=4))
        duty = DUTIES.get(Ladder(ladder), "") if ladder in set(Ladder) else ""
        if duty:
            started = Started(duty, "1", *moments, legal=True, subject="s", ladder=ladder)
            await clocks.start(session, await session.get_one(Incident, incident.id), [started], zone=AMSTERDAM)
    return incident


@pytest.mark.parametrize("ladder, values, gap", TRIES)
async def test_a_step_of_any_ladder_that_calls_somebody_who_cannot_be_told_is_a_gap(
    scene: Scene, ladder: str, values: dict[str, Any], gap: Gap
) -> None:
    await name_ada(scene, ladder)
    async with scene.desk.database.write() as session:
        await session.execute(update(Member).where(Member.id == scene.ada.id).values(**values))
    await upkeep.look_for_gaps(scene.desk, now=NOW)
    async with scene.desk.database.read() as session:
        last = await last_look(session, me=None, now=NOW)
    assert last is not None
    assert gap in {one.gap for one in last.gaps if one.member and one.member.id == scene.ada.id}


@pytest.mark.parametrize("ladder", [*DUTIES, Duty.AUTHORITY])
async def test_the_page_of_an_incident_names_who_may_not_see_it_and_is_called_by_any_of_its_duties(
    scene: Scene, ladder: str
) -> None:
    incident = await name_ada(scene, str(ladder))
    async with scene.desk.database.write() as session:
        row = await session.get_one(Incident, incident.id)
        row.restricted = True
        session.add(IncidentMember(incident_id=row.id, member_id=scene.rosa.id))
        for clock in await clocks.clocks_of(session, row):
            # The authority's began before its ladder was changed.
            if clock.duty == ladder:
                clock.ladder = [{**step, "posts": [str(person(scene.ada))]} for step in clock.ladder]
    async with scene.desk.database.read() as session:
        known = await reach.scene_of(session, await session.get_one(Incident, incident.id))
        prospect = await reach.foretell(session, scene.desk.settings, known, at=NOW, now=NOW)
    assert Gap.STRANGER in {flaw.gap for flaw in prospect.gaps if flaw.member and flaw.member.id == scene.ada.id}
