"""What the server does with connections before there is a request: no place is held for nothing, no head is endless."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from litestar import Litestar
from uvicorn.server import ServerState

from incidentdesk import clock
from incidentdesk.settings import Settings
from incidentdesk.web import wire
from incidentdesk.web.edge import HEADERS, HSTS
from incidentdesk.web.limits import count
from incidentdesk.web.pages import Desk
from tests.people import Sit

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]
HEAD = b"GET /healthz HTTP/1.1\r\nHost: desk.test\r\n"
ASK = HEAD + b"\r\n"
PATIENCE = 5


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, public_url="https://desk.test")


@pytest.fixture
def state() -> ServerState:
    return ServerState()


@pytest.fixture
async def port(sit: Sit, app: Litestar, settings: Settings, state: ServerState) -> AsyncIterator[int]:
    """The product behind our wire, in this very loop."""
    await sit()
    config = uvicorn.Config(app, http=wire.wire_for(settings), lifespan="off", log_config=None, proxy_headers=False)
    config.load()
    make = config.http_protocol_class
    server = await asyncio.get_running_loop().create_server(
        lambda: make(config=config, server_state=state, app_state={}),  # type: ignore[call-arg]  # as uvicorn calls it
        "127.0.0.1",
        0,
    )
    async with server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def line(port: int) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def said(reader: asyncio.StreamReader) -> bytes:
    """Return all that comes until the other side closes."""
    return await asyncio.wait_for(reader.read(), PATIENCE)


async def status(port: int) -> int:
    async with line(port) as (reader, writer):
        writer.write(HEAD + b"Connection: close\r\n\r\n")
        return int((await said(reader)).split()[1])


def check(answer: bytes, code: int) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    told = [tuple(one.split(": ", 1)) for one in lines]
    assert first.split()[1] == str(code)
    wanted = HEADERS | {"cache-control": "no-store", "strict-transport-security": HSTS, "connection": "close"}
    for name, value in (wanted | {"content-length": str(len(body))}).items():
        assert [known for called, known in told if called.lower() == name] == [value], name


@pytest.fixture
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "HEAD_SECONDS", 0.2)


@pytest.mark.usefixtures("_hasty")
@pytest.mark.parametrize("begun", [b"", b"\r\n", HEAD, ASK + HEAD])
async def test_whoever_does_not_finish_the_head_of_a_request_loses_the_line(port: int, begun: bytes) -> None:
    async with line(port) as (reader, writer):
        writer.write(begun)
        assert (await said(reader)).count(b"HTTP/1.1 200") == begun.count(ASK)


@pytest.mark.usefixtures("_hasty")
async def test_drop_after_drop_gains_no_time(port: int) -> None:
    async with line(port) as (reader, writer):
        writer.write(HEAD)
        ended = asyncio.create_task(said(reader))
        for _ in range(100):
            if ended.done():
                break
            writer.write(b"X: y\r\n")
            await asyncio.sleep(0.01)
        # The line is ended in one way or the other, and nothing was said.
        with contextlib.suppress(ConnectionError):
            assert await ended == b""


@pytest.mark.parametrize("endless", [b"X: " + b"a" * 60_000, b"X: a\r\n" * 10_000, b"X" * 60_000])
async def test_a_head_without_end_is_refused(port: int, endless: bytes) -> None:
    async with line(port) as (reader, writer):
        writer.write(HEAD + endless)
        await writer.drain()
        writer.write(endless)
        check(await said(reader), 431)
    assert await status(port) == 200


async def test_a_long_body_is_no_long_head(port: int) -> None:
    async with line(port) as (reader, writer):
        writer.write(b"POST /report HTTP/1.1\r\nHost: desk.test\r\nConnection: close\r\nContent-Length: 200000\r\n")
        writer.write(b"Content-Type: application/x-www-form-urlencoded\r\n\r\nwhat=" + b"a" * 199_995)
        assert (await said(reader)).startswith(b"HTTP/1.1 200")


async def test_what_stands_behind_a_body_is_not_kept(port: int, state: ServerState) -> None:
    async with line(port) as (_, writer):
        writer.write(b"POST /report HTTP/1.1\r\nHost: desk.test\r\nTransfer-Encoding: chunked\r\n")
        writer.write(b"Content-Type: application/x-www-form-urlencoded\r\n\r\n6\r\nwhat=x\r\n0\r\n")
        writer.write(b"X: y\r\n" * 10_000)
        await writer.drain()
        await asyncio.sleep(0.1)
        (one,) = state.connections
        assert isinstance(one, wire.Wire)
        assert len(one.headers) == 3


async def test_what_is_no_request_is_refused_with_the_same_headers(port: int) -> None:
    async with line(port) as (reader, writer):
        writer.write(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")
        check(await said(reader), 400)


async def test_whoever_waits_longest_makes_room(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MOST_CONNECTIONS", 3)
    async with line(port) as first, line(port) as second, line(port) as third:
        # Has asked, and may ask again.
        first[1].write(ASK)
        assert b"200" in await first[0].readuntil(b"ok\n")
        second[1].write(HEAD)
        assert await status(port) == 200
        assert await said(second[0]) == b""
        for reader, writer in (first, third):
            writer.write(ASK)
            assert b"200" in await reader.readuntil(b"ok\n")


POST = b"POST /report HTTP/1.1\r\nHost: desk.test\r\nContent-Length: 300000\r\n\r\n"


async def test_a_body_that_drips_makes_room(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MOST_CONNECTIONS", 3)
    async with line(port) as slow, line(port) as quick, line(port) as third:
        for number, (_, writer) in enumerate((slow, quick, third)):
            writer.write(POST + b"a" * (100_000 * (number > 0)))
            await writer.drain()
        await asyncio.sleep(0.1)
        assert [await status(port) for _ in range(3)] == [200] * 3
        assert await said(slow[0]) == b""
        quick[1].write(b"a" * 200_000)
        assert (await quick[0].readline()).startswith(b"HTTP/1.1 200")


async def test_a_request_that_is_worked_on_keeps_its_line(
    port: int, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "MOST_CONNECTIONS", 1)
    async with line(port) as (reader, writer):
        async with desk.database.write() as session:
            await count(session, "guess", within=timedelta(minutes=1), now=clock.now())
            writer.write(b"POST /r HTTP/1.1\r\nHost: desk.test\r\nContent-Length: 30\r\n\r\ncode=" + b"1" * 25)
            await writer.drain()
            # Who writes second waits for the first.
            await asyncio.sleep(0.1)
            assert await status(port) == 503
        assert (await reader.readline()).startswith(b"HTTP/1.1 422")


async def test_a_body_that_goes_on_after_its_answer_earns_no_place(
    port: int, state: ServerState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "MOST_CONNECTIONS", 1)
    async with line(port) as (reader, writer):
        writer.write(b"POST /nowhere HTTP/1.1\r\nHost: desk.test\r\nContent-Length: 9\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 404")
        writer.write(b"a" * 9)
        await asyncio.sleep(0.1)
        assert await status(port) == 200
        assert len(state.connections) <= 1


async def test_when_all_places_are_worked_at_the_next_is_told_to_come_again(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "MOST_CONNECTIONS", 1)
    async with line(port) as (_, writer):
        # At a good pace: so much has a few seconds.
        writer.write(POST + b"a" * 200_000)
        await writer.drain()
        await asyncio.sleep(0.1)
        async with line(port) as (reader, asking):
            asking.write(ASK)
            answer = await said(reader)
            check(answer, 503)
            assert b"\r\nretry-after: 10\r\n" in answer
