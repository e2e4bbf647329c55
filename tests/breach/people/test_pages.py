"""Telling the people over HTTP: who decides, what is refused, and that nothing signed or typed is lost."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from incidentdesk.rules.permissions import Role
from incidentdesk.tables import HistoryEntry, Incident, PeopleText, RegisterEntry
from incidentdesk.web.pages import Desk
from tests.breach.signing import BASE, LINE, TOLD, decide_breach, done, send
from tests.people import Seat, Sit
from tests.typed import typed

# What a page asks and says of what it was sent; what is stored and found is tried with the actions and the story.
pytestmark = pytest.mark.either_database

REASON = {"reasoning": "Salaries of all employees"}
PARTS = {
    "nature": "A list with your name went to a wrong address.",
    "consequences": "Somebody may send you false messages.",
    "measures": "The receiver deleted it.",
    "contact": "dpo@example.org",
}


async def page(seat: Seat, query: str = "") -> str:
    answer = await seat.get(f"{BASE}/people{query}")
    assert answer.status_code == 200
    return answer.text


async def test_before_anybody_decides_the_page_says_so_and_offers_a_draft(seat: Seat) -> None:
    shown = await page(seat)
    assert "Nobody has decided yet whether the people must be told" in shown
    assert "A message or file with information about you went to somebody it was not meant for." in shown
    assert "Missing: Whom to ask" in shown
    # Where the words come from stands below them, so that on a phone it belongs to no other part.
    assert shown.index('id="nature"') < shown.index("usual words of the desk") < shown.index('id="consequences"')
    dutch = await page(seat, "?text=nl")
    assert "Een bericht of bestand met gegevens over u" in dutch


async def test_told_as_decided(desk: Desk, seat: Seat, now: datetime) -> None:
    await decide_breach(seat)
    await done(seat, "people", "people-decision", choice="tell", **REASON)
    shown = await page(seat)
    assert ("The people must be told" in shown, "GDPR Art. 34 · <time" in shown) == (True, True)
    await done(seat, "people", "people-told", **TOLD, **typed("told", now))
    shown = await page(seat)
    assert "GDPR Art. 34 · <time" not in shown
    for words in ("The people were told", "180 people", "Letter", "folder 12", "Salaries of all", "Dipo Officer"):
        assert words in shown
    async with desk.database.read() as session:
        assert (await session.scalars(select(RegisterEntry.standing))).one() == "told"


async def test_a_disproportionate_effort_asks_for_a_public_communication(seat: Seat, now: datetime) -> None:
    await done(seat, "people", "people-decision", choice="disproportionate", **REASON)
    fields = {**TOLD, "telling": "public", "channel": "website", "people_told": "", **typed("told", now)}
    refused = await send(seat, "people", "people-told", **fields)
    assert (refused.status_code, "Say where it was published" in refused.text) == (422, True)
    await done(seat, "people", "people-told", **fields, place="https://acme.example/notice")
    assert "It was made public" in await page(seat)


async def test_an_order_of_the_authority_is_not_set_aside(seat: Seat) -> None:
    await done(seat, "people", "people-decision", choice="ordered", **REASON)
    refused = await send(seat, "people", "people-decision", choice="no_high_risk", reasoning="We see it otherwise")
    assert refused.status_code == 422
    assert "The authority ordered to tell the people" in refused.text
    assert "We see it otherwise</textarea>" in refused.text
    await done(seat, "people", "people-decision", choice="released", **REASON)
    assert "Not required: an exception was signed" in await page(seat)


@pytest.mark.parametrize(
    "noun, fields, said",
    [
        ("people-decision", {}, "Choose what you decide"),
        ("people-decision", {"choice": "tell"}, "Write why, in a sentence or more"),
        ("people-decision", {"choice": "perhaps", **REASON}, "Choose what you decide"),
        ("people-text", {"language": "en"}, "Write at least one part of the text"),
        ("people-text", {"nature": "x" * 10_001}, "What happened: Shorten the text to 10,000 characters"),
        ("people-told", {**TOLD, "people_told": "many"}, "Give how many people were told"),
        ("people-told", {**TOLD, "people_told": "0"}, "Give how many people were told"),
        ("people-told", {**TOLD, "people_told": "9" * 12}, "Give how many people were told"),
        ("people-told", {**TOLD, "people_told": "1".zfill(10) + "9" * 30}, "Give how many people were told"),
        ("people-told", {**TOLD, "people_told": "1" + "." * 250 + "80"}, "Give how many people were told"),
        ("people-told", {**TOLD, "proof": ""}, "Write what proves it"),
        ("people-told", {**TOLD, "channel": "pigeon"}, "Choose a channel"),
        ("people-told", {**TOLD, "telling": ""}, "Choose how they were told"),
        ("people-told", {**TOLD, "place": "x" * 501}, "Shorten the place to 500 characters"),
        ("people-told", {**TOLD, "words": ""}, "Give the words that the people read"),
    ],
)
async def test_what_is_amiss_is_said_in_words(
    seat: Seat, now: datetime, noun: str, fields: dict[str, str], said: str
) -> None:
    answer = await send(seat, "people", noun, **typed("told", now), **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert "<title>Error:" in answer.text


async def test_nobody_was_told_in_the_future_or_before_it_was_decided(seat: Seat, now: datetime) -> None:
    early = await send(seat, "people", "people-told", **TOLD, **typed("told", now))
    assert (early.status_code, "Sign first that the people are told" in early.text) == (422, True)
    await done(seat, "people", "people-decision", choice="tell", **REASON)
    later = await send(seat, "people", "people-told", **TOLD, **typed("told", now + timedelta(days=1)))
    assert (later.status_code, "has not come yet" in later.text) == (422, True)


async def test_nobody_was_told_of_what_nobody_knew_yet(desk: Desk, seat: Seat, now: datetime) -> None:
    await decide_breach(seat)
    await done(seat, "people", "people-decision", choice="tell", **REASON)
    early = await send(seat, "people", "people-told", **TOLD, **typed("told", now - timedelta(days=400)))
    assert (early.status_code, "earlier than everything known here" in early.text) == (422, True)
    assert TOLD["proof"] in early.text
    await done(seat, "people", "people-told", **TOLD, **typed("told", now - timedelta(hours=24)))


async def test_every_version_of_a_text_is_kept_by_language(desk: Desk, seat: Seat) -> None:
    for nature in ("First words.", "Second words."):
        await done(seat, "people", "people-text", **{**PARTS, "nature": nature}, language="en")
    await done(seat, "people", "people-text", **{**PARTS, "nature": "Eerste woorden."}, language="nl")
    english = await page(seat, "?text=en")
    for words in ("Version 2, kept by Dipo Officer", "First words.", "Second words.</textarea>", "Nothing missing"):
        assert words in english
    assert "Eerste woorden.</textarea>" in await page(seat, "?text=nl")
    async with desk.database.read() as session:
        rows = await session.execute(select(PeopleText.language, PeopleText.version).order_by(PeopleText.id))
        assert [tuple(row) for row in rows] == [("en", 1), ("en", 2), ("nl", 1)]


async def test_a_stale_form_keeps_what_was_typed(seat: Seat) -> None:
    await done(seat, "people", "people-decision", choice="tell", **REASON)
    late = await seat.post(
        f"{BASE}/people-decision", seen_revision="0-0-0", choice="no_high_risk", reasoning="Hours of work"
    )
    assert late.status_code == 409
    assert "Hours of work</textarea>" in late.text


async def test_pressing_twice_is_pressing_once(desk: Desk, seat: Seat, incident_id: UUID, now: datetime) -> None:
    for noun, fields in (
        ("people-decision", {"choice": "tell", **REASON}),
        ("people-text", {**PARTS, "advice": "", "language": "en"}),
        ("people-told", {**TOLD, **typed("told", now)}),
    ):
        seen = (await page(seat)).partition('name="seen_revision" value="')[2].partition('"')[0]
        for _ in range(2):
            assert (await seat.post(f"{BASE}/{noun}", seen_revision=seen, **fields)).status_code == 303
    async with desk.database.read() as session:
        count = select(func.count()).where(HistoryEntry.incident_id == incident_id)
        assert await session.scalar(count) == 3


@pytest.mark.parametrize("role", [Role.READER, Role.RESPONDER])
async def test_others_read_and_sign_nothing(sit: Sit, incident_id: UUID, role: Role) -> None:
    other = await sit(role)
    assert "Sign the decision" not in await page(other)
    for noun in ("people-decision", "people-text", "people-told"):
        assert (await other.post(f"{BASE}/{noun}")).status_code == 403


async def test_what_was_told_about_a_decision_moves_no_clock_of_the_authority(desk: Desk, seat: Seat) -> None:
    async with desk.database.read() as session:
        before = (await session.scalars(select(Incident.legal_due_at))).one()
    await done(seat, "people", "people-decision", choice="no_high_risk", **REASON)
    async with desk.database.read() as session:
        assert (await session.scalars(select(Incident.legal_due_at))).one() == before


async def test_an_incident_is_not_closed_while_people_wait_to_be_told(seat: Seat, now: datetime) -> None:
    await decide_breach(seat)
    await done(seat, "clock", "filings", authority_reference="AP-1", **typed("filed", now))
    await done(seat, "people", "people-decision", choice="tell", **REASON)
    closing = {"outcome": "resolved", "seen_status": "handling", "form_id": "end"}
    refused = await seat.post(f"{BASE}/closure", **closing)
    assert (refused.status_code, "nobody has recorded it" in refused.text) == (409, True)
    await done(seat, "people", "people-told", **TOLD, **typed("told", now))
    await done(seat, "register", "register-line", **LINE)
    assert (await seat.post(f"{BASE}/closure", **closing)).status_code == 303
