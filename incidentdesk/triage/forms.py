"""What the desk's pages send: text to value, or a word per field that is wrong."""

import base64
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Generic, TypeVar
from uuid import UUID

from incidentdesk.rules.lifecycle import Outcome, Verdict
from incidentdesk.rules.reference import tidy_reference
from incidentdesk.web.forms import Form, block, one

T = TypeVar("T")
Errors = Mapping[str, str]

KINDS = ("mail", "phish", "lost", "access", "systems", "weakness", "privacy", "else")
PEOPLE = ("yes", "no", "unknown")
SEVERITIES = ("1", "2", "3", "4")
LONGEST_TITLE = 120
LONGEST_TEXT = 10_000
FIRST_YEAR = 2020
POSITION = re.compile(r"([0-9T:.-]{19,26})~([0-9])~([0-9a-f]{32})")
SHORT_REFERENCE = re.compile(r"[0-9A-Z]{6}")


class View(StrEnum):
    """The ways to look at the queue."""

    NEEDS_DECISION = "needs_decision"
    MINE = "mine"
    CLOCK = "clock"
    WAITING = "waiting"
    OPEN = "open"
    CLOSED = "closed"
    PRACTICE = "practice"


@dataclass(frozen=True)
class Position:
    """The last row of a page, by what the queue sorts by: the next page starts behind it."""

    moment: datetime
    severity: int
    id: UUID


@dataclass(frozen=True)
class Search:
    """One view of the queue, narrowed; exactly what the address says."""

    view: View = View.NEEDS_DECISION
    kind: str = ""
    severity: str = ""
    owner: str = ""
    people: str = ""
    reference: str = ""
    after: Position | None = None

    @property
    def narrowing(self) -> dict[str, str]:
        """What narrows the view."""
        named = {"kind": self.kind, "severity": self.severity, "owner": self.owner, "people": self.people}
        return {name: value for name, value in named.items() if value}

    @property
    def filters(self) -> dict[str, str]:
        """What narrows the view or leaves it for a reference, as the address writes it."""
        return self.narrowing | ({"q": self.reference} if self.reference else {})


def read_search(query: Form) -> Search:
    """Read the address of the queue; what it does not know is left out."""
    view = one(query, "view")
    return Search(
        view=View(view) if view in set(View) else View.NEEDS_DECISION,
        kind=_one_of(query, "kind", KINDS),
        severity=_one_of(query, "severity", SEVERITIES),
        owner=_one_of(query, "owner", ("me", "none")),
        people=_one_of(query, "people", PEOPLE),
        reference=one(query, "q", longest=100),
        after=read_position(one(query, "after")),
    )


def _one_of(form: Form, name: str, known: tuple[str, ...]) -> str:
    value = one(form, name)
    return value if value in known else ""


def references(text: str, *, year: int) -> tuple[str, ...]:
    """Return the references `text` may mean: one written in full, or its six characters in any year up to `year`.

    The year after is tried as well: east of Greenwich it begins while UTC is still in the old one.
    """
    full = tidy_reference(text)
    if full:
        return (full,)
    short = text.strip().upper()
    if not SHORT_REFERENCE.fullmatch(short):
        return ()
    tried = (tidy_reference(f"IR-{candidate % 100:02d}-{short}") for candidate in range(FIRST_YEAR, year + 2))
    return tuple(reference for reference in tried if reference)


def write_position(position: Position) -> str:
    """Return the position as one opaque word for an address."""
    moment = position.moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    text = f"{moment}~{position.severity}~{position.id.hex}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_position(word: str) -> Position | None:
    """Return the position behind the word, or None when it is not one of ours."""
    try:
        text = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)).decode()
        found = POSITION.fullmatch(text)
        if found is None:
            return None
        return Position(datetime.fromisoformat(found[1]).replace(tzinfo=UTC), int(found[2]), UUID(found[3]))
    except ValueError:
        return None


@dataclass(frozen=True)
class Change(Generic[T]):
    """A new value for one field, and the value its form showed: a field that moved on meanwhile is not overwritten."""

    value: T
    seen: str


def read_severity(form: Form) -> tuple[Change[int] | None, Errors]:
    """Read a severity from 1 (critical) to 4 (low)."""
    value = one(form, "severity")
    if value not in SEVERITIES:
        return None, {"severity": "severity_missing"}
    return Change(int(value), one(form, "seen_severity")), {}


def read_owner(form: Form) -> tuple[Change[UUID | None] | None, Errors]:
    """Read an owner: a member's id, or `none`."""
    value = one(form, "owner")
    try:
        owner = None if value == "none" else UUID(value)
    except ValueError:
        return None, {"owner": "owner_missing"}
    return Change(owner, one(form, "seen_owner")), {}


def read_title(form: Form) -> tuple[Change[str] | None, Errors]:
    """Read a title: one line."""
    value = one(form, "title", longest=2 * LONGEST_TITLE)
    if not value:
        return None, {"title": "title_missing"}
    if len(value) > LONGEST_TITLE:
        return None, {"title": "title_long"}
    return Change(value, one(form, "seen_title")), {}


@dataclass(frozen=True)
class Writing:
    """A message or a note. `form_id` is drawn with the page, so that pressing twice writes once.

    `to` is the incident whose reporter is meant; None means all reporters of an incident and its parts.
    """

    body: str
    form_id: str
    asks: bool = False
    seen_reply: str = ""
    to: UUID | None = None


def read_message(form: Form) -> tuple[Writing, Errors]:
    """Read a message to the reporter."""
    body, errors = _text(form, "message", missing="message_missing")
    asks = one(form, "intent") == "ask"
    try:
        to = UUID(one(form, "to")) if one(form, "to") else None
    except ValueError:
        # Never to all: whoever chose one reporter meant no other.
        to, errors = None, {**errors, "to": "to_unknown"}
    return Writing(body, one(form, "form_id"), asks, one(form, "seen_reply"), to), errors


def read_note(form: Form) -> tuple[Writing, Errors]:
    """Read an internal note."""
    body, errors = _text(form, "note", missing="note_missing")
    return Writing(body, one(form, "form_id")), errors


def _text(form: Form, name: str, *, missing: str = "") -> tuple[str, Errors]:
    body = block(form, name, longest=LONGEST_TEXT + 1)
    if not body and missing:
        return body, {name: missing}
    return body, {name: "text_long"} if len(body) > LONGEST_TEXT else {}


@dataclass(frozen=True)
class Decision:
    """What a person decided the report is, why, and what the reporter is told of it."""

    verdict: Change[Verdict]
    outcome: Outcome | None = None
    reason: str = ""
    message: Writing = field(default_factory=lambda: Writing("", ""))


REAL = (Verdict.PERSONAL_DATA_BREACH, Verdict.SECURITY_INCIDENT)
# What can have become of it, by what it is: offered in this order.
OUTCOMES = {
    Verdict.NOT_AN_INCIDENT: (Outcome.FALSE_ALARM, Outcome.TEST, Outcome.DUPLICATE, Outcome.ADVICE_GIVEN),
    Verdict.SECURITY_INCIDENT: (Outcome.RESOLVED, Outcome.WEAKNESS_ONLY, Outcome.ADVICE_GIVEN, Outcome.DUPLICATE),
    Verdict.PERSONAL_DATA_BREACH: (Outcome.RESOLVED, Outcome.ADVICE_GIVEN, Outcome.DUPLICATE),
}


def endings(verdict: Verdict | None) -> tuple[Outcome, ...]:
    """Return how it can end: what was a real incident is never closed as a false alarm, but decided anew."""
    return OUTCOMES[verdict] if verdict in REAL else tuple(Outcome)


def read_verdict(text: str) -> Verdict | None:
    """Return the verdict of that name, or None."""
    return Verdict(text) if text in set(Verdict) else None


def read_decision(form: Form) -> tuple[Decision | None, Errors]:
    """Read a decision. Only a breach goes without a reason: the others end the legal clock."""
    verdict = read_verdict(one(form, "verdict"))
    if verdict is None:
        return None, {"verdict": "verdict_missing"}
    is_breach = verdict is Verdict.PERSONAL_DATA_BREACH
    reason, wrong_reason = _text(form, "reason", missing="" if is_breach else "reason_missing")
    message, wrong_message = _text(form, "message")
    outcome = _outcome(form, OUTCOMES[verdict])
    errors = {**wrong_reason, **wrong_message}
    if outcome is None and verdict is Verdict.NOT_AN_INCIDENT:
        errors["outcome"] = "outcome_missing"
    writing = Writing(message, one(form, "form_id"))
    return Decision(Change(verdict, one(form, "seen_verdict")), outcome, reason, writing), errors


def _outcome(form: Form, possible: Collection[Outcome]) -> Outcome | None:
    value = one(form, "outcome")
    return Outcome(value) if value in possible else None


@dataclass(frozen=True)
class Closure:
    """How it ended, and the last word to the reporter."""

    outcome: Outcome | None
    seen_status: str
    message: Writing = field(default_factory=lambda: Writing("", ""))


def read_closure(form: Form) -> tuple[Closure, Errors]:
    """Read a closure."""
    message, wrong = _text(form, "message")
    outcome = _outcome(form, tuple(Outcome))
    errors = {**({} if outcome else {"outcome": "outcome_missing"}), **wrong}
    return Closure(outcome, one(form, "seen_status"), Writing(message, one(form, "form_id"))), errors


@dataclass(frozen=True)
class Reopening:
    """Why a closed incident is looked at again."""

    reason: str
    form_id: str = ""


def read_reopening(form: Form) -> tuple[Reopening, Errors]:
    """Read a reopening."""
    reason, errors = _text(form, "reason", missing="reason_missing")
    return Reopening(reason, one(form, "form_id")), errors


# What people wrote, wherever it stood: it is handed back whenever the page it came from could not be used.
TEXTS = ("message", "note", "reason", "title", "purpose", "other")


def typed(form: Form) -> dict[str, str]:
    """Return the texts of the form as they were typed."""
    return {name: form[name][0] for name in TEXTS if (form.get(name) or [""])[0].strip()}


def leaves_theirs(form: Form) -> bool:
    """Say whether the person, shown both values, chose to leave the other one."""
    return one(form, "keep") == "theirs"
