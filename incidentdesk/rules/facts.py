"""What is known of a personal data breach, as values. None, or a range, is what nobody knows yet.

Each fact has a mildest and a gravest end; `mildest` and `gravest` put everything unknown there, which is how the
proposal (`rules.assessment`) says what it cannot know. At its gravest, harm that was done, or may have been, also speaks
against all that would have kept it away.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from typing import Any, Final


class Protection(IntEnum):
    """How the data were protected from whoever has them, from best to none."""

    # State-of-the-art encryption, and the key is safe: Art. 34(3)(a).
    UNINTELLIGIBLE = 0
    # Passwords and the like only as strong, salted hashes.
    HASHED = 1
    PARTLY = 2
    NONE = 3


class Recipients(IntEnum):
    """Who has the data now. The first and the last two are the mildest and the gravest; between them nothing is ordered."""

    NOBODY = 0  # complete logs show it
    TRUSTED = 1  # bound to secrecy or to us, and deletion was confirmed
    FEW = 2  # known to us, and few enough to be asked
    EXPOSED = 3  # lost, stolen or open, and nothing shows that anybody looked
    MANY = 4
    STRANGERS = 5
    PUBLIC = 6


@dataclass(frozen=True)
class Span:
    """A number that may be known only from `low` to `high`; infinite where it has no end."""

    low: float
    high: float

    @classmethod
    def exactly(cls, number: float) -> "Span":
        """Return a number that is known."""
        return cls(number, number)


@dataclass(frozen=True)
class Kind:
    """A kind of data: the points it starts from (1 to 4), whether it leads to a person, whether it opens an account."""

    id: str
    dpc: int
    names_people: bool = True
    credential: bool = False


@dataclass(frozen=True)
class Measures:
    """The figures of the rule, dated data; hours are elapsed hours until data were back."""

    many_people: int
    very_many_people: int
    few_recipients: int
    prompt_hours: float
    prompt_hours_sensitive: float
    grave_hours_sensitive: float


@dataclass(frozen=True)
class Points:
    """What a person chose in the tables of the score; None leaves it to the facts."""

    dpc: int | None = None
    confidentiality: int | None = None
    integrity: int | None = None
    availability: int | None = None


ANY: Final = Span(0, math.inf)


@dataclass(frozen=True)
class Facts:
    """What is known of a breach. None is "not known"; nothing has a default that makes a breach look better."""

    personal_data: bool | None = None
    confidentiality: bool | None = None
    integrity: bool | None = None
    availability: bool | None = None
    data: tuple[Kind, ...] | None = None
    # Kinds of data that nobody named are among them, beside those in `data`.
    unnamed: bool | None = False
    people: Span = ANY
    # Quarters: 1 negligible to 4 maximum.
    identifiability: int | None = None
    protection: Protection | None = None
    recipients: Recipients | None = None
    malicious: bool | None = None
    # Until the data were, or will be, there and right again; infinite: never.
    hours: Span = ANY
    vulnerable: bool | None = None
    # So much about one person that it makes a picture of their life.
    detailed: bool | None = None
    # Outdated, public before, or nothing that anybody could use.
    reveals_little: bool | None = None
    # Somebody acts, or can act, in the people's names.
    impersonation: bool | None = None
    # Money, health, work, safety, reputation: it happened, or is likely.
    serious: bool | None = None
    # Data were seen to leave.
    taken: bool | None = False
    points: Points = Points()

    @property
    def effective_dpc(self) -> int:
        """Return the points of the data of complete facts: the highest kind, moved by context, 1 to 4."""
        if self.points.dpc is not None:
            return self.points.dpc
        highest = 1 if self.reveals_little else max((kind.dpc for kind in self.readable), default=1)
        return min(4, highest + bool(self.vulnerable) + bool(self.detailed))

    @property
    def readable(self) -> tuple[Kind, ...]:
        """Return the kinds of data that count in the score: no password that is hashed, or protected even better."""
        hashed = self.protection in _SAFE
        listed = (*(self.data or ()), *((_ANYTHING,) if self.unnamed else ()))
        return tuple(kind for kind in listed if not (hashed and kind.credential))

    @property
    def harmed(self) -> bool:
        """Say whether it is known that it did harm to people."""
        return bool(self.serious or self.impersonation)


# What shows that data were in somebody's hands. One of them is enough to doubt that they were not.
HARM: Final = frozenset({"serious", "impersonation", "taken"})
_ANYTHING: Final = Kind("not_known", 4)
_SAFE: Final = (Protection.UNINTELLIGIBLE, Protection.HASHED)
_MILDEST: Final[Mapping[str, Any]] = {
    # Perhaps nothing but passwords, which may be hashed.
    "data": (Kind("not_known", 1, credential=True),),
    "identifiability": 1,
    "protection": Protection.UNINTELLIGIBLE,
    "recipients": Recipients.NOBODY,
    "reveals_little": True,
}
_GRAVEST: Final[Mapping[str, Any]] = {
    "data": (_ANYTHING,),
    "identifiability": 4,
    "protection": Protection.NONE,
    "recipients": Recipients.PUBLIC,
    "reveals_little": False,
}


def mildest(facts: Facts, but: Collection[str] = ()) -> Facts:
    """Return the facts with everything unknown at its mildest, but what is named at its gravest."""
    return _complete(facts, {name: name in but for name in unknowns(facts)})


def gravest(facts: Facts, but: Collection[str] = ()) -> Facts:
    """Return the facts with everything unknown at its gravest, but what is named at its mildest, and doubt for what harm speaks against."""
    return _doubted(_complete(facts, {name: name not in but for name in unknowns(facts)}))


def disputed(facts: Facts) -> tuple[str, ...]:
    """Return the names of the facts that known harm speaks against."""
    known = replace(
        facts, serious=bool(facts.serious), impersonation=bool(facts.impersonation), taken=bool(facts.taken)
    )
    doubted = _doubted(known)
    return tuple(field.name for field in fields(facts) if getattr(doubted, field.name) != getattr(known, field.name))


def _doubted(facts: Facts) -> Facts:
    """Return the facts without what would have kept the harm away that they tell of."""
    worse: dict[str, Any] = {}
    if (facts.harmed or facts.taken) and facts.recipients is Recipients.NOBODY:
        worse["recipients"] = Recipients.PUBLIC
    if facts.harmed:
        worse |= {"confidentiality": True} if facts.confidentiality is False else {}
        worse |= {"recipients": Recipients.FEW} if facts.recipients is Recipients.TRUSTED else {}
        worse |= {"protection": Protection.NONE} if facts.protection in _SAFE else {}
    return replace(facts, **worse)


def unknowns(facts: Facts) -> tuple[str, ...]:
    """Return the names of the facts that are not, or not exactly, known."""
    return tuple(field.name for field in fields(facts) if _is_open(getattr(facts, field.name)))


def _complete(facts: Facts, ends: Mapping[str, bool]) -> Facts:
    """Return the facts with each unknown one at its gravest end, where that is asked for, or else at its mildest."""
    filled: dict[str, Any] = {}
    for name, worst in ends.items():
        value = getattr(facts, name)
        if isinstance(value, Span):
            filled[name] = Span.exactly(value.high if worst else value.low)
        else:
            filled[name] = (_GRAVEST if worst else _MILDEST).get(name, worst)
    return replace(facts, **filled)


def _is_open(value: object) -> bool:
    return value is None or (isinstance(value, Span) and value.low != value.high)
