"""What is left out never makes an answer that is called sure milder than what it could have said."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from incidentdesk import law
from incidentdesk.breach.assessment import certainty, incidents, keys
from incidentdesk.breach.assessment.certainty import Certain, certain
from incidentdesk.breach.assessment.describing import describe
from incidentdesk.rules.assessment import Answer, propose
from incidentdesk.rules.facts import Recipients
from tests.breach.assessment.cases import CASES, Facts
from tests.breach.assessment.retold import retold
from tests.breach.assessment.test_describing import KNOWN, LEAK, MEASURES, described, facts, outcome
from tests.thorough import some

# Rules on words: no database can change what they say.
pytestmark = pytest.mark.either_database

# Every fact with an answer of each weight.
COULD_SAY: Final[dict[str, tuple[Any, ...]]] = {
    "categories": tuple([name] for name in incidents.KNOWN),
    "data": (["contact"], ["pseudonym"], ["financial"], ["health"], ["credentials"], ["hashed_passwords"]),
    "intent": ("malicious_external", "malicious_internal", "accidental_internal"),
    "exfiltration": ("seen", "excluded"),
    "encrypted": ("key_safe", "hashed", "partly", "none"),
    "recipients": ("nobody", "trusted", "few", "exposed", "many", "strangers", "public"),
    "consequences": ("none", "delay", "fraud"),
    "identifiability": ("negligible", "limited", "significant", "maximum"),
    "subjects_affected": (0, 50, 101, 1001, 100_000),
    "restored_hours": (0, 5, 25, "never"),
    **dict.fromkeys((name for name, key in keys.known().items() if key.shape is keys.Shape.TRUTH), (True, False)),
}
STORED: Final = [written for written, _ in KNOWN.values()] + [written for _, _, written in retold()]
ORDER: Final = (Answer.NO, Answer.UNKNOWN, Answer.YES)


def held(written: Facts) -> Certain:
    read = describe(written, MEASURES).facts
    assert read is not None
    return certain(written, read, MEASURES, law.enisa())


def answers(found: Any) -> tuple[Answer, Answer, Answer]:
    return found.document, found.authority, found.people


def without(written: Facts, key: str) -> Iterator[Facts]:
    """Yield the description without a fact, and with what says that nobody knows it."""
    rest = {name: value for name, value in written.items() if name != key}
    yield rest
    yield from ({**rest, key: nothing} for nothing in (None, "unknown"))


def milder_and_sure(told: Facts, key: str) -> Iterator[object]:
    """Yield what the fact could say that is stricter than what is sure without it, or than what does not ask for it."""
    found = held(told)
    mine = answers(found.proposal)
    asked = {*map(keys.name_of, found.proposal.missing), *found.unconfirmed}
    is_asked = key == "categories" or bool(asked & {key, *certainty.LEADS_TO.get(key, ())})
    for value in COULD_SAY[key]:
        with_it = describe({**told, key: value}, MEASURES).facts
        graver = mine if with_it is None else answers(propose(with_it, MEASURES, law.enisa()))
        stricter = [ORDER.index(other) > ORDER.index(one) for one, other in zip(mine, graver, strict=True)]
        is_sure = any(is_sure for is_sure, could in zip(found.sure, stricter, strict=True) if could)
        if is_sure or (any(stricter) and not is_asked):
            yield value


@pytest.mark.parametrize("key", COULD_SAY)
def test_a_fact_that_is_left_out_or_not_known_makes_nothing_milder_and_sure(key: str) -> None:
    tried = [told for written in some(STORED, 3) for told in some(without(written, key), 3)]
    assert [(told, value) for told in tried for value in milder_and_sure(told, key)] == []


def test_a_short_description_gives_its_answer_and_says_that_it_is_not_sure() -> None:
    written, _ = next(case for name, case in CASES.items() if name.startswith("13"))
    found = held(written)
    assert (outcome(written), found.sure) == ("d", (True, False, False))
    assert "consequences" in found.unconfirmed
    assert {reason.sure for reason in found.proposal.reasons} == {False}
    no = ("vulnerable_people", "detailed_profile", "account_takeover", "exfiltration")
    whole = {**written, **dict.fromkeys(no, False), "consequences": "none"}
    assert (held(whole).sure, held(whole).unconfirmed) == ((True, True, True), ())


@pytest.mark.parametrize(
    "relief", [{"encrypted": "key_safe"}, {"encrypted": "hashed", "data": ["credentials"]}, {"recipients": "nobody"}]
)
@pytest.mark.parametrize("harm", ["account_takeover", "consequences"])
def test_harm_that_nobody_ruled_out_leaves_open_what_would_have_kept_it_away(relief: Facts, harm: str) -> None:
    said: Facts = {**LEAK, **relief, "account_takeover": False, "consequences": "none"}
    assert outcome(said) == "d"
    unknown = held({**said, harm: None})
    assert (unknown.proposal.authority, unknown.sure[1]) == (Answer.UNKNOWN, False)
    assert [keys.name_of(fact) for fact in unknown.proposal.missing] == [harm]
    disputed = held({**said, harm: True if harm == "account_takeover" else ["fraud"]})
    assert set(relief) & set(map(keys.name_of, disputed.proposal.missing))


def test_nobody_has_what_perhaps_was_taken_only_once_that_is_ruled_out() -> None:
    proven: Facts = {
        **LEAK,
        "data": "health",
        "no_access_proven": True,
        "account_takeover": False,
        "consequences": "none",
    }
    assert facts(no_access_proven=True).recipients is Recipients.NOBODY
    assert [outcome({**proven, "exfiltration": said}) for said in ("excluded", None, "seen")] == ["d", "d??", "d??"]
    assert held({**proven, "exfiltration": None}).proposal.missing == ("taken",)


def test_kinds_of_data_that_nobody_knows_are_more_than_those_a_category_names() -> None:
    kinds = described(categories=["misdirected", "birth_date"], data=None).facts
    assert kinds is not None
    assert ([kind.id for kind in kinds.data or ()], kinds.unnamed) == (["birth_date"], None)
    assert outcome({**LEAK, "categories": ["misdirected", "birth_date"], "data": None}) == "da?"


def test_what_happened_can_be_told_in_dutch() -> None:
    said = {
        "categories": ["diefstal", "Medische gegevens"],
        "backup": "nee",
        "encrypted": "geen",
        "integrity": "onbekend",
    }
    assert outcome(said) == "dap"
    read = facts(**said, vulnerable_people="ja", intent="opzettelijk")
    assert ([kind.id for kind in read.data], read.malicious, read.vulnerable) == (["health"], True, True)
