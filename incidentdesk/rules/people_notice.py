"""Telling the people a breach is about (Art. 34 GDPR): what may be decided, when the duty has its end, what a text lacks."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Choice(StrEnum):
    """What a person decided, or what the authority said (Art. 34(4)) and a person wrote down."""

    TELL = "tell"
    NO_HIGH_RISK = "no_high_risk"
    # Not although the risk is high, Art. 34(3): (a) unintelligible data, (b) later measures, (c) disproportionate effort.
    UNINTELLIGIBLE = "unintelligible"
    MEASURES_TAKEN = "measures_taken"
    DISPROPORTIONATE = "disproportionate"
    ORDERED = "ordered"
    RELEASED = "released"


class Telling(StrEnum):
    """How people learned of it: each of them, or all by one public communication (Art. 34(3)(c))."""

    DIRECT = "direct"
    PUBLIC = "public"


class Standing(StrEnum):
    """Where the duty stands. The first three are open; nothing but a signed decision or a telling ends them."""

    UNDECIDED = "undecided"
    TO_TELL = "to_tell"
    TO_PUBLISH = "to_publish"
    TOLD = "told"
    PUBLISHED = "published"
    EXCEPTED = "excepted"
    NO_HIGH_RISK = "no_high_risk"


class Refusal(StrEnum):
    """Why a decision or a telling is not taken down."""

    ORDER_STANDS = "order_stands"
    DECIDE_FIRST = "decide_first"
    EACH_OF_THEM = "each_of_them"
    BEFORE_ALL = "before_all"


OPEN: Final = frozenset({Standing.UNDECIDED, Standing.TO_TELL, Standing.TO_PUBLISH})
# What the authority's order leaves: that it says itself that a condition is met. Everything else is to tell.
_BY_AUTHORITY: Final = frozenset({Choice.ORDERED, Choice.RELEASED})
_AFTER: Final[dict[Choice, Standing]] = {
    Choice.TELL: Standing.TO_TELL,
    Choice.ORDERED: Standing.TO_TELL,
    Choice.DISPROPORTIONATE: Standing.TO_PUBLISH,
    Choice.UNINTELLIGIBLE: Standing.EXCEPTED,
    Choice.MEASURES_TAKEN: Standing.EXCEPTED,
    Choice.RELEASED: Standing.EXCEPTED,
    Choice.NO_HIGH_RISK: Standing.NO_HIGH_RISK,
}
_FULFILS: Final[dict[tuple[Standing, Telling], Standing]] = {
    (Standing.TO_TELL, Telling.DIRECT): Standing.TOLD,
    (Standing.TO_PUBLISH, Telling.PUBLIC): Standing.PUBLISHED,
    # Whoever tells each of them does more than the public communication.
    (Standing.TO_PUBLISH, Telling.DIRECT): Standing.TOLD,
}


@dataclass(frozen=True)
class Course:
    """Where the duty stands after all that happened; `ordered` while an order of the authority is not fulfilled."""

    standing: Standing = Standing.UNDECIDED
    ordered: bool = False

    @property
    def is_open(self) -> bool:
        """Say whether something is still to be done."""
        return self.standing in OPEN


def course(events: Iterable[Choice | Telling]) -> Course:
    """Return where the duty stands after these decisions and tellings, oldest first.

    A later decision takes the place of the one before. What was told before stays told, unless the authority orders it
    afterwards; then only what is told from there on counts.
    """
    now, told = Course(), set[Telling]()
    for event in events:
        if isinstance(event, Telling):
            told.add(event)
            now = _told(now, event)
            continue
        told = set() if event is Choice.ORDERED else told
        now = Course(_AFTER[event], ordered=event is Choice.ORDERED)
        for before in sorted(told):
            now = _told(now, before)
    return now


def _told(now: Course, telling: Telling) -> Course:
    after = _FULFILS.get((now.standing, telling))
    return now if after is None else Course(after)


def refusal_of_choice(now: Course, choice: Choice) -> Refusal | None:
    """Return why this may not be decided now: an order of the authority is not set aside by the controller (Art. 34(4))."""
    return Refusal.ORDER_STANDS if now.ordered and choice not in _BY_AUTHORITY else None


def refusal_of_telling(now: Course, telling: Telling) -> Refusal | None:
    """Return why this telling is not taken down now: a person decides first, and a notice to all is the exception's."""
    if now.standing in {Standing.UNDECIDED, Standing.EXCEPTED, Standing.NO_HIGH_RISK}:
        return Refusal.DECIDE_FIRST
    if telling is Telling.PUBLIC and now.standing is Standing.TO_TELL:
        return Refusal.EACH_OF_THEM
    return None


# What a text to the people holds, in the order of Art. 34(2) with 33(3)(b) to (d); advice is what makes it useful.
PARTS: Final = ("nature", "consequences", "measures", "advice", "contact")
REQUIRED: Final = ("nature", "consequences", "measures", "contact")
LONGEST_SENTENCE = 25
_SHOWN_WORDS = 8
# A full stop inside a number, an address or an abbreviation ends nothing; a line does.
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_REACHABLE = re.compile(r"\S@\S|\+?\d[\d ()/.-]{5,}\d|https?://\S")


class Flaw(StrEnum):
    """What keeps a text from being clear and plain, or from holding what Art. 34(2) asks for."""

    MISSING = "missing"
    LONG_SENTENCE = "long_sentence"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class Remark:
    """One flaw: in which part, and for a long sentence its first words and how many words it has."""

    flaw: Flaw
    part: str
    words: str = ""
    count: int = 0


def remarks(text: Mapping[str, str]) -> tuple[Remark, ...]:
    """Return what to look at before the text is sent; the missing parts first. None of it forbids anything."""
    missing = [Remark(Flaw.MISSING, part) for part in REQUIRED if not text.get(part, "").strip()]
    contact = text.get("contact", "")
    if contact.strip() and not _REACHABLE.search(contact):
        missing.append(Remark(Flaw.UNREACHABLE, "contact"))
    return (*missing, *(found for part in PARTS for found in _long_sentences(part, text.get(part, ""))))


def _long_sentences(part: str, text: str) -> Iterator[Remark]:
    for sentence in _SENTENCE.split(text):
        words = sentence.split()
        if len(words) > LONGEST_SENTENCE:
            yield Remark(Flaw.LONG_SENTENCE, part, " ".join(words[:_SHOWN_WORDS]), len(words))
