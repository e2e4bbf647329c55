"""From what was typed about the clock to values, or to one error code per field. Nothing here asks the database."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from incidentdesk import law
from incidentdesk.i18n import zones
from incidentdesk.rules.deadline import Ambiguous, Exact, Period, local_moment, policy_in_force
from incidentdesk.rules.next_step import Duty
from incidentdesk.web.forms import Form, block, one

PARTS = ("year", "month", "day", "hour", "minute")
REOPENED = "reopened"
DECISIONS = ("no_personal_data", "risk_unlikely")
LONGEST_REFERENCE = 80
LONGEST_NUMBER = 4
LONGEST_TEXT = 10_000
T = TypeVar("T")


@dataclass(frozen=True)
class Reading(Generic[T]):
    """The value, or why there is none. `choices` holds both instants of a local time that happens twice."""

    value: T | None
    errors: dict[str, str] = field(default_factory=dict)
    choices: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)


@dataclass(frozen=True)
class Aware:
    """A fixed awareness, with the dated row of law that held at that moment."""

    at: datetime
    zone: str
    reason: str
    policy_version: str
    period: Period


@dataclass(frozen=True)
class Filed:
    """A notification as it was handed in."""

    at: datetime
    authority_reference: str
    reason_for_delay: str | None


@dataclass(frozen=True)
class Window:
    """What a filing is held against. `deadline_at` is None when the duty is no longer running."""

    started_at: datetime
    deadline_at: datetime | None


@dataclass(frozen=True)
class Decided:
    """A decision that the duty does not apply, or that it runs again, with its reasoning."""

    decision: str
    reasoning: str


def awareness(form: Form, *, zone: ZoneInfo, now: datetime) -> Reading[Aware]:
    """Read when we became aware. It may lie before the report, never in the future, and always needs its reason."""
    moment = _moment(form, "aware", zone=zone, now=now)
    reason, wrong = _words(form, "aware_reason", missing="reason_missing")
    errors = {**moment.errors, **wrong}
    if moment.value is None:
        return Reading(None, errors, moment.choices)
    used = _zone(form, "aware", zone) or zone
    policy = policy_in_force(law.policies(), Duty.AUTHORITY, moment.value, used)
    if policy is None or policy.period is None:
        errors["aware"] = "no_law"
        return Reading(None, errors, moment.choices)
    value = Aware(moment.value, used.key, reason, policy.version, policy.period)
    return Reading(None if errors else value, errors, moment.choices)


def filing(form: Form, window: Window, *, zone: ZoneInfo, now: datetime) -> Reading[Filed]:
    """Read a filing. One after the deadline needs its reasons (Art. 33(1) GDPR), whatever else could be argued."""
    moment = _moment(form, "filed", zone=zone, now=now)
    delay, wrong = _words(form, "reason_for_delay")
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


def decision(form: Form) -> Reading[Decided]:
    """Read the signed decision that ends the clock without a notification."""
    chosen = one(form, "decision")
    errors = {} if chosen in DECISIONS else {"decision": "decision_missing"}
    reasoning, wrong = _words(form, "reasoning", missing="reason_missing")
    errors |= wrong
    return Reading(None if errors else Decided(chosen, reasoning), errors)


def reopening(form: Form) -> Reading[Decided]:
    """Read the new facts that make the duty run again."""
    facts, wrong = _words(form, "new_facts", missing="facts_missing")
    return Reading(None if wrong else Decided(REOPENED, facts), wrong)


def _words(form: Form, name: str, *, missing: str = "") -> tuple[str, dict[str, str]]:
    """Return a text that becomes evidence; one that is too long is refused, for half a reason is none."""
    text = block(form, name, longest=LONGEST_TEXT + 1)
    if not text and missing:
        return text, {name: missing}
    return text, {name: "text_long"} if len(text) > LONGEST_TEXT else {}


def _against(window: Window, filed_at: datetime, delay: str) -> dict[str, str]:
    # People type whole minutes; a clock may have started some seconds into one.
    if filed_at < window.started_at.replace(second=0, microsecond=0):
        return {"filed": "before_awareness"}
    if window.deadline_at is not None and filed_at > window.deadline_at and not delay:
        return {"reason_for_delay": "delay_missing"}
    return {}


def _moment(form: Form, name: str, *, zone: ZoneInfo, now: datetime) -> Reading[datetime]:
    used, wall = _zone(form, name, zone), _wall(form, name)
    if used is None:
        return Reading(None, {f"{name}_zone": "zone_unknown"})
    if wall is None:
        return Reading(None, {name: "moment_unreadable"})
    reading = _instant(form, name, wall, used)
    if reading.value is not None and reading.value > now:
        return Reading(None, {name: "future"}, reading.choices)
    return reading


def _instant(form: Form, name: str, wall: datetime, zone: ZoneInfo) -> Reading[datetime]:
    found = local_moment(wall, zone)
    if isinstance(found, Exact):
        return Reading(found.instant)
    if not isinstance(found, Ambiguous):
        return Reading(None, {name: "never_existed"})
    both = (found.first, found.second)
    chosen = {"first": found.first, "second": found.second}.get(one(form, f"{name}_which"))
    return Reading(chosen, {} if chosen else {name: "happened_twice"}, {name: both})


def _zone(form: Form, name: str, zone: ZoneInfo) -> ZoneInfo | None:
    typed = one(form, f"{name}_zone")
    if not typed:
        return zone
    return ZoneInfo(typed) if typed in zones() else None


def _wall(form: Form, name: str) -> datetime | None:
    texts = [one(form, f"{name}_{part}") for part in PARTS]
    if not all(text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER for text in texts):
        return None
    year, month, day, hour, minute = map(int, texts)
    try:
        wall = datetime(year, month, day, hour, minute)  # noqa: DTZ001 - the zone is applied next, by the rules
    except ValueError:
        return None
    # Both ends of the calendar overflow once an offset is applied.
    return wall if timedelta(days=2) < wall - datetime.min and timedelta(days=2) < datetime.max - wall else None  # noqa: DTZ901
