"""Telling the people: what ends the duty, what an order forbids, and what a text lacks."""

from hypothesis import given
from hypothesis import strategies as st

from incidentdesk.rules.people_notice import (
    LONGEST_SENTENCE,
    OPEN,
    REQUIRED,
    Choice,
    Flaw,
    Refusal,
    Remark,
    Standing,
    Telling,
    course,
    refusal_of_choice,
    refusal_of_telling,
    remarks,
)

EVENTS = st.lists(st.sampled_from([*Choice, *Telling]), max_size=8)
GOOD = {
    "nature": "A list with your name went to a wrong address.",
    "consequences": "Somebody may send you false messages.",
    "measures": "The receiver deleted it.",
    "contact": "dpo@example.org",
}


def test_nothing_is_decided_before_a_person_decides() -> None:
    assert course([]).standing is Standing.UNDECIDED
    assert course([Telling.DIRECT]).standing is Standing.UNDECIDED


def test_what_a_decision_leaves_to_do() -> None:
    after = {choice: course([choice]).standing for choice in Choice}
    assert after == {
        Choice.TELL: Standing.TO_TELL,
        Choice.ORDERED: Standing.TO_TELL,
        Choice.DISPROPORTIONATE: Standing.TO_PUBLISH,
        Choice.UNINTELLIGIBLE: Standing.EXCEPTED,
        Choice.MEASURES_TAKEN: Standing.EXCEPTED,
        Choice.RELEASED: Standing.EXCEPTED,
        Choice.NO_HIGH_RISK: Standing.NO_HIGH_RISK,
    }


def test_a_disproportionate_effort_ends_only_with_a_public_communication() -> None:
    assert course([Choice.DISPROPORTIONATE]).is_open
    assert course([Choice.DISPROPORTIONATE, Telling.PUBLIC]).standing is Standing.PUBLISHED
    assert course([Choice.DISPROPORTIONATE, Telling.DIRECT]).standing is Standing.TOLD


def test_a_public_communication_does_not_stand_in_for_telling_each_of_them() -> None:
    assert course([Choice.TELL, Telling.PUBLIC]).is_open
    assert refusal_of_telling(course([Choice.TELL]), Telling.PUBLIC) is Refusal.EACH_OF_THEM
    assert refusal_of_telling(course([Choice.TELL, Telling.DIRECT]), Telling.PUBLIC) is None


def test_new_facts_open_the_duty_again_and_what_was_told_stays_told() -> None:
    assert course([Choice.NO_HIGH_RISK, Choice.TELL]).is_open
    assert course([Choice.TELL, Telling.DIRECT, Choice.TELL]).standing is Standing.TOLD


def test_an_order_asks_for_a_telling_after_it() -> None:
    ordered = course([Choice.TELL, Telling.DIRECT, Choice.ORDERED])
    assert (ordered.is_open, ordered.ordered) == (True, True)
    assert course([Choice.NO_HIGH_RISK, Choice.ORDERED, Telling.DIRECT]).standing is Standing.TOLD


def test_the_controller_does_not_set_an_order_aside() -> None:
    ordered = course([Choice.ORDERED])
    refused = {choice for choice in Choice if refusal_of_choice(ordered, choice)}
    assert refused == set(Choice) - {Choice.ORDERED, Choice.RELEASED}
    assert not course([Choice.ORDERED, Choice.RELEASED]).ordered
    assert all(refusal_of_choice(course([]), choice) is None for choice in Choice)


def test_nobody_is_told_before_it_is_decided() -> None:
    for events in ([], [Choice.NO_HIGH_RISK], [Choice.UNINTELLIGIBLE]):
        assert refusal_of_telling(course(events), Telling.DIRECT) is Refusal.DECIDE_FIRST


@given(EVENTS)
def test_the_duty_ends_only_by_telling_or_by_a_signed_decision(events: list[Choice | Telling]) -> None:
    now = course(events)
    ends = {Choice.NO_HIGH_RISK, Choice.UNINTELLIGIBLE, Choice.MEASURES_TAKEN, Choice.RELEASED}
    chosen = [event for event in events if isinstance(event, Choice)]
    told = [event for event in events if isinstance(event, Telling)]
    if now.standing not in OPEN:
        assert chosen[-1] in ends or told


@given(EVENTS)
def test_an_order_is_never_forgotten_by_a_decision_that_is_refused(events: list[Choice | Telling]) -> None:
    taken: list[Choice | Telling] = []
    for event in events:
        now = course(taken)
        refused = refusal_of_choice(now, event) if isinstance(event, Choice) else refusal_of_telling(now, event)
        taken += [] if refused else [event]
    if Choice.ORDERED in taken and Choice.RELEASED not in taken:
        since = taken[len(taken) - taken[::-1].index(Choice.ORDERED) :]
        assert course(taken).is_open or Telling.DIRECT in since


def test_a_clear_text_has_no_remarks() -> None:
    assert remarks(GOOD) == ()


def test_every_part_the_law_asks_for_is_missed_and_advice_is_not() -> None:
    assert remarks({}) == tuple(Remark(Flaw.MISSING, part) for part in REQUIRED)
    assert remarks({**GOOD, "contact": "  "}) == (Remark(Flaw.MISSING, "contact"),)


def test_a_contact_nobody_can_reach_is_none() -> None:
    assert remarks({**GOOD, "contact": "Our officer"}) == (Remark(Flaw.UNREACHABLE, "contact"),)
    for fine in ("020 123 4567", "https://acme.example/privacy", "a@b.example"):
        assert remarks({**GOOD, "contact": f"Ask {fine}."}) == ()


def test_a_long_sentence_is_named_by_its_first_words() -> None:
    words = " ".join(f"w{number}" for number in range(LONGEST_SENTENCE + 1))
    (found,) = remarks({**GOOD, "advice": f"Short one. {words}. Another."})
    assert (found.flaw, found.part, found.count) == (Flaw.LONG_SENTENCE, "advice", LONGEST_SENTENCE + 1)
    assert found.words == "w0 w1 w2 w3 w4 w5 w6 w7"
    assert remarks({**GOOD, "advice": words.replace("w12 ", "w12\n")}) == ()
