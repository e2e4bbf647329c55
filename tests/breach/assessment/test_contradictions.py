"""Facts that speak against each other: what is graver counts, and nothing is sure to be harmless."""

from typing import Any

import pytest

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


def test_what_was_taken_was_seen_and_what_names_people_is_about_people() -> None:
    taken = {"exfiltration": "seen", "recipients": None}
    assert outcome({**LEAK, **taken, "data": "health", "no_access_proven": True}) == "d??"
    assert outcome({**LEAK, "personal_data": False, "subjects_affected": 0}) == ""
    assert outcome({**LEAK, "personal_data": False, "data": ["health"]}) == "???"
