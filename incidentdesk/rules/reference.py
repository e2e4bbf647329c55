"""The public reference of an incident and the private code of its reporter: how they are written and read back."""

import re
import unicodedata
from typing import Final

# Crockford's base 32: no I, L, O or U, so it can be read out over a telephone.
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH: Final = 6
REFERENCE_SPACE: Final = 32**_LENGTH

_DIGITS: Final = 25
_GROUP: Final = 5
CODE_SPACE: Final = 10**_DIGITS

_DASH: Final = r"\-\u2010-\u2015\u2212"
_REFERENCE: Final = re.compile(rf"(?<![0-9A-Z])IR[\s{_DASH}]?([0-9]{{2}})[\s{_DASH}]?([0-9A-TV-Z]{{6}})(?![0-9A-Z])")
# Mails and phones put marks of writing direction and of no width between what people copy.
_BETWEEN: Final = rf"[\s{_DASH}\u200b-\u200f\u2060\ufeff]"
_AS_ISSUED: Final = re.compile(rf"(?<![0-9])(?:[0-9]{{25}}|[0-9]{{5}}(?:{_BETWEEN}+[0-9]{{5}}){{4}})(?![0-9])")
_DIGIT_RUN: Final = re.compile(rf"[0-9](?:{_BETWEEN}*[0-9])*")
_LOOKALIKES: Final = str.maketrans("ILO", "110")


def reference(year: int, number: int) -> str:
    """Return the reference such as IR-26-7KQ4MX for a drawn number below REFERENCE_SPACE; ValueError outside it."""
    if not 0 <= number < REFERENCE_SPACE:
        message = f"number must be from 0 to {REFERENCE_SPACE - 1}"
        raise ValueError(message)
    letters = "".join(_ALPHABET[number >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))
    return f"IR-{year % 100:02d}-{letters}"


def is_reference(text: str) -> bool:
    """Say whether `text` is a reference exactly as it was issued; nothing else is ever looked up."""
    return tidy_reference(text) == text


def tidy_reference(text: str) -> str | None:
    """Return the first reference found in `text` as it was issued (case, spaces, I, L and O mended), or None."""
    found = _REFERENCE.search(text.upper())
    if found is None:
        return None
    return f"IR-{found[1]}-{found[2].translate(_LOOKALIKES)}"


def private_code(number: int) -> str:
    """Return the 25 digits of a drawn number below CODE_SPACE; ValueError outside it."""
    if not 0 <= number < CODE_SPACE:
        message = "number must be at least 0 and have at most 25 digits"
        raise ValueError(message)
    return f"{number:0{_DIGITS}d}"


def tidy_code(text: str) -> str | None:
    """Return the code that stands in `text`, or None: as it was issued, whatever stands around, else 25 digits in a row.

    Digits of every script count, and so do spaces and dashes of every kind between them.
    """
    plain = "".join(str(unicodedata.decimal(character, character)) for character in text)
    for run in _AS_ISSUED.findall(plain) + _DIGIT_RUN.findall(plain):
        digits = re.sub(r"[^0-9]", "", run)
        if len(digits) == _DIGITS:
            return digits
    return None


def grouped(code: str) -> str:
    """Return the code in groups of five digits, the way people copy and read it out."""
    return " ".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
