"""Numbers and times as people write them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentdesk.rules.counts import count_in, hours_in
from incidentdesk.rules.facts import ANY, Span


@pytest.mark.parametrize(
    "text,low,high",
    [
        ("213 application forms", 213, 213),
        ("1 (pattern may repeat)", 1, 1),
        ("a few dozen clients and employees", 24, 96),
        ("about two dozen", 24, 24),
        ("a dozen", 12, 12),
        ("employees and several thousand customers", 2_000, 8_000),
        ("tens of thousands", 20_000, 80_000),
        ("99 employees and 89 former employees", 188, 188),
        ("60 000 people", 60_000, 60_000),
        ("60.000 mensen", 60_000, 60_000),
        ("1.2 million", 1_200_000, 1_200_000),
        ("100k", 100_000, 100_000),
        ("more than 100,000", 100_001, math.inf),
        ("at least 5", 5, math.inf),
        ("at most fifty: 50", 0, 50),
        ("2 to 10", 2, 10),
        ("between 5 and 9", 5, 9),
        ("many students", 101, math.inf),
        ("a large number of students", 101, math.inf),
        ("10 or more", 10, math.inf),
        ("9" * 290 + " million", 10**12, math.inf),
        ("all clients", 0, math.inf),
        ("", 0, math.inf),
    ],
)
def test_counts_in_words(text: str, low: float, high: float) -> None:
    assert count_in(text) == Span(low, high)


@pytest.mark.parametrize(
    "text,low,high",
    [
        ("30 hours", 30, 30),
        ("48", 48, 48),
        ("five working days", 120, 120),
        ("within a day", 0, 24),
        ("a few hours", 2, 8),
        ("days", 48, 192),
        ("30 h", 30, 30),
        ("45min", 0.75, 0.75),
        ("1 day 6 hours", 30, 30),
        ("2 days and 14 h", 62, 62),
        ("24 hours a day", 24, 24),
        ("more than a day", 24, math.inf),
        ("24 hours or more", 24, math.inf),
        ("a whole week", 168, 168),
        ("less than a day", 0, 24),
        ("half a day", 0, 24),
        ("timely", 0, 0),
        ("lost for ever", math.inf, math.inf),
        ("soon", 0, math.inf),
    ],
)
def test_times_in_words(text: str, low: float, high: float) -> None:
    assert hours_in(text) == Span(low, high)


@given(st.text(max_size=400))
def test_no_text_is_too_odd(text: str) -> None:
    for span in (count_in(text), hours_in(text)):
        assert span == ANY or 0 <= span.low <= span.high
