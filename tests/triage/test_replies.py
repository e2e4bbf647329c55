"""A reporter who writes after the end: the incident stands open again, for everybody to see, and is soon closed again."""

import re
from datetime import datetime

import pytest
from sqlalchemy import select

from incidentdesk.database import Database
from incidentdesk.intake import actions as intake
from incidentdesk.intake.queries import Filed
from incidentdesk.rules.lifecycle import Outcome, Status, Verdict
from incidentdesk.tables import Incident, Member, Report
from incidentdesk.triage import actions, decisions
from incidentdesk.triage.forms import Change, Closure, Decision, Reopening
from incidentdesk.web.pages import Desk
from tests.intake.visitor import visit
from tests.opened import held
from tests.people import Sit
from tests.triage.reports import Told, done, file, fresh
from tests.triage.test_actions import act
from tests.triage.test_pages import at, textarea


async def hear(database: Database, incident: Incident, body: str, *, now: datetime) -> None:
    """Let the reporter write on their own page."""
    async with database.write() as session:
        row = await held(session, incident.reference)
        report = await session.scalar(select(Report).where(Report.incident_id == row.id))
        assert report is not None
        await intake.hear(session, Filed(report, row), body, form_hash=body, now=now)


@pytest.fixture
async def closed(desk: Desk, rosa: Member, now: datetime) -> Incident:
    """One that Rosa closed as advice given."""
    incident = await file(desk, Told(email="nel@example.org"), now=now)
    decision = Decision(Change(Verdict.SECURITY_INCIDENT, ""), None, "The disk was encrypted.")
    await act(desk, incident, decisions.decide, decision, by=rosa, now=now)
    await act(desk, incident, decisions.close, Closure(Outcome.ADVICE_GIVEN, "handling"), by=rosa, now=now)
    return incident


async def test_a_reply_brings_it_back_into_the_open_views(
    desk: Desk, sit: Sit, rosa: Member, now: datetime, closed: Incident
) -> None:
    browser = await sit(rosa)
    for view, before, after in (("open", False, True), ("mine", False, True), ("closed", True, False)):
        shown = [closed.reference in (await browser.get(f"/desk?view={view}")).text]
        await hear(desk.database, closed, view, now=now)
        page = (await browser.get(f"/desk?view={view}")).text
        assert [*shown, f'href="{at(closed)}"' in page] == [before, after]
        await read_and_close(desk, rosa, closed, now=now)


async def read_and_close(desk: Desk, rosa: Member, incident: Incident, *, now: datetime) -> None:
    async with desk.database.read() as session:
        newest = await actions.newest_reply(session, incident)
    await act(desk, incident, actions.mark_read, seen_reply=newest, by=rosa, now=now)
    await act(desk, incident, decisions.close, Closure(Outcome.ADVICE_GIVEN, "handling"), by=rosa, now=now)


async def test_the_page_says_what_happened_and_what_is_next(
    desk: Desk, sit: Sit, rosa: Member, now: datetime, closed: Incident
) -> None:
    await hear(desk.database, closed, "It came back", now=now)
    page = (await (await sit(rosa)).get(at(closed))).text
    assert '<p class="next-step">Read the reporter’s reply</p>' in page
    assert "<dt>Status</dt><dd><del>Closed</del> → Handling</dd>" in page
    assert "<dt>Outcome</dt><dd><del>Advice given</del> → nothing</dd>" in page
    assert "Security incident without personal data" in page


async def test_it_is_closed_again_as_it_was_by_one_press(
    desk: Desk, sit: Sit, rosa: Member, now: datetime, closed: Incident
) -> None:
    seat = await sit(rosa)
    await hear(desk.database, closed, "Thanks", now=now)
    await (await visit(seat, at(closed))).submit(at(closed, "reading"))
    page = await visit(seat, at(closed, "closure"))
    assert re.findall(r'value="(\w+)" checked', page.html) == ["advice_given"]
    await page.submit(at(closed, "closure"), outcome="advice_given")
    row = await fresh(desk, closed)
    assert (row.status, row.outcome, row.verdict) == (Status.CLOSED, Outcome.ADVICE_GIVEN, Verdict.SECURITY_INCIDENT)


async def test_who_reopens_it_is_not_offered_the_old_ending(
    desk: Desk, sit: Sit, rosa: Member, now: datetime, closed: Incident
) -> None:
    await act(desk, closed, decisions.reopen, Reopening("A second report."), by=rosa, now=now)
    page = await (await sit(rosa)).get(at(closed, "closure"))
    assert 'value="advice_given"' in page.text
    assert " checked" not in page.text


async def test_it_is_not_closed_over_a_reply_nobody_read(
    desk: Desk, sit: Sit, rosa: Member, now: datetime, closed: Incident
) -> None:
    await hear(desk.database, closed, "Wait", now=now)
    page = await visit(await sit(rosa), at(closed, "closure"))
    answer = await page.submit(at(closed, "closure"), outcome="resolved")
    assert (answer.status_code, "nobody has marked it as read" in answer.text) == (409, True)


async def test_who_opens_it_again_from_an_old_page_learns_that_the_reporter_did(
    desk: Desk, sit: Sit, rosa: Member, now: datetime, closed: Incident
) -> None:
    page = await visit(await sit(rosa), at(closed))
    await hear(desk.database, closed, "It came back", now=now)
    before = len(await done(desk, closed))
    answer = await page.submit(at(closed, "reopening"), reason="A second report")
    assert answer.status_code == 409
    assert "The reporter changed “Status” from “Closed” to “Handling”" in answer.text
    assert textarea(answer.text, "reason") == "A second report"
    row = await fresh(desk, closed)
    assert (row.verdict, len(await done(desk, closed))) == (Verdict.SECURITY_INCIDENT, before)
