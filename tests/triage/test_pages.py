"""The queue and the incident page, pressed as a browser presses them."""

import re
from datetime import datetime, timedelta

from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Incident, Member
from incidentdesk.triage.queries import PAGE
from incidentdesk.web.pages import Desk
from tests import people
from tests.people import Sit, hidden_fields
from tests.triage.conftest import stored
from tests.triage.reports import Told, done, file, fresh, reply

POSTS = ["taking", "owner", "severity", "title", "verdict", "messages", "notes", "closure", "reopening", "reading"]


def at(incident: Incident, noun: str = "") -> str:
    return f"/desk/incidents/{incident.reference}" + (f"/{noun}" if noun else "")


def textarea(html: str, name: str) -> str:
    found = re.search(rf'<textarea id="{name}"[^>]*>\n([^<]*)</textarea>', html)
    return found[1] if found else ""


async def test_the_incident_page_shows_the_report_as_it_was_told(
    desk: Desk, sit: Sit, rosa: Member, now: datetime
) -> None:
    incident = await file(desk, now=now)
    page = await (await sit(rosa)).get(at(incident))
    assert page.status_code == 200
    assert '<bdi lang="nl">Payroll file sent to the wrong supplier &lt;b&gt;today&lt;/b&gt;</bdi>' in page.text
    assert "Asked them to delete it · They say it is deleted" in page.text
    assert "Nel Melder" not in page.text
    for words in ("Show who reported it", "To the reporter", "Internal note", "Take a first look", "GDPR Art. 33"):
        assert words in page.text
    assert 'style="' not in page.text


async def test_the_queue_shows_time_words_and_the_next_step(desk: Desk, sit: Sit, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now - timedelta(hours=4, minutes=10))
    page = await (await sit(rosa)).get("/desk")
    assert page.status_code == 200
    row = page.text[page.text.index("<tbody>") : page.text.index("</tbody>")]
    for words in (
        "2 h 10 m late",
        'data-state="late"',
        "CET",
        "Take a first look by",
        incident.reference,
        "High",
        "New",
    ):
        assert words in row
    assert 'Needs a decision\n    <span class="count">1</span>' in page.text


async def test_the_queue_says_the_date_of_what_happened_long_ago(
    desk: Desk, sit: Sit, rosa: Member, now: datetime
) -> None:
    incident = await file(desk, now=now - timedelta(days=7))
    queue = (await (await sit(rosa)).get("/desk")).text
    updated = incident.updated_at.astimezone(desk.settings.zone)
    assert f">{updated:%a} {updated.day} " in queue
    assert f">{updated:%a %H:%M} " not in queue


async def test_an_empty_queue_says_what_to_do(desk: Desk, sit: Sit, rosa: Member, now: datetime) -> None:
    browser = await sit(rosa)
    assert "Send a test report" in (await browser.get("/desk")).text
    incident = await file(desk, now=now)
    empty = (await browser.get("/desk?view=closed")).text
    assert "Nothing has been closed yet." in empty
    assert "Next deadline:" in empty
    assert incident.reference in empty
    assert "Nothing here matches the filters." in (await browser.get("/desk?kind=lost")).text
    assert "No incident has the reference “IR-26-000000”." in (await browser.get("/desk?q=IR-26-000000")).text


async def test_the_next_page_starts_behind_the_last_row(desk: Desk, sit: Sit, rosa: Member, now: datetime) -> None:
    for number in range(PAGE + 1):
        await file(desk, Told(f"Number {number:02d}"), now=now + timedelta(seconds=number))
    browser = await sit(rosa)
    first = (await browser.get("/desk?kind=mail")).text
    onward = re.search(r'rel="next" href="([^"]+)"', first)
    assert onward is not None
    second = (await browser.get(onward[1].replace("&amp;", "&"))).text
    assert f"Number {PAGE:02d}" in second
    assert "Number 00" not in second
    assert 'rel="next"' not in second


async def test_an_outsider_is_led_to_the_sign_in(desk: Desk, sit: Sit, now: datetime) -> None:
    incident = await file(desk, now=now)
    outsider = await sit()
    for path in ("/desk", at(incident), at(incident, "verdict"), at(incident, "closure")):
        answer = await outsider.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/desk/sign-in?onward=%2Fdesk")
    for noun in POSTS:
        assert (await outsider.post(at(incident, noun))).status_code == 401
    assert await done(desk, incident) == []


async def test_a_reader_reads_and_nothing_else(desk: Desk, sit: Sit, now: datetime) -> None:
    hidden = await file(desk, now=now)
    reader = await sit(await stored(desk, people.member(Role.READER, now=now)))
    page = await reader.get(at(hidden))
    assert page.status_code == 200
    assert "Nel Melder" not in page.text
    assert 'action="/desk/incidents' not in page.text
    assert "Show who reported it" not in page.text
    for noun in POSTS:
        assert (await reader.post(at(hidden, noun), severity="1", seen_severity="2", note="n")).status_code == 403
    assert (await reader.get(at(hidden, "verdict"))).status_code == 403
    assert await done(desk, hidden) == []


async def test_a_post_without_the_session_token_is_refused(desk: Desk, sit: Sit, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    browser = await sit(rosa)
    answer = await browser.client.post(at(incident, "taking"), data={"seen_owner": ""})
    assert answer.status_code == 403
    assert await done(desk, incident) == []


async def test_every_button_is_one_post_and_one_entry(desk: Desk, sit: Sit, rosa: Member, now: datetime) -> None:
    incident = await file(desk, Told(email="nel@example.org"), now=now)
    browser = await sit(rosa)
    await reply(desk, incident, "More", now=now)
    seen = hidden_fields((await browser.get(at(incident))).text)["seen_reply"]
    presses: list[tuple[str, dict[str, str]]] = [
        ("reading", {"seen_reply": seen}),
        ("taking", {"seen_owner": ""}),
        ("severity", {"severity": "1", "seen_severity": "2"}),
        ("owner", {"owner": "none", "seen_owner": str(rosa.id)}),
        ("title", {"title": "Better", "seen_title": incident.title}),
        ("messages", {"message": "Hello", "form_id": "a"}),
        ("notes", {"note": "Called", "form_id": "a"}),
        ("verdict", {"verdict": "security_incident", "reason": "r", "seen_verdict": "", "form_id": "b"}),
        ("closure", {"outcome": "resolved", "seen_status": "handling", "form_id": "c"}),
        ("reopening", {"reason": "again"}),
    ]
    for number, (noun, fields) in enumerate(presses, 1):
        answer = await browser.post(at(incident, noun), **fields)
        assert (answer.status_code, answer.headers["location"]) == (303, at(incident))
        assert len(await done(desk, incident)) == number
    assert (await browser.get(at(incident))).status_code == 200


async def test_two_people_taking_at_once(desk: Desk, sit: Sit, rosa: Member, dipo: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    first, second = await sit(rosa), await sit(dipo)
    assert (await first.post(at(incident, "taking"), seen_owner="")).status_code == 303
    lost = await second.post(at(incident, "taking"), seen_owner="")
    assert lost.status_code == 409
    assert "Rosa Ponder changed “Owner” from “nobody” to “Rosa Ponder”" in lost.text
    again = hidden_fields(lost.text)
    assert again["seen_owner"] == str(rosa.id)
    left = await second.post(at(incident, "taking"), seen_owner=str(rosa.id), keep="theirs")
    assert left.status_code == 303
    assert (await fresh(desk, incident)).owner_id == rosa.id
    await second.post(at(incident, "taking"), seen_owner=str(rosa.id), keep="mine")
    assert (await fresh(desk, incident)).owner_id == dipo.id


async def test_a_stale_severity_shows_both_values(
    desk: Desk, sit: Sit, rosa: Member, dipo: Member, now: datetime
) -> None:
    incident = await file(desk, now=now)
    first, second = await sit(rosa), await sit(dipo)
    await first.post(at(incident, "severity"), severity="1", seen_severity="2")
    lost = await second.post(at(incident, "severity"), severity="3", seen_severity="2")
    assert lost.status_code == 409
    assert "Rosa Ponder changed “Severity” from “2 High” to “1 Critical” at" in lost.text
    assert (hidden_fields(lost.text)["severity"], hidden_fields(lost.text)["seen_severity"]) == ("3", "1")
    left = await second.post(at(incident, "severity"), severity="3", seen_severity="1", keep="theirs")
    assert (left.status_code, (await fresh(desk, incident)).severity) == (303, 1)
    await second.post(at(incident, "severity"), severity="3", seen_severity="1", keep="mine")
    assert (await fresh(desk, incident)).severity == 3
    assert len(await done(desk, incident)) == 2


async def test_a_stale_decision_keeps_every_word(
    desk: Desk, sit: Sit, rosa: Member, dipo: Member, now: datetime
) -> None:
    incident = await file(desk, now=now)
    first, second = await sit(rosa), await sit(dipo)
    await first.post(at(incident, "verdict"), verdict="personal_data_breach", seen_verdict="", form_id="a")
    written = {"reason": "The disk was encrypted.", "message": "No worries.", "form_id": "b"}
    lost = await second.post(at(incident, "verdict"), verdict="security_incident", seen_verdict="", **written)
    assert lost.status_code == 409
    assert textarea(lost.text, "reason") == "The disk was encrypted."
    assert textarea(lost.text, "message") == "No worries."
    again = {**hidden_fields(lost.text), **written}
    again.pop("csrf")
    left = await second.post(at(incident, "verdict"), **again, keep="theirs")
    assert left.status_code == 200
    assert textarea(left.text, "note") == "The disk was encrypted."
    assert textarea(left.text, "message") == "No worries."
    assert (await second.post(at(incident, "verdict"), **again, keep="mine")).status_code == 303
    assert (await fresh(desk, incident)).verdict == "security_incident"


async def test_an_unusable_text_comes_back(desk: Desk, sit: Sit, rosa: Member, now: datetime) -> None:
    incident, long = await file(desk, now=now), "x" * 10_001
    browser = await sit(rosa)
    for noun, words in (("note", "Write the note"), ("message", "Write what the reporter should read")):
        empty = await browser.post(at(incident, f"{noun}s"), **{noun: " "})
        assert empty.status_code == 422
        assert words in empty.text
        assert "<title>Error:" in empty.text
        answer = await browser.post(at(incident, f"{noun}s"), **{noun: long})
        assert (answer.status_code, textarea(answer.text, noun)) == (422, long)
    assert await done(desk, incident) == []
