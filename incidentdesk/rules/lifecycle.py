"""The statuses of an incident, which step may follow which, and what the reporter is told of it."""

from enum import IntEnum, StrEnum
from typing import Final


class Status(StrEnum):
    NEW = "new"
    ASSESSING = "assessing"
    WAITING = "waiting"
    HANDLING = "handling"
    CLOSED = "closed"


class Verdict(StrEnum):
    """What a person decided the report is (Art. 4(12) GDPR separates the first two)."""

    PERSONAL_DATA_BREACH = "personal_data_breach"
    SECURITY_INCIDENT = "security_incident"
    NOT_AN_INCIDENT = "not_an_incident"


class Outcome(StrEnum):
    """How it ended, chosen when the incident is closed."""

    FALSE_ALARM = "false_alarm"
    TEST = "test"
    DUPLICATE = "duplicate"
    WEAKNESS_ONLY = "weakness_only"
    ADVICE_GIVEN = "advice_given"
    RESOLVED = "resolved"


class Move(StrEnum):
    """What can happen to an incident; HEAR is the reporter writing again."""

    TAKE = "take"
    DECIDE = "decide"
    ASK = "ask"
    HEAR = "hear"
    CLOSE = "close"
    REOPEN = "reopen"


class Obstacle(StrEnum):
    """Why an incident may not be closed yet."""

    NO_VERDICT = "no_verdict"
    LEGAL_RUNNING = "legal_running"
    LATE_WITHOUT_REASON = "late_without_reason"


class ReporterStep(IntEnum):
    RECEIVED = 1
    READ = 2
    WORKING = 3
    FINISHED = 4


# A decided incident stays in handling while a question is out, so that an answer never undoes the decision.
# A reply to a closed incident opens it again where its decision left it, for what nobody sees open nobody reads. Taking
# the decision back is a person's: reopening asks for a new one.
_AFTER: Final[dict[Status, dict[Move, Status]]] = {
    Status.NEW: {
        Move.TAKE: Status.ASSESSING,
        Move.DECIDE: Status.HANDLING,
        Move.ASK: Status.WAITING,
        Move.HEAR: Status.NEW,
    },
    Status.ASSESSING: {
        Move.TAKE: Status.ASSESSING,
        Move.DECIDE: Status.HANDLING,
        Move.ASK: Status.WAITING,
        Move.HEAR: Status.ASSESSING,
        Move.CLOSE: Status.CLOSED,
    },
    Status.WAITING: {
        Move.TAKE: Status.WAITING,
        Move.DECIDE: Status.HANDLING,
        Move.ASK: Status.WAITING,
        Move.HEAR: Status.ASSESSING,
        Move.CLOSE: Status.CLOSED,
    },
    Status.HANDLING: {
        Move.TAKE: Status.HANDLING,
        Move.DECIDE: Status.HANDLING,
        Move.ASK: Status.HANDLING,
        Move.HEAR: Status.HANDLING,
        Move.CLOSE: Status.CLOSED,
    },
    Status.CLOSED: {Move.HEAR: Status.HANDLING, Move.REOPEN: Status.ASSESSING},
}


def status_after(status: Status, move: Move) -> Status | None:
    """Return the status `move` leads to, or None when it is refused from here."""
    return _AFTER[status].get(move)


def obstacles_to_closing(
    *, verdict: Verdict | None, legal_running: bool, late_without_reason: bool
) -> tuple[Obstacle, ...]:
    """Return everything that forbids closing, empty when nothing does.

    A legal clock ends only by filing or by a signed decision, and a late notification needs its reasons (Art. 33(1) GDPR).
    """
    found = {
        Obstacle.NO_VERDICT: verdict is None,
        Obstacle.LEGAL_RUNNING: legal_running,
        Obstacle.LATE_WITHOUT_REASON: late_without_reason,
    }
    return tuple(obstacle for obstacle, present in found.items() if present)


def reporter_step(status: Status, *, read: bool, verdict: Verdict | None) -> ReporterStep:
    """Return which of the four plain steps the reporter's page shows; it says nothing about the verdict itself."""
    if status is Status.CLOSED:
        return ReporterStep.FINISHED
    if status is Status.HANDLING or verdict is not None:
        return ReporterStep.WORKING
    if read or status is not Status.NEW:
        return ReporterStep.READ
    return ReporterStep.RECEIVED
