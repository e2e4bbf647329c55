"""Days, the way people write them."""

from datetime import date

import pytest

from incidentdesk.rules.days import read_day

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "text, day",
    [
        ("23 11 2026", date(2026, 11, 23)),
        ("20-11-26", date(2026, 11, 20)),
        ("2026-11-20", date(2026, 11, 20)),
        ("3/4/2026", date(2026, 4, 3)),
        ("11/20/2026", date(2026, 11, 20)),
        ("20.11.", None),
        ("20.11", date(2026, 11, 20)),
        ("24 11", date(2025, 11, 24)),
        ("23 November 2026", date(2026, 11, 23)),
        ("Monday 16 november", date(2026, 11, 16)),
        ("the 3rd of March", date(2026, 3, 3)),
        ("3rd of March", date(2026, 3, 3)),
        ("3 maart 2025", date(2025, 3, 3)),
        ("3 mrt. 2025", date(2025, 3, 3)),
        ("12 okt", date(2026, 10, 12)),
        ("November 3, 2026", date(2026, 11, 3)),
        ("mei 5", date(2026, 5, 5)),
    ],
)
def test_reads(text: str, day: date | None) -> None:
    assert read_day(text, today=TODAY) == day


@pytest.mark.parametrize("text", ["", "yesterday", "31 2 2026", "13 13 2026", "20 foo 2026", "0 1 2026", "2026-11"])
def test_leaves_the_rest_alone(text: str) -> None:
    assert read_day(text, today=TODAY) is None
