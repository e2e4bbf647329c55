"""Documents on paper: plain values set as a tagged PDF that an archive keeps (PDF/A-3a) and a screen reader reads (PDF/UA-1).

What people typed goes in as data and comes out as text; none of it is markup. The fonts travel with the library, so the
same document gives the same bytes on every machine.
"""

import asyncio
import contextlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst
from litestar import Response

from incidentdesk import i18n
from incidentdesk.errors import DeskError
from incidentdesk.tables import Lost
from incidentdesk.web.files import disposition
from incidentdesk.web.forms import clean
from incidentdesk.web.shown import shown

SOURCE = Path(__file__).with_name("typeset.typ")
Standard = Literal["a-3a", "ua-1"]
ARCHIVED: tuple[Standard, ...] = ("a-3a", "ua-1")
# What a row of a table costs, and how many characters do, beside one line of text.
ROW, LINE = 25, 40
# What a byte costs beyond the one of a plain letter, in letters: other scripts are shaped and broken with more work, and may
# have no glyph in our own fonts.
BEYOND = 8
# Up to so many lines a paper is done in about a second; of more than MOST nobody would see the end.
QUICK, MOST = 20_000, 400_000
# How many long papers may wait for one another.
MOST_LONG = 3


@dataclass(frozen=True)
class Paragraph:
    """Words that stand alone."""

    text: str


@dataclass(frozen=True)
class Rows:
    """A table under its head. `widths` are shares of the line; `named` sets the first column as the name of its row."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    named: bool = True


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it. Its parts are never empty tables: those are left out."""

    title: str
    parts: Sequence[Paragraph | Rows]


@dataclass(frozen=True)
class Document:
    """Everything a reader of the paper sees. `mark` stands at the foot of every page: what it is, and its own hash."""

    title: str
    author: str
    language: str
    lead: Sequence[str]
    sections: Sequence[Section]
    mark: str
    made_at: datetime


@dataclass
class Lane:
    """Where papers are set, one after the other: more at once would only take each other's time, and everybody else's."""

    thread: ThreadPoolExecutor
    at_once: int
    taken: int = 0


# A short paper never waits for a long one.
SHORT = Lane(ThreadPoolExecutor(max_workers=1, thread_name_prefix="typeset"), at_once=100)
LONG = Lane(ThreadPoolExecutor(max_workers=1, thread_name_prefix="typeset-long"), at_once=MOST_LONG)


class PaperTooLong(DeskError):
    """It would take minutes to set. The page says what to do instead."""

    status = 422


class PaperQueue(DeskError):
    """As many papers are being made as the machine can make."""

    status = 429


class NotSet(RuntimeError):
    """The document cannot be set under these standards. What the library says of it would repeat its words in a log."""


@dataclass(frozen=True)
class Pdf:
    """The file. `archived` is False when a character had no glyph, which no standard for archives allows."""

    content: bytes
    archived: bool


def typeset(document: Document) -> Pdf:
    """Set the document. A short one takes a tenth of a second; it holds no lock: call it beside the loop."""
    told = json.dumps(_told(document), ensure_ascii=False)
    # A character that none of our fonts has, as of Chinese: the system may have it, and paper without it beats none.
    for with_system_fonts in (False, True):
        with contextlib.suppress(NotSet):
            return Pdf(_compiled(told, document.made_at, ARCHIVED, with_system_fonts=with_system_fonts), archived=True)
    return Pdf(_compiled(told, document.made_at, (), with_system_fonts=True), archived=False)


async def give_pdf(name: str, document: Document) -> Response[bytes]:
    """Hand the document out to be saved as `name`.pdf; a short one at once, whatever long one is being set."""
    length = length_of(document)
    if length > MOST:
        raise PaperTooLong
    made = await _set_in(SHORT if length <= QUICK else LONG, document)
    headers = {"content-disposition": disposition(f"{name}.pdf")}
    return Response(made.content, media_type="application/pdf", headers=headers)


async def _set_in(lane: Lane, document: Document) -> Pdf:
    if lane.taken >= lane.at_once:
        raise PaperQueue
    lane.taken += 1
    work = asyncio.get_running_loop().run_in_executor(lane.thread, typeset, document)
    # Its place is free when the work is over, also where whoever asked has left.
    work.add_done_callback(lambda _: _leave(lane))
    return await asyncio.shield(work)


def _leave(lane: Lane) -> None:
    lane.taken -= 1


def length_of(document: Document) -> int:
    """Return how long it takes to set, in lines of text."""
    parts = [part for section in document.sections for part in section.parts]
    tables = [part for part in parts if isinstance(part, Rows)]
    texts = [part.text for part in parts if isinstance(part, Paragraph)]
    texts += [cell for table in tables for row in table.rows for cell in row]
    rows = sum(len(table.rows) for table in tables)
    return ROW * (rows + len(document.sections)) + sum(text.count("\n") + _letters(text) // LINE + 1 for text in texts)


def _letters(text: str) -> int:
    """Return how long a text is, counted in plain letters."""
    return len(text) + BEYOND * (len(text.encode(errors="replace")) - len(text))


def _compiled(told: str, made_at: datetime, standards: Sequence[Standard], *, with_system_fonts: bool) -> bytes:
    try:
        return typst.compile(
            SOURCE.read_bytes(),
            font_paths=_fonts(with_system_fonts=with_system_fonts),
            sys_inputs={"document": told},
            pdf_standards=list(standards),
            timestamp=int(made_at.timestamp()),
        )
    except typst.TypstError:
        raise NotSet from None


@cache
def _fonts(*, with_system_fonts: bool) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=with_system_fonts)


def _told(document: Document) -> dict[str, Any]:
    made, plain = document.made_at.astimezone(UTC), Plain(document.language)
    return {
        "title": plain.text(document.title),
        "author": plain.text(document.author),
        "language": document.language,
        "mark": plain.text(document.mark),
        "made": [made.year, made.month, made.day, made.hour, made.minute, made.second],
        "lead": [plain.text(words) for words in document.lead],
        "sections": [plain.section(section) for section in document.sections],
    }


@dataclass(frozen=True)
class Plain:
    """Words as they stand on paper in a language."""

    language: str

    def section(self, section: Section) -> dict[str, Any]:
        return {"title": self.text(section.title), "parts": [self.part(part) for part in section.parts]}

    def part(self, part: Paragraph | Rows) -> dict[str, Any]:
        if isinstance(part, Paragraph):
            return {"kind": "text", "text": self.text(part.text)}
        return {
            "kind": "rows",
            "head": [self.text(name) for name in part.head],
            "rows": [[self.text(cell) for cell in row] for row in part.rows],
            "widths": list(part.widths),
            "named": part.named,
        }

    def text(self, words: str) -> str:
        """Nothing hides in the words, as on a page, and no character is left that no font can show."""
        if isinstance(words, Lost):
            said = i18n.translations(self.language).gettext("Damaged: what stood here could not be read")
            return f"⟨{said}⟩"
        return shown(clean(words))
