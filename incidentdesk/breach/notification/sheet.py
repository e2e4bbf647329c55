"""What stands in a draft: each field's answer, where it comes from, and who vouches for it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from incidentdesk.rules.notification import NOTHING, Answer, Answers, Edition, Field
from incidentdesk.tables import JsonObject


class Source(StrEnum):
    """Where a value comes from. MEMBER: somebody of the desk wrote it here. EARLIER: an earlier notification of ours."""

    REPORT = "report"
    ASSESSMENT = "assessment"
    CLOCK = "clock"
    SETTINGS = "settings"
    DESK = "desk"
    EARLIER = "earlier"
    MEMBER = "member"


@dataclass(frozen=True)
class Given:
    """One answer. `by` and `at` say who checked it, and when."""

    answer: Answer
    source: Source | None = None
    by: UUID | None = None
    at: datetime | None = None

    def says_as(self, other: "Given") -> bool:
        """Say whether both hold the same words and choices."""
        return (self.answer.chosen, self.answer.text) == (other.answer.chosen, other.answer.text)


Sheet = Mapping[str, Given]
EMPTY = Given(NOTHING)


def answers_in(sheet: Sheet) -> Answers:
    """Return the answers as the rules read them."""
    return {key: given.answer for key, given in sheet.items()}


def checked(given: Given, *, by: UUID, at: datetime) -> Given:
    """Return the same answer with somebody who vouches for it."""
    return replace(given, answer=replace(given.answer, checked=True), by=by, at=at)


def postponed(given: Given) -> Given:
    """Return a field of which a person said that it is not yet known."""
    return replace(given, answer=Answer(postponed=True), source=Source.MEMBER)


def composed(edition: Edition, stored: Sheet, proposed: Sheet) -> dict[str, Given]:
    """Return what the draft says now. What nobody checked follows its source; what a person wrote or checked stays."""
    return {
        field.key: given
        for field in edition.fields
        if (given := _now(field, stored.get(field.key, EMPTY), proposed.get(field.key, EMPTY))) != EMPTY
    }


def _now(field: Field, stored: Given, proposed: Given) -> Given:
    if field.derived:
        return proposed
    if stored.source is Source.MEMBER or stored.answer.checked or stored.answer.postponed:
        return stored
    is_own = stored.source is not None and proposed.source is not stored.source
    return stored if is_own or proposed == EMPTY else proposed


def to_json(sheet: Sheet) -> JsonObject:
    """Return the sheet as plain values."""
    return {key: _plain(given) for key, given in sheet.items()}


def _plain(given: Given) -> JsonObject:
    answer = given.answer
    return {
        "chosen": list(answer.chosen),
        "text": answer.text,
        "checked": answer.checked,
        "postponed": answer.postponed,
        "source": given.source,
        "by": str(given.by) if given.by else None,
        "at": given.at.isoformat() if given.at else None,
    }


def from_json(values: Mapping[str, Any]) -> dict[str, Given]:
    """Return the sheet that `to_json` made plain."""
    return {key: _given(value) for key, value in values.items()}


def _given(value: Mapping[str, Any]) -> Given:
    answer = Answer(tuple(value["chosen"]), value["text"], bool(value.get("checked")), bool(value.get("postponed")))
    source, by, at = (value.get(name) for name in ("source", "by", "at"))
    return Given(
        answer,
        Source(source) if source else None,
        UUID(by) if by else None,
        datetime.fromisoformat(at) if at else None,
    )
