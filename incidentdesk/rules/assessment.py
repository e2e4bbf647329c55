"""From what is known about a personal data breach to a proposal: document it, tell the authority, tell the people.

Arts 33(1), 33(5) and 34(1) GDPR, read with EDPB Guidelines 01/2021 and 9/2022. Rules on facts, never on kinds of case.
It is a proposal: a named person decides. What is not known is never guessed: the facts are taken once at their mildest
and once at their gravest, and where the two differ the answer is "not known enough". No fact that gets worse makes the
proposal milder; `tests/rules/test_assessment.py` holds that as a property.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from incidentdesk.rules import grounds
from incidentdesk.rules.enisa import Choices, Flag, Method, band, flags, score
from incidentdesk.rules.facts import HARM, Facts, Measures, Protection, Span, disputed, gravest, mildest, unknowns


class Answer(StrEnum):
    """What is proposed for one duty."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "not_known_enough"


@dataclass(frozen=True)
class Reason:
    """Why: a code, whether it speaks for doing more, and whether it holds whatever is still unknown."""

    code: str
    raises: bool
    sure: bool


@dataclass(frozen=True)
class Proposal:
    """What the rule proposes, why, and what would have to be found out to know."""

    document: Answer
    authority: Answer
    people: Answer
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    # The score in quarters, of the facts at their mildest and at their gravest.
    score: Span
    bands: tuple[str, str]
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class _Found:
    """What complete facts lead to: nothing, the register, the authority, or the people as well (0 to 3)."""

    level: int
    raising: tuple[str, ...]
    lowering: tuple[str, ...]
    choices: Choices


def propose(facts: Facts, measures: Measures, method: Method) -> Proposal:
    """Return the proposal for what is known."""
    best, worst = mildest(facts), gravest(facts)
    mild, grave = _find(best, measures, method), _find(worst, measures, method)
    unreadable = worst.protection is Protection.UNINTELLIGIBLE
    return Proposal(
        document=_answer(mild, grave, grounds.DOCUMENT),
        authority=_answer(mild, grave, grounds.AUTHORITY),
        people=_answer(mild, grave, grounds.PEOPLE),
        reasons=_reasons(mild, grave),
        missing=_missing(facts, measures, method) if mild.level != grave.level else (),
        score=Span(score(mild.choices), score(grave.choices)),
        bands=(band(score(mild.choices), method), band(score(grave.choices), method)),
        flags=flags(people=facts.people.low, unintelligible=unreadable, method=method),
    )


def _find(facts: Facts, measures: Measures, method: Method) -> _Found:
    choices = choices_of(facts, measures)
    if not facts.personal_data:
        return _Found(0, (), ("no_personal_data",), choices)
    if not (facts.confidentiality or facts.integrity or facts.availability):
        return _Found(0, (), ("nothing_happened",), choices)
    case = grounds.Case(facts, choices, measures, band(score(choices), method))
    weight = grounds.weigh(case)
    return _Found(max((grounds.DOCUMENT, *weight.levels)), weight.raising, weight.lowering, choices)


def choices_of(facts: Facts, measures: Measures) -> Choices:
    """Return the choices in the tables of the score that complete facts lead to, or that a person made instead."""
    points, dpc = facts.points, facts.effective_dpc
    back = grounds.trouble_to_restore(facts, measures)
    disclosed = grounds.disclosed(facts)
    return Choices(
        dpc=dpc,
        ei=facts.identifiability or 1,
        confidentiality=disclosed if points.confidentiality is None else points.confidentiality,
        integrity=(back if facts.integrity else 0) if points.integrity is None else points.integrity,
        availability=(back if facts.availability else 0) if points.availability is None else points.availability,
        malicious=2 if facts.malicious else 0,
    )


def _answer(mild: _Found, grave: _Found, level: int) -> Answer:
    if mild.level >= level:
        return Answer.YES
    return Answer.NO if grave.level < level else Answer.UNKNOWN


def _reasons(mild: _Found, grave: _Found) -> tuple[Reason, ...]:
    sure = [Reason(code, raises=True, sure=True) for code in mild.raising]
    sure += [Reason(code, raises=False, sure=True) for code in grave.lowering]
    perhaps = [Reason(code, raises=True, sure=False) for code in grave.raising if code not in mild.raising]
    perhaps += [Reason(code, raises=False, sure=False) for code in mild.lowering if code not in grave.lowering]
    return (*sure, *perhaps)


def _missing(facts: Facts, measures: Measures, method: Method) -> tuple[str, ...]:
    """Return what could decide: unknown facts that, known at one end, move the other end's proposal, and what harm speaks against."""

    def levels(names: Collection[str]) -> tuple[int, int]:
        ends = (mildest(facts, names), gravest(facts, names))
        return _find(ends[0], measures, method).level, _find(ends[1], measures, method).level

    both = levels(())
    # Each kind of harm alone would do, so they are asked for together.
    found = [name for name in unknowns(facts) if levels(HARM if name in HARM else (name,)) != both]
    return (*disputed(facts), *(found or unknowns(facts)))
