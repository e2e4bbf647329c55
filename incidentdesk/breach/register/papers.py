"""The register on paper: an entry a section, in the reader's language and zone, with the hashes that were signed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from incidentdesk import i18n
from incidentdesk.breach.register.entries import Entry
from incidentdesk.rules.register import TEXTS
from incidentdesk.web.pages import environment
from incidentdesk.web.typeset import Document, Paragraph, Rows, Section


@dataclass(frozen=True)
class Reader:
    """For whom it is printed, where, and when."""

    organisation: str
    language: str
    zone: ZoneInfo
    now: datetime

    @property
    def words(self) -> Any:  # noqa: ANN401 - a template's own names
        """The words of the register in the reader's language."""
        return environment(self.language).get_template("breach/_register_words.html").module


def paper(entries: Sequence[Entry], names: Mapping[UUID, str], reader: Reader, *, lead: Sequence[str]) -> Document:
    """Return the register as a document; `lead` says what part of it this is, and what is left out."""
    words = reader.words
    moment = _moment(reader.now, reader)
    sections = [Section(entry.incident.reference, list(_parts(entry, names, reader))) for entry in entries]
    if not entries:
        sections = [Section(words.title, [Paragraph(words.nothing)])]
    return Document(
        title=words.title,
        author=reader.organisation,
        language=reader.language,
        lead=(str(words.as_it_stood(moment)), *lead),
        sections=sections,
        mark=f"{words.title} · {reader.organisation} · {moment}",
        made_at=reader.now.replace(microsecond=0),
    )


def _parts(entry: Entry, names: Mapping[UUID, str], reader: Reader) -> Iterator[Paragraph | Rows]:
    words = reader.words
    yield Rows((words.field, words.content), list(_facts(entry, reader)), (2, 5))
    if entry.lines:
        head = (words.line, words.written, words.by, words.reason)
        yield Rows(head, list(_lines(entry, names, reader)), (2, 3, 3, 6))
    if entry.signed is not None:
        yield Paragraph(f"{words.hash}: {entry.signed.snapshot_hash}")


def _facts(entry: Entry, reader: Reader) -> Iterator[tuple[str, str]]:
    words, row, texts = reader.words, entry.row, entry.texts
    yield words.aware, _moment(row.aware_at if row else None, reader)
    for name in TEXTS[:3]:
        yield words.texts[name], texts[name] or words.unwritten
    yield words.risk, words.risks.get(entry.risk, words.unwritten)
    for name in TEXTS[3:]:
        if texts[name] or name != "why_not_notified":
            yield words.texts[name], texts[name] or words.unwritten
    if entry.unanswered:
        yield words.unanswered, "\n".join(str(words.questions.get(name, name)) for name in entry.unanswered)
    yield words.authority, _authority(entry, reader)
    yield words.people_told, _people(entry, reader)
    gaps = ", ".join(str(words.gaps[gap]) for gap in entry.gaps)
    yield words.missing if gaps else words.complete, gaps or words.nothing_missing
    yield words.closed, _moment(row.closed_at if row else None, reader) or words.not_closed


def _authority(entry: Entry, reader: Reader) -> str:
    if entry.row is None or entry.row.notified_at is None:
        return str(reader.words.not_notified)
    took = i18n.span(entry.took, reader.language) if entry.took is not None else ""
    return f"{_moment(entry.row.notified_at, reader)} ({took})"


def _people(entry: Entry, reader: Reader) -> str:
    said = str(reader.words.standings[entry.row.standing]) if entry.row else ""
    told = _moment(entry.told[0].told_at, reader) if entry.told else ""
    return f"{said} ({told})" if told else said


def _lines(entry: Entry, names: Mapping[UUID, str], reader: Reader) -> Iterator[tuple[str, str, str, str]]:
    for line in entry.lines:
        moment = _moment(line.written_at, reader)
        yield str(reader.words.kinds[line.kind]), moment, names.get(line.member_id, ""), line.why


def _moment(value: datetime | None, reader: Reader) -> str:
    return i18n.moment(value, reader.zone, reader.language) if value else ""
