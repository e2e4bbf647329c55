"""The ladder: what is due, what is overtaken, when to look again, and what holds whenever one looks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentdesk.rules.escalation import (
    DEFAULT_LADDERS,
    DueStep,
    Facts,
    Look,
    Post,
    Step,
    Trigger,
    hold_until,
    look,
    next_after,
    step_from_json,
    step_to_json,
    target_from,
)
from incidentdesk.rules.next_step import Duty

T0 = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DUE = T0 + 72 * HOUR
CALLS = DEFAULT_LADDERS[Duty.DECISION]
MILESTONES = DEFAULT_LADDERS[Duty.AUTHORITY]
FACTS = Facts(
    deadline_at=DUE,
    ended_at=None,
    severity=1,
    armed_at=T0,
    arm=0,
    revision=0,
    noticed=frozenset(),
)


def remember(facts: Facts, seen: Look) -> Facts:
    """Return the facts with everything the look returned recorded, as the sweep does."""
    keys = {(due.step.key, due.round, due.occurrence) for due in (*seen.due, *seen.superseded)}
    return replace(facts, noticed=facts.noticed | keys)


def run(ladder: tuple[Step, ...], facts: Facts, until: datetime) -> list[tuple[str, timedelta]]:
    """Return what goes out and when, looking only at the moments the rule asked for."""
    sent, now = [], T0
    while now <= until:
        seen = look(ladder, facts, now)
        facts = remember(facts, seen)
        sent += [(due.step.key, now - T0) for due in seen.due]
        if seen.next_look is None:
            break
        now = seen.next_look
    return sent


def keys(steps: tuple[DueStep, ...]) -> list[str]:
    return [due.step.key for due in steps]


def test_nobody_takes_it_calls_three_people() -> None:
    sent = [("not_taken_1", 15 * MINUTE), ("not_taken_2", 30 * MINUTE), ("not_taken_3", 60 * MINUTE)]
    assert run(CALLS, FACTS, DUE) == sent


def test_less_severe_reports_call_nobody() -> None:
    assert look(CALLS, replace(FACTS, severity=2), T0 + HOUR) == Look((), (), None)


def test_the_legal_clock_has_milestones_and_never_falls_silent_when_late() -> None:
    hours = [24, 48, 60, 66, 70, 71, 72, 76, 80]
    sent = run(MILESTONES, replace(FACTS, severity=4), T0 + 81 * HOUR)
    assert [at / HOUR for _, at in sent] == hours
    assert [key for key, _ in sent[-3:]] == ["deadline", "late", "late"]


@pytest.mark.parametrize(
    "key,posts",
    [("left_48h", 2), ("left_12h", 2), ("left_6h", 3), ("left_2h", 3), ("left_1h", 4), ("deadline", 4), ("late", 4)],
)
def test_more_people_are_told_as_time_runs_out(key: str, posts: int) -> None:
    step = next(step for step in MILESTONES if step.key == key)
    assert len(set(step.posts)) == posts
    assert (Post.ON_CALL in step.posts) is (posts > 2)


def test_after_an_outage_only_the_newest_milestone_goes_out() -> None:
    seen = look(MILESTONES, FACTS, T0 + 67 * HOUR)
    assert keys(seen.due) == ["left_6h"]
    assert keys(seen.superseded) == ["left_48h", "left_24h", "left_12h"]
    assert seen.next_look == T0 + 70 * HOUR


def test_after_an_outage_everybody_who_should_know_is_called() -> None:
    assert keys(look(CALLS, FACTS, T0 + 2 * HOUR).due) == ["not_taken_1", "not_taken_2", "not_taken_3"]


def test_repeats_missed_in_an_outage_are_not_made_up_for() -> None:
    seen = look(MILESTONES, FACTS, DUE + 13 * HOUR)
    assert [(due.step.key, due.occurrence, due.due_at) for due in seen.due] == [("late", 2, DUE + 12 * HOUR)]
    again = look(MILESTONES, remember(FACTS, seen), DUE + 13 * HOUR)
    assert again == Look((), (), DUE + 16 * HOUR)


def test_a_clock_set_back_repeats_nothing() -> None:
    facts = remember(FACTS, look(MILESTONES, FACTS, DUE + 13 * HOUR))
    assert look(MILESTONES, facts, DUE + 9 * HOUR) == Look((), (), DUE + 16 * HOUR)


def test_an_ended_clock_asks_for_nothing() -> None:
    ended = replace(FACTS, ended_at=DUE)
    assert look(MILESTONES, ended, DUE + HOUR) == Look((), (), None)
    assert next_after(MILESTONES, ended, DueStep(MILESTONES[0], 0, 0, T0)) is None


def test_who_took_it_is_left_alone_until_the_hold_ends() -> None:
    held = replace(FACTS, armed_at=T0 + 3 * HOUR, arm=1)
    assert look(CALLS, held, T0 + 3 * HOUR) == Look((), (), T0 + 3 * HOUR + 15 * MINUTE)
    seen = look(CALLS, held, T0 + 3 * HOUR + 15 * MINUTE)
    assert [(due.step.key, due.round) for due in seen.due] == [("not_taken_1", 1)]


def test_a_hold_does_not_quiet_the_milestones() -> None:
    held = replace(FACTS, armed_at=T0 + 80 * HOUR)
    assert keys(look(MILESTONES, held, T0 + 24 * HOUR).due) == ["left_48h"]


def test_a_new_deadline_makes_the_milestones_count_again() -> None:
    facts = remember(FACTS, look(MILESTONES, FACTS, T0 + 24 * HOUR))
    moved = replace(facts, deadline_at=DUE - 2 * HOUR, revision=1)
    seen = look(MILESTONES, moved, T0 + 24 * HOUR)
    assert [(due.step.key, due.round, due.due_at) for due in seen.due] == [("left_48h", 1, T0 + 22 * HOUR)]


def test_what_happens_if_nobody_acts() -> None:
    first = look(CALLS, FACTS, T0 + 15 * MINUTE).due[0]
    second = next_after(CALLS, FACTS, first)
    assert second == DueStep(CALLS[1], 0, 0, T0 + 30 * MINUTE)
    assert next_after(CALLS, FACTS, DueStep(CALLS[2], 0, 0, T0 + HOUR)) is None
    late = DueStep(MILESTONES[-1], 0, 0, DUE + 4 * HOUR)
    assert next_after(MILESTONES, FACTS, late) == DueStep(MILESTONES[-1], 0, 1, DUE + 8 * HOUR)


@pytest.mark.parametrize(
    "left,milestone,held",
    [
        (72 * HOUR, None, 18 * HOUR),
        (200 * HOUR, None, 24 * HOUR),
        (30 * MINUTE, None, 15 * MINUTE),
        (-HOUR, None, 15 * MINUTE),
        (72 * HOUR, 10 * HOUR, 10 * HOUR),
        (72 * HOUR, 5 * MINUTE, 5 * MINUTE),
        (72 * HOUR, 20 * HOUR, 18 * HOUR),
        (72 * HOUR, timedelta(0), 18 * HOUR),
        (72 * HOUR, -HOUR, 18 * HOUR),
    ],
)
def test_a_hold_shrinks_with_what_is_left(left: timedelta, milestone: timedelta | None, held: timedelta) -> None:
    milestones = [] if milestone is None else [T0 + milestone]
    assert hold_until(T0, deadline_at=T0 + left, milestones=milestones) == T0 + held


@pytest.mark.parametrize("step", [*CALLS, *MILESTONES], ids=lambda step: step.key)
def test_a_step_survives_the_database(step: Step) -> None:
    assert step_from_json(step_to_json(step)) == step


def test_a_step_may_leave_out_what_has_a_usual_value() -> None:
    row = {"key": "a", "trigger": "deadline", "after_minutes": -60, "posts": ["dpo"]}
    assert step_from_json(row) == Step("a", Trigger.DEADLINE, -HOUR, (Post.DPO,))


@pytest.mark.parametrize("text", ["on_call", "owner", "role:dpo", f"person:{UUID(int=1)}", f"rota:{UUID(int=2)}"])
def test_whom_a_step_calls_survives_the_database(text: str) -> None:
    assert str(target_from(text)) == text
    step = replace(CALLS[0], posts=(target_from(text), Post.DPO))
    assert step_to_json(step)["posts"] == [text, "dpo"]
    assert step_from_json(step_to_json(step)) == step


@pytest.mark.parametrize("text", ["", "nobody", "role:king", "rota:nights", "post:dpo", "person:"])
def test_whom_nobody_can_call_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a valid|badly formed"):
        target_from(text)


@pytest.mark.parametrize(
    "wrong", [{"trigger": "sometimes"}, {"posts": ["nobody"]}, {"repeat_minutes": 0}, {"after_minutes": None}]
)
def test_a_broken_step_is_an_error(wrong: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError)):
        step_from_json({**step_to_json(CALLS[0]), **wrong})


looks = st.lists(st.timedeltas(-HOUR, 120 * HOUR), min_size=1, max_size=25)
steps = st.builds(
    Step,
    key=st.sampled_from("abcdef"),
    trigger=st.sampled_from(Trigger),
    after=st.timedeltas(-80 * HOUR, 20 * HOUR),
    posts=st.just((Post.DPO,)),
    severity_at_most=st.integers(1, 4),
    repeat_every=st.none() | st.timedeltas(5 * MINUTE, 9 * HOUR),
)
ladders = st.lists(steps, max_size=6, unique_by=lambda step: step.key).map(tuple)
situations = st.builds(
    lambda severity, held: replace(FACTS, severity=severity, armed_at=T0 + held),
    severity=st.integers(1, 4),
    held=st.timedeltas(timedelta(0), 30 * HOUR),
)


@given(ladders, situations, looks)
def test_no_notice_ever_goes_out_twice(ladder: tuple[Step, ...], facts: Facts, at: list[timedelta]) -> None:
    for now in [T0 + span for span in at]:
        seen = look(ladder, facts, now)
        returned = [(due.step.key, due.round, due.occurrence) for due in (*seen.due, *seen.superseded)]
        assert len(returned) == len(set(returned))
        assert not facts.noticed & set(returned)
        assert all(due.due_at <= now for due in (*seen.due, *seen.superseded))
        facts = remember(facts, seen)
        assert look(ladder, facts, now) == Look((), (), seen.next_look)


@given(ladders, situations, looks, st.timedeltas(timedelta(0), 40 * HOUR))
def test_the_next_look_is_never_after_the_next_due_step(
    ladder: tuple[Step, ...], facts: Facts, at: list[timedelta], later: timedelta
) -> None:
    for now in sorted(T0 + span for span in at):
        seen = look(ladder, facts, now)
        facts = remember(facts, seen)
        coming = look(ladder, facts, now + later)
        first = min((due.due_at for due in (*coming.due, *coming.superseded)), default=None)
        if first is not None:
            assert seen.next_look is not None
            assert now < seen.next_look <= first


@given(situations, st.timedeltas(timedelta(0), 100 * HOUR))
def test_what_comes_next_is_later_and_the_earliest(facts: Facts, span: timedelta) -> None:
    seen = look(MILESTONES, facts, T0 + span)
    facts = remember(facts, seen)
    for due in seen.due:
        following = next_after(MILESTONES, facts, due)
        assert following is not None
        assert due.due_at < following.due_at
        assert following.due_at == seen.next_look
