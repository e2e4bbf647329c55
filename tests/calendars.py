"""Calendars as a program of somebody else reads them."""

from typing import Any

from icalendar import Calendar


def opened(raw: bytes) -> Any:
    """Return the calendar, which must be sound; what it holds has a type of its own each, and a test says which it expects."""
    calendar: Any = Calendar.from_ical(raw)
    assert [(one.name, one.errors) for one in calendar.walk() if one.errors] == []
    lines = raw.removesuffix(b"\r\n").split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)
    for line in lines:
        # No letter is cut in two.
        line.decode()
    return calendar


def events(calendar: Any) -> list[Any]:
    return list(calendar.walk("VEVENT"))
