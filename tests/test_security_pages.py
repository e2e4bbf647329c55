"""The pages about limits, keys and algorithms say what the program does."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from incidentdesk.breach import moments
from incidentdesk.breach.clock import forms as breach
from incidentdesk.breach.customers.actions import NAME
from incidentdesk.intake import pages as intake
from incidentdesk.intake import questions, reporter_pages
from incidentdesk.mail import addresses
from incidentdesk.mail.content import ADDRESS, WELCOME
from incidentdesk.privacy import forms as privacy
from incidentdesk.records import attachments
from incidentdesk.rules.reference import CODE_SPACE
from incidentdesk.settings import Settings
from incidentdesk.staff import pages as staff
from incidentdesk.staff import passkeys, passwords, proofs, sso_pages
from incidentdesk.staff.feed import FEED
from incidentdesk.tables.columns import Holds
from incidentdesk.triage import forms as triage
from incidentdesk.triage import search
from incidentdesk.web import files, uploads
from incidentdesk.web import forms as web
from tests.test_documents import rows

ROOT = Path(__file__).resolve().parent.parent
LIMITS, KEYS = "docs/security/limits.md", "docs/security/keys.md"
WITHIN = {"a minute": timedelta(minutes=1), "an hour": timedelta(hours=1), "a day": timedelta(days=1), "always": None}
USUAL = Settings()
# As they stand on the page.
FIELDS = [
    web.MAX_BODY,
    questions.LONG,
    questions.SHORT,
    triage.LONGEST_TITLE,
    breach.LONGEST_REFERENCE,
    privacy.LONGEST,
    privacy.LONGEST_ADDRESS,
    passwords.LONGEST,
    len(str(CODE_SPACE)) - 1,
    search.LONGEST,
    uploads.MAX_FILE,
    uploads.NAME,
    attachments.MOST,
]
OFTEN = [
    (USUAL.reports_per_network, intake.NETWORK_WINDOW),
    (USUAL.reports_per_minute, intake.GLOBAL_WINDOW),
    (intake.RECEIPTS, intake.NETWORK_WINDOW),
    (reporter_pages.GUESSES, reporter_pages.GUESS_WINDOW),
    (reporter_pages.MESSAGES, reporter_pages.MESSAGE_WINDOW),
    (USUAL.files_mb_per_network, files.DAY),
    (USUAL.files_mb_per_day, files.DAY),
    (staff.ATTEMPTS_PER_ADDRESS, staff.ATTEMPT_WINDOW),
    (staff.ATTEMPTS_PER_NETWORK, staff.ATTEMPT_WINDOW),
    (sso_pages.TRIES, sso_pages.TRIES_WITHIN),
    *((most, span) for span, most in proofs.LIMITS.items()),
    (passkeys.MOST, None),
    (attachments.MOST, None),
    (attachments.MOST_PROOFS, None),
]
LIBRARIES = {"cryptography", "hashlib", "hmac", "argon2", "pyotp", "webauthn", "joserfc", "secrets", "ssl"}
SIGNS = {"AESGCM", "HKDF", "SHA256", "Ed25519PrivateKey", "sha256", "sha512", "PasswordHasher"}


def number(cell: str) -> int:
    return int(cell.split(maxsplit=1)[0].replace(",", ""))


def test_the_page_of_limits_says_how_much_a_field_takes() -> None:
    table = [row for row in rows(LIMITS, "what | takes at most") if row[1][0].isdigit()]
    assert [number(row[1]) for row in table] == FIELDS
    assert {triage.LONGEST_TEXT, moments.LONGEST_TEXT} == {questions.LONG}
    whole, address, word = table[0][2], table[6][2], table[9][2]
    assert whole == f"{web.MAX_FIELDS} fields, all of it within {web.BODY_SECONDS} seconds"
    assert "64 characters" in address
    assert addresses.is_address(f"{'a' * 64}@b.nl")
    assert not addresses.is_address(f"{'a' * 65}@b.nl")
    assert (word.split(";")[0], search.MOST_WORDS) == ("ten words", 10)


def test_the_page_of_limits_says_how_often_something_may_be_done() -> None:
    assert [(number(most), WITHIN[span]) for _, most, span, _ in rows(LIMITS, "what | at most")] == OFTEN


def trees() -> Iterator[ast.Module]:
    for path in (ROOT / "incidentdesk").rglob("*.py"):
        yield ast.parse(path.read_text(encoding="utf-8"))


def first_word(call: ast.Call) -> str:
    """Return the word that sets a use of the key apart, with … for what differs; nothing for one that is handed on."""
    given = call.args[0] if call.args else None
    if isinstance(given, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in given.values)
    return str(given.value) if isinstance(given, ast.Constant) else ""


def test_the_page_of_keys_names_every_use_of_the_master_key() -> None:
    named = [word for row in rows(KEYS, "word") for word in re.findall("`([^`]+)`", row[0])]
    calls = [node for tree in trees() for node in ast.walk(tree) if isinstance(node, ast.Call)]
    uses = [one for one in calls if re.search(r"(vault|self)\.(hash|signed|verified)$", ast.unparse(one.func))]
    assert len(named) == len(set(named))
    handed_on = [one for one in calls if ast.unparse(one.func) == "keyed_hash"]
    assert {ast.unparse(one.args[1]) for one in handed_on} == {"ADDRESS", "FEED", "NAME", "WELCOME"}
    assert set(named) == {first_word(one) for one in uses} - {""} | {ADDRESS, FEED, NAME, WELCOME}


def test_the_page_of_keys_names_every_algorithm_and_where_it_is_from() -> None:
    table = rows(KEYS, "what | which")
    named = {word for row in table for word in re.findall("`([^`]+)`", row[1] + row[2])}
    nodes = [node for tree in trees() for node in ast.walk(tree)]
    taken = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    taken |= {(node.module or "").split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}
    assert named & LIBRARIES == taken & LIBRARIES
    made = [node for node in nodes if isinstance(node, ast.ImportFrom) and "hazmat" in (node.module or "")]
    primitives = {alias.name for node in made for alias in node.names}
    hashes = {node.attr for node in nodes if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "hashlib"}
    assert named & SIGNS == primitives | (hashes - {"file_digest"}) | {"PasswordHasher"}


def test_the_page_of_keys_names_every_level_of_a_column() -> None:
    assert {row[0].split(":")[0] for row in rows(KEYS, "level")} == set(Holds)
