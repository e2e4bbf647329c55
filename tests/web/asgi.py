"""Requests as a server hands them on, byte for byte: no client in between that would tidy them up, and much faster."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode

from litestar import Litestar
from litestar.routes import HTTPRoute

Headers = Sequence[tuple[bytes, bytes]]
HOST = (b"host", b"desk.test")
FORM = (b"content-type", b"application/x-www-form-urlencoded")
# What stands in for the parts of a path where nobody gives better ones: there is no such thing.
NOBODY = {"int": "1", "uuid": "00000000-0000-7000-8000-000000000000", "str": "IR-26-7KQ4MX"}

SERVER = {
    "type": "http",
    "asgi": {"version": "3.0", "spec_version": "2.3"},
    "http_version": "1.1",
    "scheme": "http",
    "root_path": "",
    "client": ("192.0.2.7", 4711),
    "server": ("127.0.0.1", 8000),
}


@dataclass(frozen=True)
class Answer:
    """What would have gone back over the wire."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Return every value of a header."""
        return [value for known, value in self.headers if known.lower() == name]


@dataclass(frozen=True)
class Route:
    """One method of one route."""

    method: str
    path: str

    def address(self, **real: str) -> str:
        """Return a path: with these parts, or with parts that lead nowhere."""
        return re.sub(r"\{(\w+):(\w+)\}", lambda part: real.get(part[1]) or NOBODY[part[2]], self.path)


def routes(app: Litestar) -> Iterator[Route]:
    """Every route there is, with each of its own methods."""
    for route in sorted(app.routes, key=lambda route: route.path):
        assert isinstance(route, HTTPRoute)
        for handler in route.route_handlers:
            for method in sorted(str(method) for method in handler.http_methods):
                if method != "OPTIONS":
                    yield Route(method, route.path)


def form(fields: dict[str, str]) -> bytes:
    """Return a form's body."""
    return urlencode(fields).encode()


async def call(app: Any, method: str, target: str, *, headers: Headers = (HOST,), body: bytes = b"") -> Answer:
    """Ask the application for an address with its query, and let what it raises through."""
    whole = {"type": "http.request", "body": body, "more_body": False}
    return await _ask(app, {"method": method, "headers": list(headers), **address(target)}, whole)


async def hang_up(app: Any, target: str, *, begun: bytes) -> Answer:
    """Post the beginning of a form and be gone."""
    part = {"type": "http.request", "body": begun, "more_body": True}
    return await _ask(app, {"method": "POST", "headers": [HOST, FORM], **address(target)}, part)


async def _ask(app: Any, asked: dict[str, Any], body: dict[str, Any]) -> Answer:
    given = iter([body])
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return next(given, {"type": "http.disconnect"})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app({**SERVER, **asked}, receive, send)
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in sent[0]["headers"]]
    return Answer(sent[0]["status"], pairs, b"".join(message.get("body", b"") for message in sent[1:]))


def address(target: str) -> dict[str, Any]:
    """Return the parts of an address as the server makes them."""
    path, _, query = target.partition("?")
    raw = {"raw_path": path.encode("latin-1", "replace"), "query_string": query.encode("latin-1", "replace")}
    return {"path": unquote(path), **raw}
