"""Searching what is sealed: found by its words, by whoever may see it, and nowhere written down."""

import logging
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select

from benchmarks import rows
from incidentdesk.intake.questions import IDENTITY, QUESTIONS, Shape
from incidentdesk.staff.access import find_incident
from incidentdesk.tables import DataKey, Incident, Member
from incidentdesk.triage import actions
from incidentdesk.triage.forms import Search, View, Writing
from incidentdesk.triage.queries import PAGE
from incidentdesk.triage.search import STORY, Found, Words, find
from incidentdesk.web.pages import Desk
from tests.people import Sit
from tests.triage.reports import Told, file, reply


async def look(desk: Desk, typed: str, me: Member, *, now: datetime, search: Search | None = None) -> Found:
    words = Words(typed, everywhere=search is None)
    async with desk.database.read() as session:
        return await find(session, search or Search(), words, me=me, now=now)


def titles(found: Found) -> list[str]:
    return [row.incident.title for row in found.rows]


@pytest.fixture
async def payroll(desk: Desk, rosa: Member, now: datetime) -> Incident:
    """A report with a reply and a note, among others."""
    incident = await file(desk, Told("Payroll file in the STRASSE", email="nel@melder.example"), now=now)
    await file(desk, Told("A lost laptop"), now=now)
    await reply(desk, incident, "The street was called Dorpsplein", now=now)
    async with desk.database.write() as session:
        row = await find_incident(session, incident.reference, by=rosa)
        await actions.add_note(session, row, Writing("Ask Überseehandel about it", "f"), by=rosa, now=now)
    return incident


@pytest.mark.parametrize(
    "typed",
    ["payroll", "PAYROLL file", "straße", "dorpsplein", "überseehandel", " payroll ", "plein über roll"],
)
async def test_all_words_must_occur_anywhere_in_what_was_written(
    desk: Desk, payroll: Incident, rosa: Member, now: datetime, typed: str
) -> None:
    found = await look(desk, typed, rosa, now=now)
    assert (titles(found), found.looked_at, found.before) == ([payroll.title], 2, None)


@pytest.mark.parametrize("typed", ["payroll laptop", "melder", "nel@melder.example", "deleted", "nowhere"])
async def test_half_of_it_names_and_choices_find_nothing(
    desk: Desk, payroll: Incident, rosa: Member, now: datetime, typed: str
) -> None:
    found = await look(desk, typed, rosa, now=now)
    assert payroll.id not in [row.incident.id for row in found.rows]
    assert titles(found) == []


def test_every_question_answered_in_words_is_searched() -> None:
    written = (Shape.LINE, Shape.BLOCK, Shape.DAY)
    assert set(STORY) == {one.id for one in QUESTIONS if one.shape in written and one.id not in IDENTITY}


async def test_view_and_filters_narrow_what_is_searched(desk: Desk, rosa: Member, now: datetime) -> None:
    await file(desk, Told("a letter", kind="lost"), now=now)
    await file(desk, Told("a letter too", kind="phish"), now=now)
    expected = {
        Search(View.OPEN): ["a letter too", "a letter"],
        Search(View.OPEN, kind="lost"): ["a letter"],
        Search(View.CLOSED): [],
        Search(View.MINE): [],
    }
    shown = {search: titles(await look(desk, "letter", rosa, now=now, search=search)) for search in expected}
    assert shown == expected


async def test_nobody_finds_what_they_may_not_see(desk: Desk, payroll: Incident, rosa: Member, now: datetime) -> None:
    async with desk.database.write() as session:
        (await session.get_one(Incident, payroll.id)).restricted = True
    found = await look(desk, "payroll", rosa, now=now)
    assert (found.rows, found.looked_at) == ((), 1)


async def test_what_cannot_be_opened_any_more_hides_nothing_else(
    desk: Desk, payroll: Incident, rosa: Member, now: datetime
) -> None:
    async with desk.database.write() as session:
        await session.execute(delete(DataKey).where(DataKey.scope == payroll.id))
    found = await look(desk, "a", rosa, now=now)
    assert (titles(found), found.looked_at) == (["A lost laptop"], 2)


async def test_the_newest_come_first_and_the_older_ones_follow(
    desk: Desk, sit: Sit, rosa: Member, now: datetime
) -> None:
    await rows.fill(desk.database, PAGE + 2, now=now - timedelta(days=1))
    browser = await sit(rosa)
    first = await browser.post("/desk/search", q="busy year")
    assert f"{PAGE} incidents found." in first.text
    async with desk.database.read() as session:
        ids = list(await session.scalars(select(Incident.id).order_by(Incident.id.desc())))
    before = str(ids[PAGE - 1])
    assert f'name="before" value="{before}"' in first.text
    second = (await browser.post("/desk/search", q="busy year", before=before)).text
    assert "2 incidents found." in second
    assert "Search the older ones" not in second


async def test_the_words_stand_in_no_address_and_no_log(
    sit: Sit, payroll: Incident, rosa: Member, caplog: pytest.LogCaptureFixture
) -> None:
    browser = await sit(rosa)
    with caplog.at_level(logging.DEBUG):
        answer = await browser.post("/desk/search", q="dorpsplein")
    assert payroll.reference in answer.text
    assert 'value="dorpsplein"' in answer.text
    assert "dorpsplein" not in str(answer.url)
    assert answer.headers["cache-control"] == "no-store"
    assert not any("dorpsplein" in record.getMessage() for record in caplog.records if record.name != "httpx")
    for page in (answer.text, (await browser.get("/desk")).text):
        assert '<form method="post" action="/desk/search"' in page
        assert 'method="get"' not in page


@pytest.mark.parametrize(
    "typed, address", [("", ""), ("IR-26-7KQ4MX", "&q=IR-26-7KQ4MX"), ("7KQ4MX", "&q=7KQ4MX")], ids=str
)
async def test_without_words_or_with_a_reference_the_queue_answers(
    sit: Sit, rosa: Member, typed: str, address: str
) -> None:
    answer = await (await sit(rosa)).post("/desk/search", q=typed, view="open", kind="lost")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/desk?view=open&kind=lost{address}"


async def test_a_kept_address_leads_to_the_queue(sit: Sit, rosa: Member) -> None:
    answer = await (await sit(rosa)).get("/desk/search")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
