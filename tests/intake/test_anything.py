"""Whatever is posted under our field names: the form never fails, and loses nothing on its way from page to page."""

from datetime import date

from hypothesis import example, given, settings
from hypothesis import strategies as st

from incidentdesk.intake.forms import carried, errors_on, read_answers, read_contact, read_reply, turn
from incidentdesk.intake.leaks import leaks_in
from incidentdesk.intake.questions import QUESTIONS, Answers, Question, Shape, Step, steps_for
from incidentdesk.web.forms import Form, clean

TODAY = date(2026, 11, 24)
# What a regular expression that ignores case takes for Latin letters, digits of other scripts, what is not seen.
ODD = st.text(
    alphabet="aZ09 .:-/@\n\t\u0130\u0131\u017f\u212a٣²½\u202e\u200b\u2066\ufeff\U0001d11e\u0301\U0001fae8é", max_size=60
)
NUMBERED = st.builds("{}{}{}".format, st.sampled_from(["NL91", "TR33 0006 ", "pin: ", "4111 1111 ", "23 "]), ODD, ODD)
TEXT = st.one_of(ODD, NUMBERED, st.text(max_size=40)).map(clean)


def given_to(question: Question) -> st.SearchStrategy[list[str]]:
    known = st.sampled_from(question.options) if question.options else TEXT
    return st.lists(st.one_of(known, known, TEXT), max_size=3 if question.shape is Shape.SOME else 2)


FORMS: st.SearchStrategy[Form] = st.fixed_dictionaries(
    {},
    optional={question.id: given_to(question) for question in QUESTIONS}
    | {"page": st.lists(st.sampled_from([*Step, "x"])), "then": st.lists(st.sampled_from(["check", "x"]))}
    | {"go": st.lists(st.one_of(st.sampled_from(["send", "now", "continue", "back", "change:you", "change:x"]), TEXT))},
)


@settings(max_examples=300, deadline=None)
@given(FORMS)
@example({"what": ["TR33 0006 1005 1978 6457 8413 27 \u0130stanbul"]})
def test_every_form_leads_to_a_page_that_can_be_shown(form: Form) -> None:
    answers = read_answers(form)
    going = turn(form, answers, today=TODAY)
    assert going.step in steps_for(answers)
    assert not (going.sent and going.errors)
    assert {kind for _, kind in leaks_in(answers)} <= {"password", "bank", "personal"}
    read_contact(form)
    read_reply(form)


@settings(max_examples=300, deadline=None)
@given(FORMS)
def test_what_a_page_carries_is_what_comes_back(form: Form) -> None:
    answers = read_answers(form)
    page: dict[str, list[str]] = {}
    for name, value in carried(answers):
        page.setdefault(name, []).append(value)
    assert read_answers(page) == answers


@settings(max_examples=150, deadline=None)
@given(FORMS)
def test_only_a_form_without_an_error_on_any_page_is_sent(form: Form) -> None:
    answers: Answers = read_answers(form)
    wrong = any(errors_on(step, answers, today=TODAY) for step in Step)
    assert turn({**form, "go": ["send"]}, answers, today=TODAY).sent is not wrong
