"""What can be wrong with a posted file is refused at once, and nothing of it stays."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from email.message import Message
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from sqlalchemy import func, select

from incidentdesk.tables import Attachment
from incidentdesk.web import uploads
from incidentdesk.web.files import disposition
from incidentdesk.web.pages import Desk
from incidentdesk.web.uploads import MAX_FILE, MAX_UPLOAD, name_of
from tests.intake.visitor import code_in, send
from tests.people import Sit
from tests.web.asgi import HOST, SERVER, address

EDGE = "----edge"
KIND = f"multipart/form-data; boundary={EDGE}"
FILE = 'Content-Disposition: form-data; name="files"; filename="a.txt"'
TEXT = "Content-Type: text/plain"


def part(head: str, body: str | bytes = "") -> bytes:
    content = body if isinstance(body, bytes) else body.encode()
    return f"--{EDGE}\r\n{head}\r\n\r\n".encode("utf-8", "surrogateescape") + content + b"\r\n"


def field(name: str, value: str) -> bytes:
    return part(f'Content-Disposition: form-data; name="{name}"', value)


END = f"--{EDGE}--\r\n".encode()
GOOD = part(f"{FILE}\r\n{TEXT}", "words")


@dataclass(frozen=True)
class Bad:
    """A body to send after the field with the code; `raw` stands alone. None of `length` tells the true one."""

    after: bytes = b""
    kind: str = KIND
    length: str | None = None
    raw: bytes | None = None
    step: int = 65_536
    before: bytes = b""

    def body(self, code: str) -> bytes:
        return self.raw if self.raw is not None else self.before + field("code", code) + self.after


BAD = {
    "no end": Bad(GOOD),
    "ends in a head": Bad(f"--{EDGE}\r\n{FILE}".encode()),
    "ends in a file": Bad(part(FILE, "wor")[:-2]),
    "ends in an edge": Bad(GOOD + END[:5]),
    "nothing": Bad(raw=b""),
    "only an end": Bad(raw=END[:-4]),
    "no boundary": Bad(GOOD + END, kind="multipart/form-data"),
    "empty boundary": Bad(GOOD + END, kind="multipart/form-data; boundary="),
    "long boundary": Bad(GOOD + END, kind="multipart/form-data; boundary=" + "a" * 71),
    "boundary with a line end": Bad(GOOD + END, kind='multipart/form-data; boundary="a\nb"'),
    "other boundary": Bad(GOOD + END, kind="multipart/form-data; boundary=another"),
    "many backslashes": Bad(GOOD + END, kind='multipart/form-data; boundary="' + '\\"' * 5000),
    "many semicolons": Bad(GOOD + END, kind="multipart/form-data" + ";" * 8000),
    "many spaces": Bad(GOOD + END, kind="multipart/form-data; " + " " * 8000 + "boundary"),
    "json": Bad(GOOD + END, kind="application/json"),
    "other multipart": Bad(GOOD + END, kind=f"multipart/mixed; boundary={EDGE}"),
    "10,000 parts": Bad(part(FILE, "x") * 10_000 + END),
    "10,000 empty parts": Bad(part(FILE) * 10_000 + END),
    "10,000 fields": Bad(field("a", "b") * 10_000 + END),
    "eleven fields": Bad(field("a", "b") * 11 + GOOD + END),
    "22 parts": Bad(GOOD + field("a", "b") * 21 + END),
    "a long field": Bad(field("body", "x" * 4001) + GOOD + END),
    "a long field behind": Bad(GOOD + field("body", "x" * 4001) + END),
    "a huge head": Bad(part(FILE + "\r\nX-More: " + "x" * 100_000, "words") + END),
    "a head without an end": Bad(f"--{EDGE}\r\nX-More: ".encode() + b"x" * 1_000_000),
    "many heads": Bad(part(FILE + "".join(f"\r\nX-{n}: x" for n in range(5)), "words") + END),
    "a folded head for ever": Bad(part(FILE + "\r\n x" * 2000, "words") + END),
    "no disposition": Bad(part(TEXT, "words") + END),
    "another disposition": Bad(part('Content-Disposition: attachment; filename="a"', "words") + END),
    "a head without a colon": Bad(part(FILE + "\r\nwords", "words") + END),
    "a head that is not UTF-8": Bad(part(FILE + "\r\nX-More: \udcff\udcfe", "words") + END),
    "a line end alone": Bad(f"--{EDGE}\n{FILE}\n\nwords\n--{EDGE}--\n".encode()),
    "a negative length of a part": Bad(part(FILE + "\r\nContent-Length: -1", "words") + END),
    "a wrong length of a part": Bad(part(FILE + "\r\nContent-Length: 4", "words") + END),
    "a length of a part in words": Bad(part(FILE + "\r\nContent-Length: five", "words") + END),
    "junk behind an edge": Bad(GOOD[:-2] + f"\r\n--{EDGE}junk\r\n".encode() + END),
    "junk before": Bad(raw=b"junk" * 100_000 + END, step=1000),
    "much before a good form": Bad(GOOD + END, before=b"junk\r\n" * 200_000),
    "one byte at a time, no end": Bad(part(FILE, "x" * 500), step=1),
    "edges that are none": Bad(part(FILE, f"\r\n--{EDGE[:-1]}" * 3_000), step=7),
    "carriage returns": Bad(part(FILE, "\r" * 20_000), step=13),
    "a negative length": Bad(GOOD + END, length="-1"),
    "no length": Bad(GOOD + END, length=""),
    "a length in words": Bad(GOOD + END, length="ten"),
    "two lengths": Bad(GOOD + END, length="500, 500"),
    "a length that is too small": Bad(GOOD + END, length="50"),
    "a length that is too large": Bad(GOOD + END, length="100000"),
    "more than is taken": Bad(GOOD + END, length=str(MAX_UPLOAD + 1)),
    "a length of 30 digits": Bad(GOOD + END, length="9" * 30),
    "an empty file": Bad(part(FILE) + END),
    "a good file, then an empty one": Bad(GOOD + part(FILE) + END),
    "no file chosen": Bad(part('Content-Disposition: form-data; name="files"; filename=""') + END),
    "no file": Bad(field("more", "words") + END),
    "eleven files": Bad(b"".join(part(FILE, f"words {n}") for n in range(11)) + END),
    "a file that is too large": Bad(GOOD + part(FILE, bytes(MAX_FILE + 1)) + END),
    "a good file, then the line breaks": Bad(GOOD + part(FILE, "x" * 300_000)[:-9000], length="400000"),
}


async def post(app: Litestar, bad: Bad, code: str, *, stays: bool = False) -> int:
    """Send the body in steps, as a server hands it on, and return the status. The sender is gone then, or waits."""
    body = bad.body(code)
    told = str(len(body)) if bad.length is None else bad.length
    steps = [(body[at : at + bad.step], stays or at + bad.step < len(body)) for at in range(0, len(body), bad.step)]
    events = iter({"type": "http.request", "body": step, "more_body": more} for step, more in steps or [(b"", stays)])
    headers: Sequence[Any] = [HOST, (b"content-type", bad.kind.encode()), (b"content-length", told.encode())]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        event = next(events, None)
        if event is None and stays:
            await asyncio.sleep(60)
        return event or {"type": "http.disconnect"}

    async def note(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {**SERVER, "method": "POST", "headers": headers if told else headers[:-1], **address("/r/files")}
    await app(scope, receive, note)  # type: ignore[arg-type]  # two spellings of the same protocol
    return int(sent[0]["status"])


@pytest.fixture
async def code(sit: Sit) -> str:
    return code_in((await send(await sit())).html)


async def count(desk: Desk) -> tuple[int, int]:
    """Return how many rows and how many files there are."""
    folder = desk.settings.files
    async with desk.database.read() as session:
        rows = await session.scalar(select(func.count()).select_from(Attachment)) or 0
    return rows, len(list(folder.iterdir())) if folder.exists() else 0


async def test_a_bad_body_is_refused_at_once_and_leaves_nothing(desk: Desk, app: Litestar, code: str) -> None:
    wrong = {}
    for name, bad in BAD.items():
        began = time.perf_counter()
        status = await post(app, bad, code)
        # A pattern that explodes takes minutes.
        answer = (400 <= status < 500, time.perf_counter() - began < 20, await count(desk))
        if answer != (True, True, (0, 0)):
            wrong[name] = (status, *answer)
    assert wrong == {}


async def test_the_same_body_without_a_fault_is_taken(desk: Desk, app: Litestar, code: str) -> None:
    assert await post(app, Bad(GOOD + END), code) == 200
    assert await post(app, Bad(part(FILE, "one byte at a time") + END, step=1), code) == 200
    assert await post(app, Bad(field("a", "b") * 9 + part(FILE, "after ten fields") + END + b"\r\n"), code) == 200
    assert await count(desk) == (3, 3)


async def test_a_line_that_creeps_is_given_up(
    desk: Desk, app: Litestar, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = Bad(part(FILE, "x" * 5000) + END)
    monkeypatch.setattr(uploads, "BODY_SECONDS", -1)
    assert await post(app, good, code) == 400
    # What came in time makes up for the time it took.
    monkeypatch.setattr(uploads, "SLOWEST", 0.01)
    monkeypatch.setattr(uploads, "BODY_SECONDS", 0.001)
    assert await post(app, replace(good, step=100), code) == 200
    assert await count(desk) == (1, 1)


async def test_a_line_that_stands_still_is_given_up(
    desk: Desk, app: Litestar, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "STALL_SECONDS", 0.05)
    assert await post(app, Bad(part(FILE, "x" * 300_000), length="900000"), code, stays=True) == 400
    assert await count(desk) == (0, 0)


async def test_room_that_was_only_asked_for_is_free_again(desk: Desk, app: Litestar, code: str) -> None:
    app.state.desk = replace(desk, settings=replace(desk.settings, files_mb_per_day=1))
    for _ in range(3):
        assert await post(app, Bad(part(FILE, "x" * 9_000), length="900000"), code) == 400
    assert await post(app, Bad(part(FILE, "y" * 600_000) + END), code) == 200
    # What came counts.
    assert await post(app, Bad(part(FILE, "z" * 400_000) + END), code) == 429
    assert await count(desk) == (1, 1)


NAMES = {
    "photo.jpg": "photo.jpg",
    "C:\\fakepath\\photo.jpg": "photo.jpg",
    "../../etc/passwd": "passwd",
    "/etc/passwd": "passwd",
    "..": "file",
    "": "file",
    "...": "file",
    ".bashrc": "bashrc",
    "a\r\nSet-Cookie: b.txt": "aSet-Cookie: b.txt",
    "a\x00.txt": "a.txt",
    "invoice\u202efdp.exe": "invoicefdp.exe",
    "naïve 名前.pdf": "naïve 名前.pdf",
    "a  b\t c.txt": "a b c.txt",
    "x" * 300 + ".tar": "x" * 195 + "….tar",
    "x" * 300: "x" * 200,
}


@pytest.mark.parametrize("told, expected", NAMES.items())
def test_a_name_is_its_last_part_without_anything_that_misleads(told: str, expected: str) -> None:
    assert name_of(told) == expected


@given(st.text(max_size=300))
def test_any_name_becomes_one_short_visible_line(told: str) -> None:
    name = name_of(told)
    assert 0 < len(name) <= 200
    assert not set(name) & {"/", "\\", "\r", "\n", "\0", "\u202e"}
    name.encode("utf-8")


@given(st.text(max_size=300))
def test_any_name_makes_one_header_that_every_program_can_read(told: str) -> None:
    header = disposition(name_of(told))
    assert header.isascii()
    assert header.isprintable()
    message = Message()
    message["content-disposition"] = header
    assert message.get_content_disposition() == "attachment"
    assert header.count('"') == 2
    plain, extended = header.removeprefix('attachment; filename="').split("\"; filename*=UTF-8''")
    assert unquote(extended) == name_of(told)
    assert not set(plain) & set('";\\%')
