"""Was nothing lost? What became of each alert, in one word; the words of `AMISS` are those that nobody can account for.

A word is either SENT, or the reason why nothing was sent (yet), or one of AMISS.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from incidentdesk.rules.escalation import DueStep, Facts, Trigger
from incidentdesk.rules.silence import Silence

# So long may a worker take; it is also when the pages begin to say that mail is left lying.
LATE_AFTER: Final = timedelta(minutes=3)
_EVERY_SEVERITY: Final = 4
_GAVE_UP: Final = "gave_up"
_SOMEBODY_ELSE: Final = frozenset({"person_left", "stranger"})


class Word(StrEnum):
    """Reasons, and what is amiss; beside these stand the outbox's own words for why a mail was skipped."""

    SENT = "sent"
    TO_COME = "to_come"
    DUE_NOW = "due_now"
    RETRY = "retry"
    IN_HAND = "in_hand"
    NO_RELAY = "no_relay"
    HELD = "held"
    RELAY_AWAY = "relay_away"
    PASSED_ON = "passed_on"
    NOBODY_ELSE = "nobody_else"
    COVERED = "covered"
    OVERTAKEN = "overtaken"
    ANEW = "anew"
    ENDED = "ended"
    READ = "read"
    EARLIER = "earlier_release"
    MAIL_GONE = "mail_gone"
    LEFT_LYING = "left_lying"
    LEASE_OVER = "lease_over"
    NOT_PASSED_ON = "not_passed_on"
    NO_REASON = "no_reason"
    NOBODY_TOLD = "nobody_told"
    OVERDUE = "overdue"
    MISSED = "missed"
    ASLEEP = "asleep"
    NOT_LOOKED_AT = "not_looked_at"
    NO_LADDER = "no_ladder"
    ORPHAN = "orphan"


AMISS: Final = frozenset(
    {
        Word.MAIL_GONE,
        Word.LEFT_LYING,
        Word.LEASE_OVER,
        Word.NOT_PASSED_ON,
        Word.NO_REASON,
        Word.NOBODY_TOLD,
        Word.OVERDUE,
        Word.MISSED,
        Word.ASLEEP,
        Word.NOT_LOOKED_AT,
        Word.NO_LADDER,
        Word.ORPHAN,
    }
)


@dataclass(frozen=True)
class Around:
    """What may keep all mail from leaving."""

    can_mail: bool
    is_held: bool
    is_relay_away: bool


@dataclass(frozen=True)
class Posted:
    """One mail. `state` and `outcome` are the outbox's words; `must_reach` says that somebody else is told when it fails.

    `told_instead` says whether another person has a mail about the same thing, `others` whether there was another one.
    """

    state: str
    outcome: str | None
    due_at: datetime
    attempts: int
    lease_until: datetime | None
    must_reach: bool
    told_instead: bool = False
    others: bool = True


@dataclass(frozen=True)
class Watched:
    """What the desk knows of one clock beside its facts. `regraded`: its incident was once more or less severe."""

    next_look: datetime | None
    legal: bool
    regraded: bool


def word_of_mail(mail: Posted, around: Around, now: datetime) -> str:
    """Return what became of a mail: sent, why not, or what is amiss."""
    if mail.state == Word.SENT:
        return Word.SENT
    if mail.state == "waiting":
        return _why_waiting(mail, around, now)
    if mail.outcome is None:
        return Word.NO_REASON
    if not mail.must_reach or not _was_for_somebody_else(mail):
        return mail.outcome
    if mail.told_instead:
        return Word.PASSED_ON
    return Word.NOT_PASSED_ON if mail.others else Word.NOBODY_ELSE


def word_of_alerts(noted: list[str] | None, words: dict[str, str], *, none: Word) -> str:
    """Return what became of what these mails tell, given the word of each that is there. `none`: it needs no mail.

    One that reached somebody is enough here: what became of each of the others is said where all mails are.
    """
    if noted is None:
        return Word.SENT if Word.SENT in words.values() else next(iter(words.values()), Word.EARLIER)
    if not set(noted) <= words.keys():
        return Word.MAIL_GONE
    if not noted:
        return none
    return Word.SENT if Word.SENT in words.values() else words[noted[0]]


def word_of_silence(due: DueStep, why: Silence, facts: Facts, clock: Watched, now: datetime) -> str | None:
    """Return why a step that came due has no notice, or None for one that did not come due."""
    if why is Silence.OVERTAKEN:
        return Word.OVERTAKEN
    if why is Silence.MISSED:
        return Word.MISSED if _was_overslept(due, facts, clock) else Word.ENDED
    if why is not Silence.OVERDUE:
        return None
    # A clock that was moved just now may have steps that came due long ago: what counts is when it is looked at.
    looked_at = clock.next_look if clock.next_look is not None and clock.next_look <= now else due.due_at
    return Word.DUE_NOW if looked_at >= now - LATE_AFTER else Word.OVERDUE


def words_of_clock(
    facts: Facts, clock: Watched, *, has_ladder: bool, coming: datetime | None, now: datetime
) -> list[str]:
    """Return what is amiss with a clock as a whole; `coming` is when its next step comes due."""
    found: list[str] = []
    if facts.ended_at is None and clock.legal and not has_ladder:
        found.append(Word.NO_LADDER)
    if clock.next_look is not None and clock.next_look < now - LATE_AFTER:
        found.append(Word.NOT_LOOKED_AT)
    if coming is not None and (clock.next_look is None or clock.next_look > coming):
        found.append(Word.ASLEEP)
    return found


def _why_waiting(mail: Posted, around: Around, now: datetime) -> str:
    if not around.can_mail or around.is_held:
        return Word.HELD if around.is_held else Word.NO_RELAY
    if mail.lease_until is not None and mail.lease_until >= now - LATE_AFTER:
        return Word.IN_HAND
    if mail.due_at >= now - LATE_AFTER:
        return _why_not_yet(mail, now)
    if around.is_relay_away:
        return Word.RELAY_AWAY
    return Word.LEFT_LYING if mail.lease_until is None else Word.LEASE_OVER


def _why_not_yet(mail: Posted, now: datetime) -> str:
    if mail.due_at <= now:
        return Word.DUE_NOW
    return Word.RETRY if mail.attempts else Word.TO_COME


def _was_for_somebody_else(mail: Posted) -> bool:
    """Say whether the failure hands the mail on: a mailbox that refuses, or a person who may not know; not a dead line."""
    is_dead = mail.state == "dead" and mail.outcome != _GAVE_UP
    return is_dead or mail.outcome in _SOMEBODY_ELSE


def _was_overslept(due: DueStep, facts: Facts, clock: Watched) -> bool:
    """Say whether it is certain that the step was due long before the clock ended.

    Once a clock was moved, or its incident was less severe, nobody can tell any more since when the step was due.
    """
    is_first = (facts.arm if due.step.trigger is Trigger.NOT_TAKEN else facts.revision) == 0
    spoke = due.step.severity_at_most >= _EVERY_SEVERITY or not clock.regraded
    return is_first and spoke and facts.ended_at is not None and facts.ended_at - due.due_at > LATE_AFTER
