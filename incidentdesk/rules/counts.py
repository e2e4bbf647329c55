"""Numbers as people write them, "several thousand" or "213 forms", as the range they stand for.

A range always holds what is meant: of several numbers that nothing joins it reaches from the smallest to their sum, a word
that gives a bound gives only that, and what is "about" a number is a quarter less or more.
"""

import math
import re
from collections.abc import Iterable
from typing import Final

from incidentdesk.rules.facts import ANY, Span

_TO_NINETEEN: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_UNITS: Final = {word: number for number, word in enumerate(_TO_NINETEEN.split())}
_FROM_TWENTY: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS: Final = {word: 10 * number for number, word in enumerate(_FROM_TWENTY.split(), start=2)}
_GROUPS: Final = {
    "ten": 10,
    "dozen": 12,
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
    "mln": 1_000_000,
    "billion": 1_000_000_000,
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
# What names no number, though a word for one is in it.
_NO_NUMBER: Final = re.compile(r"\bno one\b")
_MONTHS: Final = (
    "jan(?:uar[yi])?|feb(?:ruar[yi])?|mar(?:ch)?|maart|apr(?:il)?|mei|june?|juni|july?|juli|aug(?:ust(?:us)?)?"
    "|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
# What is counted here is no people: "customers in several Member States", "clients since 12 May 2015", "two stolen tablets".
_ELSE: Final = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)? (?:{_MONTHS})\b(?: \d{{4}}\b)?"
    # "12 may be affected" counts people.
    r"|\b(?:since|from|on|before|after|until) \d{1,2}(?:st|nd|rd|th)? may\b(?: \d{4}\b)?"
    r"|\b\d{1,2}(?:st|nd|rd|th)? may \d{4}\b"
    r"|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}([-/.])\d{1,2}\1\d{4}\b"
    r"|\b(?:since|in) (?:19|20)\d\d\b(?!,)"
    r"|\S+ (?:eu |member |stolen |lost |encrypted )*"
    r"(?:states|countries|years|months|weeks|days|hours|tablets?|laptops?|devices?|phones?|servers?|systems?|sites)\b"
)
_ABOVE: Final = re.compile(r"\b(?:more than|longer than|over|above|exceeding)\b|>(?!=)")
_FROM: Final = re.compile(
    r"\b(?:at least|minimum|(?:or|and|perhaps|maybe|possibly) (?:more|longer)|and (?:counting|their|his|her)|so far|as yet"
    r"|until now|for now|at first|initially|confirmed|each|per|every)\b|≥|>=|\d\s*\+(?!\s*\d)|\+\s*$"
)
_ALMOST: Final = re.compile(r"\b(?:almost|nearly|not even|not quite|close to)\b")
_BELOW: Final = re.compile(
    r"\b(?:up to|at most|less than|fewer than|under|below|maximum|or (?:less|fewer|shorter))\b|[<≤]"
)
_ABOUT: Final = re.compile(
    r"\b(?:about|around|roughly|approximately|approx|estimated?|perhaps|maybe|possibly|or so|zo'n)\b|[~±≈]"
)
_LESS: Final = 0.75
_MORE: Final = 1.25
_NOT_ABOVE: Final = re.compile(r"\b(?:no|not) (?:more than|longer than|later than|over|above|exceeding)\b")
_NOT_BELOW: Final = re.compile(r"\b(?:no|not) (?:less than|fewer than|under|below)\b")
_BETWEEN: Final = re.compile(r"\bto\b|(?<=\d)\s*[-–]\s*(?=\d)|\bbetween\b.*\band\b")
_TOGETHER: Final = re.compile(r"\band\b|\bplus\b|\+")
_PAIR: Final = 2
_SEPARATOR: Final = "[ ,.'’_\u00a0\u202f]"
_WORD: Final = re.compile(
    rf"\d{{1,3}}(?:{_SEPARATOR}\d{{3}}|,\d{{2}})*{_SEPARATOR}\d{{3}}(?!\d)|\d+(?:[.,]\d{{1,2}}(?!\d))?|[a-z]+"
)
# Digits that stand for more than they show: "1e6", "10^6".
_POWER: Final = re.compile(r"\d\s*(?:e|\^|\*\*?)\s*\d")
# Dutch words for numbers and times, and what they are read as.
_READ_AS: Final = (
    "= nul=zero een=a anderhalf=1.5 anderhalve=1.5 één=one twee=two drie=three vier=four vijf=five zes=six zeven=seven acht=eight negen=nine "
    "tien=ten elf=eleven twaalf=twelve vijftien=fifteen twintig=twenty dertig=thirty veertig=forty vijftig=fifty "
    "zestig=sixty zeventig=seventy tachtig=eighty negentig=ninety dozijn=dozen tientallen=tens honderd=hundred "
    "honderden=hundreds duizend=thousand duizenden=thousands miljoen=million miljoenen=millions miljard=billion "
    "veel=many enkele=few enige=few meerdere=several paar=few en=and tussen=between tot=to meer=more minder=less "
    "dan=than minstens=minimum minimaal=minimum maximaal=maximum hoogstens=maximum niet=not geen=no nooit=never "
    "minuut=minute minuten=minutes uur=hour uren=hours dag=day dagen=days weken=weeks maand=month maanden=months "
    "jaar=year jaren=years binnen=within ongeveer=about circa=about ca=about rond=around omstreeks=about schatting=estimate "
    "misschien=perhaps mogelijk=perhaps bijna=almost haast=almost ruim=over langer=longer hooguit=maximum max=maximum "
    "hun=their tenminste=minimum uiterlijk=maximum korter=shorter"
)
# What is more than one word, or one only before a number.
_PHRASES: Final = (
    (re.compile(r"\bten minste\b"), "minimum"),
    (re.compile(r"\bten hoogste\b"), "maximum"),
    (re.compile(r"^\s*tot\b"), "at most"),
    (re.compile(r"\been of\b"), "one or"),
    (re.compile(r"\bof(?= (?:meer|langer|minder|korter)\b)"), "or"),
    (re.compile(r"(?<!\d)(?<!\d )\bmin\b(?=\.?\s*\d)"), "minimum"),
)
_DUTCH: Final = dict(pair.split("=") for pair in _READ_AS.split())
_LONGEST: Final = 300
_HOURS: Final = {"minute": 1 / 60, "hour": 1, "day": 24, "week": 168, "month": 720, "year": 8760}
# Short for a unit, behind its number: "30 h", "45min".
_SHORT: Final = {
    short: unit
    for unit, shorts in {"minutes": "min mins m", "hours": "h hr hrs", "days": "d", "weeks": "wk wks"}.items()
    for short in shorts.split()
}
_UNIT: Final = re.compile(rf"(?<=\d)\s*({'|'.join(_SHORT)})\b")
_ANY_UNIT: Final = rf"(?:{'|'.join(_HOURS)})"
# Several units that make one time: "2 days and 14 hours".
_ONE_TIME: Final = re.compile(rf"\D{{0,20}}\d[\d.,]*\s*{_ANY_UNIT}s?(?:,? (?:and )?\d[\d.,]*\s*{_ANY_UNIT}s?)+\W*")
_DAILY: Final = re.compile(r"\bhours (?:a|per) day\b")
_AT_ONCE: Final = re.compile(r"\b(?:in time|timely|at once|immediately|promptly|instantly)\b")
# What takes back that it was at once, or for everything.
_DOUBT: Final = re.compile(
    r"\b(?:not|no|never|most|mostly|some|part|partly|except|but|unless|if|perhaps|maybe)\b|n't|n’t|\?"
)
_NEVER: Final = re.compile(r"\b(?:never|lost|gone|permanent|permanently|irrecoverable|not (?:restored|recoverable))\b")
_WITHIN: Final = re.compile(r"\bwithin\b|\b(?:no|not) later than\b")
_NOT_WITHIN: Final = re.compile(r"\b(?:not|never) (?:\w+ )?within\b")
_NOT_LOST: Final = re.compile(r"\b(?:nothing|not|never|no \w+)(?: (?:was|were|is|are))? (?:lost|gone)\b")


def count_in(text: str, *, loosely: bool = True) -> Span:
    """Return the range that a count of people in words stands for; from 0 without end when it names no number.

    Not loosely, what is about a number is that number, as a form asks for it.
    """
    said = _NO_NUMBER.sub(" ", _ELSE.sub(" ", _in_english(text)))
    counted = _counted(said, _numbers(said))
    if loosely and _ABOUT.search(said):
        counted = Span(
            math.ceil(counted.low * _LESS), math.inf if math.isinf(counted.high) else counted.high * _MORE // 1
        )
    return Span(min(counted.low, _LARGEST), counted.high if counted.high <= _LARGEST else math.inf)


def _in_english(text: str) -> str:
    said = text[:_LONGEST].lower()
    for phrase, meaning in _PHRASES:
        said = phrase.sub(meaning, said)
    return re.sub(r"[^\W\d_]+", lambda word: _DUTCH.get(word[0], word[0]), said)


def _counted(said: str, found: list[Span]) -> Span:
    if not found:
        return _MANY if _LARGE.search(said) else ANY
    said = _NOT_BELOW.sub("at least", _NOT_ABOVE.sub("at most", said))
    above, least = _ABOVE.search(said), min(number.low for number in found)
    rises, is_bounded = above or _FROM.search(said), _BELOW.search(said)
    if _POWER.search(said) or (rises and is_bounded and re.search(r"\bor\b", said)):
        return ANY
    if rises:
        return Span(least + bool(above and not is_bounded), math.inf)
    if is_bounded:
        return Span(0, sum(number.high for number in found))
    if _ALMOST.search(said):
        return Span(least // 2, sum(number.high for number in found))
    return _joined(said, found)


def _joined(said: str, found: list[Span]) -> Span:
    """Return one range for several numbers: from the one to the other, both together, or whatever they may mean."""
    least, together = min(number.low for number in found), sum(number.high for number in found)
    if _BETWEEN.search(said) and len(found) == _PAIR:
        return Span(least, max(number.high for number in found))
    if _TOGETHER.search(said) and not re.search(r"\b(?:or|to|between)\b", said):
        return Span(sum(number.low for number in found), together)
    return Span(least, together)


def hours_in(text: str) -> Span:
    """Return the hours that a time in words stands for, such as "two working days", "minutes", "never"."""
    said = _DAILY.sub("hours", _UNIT.sub(lambda found: f" {_SHORT[found[1]]}", _in_english(text)))
    said = _WITHIN.sub("at most", _NOT_WITHIN.sub("at least", _NOT_LOST.sub(" ", said)))
    if _NEVER.search(said):
        return Span.exactly(math.inf)
    found = _timed(said)
    return Span(found.low * _LESS, found.high * _MORE) if _ABOUT.search(said) else found


def _timed(said: str) -> Span:
    """Return the time that words stand for, taken as they are."""
    parts = list(_parts(said))
    if not parts:
        return _without_unit(said)
    if len(parts) == 1:
        return parts[0]
    low = sum(part.low for part in parts) if _ONE_TIME.fullmatch(said) else min(part.low for part in parts)
    rises = _ABOVE.search(said) or _FROM.search(said)
    return Span(low, math.inf if rises else sum(part.high for part in parts))


def _without_unit(said: str) -> Span:
    """Return a bare number of hours, or none at all where it was back at once."""
    found = _numbers(said)
    if not found and _AT_ONCE.search(said) and not _DOUBT.search(said):
        return Span.exactly(0)
    return _counted(said, found) if re.fullmatch(r"\s*\d+(?:[.,]\d+)?\s*", said) else ANY


def _parts(said: str) -> Iterable[Span]:
    """Yield each part of a time, of "2 days 14 hours" both; what stands around the only unit belongs to it."""
    units = re.findall(rf"([\s\S]*?)\b({_ANY_UNIT})(s?)\b", said)
    is_only = len({word for _, word, _ in units}) == 1
    for part, word, many in units[:1] if is_only else units:
        around = said if is_only else f"{part}{word}{many}"
        found = _numbers(around)
        counted = _counted(around, found) if found else _uncounted(around)
        high = counted.high + (1 if re.search(r"\band (?:a )?half\b", said) else 0)
        yield Span(counted.low * _HOURS[word], high * _HOURS[word])


def _uncounted(said: str) -> Span:
    """Return how many of a unit there are without a number: "hours", "a week", "more than a day", "within a day"."""
    if re.search(r"\b(?:minute|hour|day|week|month|year)s\b", said):
        return Span(_LEAST, _MOST)
    if _ABOVE.search(said) or _FROM.search(said):
        return Span(1, math.inf)
    if not re.search(rf"\b(?:a|an|the|same|half) (?:full |whole |working )?{_ANY_UNIT}\b", said):
        # Some day, perhaps "the third day".
        return ANY
    if _ALMOST.search(said):
        return Span(1 / _LEAST, 1)
    whole = re.search(r"\b(?:a|an) (?:full |whole |working )?(?:minute|hour|day|week|month|year)\b", said)
    part = _BELOW.search(said) or re.search(r"\b(?:half|quarter|part)\b", said)
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
        return Span.exactly(_UNITS[word] + (found.pop().low if before in _TENS else 0))
    if word in _TENS:
        return Span.exactly(_TENS[word])
    group = _GROUPS.get(word.removesuffix("s"))
    if group is not None and (len(word) > 1 or before[:1].isdigit()):
        counted = found.pop() if found and _counts(before) else _several(word)
        return Span(counted.low * group, counted.high * group)
    return Span(_LEAST, _MOST) if word in _FEW else None


def _number(word: str) -> float:
    """Read digits with a point or a comma before parts of one; every other separator is one of thousands."""
    if re.fullmatch(r"0[.,]\d+|\d+[.,]\d{1,2}", word):
        return float(word.replace(",", "."))
    return float(re.sub(r"\D", "", word))


def _counts(before: str) -> bool:
    numbers = (_UNITS, _TENS, _FEW)
    return before[:1].isdigit() or any(before in one for one in numbers) or before.removesuffix("s") in _GROUPS


def _several(word: str) -> Span:
    """Return how many of a group there are when nobody says: "dozens" are some, "a dozen" is one."""
    return Span(_LEAST, _MOST) if word.endswith("s") else Span.exactly(1)
