"""The same page sent again: pressed twice is once, and other words are never taken for the same."""

from datetime import datetime, timedelta

import pytest

from incidentdesk.records import clocks
from incidentdesk.rules.lifecycle import Outcome, Verdict
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Clock, Incident, Member, Message
from incidentdesk.triage import actions, decisions
from incidentdesk.triage.decisions import Unfitting
from incidentdesk.triage.forms import Change, Decision
from incidentdesk.web.pages import Desk
from tests import people
from tests.people import Seat, Sit, hidden_fields
from tests.triage.conftest import stored
from tests.triage.reports import done, file, fresh, rows
from tests.triage.test_actions import act
from tests.triage.test_decisions import BREACH, NO_DATA, NOTHING, closing, filing, legal_clock
from tests.triage.test_pages import at, textarea

SIGNED = {"verdict": "security_incident", "reason": "Encrypted.", "message": "Thank you."}


async def sent(seat: Seat, incident: Incident, noun: str, **fields: str) -> int:
    return (await seat.post(at(incident, noun), **fields)).status_code


async def test_better_words_for_the_same_decision_pressed_twice(
    desk: Desk, sit: Sit, rosa: Member, now: datetime
) -> None:
    incident, seat = await file(desk, now=now), await sit(rosa)
    assert await sent(seat, incident, "verdict", **SIGNED, seen_verdict="", form_id="a") == 303
    better = SIGNED | {"reason": "Encrypted, and the key is safe.", "seen_verdict": "security_incident"}
    for _ in range(2):
        assert await sent(seat, incident, "verdict", **better, form_id="b") == 303
    assert [entry.action for entry in await done(desk, incident)] == ["verdict.set", "verdict.set"]
    assert len(await rows(desk, Message, incident)) == 2


async def test_a_page_sent_again_after_a_collision_says_its_message_once(
    desk: Desk, sit: Sit, rosa: Member, now: datetime
) -> None:
    incident, seat = await file(desk, now=now), await sit(rosa)
    await sent(seat, incident, "verdict", **SIGNED, seen_verdict="", form_id="a")
    changed = SIGNED | {"verdict": "not_an_incident", "outcome": "test", "form_id": "a"}
    assert await sent(seat, incident, "verdict", **changed, seen_verdict="") == 409
    assert await sent(seat, incident, "verdict", **changed, seen_verdict="security_incident", keep="mine") == 303
    assert (await fresh(desk, incident)).verdict is Verdict.NOT_AN_INCIDENT
    assert len(await rows(desk, Message, incident)) == 1


async def test_other_words_after_closing_are_handed_back(desk: Desk, sit: Sit, rosa: Member, now: datetime) -> None:
    incident, seat = await file(desk, now=now), await sit(rosa)
    await sent(seat, incident, "verdict", **SIGNED, seen_verdict="", form_id="a")
    closure = {"outcome": "resolved", "seen_status": "handling", "form_id": "b"}
    for _ in range(2):
        assert await sent(seat, incident, "closure", **closure, message="Bye") == 303
    lost = await seat.post(at(incident, "closure"), **closure, message="Goodbye, and thank you")
    assert lost.status_code == 409
    assert textarea(lost.text, "message") == "Goodbye, and thank you"


async def test_opening_again_is_pressed_once(desk: Desk, sit: Sit, rosa: Member, now: datetime) -> None:
    incident, seat = await file(desk, now=now), await sit(rosa)
    await act(desk, incident, decisions.decide, NOTHING, by=rosa, now=now)
    await act(desk, incident, decisions.close, closing(), by=rosa, now=now)
    form_id = hidden_fields((await seat.get(at(incident))).text)["form_id"]
    for _ in range(2):
        assert await sent(seat, incident, "reopening", reason="A second report", form_id=form_id) == 303
    assert (await seat.post(at(incident, "reopening"), reason="More of it", form_id=form_id)).status_code == 409
    assert [entry.action for entry in await done(desk, incident)][2:] == ["incident.reopened"]


async def test_what_was_handed_to_me_is_taken_from_the_list_too(
    desk: Desk, rosa: Member, dipo: Member, now: datetime
) -> None:
    incident = await file(desk, now=now)
    await act(desk, incident, actions.assign, Change(dipo.id, ""), by=rosa, now=now)
    await act(desk, incident, actions.assign, Change(dipo.id, str(dipo.id)), by=dipo, now=now)
    assert (await fresh(desk, incident)).taken_at == now


async def test_handing_over_to_somebody_who_left_names_the_field(
    desk: Desk, sit: Sit, rosa: Member, now: datetime
) -> None:
    incident, seat = await file(desk, now=now), await sit(rosa)
    reader = await stored(desk, people.member(Role.READER, now=now))
    answer = await seat.post(at(incident, "owner"), owner=str(reader.id), seen_owner="")
    assert answer.status_code == 422
    assert "Choose a person from the list" in answer.text


async def test_a_real_incident_is_no_false_alarm(desk: Desk, sit: Sit, rosa: Member, now: datetime) -> None:
    incident, seat = await file(desk, now=now), await sit(rosa)
    await sent(seat, incident, "verdict", **SIGNED, outcome="false_alarm", seen_verdict="", form_id="a")
    assert (await fresh(desk, incident)).outcome is None
    assert 'value="false_alarm"' not in (await seat.get(at(incident, "closure"))).text
    closure = {"outcome": "false_alarm", "seen_status": "handling", "message": "Bye", "form_id": "b"}
    answer = await seat.post(at(incident, "closure"), **closure)
    assert (answer.status_code, textarea(answer.text, "message")) == (422, "Bye")
    assert "Choose how it ended" in answer.text
    with pytest.raises(Unfitting):
        await act(desk, incident, decisions.close, closing(outcome=Outcome.TEST), by=rosa, now=now)


async def test_better_words_for_a_breach_leave_the_signature_in_place(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    await act(desk, incident, decisions.decide, BREACH, by=rosa, now=now)
    async with desk.database.write() as session:
        clock = await session.get_one(Clock, (await legal_clock(desk, incident)).id)
        clocks.end(clock, by="decision", at=now, now=now)
    again = Decision(Change(Verdict.PERSONAL_DATA_BREACH, "personal_data_breach"), reason="Two people, not three.")
    await act(desk, incident, decisions.decide, again, by=rosa, now=now)
    assert (await legal_clock(desk, incident)).ended_at == now


async def test_who_notified_in_spite_of_a_signature_has_notified(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now - timedelta(hours=80))
    await act(desk, incident, decisions.decide, NO_DATA, by=rosa, now=now - timedelta(hours=70))
    clock = await legal_clock(desk, incident)
    async with desk.database.write() as session:
        session.add(filing(clock, rosa, reason=None, now=now))
    found = Decision(Change(Verdict.PERSONAL_DATA_BREACH, "security_incident"), reason="The key was in the bag.")
    await act(desk, incident, decisions.decide, found, by=rosa, now=now)
    clock = await legal_clock(desk, incident)
    assert (clock.ended_at, clock.ended_by, clock.late_seconds) == (now, "filing", 8 * 3600)
