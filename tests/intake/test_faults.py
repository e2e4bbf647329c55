"""The database is gone, full or busy: the reporter is told so, and every word comes back."""

import logging
from dataclasses import replace

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from incidentdesk import database as incidentdesk_database
from incidentdesk.schema import Writing
from incidentdesk.tables import Message, Report
from incidentdesk.web.pages import Desk
from tests.intake.visitor import code_in, form_fields, send, visit
from tests.opened import opened
from tests.people import Sit

# Port 1 answers nobody.
NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:1/none"


@pytest.fixture
def desk(desk: Desk, request: pytest.FixtureRequest) -> Desk:
    gone = "without_a_database" in request.node.name
    return replace(desk, database=incidentdesk_database.connect(NOWHERE)) if gone else desk


async def test_the_whole_form_works_without_a_database_and_keeps_every_answer(
    sit: Sit, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = await visit(await sit())
    await visitor.press("continue", what="the story", kind="phish")
    await visitor.press("continue", p_did=["clicked", "paid"])
    await visitor.press("continue")
    await visitor.press("continue", name="Jo", reach="email", email="jo@example.org")
    answer = await visitor.press("send")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "Your report is not sent yet" in visitor.html
    fields = form_fields(visitor.html, "/report")
    assert [fields[name] for name in ("what", "p_did", "email")] == [
        ["the story"],
        ["clicked", "paid"],
        ["jo@example.org"],
    ]
    assert "the story" not in caplog.text


async def test_a_report_that_was_stored_though_its_answer_was_lost_is_one_and_has_its_code(
    sit: Sit, desk: Desk
) -> None:
    def fail(_session: object) -> None:
        raise RuntimeError("no new thread")

    visitor = await visit(await sit())
    await visitor.press("now", what="the story")
    event.listen(Writing, "after_commit", fail)
    assert (await visitor.press("send")).status_code == 503
    event.remove(Writing, "after_commit", fail)
    assert form_fields(visitor.html, "/report")["what"] == ["the story"]
    await visitor.press("send")
    assert code_in(visitor.html)
    async with desk.database.read() as session:
        assert [report.answers["what"] for report in await opened(session, select(Report))] == ["the story"]


@pytest.mark.parametrize("path", ["/r", "/r/messages", "/r/saved", "/r/contact", "/r/code.txt"])
async def test_the_reporters_page_without_a_database_asks_to_try_again(
    sit: Sit, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = await (await sit()).post(path, code="48210 " * 5, body="what I wanted to add")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "We are busy for a moment" in answer.text
    assert ">\nwhat I wanted to add</textarea>" in answer.text
    for secret in ("48210", "wanted"):
        assert secret not in caplog.text
    assert "48210" not in answer.text


async def test_a_message_that_cannot_be_stored_comes_back_and_can_be_sent_again(sit: Sit, desk: Desk) -> None:
    def fail(_connection: object) -> None:
        raise OperationalError("commit", {}, Exception("disk is full"))

    visitor = await send(await sit())
    code = code_in(visitor.html)
    await visitor.submit("/r")
    before = visitor.answer
    event.listen(desk.database.writer.sync_engine, "commit", fail)
    assert (await visitor.submit("/r/messages", body="it is back now")).status_code == 503
    event.remove(desk.database.writer.sync_engine, "commit", fail)
    assert ">\nit is back now</textarea>" in visitor.html
    assert code not in visitor.html
    visitor.answer = before
    assert (await visitor.submit("/r/messages", body="it is back now")).status_code == 200
    async with desk.database.read() as session:
        assert [message.body for message in await opened(session, select(Message))] == ["it is back now"]
