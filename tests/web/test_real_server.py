"""What only the real server shows: which sender is believed, what it says itself, and paths that lead out."""

import asyncio
from collections.abc import AsyncIterator
from itertools import product
from urllib.parse import quote, urlsplit

import httpx
import pytest

from incidentdesk.web.wire import MOST_CONNECTIONS
from tests.browser.served import Served, serving
from tests.patience import WITHIN, room_in

CLAIMS = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "Via")
GUESSES = 10
UP = ("../", "..\\", "....//", "/..", "%00/../", "./.././")
TARGETS = ("app.py", "settings.py", "../pyproject.toml", "etc/passwd", "base.css\x00.py")
WHOLE_REQUEST = b"GET %s HTTP/1.1\r\n%sConnection: close\r\n\r\n"


@pytest.fixture(scope="session")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    async with serving(tmp_path_factory.mktemp("served"), DATABASE_URL="") as started:
        yield started


async def say(served: Served, request: bytes) -> bytes:
    """Send bytes as they are and return what comes back."""
    where = urlsplit(served.url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(request)
    await writer.drain()
    try:
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()


async def test_whoever_claims_another_address_each_time_is_still_stopped(served: Served) -> None:
    await room_in()
    async with httpx.AsyncClient(base_url=served.url, timeout=WITHIN) as client:
        codes = []
        for number in range(GUESSES + 1):
            claimed = f"198.51.100.{number}"
            headers = dict.fromkeys(CLAIMS, claimed) | {"Forwarded": f"for={claimed}"}
            codes.append((await client.post("/r", data={"code": "1" * 25}, headers=headers)).status_code)
    assert codes == [422] * GUESSES + [429]


async def test_no_path_leads_out_of_the_static_files(served: Served) -> None:
    async with httpx.AsyncClient(base_url=served.url, timeout=WITHIN) as client:
        for up, times, target in product(UP, (1, 3), TARGETS):
            for encoded in range(4):
                path = up * times + target
                for _ in range(encoded):
                    path = quote(path, safe="")
                answer = await say(served, WHOLE_REQUEST % (f"/static/{quote(path)}".encode(), b"Host: 127.0.0.1\r\n"))
                assert answer.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400")), path
        assert (await client.get("/static/base.css")).status_code == 200


async def test_hundreds_who_only_hold_a_line_keep_nobody_out(served: Served) -> None:
    where = urlsplit(served.url)
    idle = [await asyncio.open_connection(where.hostname, where.port) for _ in range(MOST_CONNECTIONS + 5)]
    answers = {(await say(served, WHOLE_REQUEST % (b"/healthz", b"Host: x\r\n")))[:12] for _ in range(20)}
    for _, writer in idle:
        writer.close()
    assert answers == {b"HTTP/1.1 200"}


@pytest.mark.parametrize(
    "hosts", [b"", b"Host: elsewhere.test\r\n", b"Host: 127.0.0.1\r\nHost: elsewhere.test\r\n", b"Host:\r\n"]
)
async def test_the_host_is_looked_at_as_it_came(served: Served, hosts: bytes) -> None:
    assert (await say(served, WHOLE_REQUEST % (b"/report", hosts))).startswith(b"HTTP/1.1 400")
    assert b"elsewhere" not in await say(served, WHOLE_REQUEST % (b"/report", hosts))


HEAD = b"POST /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
SECOND = b"GET /static/icon.svg HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 5\r\nContent-Length: %d\r\n\r\n",
        b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n\r\n",
        b"Content-Length: %d\r\nTransfer-Encoding: xchunked\r\n\r\n",
        b"Content-Length: %d\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
        b"Content-Length: %d, 5\r\n\r\n",
        b"Content-Length: +%d\r\n\r\n",
    ],
)
async def test_a_request_with_two_lengths_never_hides_another(served: Served, lengths: bytes) -> None:
    answer = await say(served, HEAD + lengths % (5 + len(SECOND)) + b"0\r\n\r\n" + SECOND)
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"<svg" not in answer


@pytest.mark.parametrize(
    "request_",
    [
        b"GET http://elsewhere.test/report HTTP/1.1\r\nHost: elsewhere.test\r\nConnection: close\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET /report HTTP/9.9\r\n\r\n",
        b"POST /report HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\nConnection: close\r\n\r\n",
        b"POST /report HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3\r\nContent-Length: 5\r\nConnection: close\r\n\r\nabc",
        b"POST /report HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nzz\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
        b"GET /report HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\x00b\r\nConnection: close\r\n\r\n",
        b"GET /report HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
    ],
)
async def test_no_broken_request_is_a_fault_and_the_next_one_is_answered(served: Served, request_: bytes) -> None:
    try:
        answer = await asyncio.wait_for(say(served, request_), 1)
    except TimeoutError:
        answer = b""
    assert not answer.startswith(b"HTTP/1.1 5")
    assert b"Traceback" not in answer
    async with httpx.AsyncClient(base_url=served.url, timeout=WITHIN) as client:
        assert (await client.get("/healthz")).text == "ok\n"
