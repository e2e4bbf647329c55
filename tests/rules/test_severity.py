"""The first guess from the form's answers."""

import pytest

from incidentdesk.intake.questions import BY_ID
from incidentdesk.rules.severity import _CALMING, _WORRYING, Guess, first_guess

CASES: list[tuple[dict[str, str | list[str]], int, str]] = [
    ({}, 3, ""),
    ({"kind": "else", "ongoing": "unknown", "nobody_knows": "this"}, 3, ""),
    ({"kind": "", "p_did": []}, 3, ""),
    ({"kind": "systems", "s_sign": ["ransom", "slow"]}, 1, "ransom"),
    ({"kind": "systems", "s_wide": "all"}, 1, "systems_down_for_everybody"),
    ({"kind": "access", "ongoing": "yes", "a_who": "outside"}, 1, "intruder_active still_going_on outsider_has_access"),
    (
        {"kind": "phish", "ongoing": "yes", "p_did": ["paid"]},
        1,
        "deceived_and_going_on still_going_on gave_password_code_or_money",
    ),
    ({"p_types": ["health"], "p_many": "more"}, 1, "sensitive_data_of_many sensitive_data many_people"),
    ({"kind": "else", "ongoing": "yes"}, 2, "still_going_on"),
    ({"kind": "phish", "p_did": ["looked", "password"]}, 2, "gave_password_code_or_money"),
    ({"kind": "lost", "l_item": "laptop", "l_lock": "unknown"}, 2, "device_without_lock"),
    ({"kind": "access", "a_who": "unknown"}, 2, "outsider_has_access"),
    ({"kind": "mail", "m_who": "stranger", "people": "unknown"}, 2, "stranger_has_it"),
    ({"people": "yes", "p_types": ["contact", "id"]}, 2, "sensitive_data"),
    ({"people": "yes", "p_whose": ["children"]}, 2, "people_to_protect"),
    ({"people": "yes", "p_many": "hundreds"}, 2, "many_people"),
    ({"kind": "privacy", "v_about": "many"}, 2, "many_people"),
    ({"kind": "weakness", "w_public": "already"}, 2, "weakness_is_public"),
    ({"kind": "phish", "p_did": ["looked"]}, 4, "only_looked"),
    ({"kind": "phish", "p_did": ["looked", "clicked"]}, 3, ""),
    ({"kind": "mail", "m_who": "inside"}, 4, "stayed_inside"),
    ({"kind": "mail", "m_who": "inside", "p_types": ["money"]}, 2, "sensitive_data"),
    ({"kind": "lost", "l_lock": "yes", "people": "no"}, 4, "device_was_locked"),
    ({"kind": "lost", "l_lock": "yes", "people": "unknown"}, 3, ""),
    ({"kind": "systems", "s_sign": ["slow"]}, 4, "only_slow"),
]


@pytest.mark.parametrize("answers,level,reasons", CASES)
def test_the_guess_and_its_reasons(answers: dict[str, str | list[str]], level: int, reasons: str) -> None:
    assert first_guess(answers) == Guess(level, tuple(reasons.split()))


def test_every_signal_speaks_of_answers_the_form_offers() -> None:
    named = {
        (field, answer) for signal in (*_WORRYING, *_CALMING) for field, some in signal.when.items() for answer in some
    }
    assert named <= {(question.id, option) for question in BY_ID.values() for option in question.options}


def test_signals_stand_in_order_of_level() -> None:
    assert [signal.level for signal in _WORRYING] == sorted(signal.level for signal in _WORRYING)
