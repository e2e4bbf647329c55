"""What a reading of a clock foretells, and when it jumped."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from incidentdesk.rules.steadiness import Reading, has_jumped, surprise

NOW = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
SECOND, NOTHING = timedelta(seconds=1), timedelta(0)
ticks = some.floats(0, 10**6).map(lambda seconds: round(seconds, 3))


def test_a_reading_foretells_what_the_clock_says_later() -> None:
    assert Reading(NOW, 10, 12).foretold(71) == NOW + 60 * SECOND


@given(ticks, ticks, ticks, ticks, ticks)
def test_an_answer_that_took_its_time_is_no_surprise(
    asked: float, took: float, between: float, again: float, within: float
) -> None:
    """Both readings are right at some tick between asking and being told, whichever it is."""
    first = Reading(NOW, asked, asked + took)
    second_asked = asked + took + between
    true_at = second_asked + min(within, again)
    since = true_at - (asked + min(within, took))
    second = Reading(NOW + timedelta(seconds=since), second_asked, second_asked + again)
    assert abs(surprise(first, second)) < timedelta(milliseconds=1)


@pytest.mark.parametrize("off", [timedelta(days=3), timedelta(hours=-2), 31 * SECOND, -31 * SECOND])
def test_what_time_does_not_explain_is_a_jump(off: timedelta) -> None:
    last, new = Reading(NOW, 10, 10), Reading(NOW + 5 * SECOND + off, 15, 15)
    assert surprise(last, new) == off
    assert has_jumped(off)


@pytest.mark.parametrize("off", [NOTHING, 30 * SECOND, -30 * SECOND])
def test_half_a_minute_is_no_jump(off: timedelta) -> None:
    assert not has_jumped(off)


def test_only_what_is_beyond_doubt_is_a_surprise() -> None:
    last, new = Reading(NOW, 0, 1), Reading(NOW + 100 * SECOND, 10, 12)
    assert surprise(last, new) == 88 * SECOND
