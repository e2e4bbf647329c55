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
        ("about two dozen", 18, 30),
        ("ongeveer 100", 75, 125),
        ("90 (estimate)", 68, 112),
        ("nearly 1000", 500, 1_000),
        ("not even 100", 50, 100),
        ("ruim duizend", 1_001, math.inf),
        ("min. 100", 100, math.inf),
        ("max. 100", 0, 100),
        ("ten minste 100", 100, math.inf),
        ("ten hoogste 100", 0, 100),
        ("tot 100", 0, 100),
        ("100 tot 200", 100, 200),
        ("een of twee", 1, 3),
        ("10 of meer", 10, math.inf),
        ("10 or fewer", 0, 10),
        ("tenminste 10", 10, math.inf),
        ("5 customers and 40 may follow", 45, 45),
        ("40 customers since 12 May 2015", 40, 40),
        ("300 employees and their families", 300, math.inf),
        ("100+ people", 100, math.inf),
        ("customers since 12 March 2024", 0, math.inf),
        ("30 marketing contacts", 30, 30),
        ("klanten vanaf 1-3-2024", 0, math.inf),
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
        ("at most fifty", 0, 50),
        ("no more than 50", 0, 50),
        ("not fewer than 500", 500, math.inf),
        ("no one has counted", 0, math.inf),
        ("1,5 miljoen klanten", 1_500_000, 1_500_000),
        ("meer dan duizend", 1_001, math.inf),
        ("1,00,000", 100_000, 100_000),
        ("0 500", 500, 500),
        ("1e6", 0, math.inf),
        ("twenty-five hundred", 2_500, 2_500),
        ("sixty thousand", 60_000, 60_000),
        ("12'000", 12_000, 12_000),
        ("10 so far", 10, math.inf),
        ("2 mails with 300 addressees each", 2, math.inf),
        ("12 households, 4000 people", 12, 4_012),
        ("1 file with 4000 people", 1, 4_001),
        ("10 or 2000", 10, 2_010),
        ("at least 10, at most 5000", 10, math.inf),
        ("fewer than 10 or more than 2000", 0, math.inf),
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
        ("within 3 weeks", 0, 504),
        ("binnen 3 weken", 0, 504),
        ("not within 24 hours", 24, math.inf),
        ("no later than 3 days", 0, 72),
        ("2 to 3 days", 48, 72),
        ("about a month", 540, 900),
        ("~ 24 hours", 18, 30),
        ("a week or so", 126, 210),
        ("nearly 24 hours", 12, 24),
        ("bijna een dag", 12, 24),
        ("ruim een dag", 24, math.inf),
        ("langer dan een dag", 24, math.inf),
        ("twee dagen of langer", 48, math.inf),
        ("uiterlijk 3 dagen", 0, 72),
        ("max. 24 h", 0, 24),
        ("min. 24 h", 24, math.inf),
        ("30 min 30 sec", 0.5, 1),
        ("24+ hours", 24, math.inf),
        ("3 weeks and counting", 504, math.inf),
        ("20 hours or longer", 20, math.inf),
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
        ("not in time", 0, math.inf),
        ("at once for most", 0, math.inf),
        ("1,5 days", 36, 36),
        ("2,5 uur", 2.5, 2.5),
        ("2h 30m", 2.5, 2.5),
        ("a day and a half", 0, 48),
        ("on the third day", 0, math.inf),
        ("anderhalve dag", 36, 36),
        ("the same day", 0, 24),
        ("5 hours for most, 3 days for the rest", 5, 77),
        ("1 day after 3 weeks", 24, 528),
        ("5 minutes to 3 days", 5 / 60, 72 + 5 / 60),
        ("nothing was lost, back in 2 hours", 2, 2),
    ],
)
def test_times_in_words(text: str, low: float, high: float) -> None:
    assert hours_in(text) == Span(low, high)


@given(st.text(max_size=400) | st.text("0159 .,'_-+<>/eahndkmor", max_size=20))
def test_no_text_is_too_odd(text: str) -> None:
    for span in (count_in(text), hours_in(text)):
        assert span == ANY or 0 <= span.low <= span.high
