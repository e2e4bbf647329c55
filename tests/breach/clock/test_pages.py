"""The clock page over HTTP: who may see and sign, and that nothing typed is ever lost."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from incidentdesk.breach.clock import queries
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import HistoryEntry, Member
from incidentdesk.web.pages import Desk
from tests import people
from tests.breach.conftest import REFERENCE
from tests.people import Seat, Sit
from tests.typed import typed

# What a page asks and says of what it was sent; what is stored and found is tried with the actions and the story.
pytestmark = pytest.mark.either_database

BASE = f"/desk/incidents/{REFERENCE}"


async def stamp(seat: Seat) -> str:
    return people.hidden_fields((await seat.get(f"{BASE}/clock")).text)["seen_revision"]


async def test_the_page_shows_the_provisional_clock(seat: Seat) -> None:
    answer = await seat.get(f"{BASE}/clock")
    assert answer.status_code == 200
    for words in ("47 h", "left", "Provisional", "For the file only", "Payroll file sent", "Latest arguable"):
        assert words in answer.text or (words == "47 h" and "1 d 23 h" in answer.text)


async def test_awareness_filing_and_the_page_after_them(seat: Seat, now: datetime) -> None:
    fields = typed("aware", now - timedelta(hours=80), aware_reason="The supplier called")
    fields |= {"aware_source": "A note of the helpdesk"}
    answer = await seat.post(f"{BASE}/awareness", seen_revision=await stamp(seat), **fields)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{BASE}/awareness")
    fields = typed("filed", now, authority_reference="AP-77")
    refused = await seat.post(f"{BASE}/filings", seen_revision=await stamp(seat), **fields)
    assert refused.status_code == 422
    assert "write the reasons for the delay" in refused.text
    assert 'value="AP-77"' in refused.text
    fields["reason_for_delay"] = "Nobody read the mailbox"
    assert (await seat.post(f"{BASE}/filings", seen_revision=await stamp(seat), **fields)).status_code == 303
    page = (await seat.get(f"{BASE}/clock")).text
    for words in ("AP-77", "Nobody read the mailbox", "The supplier called", "late, decided for good", "Dipo Officer"):
        assert words in page


async def test_decision_and_reopening(seat: Seat) -> None:
    fields = {"decision": "risk_unlikely", "reasoning": "Encrypted, key safe"}
    assert (await seat.post(f"{BASE}/clock-decision", seen_revision=await stamp(seat), **fields)).status_code == 303
    assert "A risk to people is unlikely" in (await seat.get(f"{BASE}/clock")).text
    answer = await seat.post(
        f"{BASE}/clock-reopening", seen_revision=await stamp(seat), new_facts="The key was with it"
    )
    assert answer.status_code == 303
    assert "New facts: the duty runs again" in (await seat.get(f"{BASE}/clock")).text


@pytest.mark.parametrize("place", ["filings", "clock-decision"])
async def test_an_empty_form_is_answered_with_its_errors(seat: Seat, place: str) -> None:
    answer = await seat.post(f"{BASE}/{place}", seen_revision=await stamp(seat))
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "<title>Error:" in answer.text


async def test_a_stale_form_keeps_what_was_typed_and_names_who_was_faster(seat: Seat, now: datetime) -> None:
    seen = await stamp(seat)
    first = typed("aware", now - timedelta(hours=5), aware_reason="First")
    assert (await seat.post(f"{BASE}/awareness", seen_revision=seen, **first)).status_code == 303
    second = {"decision": "risk_unlikely", "reasoning": "Second thoughts"}
    answer = await seat.post(f"{BASE}/clock-decision", seen_revision=seen, **second)
    assert answer.status_code == 409
    assert "Dipo Officer changed this clock" in answer.text
    assert "Second thoughts</textarea>" in answer.text
    fresh = people.hidden_fields(answer.text)["seen_revision"]
    assert (await seat.post(f"{BASE}/clock-decision", seen_revision=fresh, **second)).status_code == 303


async def test_pressing_twice_is_pressing_once(desk: Desk, seat: Seat, incident_id: UUID, now: datetime) -> None:
    presses = [
        ("awareness", typed("aware", now - timedelta(hours=5), aware_reason="Seen")),
        ("clock-decision", {"decision": "risk_unlikely", "reasoning": "Encrypted"}),
        ("clock-reopening", {"new_facts": "The key was with it"}),
        ("filings", typed("filed", now, authority_reference="AP-1")),
    ]
    for number, (place, fields) in enumerate(presses, 1):
        seen = await stamp(seat)
        for _ in range(2):
            assert (await seat.post(f"{BASE}/{place}", seen_revision=seen, **fields)).status_code == 303
        async with desk.database.read() as session:
            known = select(func.count()).where(HistoryEntry.incident_id == incident_id)
            assert await session.scalar(known) == number


async def test_words_for_a_form_that_is_gone_are_given_back(seat: Seat, now: datetime) -> None:
    seen = await stamp(seat)
    filing = typed("filed", now, authority_reference="AP-1")
    assert (await seat.post(f"{BASE}/filings", seen_revision=seen, **filing)).status_code == 303
    for place, name in (("clock-decision", "reasoning"), ("clock-reopening", "new_facts")):
        answer = await seat.post(f"{BASE}/{place}", seen_revision=seen, **{name: "Hours of work", "decision": "x"})
        assert answer.status_code == 409
        assert "Hours of work</textarea>" in answer.text


async def test_a_long_text_comes_back_whole(seat: Seat) -> None:
    long = "x" * 10_001
    fields = {"decision": "risk_unlikely", "reasoning": long}
    answer = await seat.post(f"{BASE}/clock-decision", seen_revision=await stamp(seat), **fields)
    assert answer.status_code == 422
    assert f"{long}</textarea>" in answer.text
    assert "Shorten the text" in answer.text


@pytest.mark.parametrize("role", [Role.READER, Role.RESPONDER])
async def test_only_the_dpo_and_administrators_sign(sit: Sit, incident_id: UUID, role: Role) -> None:
    seat = await sit(role)
    page = await seat.get(f"{BASE}/clock")
    assert page.status_code == 200
    assert "Sign and end the clock" not in page.text
    for place in ("awareness", "filings", "clock-decision", "clock-reopening"):
        assert (await seat.post(f"{BASE}/{place}")).status_code == 403


async def test_outsiders_see_nothing(sit: Sit, incident_id: UUID) -> None:
    assert (await (await sit()).get(f"{BASE}/clock")).status_code in {303, 401}


async def test_an_unknown_incident_is_not_found(seat: Seat) -> None:
    assert (await seat.get("/desk/incidents/IR-26-000000/clock")).status_code == 404


async def test_without_a_clock_the_page_says_what_starts_one(desk: Desk, seat: Seat, dpo: Member) -> None:
    async with desk.database.write() as session:
        await session.delete((await queries.case_of(session, REFERENCE, by=dpo)).clock)
    assert "starts the clock" in (await seat.get(f"{BASE}/clock")).text
    assert (await seat.post(f"{BASE}/filings", seen_revision="0-0-0-0-0")).status_code == 409
