"""Every answer speaks the reader's language and refuses in the desk's voice."""

import logging
import re
from typing import cast

import httpx
import pytest
from sqlalchemy import event, select

from incidentdesk.app import build
from incidentdesk.errors import Limit, TooMany
from incidentdesk.rules.permissions import Role
from incidentdesk.staff import actions
from incidentdesk.tables import Member
from incidentdesk.web import pages
from incidentdesk.web.pages import Desk, asset, assets
from tests.people import Sit

# How an answer is worded and guarded, whatever stands behind it.
pytestmark = pytest.mark.either_database

WELCOME = "/desk/welcome/some-token"


def break_down(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let the page behind a one-time link fail with `error`."""

    async def fail(*_given: object, **_named: object) -> None:
        raise error

    monkeypatch.setattr(actions, "find_welcome", fail)


async def test_our_files_are_kept_for_ever_under_an_address_that_changes(sit: Sit) -> None:
    seat = await sit()
    for name in assets():
        answer = await seat.get(asset(name))
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"].split(";")[0] in {"text/css", "text/javascript", "image/svg+xml"}
        assert answer.content == assets()[name][0]


async def test_a_health_check_answers(sit: Sit) -> None:
    assert (await (await sit()).get("/healthz")).text == "ok\n"


@pytest.mark.parametrize(
    "path", ["/", "/report", "/r", "/privacy", "/desk/sign-in", "/healthz", "/readyz", "/static/base.css"]
)
async def test_head_says_what_get_would_send(sit: Sit, path: str) -> None:
    client = (await sit()).client
    looked, asked = await client.get(path), await client.head(path)
    assert asked.status_code == looked.status_code
    assert asked.headers["content-type"] == looked.headers["content-type"]
    assert asked.headers.get("location") == looked.headers.get("location")
    assert len(asked.headers) == len(looked.headers)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
async def test_a_method_that_does_not_work_names_those_that_do(sit: Sit, method: str) -> None:
    answer = await (await sit()).client.request(method, "/report", headers={"x-told": "repeated"})
    assert answer.status_code == 405
    assert "repeated" not in answer.text
    assert {"GET", "POST"} <= set(answer.headers["allow"].split(", "))


async def test_a_page_speaks_the_language_that_was_asked_for(sit: Sit) -> None:
    client = (await sit()).client
    languages = {"en": {"accept-language": "fr"}, "nl": {"accept-language": "nl-NL,en;q=0.5"}}
    for language, headers in languages.items():
        answer = await client.get("/nowhere", headers=headers)
        assert answer.headers["content-language"] == language
        assert f'<html lang="{language}"' in answer.text
        assert "Accept-Language" in answer.headers["vary"]
    assert (await client.get("/nowhere?lang=nl")).headers["content-language"] == "nl"
    assert (await client.post("/desk/profile", data={"lang": "nl"})).headers["content-language"] == "nl"


def test_no_variable_turns_on_the_pages_that_show_the_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITESTAR_DEBUG", "1")
    assert build(cast("Desk", None)).debug is False


async def test_a_person_reads_their_own_language_and_zone(sit: Sit, desk: Desk) -> None:
    seat = await sit(Role.READER)
    async with desk.database.write() as session:
        member = (await session.scalars(select(Member))).one()
        member.language, member.theme, member.shortcuts = "nl", "dark", False
    answer = await seat.get("/desk/profile")
    for part in ('<html lang="nl"', 'data-theme="dark"', 'data-keys="off"'):
        assert part in answer.text


async def test_a_fault_is_told_calmly_and_logged_without_its_text(
    sit: Sit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    break_down(monkeypatch, RuntimeError("what the reporter wrote"))
    with caplog.at_level(logging.DEBUG):
        answer = await (await sit()).get(WELCOME)
    assert "Something went wrong on our side" in answer.text
    assert "It is not your fault." in answer.text
    assert "what the reporter wrote" not in answer.text + caplog.text
    assert re.search("request failed: GET RuntimeError, nobody from [0-9a-f]{12}\n", caplog.text)
    assert "in fail" in caplog.text


async def test_whoever_is_too_fast_is_told_how_long_to_wait(sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    break_down(monkeypatch, TooMany(60, Limit.SIGN_IN))
    answer = await (await sit()).get(WELCOME)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert "That was a bit too fast" in answer.text


async def refused(sit: Sit, monkeypatch: pytest.MonkeyPatch, **fields: str | list[str]) -> httpx.Response:
    break_down(monkeypatch, TooMany(60, Limit.SIGN_IN))
    return await (await sit()).post(WELCOME, **fields)


async def test_a_refusal_gives_back_what_was_typed_in_words(sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    typed: dict[str, str | list[str]] = {
        "body": "One\r\n<b>two</b>",
        "note": ["a second text", "安全"],
        "kind": "mail",
        "form": "a1b2c3",
    }
    answer = await refused(sit, monkeypatch, **typed)
    assert answer.text.count("This is what you typed") == 3
    assert answer.text.count(" readonly>") == 3
    for text in (">\nOne\n&lt;b&gt;two&lt;/b&gt;</textarea>", ">\na second text</textarea>", ">\n安全</textarea>"):
        assert text in answer.text
    assert "a1b2c3" not in answer.text


async def test_a_refusal_never_shows_a_password(sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = await refused(sit, monkeypatch, password="correct horse battery", email="ada@example.org")
    assert "correct horse" not in answer.text
    assert "<textarea" not in answer.text


async def test_a_commit_that_fails_is_an_error_the_person_sees(sit: Sit, desk: Desk) -> None:
    seat = await sit(Role.READER)
    engine = desk.database.writer.sync_engine

    def full(_connection: object) -> None:
        raise OSError

    event.listen(engine, "commit", full)
    profile = {"language": "nl", "zone": "UTC", "theme": "dark"}
    assert (await seat.post("/desk/profile", **profile)).status_code == 500
    event.remove(engine, "commit", full)
    assert 'data-theme="auto"' in (await seat.get("/desk/profile")).text


@pytest.mark.parametrize("body", ["a" * 400_001, "&".join(["a=1"] * 201)])
async def test_a_form_that_is_too_much_is_refused_in_words(sit: Sit, body: str) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await (await sit()).client.post("/report", content=body, headers=headers)
    assert answer.status_code in {400, 413}
    assert f"Error {answer.status_code}" in answer.text


async def test_looking_without_a_session_leads_back_here_after_the_sign_in(sit: Sit) -> None:
    answer = await (await sit()).get("/desk?view=mine")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/sign-in?onward=%2Fdesk%3Fview%3Dmine")


def test_templates_escape_and_stop_at_unknown_names() -> None:
    made = pages.environment("en")
    assert made.from_string("{{ text }}").render(text="<b>") == "&lt;b&gt;"
    with pytest.raises(Exception, match="'text' is undefined"):
        made.from_string("{{ text }}").render()
