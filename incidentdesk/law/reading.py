"""Reads a file of law strictly: a wrong row stops the program at the start, in one sentence that names it."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any


class LawError(ValueError):
    """A file of law cannot be used; the text says which file, which row and why."""


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
    """One object of a file and the words that find it."""

    place: str
    values: Mapping[str, Any]

    def wrong(self, why: str) -> LawError:
        """Return the error that says what is wrong with this row."""
        return LawError(f"{self.place}: {why}")

    def check_keys(self, needed: Collection[str], allowed: Collection[str] = ()) -> None:
        """Refuse a row that lacks a key or holds an unknown one, most often a misspelt one."""
        if missing := sorted(set(needed) - set(self.values)):
            raise self.wrong(f"{', '.join(missing)} missing")
        if unknown := sorted(set(self.values) - set(needed) - set(allowed)):
            raise self.wrong(f"{', '.join(unknown)} unknown")

    def text(self, key: str) -> str:
        """Return a text that says something."""
        value = self.values[key]
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"{key} must be a text")
        return value

    def truth(self, key: str) -> bool:
        """Return true or false as JSON knows them."""
        value = self.values[key]
        if not isinstance(value, bool):
            raise self.wrong(f"{key} must be true or false")
        return value

    def day(self, key: str) -> date:
        """Return a day written as 2026-11-24."""
        try:
            return date.fromisoformat(self.values[key])
        except (TypeError, ValueError):
            raise self.wrong(f"{key} must be a day such as 2026-11-24") from None

    def day_or_none(self, key: str) -> date | None:
        """Return a day, or None for null."""
        return None if self.values[key] is None else self.day(key)

    def choice(self, key: str, known: Iterable[str]) -> str:
        """Return one of the words that are known."""
        value = self.values[key]
        if value not in set(known):
            raise self.wrong(f"{key} must be one of {', '.join(known)}")
        return str(value)

    def said(self, key: str) -> Said:
        """Return words in every language."""
        part = self.part(key)
        part.check_keys(("en", "nl"))
        return Said(part.text("en"), part.text("nl"))

    def all_said(self, key: str) -> tuple[Said, ...]:
        """Return a list of words in every language, not an empty one."""
        value = self.values[key]
        if not isinstance(value, list) or not value:
            raise self.wrong(f"{key} must be a list that says something")
        return tuple(
            Row(self.place, {f"{key} {number}": one}).said(f"{key} {number}") for number, one in enumerate(value, 1)
        )

    def part(self, key: str) -> "Row":
        """Return an object inside this row."""
        value = self.values[key]
        if not isinstance(value, dict):
            raise self.wrong(f"{key} must be an object")
        return Row(f"{self.place}, {key}", value)


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


def numbered(place: str, values: object) -> Row:
    """Return one row of a list, named by its id where it has one."""
    if not isinstance(values, dict):
        raise LawError(f"{place}: must be an object")
    return Row(f"{place} ({values['id']})" if "id" in values else place, values)
