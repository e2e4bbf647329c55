"""How long an inquiry before awareness may take: `inquiry.json`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from incidentdesk.law.reading import LawError, Row, each, rows
from incidentdesk.rules.awareness import InquiryLimits

NAME = "inquiry.json"


@dataclass(frozen=True)
class DatedLimits:
    """One dated row."""

    effective_from: date
    effective_to: date | None
    source: str
    limits: InquiryLimits


def read_inquiry(text: str) -> tuple[DatedLimits, ...]:
    """Return the rows of `text`; LawError when one is wrong."""
    return each(rows(text, name=NAME, key="inquiry"), _limits)


def limits_at(known: Iterable[DatedLimits], at: datetime) -> InquiryLimits:
    """Return the newest row valid on the UTC day of `at`; LawError when there is none."""
    day = at.astimezone(UTC).date()
    valid = [row for row in known if row.effective_from <= day <= (row.effective_to or date.max)]
    if not valid:
        raise LawError(f"{NAME}: no row is valid on {day}")
    return max(valid, key=lambda row: row.effective_from).limits


def _limits(row: Row) -> DatedLimits:
    row.check_keys(("version", "effective_from", "effective_to", "source", "warn_hours", "alarm_hours"))
    warn, alarm = (_hours(row, key) for key in ("warn_hours", "alarm_hours"))
    if warn >= alarm:
        raise row.wrong("alarm_hours must come after warn_hours")
    return DatedLimits(
        effective_from=row.day("effective_from"),
        effective_to=row.day_or_none("effective_to"),
        source=row.text("source"),
        limits=InquiryLimits(row.text("version"), warn, alarm),
    )


def _hours(row: Row, key: str) -> timedelta:
    value = row.values[key]
    if type(value) is not int or value < 1:
        raise row.wrong(f"{key} must be a whole number from 1")
    return timedelta(hours=value)
