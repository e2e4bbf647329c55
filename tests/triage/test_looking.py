"""Who looked: each reader of a report is written down, and nobody sees its reporter without saying why."""

import asyncio
from datetime import datetime, timedelta

import pytest

from incidentdesk import clock
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Clock, HistoryEntry, Incident, Member
from incidentdesk.web.pages import Desk
from tests.people import Sit
from tests.triage.reports import Told, done, file, fresh, letters, rows
from tests.triage.test_pages import at

MAIL = "nel@example.org"


async def looks(desk: Desk, incident: Incident) -> list[str]:
    found = [entry for entry in await rows(desk, HistoryEntry, incident) if entry.action == "report.opened"]
    return [entry.actor for entry in found]


async def test_opening_a_report_is_written_down_once_an_hour_for_each_person(
    desk: Desk, sit: Sit, rosa: Member, dipo: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    incident = await file(desk, now=now)
    for minutes in (0, 1, 59, 60):
        monkeypatch.setattr(clock, "now", lambda minutes=minutes: now + timedelta(minutes=minutes))
        assert (await (await sit(rosa)).get(at(incident))).status_code == 200
    await (await sit(dipo)).get(at(incident))
    assert await looks(desk, incident) == [f"member:{member.id}" for member in (rosa, rosa, dipo)]


async def test_only_looking_moves_no_clock_and_no_date(desk: Desk, sit: Sit, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now - timedelta(hours=1))
    before = [(one.duty, one.ended_at, one.arm) for one in await rows(desk, Clock, incident)]
    seat = await sit(rosa)
    await seat.get(at(incident))
    row = await fresh(desk, incident)
    assert (row.updated_at, row.read_at, row.acted_at) == (incident.updated_at, None, None)
    assert [(one.duty, one.ended_at, one.arm) for one in await rows(desk, Clock, incident)] == before


async def test_a_form_that_comes_back_shows_the_report_too(desk: Desk, sit: Sit, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    assert (await (await sit(rosa)).post(at(incident, "notes"), note="")).status_code == 422
    assert await looks(desk, incident) == [f"member:{rosa.id}"]


async def test_who_looked_stands_on_a_list_of_its_own(desk: Desk, sit: Sit, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    seat = await sit(rosa)
    assert "Opened the report" not in (await seat.get(at(incident))).text
    assert "Opened the report" in (await seat.get(at(incident) + "?show=looks")).text


async def test_who_reported_it_is_shown_once_and_to_whoever_says_why(
    desk: Desk, sit: Sit, rosa: Member, now: datetime
) -> None:
    incident = await file(desk, Told(email=MAIL), now=now)
    seat = await sit(rosa)
    for number, purpose in enumerate(("To call back.", "To call again."), 1):
        shown = await seat.post(at(incident, "identity"), purpose=purpose)
        assert shown.status_code == 200
        assert "Nel Melder" in shown.text
        assert MAIL in shown.text
        entries = await done(desk, incident)
        assert [entry.action for entry in entries] == ["identity.revealed"] * number
        assert (entries[-1].actor, entries[-1].after["reason"]) == (f"member:{rosa.id}", purpose)
    after = (await seat.get(at(incident))).text
    assert "Was shown who reported it" in after
    assert "Nel Melder" not in after


async def test_without_a_reason_nobody_is_shown(desk: Desk, sit: Sit, rosa: Member, now: datetime) -> None:
    incident, seat = await file(desk, now=now), await sit(rosa)
    for purpose, words in (("", "Write what you need it for"), ("x" * 10_001, "Shorten the text")):
        refused = await seat.post(at(incident, "identity"), purpose=purpose)
        assert refused.status_code == 422
        assert words in refused.text
        assert "Nel Melder" not in refused.text
    assert await done(desk, incident) == []


async def test_a_reader_is_never_shown(desk: Desk, sit: Sit, now: datetime) -> None:
    incident = await file(desk, Told(share="yes"), now=now)
    assert (await (await sit(Role.READER)).post(at(incident, "identity"), purpose="Curious")).status_code == 403
    assert await done(desk, incident) == []


async def test_the_reporter_gets_mail_without_anybody_seeing_the_address(
    desk: Desk, sit: Sit, rosa: Member, now: datetime
) -> None:
    incident = await file(desk, Told(email=MAIL), now=now)
    await (await sit(rosa)).post(at(incident, "messages"), message="Thank you", form_id="a")
    assert await letters(desk, incident) == ["reporter_answer"]
    assert "identity.revealed" not in [entry.action for entry in await done(desk, incident)]


async def test_two_tabs_opened_at_once_are_one_look(desk: Desk, sit: Sit, rosa: Member, now: datetime) -> None:
    incident, seat = await file(desk, now=now), await sit(rosa)
    pages = await asyncio.gather(*(seat.get(at(incident)) for _ in range(5)))
    assert {page.status_code for page in pages} == {200}
    assert await looks(desk, incident) == [f"member:{rosa.id}"]
