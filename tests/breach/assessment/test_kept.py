"""What a signature under an assessment rests on: shown before and after it, and asked for anew when it is not so any more."""

from datetime import datetime
from uuid import UUID

import pytest

from incidentdesk.tables import AssessmentDecision, Report, fetch_keys
from incidentdesk.web.pages import Desk
from tests.breach.assessment.test_pages import BASE, HAPPENED, NOTIFY, REGISTER, page, press, seen
from tests.people import Seat

# What a page asks and says of what it was sent.
pytestmark = pytest.mark.either_database


async def test_a_signature_shows_what_it_rests_on_and_what_nobody_had_answered_or_checked(
    seat: Seat, report_id: UUID
) -> None:
    await press(seat, "happened", **HAPPENED)
    rests = (await page(seat)).partition('id="decision"')[2]
    assert "Checked by nobody of the desk: block 3, 4, 5." in rests
    assert "Your signature keeps with it" in rests
    await press(seat, "assessment-decision", **REGISTER)
    await press(seat, "consequences", consequences=["none"], account_takeover="no")
    signed = (await page(seat)).partition('id="decision-')[2].partition("</li></ul>")[0]
    assert "Tell the authority: <strong>Not known enough" in signed
    assert "block 3, 4, 5." in signed
    assert "What happened to the people, or is likely to? <strong>(would tell)" in signed


async def test_facts_that_went_away_stop_a_signature_and_ask_for_a_new_one(
    desk: Desk, seat: Seat, report_id: UUID
) -> None:
    await press(seat, "happened", **HAPPENED)
    await press(seat, "assessment-decision", **NOTIFY)
    text = await page(seat)
    assert "To look at again" not in text
    async with desk.database.write() as session:
        await session.delete(await session.get_one(Report, report_id))
    answer = await seat.post(f"{BASE}/assessment-decision", seen_revision=seen(text, "assessment-decision"), **REGISTER)
    assert answer.status_code == 409
    assert "The facts are not those any more that were signed" in answer.text
    assert await press(seat, "assessment-decision", **NOTIFY) == 303
    assert "To look at again" not in await page(seat)


async def test_a_decision_of_before_shows_each_question_that_was_open_when_it_was_signed(
    desk: Desk, seat: Seat, incident_id: UUID, now: datetime
) -> None:
    assert seat.member is not None
    before = {"authority": "yes", "people": "no", "missing": ["impersonation", "serious", "people", "data"]}
    async with desk.database.write() as session:
        await fetch_keys(session, [incident_id])
        signed = {"member_id": seat.member.id, "signed_at": now, "reasoning": "Sent to many"}
        session.add(AssessmentDecision(incident_id=incident_id, kind="authority", proposal=before, **signed))
    shown = (await page(seat)).partition('id="decision-')[2].partition("</li></ul>")[0]
    assert "4 questions without an answer" in shown
    assert "Can somebody act in their names?" in shown
