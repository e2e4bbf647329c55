"""When to try a letter again that the mail server did not take."""

from datetime import datetime, timedelta
from typing import Final

_WAITS: Final = (
    timedelta(seconds=15),
    timedelta(seconds=30),
    timedelta(minutes=1),
    timedelta(minutes=2),
    timedelta(minutes=4),
)
_SPREAD: Final = 0.2


def next_try(attempts: int, *, now: datetime, give_up_at: datetime, jitter: float) -> datetime | None:
    """Return the moment of the next try after `attempts` failed ones, or None to give up.

    Waits 15 s, 30 s, 1, 2 and 4 minutes, then 4 minutes each time. `jitter` is a draw from 0 to 1 and moves
    every wait by up to 20 % either way, so that letters that failed together do not return together; none waits
    longer than five minutes.
    """
    wait = _WAITS[min(max(attempts, 1), len(_WAITS)) - 1]
    drawn = min(max(jitter, 0.0), 1.0)
    moment = now + wait * (1 - _SPREAD + 2 * _SPREAD * drawn)
    return moment if moment <= give_up_at else None
