"""Numbers as people write them, "several thousand" or "213 forms", as the range they stand for."""

import math
import re
from collections.abc import Iterable
from typing import Final

from incidentdesk.rules.facts import ANY, Span

_UNITS: Final = {
    word: number
    for number, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    )
}
_GROUPS: Final = {
    "ten": 10,
    "dozen": 12,
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
    "k": 1_000,
    "m": 1_000_000,
}
# Without a number of their own: "dozens", "a few hundred", "thousands".
_LEAST: Final = 2
_MOST: Final = 8
_FEW: Final = {"few", "several", "some", "couple", "handful"}
# "Many" is more than the hundred that flags a breach; nobody knows how many more.
_MANY: Final = Span(101, math.inf)
_LARGE: Final = re.compile(r"\b(?:many|numerous|large number)\b")
# Nobody counts further; what is larger has no end.
_LARGEST: Final = 10.0**12
# What is counted here is no people: "customers in several Member States", "clients since 2015", "two stolen tablets".
_ELSE: Final = re.compile(
    r"\b(?:since|in) (?:19|20)\d\d\b(?!,)"
    r"|\S+ (?:eu |member |stolen |lost |encrypted )*"
    r"(?:states|countries|years|months|weeks|days|hours|tablets?|laptops?|devices?|phones?|servers?|systems?|sites)\b"
)
_ABOVE: Final = re.compile(r"\b(?:more than|over|above|exceeding)\b|>")
_FROM: Final = re.compile(r"\b(?:at least|minimum|or more)\b|≥|\+\s*$")
_BELOW: Final = re.compile(r"\b(?:up to|at most|less than|fewer than|under|below|no more than|maximum)\b|[<≤]")
_BETWEEN: Final = re.compile(r"(?<=\d)\s*(?:-|–|to)\s*(?=\d)|\bbetween\b.*\band\b")
_TOGETHER: Final = re.compile(r"\band\b|\bplus\b|\+")
_WORD: Final = re.compile(r"\d{1,3}(?:[ ,.\u00a0\u202f]\d{3})+(?!\d)|\d+(?:\.\d+)?|[a-z]+")
_LONGEST: Final = 300
_HOURS: Final = {"minute": 1 / 60, "hour": 1, "day": 24, "week": 168, "month": 720, "year": 8760}
# Short for a unit, behind its number: "30 h", "45min".
_SHORT: Final = {"min": "minutes", "mins": "minutes", "h": "hours", "hr": "hours", "hrs": "hours", "d": "days"}
_UNIT: Final = re.compile(r"(?<=\d)\s*(mins?|h|hrs?|d)\b")
_AT_ONCE: Final = re.compile(r"\b(?:in time|timely|at once|immediately|promptly|instantly)\b")
_NEVER: Final = re.compile(r"\b(?:never|lost|gone|permanent|permanently|irrecoverable|not (?:restored|recoverable))\b")


def count_in(text: str) -> Span:
    """Return the range that a count of people in words stands for; from 0 without end when it names no number."""
    said = _ELSE.sub(" ", text[:_LONGEST].lower())
    counted = _counted(said, _numbers(said))
    return Span(min(counted.low, _LARGEST), counted.high if counted.high <= _LARGEST else math.inf)


def _counted(said: str, found: list[Span]) -> Span:
    if not found:
        return _MANY if _LARGE.search(said) else ANY
    least = max(number.low for number in found)
    if _ABOVE.search(said):
        return Span(least + 1, math.inf)
    if _FROM.search(said):
        return Span(least, math.inf)
    if _BELOW.search(said):
        return Span(0, max(number.high for number in found))
    return _joined(said, found)


def _joined(said: str, found: list[Span]) -> Span:
    """Return one range for several numbers: from the one to the other, both together, or only the first."""
    if _BETWEEN.search(said):
        return Span(min(number.low for number in found), max(number.high for number in found))
    if _TOGETHER.search(said):
        return Span(sum(number.low for number in found), sum(number.high for number in found))
    return found[0]


def hours_in(text: str) -> Span:
    """Return the hours that a time in words stands for, such as "two working days", "minutes", "never"."""
    said = _UNIT.sub(lambda found: f" {_SHORT[found[1]]}", text[:_LONGEST].lower())
    if _NEVER.search(said):
        return Span.exactly(math.inf)
    units = [hours for word, hours in _HOURS.items() if re.search(rf"\b{word}s?\b", said)]
    found = _numbers(said)
    if not units:
        if _AT_ONCE.search(said) and not found:
            return Span.exactly(0)
        # A bare number is one of hours.
        return _counted(said, found) if re.fullmatch(r"\s*\d+(?:\.\d+)?\s*", said) else ANY
    if len(units) > 1 and (parts := list(_parts(said))):
        return Span(sum(part.low for part in parts), sum(part.high for part in parts))
    counted = _counted(said, found) if found else _uncounted(said)
    return Span(counted.low * units[0], counted.high * units[0])


def _parts(said: str) -> Iterable[Span]:
    """Yield each part of a time in several units, "2 days 14 hours"."""
    for part, word in re.findall(rf"(.*?)\b({'|'.join(_HOURS)})s?\b", said):
        if found := _numbers(part):
            counted = _counted(part, found)
            yield Span(counted.low * _HOURS[word], counted.high * _HOURS[word])


def _uncounted(said: str) -> Span:
    """Return how many of a unit there are without a number: "hours", "a week", "more than a day", "within a day"."""
    if re.search(r"\b(?:minute|hour|day|week|month|year)s\b", said):
        return Span(_LEAST, _MOST)
    if _ABOVE.search(said) or _FROM.search(said):
        return Span(1, math.inf)
    whole = re.search(r"\b(?:a|an) (?:full |whole |working )?(?:minute|hour|day|week|month|year)\b", said)
    part = _BELOW.search(said) or re.search(r"\b(?:within|half|quarter|part)\b", said)
    return Span(int(bool(whole and not part)), 1)


def _numbers(said: str) -> list[Span]:
    found: list[Span] = []
    words = [word for word in _WORD.findall(said) if word != "of"]
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        number = _one(word, before, found)
        if number is not None:
            found.append(number)
    return found


def _one(word: str, before: str, found: list[Span]) -> Span | None:
    """Return the number a word stands for; a group such as "thousand" takes the number before it along."""
    if word[0].isdigit():
        return Span.exactly(_number(word))
    if word in _UNITS:
        return Span.exactly(_UNITS[word])
    group = _GROUPS.get(word.removesuffix("s"))
    if group is not None and (len(word) > 1 or before[:1].isdigit()):
        counted = found.pop() if found and _counts(before) else _several(word)
        return Span(counted.low * group, counted.high * group)
    return Span(_LEAST, _MOST) if word in _FEW else None


def _number(word: str) -> float:
    """Read digits; a separator before each three of them is one of thousands."""
    grouped = re.fullmatch(r"[1-9]\d{0,2}(?:[ ,.\u00a0\u202f]\d{3})+", word)
    return float(re.sub(r"\D", "", word)) if grouped else float(word)


def _counts(before: str) -> bool:
    return before[:1].isdigit() or before in _UNITS or before in _FEW or before.removesuffix("s") in _GROUPS


def _several(word: str) -> Span:
    """Return how many of a group there are when nobody says: "dozens" are some, "a dozen" is one."""
    return Span(_LEAST, _MOST) if word.endswith("s") else Span.exactly(1)
