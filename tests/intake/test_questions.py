"""The table of questions: complete in words, and in step with what the severity guess looks for."""

import pytest

from incidentdesk.intake.questions import BY_ID, QUESTIONS, Question, Shape, Step, asked_first, revealed_by, steps_for
from incidentdesk.rules import severity
from incidentdesk.web.pages import environment


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_every_question_and_answer_has_words(question: Question) -> None:
    words = environment("en").get_template("_words.html").module
    assert question.id in words.questions  # type: ignore[attr-defined]
    for option in question.options:
        assert words.answer_word(question.id, option) != option  # type: ignore[attr-defined]


def test_the_severity_guess_knows_only_questions_and_answers_of_the_form() -> None:
    for signal in (*severity._WORRYING, *severity._CALMING):
        for name, answers in signal.when.items():
            assert answers <= set(BY_ID[name].options), signal.reason


def test_a_question_hangs_on_an_earlier_one() -> None:
    order = [question.id for question in QUESTIONS]
    for question in QUESTIONS:
        if question.when:
            parent, answers = question.when
            assert order.index(parent) < order.index(question.id)
            assert answers <= set(BY_ID[parent].options)


def test_the_second_page_belongs_to_the_kind() -> None:
    assert [question.id for question in asked_first(Step.MORE, {"kind": "phish"})] == ["p_did", "p_have"]
    assert asked_first(Step.MORE, {"kind": "else"}) == ()
    assert Step.MORE not in steps_for({})
    assert Step.MORE in steps_for({"kind": "weakness"})


def test_an_answer_reveals_what_hangs_on_it() -> None:
    assert [question.id for question in revealed_by("people", "yes")] == ["p_types", "p_whose", "p_many"]
    assert revealed_by("people", "no") == ()
    assert revealed_by("kind", "phish") == (), "those stand on a page of their own"


def test_only_choices_have_options() -> None:
    for question in QUESTIONS:
        assert bool(question.options) is (question.shape in {Shape.ONE, Shape.SOME})
