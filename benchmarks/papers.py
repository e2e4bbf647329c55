"""A full draft of a notification as PDF: every field of the form answered, the longest ones with a page of words each."""

import time
from statistics import median

from incidentdesk import clock, law
from incidentdesk.rules.notification import Kind, Section
from incidentdesk.web import typeset
from incidentdesk.web.typeset import Document, Paragraph, Rows

TURNS = 5
WORDS = "The list of customers went to the wrong address and was opened there before anybody noticed. " * 30
SHORT = "As far as is known today"


def seconds() -> tuple[float, float]:
    """Return the processor seconds of a full draft of some 25 pages, and of one line.

    Of the processor, so that a machine which is busy with others tells the same.
    """
    # Fonts are read once in the life of a process.
    typeset.typeset(_least(0))
    # Each paper says something else, or the library would remember the one before.
    rounds = [(_took(_draft(turn)), _took(_least(turn))) for turn in range(TURNS)]
    return median(one for one, _ in rounds), median(one for _, one in rounds)


def _took(document: Document) -> float:
    started = time.process_time()
    made = typeset.typeset(document)
    assert made.archived
    return time.process_time() - started


def _least(turn: int) -> Document:
    return _paper((typeset.Section("One", (Paragraph(f"{SHORT} {turn}"),)),))


def _draft(turn: int) -> Document:
    edition = law.edition_at(clock.now())
    return _paper(tuple(_section(section, edition.version, f"{turn} {WORDS}") for section in edition.sections))


def _section(section: Section, version: str, long: str) -> typeset.Section:
    words = law.words_of(version)
    rows = [
        (words.fields[field.key].label.en, long if field.kind is Kind.TEXT else SHORT, "checked by somebody")
        for field in section.fields
    ]
    return typeset.Section(words.sections[section.id].en, (Rows(("Field", "Answer", "Check"), rows, (4, 7, 3)),))


def _paper(sections: tuple[typeset.Section, ...]) -> Document:
    return Document("Notification", "Bench", "en", (SHORT,), sections, "0" * 64, clock.now())
