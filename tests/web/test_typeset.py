"""What is set as PDF: tagged, for archives and screen readers, the same bytes each time, and nobody's words are markup."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from threading import Event
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from incidentdesk import law
from incidentdesk.tables import LOST
from incidentdesk.web.typeset import (
    LONG,
    MOST,
    MOST_LONG,
    QUICK,
    Document,
    PaperQueue,
    PaperTooLong,
    Paragraph,
    Rows,
    Section,
    give_pdf,
    length_of,
    typeset,
)
from tests.thorough import THOROUGH
from tests.web.papers import amiss

NOW = datetime(2026, 11, 26, 14, 2, 3, 456789, tzinfo=UTC)
HASH = "ab12" * 16
ROWS = Rows(("Field", "Value"), (("What happened", "A list went to the wrong address"), ("People", "180")), (1, 2))
PLAIN = Document(
    title="Notification of a personal data breach",
    author="Acme",
    language="nl",
    lead=("Version 3, preliminary.",),
    sections=(Section("What happened", (Paragraph("In short."), ROWS)),),
    mark=f"IR-26-7KQ4MX · {HASH}",
    made_at=NOW,
)
MARKUP = (
    "*bold* _soft_ #emph[x] $a^2$ @there <here> `code` = Title",
    '#read("/etc/passwd") #import "@preview/x:1.0.0"',
    '"); #panic("no") \\u{41} // gone? /* gone? */ \\',
    "<script>alert(1)</script> </Document> ${1+1} {{ 7*7 }}",
)


def read(document: Document) -> PdfReader:
    return PdfReader(BytesIO(typeset(document).content), strict=True)


def said(document: Document) -> str:
    return "".join("".join(page.extract_text().split()) for page in read(document).pages)


def with_words(*words: str) -> Document:
    rows = Rows(("Field", "Value"), [(word, word) for word in words], (1, 2))
    return replace(PLAIN, sections=(Section(words[0], (*map(Paragraph, words), rows)),))


def tags(node: Any) -> Iterator[str]:
    """Yield the tag of every element of the tree, from the top."""
    node = node.get_object()
    if isinstance(node, list):
        for child in node:
            yield from tags(child)
    elif isinstance(node, dict):
        if "/S" in node:
            yield str(node["/S"])
        yield from tags(node["/K"]) if "/K" in node else ()


def test_the_paper_is_tagged_and_says_for_which_archive_and_in_which_language() -> None:
    paper = read(PLAIN)
    root: Any = paper.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert (root["/Lang"], bool(root["/ViewerPreferences"]["/DisplayDocTitle"])) == ("nl", True)
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    told = root["/Metadata"].get_data().decode()
    for claim in ("pdfaid:part>3<", "pdfaid:conformance>A<", "pdfuaid:part>1<", PLAIN.title, "2026-11-26T14:02:03Z"):
        assert claim in told


def test_a_validator_finds_it_to_be_what_it_says() -> None:
    assert amiss(typeset(PLAIN).content) == []
    assert amiss(typeset(with_words(*MARKUP, "Ω Ж ş ß ع ש €", "long" * 3000)).content) == []


def test_the_validator_sees_what_is_not_so() -> None:
    untagged = typeset(PLAIN).content.replace(b"/Marked true", b"/Marked null")
    assert [found.partition(":")[0].partition("-")[0] for found in amiss(untagged)] == ["PDFA3A", "PDFUA1"]
    assert amiss(typeset(with_words("before \U0001f8ff after")).content)


def test_headings_and_tables_are_headings_and_tables_to_a_screen_reader() -> None:
    root: Any = read(PLAIN).trailer["/Root"]
    found = list(tags(root["/StructTreeRoot"]["/K"]))
    assert {"/H1", "/H2", "/P", "/Table", "/THead", "/TBody"} <= set(found)
    assert (found.count("/TH"), found.count("/TD"), found.count("/TR")) == (2, 4, 3)


def test_its_mark_stands_at_the_foot_of_every_page() -> None:
    many = replace(PLAIN, sections=[*PLAIN.sections] * 30)
    pages = read(many).pages
    assert len(pages) > 2
    assert all(PLAIN.mark in page.extract_text() for page in pages)


@pytest.mark.parametrize("words", MARKUP)
def test_markup_that_somebody_typed_stands_there_as_they_typed_it(words: str) -> None:
    told = said(replace(with_words(words), title=words, mark=words, lead=(words,)))
    assert told.count("".join(words.split())) >= 5
    assert "root:" not in told


@settings(max_examples=300 if THOROUGH else 15, deadline=None)
@given(st.text(max_size=400))
def test_no_text_keeps_the_paper_from_being_made(words: str) -> None:
    made = typeset(with_words(f"x{words}", "y" * 3000))
    assert made.content.startswith(b"%PDF-")


def test_what_would_hide_is_written_out() -> None:
    assert "left⟨U+202E⟩right" in said(with_words("left\u202eright"))


def test_the_same_document_gives_the_same_bytes() -> None:
    assert typeset(PLAIN).content == typeset(PLAIN).content
    assert typeset(PLAIN).content != typeset(replace(PLAIN, made_at=NOW.replace(second=4))).content


@pytest.mark.parametrize("letter", ["Ω", "Ж", "ş", "ß", "ع", "ש", "€", "→"])
def test_the_letters_of_our_neighbours_need_no_font_of_the_system(letter: str) -> None:
    assert typeset(with_words(letter)).archived


def test_a_character_that_no_font_has_costs_the_standard_and_not_the_paper() -> None:
    made = typeset(with_words("before \U0001f8ff after"))
    assert not made.archived
    root: Any = PdfReader(BytesIO(made.content)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "pdfaid:part" not in root["/Metadata"].get_data().decode()


async def test_it_is_handed_out_to_be_saved_and_never_shown_by_us() -> None:
    answer = await give_pdf("IR-26-7KQ4MX register", PLAIN)
    assert answer.media_type == "application/pdf"
    assert 'filename="IR-26-7KQ4MX register.pdf"' in answer.headers["content-disposition"]


def lines(count: int) -> Document:
    return with_words("a\n" * (count // 3))


@contextmanager
def long_papers(count: int) -> Iterator[None]:
    """So many long papers are being set, and none of them is ever done."""
    done = Event()
    LONG.thread.submit(done.wait)
    LONG.taken += count
    try:
        yield
    finally:
        LONG.taken -= count
        done.set()


async def test_a_short_paper_does_not_wait_for_a_long_one() -> None:
    with long_papers(MOST_LONG):
        assert (await give_pdf("short", PLAIN)).content.startswith(b"%PDF-")
        with pytest.raises(PaperQueue):
            await give_pdf("long", lines(2 * QUICK))
        assert LONG.taken == MOST_LONG
    assert (await give_pdf("long", lines(2 * QUICK))).content.startswith(b"%PDF-")
    assert LONG.taken == 0


async def test_a_paper_without_end_is_refused_and_the_longest_draft_is_not() -> None:
    with pytest.raises(PaperTooLong):
        await give_pdf("endless", lines(MOST + QUICK))
    fields = len(list(law.edition_at(NOW).fields))
    cells = [("x" * 80, "a\n" * 5000, "y" * 200)] * fields
    assert (
        QUICK < length_of(replace(PLAIN, sections=[Section("All", (Rows(("A", "B", "C"), cells, (1, 1, 1)),))])) < MOST
    )


@pytest.mark.parametrize("language, words", [("en", "could not be read"), ("nl", "niet worden gelezen")])
def test_what_is_damaged_is_said_in_words(language: str, words: str) -> None:
    told = said(replace(with_words("before", LOST), language=language))
    assert told.count(words.replace(" ", "")) == 3
    assert "⟨?⟩" not in told


def test_what_is_hard_to_set_counts_as_long_as_it_takes() -> None:
    letters = {letter: length_of(with_words(letter * 9_000)) for letter in ("a", "\u0431", "\u6f22")}
    assert letters["a"] * 5 < letters["\u0431"] < letters["\u6f22"]
    # A whole form of characters that no font of ours has lets short papers pass.
    assert letters["a"] * 10 < QUICK < letters["\u6f22"] * 10
