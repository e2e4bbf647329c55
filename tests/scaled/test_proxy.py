"""The proxy that the repository describes, real, before two real desks."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import select

from benchmarks.proxy import FILE
from incidentdesk.tables import Incident
from incidentdesk.web.forms import MAX_BODY
from incidentdesk.web.uploads import MAX_UPLOAD
from tests.intake.visitor import Visitor, code_in
from tests.opened import opened
from tests.patience import room_in
from tests.scaled.stage import Stage, at_check

UNITS = {"": 1, "k": 1024, "m": 1024 * 1024}
# Ten are allowed in a minute, and one may end meanwhile.
GUESSES = 21
AWAY = "The desk does not answer just now."


@pytest.fixture
async def browser(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    async with stage.browser() as client:
        yield client


async def stored(stage: Stage, what: str) -> int:
    async with stage.desk.database.read() as session:
        return sum(incident.title == what for incident in await opened(session, select(Incident)))


async def test_a_report_with_a_file_goes_through_the_proxy(browser: httpx.AsyncClient, stage: Stage) -> None:
    visitor = await at_check(browser, "through the proxy")
    receipt = (await visitor.press("send")).text
    assert "Thank you" in receipt
    # More than the proxy would keep of a form.
    photo = ("photo.jpg", b"\xff\xd8\xff" + bytes(2_000_000), "image/jpeg")
    fields = {"code": code_in(receipt), "lang": "en"}
    answer = await browser.post("/r/files", data=fields, files=[("files", photo)])
    assert "Your files are with the desk." in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers.get_list("cache-control") == ["no-store"]
    assert await stored(stage, "through the proxy") == 1


async def test_the_desk_sees_the_host_that_was_asked_for(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/report", headers={"host": "elsewhere.test"})).status_code == 400
    assert (await browser.get("/metrics")).status_code == 404


async def test_a_sender_who_claims_other_addresses_is_still_one(stage: Stage) -> None:
    own = httpx.AsyncHTTPTransport(local_address="127.0.0.9")
    await room_in()
    async with httpx.AsyncClient(base_url=stage.proxy, transport=own) as client:
        claims = [{"x-forwarded-for": f"198.51.100.{number}"} for number in range(GUESSES)]
        codes = [(await client.post("/r", data={"code": "1" * 25}, headers=claim)).status_code for claim in claims]
    assert set(codes) == {422, 429}
    # Nobody else is shut out by that.
    async with stage.browser() as client:
        assert (await client.post("/r", data={"code": "1" * 25})).status_code == 422


async def test_what_is_too_large_is_refused_by_the_desk_as_long_as_it_can_be(browser: httpx.AsyncClient) -> None:
    kind = {"content-type": "application/x-www-form-urlencoded"}
    for length, word in ((MAX_BODY + 1, "<html"), (2_000_000, "Go back: what you typed is still there.")):
        answer = await browser.post("/report", content=b"what=" + b"a" * (length - 5), headers=kind)
        assert (answer.status_code, word in answer.text) == (413, True)


def test_the_proxy_takes_what_the_desk_takes(app: Litestar) -> None:
    text = FILE.read_text(encoding="utf-8")
    sizes = [int(size) * UNITS[unit] for size, unit in re.findall(r"client_max_body_size (\d+)(\w?);", text)]
    kept = [int(size) * UNITS[unit] for size, unit in re.findall(r"client_body_buffer_size (\d+)(\w?);", text)]
    (files,) = re.findall(r"location ~ (\S+) ", text)
    assert (sizes[0] > MAX_BODY, sizes[1] > MAX_UPLOAD) == (True, True)
    # Whatever waits for its end waits in memory, never on the disk.
    assert kept == sizes[:1]
    uploads = {
        route.path: any(handler.opt.get("upload") for handler in route.route_handlers)
        for route in app.routes
        if hasattr(route, "route_handlers")
    }
    filled = {re.sub(r"\{[^}]+\}", "IR-26-00000A", path): is_upload for path, is_upload in uploads.items()}
    assert {path for path in filled if re.search(files, path)} == {path for path, is_one in filled.items() if is_one}


async def test_a_killed_desk_loses_no_report_and_doubles_none(stage: Stage) -> None:
    _, dying = stage.replicas
    assert dying.process is not None
    async with stage.browser() as client:
        pages = [await at_check(client, f"at the moment of death {number}") for number in range(4)]
        dying.process.send_signal(signal.SIGSTOP)
        asked = [asyncio.create_task(client.get("/report")) for _ in range(4)]
        sent = [asyncio.create_task(press_send(page)) for page in pages]
        # Those that went to the living one are answered.
        await asyncio.wait(sent, return_when=asyncio.FIRST_COMPLETED)
        await dying.stop(kill=True)
        await dying.start()
        assert {(await answer).status_code for answer in asked} == {200}
        answers = [await answer for answer in sent]
        assert {answer.status_code for answer in answers} == {200, 503}
        assert all(AWAY in answer.text for answer in answers if answer.status_code == 503)
        again = [await press_send(page) for page in pages]
    assert {answer.status_code for answer in again} == {200}
    assert [await stored(stage, f"at the moment of death {number}") for number in range(4)] == [1] * 4


async def press_send(page: Visitor) -> httpx.Response:
    """Press the button on this very page, and stay on it."""
    return await Visitor(page.seat, page.answer).press("send")
