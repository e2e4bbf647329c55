"""When a letter is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from incidentdesk.rules.retry import next_try

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FAR = NOW + timedelta(days=1)


@pytest.mark.parametrize(
    "attempts,seconds", [(0, 15), (1, 15), (2, 30), (3, 60), (4, 120), (5, 240), (6, 240), (1000, 240)]
)
def test_waits_grow_to_four_minutes(attempts: int, seconds: int) -> None:
    assert next_try(attempts, now=NOW, give_up_at=FAR, jitter=0.5) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("jitter,seconds", [(-3.0, 192), (0.0, 192), (1.0, 288), (7.0, 288)])
def test_a_draw_moves_the_wait_by_a_fifth(jitter: float, seconds: int) -> None:
    assert next_try(9, now=NOW, give_up_at=FAR, jitter=jitter) == NOW + timedelta(seconds=seconds)


def test_it_gives_up_when_the_next_try_would_be_too_late() -> None:
    last = NOW + timedelta(seconds=15)
    assert next_try(1, now=NOW, give_up_at=last, jitter=0.5) == last
    assert next_try(1, now=NOW, give_up_at=last - timedelta(seconds=1), jitter=0.5) is None
