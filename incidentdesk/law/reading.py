"""Reads a file of law strictly: a wrong row stops the program at the start, in one sentence that names it."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from importlib.resources import files
from typing import Any, TypeVar

T = TypeVar("T")


class LawError(ValueError):
    """A file of law cannot be used; each text says which file, which row and why."""

    def __init__(self, *faults: str) -> None:
        """Keep every fault, for whoever mends the file."""
        super().__init__("\n".join(faults))
        self.faults = faults


class Faults(list[str]):
    """What was found amiss in one row. `is_spoilt`: something stands in for a value, so what follows from it says nothing."""

    is_spoilt = False


@dataclass(frozen=True)
class Said:
    """The same words in each language of the desk."""

    en: str
    nl: str

    def to(self, language: str) -> str:
        """Return it in a language."""
        return self.nl if language == "nl" else self.en


@dataclass(frozen=True)
class Row:
    """One object of a file and the words that find it. With `faults` each fault is noted there, else the first one is raised."""

    place: str
    values: Mapping[str, Any]
    faults: Faults | None = None

    def wrong(self, why: str) -> LawError:
        """Return the error that says what is wrong with this row."""
        return LawError(f"{self.place}: {why}")

    def check_keys(self, needed: Collection[str], allowed: Collection[str] = ()) -> None:
        """Refuse a row that lacks a key or holds an unknown one, most often a misspelt one."""
        missing = sorted(set(needed) - set(self.values))
        unknown = sorted(set(self.values) - set(needed) - set(allowed))
        found = [(keys, why) for keys, why in ((missing, "missing"), (unknown, "unknown")) if keys]
        told = [f"{self.place}: {', '.join(keys)} {why}" for keys, why in found]
        if told and self.faults is None:
            raise LawError(*told)
        if self.faults is not None:
            self.faults.extend(told)
            self.faults.is_spoilt = self.faults.is_spoilt or bool(missing)

    def text(self, key: str) -> str:
        """Return a text that says something."""
        value = self._value(key, "?")
        return value if isinstance(value, str) and value.strip() else self.amiss(f"{key} must be a text", "?")

    def truth(self, key: str) -> bool:
        """Return true or false as JSON knows them."""
        value = self._value(key, instead=False)
        return value if isinstance(value, bool) else self.amiss(f"{key} must be true or false", instead=False)

    def day(self, key: str) -> date:
        """Return a day written as 2026-11-24."""
        try:
            return date.fromisoformat(self._value(key, date.min.isoformat()))
        except (TypeError, ValueError):
            return self.amiss(f"{key} must be a day such as 2026-11-24", date.min)

    def day_or_none(self, key: str) -> date | None:
        """Return a day, or None for null."""
        return None if self._value(key, None) is None else self.day(key)

    def hour(self, key: str) -> time:
        """Return a local time of the day, written as 12:00."""
        try:
            found = time.fromisoformat(self._value(key, "00:00"))
        except (TypeError, ValueError):
            found = None
        return self.amiss(f"{key} must be a time such as 12:00", time.min) if found is None or found.tzinfo else found

    def choice(self, key: str, known: Iterable[str]) -> str:
        """Return one of the words that are known."""
        words = [*known]
        value = self._value(key, words[0])
        return str(value) if value in words else self.amiss(f"{key} must be one of {', '.join(words)}", words[0])

    def said(self, key: str) -> Said:
        """Return words in every language."""
        part = self.part(key)
        part.check_keys(("en", "nl"))
        return Said(part.text("en"), part.text("nl"))

    def all_said(self, key: str) -> tuple[Said, ...]:
        """Return a list of words in every language, not an empty one."""
        value = self._value(key, [{"en": "?", "nl": "?"}])
        if not isinstance(value, list) or not value:
            return self.amiss(f"{key} must be a list that says something", ())
        named = ((f"{key} {number}", one) for number, one in enumerate(value, 1))
        return tuple(Row(self.place, {name: one}, self.faults).said(name) for name, one in named)

    def part(self, key: str) -> "Row":
        """Return an object inside this row."""
        value = self._value(key, None)
        if not isinstance(value, dict):
            if key in self.values or self.faults is None:
                self.amiss(f"{key} must be an object", None)
            # Nothing that follows from there is told.
            return Row(self.place, {}, Faults())
        return Row(f"{self.place}, {key}", value, self.faults)

    def amiss(self, why: str, instead: T) -> T:
        """Tell the fault, and go on with something else where faults are gathered."""
        if self.faults is None:
            raise self.wrong(why)
        self.faults.append(f"{self.place}: {why}")
        self.faults.is_spoilt = True
        return instead

    def _value(self, key: str, instead: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return the value; what is missing is told already, where faults are gathered."""
        return self.values[key] if self.faults is None else self.values.get(key, instead)


def each(listed: Iterable[Row], read: Callable[[Row], T]) -> tuple[T, ...]:
    """Read every row; LawError with the faults of all of them when there are any."""
    found, told = [], list[str]()
    for row in listed:
        faults = Faults()
        try:
            found.append(read(replace(row, faults=faults)))
        except (LawError, KeyError, TypeError, ValueError, AttributeError) as error:
            if not isinstance(error, LawError) and not faults.is_spoilt:
                raise
            # What stands in for a value can make others look wrong.
            faults += [] if faults.is_spoilt or not isinstance(error, LawError) else error.faults
        told += faults
    if told:
        raise LawError(*dict.fromkeys(told))
    return tuple(found)


def every(text: str, *readers: Callable[[str], tuple[object, ...]]) -> tuple[object, ...]:
    """Read all that stands in one file; LawError with the faults of all of it when there are any."""
    found, told = list[object](), list[str]()
    for read in readers:
        try:
            found += read(text)
        except LawError as error:
            told += error.faults
    if told:
        raise LawError(*dict.fromkeys(told))
    return tuple(found)


def file_text(name: str) -> str:
    """Return the text of a file that travels with the package."""
    return files("incidentdesk.law").joinpath(name).read_text(encoding="utf-8")


def rows(text: str, *, name: str, key: str) -> Iterator[Row]:
    """Return the objects listed under `key`; `name` is the file the errors speak of."""
    try:
        content = json.loads(text)
    except ValueError as error:
        raise LawError(f"{name}: not JSON ({error})") from error
    listed = content.get(key) if isinstance(content, dict) else None
    if not isinstance(listed, list) or not listed:
        raise LawError(f"{name}: a list named {key} is needed")
    for number, values in enumerate(listed, start=1):
        yield numbered(f"{name}, row {number}", values)


def numbered(place: str, values: object, faults: Faults | None = None) -> Row:
    """Return one row of a list, named by its id where it has one."""
    if not isinstance(values, dict):
        raise LawError(f"{place}: must be an object")
    return Row(f"{place} ({values['id']})" if "id" in values else place, values, faults)
