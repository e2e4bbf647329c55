"""For how long the desk believes what once showed that an alert arrives: `reach.json`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from incidentdesk.law.reading import LawError, Row, each, rows

NAME = "reach.json"


@dataclass(frozen=True)
class Reach:
    """One dated row: how long a proof of somebody's address counts."""

    version: str
    effective_from: date
    effective_to: date | None
    source: str
    proof_lasts: timedelta


def read_reach(text: str) -> tuple[Reach, ...]:
    """Return the rows of `text`; LawError when one is wrong."""
    return each(rows(text, name=NAME, key="reach"), _reach)


def reach_at(known: Iterable[Reach], at: datetime) -> Reach:
    """Return the newest row valid on the UTC day of `at`; LawError when there is none."""
    day = at.astimezone(UTC).date()
    valid = [row for row in known if row.effective_from <= day <= (row.effective_to or date.max)]
    if not valid:
        raise LawError(f"{NAME}: no row is valid on {day}")
    return max(valid, key=lambda row: row.effective_from)


def _reach(row: Row) -> Reach:
    row.check_keys(("version", "effective_from", "effective_to", "source", "proof_days"))
    days = row.values["proof_days"]
    if type(days) is not int or days < 1:
        raise row.wrong("proof_days must be a whole number from 1")
    return Reach(
        version=row.text("version"),
        effective_from=row.day("effective_from"),
        effective_to=row.day_or_none("effective_to"),
        source=row.text("source"),
        proof_lasts=timedelta(days=days),
    )
