"""Whom alerts would reach: what a ladder will say if nobody acts, and what keeps it from reaching a person."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from incidentdesk.rules.escalation import Facts, Look, Step, last_noticed, look

# So many times a step that repeats is foretold.
REPEATS: Final = 3
_INSTANT: Final = timedelta(microseconds=1)


class Proof(StrEnum):
    """Whether a person showed that they read the mailbox alerts go to. OLD: they did, too long ago to count."""

    PROVED = "proved"
    OLD = "old"
    NONE = "none"


class Gap(StrEnum):
    """What keeps an alert from whom it is meant for, or us from knowing that it arrives.

    Of the desk: NO_RELAY, HELD. Of a post: EMPTY. Of a person on a post, so that others are told: CLOSED, REFUSED,
    STRANGER (may not see the incident). Of a person who is told: UNPROVEN, OLD_PROOF, NEVER_IN, NO_FACTOR. NOBODY:
    nobody at all can be told; UNREACHED: of those who may see a restricted incident, nobody can.
    """

    NO_RELAY = "no_relay"
    HELD = "held"
    NOBODY = "nobody"
    UNREACHED = "unreached"
    EMPTY = "empty"
    CLOSED = "closed"
    REFUSED = "refused"
    STRANGER = "stranger"
    UNPROVEN = "unproven"
    OLD_PROOF = "old_proof"
    NEVER_IN = "never_in"
    NO_FACTOR = "no_factor"


def proof_of(proved_at: datetime | None, now: datetime, *, lasts: timedelta) -> Proof:
    """Return what a proof of `proved_at` is worth at `now`; it counts for `lasts`, the last moment included."""
    if proved_at is None:
        return Proof.NONE
    return Proof.PROVED if now - proved_at <= lasts else Proof.OLD


def looks_ahead(ladder: Iterable[Step], facts: Facts, first: datetime) -> Iterator[tuple[datetime, Look]]:
    """Yield each moment from `first` on at which steps come due, and what `look` then says, if nobody acts.

    A step that repeats comes `REPEATS` times, and again only when it comes due together with another one.
    """
    steps, seen = tuple(ladder), Counter[str]()
    moment: datetime | None = first
    while moment is not None:
        found = look(steps, facts, moment)
        if found.due:
            yield moment, found
        seen.update(due.step.key for due in found.due)
        facts = _noted(facts, found)
        # What was foretold often enough is passed over until another step comes due.
        ahead = [step for step in steps if not _is_told(step, facts, seen)]
        moment = look(ahead, facts, moment).next_look
        facts = facts_at(steps, facts, moment) if moment else facts


def facts_at(ladder: Iterable[Step], facts: Facts, moment: datetime) -> Facts:
    """Return the facts as they will be just before `moment`, when everything due until then was noticed in time."""
    return _noted(facts, look(ladder, facts, moment - _INSTANT))


def _noted(facts: Facts, found: Look) -> Facts:
    noticed = {(due.step.key, due.round, due.occurrence) for due in (*found.due, *found.superseded)}
    return replace(facts, noticed=facts.noticed | noticed)


def _is_told(step: Step, facts: Facts, seen: Counter[str]) -> bool:
    return seen[step.key] >= REPEATS if step.repeat_every is not None else last_noticed(step, facts) >= 0
