"""How a clock looks at one moment: its state, what share is left, and the span in words' numbers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from incidentdesk.rules.deadline import lateness

_NO_TIME: Final = timedelta(0)
# For the 72 hours of Art. 33(1) GDPR; a shorter term is soon and urgent at a half and a quarter of its own length,
# so that a promise of eight hours does not start with an alarm.
_SOON_WITHIN, _SOON_PART = timedelta(hours=24), 2
_URGENT_WITHIN, _URGENT_PART = timedelta(hours=8), 4

Parts = tuple[tuple[int, str], ...]


class ClockState(StrEnum):
    OK = "ok"
    SOON = "soon"
    URGENT = "urgent"
    LATE = "late"
    DONE = "done"
    NONE = "none"


@dataclass(frozen=True)
class ClockFace:
    """What a page shows of a clock; it adds the words.

    `parts` is what is left, how late it is, or how long it took once it is done; `late` is how late it ended, empty when
    it was in time. `soon` and `urgent` are the spans before the deadline at which the state changes.
    """

    state: ClockState
    share: int = 0
    parts: Parts = ()
    late: Parts = ()
    soon: timedelta = _SOON_WITHIN
    urgent: timedelta = _URGENT_WITHIN
    due_at: datetime | None = None


def clock_face(*, start: datetime, deadline_at: datetime, ended_at: datetime | None, now: datetime) -> ClockFace:
    """Return how a clock from `start` to `deadline_at` looks at `now`."""
    term = deadline_at - start
    soon, urgent = soon_within(term), min(_URGENT_WITHIN, term / _URGENT_PART)
    share = share_left(start=start, deadline_at=deadline_at, now=ended_at or now)
    if ended_at is not None:
        missed = lateness(deadline_at, ended_at)
        late = two_units(missed) if missed else ()
        return ClockFace(ClockState.DONE, share, two_units(ended_at - start), late, soon, urgent, deadline_at)
    left = deadline_at - now
    state = _state(left, soon=soon, urgent=urgent)
    return ClockFace(state, share, two_units(abs(left)), (), soon, urgent, deadline_at)


def soon_within(term: timedelta) -> timedelta:
    """Return how long before its deadline a clock of this term turns to "soon"."""
    return min(_SOON_WITHIN, term / _SOON_PART)


def _state(left: timedelta, *, soon: timedelta, urgent: timedelta) -> ClockState:
    if left < _NO_TIME:
        return ClockState.LATE
    if left < urgent:
        return ClockState.URGENT
    return ClockState.SOON if left <= soon else ClockState.OK


def share_left(*, start: datetime, deadline_at: datetime, now: datetime) -> int:
    """Return the share of time that is left in whole per cent, floored, from 0 to 100."""
    total = deadline_at - start
    if total <= _NO_TIME:
        return 0
    return min(max(100 * (deadline_at - now) // total, 0), 100)


def two_units(span: timedelta) -> Parts:
    """Return the span in words' numbers, floored: days and hours, hours and minutes, or minutes alone ("d", "h", "m").

    A negative span counts as none.
    """
    minutes = max(span, _NO_TIME) // timedelta(minutes=1)
    hours, minutes = divmod(minutes, 60)
    days, hours_of_day = divmod(hours, 24)
    if days:
        return (days, "d"), (hours_of_day, "h")
    return ((hours, "h"), (minutes, "m")) if hours else ((minutes, "m"),)
