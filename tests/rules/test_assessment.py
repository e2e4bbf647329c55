"""The proposal: worse facts never make it milder, and what is unknown is never guessed."""

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentdesk import law
from incidentdesk.rules.assessment import Answer, Proposal, propose
from incidentdesk.rules.facts import ANY, Facts, Kind, Protection, Recipients, Span, disputed, unknowns

MEASURES, METHOD = law.measures(datetime(2026, 11, 26, tzinfo=UTC)), law.enisa()
LEAK = Facts(
    personal_data=True,
    confidentiality=True,
    integrity=False,
    availability=False,
    data=(Kind("contact", 1),),
    people=Span.exactly(10),
    identifiability=4,
    protection=Protection.NONE,
    recipients=Recipients.FEW,
    malicious=False,
    hours=Span.exactly(0),
    vulnerable=False,
    detailed=False,
    reveals_little=False,
    impersonation=False,
    serious=False,
)
TRUTHS = ("personal_data", "confidentiality", "integrity", "availability", "malicious", "vulnerable", "detailed")
truths = st.booleans()
counts = st.sampled_from([0, 1, 50, 100, 101, 1_000, 1_001, 100_000, math.inf])
delays = st.sampled_from([0, 1, 4, 5, 23, 24, 25, 100, math.inf])
kinds = st.lists(
    st.builds(Kind, st.just("kind"), st.integers(1, 4), names_people=truths, credential=truths), max_size=3
).map(tuple)
whole = st.builds(
    Facts,
    **dict.fromkeys((*TRUTHS, "impersonation", "serious", "reveals_little"), truths),
    data=kinds,
    people=counts.map(Span.exactly),
    identifiability=st.integers(1, 4),
    protection=st.sampled_from(Protection),
    recipients=st.sampled_from(Recipients),
    hours=delays.map(Span.exactly),
)
# Each fact with something worse than what it is now; recipients are ordered at their ends only.
WORSE: dict[str, Any] = {
    **dict.fromkeys((*TRUTHS, "impersonation", "serious"), truths.filter(bool)),
    "reveals_little": st.just(False),
    "identifiability": st.just(4),
    "protection": st.just(Protection.NONE),
    "people": st.just(Span.exactly(math.inf)),
    "hours": st.just(Span.exactly(math.inf)),
    "recipients": st.sampled_from([Recipients.STRANGERS, Recipients.PUBLIC]),
}
ORDER = (Answer.NO, Answer.UNKNOWN, Answer.YES)


def proposal(facts: Facts) -> Proposal:
    return propose(facts, MEASURES, METHOD)


def answers(facts: Facts) -> tuple[int, int, int]:
    found = proposal(facts)
    return ORDER.index(found.document), ORDER.index(found.authority), ORDER.index(found.people)


def none_milder(after: tuple[int, ...], before: tuple[int, ...]) -> bool:
    return all(later >= earlier for later, earlier in zip(after, before, strict=True))


@given(whole, st.sampled_from(sorted(WORSE)), st.data())
def test_no_worse_fact_makes_the_proposal_milder(facts: Facts, name: str, data: st.DataObject) -> None:
    worse = replace(facts, **{name: data.draw(WORSE[name])})
    assert none_milder(answers(worse), answers(facts))
    assert proposal(worse).score.low >= proposal(facts).score.low or name == "recipients"


@given(whole, counts, delays, st.integers(1, 4))
def test_more_people_a_longer_time_and_more_telling_data_never_make_it_milder(
    facts: Facts, people: float, hours: float, dpc: int
) -> None:
    more = replace(
        facts,
        people=Span.exactly(max(people, facts.people.low)),
        hours=Span.exactly(max(hours, facts.hours.low)),
        data=(*(facts.data or ()), Kind("more", dpc)),
    )
    assert none_milder(answers(more), answers(facts))


@given(whole, st.integers(0, 3), st.integers(0, 3))
def test_weaker_protection_never_makes_it_milder(facts: Facts, one: int, other: int) -> None:
    strong, weak = sorted((Protection(one), Protection(other)))
    assert none_milder(answers(replace(facts, protection=weak)), answers(replace(facts, protection=strong)))


def test_an_encrypted_password_counts_no_more_than_a_hashed_one() -> None:
    lost = replace(LEAK, confidentiality=False, availability=True, data=(Kind("password", 4, credential=True),))
    asked = [Protection.UNINTELLIGIBLE, Protection.HASHED, None]
    found = [proposal(replace(lost, hours=Span.exactly(5), protection=protection)) for protection in asked]
    assert [one.authority for one in found] == [Answer.NO, Answer.NO, Answer.UNKNOWN]
    assert found[0].score == found[1].score


@given(whole, st.sets(st.sampled_from(sorted([*WORSE, "data"]))))
def test_what_is_unknown_leaves_open_what_it_could_change_and_nothing_else(facts: Facts, names: set[str]) -> None:
    open_ones: dict[str, Any] = {name: ANY if name in {"people", "hours"} else None for name in names}
    hidden = replace(facts, **open_ones)
    known, unsure = proposal(facts), proposal(hidden)
    for name in ("document", "authority", "people"):
        assert getattr(unsure, name) in (getattr(known, name), Answer.UNKNOWN)
    assert unsure.score.low <= known.score.low <= known.score.high <= unsure.score.high
    is_open = Answer.UNKNOWN in (unsure.document, unsure.authority, unsure.people)
    assert bool(unsure.missing) == is_open
    # What is known, and known harm speaks against, is asked for too.
    assert set(unsure.missing) <= {*unknowns(hidden), *disputed(hidden)}


@given(whole)
def test_every_proposal_has_its_reasons_and_people_imply_the_authority(facts: Facts) -> None:
    found = proposal(facts)
    assert found.reasons
    assert found.people is not Answer.YES or found.authority is Answer.YES
    assert found.authority is not Answer.YES or any(reason.raises and reason.sure for reason in found.reasons)


def test_nothing_known_is_nothing_proposed() -> None:
    found = proposal(Facts())
    assert (found.document, found.authority, found.people) == (Answer.UNKNOWN,) * 3
    # Asked step by step: first what it is about, then what happened.
    assert found.missing == ("personal_data",)
    assert proposal(Facts(personal_data=True)).missing == ("confidentiality", "integrity", "availability")


@pytest.mark.parametrize(
    "change,people,authority,code",
    [
        ({"recipients": Recipients.TRUSTED}, "no", "no", "trusted_recipient"),
        ({"recipients": Recipients.TRUSTED, "malicious": True}, "yes", "yes", "score_high"),
        ({"recipients": Recipients.NOBODY}, "no", "no", "no_access"),
        ({"protection": Protection.UNINTELLIGIBLE}, "no", "no", "unintelligible"),
        ({"protection": Protection.PARTLY}, "yes", "yes", "score_high"),
        ({"personal_data": False}, "no", "no", "no_personal_data"),
        ({"confidentiality": False}, "no", "no", "nothing_happened"),
    ],
)
def test_what_takes_a_risk_away_and_what_does_not(
    change: dict[str, Any], people: str, authority: str, code: str
) -> None:
    found = proposal(replace(LEAK, data=(Kind("financial", 3),), **change))
    assert (found.people, found.authority) == (people, authority)
    assert code in {reason.code for reason in found.reasons}


def test_encryption_does_not_bring_lost_data_back() -> None:
    lost = replace(LEAK, protection=Protection.UNINTELLIGIBLE, availability=True, hours=Span.exactly(math.inf))
    assert proposal(lost).authority is Answer.YES


def test_of_hashes_it_is_not_known_enough_while_nobody_knows_what_else_was_taken() -> None:
    taken = replace(LEAK, malicious=True, recipients=Recipients.STRANGERS, people=Span.exactly(2_000))
    hashed = replace(taken, protection=Protection.HASHED, data=None)
    assert (proposal(hashed).authority, proposal(hashed).missing) == (Answer.UNKNOWN, ("data",))
    passwords = replace(hashed, data=(Kind("credentials", 3, credential=True),))
    assert (proposal(passwords).authority, proposal(passwords).missing) == (Answer.NO, ())


def test_a_trusted_recipient_may_not_have_confirmed_yet() -> None:
    found = proposal(replace(LEAK, data=(Kind("financial", 3),), recipients=None))
    assert (found.authority, found.missing) == (Answer.UNKNOWN, ("recipients",))
    assert {reason.sure for reason in found.reasons} == {False}
