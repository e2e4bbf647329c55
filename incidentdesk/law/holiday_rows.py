"""Public holidays by country: `holidays.json`."""

from dataclasses import dataclass
from datetime import date

from incidentdesk.law.reading import Row, each, numbered, rows

NAME = "holidays.json"


@dataclass(frozen=True)
class Holidays:
    """The public holidays of one country, complete between the two dates."""

    country: str
    zones: tuple[str, ...]
    source: str
    effective_from: date
    effective_to: date
    days: frozenset[date]


def read_holidays(text: str) -> tuple[Holidays, ...]:
    """Return the lists of `text`, one per country; LawError when one is wrong."""
    return each(rows(text, name=NAME, key="countries"), _holidays)


def _holidays(row: Row) -> Holidays:
    row.check_keys(("country", "zones", "source", "effective_from", "effective_to", "days"))
    begins, ends = row.day("effective_from"), row.day("effective_to")
    return Holidays(
        country=row.text("country"),
        zones=tuple(str(zone) for zone in _listed(row, "zones")),
        source=row.text("source"),
        effective_from=begins,
        effective_to=ends,
        days=frozenset(_day(row, number, day, (begins, ends)) for number, day in enumerate(_listed(row, "days"), 1)),
    )


def _listed(row: Row, key: str) -> list[object]:
    value = row.values[key]
    if not isinstance(value, list):
        raise row.wrong(f"{key} must be a list")
    return value


def _day(country: Row, number: int, values: object, validity: tuple[date, date]) -> date:
    row = numbered(f"{country.place}, day {number}", values, country.faults)
    row.check_keys(("date", "name"))
    row.text("name")
    day = row.day("date")
    if not validity[0] <= day <= validity[1]:
        raise row.wrong(f"{day} lies outside the validity of the list")
    return day
