"""From what was typed about the clock to values, or to one error code per field. Nothing here asks the database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from incidentdesk.breach import moments
from incidentdesk.breach.moments import Reading, words
from incidentdesk.rules.deadline import Period
from incidentdesk.web.forms import Form, one

REOPENED = "reopened"
DECISIONS = ("no_personal_data", "risk_unlikely")
LONGEST_REFERENCE = 80


@dataclass(frozen=True)
class Aware:
    """A fixed awareness, with the dated row of law that held at that moment.

    `basis` is the candidate it was chosen from; `source` says where a moment comes from that is earlier than everything known.
    """

    at: datetime
    zone: str
    reason: str
    policy_version: str
    period: Period
    basis: str = ""
    source: str = ""


@dataclass(frozen=True)
class Filed:
    """A notification as it was handed in."""

    at: datetime
    authority_reference: str
    reason_for_delay: str | None


@dataclass(frozen=True)
class Taken:
    """Which filing of a part covers the whole, why it does, and why it was late for the whole."""

    filing_id: UUID
    reason: str
    reason_for_delay: str | None


@dataclass(frozen=True)
class Window:
    """What a filing is held against. `deadline_at` is None once something was filed, unless that lacks the reasons for its delay.

    A signed decision ends the clock and not the law's wish for reasons, should a notification follow it after all.
    """

    started_at: datetime
    deadline_at: datetime | None


@dataclass(frozen=True)
class Decided:
    """A decision that the duty does not apply, or that it runs again, with its reasoning."""

    decision: str
    reasoning: str


def filing(form: Form, window: Window, *, zone: ZoneInfo, now: datetime) -> Reading[Filed]:
    """Read a filing. One after the deadline needs its reasons (Art. 33(1) GDPR), whatever else could be argued."""
    moment = moments.moment(form, "filed", zone=zone, now=now)
    delay, wrong = words(form, "reason_for_delay")
    errors = {**moment.errors, **wrong}
    reference = one(form, "authority_reference", longest=LONGEST_REFERENCE + 1)
    if not reference:
        errors["authority_reference"] = "reference_missing"
    elif len(reference) > LONGEST_REFERENCE:
        errors["authority_reference"] = "reference_too_long"
    if moment.value is None:
        return Reading(None, errors, moment.choices)
    errors |= _against(window, moment.value, delay)
    value = Filed(moment.value, reference, delay or None)
    return Reading(None if errors else value, errors, moment.choices)


def taking(form: Form, window: Window, made: tuple[UUID, datetime] | None) -> Reading[Taken]:
    """Read why what was filed for a part covers the whole; held against the clock of the whole, as any filing.

    `made` is the id and the moment of that filing; None when it is no part's any more.
    """
    if made is None:
        return Reading(None, {"taken_reason": "filing_gone"})
    reason, errors = words(form, "taken_reason", missing="reason_missing")
    delay, wrong = words(form, "taken_delay")
    late = _against(window, made[1], delay)
    errors |= {"taken_reason": late["filed"]} if "filed" in late else {}
    errors |= {"taken_delay": late["reason_for_delay"]} if "reason_for_delay" in late else {}
    errors |= wrong
    return Reading(None if errors else Taken(made[0], reason, delay or None), errors)


def decision(form: Form, allowed: Collection[str] = DECISIONS) -> Reading[Decided]:
    """Read the signed decision that ends the clock without a notification."""
    chosen = one(form, "decision")
    errors = {} if chosen in allowed else {"decision": "decision_missing"}
    reasoning, wrong = words(form, "reasoning", missing="reason_missing")
    errors |= wrong
    return Reading(None if errors else Decided(chosen, reasoning), errors)


def reopening(form: Form) -> Reading[Decided]:
    """Read the new facts that make the duty run again."""
    facts, wrong = words(form, "new_facts", missing="facts_missing")
    return Reading(None if wrong else Decided(REOPENED, facts), wrong)


def _against(window: Window, filed_at: datetime, delay: str) -> dict[str, str]:
    # People type whole minutes; a clock may have started some seconds into one.
    if filed_at < window.started_at.replace(second=0, microsecond=0):
        return {"filed": "before_awareness"}
    if window.deadline_at is not None and filed_at > window.deadline_at and not delay:
        return {"reason_for_delay": "delay_missing"}
    return {}
