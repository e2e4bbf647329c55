"""What the assessment says, in the words of an authority's form: only what a person of the desk stands behind."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from incidentdesk.breach.assessment.forms import span_words
from incidentdesk.breach.assessment.keys import ENCRYPTED, kinds_by_word
from incidentdesk.breach.assessment.queries import Assessment, Known
from incidentdesk.breach.notification.sheet import Given, Source
from incidentdesk.rules.counts import count_in
from incidentdesk.rules.facts import ANY, Protection
from incidentdesk.rules.notification import Answer

NATURE = ("confidentiality", "integrity", "availability")
CAUSES = {
    "malicious_external": "external_malicious",
    "malicious_internal": "internal_malicious",
    "accidental_internal": "internal_non_malicious",
    "accidental_external": "external_non_malicious",
}
PROTECTED = {
    Protection.UNINTELLIGIBLE: "intact",
    Protection.HASHED: "could_be_broken",
    Protection.PARTLY: "could_be_broken",
    Protection.NONE: "no",
}
IMPACTS = {
    "identity_theft": "identity_theft",
    "fraud": "fraud",
    "financial_loss": "financial_loss",
    "discrimination": "discrimination",
    "reputation": "reputation",
    "loss_of_secrecy": "professional_secrecy",
    "physical_harm": "physical_mental_harm",
}
# A kind that the form has no name for is among its others.
KINDS = {
    "contact": "contact",
    "birth_date": "basic",
    "family": "basic",
    "location": "location",
    "behaviour": "profile",
    "financial": "economic_financial",
    "official_number": "identification_number",
    "id_document": "official_documents",
    "credentials": "credentials",
    "health": "health",
    "biometric": "biometric",
    "criminal": "criminal",
}
OUTCOMES = {"people": "high_risk", "authority": "risk", "register": "unlikely"}


def from_assessment(assessment: Assessment) -> Iterator[tuple[str, Given]]:
    """Yield what the assessment answers, checked by whoever saved or signed it."""
    known = {name: entry for name, entry in assessment.known.items() if entry.is_checked}
    yield from _nature(known)
    for key, name, words in (("cause", "intent", CAUSES), ("unintelligible", "encrypted", _protections())):
        if name in known and (code := words.get(str(known[name].value))):
            yield key, _checked(known[name], chosen=(code,))
    yield from _lists(known)
    yield from _count(known)
    decision = assessment.decision
    if decision is not None and decision.kind in OUTCOMES:
        # One that is to be looked at again is a proposal like any other.
        holds = not assessment.is_overtaken
        by, at = (decision.member_id, decision.signed_at) if holds else (None, None)
        yield "risk_outcome", Given(Answer((OUTCOMES[decision.kind],), checked=holds), Source.ASSESSMENT, by, at)
        if not decision.damaged:
            yield "risk_reasoning", Given(Answer(text=decision.reasoning, checked=holds), Source.ASSESSMENT, by, at)


def _nature(known: Mapping[str, Known]) -> Iterator[tuple[str, Given]]:
    lost = [name for name in NATURE if name in known and known[name].value is True]
    if lost:
        yield "nature_cia", _checked(known[lost[0]], chosen=tuple(lost))


def _protections() -> dict[str, str]:
    return {word: code for word, value in ENCRYPTED.items() for kind, code in PROTECTED.items() if value is kind}


def _lists(known: Mapping[str, Known]) -> Iterator[tuple[str, Given]]:
    kinds = {word: KINDS.get(kind, "other") for word, kind in kinds_by_word().items()}
    for key, name, words in (("data_categories", "data", kinds), ("impact_kinds", "consequences", IMPACTS)):
        told = known[name].value if name in known else None
        if isinstance(told, list) and (codes := dict.fromkeys(words[str(one)] for one in told if str(one) in words)):
            yield key, _checked(known[name], chosen=tuple(codes))


def _count(known: Mapping[str, Known]) -> Iterator[tuple[str, Given]]:
    people = known.get("subjects_affected")
    if people is not None and (text := _range(people.value)):
        is_one_number = text == str(people.value) and text.isdigit()
        yield "subject_count", _checked(people, chosen=() if is_one_number else ("approximate",), text=text)


def _range(value: Any) -> str:  # noqa: ANN401 - a number, a pair of them, or words, as they were stored
    """Return the figures a person gave; words alone, or a number without an upper end, are no figure for a form."""
    if isinstance(value, str):
        counted = count_in(value, loosely=False) if any(sign.isdigit() for sign in value) else ANY
        return span_words(counted.low, counted.high) if math.isfinite(counted.high) else ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    is_pair = isinstance(value, list) and all(type(one) is int for one in value)
    return "-".join(map(str, value)) if is_pair else ""


def _checked(known: Known, *, chosen: tuple[str, ...] = (), text: str = "") -> Given:
    return Given(Answer(chosen, text, checked=True), Source.ASSESSMENT, known.member_id, known.at)
