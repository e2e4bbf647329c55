"""What the page about merging sends: text to value."""

from dataclasses import dataclass

from incidentdesk.rules.reference import tidy_reference
from incidentdesk.triage.forms import LONGEST_TEXT, Errors, Writing
from incidentdesk.web.forms import Form, block, one


@dataclass(frozen=True)
class Wish:
    """Into which incident another shall be merged, why, and what its reporter is told of it."""

    into: str
    reason: str
    message: Writing


def read_merging(form: Form) -> tuple[Wish, Errors]:
    """Read a merging."""
    into = read_other(form, "into")
    reason, wrong = read_reason(form)
    message = block(form, "message", longest=LONGEST_TEXT + 1)
    errors = dict(wrong)
    if not into:
        errors["into"] = "other_missing"
    if len(message) > LONGEST_TEXT:
        errors["message"] = "text_long"
    return Wish(into, reason, Writing(message, one(form, "form_id"))), errors


def read_reason(form: Form) -> tuple[str, Errors]:
    """Read why."""
    reason = block(form, "reason", longest=LONGEST_TEXT + 1)
    if not reason:
        return reason, {"reason": "reason_missing"}
    return reason, {"reason": "text_long"} if len(reason) > LONGEST_TEXT else {}


def read_other(form: Form, name: str = "other") -> str:
    """Return the reference of the other incident, or an empty text."""
    return tidy_reference(one(form, name)) or ""
