"""What stands in a draft: each field's answer, where it comes from, and who vouches for it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from incidentdesk.rules.notification import NOTHING, Answer, Answers, Edition, Field, digest
from incidentdesk.tables import JsonObject


class Source(StrEnum):
    """Where a value comes from. MEMBER: somebody of the desk wrote it here. EARLIER: an earlier notification of ours."""

    REPORT = "report"
    ASSESSMENT = "assessment"
    PEOPLE = "people"
    CLOCK = "clock"
    SETTINGS = "settings"
    DESK = "desk"
    EARLIER = "earlier"
    MEMBER = "member"


@dataclass(frozen=True)
class Given:
    """One answer. `by` and `at` say who checked it, and when; `origin` is the mark of what its source said then."""

    answer: Answer
    source: Source | None = None
    by: UUID | None = None
    at: datetime | None = None
    origin: str = ""

    @property
    def mark(self) -> str:
        """Return a word that is another one as soon as this says something else."""
        return digest({"source": self.source, "chosen": list(self.answer.chosen), "text": self.answer.text})[:16]

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


def with_origins(sheet: Sheet, before: Sheet, proposed: Sheet) -> dict[str, Given]:
    """Return the sheet with the mark of what each source says beside every answer that somebody vouches for since `before`."""
    return {key: _with_origin(given, before.get(key, EMPTY), proposed.get(key, EMPTY)) for key, given in sheet.items()}


def _with_origin(given: Given, before: Given, proposed: Given) -> Given:
    if replace(given, origin="") == replace(before, origin=""):
        return before
    return replace(given, origin=proposed.mark if given.answer.checked else "")


def newer(given: Given, proposed: Given) -> Given | None:
    """Return what the source of a checked answer says now, when it said something else while somebody checked it."""
    if not given.answer.checked or proposed == EMPTY or proposed.says_as(given):
        return None
    is_news = proposed.mark != given.origin if given.origin else proposed.source is given.source
    return proposed if is_news else None


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
        **({"origin": given.origin} if given.origin else {}),
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
        value.get("origin", ""),
    )
