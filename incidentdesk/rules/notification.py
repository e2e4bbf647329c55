"""The notification of Art. 33 GDPR as values: which fields are asked, what state each is in, what is missing, what changed.

Fields come from dated editions of the law's data; answers from whoever drafts. Nothing here knows a word of any form.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """How a field is answered: a line, some lines, one option, some options, a number or a range of two, a day."""

    LINE = "line"
    TEXT = "text"
    ONE = "one"
    SOME = "some"
    COUNT = "count"
    DAY = "day"


class Phase(StrEnum):
    """What is handed in: what is known so far (Art. 33(4)), everything, or that it was no breach after all."""

    PRELIMINARY = "preliminary"
    COMPLETE = "complete"
    WITHDRAWAL = "withdrawal"


class Fact(StrEnum):
    """What holds outside the answers: the deadline has passed unfiled, something was filed before, it is taken back."""

    LATE = "late"
    FOLLOW_UP = "follow_up"
    WITHDRAWAL = "withdrawal"


class State(StrEnum):
    """How far a field is. EMPTY is a field that nobody must fill in."""

    READY = "ready"
    TO_CHECK = "to_check"
    MISSING = "missing"
    NOT_YET_KNOWN = "not_yet_known"
    EMPTY = "empty"


class Stage(StrEnum):
    """How far the newest version is."""

    DRAFTED = "drafted"
    SIGNED = "signed"
    FILED = "filed"


@dataclass(frozen=True)
class Condition:
    """A field is asked only while `field` was answered with one of `any_of`, or while `fact` holds."""

    field: str = ""
    any_of: frozenset[str] = frozenset()
    fact: Fact | None = None


@dataclass(frozen=True)
class Field:
    """One field. `law`: Art. 33(1) or (3) asks for it, so every authority does. `derived`: the desk knows it from elsewhere."""

    key: str
    kind: Kind
    options: tuple[str, ...] = ()
    words: bool = False
    derived: bool = False
    required: bool = False
    postponable: bool = False
    law: bool = False
    withdrawal: bool = False
    when: tuple[Condition, ...] = ()
    gdpr: str = ""
    edpb: tuple[int, ...] = ()
    asked_by: frozenset[str] = frozenset()
    to_confirm: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Section:
    """Fields under one heading."""

    id: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Form:
    """One authority's form. `own_form_only`: it takes no file, so somebody types or pastes field by field."""

    code: str
    country: str | None
    name: str
    own_form_only: bool

    @property
    def short(self) -> str:
        """What it is called where there is little room: its code without the country."""
        return self.code.rpartition("-")[2]


@dataclass(frozen=True)
class Edition:
    """The fields as they stood between two dates."""

    version: str
    effective_from: date
    effective_to: date | None
    source: str
    forms: tuple[Form, ...]
    sections: tuple[Section, ...]

    @property
    def fields(self) -> Iterator[Field]:
        """Every field, in the order of the form; what a condition names comes before what hangs on it."""
        return (field for section in self.sections for field in section.fields)


@dataclass(frozen=True)
class Answer:
    """What stands in a field. `checked`: a person vouches for it. `postponed`: a person says that it is not yet known."""

    chosen: tuple[str, ...] = ()
    text: str = ""
    checked: bool = False
    postponed: bool = False


@dataclass(frozen=True)
class Situation:
    """To which form the answers go, in which phase, and what holds outside of them."""

    form: str
    phase: Phase
    facts: frozenset[Fact] = frozenset()


@dataclass(frozen=True)
class Change:
    """A field that two versions answer differently."""

    key: str
    before: Answer
    after: Answer


Answers = Mapping[str, Answer]
NOTHING = Answer()


def visible(edition: Edition, answers: Answers, situation: Situation) -> tuple[Field, ...]:
    """Return the fields that are asked, in the form's order. An answer that is not asked for reveals nothing."""
    # Of each field of this form: whether it is asked as things stand.
    asked: dict[str, bool] = {}
    for field in edition.fields:
        if _is_asked_by(field, situation):
            asked[field.key] = all(_holds(one, asked, answers, situation) for one in field.when)
    return tuple(field for field in edition.fields if asked.get(field.key))


def left_out(edition: Edition, situation: Situation) -> tuple[Field, ...]:
    """Return the fields that others ask for and this form does not: whatever stands in them, nothing is missing there."""
    return tuple(field for field in edition.fields if not _is_asked_by(field, situation))


def _is_asked_by(field: Field, situation: Situation) -> bool:
    if situation.phase is Phase.WITHDRAWAL:
        return field.withdrawal
    return field.law or _is_on_form(field, situation)


def _is_on_form(field: Field, situation: Situation) -> bool:
    return situation.form in field.asked_by | field.to_confirm


def _holds(condition: Condition, asked: Mapping[str, bool], answers: Answers, situation: Situation) -> bool:
    if condition.fact is not None:
        return condition.fact in situation.facts
    given, is_asked = answers.get(condition.field, NOTHING).chosen, asked.get(condition.field)
    fits = not condition.any_of.isdisjoint(given)
    # A form that asks this without the question before it asks it of everybody, unless we know better.
    return fits or not given if is_asked is None else is_asked and fits


def is_empty(field: Field, answer: Answer) -> bool:
    """Say whether a field has no answer: one with options needs one of them, whatever the words beside it say."""
    return not (answer.chosen if field.kind in {Kind.ONE, Kind.SOME} else answer.text)


def state_of(field: Field, answer: Answer, phase: Phase) -> State:
    """Return how far a field is. "Not yet known" is an answer in a preliminary notification only (Art. 33(4) GDPR)."""
    if not is_empty(field, answer):
        return State.READY if answer.checked else State.TO_CHECK
    if answer.postponed and field.postponable and phase is Phase.PRELIMINARY:
        return State.NOT_YET_KNOWN
    return State.MISSING if field.required else State.EMPTY


def states(edition: Edition, answers: Answers, situation: Situation) -> dict[str, State]:
    """Return the state of every field that is asked, by its key, in the form's order."""
    asked = (_as_asked(field, situation) for field in visible(edition, answers, situation))
    return {field.key: state_of(field, answers.get(field.key, NOTHING), situation.phase) for field in asked}


def _as_asked(field: Field, situation: Situation) -> Field:
    """Return the field as this form asks it: what stands on a withdrawal for our own sake alone may be left open."""
    is_ours = any(one.fact is Fact.WITHDRAWAL for one in field.when)
    return field if field.law or is_ours or _is_on_form(field, situation) else replace(field, required=False)


def keys_in(found: Mapping[str, State], *wanted: State) -> tuple[str, ...]:
    """Return the keys of the fields in one of these states."""
    return tuple(key for key, state in found.items() if state in wanted)


def hindrances(edition: Edition, answers: Answers, situation: Situation) -> tuple[str, ...]:
    """Return the keys of the fields that keep it from being signed in this phase: missing, or seen by nobody."""
    return keys_in(states(edition, answers, situation), State.MISSING, State.TO_CHECK)


def may_wait(edition: Edition, answers: Answers, situation: Situation) -> tuple[str, ...]:
    """Return the keys of the missing fields that may be "not yet known", were it a preliminary notification."""
    missing = keys_in(states(edition, answers, situation), State.MISSING)
    return tuple(field.key for field in edition.fields if field.key in missing and field.postponable)


def diff(before: Answers, after: Answers) -> tuple[Change, ...]:
    """Return what two versions answer differently; who checked it makes no difference."""
    keys = [*before, *(key for key in after if key not in before)]
    pairs = [Change(key, before.get(key, NOTHING), after.get(key, NOTHING)) for key in keys]
    return tuple(change for change in pairs if _said(change.before) != _said(change.after))


def _said(answer: Answer) -> tuple[frozenset[str], str, bool]:
    is_open = answer.postponed and not answer.chosen and not answer.text
    return frozenset(answer.chosen), answer.text, is_open


def stage_of(*, is_signed: bool, is_filed: bool) -> Stage:
    """Return how far a version is: what was filed is never changed, only amended by a new version."""
    if is_filed:
        return Stage.FILED
    return Stage.SIGNED if is_signed else Stage.DRAFTED


def digest(content: Mapping[str, Any]) -> str:
    """Return SHA-256 (64 hexadecimal digits) of plain values as JSON with sorted keys, no spaces and UTF-8.

    Anybody who has the exported file can compute it again.
    """
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
