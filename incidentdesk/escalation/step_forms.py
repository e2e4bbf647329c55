"""From posted text to a step of the ladder: when it speaks, and whom it calls. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from incidentdesk.escalation.forms import HOUR, MINUTE, MOST
from incidentdesk.rules.escalation import Post, Step, Target, Trigger
from incidentdesk.web.forms import Form, one

SEVERITIES = (1, 2, 3, 4)


class When(StrEnum):
    """From what a new step counts, and which way."""

    NOT_TAKEN = "not_taken"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True)
class Wanted:
    """A step as somebody asks for it; `when` and `number` are typed for a new one only."""

    targets: tuple[Target, ...]
    severity: int
    when: When = When.NOT_TAKEN
    number: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


def read_step(form: Form, choices: Collection[Target]) -> Wanted:
    """Return whom a step shall call and for how severe an incident."""
    known = {str(target): target for target in choices}
    ticked = list(dict.fromkeys(form.get("to", [])))
    targets = tuple(known[text] for text in ticked if text in known)
    severity = one(form, "severity")
    errors = {}
    if severity not in map(str, SEVERITIES):
        errors["severity"] = "choose_one"
    if len(targets) < len(ticked):
        errors["to"] = "target_gone"
    elif not targets:
        errors["to"] = "nobody_called"
    return Wanted(targets, int(severity) if "severity" not in errors else SEVERITIES[0], errors=errors)


def read_new_step(form: Form, choices: Collection[Target]) -> Wanted:
    """Return the same with the moment at which the step comes due."""
    wanted = read_step(form, choices)
    when, number = one(form, "when"), one(form, "number", longest=10)
    errors = dict(wanted.errors)
    if when not in set(When):
        errors["when"] = "choose_one"
        when = When.NOT_TAKEN
    most = MOST[_unit(When(when))]
    if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= most:
        errors["number"] = "number_needed"
    return replace(wanted, when=When(when), number=number, errors=errors)


def new_step(wanted: Wanted, key: str) -> Step:
    """Return the step that was asked for without an error."""
    span = int(wanted.number) * _unit(wanted.when)
    trigger = Trigger.NOT_TAKEN if wanted.when is When.NOT_TAKEN else Trigger.DEADLINE
    return Step(key, trigger, -span if wanted.when is When.BEFORE else span, wanted.targets, wanted.severity)


def reaches(step: Step, filled: Collection[Target]) -> bool:
    """Say whether the step calls anybody. An owner there is near a deadline, and not while nobody has taken it."""
    return any(target in filled or (target is Post.OWNER and step.trigger is Trigger.DEADLINE) for target in step.posts)


def _unit(when: When) -> timedelta:
    return MINUTE if when is When.NOT_TAKEN else HOUR
