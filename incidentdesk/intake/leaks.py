"""What a reporter probably did not mean to send us: a password, a bank number, a personal number. A hint, never an error."""

import re
from typing import Final

from incidentdesk.intake.questions import BY_ID, Answers, Shape

_PASSWORD: Final = re.compile(
    r"(?:password|passcode|pass phrase|wachtwoord|pincode|pin|ww)\b\s*(?:[:=]|\bis\b|\bwas\b)\s*[\"'“]?(\S{4,40})",
    re.IGNORECASE,
)
# ASCII: otherwise a Turkish capital i counts as a letter of the Latin alphabet, and has no value as a digit.
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}", re.IGNORECASE | re.ASCII)
_CARD: Final = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_PERSONAL: Final = re.compile(r"(?<![\d+])\d{3}[. ]?\d{2}[. ]?\d{4}(?!\d)|(?<![\d+])\d{4}\.\d{2}\.\d{3}(?!\d)")
_IBAN_LENGTHS: Final = range(15, 35)


def leaks_in(answers: Answers) -> list[tuple[str, str]]:
    """Return pairs of question id and what its text looks like: password, bank or personal."""
    return [
        (name, kind)
        for name, value in answers.items()
        if isinstance(value, str) and BY_ID[name].shape in {Shape.BLOCK, Shape.LINE} and name != "phone"
        for kind in _kinds(value)
    ]


def _kinds(text: str) -> list[str]:
    found = {"password": _has_password(text), "bank": _has_bank_number(text), "personal": _has_personal_number(text)}
    return [kind for kind, present in found.items() if present]


def _has_password(text: str) -> bool:
    """Look for a word behind "password is" that is not an ordinary one."""
    return any(re.search(r"[^A-Za-z.,;!?]", match[1]) for match in _PASSWORD.finditer(text))


def _has_bank_number(text: str) -> bool:
    return any(_is_iban(match[0]) for match in _IBAN.finditer(text)) or any(
        _is_card(match[0]) for match in _CARD.finditer(text)
    )


def _is_iban(text: str) -> bool:
    """Check ISO 7064 mod 97; words that follow the number may have been matched too, so shorter ends are tried."""
    letters = re.sub(r"\s", "", text).upper()
    return any(_remainder(letters[:end]) == 1 for end in _IBAN_LENGTHS if end <= len(letters))


def _remainder(letters: str) -> int:
    return int("".join(str(int(letter, 36)) for letter in letters[4:] + letters[:4])) % 97


def _is_card(text: str) -> bool:
    """Check the Luhn digit."""
    digits = [int(digit) for digit in text if digit.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _has_personal_number(text: str) -> bool:
    """Check the Dutch eleven test: weights 9 to 2, and the last digit counted off."""
    return any(_passes_eleven([int(d) for d in match[0] if d.isdigit()]) for match in _PERSONAL.finditer(text))


def _passes_eleven(digits: list[int]) -> bool:
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return any(digits) and sum(weight * digit for weight, digit in zip(weights, digits, strict=True)) % 11 == 0
