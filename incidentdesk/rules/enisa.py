"""The severity of a personal data breach after ENISA (working document 1.0, December 2013): SE = DPC x EI + CB.

Every number here is a whole number of quarters, so nothing is ever rounded: SE 3.25 is 13. DPC says how much the data
tell (1 to 4), EI how easily they lead to a person (a quarter to one), CB adds what happened. The score informs a
person's assessment under Arts 33 and 34 GDPR; it is not that assessment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

QUARTERS: Final = 4


class Element(StrEnum):
    """What can add to the score, each in its own table."""

    CONFIDENTIALITY = "confidentiality"
    INTEGRITY = "integrity"
    AVAILABILITY = "availability"
    MALICIOUS = "malicious"


class Flag(StrEnum):
    """What stands beside the score and does not change it."""

    MANY_PEOPLE = "individuals_over_100"
    UNINTELLIGIBLE = "unintelligible"


@dataclass(frozen=True)
class Choices:
    """What a person chose in each table: `dpc` in points, everything else in quarters."""

    dpc: int
    ei: int
    confidentiality: int = 0
    integrity: int = 0
    availability: int = 0
    malicious: int = 0


Words = Mapping[str, str]


@dataclass(frozen=True)
class Category:
    """One of the four kinds of data: its basic points, and what each number of points stands for, by language."""

    id: str
    dpc: int
    name: Words
    examples: Words
    scale: Mapping[int, Words]


@dataclass(frozen=True)
class Identifier:
    """What leads to a person, with an example for each number of quarters."""

    id: str
    name: Words
    scale: Mapping[int, Words]


@dataclass(frozen=True)
class Band:
    """Scores from the end of the band before to below `below` (quarters); None has no end."""

    id: str
    below: int | None
    meaning: Words


@dataclass(frozen=True)
class Method:
    """The tables of the method with their source. Sentences are ours, by language."""

    version: str
    source: str
    categories: Sequence[Category]
    identifiers: Sequence[Identifier]
    circumstances: Mapping[Element, Mapping[int, Words]]
    bands: Sequence[Band]
    people_over: int


def score(choices: Choices) -> int:
    """Return SE in quarters."""
    added = choices.confidentiality + choices.integrity + choices.availability + choices.malicious
    return choices.dpc * choices.ei + added


def band(quarters: int, method: Method) -> str:
    """Return the id of the band a score falls in; a score on a border belongs to the higher one."""
    return next(one.id for one in method.bands if one.below is None or quarters < one.below)


def flags(*, people: float, unintelligible: bool, method: Method) -> tuple[Flag, ...]:
    """Return the flags for a number of people and for data that whoever has them cannot read."""
    raised = ((Flag.MANY_PEOPLE, people > method.people_over), (Flag.UNINTELLIGIBLE, unintelligible))
    return tuple(flag for flag, up in raised if up)
