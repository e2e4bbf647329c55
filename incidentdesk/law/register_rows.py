"""For how long a closed entry of the register of breaches is kept: `register.json`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from incidentdesk.law.reading import LawError, Row, each, rows

NAME = "register.json"
MOST_YEARS = 100


@dataclass(frozen=True)
class Keeping:
    """One dated row: how many years after its closure an entry is kept."""

    version: str
    effective_from: date
    effective_to: date | None
    source: str
    kept_years: int


def read_keeping(text: str) -> tuple[Keeping, ...]:
    """Return the rows of `text`; LawError when one is wrong."""
    return each(rows(text, name=NAME, key="register"), _keeping)


def keeping_at(known: Iterable[Keeping], at: datetime) -> Keeping:
    """Return the newest row valid on the UTC day of `at`; LawError when there is none."""
    day = at.astimezone(UTC).date()
    valid = [row for row in known if row.effective_from <= day <= (row.effective_to or date.max)]
    if not valid:
        raise LawError(f"{NAME}: no row is valid on {day}")
    return max(valid, key=lambda row: row.effective_from)


def _keeping(row: Row) -> Keeping:
    row.check_keys(("version", "effective_from", "effective_to", "source", "kept_years"))
    years = row.values["kept_years"]
    if type(years) is not int or not 1 <= years <= MOST_YEARS:
        raise row.wrong(f"kept_years must be a whole number from 1 to {MOST_YEARS}")
    return Keeping(
        version=row.text("version"),
        effective_from=row.day("effective_from"),
        effective_to=row.day_or_none("effective_to"),
        source=row.text("source"),
        kept_years=years,
    )
