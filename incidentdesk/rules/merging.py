"""What holds for an incident that stands for several: the strictest of everything that was true of one of them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

Circle = frozenset[str] | None


@dataclass(frozen=True)
class Course:
    """How one duty runs: both moments in UTC, the zone and the dated row of law they were counted by.

    `provisional` says that it runs from a signal and no person has fixed the awareness.
    """

    started_at: datetime
    deadline_at: datetime
    zone: str
    policy_version: str
    provisional: bool


def carried(own: Course, others: Iterable[Course]) -> Course:
    """Return how a duty runs for all of them: from the earliest start, with that one's row, to the earliest deadline.

    Bundling runs from the earliest awareness (Art. 33(1) GDPR); a deadline only ever gets earlier by it.
    """
    every = (own, *others)
    first = min(every, key=lambda course: course.started_at)
    return replace(first, deadline_at=min(course.deadline_at for course in every))


def strictest(circles: Iterable[Circle]) -> Circle:
    """Return who may see all of them: whoever may see each one. None stands for everybody of the desk."""
    chosen = [circle for circle in circles if circle is not None]
    return frozenset.intersection(*chosen) if chosen else None
