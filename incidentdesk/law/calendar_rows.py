"""How a deadline stands in people's calendars: `calendar.json`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from incidentdesk.law.reading import LawError, Row, each, rows

NAME = "calendar.json"


@dataclass(frozen=True)
class CalendarManners:
    """One dated row: how long before the deadline an alarm sounds, and how often a subscribed calendar should ask."""

    version: str
    effective_from: date
    effective_to: date | None
    source: str
    alarms: tuple[timedelta, ...]
    refresh: timedelta


def read_manners(text: str) -> tuple[CalendarManners, ...]:
    """Return the rows of `text`; LawError when one is wrong."""
    return each(rows(text, name=NAME, key="calendar"), _manners)


def manners_at(known: Iterable[CalendarManners], at: datetime) -> CalendarManners:
    """Return the newest row valid on the UTC day of `at`; LawError when there is none."""
    day = at.astimezone(UTC).date()
    valid = [row for row in known if row.effective_from <= day <= (row.effective_to or date.max)]
    if not valid:
        raise LawError(f"{NAME}: no row is valid on {day}")
    return max(valid, key=lambda row: row.effective_from)


def _manners(row: Row) -> CalendarManners:
    row.check_keys(("version", "effective_from", "effective_to", "source", "alarm_hours", "refresh_minutes"))
    hours, minutes = row.values["alarm_hours"], row.values["refresh_minutes"]
    if not isinstance(hours, list) or not hours or not all(type(one) is int and one > 0 for one in hours):
        raise row.wrong("alarm_hours must be a list of whole numbers from 1")
    if type(minutes) is not int or minutes < 1:
        raise row.wrong("refresh_minutes must be a whole number from 1")
    return CalendarManners(
        version=row.text("version"),
        effective_from=row.day("effective_from"),
        effective_to=row.day_or_none("effective_to"),
        source=row.text("source"),
        alarms=tuple(timedelta(hours=one) for one in hours),
        refresh=timedelta(minutes=minutes),
    )
