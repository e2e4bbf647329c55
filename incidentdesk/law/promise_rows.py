"""What the desk promises its reporters: `promises.json`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from incidentdesk.law.reading import LawError, Row, each, rows
from incidentdesk.rules.next_step import Duty

NAME = "promises.json"
_PROMISED = (Duty.FIRST_LOOK, Duty.FIRST_ANSWER, Duty.DECISION)
_SEVERITIES = (1, 2, 3, 4)


@dataclass(frozen=True)
class Promises:
    """One dated row: within how many hours each promise is kept, by severity."""

    version: str
    effective_from: date
    effective_to: date | None
    source: str
    by_duty: Mapping[str, Mapping[int, float]]

    def hours(self, duty: str, severity: int) -> float:
        """Return the hours promised for `duty` (first_look, first_answer, decision) at severity 1 to 4."""
        return self.by_duty[duty][severity]


def read_promises(text: str) -> tuple[Promises, ...]:
    """Return the rows of `text`; LawError when one is wrong."""
    return each(rows(text, name=NAME, key="promises"), _promises)


def promises_at(known: Iterable[Promises], at: datetime) -> Promises:
    """Return the newest row valid on the UTC day of `at`; LawError when there is none."""
    day = at.astimezone(UTC).date()
    valid = [row for row in known if row.effective_from <= day <= (row.effective_to or date.max)]
    if not valid:
        raise LawError(f"{NAME}: no row is valid on {day}")
    return max(valid, key=lambda row: row.effective_from)


def _promises(row: Row) -> Promises:
    row.check_keys(("version", "effective_from", "effective_to", "source", "hours"))
    by_duty = row.part("hours")
    by_duty.check_keys([duty.value for duty in _PROMISED])
    return Promises(
        version=row.text("version"),
        effective_from=row.day("effective_from"),
        effective_to=row.day_or_none("effective_to"),
        source=row.text("source"),
        by_duty={duty.value: _by_severity(by_duty.part(duty)) for duty in _PROMISED},
    )


def _by_severity(row: Row) -> dict[int, float]:
    row.check_keys([str(severity) for severity in _SEVERITIES])
    return {severity: _hours(row, str(severity)) for severity in _SEVERITIES}


def _hours(row: Row, severity: str) -> float:
    value = row.values[severity]
    if type(value) not in {int, float} or not 0 < value < float("inf"):
        raise row.wrong(f"severity {severity} needs hours above 0")
    return float(value)
