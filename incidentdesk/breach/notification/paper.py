"""A version outside the desk: plain values with their hash, as JSON, and as a document that is set and printed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from incidentdesk import law
from incidentdesk.breach.notification import sheet as sheets
from incidentdesk.breach.notification.sheet import Given
from incidentdesk.errors import Unreadable
from incidentdesk.law import Words
from incidentdesk.rules import notification as rules
from incidentdesk.rules.notification import Fact, Field, Phase, Situation, State
from incidentdesk.tables import Incident, NotificationSignature, NotificationVersion

# What there is to hand in of a field.
ANSWERED = (State.READY, State.TO_CHECK, State.NOT_YET_KNOWN)


@dataclass(frozen=True)
class Line:
    """One field as people read it."""

    field: Field
    label: str
    value: str
    state: State
    given: Given


@dataclass(frozen=True)
class Part:
    """A section with its lines."""

    id: str
    title: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class Paper:
    """One version as it leaves the desk."""

    version: NotificationVersion
    form: str
    parts: Sequence[Part]
    digest: str
    signature: NotificationSignature | None = None

    @property
    def is_signed_as_it_is(self) -> bool:
        """Say whether the signature stands under exactly these words."""
        return self.signature is not None and self.signature.digest == self.digest


def content_of(incident: Incident, version: NotificationVersion) -> dict[str, Any]:
    """Return what the hash is taken of: every answer with its numbers in the template, and what it is.

    Of a version that is damaged there is none: a hash of nothing would look like proof.
    """
    if version.damaged:
        raise Unreadable
    edition, stored = law.edition(version.edition), sheets.from_json(version.values)
    return {
        **({"practice": True} if incident.practice else {}),
        "reference": incident.reference,
        "version": version.number,
        "phase": version.phase.value,
        "form": version.form,
        "fields_edition": version.edition,
        "saved_at": version.saved_at.isoformat(),
        "answers": [_told(field, stored[field.key]) for field in edition.fields if field.key in stored],
    }


def _told(field: Field, given: Given) -> dict[str, Any]:
    answer = given.answer
    return {
        "field": field.key,
        "template_fields": list(field.edpb),
        "chosen": list(answer.chosen),
        "text": answer.text,
        "not_yet_known": answer.postponed,
        "checked": answer.checked,
        "source": given.source.value if given.source else None,
    }


def digest_of(incident: Incident, version: NotificationVersion) -> str:
    """Return the hash of a version: what is signed, and what stands on every page of it."""
    return rules.digest(content_of(incident, version))


def exported(incident: Incident, version: NotificationVersion) -> str:
    """Return a version as JSON with its hash, which is that of `content` with sorted keys and no spaces."""
    content = content_of(incident, version)
    return json.dumps({"content": content, "sha256": rules.digest(content)}, ensure_ascii=False, indent=2)


def paper_of(
    incident: Incident, version: NotificationVersion, signature: NotificationSignature | None, *, language: str
) -> Paper:
    """Return a version as people read it; the fields are those that were asked when it was kept."""
    stored = sheets.from_json(version.values)
    edition = law.edition(version.edition)
    form = next(form.name for form in edition.forms if form.code == version.form)
    found = states_of(version)
    return Paper(version, form, parts_of(edition, stored, found, language), digest_of(incident, version), signature)


def states_of(version: NotificationVersion) -> dict[str, State]:
    """Return how far each field was that its form asked for when the version was kept."""
    stored = sheets.from_json(version.values)
    situation = Situation(version.form, version.phase, _facts(version.phase, stored))
    return rules.states(law.edition(version.edition), sheets.answers_in(stored), situation)


def _facts(phase: Phase, stored: sheets.Sheet) -> frozenset[Fact]:
    facts = {Fact.WITHDRAWAL} if phase is Phase.WITHDRAWAL else set()
    if "follow_up" in stored.get("notification_type", sheets.EMPTY).answer.chosen:
        facts.add(Fact.FOLLOW_UP)
    if stored.get("delay_reason", sheets.EMPTY).answer.text:
        facts.add(Fact.LATE)
    return frozenset(facts)


def parts_of(
    edition: rules.Edition, sheet: sheets.Sheet, states: Mapping[str, State], language: str
) -> tuple[Part, ...]:
    """Return the sections that have a field to show, each with its fields in words."""
    words = law.words_of(edition.version)
    parts = []
    for section in edition.sections:
        lines = [
            _line(field, sheet.get(field.key, sheets.EMPTY), states[field.key], words, language)
            for field in section.fields
            if field.key in states
        ]
        if lines:
            parts.append(Part(section.id, words.sections[section.id].to(language), lines))
    return tuple(parts)


def _line(field: Field, given: Given, state: State, words: Words, language: str) -> Line:
    label = words.fields[field.key].label.to(language)
    return Line(field, label, value_of(field, given, words, language), state, given)


def value_of(field: Field, given: Given, words: Words, language: str) -> str:
    """Return an answer as one text: what was chosen, in words, and what was written beside it."""
    options = words.fields[field.key].options
    chosen = [options[code].to(language) for code in given.answer.chosen if code in options]
    if field.kind is rules.Kind.COUNT:
        return " ".join([*chosen, given.answer.text]) if given.answer.text else ""
    return "\n".join(part for part in ("; ".join(chosen), given.answer.text) if part)


def changed_between(before: NotificationVersion | None, after: NotificationVersion) -> dict[str, Given]:
    """Return the fields that a version answers otherwise than the one before, with what they said there."""
    if before is None:
        return {}
    old, new = sheets.from_json(before.values), sheets.from_json(after.values)
    found = rules.diff(sheets.answers_in(old), sheets.answers_in(new))
    return {change.key: old.get(change.key, sheets.EMPTY) for change in found}


def said_before(version: NotificationVersion, line: Line, given: Given, language: str) -> str:
    """Return in words what a field said in an earlier version."""
    return value_of(line.field, given, law.words_of(version.edition), language)


def moment_of(version: NotificationVersion, signature: NotificationSignature | None) -> datetime:
    """Return the moment a paper carries: of its signature, or else of its save."""
    return signature.signed_at if signature else version.saved_at
