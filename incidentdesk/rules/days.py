"""Reading a day the way people write one."""

import re
from datetime import date
from typing import Final

_NUMBERS: Final = re.compile(r"(\d{1,4})[-/. ]+(\d{1,2})(?:[-/. ]+(\d{1,4}))?")
_NAMED: Final = re.compile(
    r"(?:\w+,? +)??(\d{1,2})(?:st|nd|rd|th|e)?[-. ]+(?:of +)?([a-z]{3,10})\.?(?:[-,. ]+(\d{2,4}))?"
)
_NAME_FIRST: Final = re.compile(r"([a-z]{3,10})\.? +(\d{1,2})(?:st|nd|rd|th)?(?:,? +(\d{2,4}))?")
# English and Dutch; the first three letters tell them apart.
_MONTHS: Final = (
    "january januari",
    "february februari",
    "march maart mrt",
    "april",
    "may mei",
    "june juni",
    "july juli",
    "august augustus",
    "september",
    "october oktober",
    "november",
    "december",
)
_YEAR_DIGITS: Final = 4
_LAST_MONTH: Final = 12


def read_day(text: str, *, today: date) -> date | None:
    """Return the day, None when it cannot be told. Day before month unless that cannot be; without a year the latest one."""
    words = " ".join(text.casefold().split())
    if numbers := _NUMBERS.fullmatch(words):
        first, second, third = numbers.groups()
        return _numeric(first, int(second), third, today=today)
    if named := _NAMED.fullmatch(words):
        return _day(int(named[1]), _month(named[2]), named[3], today=today)
    if named := _NAME_FIRST.fullmatch(words):
        return _day(int(named[2]), _month(named[1]), named[3], today=today)
    return None


def _numeric(first: str, second: int, third: str | None, *, today: date) -> date | None:
    if len(first) == _YEAR_DIGITS:
        return _day(int(third or 0), second, first, today=today)
    if second > _LAST_MONTH:
        return _day(second, int(first), third, today=today)
    return _day(int(first), second, third, today=today)


def _month(name: str) -> int:
    found = (
        number
        for number, names in enumerate(_MONTHS, start=1)
        if any(known.startswith(name) for known in names.split())
    )
    return next(found, 0)


def _day(day: int, month: int, year: str | None, *, today: date) -> date | None:
    try:
        if year:
            return date(int(year) + (2000 if len(year) < _YEAR_DIGITS else 0), month, day)
        this_year = date(today.year, month, day)
        return this_year if this_year <= today else date(today.year - 1, month, day)
    except ValueError:
        return None
