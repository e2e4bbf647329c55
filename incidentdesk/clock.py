"""The only place that asks what time it is.

A process of the desk goes by the database's clock, so that all of them agree: it reads that one now and then and counts on from
the reading by a clock that only goes forward. What happens to the clock of its own machine meanwhile changes nothing.
"""

import time
from datetime import UTC, datetime, timedelta

from incidentdesk.rules.steadiness import Reading

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Ids tell a quarter of a microsecond apart.
_APART = 250
# Goes on while the machine sleeps, where there is such a clock: a sleep is time that passed, not a jump.
_SINCE_BOOT = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


class _Followed:
    """The reading this process counts on from, if it has one, and the last number it gave out."""

    reading: Reading | None = None
    last: int = 0


def now() -> datetime:
    """Return this moment, aware, in UTC."""
    return _now()


def nanoseconds() -> int:
    """Return this moment as a number that grows with every call, but for a jump: for ids that sort by time."""
    _Followed.last = max(_Followed.last + _APART, (_now() - _EPOCH) // _MICROSECOND * 1000)
    return _Followed.last


def _now() -> datetime:
    reading = _Followed.reading
    return machine() if reading is None else reading.foretold(passed())


def machine() -> datetime:
    """Return what this machine says, which may be wrong: for whoever asks on behalf of a database that has no other clock."""
    return datetime.now(UTC)


def passed() -> float:
    """Return seconds that only go forward, from no moment in particular, whatever is done to the machine's clock."""
    return time.monotonic() if _SINCE_BOOT is None else time.clock_gettime(_SINCE_BOOT)


def ticks() -> float:
    """Return seconds that only go forward, from no moment in particular: to measure how long something took."""
    return time.perf_counter()


def follow(reading: Reading | None) -> None:
    """Count on from this reading from now on; from None by the machine's clock again."""
    _Followed.reading, _Followed.last = reading, 0


def followed() -> Reading | None:
    """Return the reading this process counts on from."""
    return _Followed.reading
