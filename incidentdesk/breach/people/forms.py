"""From what was typed about telling the people to values, or to one error code per field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from incidentdesk.breach import moments
from incidentdesk.breach.moments import Reading, words
from incidentdesk.i18n import LANGUAGES
from incidentdesk.rules.people_notice import PARTS, Choice, Telling
from incidentdesk.web.forms import Form, one

CHANNELS = ("email", "letter", "portal", "phone", "in_person", "website", "press", "other")
LONGEST_PLACE = 500
MOST_PEOPLE = 999_999_999


@dataclass(frozen=True)
class Decided:
    """Whether the people are told, and why."""

    choice: Choice
    reasoning: str


@dataclass(frozen=True)
class Written:
    """A text to the people, part by part; `drafted` is what the desk would write now."""

    language: str
    parts: dict[str, str]
    drafted: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """That people were told: how, when, how many, what they read, and what proves it."""

    telling: Telling
    channel: str
    at: datetime
    people: int | None
    place: str
    words: str
    proof: str


def decision(form: Form) -> Reading[Decided]:
    """Read the signed decision."""
    chosen = one(form, "choice")
    errors = {} if chosen in set(Choice) else {"choice": "choice_missing"}
    reasoning, wrong = words(form, "reasoning", missing="reason_missing")
    errors |= wrong
    return Reading(None if errors else Decided(Choice(chosen), reasoning), errors)


def text(form: Form) -> Reading[Written]:
    """Read a version of the text. A part may be empty: the page says what is missing, and a draft is kept all the same."""
    language, errors, parts = language_in(form), dict[str, str](), dict[str, str]()
    for part in PARTS:
        parts[part], wrong = words(form, part)
        errors |= wrong
    if not any(parts.values()):
        errors["nature"] = "text_missing"
    return Reading(None if errors else Written(language, parts), errors)


def language_in(form: Form) -> str:
    """Return the language the text is for."""
    chosen = one(form, "language")
    return chosen if chosen in LANGUAGES else next(iter(LANGUAGES))


def told(form: Form, *, zone: ZoneInfo, now: datetime) -> Reading[Done]:
    """Read that people were told. Each of them is counted; of a public communication it is said where it stands."""
    telling, channel = one(form, "telling"), one(form, "channel")
    moment = moments.moment(form, "told", zone=zone, now=now)
    errors = dict(moment.errors)
    said, wrong = words(form, "words", missing="words_missing")
    proof, unproved = words(form, "proof", missing="proof_missing")
    errors |= wrong | unproved
    if telling not in set(Telling):
        errors["telling"] = "telling_missing"
    if channel not in CHANNELS:
        errors["channel"] = "channel_missing"
    people, place, unsaid = _whom(form, telling)
    errors |= unsaid
    if moment.value is None or errors:
        return Reading(None, errors, moment.choices)
    return Reading(Done(Telling(telling), channel, moment.value, people, place, said, proof))


def _whom(form: Form, telling: str) -> tuple[int | None, str, dict[str, str]]:
    place = one(form, "place", longest=LONGEST_PLACE + 1)
    if len(place) > LONGEST_PLACE:
        return None, place, {"place": "place_long"}
    if telling == Telling.PUBLIC:
        return None, place, {} if place else {"place": "place_missing"}
    people = _count(one(form, "people_told", longest=LONGEST_PLACE))
    return people, place, {} if people else {"people_told": "people_missing"}


def _count(line: str) -> int | None:
    """Return how many people a line says; a number with more signs between its figures than figures is none."""
    typed = line.replace(".", "").replace(",", "").replace(" ", "")
    is_count = (
        typed.isascii() and typed.isdigit() and len(typed) <= len(str(MOST_PEOPLE)) and len(line) < 2 * len(typed)
    )
    return int(typed) if is_count and int(typed) > 0 else None
