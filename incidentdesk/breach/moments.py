"""Reading what every room of the legal side asks: a moment with its zone, and words that become evidence."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from incidentdesk.i18n import zones
from incidentdesk.rules.deadline import Ambiguous, Exact, local_moment
from incidentdesk.web.forms import Form, block, one

PARTS = ("year", "month", "day", "hour", "minute")
LONGEST_NUMBER = 4
LONGEST_TEXT = 10_000
# A slip of the pen is no evidence: two digits of a year, or one too many. Nobody reports a breach of the last century.
FIRST_YEAR, LAST_YEAR = 2000, 2199
T = TypeVar("T")


@dataclass(frozen=True)
class Reading(Generic[T]):
    """The value, or why there is none. `choices` holds both instants of a local time that happens twice."""

    value: T | None
    errors: dict[str, str] = field(default_factory=dict)
    choices: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)


def moment(form: Form, name: str, *, zone: ZoneInfo, now: datetime) -> Reading[datetime]:
    """Return a moment that has passed, typed in numbers in `zone` unless another one is typed beside it."""
    used, wall = zone_of(form, name, zone), _wall(form, name)
    if used is None:
        return Reading(None, {f"{name}_zone": "zone_unknown"})
    if wall is None:
        return Reading(None, {name: "moment_unreadable"})
    if not FIRST_YEAR <= wall.year <= LAST_YEAR:
        return Reading(None, {name: "year_unlikely"})
    reading = _instant(form, name, wall, used)
    if reading.value is not None and reading.value > now:
        return Reading(None, {name: "future"}, reading.choices)
    return reading


def words(form: Form, name: str, *, missing: str = "") -> tuple[str, dict[str, str]]:
    """Return a text that becomes evidence; one that is too long is refused, for half a reason is none."""
    text = block(form, name, longest=LONGEST_TEXT + 1)
    if not text and missing:
        return text, {name: missing}
    return text, {name: "text_long"} if len(text) > LONGEST_TEXT else {}


def zone_of(form: Form, name: str, zone: ZoneInfo) -> ZoneInfo | None:
    """Return the zone typed beside a moment, `zone` when none was, and None when there is no such zone."""
    typed = one(form, f"{name}_zone")
    if not typed:
        return zone
    return ZoneInfo(typed) if typed in zones() else None


def _instant(form: Form, name: str, wall: datetime, zone: ZoneInfo) -> Reading[datetime]:
    found = local_moment(wall, zone)
    if isinstance(found, Exact):
        return Reading(found.instant)
    if not isinstance(found, Ambiguous):
        return Reading(None, {name: "never_existed"})
    both = (found.first, found.second)
    chosen = {"first": found.first, "second": found.second}.get(one(form, f"{name}_which"))
    return Reading(chosen, {} if chosen else {name: "happened_twice"}, {name: both})


def _wall(form: Form, name: str) -> datetime | None:
    texts = [one(form, f"{name}_{part}") for part in PARTS]
    if not all(text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER for text in texts):
        return None
    year, month, day, hour, minute = map(int, texts)
    try:
        return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - the zone is applied next, by the rules
    except ValueError:
        return None
