"""From posted text to a rota, or to somebody who takes another one's place for a while. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from incidentdesk.i18n import zones
from incidentdesk.rules.rota import Every
from incidentdesk.web.forms import Form, one

LONGEST_NAME = 80
WEEKDAYS = tuple(map(str, range(7)))
# Nobody plans further; and a year of four digits too many is not worth an error of its own.
FURTHEST = timedelta(days=750)


@dataclass(frozen=True)
class Turns:
    """A rota as it shall be: `people` in their order, `turn` whose turn it is now (None: the first one's)."""

    name: str
    zone: str
    every: Every
    weekday: int
    minute: int
    people: tuple[UUID, ...]
    turn: UUID | None


@dataclass(frozen=True)
class Typed:
    """What was typed, for the page; `turns` is there when nothing is wrong with it."""

    fields: Mapping[str, str]
    people: tuple[str, ...]
    turns: Turns | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StandIn:
    """Somebody who is on duty from a moment until another, whoever's turn it is."""

    person: UUID
    start: datetime
    end: datetime


def read_rota(form: Form, known: Collection[UUID]) -> Typed:
    """Return the rota that was typed, with people who work here only."""
    fields = {name: one(form, name) for name in ("zone", "every", "weekday", "at", "turn")}
    fields["name"] = one(form, "name", longest=LONGEST_NAME)
    chosen = tuple(text for text in form.get("person", []) if text)
    by_text = {str(person): person for person in known}
    minute = _minute(fields["at"])
    wrong = {
        "name": not fields["name"] and "name_missing",
        "zone": fields["zone"] not in zones() and "zone_unknown",
        "every": fields["every"] not in set(Every) and "choose_one",
        "weekday": fields["weekday"] not in WEEKDAYS and "choose_one",
        "at": minute is None and "time_needed",
        "person": _wrong_people(chosen, by_text),
        "turn": fields["turn"] not in {"", *chosen} and "turn_not_in",
    }
    errors = {name: word for name, word in wrong.items() if word}
    if errors or minute is None:
        return Typed(fields, chosen, errors=errors)
    people = tuple(by_text[text] for text in chosen)
    turns = Turns(
        fields["name"],
        fields["zone"],
        Every(fields["every"]),
        int(fields["weekday"]),
        minute,
        people,
        by_text.get(fields["turn"]),
    )
    return Typed(fields, chosen, turns)


def _wrong_people(chosen: Collection[str], known: Mapping[str, UUID]) -> str:
    if not chosen:
        return "nobody_in_rota"
    return "" if set(chosen) <= known.keys() else "person_gone"


def _minute(text: str) -> int | None:
    """Return the minute of the day that 09:00 names, or None. Browsers that know seconds may send them."""
    parts = text.split(":")
    if not all(part.isascii() and part.isdigit() and len(part) <= 2 for part in parts) or len(parts) not in {2, 3}:  # noqa: PLR2004 - hour, minute, second
        return None
    hour, minute = int(parts[0]), int(parts[1])
    return hour * 60 + minute if hour < 24 and minute < 60 else None  # noqa: PLR2004 - a day, an hour


def read_stand_in(
    form: Form, known: Collection[UUID], *, zone: ZoneInfo, now: datetime
) -> tuple[StandIn | None, Mapping[str, str]]:
    """Return who stands in and when, typed in the rota's zone; or None, with a word per field."""
    people = {str(person): person for person in known}
    person, start, end = people.get(one(form, "person")), _moment(form, "start", zone), _moment(form, "end", zone)
    errors = {}
    if person is None:
        errors["person"] = "choose_one"
    for name, moment in (("start", start), ("end", end)):
        if moment is None or abs(moment - now) > FURTHEST:
            errors[name] = "moment_needed"
    if person is None or start is None or end is None or errors:
        return None, errors
    if end <= max(start, now):
        return None, {"end": "end_too_early"}
    return StandIn(person, start, end), {}


def _moment(form: Form, name: str, zone: ZoneInfo) -> datetime | None:
    """Return the moment of a local time; one that the clocks skip or repeat is read as the rota's hand-overs are."""
    try:
        local = datetime.fromisoformat(one(form, name, longest=20).replace("Z", "?"))
        return local.replace(tzinfo=zone, fold=0).astimezone(UTC) if local.tzinfo is None else None
    except (ValueError, OverflowError):
        return None
