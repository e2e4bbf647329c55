"""What the desk's proposal is made with: its dated figures, and the kinds of data that people name: `assessment.json`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from incidentdesk.law.enisa_rows import whole, words
from incidentdesk.law.reading import LawError, Row, each, every, rows
from incidentdesk.rules.facts import Kind, Measures

NAME = "assessment.json"
_FIGURES = (
    "many_people",
    "very_many_people",
    "few_recipients",
    "prompt_hours",
    "prompt_hours_sensitive",
    "grave_hours_sensitive",
)
_MOST_POINTS = 4


@dataclass(frozen=True)
class NamedKind:
    """A kind of data with its category in ENISA's table, its name by language, and other words for it."""

    kind: Kind
    category: str
    name: Mapping[str, str]
    words: tuple[str, ...]


@dataclass(frozen=True)
class DatedMeasures:
    """Figures with their source and the days they are valid."""

    version: str
    effective_from: date
    effective_to: date | None
    source: str
    measures: Measures


def read_assessment(text: str) -> tuple[object, ...]:
    """Return everything in the file, so that all of it is checked."""
    return every(text, read_measures, read_kinds)


def read_measures(text: str) -> tuple[DatedMeasures, ...]:
    """Return the rows of figures; LawError when one is wrong."""
    return each(rows(text, name=NAME, key="measures"), _measures)


def measures_at(known: Iterable[DatedMeasures], at: datetime) -> Measures:
    """Return the newest figures valid on the UTC day of `at`; LawError when there are none."""
    day = at.astimezone(UTC).date()
    valid = [row for row in known if row.effective_from <= day <= (row.effective_to or date.max)]
    if not valid:
        raise LawError(f"{NAME}: no figures are valid on {day}")
    return max(valid, key=lambda row: row.effective_from).measures


def read_kinds(text: str) -> tuple[NamedKind, ...]:
    """Return the kinds of data; LawError when one is wrong or a word stands for two."""
    kinds = each(rows(text, name=NAME, key="kinds"), _kind)
    said = [word for one in kinds for word in (one.kind.id, *one.words)]
    if twice := sorted({word for word in said if said.count(word) > 1}):
        raise LawError(f"{NAME}: {', '.join(twice)} said of two kinds")
    return kinds


def _measures(row: Row) -> DatedMeasures:
    row.check_keys(("version", "effective_from", "effective_to", "source", *_FIGURES))
    return DatedMeasures(
        version=row.text("version"),
        effective_from=row.day("effective_from"),
        effective_to=row.day_or_none("effective_to"),
        source=row.text("source"),
        measures=Measures(**{name: whole(row, name) for name in _FIGURES}),
    )


def _kind(row: Row) -> NamedKind:
    row.check_keys(("id", "category", "dpc", "name", "words"), ("names_people", "credential"))
    points, said = whole(row, "dpc"), row.values["words"]
    if points > _MOST_POINTS:
        raise row.wrong("dpc must lie from 1 to 4")
    if not isinstance(said, list) or not all(isinstance(word, str) for word in said):
        raise row.wrong("words must be a list of words")
    names_people = row.truth("names_people") if "names_people" in row.values else True
    credential = row.truth("credential") if "credential" in row.values else False
    return NamedKind(
        kind=Kind(row.text("id"), points, names_people=names_people, credential=credential),
        category=row.text("category"),
        name=words(row, "name"),
        words=tuple(said),
    )
