"""From what was typed on the bench to values, or to one error code per field. Nothing here asks the database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from incidentdesk import law
from incidentdesk.breach import moments
from incidentdesk.breach.clock.forms import Aware
from incidentdesk.breach.moments import Reading, words, zone_of
from incidentdesk.rules.awareness import AWARE, Candidate, Kind, Known, Refusal, needs_reason, refusal
from incidentdesk.rules.deadline import policy_in_force
from incidentdesk.rules.next_step import Duty
from incidentdesk.web.forms import Form, one

OTHER = "other"
LONGEST_TOKEN = 80


@dataclass(frozen=True)
class Stamped:
    """A moment about awareness, with the reason for it."""

    kind: Kind
    at: datetime
    zone: str
    reason: str


@dataclass(frozen=True)
class Fields:
    """One form for stamps: how its fields begin, and which kinds it may write."""

    name: str
    kinds: Collection[Kind]


def token_of(candidate: Candidate) -> str:
    """Return the word by which a form names a candidate; it holds the moment, so it never means another one later."""
    return f"{candidate.basis}:{candidate.at.isoformat()}"


def awareness(form: Form, known: Known, *, zone: ZoneInfo, now: datetime) -> Reading[Aware]:
    """Read when we became aware: a candidate, or another moment. Only the strictest candidate needs no reason.

    A moment earlier than everything known is taken with its source only, which is then written down beside it.
    """
    moment, basis = _chosen(form, known, zone=zone, now=now)
    reason, wrong = words(form, "aware_reason")
    source, wrong_source = words(form, "aware_source")
    errors = {**moment.errors, **wrong, **wrong_source}
    if moment.value is None:
        return Reading(None, errors, moment.choices)
    at = moment.value
    is_early = refusal(AWARE, at, known, sourced=False, now=now) is Refusal.BEFORE_ALL
    if not is_early:
        # Nothing that was typed is thrown away, not even where it was not asked for.
        reason, source = "\n".join(filter(None, (reason, source))), ""
    errors |= _why_not(at, known, source, now=now)
    if needs_reason(at, known) and not reason:
        errors.setdefault("aware_reason", "reason_missing")
    used = zone_of(form, "aware", zone) or zone
    policy = policy_in_force(law.policies(), Duty.AUTHORITY, at, used)
    if policy is None or policy.period is None:
        return Reading(None, {**errors, "aware": "no_law"}, moment.choices)
    value = Aware(at, used.key, reason, policy.version, policy.period, basis, source)
    return Reading(None if errors else value, errors, moment.choices)


def stamp(form: Form, fields: Fields, known: Known, *, zone: ZoneInfo, now: datetime) -> Reading[Stamped]:
    """Read one moment. It always needs its reason."""
    name = fields.name
    typed = one(form, f"{name}_kind")
    kind = next((known_kind for known_kind in fields.kinds if known_kind == typed), None)
    moment = moments.moment(form, name, zone=zone, now=now)
    reason, wrong = words(form, f"{name}_reason", missing="reason_missing")
    errors = {**({} if kind else {f"{name}_kind": "kind_missing"}), **moment.errors, **wrong}
    if kind is None or moment.value is None:
        return Reading(None, errors, moment.choices)
    why = refusal(kind, moment.value, known, sourced=False, now=now)
    errors |= {name: why.value} if why else {}
    used = zone_of(form, name, zone) or zone
    value = Stamped(kind, moment.value, used.key, reason)
    return Reading(None if errors else value, errors, moment.choices)


def _chosen(form: Form, known: Known, *, zone: ZoneInfo, now: datetime) -> tuple[Reading[datetime], str]:
    """Return the moment, and the candidate it is, if it is one."""
    pick = one(form, "aware_pick", longest=LONGEST_TOKEN)
    if pick in {"", OTHER}:
        return moments.moment(form, "aware", zone=zone, now=now), ""
    found = next((candidate for candidate in known.candidates if token_of(candidate) == pick), None)
    if found is None:
        return Reading(None, {"aware_pick": "candidate_gone"}), ""
    return Reading(found.at), found.basis.value


def _why_not(at: datetime, known: Known, source: str, *, now: datetime) -> dict[str, str]:
    why = refusal(AWARE, at, known, sourced=bool(source), now=now)
    if why is Refusal.BEFORE_ALL:
        return {"aware_source": "source_missing"}
    return {"aware": why.value} if why else {}
