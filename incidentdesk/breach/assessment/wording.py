"""One value of a description, from what was written to what it stands for, or to a sentence that says what is wrong."""

import math
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeGuard

from incidentdesk.breach.assessment.keys import POINTS, Key, Shape
from incidentdesk.rules.counts import count_in, hours_in
from incidentdesk.rules.enisa import QUARTERS
from incidentdesk.rules.facts import ANY, Span

LONGEST_LIST: Final = 50
_PAIR: Final = 2
_UNKNOWN: Final = ("unknown", "not_known", "")
_TRUTHS: Final = {"yes": True, "true": True, "no": False, "false": False}
_HIGHEST: Final = {"dpc": 4, "ei": 1, "confidentiality": 0.5, "integrity": 0.5, "availability": 0.5}


class Wrong(ValueError):
    """A value that cannot be read; the text says why."""


def read_value(key: Key, written: object) -> Any:  # noqa: ANN401 - each shape has a type of its own
    """Return what the value of a key stands for; None is "not known". Wrong when it is no such value."""
    if written is None or (isinstance(written, str) and _word(written) in _UNKNOWN):
        return ANY if key.shape in {Shape.COUNT, Shape.HOURS} else None
    return _READERS[key.shape](key, written)


def _text(_: Key, written: object) -> str:
    if not isinstance(written, str):
        raise Wrong("must be a text")
    return written


def _truth(_: Key, written: object) -> bool:
    if isinstance(written, bool):
        return written
    if isinstance(written, str) and (said := _TRUTHS.get(_word(written))) is not None:
        return said
    raise Wrong("must be true, false or null")


def _meaning(key: Key, written: object) -> Any:  # noqa: ANN401 - what the key's table says
    """Return what a word stands for. True and false are read as yes and no where the table has them."""
    table: Mapping[str, Any] = key.words or {}
    said = {True: "yes", False: "no"}.get(written, "") if isinstance(written, bool) else ""
    word = said or (_word(written) if isinstance(written, str) else "")
    if word in table:
        return table[word]
    if key.name == "identifiability" and _is_number(written):
        return _in_table("ei", written)
    if key.name == "recipients" and _is_number(written):
        return written
    raise Wrong(f"{written!r} is not among: {', '.join(table)}")


def _meanings(key: Key, written: object) -> tuple[Any, ...]:
    listed = written if isinstance(written, list) else [written]
    if len(listed) > LONGEST_LIST:
        raise Wrong(f"must have at most {LONGEST_LIST} words")
    return tuple(dict.fromkeys(_meaning(key, one) for one in listed))


def _count(_: Key, written: object) -> Span:
    return _span(written, count_in)


def _hours(_: Key, written: object) -> Span:
    return _span(written, hours_in)


def _span(written: object, in_words: Callable[[str], Span]) -> Span:
    if isinstance(written, str):
        return in_words(written)
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
    step = 1 if name == "dpc" else QUARTERS
    least = 0 if name not in {"dpc", "ei"} else 1
    if _is_number(value):
        chosen = value * step
        if chosen == int(chosen) and least <= chosen <= _HIGHEST[name] * step:
            return int(chosen)
    raise Wrong(f"{name}: {value!r} is not in the table")


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _word(written: str) -> str:
    return "_".join(written.strip().lower().replace("-", " ").replace("_", " ").split())


_READERS: Final[Mapping[Shape, Callable[[Key, object], Any]]] = {
    Shape.TEXT: _text,
    Shape.TRUTH: _truth,
    Shape.WORD: _meaning,
    Shape.WORDS: _meanings,
    Shape.COUNT: _count,
    Shape.HOURS: _hours,
    Shape.POINTS: _points,
}
