"""The reporter's own page: the code travels in posted forms, and nobody else gets in."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from incidentdesk import clock
from incidentdesk.intake import reporter_pages
from incidentdesk.rules.lifecycle import Outcome, Status, Verdict
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Clock, Incident, Message, Report
from incidentdesk.web.pages import Desk
from tests import people
from tests.intake.visitor import Visitor, code_in, form_fields, send
from tests.opened import opened
from tests.people import Sit


@pytest.fixture
async def reporter(sit: Sit) -> Visitor:
    """Somebody who reported, with the confirmation before them."""
    return await send(await sit(), kind="phish", ongoing="no")


async def change(desk: Desk, **values: Any) -> None:
    async with desk.database.write() as session:
        await session.execute(update(Incident).values(**values))


async def messages(desk: Desk) -> list[str]:
    async with desk.database.read() as session:
        return [message.body for message in await opened(session, select(Message))]


async def test_the_confirmation_says_what_comes_next(reporter: Visitor) -> None:
    assert "A person reads it" in reporter.html
    assert "We answer you" in reporter.html
    assert "Do not delete the message" in reporter.html, "first aid for this kind"
    assert "<svg viewBox=" in reporter.html
    assert "style=" not in reporter.html


async def test_the_code_is_nowhere_but_with_its_reporter(reporter: Visitor, desk: Desk) -> None:
    code = code_in(reporter.html)
    async with desk.database.read() as session:
        report = (await session.scalars(select(Report))).one()
    assert code not in str(vars(report))
    assert report.code_hash == desk.vault.hash("code", code)
    assert not re.search(r'(href|action|src)="[^"]*\d{25}', reporter.html)


@pytest.mark.parametrize("shape", ["{0}", "Code: {1}.", "{2}", " {1}\n", "Acme " * 200 + "{1}"])
async def test_the_code_works_however_it_is_pasted(reporter: Visitor, shape: str) -> None:
    code = code_in(reporter.html)
    groups = [code[at : at + 5] for at in range(0, 25, 5)]
    typed = shape.format(code, " ".join(groups), "-".join(groups))
    assert "Your report" in (await reporter.seat.post("/r", code=typed)).text


async def test_a_wrong_code_and_an_unknown_one_get_the_same_answer(reporter: Visitor) -> None:
    answers = [(await reporter.seat.post("/r", code=typed)) for typed in ("123", "0" * 25, "", "<b>")]
    assert {answer.status_code for answer in answers} == {422}
    texts = {re.sub(r'value="[^"]*"|data-now="[^"]*"', "", answer.text) for answer in answers}
    assert len(texts) == 1


@pytest.mark.parametrize("path", ["/r/saved", "/r/messages", "/r/contact", "/r/code.txt"])
async def test_no_other_door_opens_without_the_code(reporter: Visitor, path: str) -> None:
    answer = await reporter.seat.post(path, code="1" * 25, body="my long text", reach="code")
    assert answer.status_code == 422
    assert "We do not know this code" in answer.text
    assert "my long text" in answer.text


async def test_much_guessing_is_logged_once(reporter: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    monkeypatch.setattr(reporter_pages, "GUESSES_WORTH_A_WORD", 2)
    for _ in range(3):
        await reporter.seat.post("/r", code="1" * 25)
    assert caplog.text.count("guessing private codes") == 1


async def test_the_code_is_shown_until_it_is_saved(reporter: Visitor) -> None:
    code = code_in(reporter.html)
    assert "Your private code" in (await reporter.submit("/r")).text
    assert "Your private code" not in (await reporter.seat.post("/r/saved", code=code)).text
    assert "Your private code" not in (await reporter.seat.post("/r", code=code)).text


async def test_the_code_as_a_file(reporter: Visitor, desk: Desk) -> None:
    code = code_in(reporter.html)
    answer = await reporter.seat.post("/r/code.txt", code=code)
    assert answer.headers["content-disposition"].startswith('attachment; filename="IR-')
    assert " ".join(re.findall(".....", code)) in answer.text
    assert f"http://desk.test/r#{code}" in answer.text


async def test_a_message_arrives_once(reporter: Visitor, desk: Desk) -> None:
    await reporter.submit("/r")
    before = reporter.answer
    for _ in range(2):
        reporter.answer = before
        await reporter.submit("/r/messages", body="One <i>more</i> thing")
    assert "Your message is with the desk" in reporter.html
    assert "One &lt;i&gt;more&lt;/i&gt; thing" in reporter.html
    assert await messages(desk) == ["One <i>more</i> thing"]


async def test_an_empty_message_is_not_sent(reporter: Visitor, desk: Desk) -> None:
    await reporter.submit("/r")
    assert (await reporter.submit("/r/messages", body=" ")).status_code == 422
    assert '<a href="#body">Write your message first' in reporter.html
    assert await messages(desk) == []


async def test_a_message_from_a_page_we_do_not_know_comes_back(reporter: Visitor, desk: Desk) -> None:
    await reporter.submit("/r")
    await reporter.submit("/r/messages", body="keep me", form="")
    assert "please press Send once more" in reporter.html
    assert "keep me</textarea>" in reporter.html
    await reporter.submit("/r/messages", body="keep me")
    assert await messages(desk) == ["keep me"]


async def test_messages_have_a_limit_and_the_text_comes_back(
    reporter: Visitor, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporter_pages, "MESSAGES", 0)
    await reporter.submit("/r")
    assert (await reporter.submit("/r/messages", body="much too much")).status_code == 429
    assert "much too much" in reporter.html
    assert await messages(desk) == []


async def test_who_writes_after_the_end_is_worked_for_again(reporter: Visitor, desk: Desk) -> None:
    long_ago = clock.now() - timedelta(days=9)
    values = {"read_at": long_ago, "closed_at": long_ago, "outcome": Outcome.RESOLVED}
    await change(desk, status=Status.CLOSED, verdict=Verdict.SECURITY_INCIDENT, **values)
    async with desk.database.write() as session:
        await session.execute(update(Clock).values(ended_at=long_ago, ended_by="incident.closed"))
        await session.execute(update(Report).values(answer_promised_at=long_ago))
    assert 'aria-current="step">Finished' in (await reporter.submit("/r")).text
    await reporter.submit("/r/messages", body="It came back")
    assert 'aria-current="step">We are working on it' in reporter.html
    assert "Your message is with the desk." in reporter.html
    assert "later than we promised" not in reporter.html, "the answer we promised was that it was finished"


async def test_another_way_to_be_reached(reporter: Visitor, desk: Desk) -> None:
    await reporter.submit("/r")
    before = reporter.answer
    assert (await reporter.submit("/r/contact", reach="phone", phone="?")).status_code == 422
    assert '<a href="#phone">Write your phone number' in reporter.html
    reporter.answer = before
    await reporter.submit("/r/contact", reach="phone", phone="020 123 4567")
    assert "Your change is saved" in reporter.html
    async with desk.database.read() as session:
        [report] = await opened(session, select(Report))
    assert report.identity == {"reach": "phone", "phone": "020 123 4567"}


@pytest.mark.parametrize(
    "values, words",
    [
        ({}, "A person reads it before"),
        ({"read_at": clock.now()}, "A person has read your report. We answer you before"),
        ({"status": Status.HANDLING}, "We are working on it. We answer you before"),
        ({"status": Status.CLOSED, "outcome": Outcome.TEST}, "It was a test"),
        ({"status": Status.CLOSED, "outcome": None}, "We are finished with your report"),
    ],
)
async def test_where_it_stands(reporter: Visitor, desk: Desk, values: dict[str, Any], words: str) -> None:
    if values:
        await change(desk, **values)
    assert words in (await reporter.submit("/r")).text


@pytest.mark.parametrize("values", [{}, {"status": Status.ASSESSING}])
async def test_a_broken_promise_is_admitted(
    reporter: Visitor, desk: Desk, monkeypatch: pytest.MonkeyPatch, values: dict[str, Any]
) -> None:
    if values:
        await change(desk, **values)
    later = clock.now() + timedelta(days=30)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "We are later than we promised" in (await reporter.submit("/r")).text


async def test_the_desks_answer_is_shown_without_a_name(reporter: Visitor, desk: Desk) -> None:
    async with desk.database.write() as session:
        report = (await session.scalars(select(Report))).one()
        member = people.member(Role.RESPONDER, now=clock.now())
        session.add(member)
        await session.flush()
        ids: dict[str, UUID] = {"report_id": report.id, "incident_id": report.incident_id, "member_id": member.id}
        session.add(Message(**ids, written_at=clock.now(), body="Did it arrive?", form_hash="x"))
    await reporter.submit("/r")
    assert "Did it arrive?" in reporter.html
    assert "The desk" in reporter.html
    assert "Rosa" not in reporter.html


async def test_the_page_carries_the_language(reporter: Visitor) -> None:
    await reporter.submit("/r", lang="nl")
    assert '<html lang="nl"' in reporter.html
    assert form_fields(reporter.html, "/r/messages")["lang"] == ["nl"]


async def test_a_report_that_is_gone_meanwhile_is_missing(reporter: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    async def sure(*_: object, **__: object) -> str:
        return "1" * 25

    monkeypatch.setattr(reporter_pages, "known_code", sure)
    assert (await reporter.submit("/r")).status_code == 404
