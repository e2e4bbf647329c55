"""Which fields of the notification are asked, what is missing, and what changed: for any answers whatever."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentdesk import law
from incidentdesk.rules import notification
from incidentdesk.rules.notification import (
    NOTHING,
    Answer,
    Answers,
    Fact,
    Field,
    Kind,
    Phase,
    Situation,
    Stage,
    State,
)

EDITION = law.edition_at(datetime(2026, 11, 26, tzinfo=UTC))
FIELDS = {field.key: field for field in EDITION.fields}
EVERYTHING = Situation("EDPB", Phase.PRELIMINARY)


def answer_to(field: Field) -> st.SearchStrategy[Answer]:
    chosen = st.lists(st.sampled_from(field.options), unique=True, max_size=3) if field.options else st.just([])
    return st.builds(
        Answer, chosen.map(tuple), st.sampled_from(["", "Some words", "180"]), st.booleans(), st.booleans()
    )


answers = st.fixed_dictionaries({}, optional={key: answer_to(field) for key, field in FIELDS.items()})
facts = st.sets(st.sampled_from([Fact.LATE, Fact.FOLLOW_UP])).map(frozenset)
situations = st.builds(
    Situation, st.sampled_from([form.code for form in EDITION.forms]), st.sampled_from(list(Phase)[:2]), facts
)


def filled(field: Field) -> Answer:
    """An answer that reveals as much as one can."""
    return Answer(field.options[:1] if field.kind is Kind.ONE else field.options, "180", checked=True)


def seen(given_answers: Answers, situation: Situation = EVERYTHING) -> set[str]:
    return set(notification.states(EDITION, given_answers, situation))


@given(answers, situations)
def test_a_field_is_asked_only_while_what_it_hangs_on_is_asked_and_says_so(
    given_answers: Answers, at: Situation
) -> None:
    asked = seen(given_answers, at)
    for key in asked:
        for condition in FIELDS[key].when:
            if condition.fact:
                assert condition.fact in at.facts
                continue
            chosen = set(given_answers.get(condition.field, NOTHING).chosen)
            # A form that does not ask the first question asks the second of everybody it does not know otherwise of.
            is_first_left_out = FIELDS[condition.field] in notification.left_out(EDITION, at)
            assert (condition.any_of & chosen) or (is_first_left_out and not chosen)
            assert is_first_left_out or condition.field in asked


@given(answers, situations)
def test_every_form_asks_for_what_the_law_itself_asks_for(given_answers: Answers, at: Situation) -> None:
    by_law = {key for key, field in FIELDS.items() if field.law and not field.when}
    assert by_law <= seen(given_answers, at)


@given(answers, situations)
def test_what_a_form_does_not_ask_for_is_never_missing_there(given_answers: Answers, at: Situation) -> None:
    out = {field.key for field in notification.left_out(EDITION, at)}
    assert out.isdisjoint(notification.states(EDITION, given_answers, at))
    assert all(at.form not in FIELDS[key].asked_by | FIELDS[key].to_confirm for key in out)
    back = replace(at, phase=Phase.WITHDRAWAL, facts=at.facts | {Fact.WITHDRAWAL})
    for key in notification.keys_in(notification.states(EDITION, given_answers, back), State.MISSING):
        assert key not in out or key == "withdrawal_reason"


def test_a_form_that_asks_the_second_question_alone_asks_it() -> None:
    alone = Situation("UK-ICO", Phase.PRELIMINARY)
    assert "breach_period_kind" not in seen({}, alone)
    assert "breach_period" in seen({}, alone)
    assert "breach_period" not in seen({"breach_period_kind": Answer(("unknown",))}, alone)
    assert "breach_period" not in seen({}, replace(alone, form="NL-AP"))


@given(answers, situations)
def test_what_is_not_yet_known_is_enough_for_a_preliminary_notification_only(
    given_answers: Answers, at: Situation
) -> None:
    early, late = (replace(at, phase=phase) for phase in (Phase.PRELIMINARY, Phase.COMPLETE))
    before, after = (notification.states(EDITION, given_answers, one) for one in (early, late))
    assert State.NOT_YET_KNOWN not in after.values()
    assert set(notification.hindrances(EDITION, given_answers, early)) <= set(
        notification.hindrances(EDITION, given_answers, late)
    )
    for key, state in before.items():
        if state is State.NOT_YET_KNOWN:
            assert after[key] is (State.MISSING if FIELDS[key].required else State.EMPTY)


@given(answers, situations)
def test_whatever_is_missing_can_be_filled_in_until_nothing_is(given_answers: Answers, at: Situation) -> None:
    now = dict(given_answers)
    for _ in FIELDS:
        left = notification.hindrances(EDITION, now, at)
        if not left:
            return
        now[left[0]] = filled(FIELDS[left[0]])
    pytest.fail("one answer always asks for another")


@given(answers, situations)
def test_one_press_postpones_all_that_may_wait_and_nothing_else(given_answers: Answers, at: Situation) -> None:
    early = replace(at, phase=Phase.PRELIMINARY)
    waiting = notification.may_wait(EDITION, given_answers, early)
    after = dict(given_answers) | {key: replace(given_answers.get(key, NOTHING), postponed=True) for key in waiting}
    left = notification.keys_in(notification.states(EDITION, after, early), State.MISSING)
    assert all(not FIELDS[key].postponable for key in left)
    assert set(waiting) <= set(notification.keys_in(notification.states(EDITION, after, early), State.NOT_YET_KNOWN))


@given(answers, answers)
def test_a_difference_is_what_makes_one_version_the_other(one: Answers, other: Answers) -> None:
    changes = notification.diff(one, other)
    made = dict(one) | {change.key: change.after for change in changes}
    assert notification.diff(made, other) == ()
    assert {change.key for change in changes} == {change.key for change in notification.diff(other, one)}
    looked_at = {key: replace(answer, checked=not answer.checked) for key, answer in one.items()}
    assert notification.diff(one, looked_at) == ()


@given(st.dictionaries(st.text(), st.text()), st.text())
def test_a_digest_follows_the_words_and_not_their_order(content: dict[str, str], more: str) -> None:
    made = notification.digest(content)
    assert made == notification.digest(dict(reversed(list(content.items()))))
    assert made != notification.digest({**content, "another": more})


def test_lateness_asks_for_its_reasons_and_they_cannot_wait() -> None:
    late = replace(EVERYTHING, facts=frozenset({Fact.LATE}))
    put_off = {"delay_reason": Answer(postponed=True)}
    assert "delay_reason" not in seen({})
    assert notification.states(EDITION, put_off, late)["delay_reason"] is State.MISSING


def test_a_withdrawal_asks_for_its_reason_and_no_longer_for_what_happened() -> None:
    back = Situation("NL-AP", Phase.WITHDRAWAL, frozenset({Fact.FOLLOW_UP, Fact.WITHDRAWAL}))
    found = notification.states(EDITION, {}, back)
    assert found["previous_id"] is State.MISSING
    assert found["org_name"] is State.MISSING
    assert "what_happened" not in found


@pytest.mark.parametrize(
    "key, answer, state",
    [
        ("nature_cia", Answer(text="words alone"), State.MISSING),
        ("nature_cia", Answer(("integrity",)), State.TO_CHECK),
        ("nature_cia", Answer(("integrity",), checked=True, postponed=True), State.READY),
        ("nature_cia", Answer(checked=True), State.MISSING),
        ("nature_cia", Answer(postponed=True), State.NOT_YET_KNOWN),
        ("what_happened", Answer(postponed=True), State.MISSING),
        ("subject_count", Answer(("exact",)), State.MISSING),
        ("staff_training", Answer(), State.EMPTY),
    ],
)
def test_the_state_of_a_field(key: str, answer: Answer, state: State) -> None:
    assert notification.state_of(FIELDS[key], answer, Phase.PRELIMINARY) is state


def test_what_was_filed_stays_filed() -> None:
    assert notification.stage_of(is_signed=False, is_filed=False) is Stage.DRAFTED
    assert notification.stage_of(is_signed=True, is_filed=False) is Stage.SIGNED
    assert notification.stage_of(is_signed=True, is_filed=True) is Stage.FILED
