"""Files that a browser sends: read while they come in, bounded in every direction, and never kept in clear.

A page for files is marked `opt={"upload": True}`. The fields of its form come before its files and are read like those of
any other form, so the gate knows who sends before the first byte of a file is looked at.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Any

from litestar.handlers import BaseRouteHandler
from multipart import MultipartError, ParserLimitReached, PushMultipartParser, parse_options_header

from incidentdesk.errors import DeskError, Malformed, TooLarge
from incidentdesk.records.attachments import MOST
from incidentdesk.web import forms
from incidentdesk.web.forms import BODY_SECONDS, SAFE, Connection, Request, clean

MULTIPART = "multipart/form-data"
MAX_FILE = 25 * 1024 * 1024
FIELD = 4_000
HEADER, MOST_HEADERS = 2_000, 4
# What may come before the first field is known.
LEAD = 64 * 1024
MAX_UPLOAD = MOST * MAX_FILE + LEAD
# Bytes a second below which a body is given up, and how long nothing at all may come.
SLOWEST, STALL_SECONDS = 20_000, 20
BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{1,70}")
LENGTH = re.compile("[0-9]{1,12}", re.ASCII)
NAME, ENDING = 200, 10
# What could make a name read otherwise than it is: marks of direction, line ends, and the parts of a path.
_UNFIT_IN_NAME = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_KIND = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}", re.ASCII)


@dataclass(frozen=True)
class Lead:
    """What a form may hold before its first file: so many fields, and so many bytes in one of them and in all."""

    fields: int
    each: int
    total: int


# A reporter's form has a code and little else; `opt={"lead": ROOMY}` is for the staff, whose forms hold reasons too.
BRIEF = Lead(fields=10, each=FIELD, total=10 * FIELD)
ROOMY = Lead(fields=30, each=forms.MAX_BODY, total=forms.MAX_BODY)
STATUSES = {"file_large": 413, "files_quota": 429, "files_room": 507}


class Refused(DeskError):
    """A file was not taken; `reason` is a word that the page has a sentence for."""

    def __init__(self, reason: str) -> None:
        """Remember why."""
        super().__init__(reason)
        self.reason = reason
        self.status = STATUSES.get(reason, 422)


@dataclass(frozen=True)
class Head:
    """What a sender says of one part. A part with a file name is a file; an empty one means that none was chosen."""

    name: str
    filename: str | None
    kind: str


# A head, its content in parts, and None at its end; then the next head.
Events = AsyncGenerator[Head | bytes | None]


@dataclass
class Body:
    """How long a body was said to be, and how much of it has come."""

    length: int
    received: int = 0


@dataclass(frozen=True)
class Upload:
    """A posted form whose files still come in: its body, the first file's head, and what follows."""

    body: Body
    first: Head | None
    events: Events


@dataclass(frozen=True)
class Incoming:
    """One file on its way: the name and kind its sender gave it, and its content as it comes."""

    name: str
    kind: str
    parts: AsyncGenerator[bytes]


async def receive(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard: read the posted form; of one with files only the fields, which end where the first file begins."""
    kind, options = parse_options_header(connection.headers.get("content-type", "")[:300])
    is_post = str(connection.scope.get("method")) not in SAFE
    if not (is_post and handler.opt.get("upload") and kind == MULTIPART):
        await forms.receive(connection, handler)
        return
    forms.refuse_cross_site(Request(connection.scope, connection.receive))
    body, lead = Body(_length(connection.headers.get("content-length", ""))), handler.opt.get("lead", BRIEF)
    events = _events(connection, _boundary(options.get("boundary", "")), body, lead)
    fields, first = await _fields(events, lead)
    connection.scope["state"].update(form=fields, upload=Upload(body, first, events))


def _length(told: str) -> int:
    """Return how long the body is. Room is set aside for it, so a sender has to know."""
    if not LENGTH.fullmatch(told):
        raise Malformed
    if int(told) > MAX_UPLOAD:
        raise TooLarge
    return int(told)


def _boundary(told: str) -> str:
    if not BOUNDARY.fullmatch(told):
        raise Malformed
    return told


async def _events(connection: Connection, boundary: str, body: Body, lead: Lead) -> Events:
    parser = PushMultipartParser(
        boundary,
        content_length=body.length,
        max_header_size=HEADER,
        max_header_count=MOST_HEADERS,
        max_segment_count=lead.fields + MOST + 1,
    )
    has_begun = False
    try:
        with parser:
            async for chunk in _chunks(connection, body):
                for event in parser.parse(chunk):
                    has_begun = True
                    yield event if event is None or isinstance(event, bytes) else _head(event)
                if not has_begun and body.received > LEAD:
                    raise Malformed
    except ParserLimitReached as error:
        raise TooLarge from error
    except MultipartError as error:
        raise Malformed from error


def _head(segment: Any) -> Head:  # noqa: ANN401 - the library carries no types
    kind = segment.content_type or ""
    return Head(clean(segment.name), segment.filename, kind if _KIND.fullmatch(kind) else "")


async def _chunks(connection: Connection, body: Body) -> AsyncGenerator[bytes]:
    """Yield the body as it comes: as long as it was said to be, and not slower than a poor line."""
    clock = asyncio.get_running_loop().time
    began, more = clock(), True
    while more:
        left = BODY_SECONDS + body.received / SLOWEST - (clock() - began)
        message = await _message(connection, within=min(left, STALL_SECONDS))
        chunk, more = message.get("body", b""), message.get("more_body", False)
        body.received += len(chunk)
        if body.received > body.length or (body.received < body.length and not more):
            raise Malformed
        if chunk:
            yield chunk


async def _message(connection: Connection, *, within: float) -> Any:  # noqa: ANN401 - as the server hands it on
    try:
        async with asyncio.timeout(max(0, within)):
            # A sender that is always ready would never be found out by the timer alone.
            message = await connection.receive() if within > 0 else None
    except TimeoutError:
        message = None
    if message is None or message["type"] == "http.disconnect":
        raise Malformed
    return message


async def _fields(events: Events, lead: Lead) -> tuple[dict[str, list[str]], Head | None]:
    """Read up to the head of the first file."""
    fields: dict[str, list[str]] = {}
    left = lead.total
    async for head in events:
        if not isinstance(head, Head):
            raise Malformed
        if head.filename is not None:
            return fields, head
        if sum(map(len, fields.values())) == lead.fields:
            raise TooLarge
        text = await _text(events, longest=min(lead.each, left))
        left -= len(text)
        # Always UTF-8, whatever the sender claims.
        fields.setdefault(head.name, []).append(clean(text.decode("utf-8", "replace")))
    return fields, None


async def _text(events: Events, *, longest: int) -> bytes:
    """Read one field."""
    text = bytearray()
    async for part in _content(events):
        text += part
        if len(text) > longest:
            raise TooLarge
    return bytes(text)


async def _content(events: Events) -> AsyncGenerator[bytes]:
    async for event in events:
        if event is None or isinstance(event, Head):
            return
        yield event


def file_field(upload: Upload | None) -> str:
    """Return in which field a file was chosen, of a form that is whole without one; empty where none was."""
    return upload.first.name if upload is not None and upload.first is not None and upload.first.filename else ""


async def incoming(upload: Upload) -> AsyncIterator[Incoming]:
    """Yield the files; each has to be read to its end before the next. A field for files left empty yields none."""
    head = upload.first
    while head is not None:
        if head.filename:
            yield Incoming(name_of(head.filename), head.kind, _bounded(upload.events))
        else:
            # No file was chosen, or a field that stands behind the files.
            await _text(upload.events, longest=FIELD)
        head = await _next_head(upload.events)


async def _next_head(events: Events) -> Head | None:
    async for event in events:
        if isinstance(event, Head):
            return event
    return None


async def _bounded(events: Events) -> AsyncGenerator[bytes]:
    size = 0
    async for part in _content(events):
        size += len(part)
        if size > MAX_FILE:
            raise Refused("file_large")
        yield part
    if not size:
        raise Refused("file_empty")


def name_of(told: str) -> str:
    """Return the last part of what the sender called the file, without anything that makes it read as another."""
    last = re.split(r"[/\\]", told)[-1]
    name = " ".join(_UNFIT_IN_NAME.sub("", last).split())
    return _short(name.strip(". ")) or "file"


def _short(name: str) -> str:
    """Cut a long name before its ending."""
    if len(name) <= NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    return stem[: NAME - len(ending) - 2] + "…" + dot + ending if dot and len(ending) <= ENDING else name[:NAME]
