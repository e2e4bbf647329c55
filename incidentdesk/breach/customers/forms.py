"""From what was typed or pasted about customers to values, or to error codes per field and per line."""

import csv
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from incidentdesk.i18n import LANGUAGES
from incidentdesk.mail.addresses import is_address
from incidentdesk.web.forms import Form, block, one

LONGEST_NAME = 120
LONGEST_FIELD = 1000
MOST_HOURS = 720
MOST_LINES = 2000
COLUMNS = ("name", "email", "language", "contract_hours")
LONGEST_PASTE = 300_000
# What stands in the place of a letter that was read in another encoding than it was written in.
UNREADABLE = "\ufffd"


@dataclass(frozen=True)
class Card:
    """One customer as typed. `contract_hours` is None where the contract names none."""

    name: str
    email: str
    language: str
    contract_hours: int | None
    is_active: bool = True


@dataclass(frozen=True)
class Typed:
    """The card, or an error code per field; `fields` is what was typed."""

    card: Card | None
    errors: Mapping[str, str]
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Lines:
    """What was pasted: a card for each line, or what is wrong with it. Good only as a whole."""

    cards: Sequence[Card] = ()
    errors: Sequence[tuple[int, str]] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Say whether all of it can be taken in."""
        return bool(self.cards) and not self.errors


def card(form: Form) -> Typed:
    """Read one customer."""
    # Far more than any of them may have: half an address can be an address, too.
    fields = {name: one(form, name, longest=LONGEST_FIELD) for name in COLUMNS}
    errors = _errors(fields)
    if errors:
        return Typed(None, errors, fields)
    return Typed(_card(fields, is_active=one(form, "active") != "no"), {}, fields)


def pasted(form: Form) -> Lines:
    """Read lines of a CSV file with these columns in its first line, separated by commas, semicolons or tabs."""
    # Some programs put an invisible mark before the first word of what they save.
    text = block(form, "lines", longest=LONGEST_PASTE + 1).removeprefix("\ufeff")
    if len(text) > LONGEST_PASTE:
        return Lines(errors=[(1, "too_long")])
    lines = text.split("\n")
    reader = csv.reader(lines, delimiter=max(",;\t", key=lines[0].count), strict=True)
    try:
        rows = list(islice(reader, MOST_LINES + 2))
    except csv.Error:
        return Lines(errors=[(reader.line_num, "not_csv")])
    head = [name.strip().casefold() for name in rows[0]] if rows else []
    if sorted(head) != sorted(COLUMNS):
        return Lines(errors=[(1, "columns")])
    if len(rows) > MOST_LINES + 1:
        return Lines(errors=[(MOST_LINES + 2, "too_long")])
    return _lines(head, rows[1:])


def _lines(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Lines:
    cards: list[Card] = []
    errors: list[tuple[int, str]] = []
    names = set[str]()
    for number, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(head):
            errors.append((number, "columns"))
            continue
        fields = {name: " ".join(cell.split()) for name, cell in zip(head, row, strict=True)}
        wrong = list(_errors(fields).values()) + (["twice"] if folded(fields["name"]) in names else [])
        names.add(folded(fields["name"]))
        errors += [(number, code) for code in wrong]
        cards += [] if wrong else [_card(fields)]
    return Lines(cards, errors or ([] if cards else [(1, "nothing")]))


def folded(name: str) -> str:
    """Return what two names that look alike have in common: however their accents are written, and what nobody sees left out."""
    letters = unicodedata.normalize("NFC", name.casefold())
    return "".join(letter for letter in letters if unicodedata.category(letter) != "Cf")


def _wrong_in_name(name: str) -> str:
    if not name:
        return "name_missing"
    return "name_long" if len(name) > LONGEST_NAME else "name_unreadable" if UNREADABLE in name else ""


def _card(fields: Mapping[str, str], *, is_active: bool = True) -> Card:
    hours = fields["contract_hours"]
    return Card(fields["name"], fields["email"], fields["language"], int(hours) if hours else None, is_active)


def _errors(fields: Mapping[str, str]) -> dict[str, str]:
    hours = fields["contract_hours"]
    in_hours = (
        hours.isascii() and hours.isdigit() and len(hours) <= len(str(MOST_HOURS)) and 0 < int(hours) <= MOST_HOURS
    )
    found = {
        "name": _wrong_in_name(fields["name"]),
        "email": "" if is_address(fields["email"]) else "email_invalid",
        "language": "" if fields["language"] in LANGUAGES else "language_unknown",
        "contract_hours": "" if not hours or in_hours else "hours_invalid",
    }
    return {name: code for name, code in found.items() if code}
