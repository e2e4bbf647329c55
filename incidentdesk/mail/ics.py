"""Writes iCalendar (RFC 5545, RFC 5546): a deadline as an event, to put into a calendar, to take out, or in a list of all.

A deadline has no length, so an event ends when it begins, and nobody is busy then. The moment stands in UTC: each
calendar shows it in its own zone, and nothing about summer time has to be said.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

PRODUCT = "-//incidentdesk//deadlines//EN"
# Octets of a line, without its end (RFC 5545, 3.1).
LONGEST = 75
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
# A value of a parameter may hold none of these (RFC 6868 says how they are written).
_IN_QUOTES = str.maketrans({"^": "^^", '"': "^'", "\n": "^n"})
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Method(StrEnum):
    """What whoever gets the file is asked to do (RFC 5546)."""

    PUBLISH = "PUBLISH"
    CANCEL = "CANCEL"


@dataclass(frozen=True)
class Event:
    """A deadline. Under one `uid` the highest `sequence` counts; `changed_at` is the moment of this version."""

    uid: str
    sequence: int
    changed_at: datetime
    at: datetime
    summary: str
    description: str
    url: str
    alarms: tuple[timedelta, ...] = ()


@dataclass(frozen=True)
class Organizer:
    """Who sends the event: a name and an address."""

    name: str
    address: str


def message(event: Event, method: Method, organizer: Organizer) -> bytes:
    """Return the file that puts an event into a calendar, changes it there or takes it out."""
    sender = f'ORGANIZER;CN="{_plain(organizer.name).translate(_IN_QUOTES)}":mailto:{organizer.address}'
    return _calendar((f"METHOD:{method}",), _event(event, sender, is_off=method is Method.CANCEL))


def feed(events: Iterable[Event], *, name: str, refresh: timedelta) -> bytes:
    """Return the calendar of all `events`, for a program that asks for it again and again (RFC 7986)."""
    minutes = f"PT{refresh // timedelta(minutes=1)}M"
    head = (
        f"NAME:{_text(name)}",
        # What came before the standard, and is still what most programs read.
        f"X-WR-CALNAME:{_text(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{minutes}",
        f"X-PUBLISHED-TTL:{minutes}",
    )
    return _calendar(head, (line for event in events for line in _event(event)))


def _calendar(head: Iterable[str], events: Iterable[str]) -> bytes:
    lines = ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", *head, *events)
    return "".join(f"{_folded(line)}\r\n" for line in (*lines, "END:VCALENDAR")).encode()


def _event(event: Event, *more: str, is_off: bool = False) -> Iterator[str]:
    yield from (
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"SEQUENCE:{event.sequence}",
        f"DTSTAMP:{_moment(event.changed_at)}",
    )
    yield from (f"DTSTART:{_moment(event.at)}", f"SUMMARY:{_text(event.summary)}", *more)
    yield from (f"DESCRIPTION:{_text(event.description)}", f"URL:{event.url}")
    yield from ("CLASS:CONFIDENTIAL", "TRANSP:TRANSPARENT", f"STATUS:{'CANCELLED' if is_off else 'CONFIRMED'}")
    for before in () if is_off else event.alarms:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_text(event.summary)}")
        yield from (f"TRIGGER:-PT{before // timedelta(minutes=1)}M", "END:VALARM")
    yield "END:VEVENT"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    return _plain(text).translate(_ESCAPED)


def _plain(text: str) -> str:
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n"))


def _folded(line: str) -> str:
    """Break a line that is too long, counted in octets, and never inside a letter; what goes on begins with a space."""
    parts, room = [], LONGEST
    for letter in line:
        size = len(letter.encode())
        if size > room:
            parts.append("\r\n ")
            room = LONGEST - 1
        parts.append(letter)
        room -= size
    return "".join(parts)
