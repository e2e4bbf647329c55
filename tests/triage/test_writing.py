"""Writing, deciding and closing through their pages: drafts, refusals, the timeline."""

from datetime import datetime

import pytest

from incidentdesk.rules.lifecycle import Status
from incidentdesk.tables import Member, Message, Note, OutboxMail, new_id
from incidentdesk.tables.mail import MailState
from incidentdesk.web.pages import Desk
from tests.people import Sit, hidden_fields
from tests.triage.reports import Told, done, file, fresh, reply, rows
from tests.triage.test_pages import at, textarea

# What a page asks and says of what it was sent; what is stored and found is tried with the actions and the story.
pytestmark = pytest.mark.either_database


async def test_a_double_press_writes_one_note_and_one_message(
    desk: Desk, sit: Sit, rosa: Member, now: datetime
) -> None:
    incident = await file(desk, now=now)
    browser = await sit(rosa)
    form_id = hidden_fields((await browser.get(at(incident))).text)["form_id"]
    for _ in range(2):
        assert (await browser.post(at(incident, "notes"), note="Called", form_id=form_id)).status_code == 303
        sent = await browser.post(at(incident, "messages"), message="Who?", form_id=form_id, intent="ask")
        assert sent.status_code == 303
    assert len(await rows(desk, Note, incident)) == len(await rows(desk, Message, incident)) == 1
    assert (await fresh(desk, incident)).status is Status.WAITING
    assert len(await done(desk, incident)) == 2


async def test_the_two_boxes_cannot_be_mixed_up(desk: Desk, sit: Sit, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    browser = await sit(rosa)
    page = (await browser.get(at(incident))).text
    assert f'action="{at(incident, "messages")}" class="to-reporter"' in page
    assert f'action="{at(incident, "notes")}" class="internal"' in page
    assert (await browser.post(at(incident, "notes"), message="For the reporter")).status_code == 422
    assert (await browser.post(at(incident, "messages"), note="For us")).status_code == 422
    assert await rows(desk, Message, incident) == await rows(desk, Note, incident) == []


async def test_the_decision_page_starts_with_a_draft_in_the_reporters_language(
    desk: Desk, sit: Sit, rosa: Member, now: datetime
) -> None:
    incident = await file(desk, now=now)
    browser = await sit(rosa)
    page = await browser.get(at(incident, "verdict?as=not_an_incident"))
    assert page.status_code == 200
    assert "ends the clock of the authority" in page.text
    assert len(textarea(page.text, "message").splitlines()) == 5
    refused = await browser.post(at(incident, "verdict"), verdict="not_an_incident", message="My own words")
    assert refused.status_code == 422
    assert "Write why, in a sentence or more" in refused.text
    assert "Choose how it ended" in refused.text
    assert textarea(refused.text, "message") == "My own words"
    assert (await browser.post(at(incident, "verdict"), verdict="?")).status_code == 422
    assert await done(desk, incident) == []


async def test_a_breach_after_a_signature_asks_for_the_new_facts(
    desk: Desk, sit: Sit, rosa: Member, now: datetime
) -> None:
    incident = await file(desk, now=now)
    browser = await sit(rosa)
    signed = {"verdict": "security_incident", "seen_verdict": "", "reason": "Encrypted.", "form_id": "a"}
    assert (await browser.post(at(incident, "verdict"), **signed)).status_code == 303
    breach = {"verdict": "personal_data_breach", "seen_verdict": "security_incident", "form_id": "b"}
    assert 'name="reason"' in (await browser.get(at(incident, "verdict?as=personal_data_breach"))).text
    assert 'name="reason"' not in (await browser.get(at(incident, "verdict?as=breach"))).text
    refused = await browser.post(at(incident, "verdict"), **breach)
    assert refused.status_code == 422
    assert "Write why" in refused.text
    assert (await browser.post(at(incident, "verdict"), **breach, reason="The key was lost.")).status_code == 303


async def test_closing_says_what_stands_in_the_way(desk: Desk, sit: Sit, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    browser = await sit(rosa)
    assert "Nobody has decided what it is." in (await browser.get(at(incident, "closure"))).text
    pressed = {"outcome": "resolved", "seen_status": "new", "message": "Bye", "form_id": "a"}
    refused = await browser.post(at(incident, "closure"), **pressed)
    assert refused.status_code == 409
    assert "A duty still runs. It ends when it is met or by a signed decision" in refused.text
    assert f'<a href="{at(incident, "duties")}">All duties</a>' in refused.text
    assert (await browser.get(at(incident, "duties"))).status_code == 200
    assert textarea(refused.text, "message") == "Bye"
    assert (await browser.post(at(incident, "closure"), message="Bye")).status_code == 422
    assert await done(desk, incident) == []


async def test_a_closed_incident_is_reopened_from_its_page(
    desk: Desk, sit: Sit, rosa: Member, dipo: Member, now: datetime
) -> None:
    incident = await file(desk, now=now)
    browser, other = await sit(rosa), await sit(dipo)
    signed = {"verdict": "security_incident", "seen_verdict": "", "reason": "Encrypted.", "form_id": "a"}
    await browser.post(at(incident, "verdict"), **signed)
    closing = {"outcome": "resolved", "seen_status": "handling", "message": "Bye", "form_id": "b"}
    assert (await browser.post(at(incident, "closure"), **closing)).status_code == 303
    lost = await other.post(at(incident, "closure"), **closing)
    assert lost.status_code == 409
    assert textarea(lost.text, "message") == "Bye"
    kept = await other.post(at(incident, "closure"), **closing, keep="theirs")
    assert (kept.status_code, textarea(kept.text, "message")) == (200, "Bye")
    assert "Open it again" in (await browser.get(at(incident))).text
    assert (await browser.post(at(incident, "reopening"))).status_code == 422
    assert (await browser.post(at(incident, "reopening"), reason="A second report")).status_code == 303
    late = await other.post(at(incident, "reopening"), reason="Me too")
    assert (late.status_code, textarea(late.text, "reason")) == (409, "Me too")


async def test_the_timeline_shows_everything_once(desk: Desk, sit: Sit, rosa: Member, now: datetime) -> None:
    incident = await file(desk, Told(email="nel@example.org"), now=now)
    browser = await sit(rosa)
    await reply(desk, incident, "They called back", now=now)
    await browser.post(at(incident, "notes"), note="Only for us", form_id="a")
    await browser.post(at(incident, "messages"), message="Thank you", form_id="a")
    await browser.post(at(incident, "severity"), severity="1", seen_severity="2")
    await fail_a_mail(desk, incident.id, rosa, now=now)
    everything = (await browser.get(at(incident))).text
    for words in ("They called back", "Only for us", "Thank you", "<del>2 High</del> → 1 Critical"):
        assert everything.count(words) == 1
    assert "Mail to Rosa Ponder (alert: nobody has taken it) – FAILED" in everything
    assert "Mail to The reporter (there is an answer) – waiting" in everything
    expected = {"people": "Only for us", "decisions": "<del>2 High</del>", "mail": "FAILED"}
    for shown in expected:
        page = (await browser.get(at(incident, f"?show={shown}").replace("/?", "?"))).text
        assert [name for name, words in expected.items() if words in page] == [shown]


async def fail_a_mail(desk: Desk, incident_id: object, to: Member, *, now: datetime) -> None:
    mail = OutboxMail(
        dedupe="act",
        letter="act",
        incident_id=incident_id,
        member_id=to.id,
        created_at=now,
        due_at=now,
        give_up_at=now,
        state=MailState.DEAD,
        message_id=new_id().hex,
        answer="550 no such mailbox",
    )
    async with desk.database.write() as session:
        session.add(mail)


async def test_the_page_offers_nothing_that_would_be_refused(desk: Desk, sit: Sit, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    browser = await sit(rosa)
    assert at(incident, "taking") in (await browser.get(at(incident))).text
    await browser.post(at(incident, "taking"), seen_owner="")
    page = (await browser.get(at(incident))).text
    assert at(incident, "taking") not in page
    assert at(incident, "closure") not in page
    assert (await browser.get("/desk/incidents/IR-26-000000")).status_code == 404
    assert (await browser.post(at(incident, "owner"), owner="nobody")).status_code == 422
    assert (await browser.post(at(incident, "severity"), severity="9")).status_code == 422
    assert (await browser.post(at(incident, "title"), title="x" * 121)).status_code == 422


async def test_who_only_reads_a_new_report_can_say_so(desk: Desk, sit: Sit, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    browser = await sit(rosa)
    assert f'action="{at(incident, "reading")}"' in (await browser.get(at(incident))).text
    assert (await browser.post(at(incident, "reading"))).status_code == 303
    assert (await fresh(desk, incident)).read_at is not None
    assert at(incident, "reading") not in (await browser.get(at(incident))).text
