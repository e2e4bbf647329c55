"""What the pages of the register send: text to value, or one error code per field."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from incidentdesk.breach.moments import Reading, words
from incidentdesk.rules.register import TEXTS, Risk
from incidentdesk.web.forms import Form, one

FIRST_YEAR = 2018
POSITION = re.compile(r"([0-9T:.-]{19,26})~([0-9a-f]{32})")


class View(StrEnum):
    """The ways to look at the register."""

    ALL = "all"
    NOTIFIED = "notified"
    NOT_NOTIFIED = "not_notified"
    OPEN = "open"


@dataclass(frozen=True)
class Position:
    """The last entry of a page: the next page starts behind it."""

    aware_at: datetime
    id: UUID


@dataclass(frozen=True)
class Wanted:
    """Which part of the register; exactly what the address says. No words: an address stands in logs."""

    view: View = View.ALL
    year: int | None = None
    after: Position | None = None

    @property
    def query(self) -> dict[str, str]:
        """What the address writes, without the position."""
        return {"view": self.view.value} | ({"year": str(self.year)} if self.year else {})


@dataclass(frozen=True)
class Line:
    """What a person writes into an entry. `why` says why it is corrected, `closing` signs the entry."""

    texts: Mapping[str, str]
    risk: Risk | None
    why: str
    closing: bool

    @property
    def values(self) -> dict[str, str]:
        """The line as it is stored."""
        return {**self.texts, "risk": self.risk.value if self.risk else ""}


def wanted(query: Form, *, this_year: int) -> Wanted:
    """Read the address of the register; what it does not know is left out."""
    view, year = one(query, "view"), one(query, "year", longest=4)
    is_year = year.isascii() and year.isdigit() and FIRST_YEAR <= int(year) <= this_year
    return Wanted(
        view=View(view) if view in set(View) else View.ALL,
        year=int(year) if is_year else None,
        after=read_position(one(query, "after")),
    )


def write_position(position: Position) -> str:
    """Return the position as one opaque word for an address."""
    moment = position.aware_at.astimezone(UTC).replace(tzinfo=None).isoformat()
    return base64.urlsafe_b64encode(f"{moment}~{position.id.hex}".encode()).decode().rstrip("=")


def read_position(word: str) -> Position | None:
    """Return the position behind the word, or None when it is not one of ours."""
    try:
        found = POSITION.fullmatch(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)).decode())
        return found and Position(datetime.fromisoformat(found[1]).replace(tzinfo=UTC), UUID(found[2]))
    except ValueError:
        return None


def line(form: Form) -> Reading[Line]:
    """Read a line. Fields may be empty while the entry is open; what is missing then, its page says."""
    errors, texts = dict[str, str](), dict[str, str]()
    for name in TEXTS:
        texts[name], wrong = words(form, name)
        errors |= wrong
    why, wrong = words(form, "why")
    errors |= wrong
    risk = one(form, "risk")
    value = Line(texts, Risk(risk) if risk in set(Risk) else None, why, one(form, "closing") == "yes")
    return Reading(None if errors else value, errors)
