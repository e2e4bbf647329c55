"""The one thing an incident needs now, and the moment it is needed: what the queue sorts by and says.

The queue is sorted by what is due first. What it says of an incident is that, too, until a duty of the law presses: from
when its clock turns to "soon" it goes before every promise of our own, however late that one is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from incidentdesk.rules.clock_face import soon_within
from incidentdesk.rules.lifecycle import Status, Verdict

# Stands in the sort column for "nothing is due": far away, yet storable by both databases.
NEVER: Final = datetime(2999, 1, 1, tzinfo=UTC)
EVER: Final = datetime.min.replace(tzinfo=UTC)


class Duty(StrEnum):
    """The desk's own promises and the notification to the authority, whose value is the id of its policy row.

    INQUIRY is a promise of the desk to itself: an inquiry before awareness is short.
    """

    FIRST_LOOK = "first_look"
    FIRST_ANSWER = "first_answer"
    DECISION = "decision"
    INQUIRY = "inquiry"
    AUTHORITY = "gdpr_33_1_sa"


class NextStep(StrEnum):
    FIRST_LOOK = "first_look"
    DECIDE = "decide"
    ANSWER = "answer"
    NOTIFY = "notify"
    READ_REPLY = "read_reply"
    WAIT = "wait"
    CLOSE = "close"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Running:
    """A clock that still runs: its duty (a Duty or the id of a policy row) and its deadline in UTC.

    `presses_at` is the moment from which it goes before what is due earlier; promises never do.
    """

    duty: str
    deadline_at: datetime
    presses_at: datetime = NEVER

    @classmethod
    def by_law(cls, duty: str, started_at: datetime, deadline_at: datetime) -> "Running":
        """Return a running duty of the law, which presses from when it is due soon."""
        return cls(duty, deadline_at, deadline_at - soon_within(deadline_at - started_at))


@dataclass(frozen=True)
class Situation:
    status: Status
    verdict: Verdict | None
    unread_reply: bool
    running: tuple[Running, ...]


@dataclass(frozen=True)
class Agenda:
    """What to do next, for which duty (None when no clock asks), and by when (NEVER when nothing is due)."""

    step: NextStep
    duty: str | None
    due_at: datetime


_OWN_PROMISES: Final[dict[str, NextStep]] = {
    Duty.FIRST_LOOK: NextStep.FIRST_LOOK,
    Duty.FIRST_ANSWER: NextStep.ANSWER,
    Duty.DECISION: NextStep.DECIDE,
}
# What asks for a verdict as long as there is none.
_BEFORE_A_VERDICT: Final = frozenset({Duty.AUTHORITY, Duty.INQUIRY})
# A reply may hold what the desk waits for, but it never hides a report nobody saw or a duty to notify.
_BEFORE_A_REPLY: Final = frozenset({NextStep.FIRST_LOOK, NextStep.NOTIFY})


def agenda(situation: Situation, *, now: datetime = EVER) -> Agenda:
    """Return the next step: of the duties of the law that press now the one due first asks for it, or else what is due first.

    An unread reply may come in between, unless such a duty presses. Without `now` nothing presses: what is due first.
    """
    first = min(_asking(situation), key=lambda running: (running.presses_at > now, running.deadline_at), default=None)
    step = _step_without_clocks(situation) if first is None else _step_of(first.duty, situation.verdict)
    presses = first is not None and first.presses_at <= now
    if situation.unread_reply and not presses and step not in _BEFORE_A_REPLY:
        step = NextStep.READ_REPLY
    if first is None:
        return Agenda(step, duty=None, due_at=NEVER)
    return Agenda(step, duty=first.duty, due_at=first.deadline_at)


def _asking(situation: Situation) -> Iterator[Running]:
    """Return what runs and asks for a step of its own: once it is decided what it is, an inquiry only tells people."""
    for running in situation.running:
        if running.duty != Duty.INQUIRY or situation.verdict is None:
            yield running


def _step_of(duty: str, verdict: Verdict | None) -> NextStep:
    own = _OWN_PROMISES.get(duty)
    if own is not None:
        return own
    # Nobody tells the authority before a person decided what it is. Every other duty runs because a person said so.
    return NextStep.DECIDE if verdict is None and duty in _BEFORE_A_VERDICT else NextStep.NOTIFY


def _step_without_clocks(situation: Situation) -> NextStep:
    if situation.status is Status.CLOSED:
        return NextStep.NOTHING
    if situation.status is Status.WAITING:
        return NextStep.WAIT
    return NextStep.DECIDE if situation.verdict is None else NextStep.CLOSE
