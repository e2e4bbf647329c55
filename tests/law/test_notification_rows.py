"""The fields of a notification as data: what the file holds, and how a wrong one is refused."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from incidentdesk import law
from incidentdesk.law.notification_rows import edition_at, named, read_editions
from incidentdesk.law.reading import LawError

TODAY = datetime(2026, 11, 26, tzinfo=UTC)
FIELD: dict[str, Any] = {
    "key": "first",
    "kind": "one",
    "label": {"en": "First", "nl": "Eerste"},
    "options": [{"code": "yes", "en": "Yes", "nl": "Ja"}, {"code": "no", "en": "No", "nl": "Nee"}],
    "gdpr": None,
    "edpb": [1],
    "asked_by": ["X"],
}
SECOND = {**FIELD, "key": "second", "when": [{"field": "first", "any_of": ["yes"]}]}
EDITION: dict[str, Any] = {
    "version": "1",
    "effective_from": "2026-06-08",
    "effective_to": None,
    "source": "Board",
    "forms": [{"code": "X", "country": None, "name": "Form X", "own_form_only": False}],
    "sections": [{"id": "one", "label": {"en": "One", "nl": "Een"}, "fields": [FIELD, SECOND]}],
}


def with_field(**changes: object) -> str:
    section = {**EDITION["sections"][0], "fields": [FIELD, {**SECOND, **changes}]}
    return json.dumps({"editions": [{**EDITION, "sections": [section]}]})


def without(key: str) -> Callable[[], str]:
    return lambda: json.dumps({"editions": [{name: value for name, value in EDITION.items() if name != key}]})


def test_the_common_template_has_its_numbers_once_and_the_law_its_content() -> None:
    edition = law.edition_at(TODAY)
    numbers = [number for field in edition.fields for number in field.edpb]
    assert len(set(numbers)) == len(numbers) == 100
    letters = {field.gdpr for field in edition.fields if field.law}
    assert all(any(f"33(3)({letter})" in gdpr for gdpr in letters) for letter in "abcd")
    assert all("EDPB" in field.asked_by for field in edition.fields if field.edpb)


@pytest.mark.parametrize(
    "wrong, why",
    [
        (with_field(kind="song"), "kind must be one of"),
        (with_field(options=[]), "options must be a list that is not empty"),
        (with_field(options=FIELD["options"] * 2), "options says something twice"),
        (with_field(label={"en": "Second"}), "nl missing"),
        (with_field(options=[{"code": "yes", "en": "Yes"}]), "nl missing"),
        (with_field(key="first"), "first stands there twice"),
        (with_field(asked_by=["Y"]), "second is asked by Y, which is no form"),
        (with_field(when=[{"field": "third", "any_of": ["yes"]}]), "third, which does not come before"),
        (with_field(when=[{"field": "first", "any_of": ["maybe"]}]), "maybe, which first does not offer"),
        (with_field(when=[{"fact": "full_moon"}]), "fact must be one of"),
        (with_field(when=[{"fact": "late", "field": "first"}]), "field unknown"),
        (with_field(required="yes"), "required must be true or false"),
        (with_field(edpb=["3"]), "edpb must be a list of whole numbers"),
        (with_field(lable="First"), "lable unknown"),
        (without("source")(), "source missing"),
        ('{"editions": []}', "a list named editions is needed"),
    ],
)
def test_a_wrong_file_is_refused_with_what_is_wrong(wrong: str, why: str) -> None:
    with pytest.raises(LawError, match=why):
        read_editions(wrong)


def test_the_newest_edition_in_use_is_asked_and_a_draft_keeps_its_own() -> None:
    rows = [{**EDITION, "version": "2", "effective_from": "2027-01-01"}, EDITION | {"effective_to": "2026-12-31"}]
    known = read_editions(json.dumps({"editions": rows}))
    assert edition_at(known, TODAY).version == "1"
    assert edition_at(known, datetime(2027, 1, 1, tzinfo=UTC)).version == "2"
    assert edition_at(known, datetime(2020, 1, 1, tzinfo=UTC)).effective_from == date(2026, 6, 8)
    assert named(known, "1").version == "1"
    with pytest.raises(LawError, match="written under 3"):
        named(known, "3")
