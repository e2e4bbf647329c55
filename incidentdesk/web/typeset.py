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

from incidentdesk.web.files import disposition
from incidentdesk.web.forms import clean
from incidentdesk.web.shown import shown

SOURCE = Path(__file__).with_name("typeset.typ")
Standard = Literal["a-3a", "ua-1"]
ARCHIVED: tuple[Standard, ...] = ("a-3a", "ua-1")
# More of them at once would only take each other's time, and everybody else's.
POOL = ThreadPoolExecutor(max_workers=1, thread_name_prefix="typeset")


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


class NotSet(RuntimeError):
    """The document cannot be set under these standards. What the library says of it would repeat its words in a log."""


@dataclass(frozen=True)
class Pdf:
    """The file. `archived` is False when a character had no glyph, which no standard for archives allows."""

    content: bytes
    archived: bool


def typeset(document: Document) -> Pdf:
    """Set the document. It takes a tenth of a second and holds no lock: call it beside the loop."""
    told = json.dumps(_told(document), ensure_ascii=False)
    # A character that none of our fonts has, as of Chinese: the system may have it, and paper without it beats none.
    for with_system_fonts in (False, True):
        with contextlib.suppress(NotSet):
            return Pdf(_compiled(told, document.made_at, ARCHIVED, with_system_fonts=with_system_fonts), archived=True)
    return Pdf(_compiled(told, document.made_at, (), with_system_fonts=True), archived=False)


async def give_pdf(name: str, document: Document) -> Response[bytes]:
    """Hand the document out to be saved as `name`.pdf."""
    made = await asyncio.get_running_loop().run_in_executor(POOL, typeset, document)
    headers = {"content-disposition": disposition(f"{name}.pdf")}
    return Response(made.content, media_type="application/pdf", headers=headers)


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
    made = document.made_at.astimezone(UTC)
    return {
        "title": _text(document.title),
        "author": _text(document.author),
        "language": document.language,
        "mark": _text(document.mark),
        "made": [made.year, made.month, made.day, made.hour, made.minute, made.second],
        "lead": [_text(words) for words in document.lead],
        "sections": [_section(section) for section in document.sections],
    }


def _section(section: Section) -> dict[str, Any]:
    return {"title": _text(section.title), "parts": [_part(part) for part in section.parts]}


def _part(part: Paragraph | Rows) -> dict[str, Any]:
    if isinstance(part, Paragraph):
        return {"kind": "text", "text": _text(part.text)}
    return {
        "kind": "rows",
        "head": [_text(name) for name in part.head],
        "rows": [[_text(cell) for cell in row] for row in part.rows],
        "widths": list(part.widths),
        "named": part.named,
    }


def _text(words: str) -> str:
    """Nothing hides in the words, as on a page, and no character is left that no font can show."""
    return shown(clean(words))
