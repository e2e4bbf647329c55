"""The grounds of a proposal, on complete facts: what speaks for telling somebody, and what takes the risk away.

Two questions are weighed apart, for a breach is as grave as its worse side: who can read the data now, and whether the
data are there and right. Each is answered by what takes its risk away altogether, or else by every ground that holds.
The sources are EDPB Guidelines 01/2021 (cases) and 9/2022 (criteria, Annex B), and ENISA's score for the kind of data.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from incidentdesk.rules.enisa import Choices
from incidentdesk.rules.facts import Facts, Measures, Protection, Recipients

# What is proposed: an entry in the register, then the authority, then the people as well.
DOCUMENT: Final = 1
AUTHORITY: Final = 2
PEOPLE: Final = 3

# From here on (quarters) the data lead to a person without much trouble.
_IDENTIFYING: Final = 3
# A kind of data that tells more than a name and an address (points), and the highest of all.
_TELLING: Final = 2
_SENSITIVE: Final = 4
_KNOWN: Final = (Recipients.NOBODY, Recipients.TRUSTED, Recipients.FEW)
_SPREAD: Final = (Recipients.MANY, Recipients.STRANGERS, Recipients.PUBLIC)
_POINTS: Final = {Recipients.NOBODY: 0, Recipients.TRUSTED: 1, Recipients.FEW: 1, Recipients.EXPOSED: 0}
_IN_STRANGE_HANDS: Final = 2


@dataclass(frozen=True)
class Case:
    """Complete facts with their score's choices and band, and the figures they are held against."""

    facts: Facts
    choices: Choices
    measures: Measures
    band: str


@dataclass(frozen=True)
class Weight:
    """The levels that the grounds lead to, their codes, and the codes of what takes a risk away."""

    levels: tuple[int, ...]
    raising: tuple[str, ...]
    lowering: tuple[str, ...]


Ground = tuple[str, int, bool]


def weigh(case: Case) -> Weight:
    """Return everything that speaks for or against telling somebody."""
    read, kept = _readable(case), _unkept(case)
    grounds = [ground for ground in (*read[0], *kept[0]) if ground[2]]
    return Weight(
        levels=tuple(level for _, level, _ in grounds),
        raising=tuple(dict.fromkeys(code for code, _, _ in grounds)),
        lowering=tuple(code for code in (read[1], kept[1]) if code),
    )


def disclosed(facts: Facts) -> int:
    """Return the points (quarters) for confidentiality of complete facts."""
    if not facts.confidentiality or facts.recipients is None:
        return 0
    return _POINTS.get(facts.recipients, _IN_STRANGE_HANDS)


def trouble_to_restore(facts: Facts, measures: Measures) -> int:
    """Return the points (quarters) for data that were changed or out of reach: 0 back in time, 1 later, 2 never."""
    hours = facts.hours.low
    if math.isinf(hours):
        return 2
    return 1 if hours > _prompt(facts, measures) else 0


def _prompt(facts: Facts, measures: Measures) -> float:
    return measures.prompt_hours_sensitive if facts.effective_dpc >= _SENSITIVE else measures.prompt_hours


def _readable(case: Case) -> tuple[Iterable[Ground], str]:
    """Weigh who can read the data now."""
    if relief := _unread(case.facts):
        return (), relief
    grounds = [*_by_kind(case), *_by_number(case), *_by_use(case)]
    return grounds, "" if any(holds for _, _, holds in grounds) else "ordinary_data_of_few"


def _unread(facts: Facts) -> str:
    """Return what takes the risk of being read away, or nothing."""
    trusted = facts.recipients is Recipients.TRUSTED and not facts.malicious
    reliefs = (
        ("confidentiality_kept", not facts.confidentiality),
        ("no_access", facts.recipients is Recipients.NOBODY),
        ("unintelligible", facts.protection is Protection.UNINTELLIGIBLE),
        ("only_hashes", facts.protection is Protection.HASHED and not facts.readable),
        ("trusted_recipient", trusted),
    )
    return next((code for code, holds in reliefs if holds), "")


def _by_kind(case: Case) -> Iterable[Ground]:
    yield "score_medium", AUTHORITY, case.band == "medium"
    yield "score_high", PEOPLE, case.band in {"high", "very_high"}


def _by_number(case: Case) -> Iterable[Ground]:
    """Weigh how many people it is about, where the data lead to them: very many even in the hands of a few we know."""
    facts, measures, people = case.facts, case.measures, case.facts.people.low
    identifying = case.choices.ei >= _IDENTIFYING
    out = identifying and facts.recipients not in _KNOWN
    many, very_many = people > measures.many_people, people > measures.very_many_people
    worse = bool(facts.malicious) or case.choices.dpc >= _TELLING
    yield "many_people", AUTHORITY, identifying and (very_many or (many and facts.recipients in _SPREAD))
    yield "very_many_people", PEOPLE, out and very_many and worse


def _by_use(case: Case) -> Iterable[Ground]:
    """Weigh what somebody who has the data means to do, or did."""
    facts = case.facts
    yield "taken_on_purpose", AUTHORITY, bool(facts.malicious) and case.choices.ei >= _IDENTIFYING
    yield "impersonation", PEOPLE, bool(facts.impersonation)
    yield "serious_consequences", PEOPLE, bool(facts.serious)


def _unkept(case: Case) -> tuple[Iterable[Ground], str]:
    """Weigh whether the data are there and right."""
    facts, hours = case.facts, case.facts.hours.low
    if not (facts.integrity or facts.availability):
        return (), ""
    vital = case.choices.dpc >= _SENSITIVE and hours >= case.measures.grave_hours_sensitive
    grounds = (
        ("lost_for_good", AUTHORITY, math.isinf(hours)),
        ("restored_late", AUTHORITY, _prompt(facts, case.measures) < hours < math.inf),
        ("sensitive_out_of_reach", PEOPLE, vital),
        ("impersonation", PEOPLE, bool(facts.impersonation and facts.integrity)),
        ("serious_consequences", PEOPLE, bool(facts.serious)),
    )
    return grounds, "" if any(holds for _, _, holds in grounds) else "restored_in_time"
