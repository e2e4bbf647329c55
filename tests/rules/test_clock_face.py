"""How a clock looks: its state, the share that is left, the span in two units."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentdesk.rules.clock_face import ClockFace, ClockState, clock_face, share_left, two_units

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
spans = st.timedeltas(timedelta(days=-400), timedelta(days=400))


def face(left: timedelta, *, term: timedelta = 72 * HOUR, ended: timedelta | None = None) -> ClockFace:
    """Return the face of a clock that is due `left` after noon, looked at at noon, ended `ended` before its deadline."""
    due = NOON + left
    return clock_face(start=due - term, deadline_at=due, ended_at=None if ended is None else due - ended, now=NOON)


@pytest.mark.parametrize(
    "left,state",
    [
        (24 * HOUR + SECOND, "ok"),
        (24 * HOUR, "soon"),
        (8 * HOUR, "soon"),
        (8 * HOUR - SECOND, "urgent"),
        (timedelta(0), "urgent"),
        (timedelta(microseconds=-1), "late"),
    ],
)
def test_states_of_the_72_hours_change_at_these_moments(left: timedelta, state: str) -> None:
    assert face(left).state == state
    assert face(left, ended=timedelta(0)).state == "done"


@pytest.mark.parametrize(
    "hours,left,state",
    [
        (8, 8 * HOUR, "ok"),
        (8, 4 * HOUR, "soon"),
        (8, 2 * HOUR, "soon"),
        (8, 2 * HOUR - SECOND, "urgent"),
        (0.5, 16 * HOUR / 60, "ok"),
        (0.5, 7 * HOUR / 60, "urgent"),
        (48, 24 * HOUR, "soon"),
        (48, 8 * HOUR - SECOND, "urgent"),
        (0, -SECOND, "late"),
    ],
)
def test_a_shorter_term_does_not_start_with_an_alarm(hours: float, left: timedelta, state: str) -> None:
    assert face(left, term=hours * HOUR).state == state


def test_the_spans_in_which_it_changes_go_to_the_page() -> None:
    assert (face(HOUR).soon, face(HOUR).urgent) == (24 * HOUR, 8 * HOUR)
    assert (face(HOUR, term=8 * HOUR).soon, face(HOUR, term=8 * HOUR).urgent) == (4 * HOUR, 2 * HOUR)


def test_it_says_what_is_left_how_late_it_is_or_how_long_it_took() -> None:
    assert face(5 * HOUR).parts == ((5, "h"), (0, "m"))
    assert face(-5 * HOUR).parts == ((5, "h"), (0, "m"))
    assert face(-5 * HOUR, ended=2 * HOUR).parts == ((2, "d"), (22, "h"))


def test_a_clock_that_ended_late_stays_late() -> None:
    assert face(-5 * HOUR, ended=-2 * HOUR).late == ((2, "h"), (0, "m"))
    assert face(-5 * HOUR, ended=-SECOND).late == ((0, "m"),)
    for ended in (timedelta(0), SECOND):
        assert face(-5 * HOUR, ended=ended).late == ()
    assert face(-5 * HOUR).late == ()


@given(spans, spans, st.timedeltas(timedelta(0), timedelta(days=100)))
def test_a_running_clock_only_ever_gets_worse(first: timedelta, second: timedelta, term: timedelta) -> None:
    order = [ClockState.OK, ClockState.SOON, ClockState.URGENT, ClockState.LATE]
    more, less = sorted([first, second], reverse=True)
    assert order.index(face(more, term=term).state) <= order.index(face(less, term=term).state)
    assert 100 >= face(more, term=term).share >= face(less, term=term).share >= 0


@pytest.mark.parametrize(
    "total,passed,share",
    [
        (72, 0, 100),
        (72, -1, 100),
        (72, 36, 50),
        (72, 71, 1),
        (1000, 999, 0),
        (72, 72, 0),
        (72, 90, 0),
        (0, 0, 0),
        (-1, 0, 0),
    ],
)
def test_the_share_left_is_floored(total: int, passed: int, share: int) -> None:
    assert share_left(start=NOON, deadline_at=NOON + total * HOUR, now=NOON + passed * HOUR) == share


@pytest.mark.parametrize(
    "span,words",
    [
        ({"days": 2, "hours": 11, "minutes": 59}, "2d 11h"),
        ({"days": 1}, "1d 0h"),
        ({"hours": 23, "minutes": 59, "seconds": 59}, "23h 59m"),
        ({"hours": 5, "minutes": 12}, "5h 12m"),
        ({"hours": 1}, "1h 0m"),
        ({"minutes": 59, "seconds": 59}, "59m"),
        ({"seconds": 59}, "0m"),
        ({"hours": -5}, "0m"),
    ],
)
def test_spans_are_floored_to_two_units(span: dict[str, int], words: str) -> None:
    assert " ".join(f"{number}{unit}" for number, unit in two_units(timedelta(**span))) == words
