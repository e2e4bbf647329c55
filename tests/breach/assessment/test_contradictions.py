"""Facts that speak against each other: what is graver counts, and nothing is sure to be harmless."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentdesk.rules.facts import Recipients
from tests.breach.assessment.cases import Facts
from tests.breach.assessment.test_describing import LEAK, facts, outcome


def test_an_attacker_stays_a_stranger_and_a_thief_unseen_whoever_else_is_named() -> None:
    def who(words: str, **more: Any) -> Any:
        return facts(categories=words.split(), **more).recipients

    assert (who("insider"), who("insider exfiltration")) == (Recipients.FEW, Recipients.FEW)
    assert who("insider external_attack") is Recipients.STRANGERS
    assert (who("misdirected paper"), who("device_theft email")) == (Recipients.FEW, Recipients.EXPOSED)
    assert who("publication", trusted_recipient=True, deletion_confirmed=True) is Recipients.PUBLIC


@pytest.mark.parametrize(
    "relief",
    [
        {"no_access_proven": True},
        {"recipients": "nobody"},
        {"trusted_recipient": True, "deletion_confirmed": True},
        {"encrypted": "key_safe"},
        {"confidentiality": False},
    ],
)
@pytest.mark.parametrize("harm", [{"account_takeover": True}, {"consequences": ["fraud"]}])
def test_nothing_is_sure_to_be_harmless_that_did_harm(relief: Facts, harm: Facts) -> None:
    assert outcome({**LEAK, **relief}) in {"d", ""}
    assert outcome({**LEAK, **relief, **harm}) in {"dap", "d??", "???"}


def test_data_that_were_out_of_reach_as_well_make_no_harm_harmless() -> None:
    harmed = {**LEAK, "confidentiality": False, "account_takeover": True, "restored_hours": 0}
    assert outcome({**harmed, "availability": False}) == outcome({**harmed, "availability": None}) == "???"
    assert outcome({**harmed, "availability": True}) == "d??"


def test_what_was_taken_was_seen_and_what_names_people_is_about_people() -> None:
    taken = {"exfiltration": "seen", "recipients": None}
    assert outcome({**LEAK, **taken, "data": "health", "no_access_proven": True}) == "d??"
    assert outcome({**LEAK, "personal_data": False, "subjects_affected": 0}) == ""
    assert outcome({**LEAK, "personal_data": False, "data": ["health"]}) == "???"


TRUTHS = st.sampled_from([True, False, None])
# The milder and the graver answer to a key.
GRAVER = {
    **dict.fromkeys(
        ("confidentiality", "integrity", "availability", "vulnerable_people", "detailed_profile"), (False, True)
    ),
    **dict.fromkeys(("trusted_recipient", "deletion_confirmed", "no_access_proven", "backup"), (True, False)),
    **dict.fromkeys(("account_takeover", "personal_data"), (False, True)),
}
SAID = st.fixed_dictionaries(
    {
        **dict.fromkeys(GRAVER, TRUTHS),
        "recipients": st.sampled_from(["few", "exposed", "strangers", "public", None]),
        "data": st.sampled_from([None, ["contact"], ["health"], ["credentials"]]),
        "subjects_affected": st.sampled_from([None, 0, 5, 150, 5000]),
        "encrypted": st.sampled_from(["key_safe", "hashed", "none", None]),
        "restored_hours": st.sampled_from([None, 0, 12, "never"]),
        "consequences": st.sampled_from([None, "none", "fraud"]),
    }
)


@settings(max_examples=60)
@given(SAID, st.sampled_from(sorted(GRAVER)))
def test_a_graver_answer_never_makes_the_proposal_milder(said: Facts, key: str) -> None:
    milder, graver = (outcome({**said, key: value}) for value in GRAVER[key])
    for letter in "dap":
        assert not (letter in milder and letter not in graver), (milder, graver)
    assert not ("?" in milder and len(graver) < len(milder)), (milder, graver)
