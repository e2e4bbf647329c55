"""The draft over HTTP: what is missing at one glance, and the way from a proposal to a filed notification."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from incidentdesk.rules.permissions import Role
from incidentdesk.tables import AssessmentBlock, AssessmentDecision, Member
from incidentdesk.web.pages import Desk
from tests.assessed import press
from tests.breach.conftest import REFERENCE
from tests.breach.notification.desk import BASE, Drafting, fix_awareness
from tests.people import Sit

# What a page asks and says of what it was sent; what is stored and found is tried with the actions and the story.
pytestmark = pytest.mark.either_database


async def test_the_draft_fills_itself_and_vouches_for_nothing(drafting: Drafting) -> None:
    page = await drafting.page()
    for words in ("I mailed the payroll file", "from the report", "101-1000", "Employees", "Sent by mistake"):
        assert words in page
    found = await drafting.counts()
    assert found["Ready"] <= 3
    assert found["To check"] > 8
    assert found["Missing"] > 10
    assert "Nothing kept yet" in page


async def test_what_is_missing_leads_to_where_it_is_mended(drafting: Drafting) -> None:
    page = await drafting.page()
    assert f'href="{BASE}/sections/organisation#org_contact"' in page
    # The first of them is one press away, and the figure says how many cannot wait.
    assert f'class="button primary" href="{BASE}/sections/organisation#org_contact">Fill in: Address' in page
    assert "2 must be filled in" in page.split("<dd><b>")[1]
    assert re.search(r"of \d+ that AP asks for", page)
    assert 'id="org_contact"' in (await drafting.seat.get(f"{BASE}/sections/organisation")).text
    # Awareness is fixed on a page of its own, and nowhere else.
    assert f'href="/desk/incidents/{REFERENCE}/awareness">When we became aware' in page
    assert "Sign this version" not in page


async def test_it_is_seen_at_a_glance_what_the_chosen_authority_asks_for(drafting: Drafting) -> None:
    everything = (await drafting.counts())["Missing"]
    page = await drafting.page()
    assert "Asked by <strong>AP</strong>, EDPB" in page
    assert "probably <strong>AP</strong>, " in page
    out = page[page.index('id="left-out"') :]
    assert "21 fields that Autoriteit Persoonsgegevens does not ask for" in out
    assert "Systems, services and places concerned" in out
    await drafting.press("choice", form="FR-CNIL", phase="preliminary")
    assert (await drafting.counts())["Missing"] < everything
    french = await drafting.page()
    assert "by the law itself" in french
    assert "For how long it went on</a>" not in french[: french.index('id="left-out"')]
    # What is not asked keeps its words for whom it may be asked by.
    assert "For how long it went on" in french[french.index('id="left-out"') :]
    assert "Asked by <strong>CNIL</strong>, EDPB" in (await drafting.seat.get(f"{BASE}/sections/people")).text


async def test_from_a_proposal_to_a_filed_notification(drafting: Drafting, now: datetime) -> None:
    await fix_awareness(drafting.seat, now - timedelta(hours=5))
    await drafting.finish()
    assert "Nothing is missing: it can be signed" in await drafting.page()
    await drafting.sign()
    assert "hand it in, then record it" in await drafting.page()
    assert (await drafting.file(now)).status_code == 303
    page = await drafting.page()
    for words in ("was filed", "AP-77", "Begin the next version", "Begin the withdrawal", "done after 5 h"):
        assert words in page
    assert "in time" in (await drafting.seat.get(f"/desk/incidents/{REFERENCE}/clock")).text


async def test_a_provisional_clock_must_be_fixed_before_anybody_signs(drafting: Drafting) -> None:
    await drafting.finish()
    assert (await drafting.counts())["To check"] == 1
    assert (await drafting.press("signature")).status_code == 409
    assert "it can be signed" not in await drafting.page()


@pytest.mark.parametrize("hours", [72.25, 80])
async def test_a_late_filing_needs_its_reasons_also_before_the_latest_arguable(
    drafting: Drafting, now: datetime, hours: float
) -> None:
    await fix_awareness(drafting.seat, now - timedelta(hours=hours))
    assert "Reasons for the delay" in await drafting.page()
    await drafting.fill("timeline", delay_reason="The mailbox was not read", breach_period_kind="day")
    await drafting.finish()
    await drafting.sign()
    refused = await drafting.file(now, reason_for_delay="")
    assert refused.status_code == 422
    assert "write the reasons for the delay" in refused.text
    assert 'value="AP-77"' in refused.text
    # The draft's own reasons stand in the form already.
    assert "The mailbox was not read</textarea>" in await drafting.page()
    assert (await drafting.file(now, reason_for_delay="The mailbox was not read")).status_code == 303


async def test_without_its_reasons_a_late_notification_cannot_be_signed(drafting: Drafting, now: datetime) -> None:
    await fix_awareness(drafting.seat, now - timedelta(hours=80))
    await drafting.finish()
    assert (await drafting.press("signature")).status_code == 409


async def test_a_section_keeps_what_was_typed_when_something_is_amiss(drafting: Drafting) -> None:
    sent = {"subject_count": "exact", "subject_count-words": "some", "record_count-words": "9-3"}
    answer = await drafting.fill("people", **sent)
    assert answer.status_code == 422
    for words in (
        "<title>Error:",
        'href="#subject_count"',
        "Give a number such as 180",
        'value="some"',
        "smaller number first",
    ):
        assert words in answer.text
    assert "Nothing kept yet" in await drafting.page()
    assert (await drafting.fill("people", **{"subject_count-words": "1.200 – 1 500"})).status_code == 303
    assert "1200-1500" in await drafting.page()


@pytest.mark.parametrize(
    "section, changes",
    [
        ("happened", {"what_happened": "x" * 10_001}),
        ("organisation", {"org_name": "x" * 301}),
        ("timeline", {"discovery": "processor", "told_by_other_on": "yesterday"}),
    ],
)
async def test_too_much_and_unreadable_is_refused(drafting: Drafting, section: str, changes: dict[str, Any]) -> None:
    await drafting.press("choice", form="EDPB", phase="complete")
    await drafting.fill("timeline", discovery="processor")
    answer = await drafting.fill(section, **changes)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text


async def test_what_nobody_offered_is_not_kept(drafting: Drafting) -> None:
    sent = {"nature_cia": ["integrity", "everything"], "aware_at": "2020-01-01", "song": "la la"}
    assert (await drafting.fill("happened", **sent)).status_code == 303
    page = await drafting.page()
    assert "Integrity: they were changed" in page
    assert "2020-01-01" not in page
    assert (await drafting.press("choice", form="NL-AP", phase="withdrawal")).status_code == 409
    assert (await drafting.press("choice", form="XX", phase="complete")).status_code == 409
    late = await drafting.press("choice", form="IE-DPC", phase="complete", seen_revision="9-9")
    assert late.status_code == 409
    assert late.text.count('value="IE-DPC" selected') == late.text.count('value="complete" selected') == 1
    assert (await drafting.seat.get(f"{BASE}/sections/song")).status_code == 404


async def test_two_people_write_two_sections_and_neither_loses(drafting: Drafting, sit: Sit) -> None:
    other = Drafting(await sit(Role.ADMINISTRATOR))
    sections = [f"{BASE}/sections/{name}" for name in ("happened", "organisation")]
    fields = {"csrf": drafting.seat.csrf, "seen_version": "0"}
    assert (await other.fill("organisation", org_contact="Main street 1")).status_code == 303
    assert (await drafting.seat.post(sections[0], **fields, what_happened="It was mailed")).status_code == 303
    stale = await drafting.seat.post(sections[1], **fields, org_contact="Side street 2")
    assert stale.status_code == 409
    for words in ("Side street 2", "Main street 1", "while you were typing"):
        assert words in stale.text
    page = await drafting.page()
    assert "Main street 1" in page
    assert "It was mailed" in page


async def test_a_button_of_a_page_that_is_out_of_date_does_nothing(drafting: Drafting) -> None:
    seen = await drafting.stamp()
    await drafting.fill("happened", what_happened="It was mailed")
    for button in ("checks", "later", "signature", "filings", "amendment"):
        answer = await drafting.press(button, seen_revision=seen)
        assert answer.status_code in {409, 422}, button
    assert len(re.findall(r"Version \d</a>", await drafting.page())) == 1


async def test_what_the_complete_one_lacks_is_what_a_preliminary_one_may_leave_open(drafting: Drafting) -> None:
    await drafting.finish()
    open_before = (await drafting.counts())["Not yet known"]
    assert open_before > 5
    assert (await drafting.press("choice", form="EDPB", phase="complete")).status_code == 303
    found = await drafting.counts()
    assert found["Not yet known"] == 0
    assert found["Missing"] >= open_before
    assert "The rest is not yet known" not in await drafting.page()


async def test_an_emptied_field_stays_empty_and_a_changed_one_is_its_writers(drafting: Drafting) -> None:
    await drafting.fill("people", subject_categories=[], **{"subject_count-words": "150"})
    page = (await drafting.seat.get(f"{BASE}/sections/people")).text
    assert not re.search(r'value="employees" checked', page)
    assert "written here, checked by Dipo Officer" in page


async def test_a_reader_looks_and_presses_nothing(drafting: Drafting, sit: Sit) -> None:
    reader = Drafting(await sit(Role.READER))
    page = await reader.page()
    assert "I mailed the payroll file" in page
    assert '<form method="post" action="/desk/incidents/' not in page
    assert "Reda Only" not in page.split("<main")[1]
    for place in ("checks", "signature", "filings", "sections/people"):
        assert (await reader.seat.post(f"{BASE}/{place}")).status_code == 403


async def test_what_a_person_assessed_and_signed_needs_nobody_to_check_it_again(
    drafting: Drafting, desk: Desk, dpo: Member, incident_id: UUID, now: datetime
) -> None:
    about: dict[str, Any] = {"incident_id": incident_id, "member_id": dpo.id}
    answers = {"data": ["health", "employment"], "subjects_affected": [100, 150], "confidentiality": True}
    answers |= {"intent": "accidental_internal", "encrypted": "none", "consequences": ["fraud", "boredom"]}
    async with desk.database.write() as session:
        session.add(AssessmentBlock(block="people", answers=answers, note="", saved_at=now, **about))
        session.add(AssessmentDecision(kind="people", reasoning="Health", proposal={}, signed_at=now, **about))
    await drafting.press("choice", form="EDPB", phase="preliminary")
    page = await drafting.page()
    for words in (
        "About 100-150",
        "Health; Other",
        "From inside, not meant",
        "High risk likely",
        "Fraud",
        "from the assessment, checked by Dipo",
    ):
        assert words in page


@pytest.mark.parametrize(
    "typed,told",
    [("213", "213"), ("213 forms", "About 213"), ("100-150", "About 100-150"), ("several thousand", ""), (">1000", "")],
)
async def test_the_number_of_people_that_was_saved_on_the_page_stands_in_the_draft(
    drafting: Drafting, typed: str, told: str
) -> None:
    await press(drafting.seat, REFERENCE, "people", subjects_affected=typed)
    line = (await drafting.page()).split('id="line-subject_count"')[1].split("</div>")[0]
    assert (f'<bdi class="given">{told}</bdi>' in line) is bool(told)
    assert ("from the assessment, checked by Dipo" in line) is bool(told)


async def test_a_decision_that_is_to_be_looked_at_again_vouches_for_nothing(drafting: Drafting) -> None:
    await drafting.press("choice", form="EDPB", phase="preliminary")
    await press(drafting.seat, REFERENCE, "assessment-decision", kind="authority", reasoning="A stranger has it")
    line = (await drafting.page()).split('id="line-risk_outcome"')[1].split("</div>")[0]
    assert "checked by Dipo" in line
    await press(drafting.seat, REFERENCE, "people", subjects_affected="300000")
    line = (await drafting.page()).split('id="line-risk_outcome"')[1].split("</div>")[0]
    assert ("from the assessment" in line, "checked by Dipo" in line) == (True, False)
