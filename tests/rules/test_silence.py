"""What a ladder has not said: each step has a notice or a named reason, and the hour of a clock is never rounded up."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from incidentdesk.rules.escalation import DueStep, Facts, Step, look
from incidentdesk.rules.silence import Silence, cut_short, hour_of, silences
from tests.rules.test_escalation import CALLS, DUE, FACTS, HOUR, MILESTONES, MINUTE, T0, ladders, remember, situations


def words(found: list[tuple[DueStep, Silence]]) -> list[tuple[str, int, str]]:
    return [(due.step.key, due.occurrence, why.value) for due, why in found]


def test_before_anything_is_due_everything_is_to_come() -> None:
    found = silences(MILESTONES, FACTS, T0)
    assert [due.step for due, _ in found] == list(MILESTONES)
    assert {why for _, why in found} == {Silence.TO_COME}


def test_what_is_due_and_was_not_noticed_is_a_gap() -> None:
    found = silences(CALLS, FACTS, T0 + 30 * MINUTE)
    assert [why for _, why in found] == [Silence.OVERDUE, Silence.OVERDUE, Silence.TO_COME]


def test_what_was_noticed_is_no_silence() -> None:
    facts = remember(FACTS, look(CALLS, FACTS, T0 + 15 * MINUTE))
    assert words(silences(CALLS, facts, T0 + 20 * MINUTE)) == [
        ("not_taken_2", 0, "to_come"),
        ("not_taken_3", 0, "to_come"),
    ]


def test_a_repeat_that_was_left_out_is_named_and_the_next_one_to_come() -> None:
    facts = remember(FACTS, look(MILESTONES, FACTS, DUE + 13 * HOUR))
    late = [one for one in words(silences(MILESTONES, facts, DUE + 13 * HOUR)) if one[0] == "late"]
    assert late == [("late", 0, "overtaken"), ("late", 1, "overtaken"), ("late", 3, "to_come")]


def test_after_the_end_it_says_what_the_end_saved_and_what_was_missed() -> None:
    ended = replace(FACTS, ended_at=T0 + 50 * HOUR)
    found = {key: why for key, _, why in words(silences(MILESTONES, ended, T0 + 90 * HOUR))}
    assert (found["left_48h"], found["left_24h"], found["left_12h"], found["late"]) == (
        "missed",
        "missed",
        "ended",
        "ended",
    )
    facts = remember(FACTS, look(MILESTONES, FACTS, DUE + 4 * HOUR))
    assert silences(MILESTONES[-1:], replace(facts, ended_at=DUE + 5 * HOUR), DUE + 90 * HOUR) == []


def test_a_step_for_worse_incidents_says_so() -> None:
    assert {why for _, why in silences(CALLS, replace(FACTS, severity=2), T0 + HOUR)} == {Silence.SEVERITY}


def test_a_round_that_somebody_ended_names_the_steps_that_were_still_to_come() -> None:
    moments = {("not_taken_1", 0, 0): T0 + 15 * MINUTE, ("not_taken_1", 2, 0): T0 + 5 * HOUR}
    facts = replace(FACTS, arm=2, noticed=frozenset(moments))
    assert cut_short(CALLS, facts, moments) == [
        DueStep(CALLS[1], 0, 0, T0 + 30 * MINUTE),
        DueStep(CALLS[2], 0, 0, T0 + 60 * MINUTE),
    ]


def test_hours_count_from_the_start_and_are_floored() -> None:
    moments = (T0, T0 + 15 * MINUTE, T0 + 60 * HOUR, T0 + 60 * HOUR - timedelta(seconds=1), T0 - 30 * MINUTE)
    assert [hour_of(at, started_at=T0) for at in moments] == [(0, 0), (0, 15), (60, 0), (59, 59), (-1, 30)]


@given(ladders, situations, st.timedeltas(-HOUR, 120 * HOUR), st.timedeltas(timedelta(0), 20 * HOUR))
def test_every_step_has_a_notice_or_a_reason(
    ladder: tuple[Step, ...], facts: Facts, span: timedelta, later: timedelta
) -> None:
    facts = remember(facts, look(ladder, facts, T0 + span))
    now = T0 + span + later
    for state in (facts, replace(facts, ended_at=now)):
        silent = [(due.step.key, due.round, due.occurrence) for due, _ in silences(ladder, state, now)]
        assert len(set(silent)) == len(silent)
        assert not set(silent) & facts.noticed
        assert {step.key for step in ladder} == {key for key, *_ in {*silent, *facts.noticed}}
    due = look(ladder, facts, now)
    overdue = {one.step.key for one, why in silences(ladder, facts, now) if why is Silence.OVERDUE}
    assert overdue == {one.step.key for one in (*due.due, *due.superseded)}
