"""One value of a description, from what was written to what it stands for, or to a sentence that says what is wrong."""

import json
import math
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, Final, TypeGuard

from incidentdesk.breach.assessment.keys import (
    ENCRYPTED,
    ENCRYPTED_IN_WORDS,
    IDENTIFIABILITY,
    LARGEST,
    LONGEST_LIST,
    POINTS,
    RECIPIENTS,
    SOME_NUMBER,
    TABLES,
    TRUTHS,
    UNKNOWN,
    Key,
    Shape,
)
from incidentdesk.rules.counts import count_in, hours_in
from incidentdesk.rules.enisa import QUARTERS
from incidentdesk.rules.facts import ANY, Protection, Span

_PAIR: Final = 2
_LONGEST_SHOWN: Final = 60
_MOST_LISTED: Final = 30


class Wrong(ValueError):
    """A value that cannot be read; the text says why."""


def read_value(key: Key, written: object) -> Any:  # noqa: ANN401 - each shape has a type of its own
    """Return what the value of a key stands for; None is "not known". Wrong when it is no such value."""
    if written is None or (isinstance(written, str) and as_word(written) in UNKNOWN):
        return ANY if key.shape in {Shape.COUNT, Shape.HOURS} else None
    return _READERS[key.shape](key, written)


def as_list(written: object) -> list[Any]:
    """Return several values as they are, and one as a list of it."""
    return written if isinstance(written, list) else [written]


def as_name(written: str) -> str:
    """Return the name of a key for a message: short, and nothing in it that a terminal obeys."""
    shown = written if written.isprintable() else ascii(written)[1:-1]
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…"


def as_word(written: str) -> str:
    """Return a word as the tables have it, whatever its capitals, spaces and dashes."""
    return "_".join(written.strip().lower().replace("-", " ").replace("_", " ").split())


def in_words(value: object) -> str:
    """Return what was taken for granted as the keys would say it."""
    if isinstance(value, Span):
        if value.low == value.high:
            return "never" if math.isinf(value.low) else "in time"
        return f"{value.low:.0f} hours or more"
    if isinstance(value, (str, bool, tuple)):
        return {True: "yes", False: "no", (False,): "none"}.get(value, str(value))
    tables: tuple[Mapping[str, Any], ...] = (ENCRYPTED, RECIPIENTS, IDENTIFIABILITY)
    meanings = [(word, meaning) for table in tables for word, meaning in table.items()]
    return next(word for word, meaning in meanings if type(meaning) is type(value) and meaning == value)


def _text(_: Key, written: object) -> str:
    if not isinstance(written, str):
        raise Wrong("must be a text")
    return written


def _unread(_: Key, __: object) -> None:
    return None


def _truth(_: Key, written: object) -> bool:
    if isinstance(written, bool):
        return written
    if isinstance(written, str) and (said := TRUTHS.get(as_word(written))) is not None:
        return said
    raise Wrong("must be true, false or null")


def _meaning(key: Key, written: object) -> Any:  # noqa: ANN401 - what the key's table says
    """Return what a word stands for. True and false are read as yes and no where the table has them."""
    table: Mapping[str, Any] = key.words or {}
    said = {True: "yes", False: "no"}.get(written, "") if isinstance(written, bool) else ""
    word = said or (as_word(written) if isinstance(written, str) else "")
    if word in table:
        return table[word]
    read = _BESIDE[key.name](written) if key.name in _BESIDE else None
    if read is not None:
        return read
    raise Wrong(f"{_shown(written)} is not among: {_offered(table, word)}")


def _identifiable(written: object) -> int | None:
    return _in_table("ei", written) if _is_number(written) else None


def _recipients(written: object) -> float | None:
    """Return how many they are; where that is not sure, as many as it can be."""
    if isinstance(written, str) and re.search(SOME_NUMBER, written):
        return min(count_in(written).high, LARGEST)
    return written if _is_number(written) and written >= 1 and _is_whole(written) else None


def _protected(written: object) -> Protection | None:
    said = written if isinstance(written, str) else ""
    return next((meaning for pattern, meaning in ENCRYPTED_IN_WORDS.items() if re.search(pattern, said)), None)


def _offered(table: Mapping[str, Any], word: str) -> str:
    """Return the words to choose from; of very many those that look alike, and where all of them stand."""
    if len(table) <= _MOST_LISTED:
        return ", ".join(table)
    alike = get_close_matches(word[:_LONGEST_SHOWN], table)
    return ", ".join([*alike, "the words that --schema prints"])


def _meanings(key: Key, written: object) -> tuple[Any, ...]:
    listed = as_list(written)
    if len(listed) > LONGEST_LIST:
        raise Wrong(f"must have at most {LONGEST_LIST} words")
    return tuple(dict.fromkeys(_meaning(key, one) for one in listed))


def _count(_: Key, written: object) -> Span:
    span = _span(written, count_in)
    if not isinstance(written, str) and not (_is_whole(span.low) and _is_whole(span.high)):
        raise Wrong("must be a whole number")
    return span


def _hours(_: Key, written: object) -> Span:
    return _span(written, hours_in)


def _span(written: object, read: Callable[[str], Span]) -> Span:
    if isinstance(written, str):
        return read(written)
    ends = written if isinstance(written, list) else [written, written]
    if len(ends) == _PAIR and _is_number(ends[0]) and (ends[1] is None or _is_number(ends[1])):
        low, high = ends[0], math.inf if ends[1] is None else ends[1]
        if 0 <= low <= high:
            return Span(low, high)
    raise Wrong("must be a number from 0, [from, to], words or null")


def _points(_: Key, written: object) -> dict[str, int]:
    """Return choices in the tables: points for `dpc`, quarters for the rest."""
    if not isinstance(written, dict):
        raise Wrong(f"must be an object with {', '.join(POINTS)}")
    if unknown := sorted(str(name) for name in written if name not in POINTS):
        raise Wrong(f"{', '.join(unknown)} unknown; known: {', '.join(POINTS)}")
    return {name: _in_table(name, value) for name, value in written.items() if value is not None}


def _in_table(name: str, value: object) -> int:
    if _is_number(value) and value in TABLES[name]:
        return int(value * (1 if name == "dpc" else QUARTERS))
    raise Wrong(f"{name}: {_shown(value)} is not in the table")


def _is_number(value: object) -> TypeGuard[float]:
    # Held against a whole number first: one of a thousand digits is no float at all.
    return isinstance(value, (int, float)) and not isinstance(value, bool) and -LARGEST <= value <= LARGEST


def _is_whole(number: float) -> bool:
    return math.isinf(number) or number == int(number)


def _shown(written: object) -> str:
    """Return what was written, to name it in a sentence: short, and nothing that lies in itself."""
    if isinstance(written, (list, dict)):
        return "a list" if isinstance(written, list) else "an object"
    # True and null as they stand in the file.
    shown = json.dumps(written) if isinstance(written, bool) or written is None else repr(written)
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…"


# What some keys take that stands in no table.
_BESIDE: Final[Mapping[str, Callable[[object], Any]]] = {
    "identifiability": _identifiable,
    "recipients": _recipients,
    "encrypted": _protected,
}
_READERS: Final[Mapping[Shape, Callable[[Key, object], Any]]] = {
    Shape.TEXT: _text,
    Shape.ANYTHING: _unread,
    Shape.TRUTH: _truth,
    Shape.WORD: _meaning,
    Shape.WORDS: _meanings,
    Shape.COUNT: _count,
    Shape.HOURS: _hours,
    Shape.POINTS: _points,
}
