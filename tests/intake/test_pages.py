"""The report form as a browser meets it: no cookies, no JavaScript."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from incidentdesk import clock
from incidentdesk.tables import Incident, Report
from incidentdesk.web.pages import Desk
from tests.intake.visitor import Fields, code_in, form_fields, send, visit
from tests.opened import opened
from tests.people import Sit

# What a page asks and says of what it was sent; what is stored and found is tried with the actions and the story.
pytestmark = pytest.mark.either_database

STRANGE = "nul\x00 \u202ertl\u202c שלום 👩\u200d👩\u200d👧 <b>&amp;</b> \"quoted\" 'and' " + "é" * 9_000


async def all_of(desk: Desk, table: Any) -> list[Any]:
    async with desk.database.read() as session:
        return await opened(session, select(table))


async def test_the_door_leads_to_the_form(sit: Sit) -> None:
    seat = await sit()
    answer = await seat.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/report")
    for path in ("/report", "/r", "/privacy"):
        assert (await seat.client.head(path)).status_code == 200


async def test_only_what_happened_is_needed(sit: Sit, desk: Desk) -> None:
    visitor = await send(await sit())
    assert visitor.answer.status_code == 200
    [incident] = await all_of(desk, Incident)
    assert incident.reference in visitor.html
    assert not visitor.seat.client.cookies
    assert "set-cookie" not in visitor.answer.headers


async def test_the_whole_way(sit: Sit, desk: Desk) -> None:
    visitor = await visit(await sit())
    steps: list[Fields] = [
        {"what": "I clicked", "kind": "phish", "ongoing": "no"},
        {"p_did": ["clicked", "password"], "p_have": "yes"},
        {"people": "yes", "p_types": ["contact"], "noticed": "earlier", "noticed_on": "1 1 2026"},
        {"reach": "email", "email": "jo@example.org", "role": "customer"},
    ]
    for typed in steps:
        assert (await visitor.press("continue", **typed)).status_code == 200
    assert "You have not sent anything yet" in visitor.html
    await visitor.press("send")
    [report] = await all_of(desk, Report)
    assert report.answers["p_did"] == ["clicked", "password"]
    assert report.answers["noticed_on"] == "1 1 2026"
    assert report.identity == {"reach": "email", "email": "jo@example.org"}


async def test_an_empty_form_says_how_to_mend_it_and_keeps_the_rest(sit: Sit) -> None:
    visitor = await visit(await sit())
    answer = await visitor.press("continue", kind="lost", ongoing="yes")
    assert answer.status_code == 422
    assert "<title>Error: Report a security problem" in visitor.html
    assert '<a href="#what">Tell us what happened' in visitor.html
    assert 'value="lost" checked' in visitor.html
    assert 'name="ongoing" value="yes" checked' in visitor.html


async def test_a_change_of_kind_drops_the_other_branch(sit: Sit, desk: Desk) -> None:
    visitor = await visit(await sit())
    await visitor.press("continue", what="x", kind="phish")
    await visitor.press("continue", p_did=["paid"])
    await visitor.press("back")
    await visitor.press("back")
    await visitor.press("now", what="x", kind="mail")
    await visitor.press("send", p_did=["paid"])
    [report] = await all_of(desk, Report)
    assert report.answers == {"what": "x", "kind": "mail"}


async def test_a_change_comes_back_to_the_check_page(sit: Sit) -> None:
    visitor = await visit(await sit())
    await visitor.press("now", what="first words")
    await visitor.press("change:what")
    assert ">\nfirst words</textarea>" in visitor.html
    await visitor.press("continue", what="better words")
    assert "better words" in visitor.html
    assert "You have not sent anything yet" in visitor.html


async def test_pressing_twice_is_one_report_with_one_code(sit: Sit, desk: Desk) -> None:
    visitor = await visit(await sit())
    await visitor.press("now", what="x")
    before = visitor.answer
    first = (await visitor.press("send")).text
    visitor.answer = before
    second = (await visitor.press("send")).text
    assert code_in(first) == code_in(second)
    assert "You had already sent this report" not in second
    assert len(await all_of(desk, Report)) == 1


async def test_going_back_and_sending_other_words_is_said_and_not_lost(sit: Sit, desk: Desk) -> None:
    visitor = await visit(await sit())
    await visitor.press("now", what="x")
    before = visitor.answer
    await visitor.press("send")
    visitor.answer = before
    await visitor.press("send", what="and the laptop too")
    assert "You had already sent this report" in visitor.html
    assert "and the laptop too</textarea>" in visitor.html
    assert len(await all_of(desk, Report)) == 1


async def test_a_form_left_open_for_days_still_sends(sit: Sit, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = await visit(await sit())
    later = clock.now() + timedelta(days=3)
    monkeypatch.setattr(clock, "now", lambda: later)
    await visitor.press("now", what="x")
    await visitor.press("send")
    [incident] = await all_of(desk, Incident)
    assert (incident.received_at, incident.suspicious) == (later, None)


@pytest.mark.parametrize("form_id", ["", "made.1.up", "é"])
async def test_a_form_id_that_is_not_ours_loses_nothing(sit: Sit, desk: Desk, form_id: str) -> None:
    visitor = await visit(await sit())
    await visitor.press("now", what="the story")
    await visitor.press("send", form=form_id)
    assert "could not be recognised" in visitor.html
    assert form_fields(visitor.html, "/report")["what"] == ["the story"]
    assert await all_of(desk, Report) == []
    await visitor.press("send")
    assert len(await all_of(desk, Report)) == 1


async def test_a_robot_is_marked_and_its_report_kept(sit: Sit, desk: Desk) -> None:
    visitor = await visit(await sit())
    await visitor.press("now", what="cheap watches", homepage="spam")
    assert 'name="homepage" value="spam"' in visitor.html, "the mark travels along"
    await visitor.press("send", homepage="spam")
    assert "Thank you" in visitor.html
    assert [incident.suspicious for incident in await all_of(desk, Incident)] == ["honeypot"]


@pytest.mark.parametrize(
    "typed", [STRANGE, "x" * 10_000, "שלום " * 1_000, "𝄞" * 10_000], ids=["strange", "long", "rtl", "wide"]
)
async def test_any_text_survives_every_page(sit: Sit, desk: Desk, typed: str) -> None:
    visitor = await visit(await sit())
    await visitor.press("continue", what=typed)
    await visitor.press("continue")
    await visitor.press("continue")
    await visitor.press("send")
    [report] = await all_of(desk, Report)
    assert report.answers["what"] == typed.replace("\x00", "").strip()
    assert "<b>&amp;</b>" not in visitor.html


async def test_a_text_that_is_too_long_comes_back_whole(sit: Sit) -> None:
    visitor = await visit(await sit())
    answer = await visitor.press("continue", what="x" * 10_001)
    assert answer.status_code == 422
    assert "x" * 10_001 in visitor.html


async def test_the_language_changes_and_the_answers_stay(sit: Sit) -> None:
    visitor = await visit(await sit(), "/report?kind=phish&lang=nl")
    assert '<html lang="nl"' in visitor.html
    assert 'value="phish" checked' in visitor.html
    assert form_fields(visitor.html, "/report")["lang"] == ["nl"]
    await visitor.submit("/report", lang="en", what="half a sen", kind="phish")
    assert '<html lang="en"' in visitor.html
    assert "half a sen</textarea>" in visitor.html
    assert "There is a problem" not in visitor.html


async def test_what_looks_like_a_secret_is_pointed_at_but_not_refused(sit: Sit, desk: Desk) -> None:
    visitor = await visit(await sit())
    await visitor.press("now", what="my password is Hunter22")
    assert "holds a password" in visitor.html
    await visitor.press("send")
    assert len(await all_of(desk, Report)) == 1


async def test_a_commit_that_fails_is_said_and_nothing_typed_is_lost(
    sit: Sit, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_connection: object) -> None:
        raise OperationalError("commit", {"what": "the story"}, Exception("disk is full"))

    visitor = await visit(await sit())
    await visitor.press("now", what="the story")
    engine = desk.database.writer.sync_engine
    event.listen(engine, "commit", fail)
    assert (await visitor.press("send")).status_code == 503
    event.remove(engine, "commit", fail)
    assert "Your report is not sent yet" in visitor.html
    assert "the story" not in caplog.text
    assert await all_of(desk, Report) == []
    await visitor.press("send")
    assert [report.answers["what"] for report in await all_of(desk, Report)] == ["the story"]


async def test_the_notice_says_its_version(sit: Sit) -> None:
    visitor = await visit(await sit(), "/privacy")
    assert "version 1.0, last changed 23 November 2026" in visitor.html
    visitor = await visit(await sit(), "/privacy?lang=nl")
    assert "versie 1.0, laatst gewijzigd op 23 november 2026" in visitor.html


async def test_the_date_of_the_notice_is_written_out_before_sending(sit: Sit) -> None:
    visitor = await visit(await sit())
    await visitor.press("now", what="the story")
    assert "(version 1.0, 23 November 2026)" in visitor.html
