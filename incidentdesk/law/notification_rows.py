"""What the forms of breach notifications ask: `notification_fields.json`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from incidentdesk.law.reading import LawError, Row, Said, each, numbered, rows
from incidentdesk.rules.notification import Condition, Edition, Fact, Field, Form, Kind, Section

NAME = "notification_fields.json"
_TRUTHS = ("words", "derived", "required", "postponable", "law", "withdrawal")
_MAY_HAVE = ("hint", "options", "when", "to_confirm", "note", *_TRUTHS)
_CHOICES = frozenset({Kind.ONE, Kind.SOME})


@dataclass(frozen=True)
class FieldWords:
    """What people read of one field."""

    label: Said
    hint: Said | None
    options: Mapping[str, Said]


@dataclass(frozen=True)
class Words:
    """What people read of an edition: sections by their id, fields by their key."""

    sections: Mapping[str, Said]
    fields: Mapping[str, FieldWords]


def read_editions(text: str) -> tuple[Edition, ...]:
    """Return the editions of `text`, oldest first; LawError when one is wrong."""
    return tuple(sorted(each(rows(text, name=NAME, key="editions"), _edition), key=_begins))


def read_words(text: str) -> dict[str, Words]:
    """Return what people read of each edition, by its version."""
    return {row.text("version"): _words(row) for row in rows(text, name=NAME, key="editions")}


def _words(edition: Row) -> Words:
    sections = _parts(edition, "sections")
    return Words(
        sections={row.text("id"): row.said("label") for row in sections},
        fields={row.text("key"): _field_words(row) for section in sections for row in _parts(section, "fields")},
    )


def _field_words(row: Row) -> FieldWords:
    return FieldWords(row.said("label"), row.said("hint") if "hint" in row.values else None, _options(row))


def edition_at(known: Iterable[Edition], at: datetime) -> Edition:
    """Return the newest edition that was in use on the UTC day of `at`; before the first one that we know, the first."""
    day = at.astimezone(UTC).date()
    by_age = sorted(known, key=_begins)
    return next(
        (row for row in reversed(by_age) if row.effective_from <= day <= (row.effective_to or date.max)), by_age[0]
    )


def _begins(edition: Edition) -> date:
    return edition.effective_from


def _edition(row: Row) -> Edition:
    row.check_keys(("version", "effective_from", "effective_to", "source", "forms", "sections"))
    edition = Edition(
        version=row.text("version"),
        effective_from=row.day("effective_from"),
        effective_to=row.day_or_none("effective_to"),
        source=row.text("source"),
        forms=tuple(_form(part) for part in _parts(row, "forms")),
        sections=tuple(_section(part) for part in _parts(row, "sections")),
    )
    _check_whole(row, edition)
    _words(row)
    return edition


def _parts(row: Row, key: str) -> list[Row]:
    listed = row.values[key]
    if not isinstance(listed, list) or not listed:
        raise row.wrong(f"{key} must be a list that is not empty")
    return [numbered(f"{row.place}, {key} {number}", values, row.faults) for number, values in enumerate(listed, 1)]


def _form(row: Row) -> Form:
    row.check_keys(("code", "country", "name", "own_form_only"))
    country = None if row.values["country"] is None else row.text("country")
    return Form(row.text("code"), country, row.text("name"), row.truth("own_form_only"))


def _section(row: Row) -> Section:
    row.check_keys(("id", "label", "fields"))
    return Section(row.text("id"), tuple(_field(part) for part in _parts(row, "fields")))


def _field(row: Row) -> Field:
    row.check_keys(("key", "kind", "label", "gdpr", "edpb", "asked_by"), _MAY_HAVE)
    named = Row(f"{row.place} ({row.text('key')})", row.values, row.faults)
    kind, options = Kind(named.choice("kind", Kind)), tuple(_options(named))
    if kind in _CHOICES and not options:
        raise named.wrong("options missing")
    return Field(
        key=named.text("key"),
        kind=kind,
        options=options,
        **{name: named.truth(name) for name in _TRUTHS if name in named.values},
        when=tuple(_condition(named, values) for values in named.values.get("when", [])),
        gdpr="" if named.values["gdpr"] is None else named.text("gdpr"),
        edpb=tuple(_numbers(named)),
        asked_by=frozenset(_texts(named, "asked_by")),
        to_confirm=frozenset(_texts(named, "to_confirm")),
    )


def _condition(field: Row, values: object) -> Condition:
    row = numbered(f"{field.place}, when", values, field.faults)
    if "fact" in row.values:
        row.check_keys(("fact",))
        return Condition(fact=Fact(row.choice("fact", Fact)))
    row.check_keys(("field", "any_of"))
    return Condition(row.text("field"), frozenset(_texts(row, "any_of")))


def _options(row: Row) -> Mapping[str, Said]:
    found = [_option(one) for one in _parts(row, "options")] if "options" in row.values else []
    if len(dict(found)) != len(found):
        raise row.wrong("options says something twice")
    return dict(found)


def _option(row: Row) -> tuple[str, Said]:
    row.check_keys(("code", "en", "nl"))
    return row.text("code"), Said(row.text("en"), row.text("nl"))


def _texts(row: Row, key: str) -> list[str]:
    listed = row.values.get(key, [])
    if not isinstance(listed, list) or not all(isinstance(one, str) and one for one in listed):
        raise row.wrong(f"{key} must be a list of texts")
    if len(set(listed)) != len(listed):
        raise row.wrong(f"{key} says something twice")
    return listed


def _numbers(row: Row) -> list[int]:
    listed = row.values["edpb"]
    if not isinstance(listed, list) or not all(type(one) is int and one > 0 for one in listed):
        raise row.wrong("edpb must be a list of whole numbers above 0")
    return listed


def _check_whole(row: Row, edition: Edition) -> None:
    """Refuse a field named twice, a form that nobody declared, and a condition on what does not come before."""
    forms, before = {form.code for form in edition.forms}, dict[str, Field]()
    for field in edition.fields:
        if field.key in before:
            raise row.wrong(f"{field.key} stands there twice")
        if unknown := sorted((field.asked_by | field.to_confirm) - forms):
            raise row.wrong(f"{field.key} is asked by {', '.join(unknown)}, which is no form of this edition")
        for condition in field.when:
            _check_condition(row, field, condition, before)
        before[field.key] = field


def _check_condition(row: Row, field: Field, condition: Condition, before: dict[str, Field]) -> None:
    if condition.fact is not None:
        return
    parent = before.get(condition.field)
    if parent is None:
        raise row.wrong(f"{field.key} hangs on {condition.field}, which does not come before it")
    if unknown := sorted(condition.any_of - set(parent.options)):
        raise row.wrong(f"{field.key} hangs on {', '.join(unknown)}, which {parent.key} does not offer")


def named(known: Iterable[Edition], version: str) -> Edition:
    """Return the edition a draft was written under; LawError when it was taken out of the file."""
    for edition in known:
        if edition.version == version:
            return edition
    raise LawError(f"{NAME}: a draft was written under {version}, which is not there any more")
