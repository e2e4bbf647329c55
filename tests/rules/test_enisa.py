"""The severity score: exact for every combination, and its bands and flags."""

from fractions import Fraction
from itertools import product

import pytest

from incidentdesk import law
from incidentdesk.rules.enisa import Choices, Flag, band, flags, score

METHOD = law.enisa()
# dpc, ei, confidentiality, integrity, availability and intent in quarters, people; score in quarters, band.
WORKED = [
    ("one salary to a colleague", (3, 4, 1, 0, 0, 0), 1, 13, "high"),
    ("a newsletter on mental health in copy", (3, 4, 1, 0, 0, 0), 150, 13, "high"),
    ("a hospital locked for a day", (4, 3, 0, 0, 1, 2), 5_000, 15, "high"),
    ("an open export nobody looked at", (1, 4, 0, 0, 0, 0), 800, 4, "low"),
    ("the same, published by an attacker", (1, 4, 2, 0, 0, 2), 800, 8, "medium"),
    ("exactly two", (2, 3, 2, 0, 0, 0), 10, 8, "medium"),
    ("exactly four", (4, 4, 0, 0, 0, 0), 10, 16, "very_high"),
    ("as much as there is", (4, 4, 2, 2, 2, 2), 100_000, 24, "very_high"),
]


@pytest.mark.parametrize("name,choices,people,quarters,words", WORKED, ids=[row[0] for row in WORKED])
def test_worked_scores(name: str, choices: tuple[int, ...], people: int, quarters: int, words: str) -> None:
    assert score(Choices(*choices)) == quarters
    assert band(quarters, METHOD) == words
    assert flags(people=people, unintelligible=False, method=METHOD) == ((Flag.MANY_PEOPLE,) if people > 100 else ())


def test_every_combination_is_exact_and_in_its_band() -> None:
    tables = (range(1, 5), range(1, 5), range(3), range(3), range(3), (0, 2))
    for dpc, ei, *added in product(*tables):
        exact = dpc * Fraction(ei, 4) + sum(Fraction(points, 4) for points in added)
        found = score(Choices(dpc, ei, *added))
        assert Fraction(found, 4) == exact
        expected = "low" if exact < 2 else "medium" if exact < 3 else "high" if exact < 4 else "very_high"
        assert band(found, METHOD) == expected


def test_flags_stand_beside_the_score() -> None:
    assert flags(people=100, unintelligible=True, method=METHOD) == (Flag.UNINTELLIGIBLE,)
    assert flags(people=101, unintelligible=True, method=METHOD) == (Flag.MANY_PEOPLE, Flag.UNINTELLIGIBLE)
