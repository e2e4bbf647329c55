"""From what was typed about roles, moments and ends to values, or to one error code per field."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from incidentdesk.breach import moments
from incidentdesk.breach.clock.forms import Window
from incidentdesk.breach.moments import Reading, words, zone_of
from incidentdesk.rules.duties import Party
from incidentdesk.web.forms import Form, one

OTHER_LEADS = "joint_other"
CHOICES = (Party.CONTROLLER, Party.JOINT, OTHER_LEADS, Party.PROCESSOR)
WAYS = ("phone", "portal", "mail", "publicly", "other")
# What may be signed beside "no personal data".
NOT_REQUIRED = ("no_personal_data", "not_required")
LONGEST_WHOM = 200


@dataclass(frozen=True)
class NewRole:
    """What we are, for one part of the data; a processor is it for each of the customers."""

    party: Party
    other_leads: bool
    customers: tuple[UUID, ...]
    reason: str


@dataclass(frozen=True)
class Ended:
    """Which role does not hold, and why."""

    role_id: UUID
    reason: str


@dataclass(frozen=True)
class Noted:
    """A moment from which a duty runs."""

    event: str
    at: datetime
    zone: str
    reason: str


@dataclass(frozen=True)
class ToldThem:
    """That somebody was told, by which way, and what shows it."""

    at: datetime
    way: str
    whom: str
    proof: str


def role(form: Form, customers: Collection[UUID]) -> Reading[NewRole]:
    """Read a role; a processor names the customers whose data are affected."""
    chosen = one(form, "party")
    reason, errors = words(form, "role_reason", missing="reason_missing")
    if chosen not in CHOICES:
        errors["party"] = "party_missing"
    named = tuple(number for number in sorted(customers) if str(number) in (form.get("customer") or ()))
    if chosen == Party.PROCESSOR and not named:
        errors["customer"] = "customer_missing"
    if errors:
        return Reading(None, errors)
    party = Party.JOINT if chosen == OTHER_LEADS else Party(chosen)
    return Reading(NewRole(party, chosen == OTHER_LEADS, named if party is Party.PROCESSOR else (), reason))


def ending(form: Form, role_id: UUID) -> Reading[Ended]:
    """Read why a role does not hold."""
    reason, errors = words(form, "ending_reason", missing="reason_missing")
    return Reading(None if errors else Ended(role_id, reason), errors)


def event(form: Form, known: Collection[str], *, zone: ZoneInfo, now: datetime) -> Reading[Noted]:
    """Read a moment from which a duty runs. It may lie before the report, never in the future."""
    moment = moments.moment(form, "at", zone=zone, now=now)
    reason, wrong = words(form, "event_reason", missing="reason_missing")
    chosen = one(form, "event")
    errors = {**moment.errors, **wrong} | ({} if chosen in known else {"event": "event_missing"})
    if errors or moment.value is None:
        return Reading(None, errors, moment.choices)
    return Reading(Noted(chosen, moment.value, (zone_of(form, "at", zone) or zone).key, reason), {}, moment.choices)


def telling(form: Form, window: Window, *, zone: ZoneInfo, now: datetime) -> Reading[ToldThem]:
    """Read that somebody was told, not before the duty began."""
    moment = moments.moment(form, "told", zone=zone, now=now)
    proof, wrong = words(form, "proof", missing="proof_missing")
    whom, way = one(form, "whom", longest=LONGEST_WHOM + 1), one(form, "way")
    errors = {**moment.errors, **wrong}
    errors |= {} if way in WAYS else {"way": "way_missing"}
    errors |= _wrong_in_whom(whom)
    # People type whole minutes; a clock may have started some seconds into one.
    if moment.value is not None and moment.value < window.started_at.replace(second=0, microsecond=0):
        errors["told"] = "before_start"
    if errors or moment.value is None:
        return Reading(None, errors, moment.choices)
    return Reading(ToldThem(moment.value, way, whom, proof), {}, moment.choices)


def _wrong_in_whom(whom: str) -> dict[str, str]:
    if not whom:
        return {"whom": "whom_missing"}
    return {"whom": "whom_long"} if len(whom) > LONGEST_WHOM else {}
