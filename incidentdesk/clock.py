"""The only place that asks what time it is."""

from datetime import UTC, datetime
from time import perf_counter


def now() -> datetime:
    """Return this moment, aware, in UTC."""
    return datetime.now(UTC)


def ticks() -> float:
    """Return seconds that only go forward, from no moment in particular: to measure how long something took."""
    return perf_counter()
