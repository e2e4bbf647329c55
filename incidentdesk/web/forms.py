"""Reading what a browser posted: URL-encoded only, bounded in size and time, cleaned the same for both databases."""

import asyncio
import re
import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import litestar
import litestar.connection
from litestar.datastructures import State
from litestar.exceptions import InternalServerException
from litestar.handlers import BaseRouteHandler

from incidentdesk.errors import Forbidden, Malformed, TooLarge

MAX_BODY = 400_000
SHORT_BODY = 50_000
MAX_FIELDS = 200
BODY_SECONDS = 20
# The categories Cc and Cs, without tab and line feed.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
SAFE = {"GET", "HEAD", "OPTIONS"}

Form = Mapping[str, list[str]]
Request = litestar.Request[Any, Any, State]
Connection = litestar.connection.ASGIConnection[Any, Any, Any, State]


async def receive(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Guard: read and clean the posted form into `state.form`, and refuse what another site sent."""
    if str(connection.scope.get("method")) in SAFE:
        _refuse_embedding(connection)
        connection.scope["state"]["form"] = {}
        return
    request: Request = Request(connection.scope, connection.receive)
    refuse_cross_site(request)
    body = await _body(request)
    # Undoing the escapes of a long body takes a tenth of a second; beside the loop nobody else waits for it.
    form = parse(body) if len(body) <= SHORT_BODY else await asyncio.to_thread(parse, body)
    connection.scope["state"]["form"] = form


def _refuse_embedding(connection: Connection) -> None:
    """Let another site link here and do nothing else: no frame, no picture, no script, no look from its own scripts."""
    headers = connection.headers
    way = headers.get("sec-fetch-mode", "navigate"), headers.get("sec-fetch-dest", "document")
    if headers.get("sec-fetch-site") in {"cross-site", "same-site"} and way != ("navigate", "document"):
        raise Forbidden


def refuse_cross_site(request: Request) -> None:
    site = request.headers.get("sec-fetch-site", "none")
    # Our own pages send "null": they ask browsers for no referrer, and browsers then hide the origin too.
    origin = request.headers.get("origin", "null")
    if site not in {"same-origin", "none"} or (origin != "null" and _host(origin) != request.headers.get("host")):
        raise Forbidden


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


async def _body(request: Request) -> bytes:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in {"application/x-www-form-urlencoded", ""}:
        raise Malformed
    chunks = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                chunks += chunk
                if len(chunks) > MAX_BODY:
                    raise TooLarge
    except (TimeoutError, InternalServerException) as error:
        # A sender who hangs up is no fault of ours, whatever the framework calls it.
        raise Malformed from error
    return bytes(chunks)


def parse(body: bytes) -> dict[str, list[str]]:
    """Return the fields of a form body; always UTF-8, whatever the sender claims."""
    try:
        fields = parse_qs(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="replace"
        )
    except ValueError as error:
        raise Malformed from error
    return {name: [clean(value) for value in values] for name, values in fields.items()}


def clean(text: str) -> str:
    """Drop what one of the databases cannot store or a page must not show: NUL, other controls, lone surrogates.

    Characters this Python does not know yet stay: they are somebody's name, or next year's emoji.
    """
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one(form: Form, name: str, *, longest: int = 200) -> str:
    """Return a field as one trimmed line of at most `longest` characters, or an empty text."""
    # Spaces count once: a run of them must not push the words behind it out of what is read.
    return " ".join(block(form, name, longest=MAX_BODY).split())[:longest].rstrip()


def block(form: Form, name: str, *, longest: int = 10_000) -> str:
    """Return a field as trimmed text with its lines, at most `longest` characters; one that shows nothing is empty."""
    text = (form.get(name) or [""])[0].strip()[:longest]
    return text if any(map(_is_seen, text)) else ""


def _is_seen(character: str) -> bool:
    """Spaces and formats, such as a mark of direction or of no width, would leave a report without a title."""
    return unicodedata.category(character) not in {"Cf", "Zs", "Zl", "Zp"} and not character.isspace()
