"""From what was posted about one block, a decision or a confirmation to values; and back to what its fields show."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from incidentdesk import law
from incidentdesk.breach.assessment import keys
from incidentdesk.breach.assessment.blocks import KEYS, POINTS, Block
from incidentdesk.breach.assessment.keys import Shape
from incidentdesk.breach.moments import Reading, words
from incidentdesk.rules.counts import count_in, hours_in
from incidentdesk.rules.enisa import QUARTERS
from incidentdesk.rules.facts import ANY
from incidentdesk.web.forms import Form, one

Fields = dict[str, str | list[str]]
KINDS: Final = ("register", "authority", "people", "preliminary")
LONGEST_COUNT: Final = 100
UNKNOWN: Final = "unknown"
NEVER: Final = "never"
_TRUTHS: Final[Mapping[str, bool | None]] = {"yes": True, "no": False}
# What the page offers; the command line knows more words for the same.
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "intent": ("accidental_internal", "accidental_external", "malicious_internal", "malicious_external"),
    "recipients": ("few", "many", "exposed", "strangers", "public"),
    "identifiability": tuple(keys.IDENTIFIABILITY),
    "encrypted": ("state_of_the_art_key_safe", "hashed_salted", "partly", "none"),
    "consequences": (
        "none",
        "annoyance",
        "delay",
        "financial_loss",
        "identity_theft",
        "care_delayed",
        "physical_harm",
        "discrimination",
        "reputation",
        "loss_of_work",
        "blackmail",
        "serious",
    ),
}


@dataclass(frozen=True)
class Saved:
    """One block as somebody saves it."""

    block: Block
    answers: Mapping[str, Any]
    note: str


@dataclass(frozen=True)
class Signed:
    """A decision about the breach with its reasoning."""

    kind: str
    reasoning: str


@dataclass(frozen=True)
class Confirmed:
    """What a second person has to say to a decision; mostly nothing."""

    remark: str


def facts(form: Form, block: Block) -> Reading[Saved]:
    """Read one block. What was left open is not known; a number that cannot be read is said."""
    note, errors = words(form, f"{block}_note")
    answers: dict[str, Any] = {}
    for name in KEYS[block]:
        answers[name] = _answer(form, name)
        errors |= _wrong(name, answers[name])
    points = {name: value for name in POINTS[block] if (value := _point(form, name)) is not None}
    answers |= {"enisa": points} if points else {}
    return Reading(None if errors else Saved(block, answers, note), errors)


def decision(form: Form, *, has_clock: bool) -> Reading[Signed]:
    """Read a decision. One that leads to the authority needs the clock that counts it."""
    kind = one(form, "kind")
    errors = {} if kind in KINDS else {"kind": "kind_missing"}
    if kind in KINDS and kind != "register" and not has_clock:
        errors = {"kind": "no_clock"}
    reasoning, wrong = words(form, "reasoning", missing="reason_missing")
    errors |= wrong
    return Reading(None if errors else Signed(kind, reasoning), errors)


def confirmation(form: Form, *, is_same_person: bool) -> Reading[Confirmed]:
    """Read a confirmation; nobody confirms what they signed themselves."""
    if is_same_person:
        return Reading(None, {"remark": "same_person"})
    remark, wrong = words(form, "remark")
    return Reading(None if wrong else Confirmed(remark), wrong)


def shown(answers: Mapping[str, Any]) -> Fields:
    """Return what the fields of the page hold for known answers."""
    fields: Fields = {}
    for name, value in answers.items():
        if name == "enisa":
            fields |= {_field(point): _number(point, chosen) for point, chosen in (value or {}).items()}
        elif keys.known()[name].shape is Shape.HOURS and value == NEVER:
            fields["never"] = NEVER
        else:
            fields[name] = _shown(value)
    return fields


def typed(form: Form) -> Fields:
    """Return what the fields of the page hold after somebody sent them."""
    several = {"data", "consequences"}
    return {name: list(values) if name in several else values[0] for name, values in form.items()}


def names_of(block: Block) -> frozenset[str]:
    """Return the names of a block's fields."""
    never = ("never",) if "restored_hours" in KEYS[block] else ()
    return frozenset((*KEYS[block], *map(_field, POINTS[block]), *never))


def _answer(form: Form, name: str) -> Any:  # noqa: ANN401 - what a key holds
    shape, given = keys.known()[name].shape, one(form, name, longest=LONGEST_COUNT + 1)
    match shape:
        case Shape.TRUTH:
            return _TRUTHS.get(given)
        case Shape.WORD:
            return given if given in CHOICES[name] else None
        case Shape.WORDS:
            offered = CHOICES.get(name) or tuple(known.kind.id for known in law.kinds())
            return [word for word in offered if word in form.get(name, ())] or None
    return NEVER if name == "restored_hours" and one(form, "never") == NEVER else given or None


def _wrong(name: str, answer: Any) -> dict[str, str]:  # noqa: ANN401 - what a key holds
    """Return what is amiss: a count or a time in words that hold no number, and nothing that speaks against something."""
    if name == "consequences" and answer and "none" in answer and len(answer) > 1:
        return {name: "none_and_some"}
    in_words = {"subjects_affected": count_in, "restored_hours": hours_in}.get(name)
    if in_words is None or answer is None or answer == NEVER:
        return {}
    return {name: "number_unreadable"} if len(answer) > LONGEST_COUNT or in_words(answer) == ANY else {}


def _point(form: Form, name: str) -> float | None:
    """Return a choice in a table as the description holds it: points as they are, the rest as parts of one."""
    given = one(form, _field(name))
    offered = ("1", "2", "3", "4") if name == "dpc" else ("0", "1", "2")
    if given not in offered:
        return None
    return int(given) if name == "dpc" else int(given) / QUARTERS


def _field(point: str) -> str:
    return point if point == "dpc" else f"point_{point}"


def _number(point: str, chosen: float) -> str:
    return str(int(chosen if point == "dpc" else chosen * QUARTERS))


def _shown(value: Any) -> str | list[str]:  # noqa: ANN401 - what a key holds
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return span_words(value[0], value[1]) if value and isinstance(value[0], int) else [str(word) for word in value]
    return str(value)


def span_words(low: float, high: float | None) -> str:
    """Return a range as people type it and the desk reads it again."""
    if high is None or math.isinf(high):
        return f">{low - 1:.0f}"
    return f"{low:.0f}" if low == high else f"{low:.0f}-{high:.0f}"
