"""When an incident is significant under NIS2: `significance.json`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from incidentdesk.law.reading import LawError, Row, Said, each, numbered, rows

NAME = "significance.json"
_FOR = ("all", "cloud", "data_centre")


@dataclass(frozen=True)
class Threshold:
    """One thing that makes an incident significant, and for which providers."""

    id: str
    article: str
    says: Said
    applies_to: str


@dataclass(frozen=True)
class Significance:
    """One dated row with its thresholds."""

    version: str
    source: str
    effective_from: date
    effective_to: date | None
    thresholds: tuple[Threshold, ...]


def read_significance(text: str) -> tuple[Significance, ...]:
    """Return the rows of `text`; LawError when one is wrong."""
    return each(rows(text, name=NAME, key="significance"), _significance)


def significance_at(known: Iterable[Significance], at: datetime) -> Significance | None:
    """Return the newest row valid on the UTC day of `at`, or None: before it nothing was a threshold."""
    day = at.astimezone(UTC).date()
    valid = [row for row in known if row.effective_from <= day <= (row.effective_to or date.max)]
    return max(valid, key=lambda row: row.effective_from, default=None)


def _significance(row: Row) -> Significance:
    row.check_keys(("version", "source", "effective_from", "effective_to", "thresholds"))
    listed = row.values["thresholds"]
    if not isinstance(listed, list) or not listed:
        raise row.wrong("thresholds must be a list that says something")
    found = tuple(
        _threshold(numbered(f"{row.place}, threshold {n}", one, row.faults)) for n, one in enumerate(listed, 1)
    )
    ids = [one.id for one in found]
    if len(set(ids)) < len(ids):
        raise LawError(f"{row.place}: two thresholds share an id")
    return Significance(
        version=row.text("version"),
        source=row.text("source"),
        effective_from=row.day("effective_from"),
        effective_to=row.day_or_none("effective_to"),
        thresholds=found,
    )


def _threshold(row: Row) -> Threshold:
    row.check_keys(("id", "article", "says", "for"))
    return Threshold(row.text("id"), row.text("article"), row.said("says"), row.choice("for", _FOR))
