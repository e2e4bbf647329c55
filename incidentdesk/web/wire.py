"""The wire under the requests: how long and how much the server listens, and what it says when there is no request yet."""

import asyncio
import sys
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from incidentdesk.settings import Settings
from incidentdesk.web.edge import headers_for

if sys.platform != "win32":
    import resource

# A browser sends the head of a request at once; what takes longer only keeps a place.
HEAD_SECONDS = 15
LARGEST_HEAD = 64 * 1024
MOST_CONNECTIONS = 500
# Requests whose line was just ended need a moment to notice.
NOTICING = 100
# Bytes a second with which a body earns its place.
PACE = 20_000
# Of the files that a process may have open, so many are for the database, the keys, the log and what is read and written.
OTHER_FILES, FEWEST_CONNECTIONS = 64, 16
WORDS = {
    HTTPStatus.BAD_REQUEST: "This is no request that can be read.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "The head of this request is too large.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Too many people are here just now. Try again in a moment.",
}


def wire_for(settings: Settings) -> type[asyncio.Protocol]:
    """Return the protocol for the server. Its own answers carry the headers of every other answer."""

    class Ours(Wire):
        own: ClassVar = {**headers_for(settings), "content-type": "text/plain; charset=utf-8", "connection": "close"}
        room: ClassVar = _room()

    return Ours


def _room() -> int:
    """Return how many connections this process could have open beside its other files."""
    if sys.platform == "win32":
        return MOST_CONNECTIONS
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MOST_CONNECTIONS if files == resource.RLIM_INFINITY else max(FEWEST_CONNECTIONS, files - OTHER_FILES)


class Wire(HttpToolsProtocol):
    """One connection. `waits_since` is the moment since which it keeps us waiting; None while a request is worked on.

    It waits for a head, or for the rest of a body: each byte of it moves that moment on.
    """

    own: ClassVar[dict[str, str]]
    room: ClassVar[int]
    waits_since: float | None = None
    _head: int | None = None
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the server has it
        """Begin to wait for a request; when all places are taken, whoever kept us waiting longest gives theirs up."""
        super().connection_made(transport)
        self._wait()
        if len(self.connections) > self._most():
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, up to a head of decent size: the parser itself would keep any number of headers."""
        super().data_received(data)
        if self._head is not None:
            self._head += len(data)
            if self._head > LARGEST_HEAD:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_message_begin(self) -> None:
        """A head begins."""
        self._head = 0
        if self._deadline is None:
            self._wait()
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a line of the head; those that may follow a body nobody reads, and there is no end of them."""
        if self._head is not None:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is here. A request for which there is no place is told so at once."""
        self._head = None
        self._stop_waiting()
        if len(self.connections) > self._most() or len(self.tasks) >= self._most() + NOTICING:
            self.app = cast("Any", _saying(HTTPStatus.SERVICE_UNAVAILABLE, self.own))
        super().on_headers_complete()
        self.waits_since = self.loop.time()

    def on_body(self, body: bytes) -> None:
        """Part of a body: whoever sends at a good pace keeps nobody waiting."""
        if self.waits_since is not None:
            self.waits_since += len(body) / PACE
        super().on_body(body)

    def on_message_complete(self) -> None:
        """All of the request is here: from now on it is we who are waited for, unless we have answered already."""
        if not self.cycle.response_complete:
            self.waits_since = None
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Whoever keeps the connection for a next request may lose it to somebody who has one now."""
        self.waits_since = self.loop.time()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Say that it was no request; the parser's reason helps nobody."""
        del msg
        self._refuse(HTTPStatus.BAD_REQUEST)

    def _wait(self) -> None:
        self.waits_since = self.loop.time()
        self._deadline = self.loop.call_later(HEAD_SECONDS, self.give_up)

    def _stop_waiting(self) -> None:
        self.waits_since = None
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def give_up(self) -> None:
        """End the line; nobody is answered by that."""
        self._stop_waiting()
        # At once: whoever came for this place may ask before the line has ended.
        self.connections.discard(self)
        self.transport.close()

    def _most(self) -> int:
        return min(MOST_CONNECTIONS, self.room)

    def _make_room(self) -> None:
        now = self.loop.time()
        others = [one for one in self.connections if isinstance(one, Wire) and one is not self]
        waiting = [(one.waits_since, one) for one in others if one.waits_since is not None and one.waits_since <= now]
        if waiting:
            min(waiting, key=lambda pair: pair[0])[1].give_up()

    def _refuse(self, status: HTTPStatus) -> None:
        if self.transport.is_closing():
            return
        self._stop_waiting()
        body = WORDS[status].encode()
        told = {**self.own, "content-length": str(len(body))}
        lines = [f"HTTP/1.1 {status.value} {status.phrase}", *(f"{name}: {value}" for name, value in told.items())]
        self.transport.write("\r\n".join([*lines, "", ""]).encode() + body)
        self.transport.close()


def _saying(status: HTTPStatus, headers: dict[str, str]) -> Callable[..., Any]:
    """Return an application that only says this; it needs nothing of what may be short just now."""
    body = WORDS[status].encode()
    told = {**headers, "content-length": str(len(body)), "retry-after": "10"}
    named = [(name.encode(), value.encode()) for name, value in told.items()]

    async def say(_scope: Any, _receive: Any, send: Callable[..., Any]) -> None:  # noqa: ANN401 - the server's own
        await send({"type": "http.response.start", "status": status.value, "headers": named})
        await send({"type": "http.response.body", "body": body})

    return say
