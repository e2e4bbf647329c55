"""Reading a posted form: from our own page only, bounded, and cleaned the same for both databases."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from litestar import Litestar, Response, route

from incidentdesk.errors import DeskError
from incidentdesk.web import forms
from incidentdesk.web.forms import MAX_BODY, MAX_FIELDS, Request, block, clean, one, parse, receive

FORM = {"content-type": "application/x-www-form-urlencoded"}


@route("/", http_method=["GET", "POST"])
async def echo(request: Request) -> dict[str, list[str]]:
    form: dict[str, list[str]] = request.scope["state"]["form"]
    return form


def status_alone(_request: Request, error: DeskError) -> Response[str]:
    return Response(type(error).__name__, status_code=error.status, media_type="text/plain")


async def send(body: bytes | AsyncIterator[bytes], method: str = "POST", /, **headers: str) -> httpx.Response:
    app = Litestar([echo], guards=[receive], exception_handlers={DeskError: status_alone}, openapi_config=None)
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]  # two spellings of the same protocol
    given = FORM | {name.replace("_", "-"): value for name, value in headers.items()}
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
        return await client.request(method, "/", content=body, headers=given)


async def test_a_form_arrives_as_lists_of_texts() -> None:
    answer = await send(b"name=Ada+L&kind=mail&kind=phone&empty=")
    assert answer.json() == {"name": ["Ada L"], "kind": ["mail", "phone"], "empty": [""]}


async def test_a_page_that_is_only_looked_at_has_an_empty_form_wherever_the_link_stood() -> None:
    answer = await send(b"a=1", "GET", sec_fetch_site="cross-site", origin="https://elsewhere.test")
    assert answer.json() == {}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    "mode, kind",
    [("navigate", "iframe"), ("no-cors", "image"), ("no-cors", "script"), ("cors", "empty"), ("navigate", "object")],
)
async def test_another_site_may_link_here_and_do_nothing_else(site: str, mode: str, kind: str) -> None:
    linked = {"sec_fetch_site": site, "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
    assert (await send(b"", "GET", **linked)).status_code == 201
    refused = linked | {"sec_fetch_mode": mode, "sec_fetch_dest": kind}
    assert (await send(b"", "GET", **refused)).status_code == 403
    assert (await send(b"", "GET", **refused | {"sec_fetch_site": "same-origin"})).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "none"},
        {"origin": "http://desk.test"},
        {"origin": "null", "sec_fetch_site": "same-origin"},
        {},
    ],
)
async def test_our_own_page_may_send(headers: dict[str, str]) -> None:
    assert (await send(b"a=1", **headers)).json() == {"a": ["1"]}


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": ""},
        {"sec_fetch_site": "cross-site", "origin": "http://desk.test"},
        {"sec_fetch_site": "same-origin", "origin": "http://elsewhere.test"},
        {"origin": "http://desk.test.elsewhere.test"},
        {"origin": "http://desk.test:8080"},
        {"origin": "http://[elsewhere"},
        {"origin": ""},
    ],
)
async def test_another_site_may_not_send(headers: dict[str, str]) -> None:
    answer = await send(b"a=1", **headers)
    assert (answer.status_code, answer.text) == (403, "Forbidden")


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/json", "text/plain"])
async def test_only_a_url_encoded_form_is_read(kind: str) -> None:
    assert (await send(b"a=1", content_type=kind)).status_code == 400


@pytest.mark.parametrize("kind", ["", "Application/X-WWW-Form-Urlencoded; charset=punycode"])
async def test_the_claimed_charset_is_not_believed(kind: str) -> None:
    assert (await send("a=é".encode(), content_type=kind)).json() == {"a": ["é"]}


async def test_more_than_the_form_takes_is_too_large() -> None:
    assert (await send(b"a=" + b"x" * (MAX_BODY - 2))).status_code == 201
    assert (await send(b"a=" + b"x" * (MAX_BODY - 1))).status_code == 413


async def test_a_body_that_never_ends_is_cut_off() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"a" * 100_000

    assert (await send(endless())).status_code == 413


async def test_a_body_that_never_comes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent() -> AsyncIterator[bytes]:
        yield b"a="
        await asyncio.Event().wait()

    monkeypatch.setattr(forms, "BODY_SECONDS", 0.05)
    assert (await send(silent())).status_code == 400


async def test_too_many_fields_are_refused() -> None:
    assert (await send(b"&".join([b"a=1"] * MAX_FIELDS))).status_code == 201
    assert (await send(b"&".join([b"a=1"] * (MAX_FIELDS + 1)))).status_code == 400


@pytest.mark.parametrize(
    "body, expected",
    [
        (b"a=\xff\xfe", "��"),
        (b"a=%ff%C3", "��"),
        (b"a=%ED%A0%80", "���"),
        (b"a=x%00y%07z%7f%C2%85", "xyz"),
        (b"a=one%0D%0Atwo%0Dthree%0Afour%09five", "one\ntwo\nthree\nfour\tfive"),
        (b"a=%zz%", "%zz%"),
    ],
)
def test_bytes_that_are_no_text_never_get_past_the_edge(body: bytes, expected: str) -> None:
    assert parse(body) == {"a": [expected]}


@pytest.mark.parametrize("text", ["Zoë 安全 🫠", "\U0001fae8", "\u202eabc", "a\u0308", "\U00031350", " keep "])
def test_every_script_and_emoji_survives(text: str) -> None:
    assert clean(text) == text


def test_a_lone_half_of_a_character_is_dropped() -> None:
    assert clean("a\ud800b\x00c") == "abc"


def form(text: str) -> dict[str, list[str]]:
    return {"name": [text, "another"]}


def test_a_line_is_one_line_and_bounded() -> None:
    assert one(form("  Ada \n\t Lovelace "), "name") == "Ada Lovelace"
    assert one(form("x" * 300), "name") == "x" * 200
    assert one(form("abcdef"), "name", longest=3) == "abc"
    # A run of spaces counts once: what stands behind it is not lost.
    assert one(form("Ada" + " " * 300 + "Lovelace"), "name") == "Ada Lovelace"


def test_a_block_keeps_its_lines_and_is_bounded() -> None:
    assert block(form("\n one\n\n two \n"), "name") == "one\n\n two"
    assert len(block(form("x" * 20_000), "name")) == 10_000


@pytest.mark.parametrize("text", ["\u200b", " \u202e\u2066\ufeff ", "\u00a0\u2003\n\u200d"])
def test_a_text_that_shows_nothing_is_empty(text: str) -> None:
    assert (one(form(text), "name"), block(form(text), "name")) == ("", "")
    assert block(form(f"{text}\U0001fae8"), "name").endswith("\U0001fae8")


@pytest.mark.parametrize("given", [{}, {"name": []}, {"name": [""]}])
def test_a_field_that_is_not_there_is_an_empty_text(given: dict[str, Any]) -> None:
    assert (one(given, "name"), block(given, "name")) == ("", "")
