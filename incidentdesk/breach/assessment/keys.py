"""The words a breach is described in: one table of keys for the command line, for what is stored, and for the schema.

A key that is left out and one that says null are not the same: left out means what the table says, and the answer
lists it under `assumed`; null means that nobody knows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final

from incidentdesk import law
from incidentdesk.breach.assessment import incidents
from incidentdesk.rules.facts import Protection, Recipients


class Shape(StrEnum):
    """How a key's value is written."""

    TEXT = "text"
    ANYTHING = "anything"
    TRUTH = "truth"
    WORD = "word"
    WORDS = "words"
    COUNT = "count"
    HOURS = "hours"
    POINTS = "points"


@dataclass(frozen=True)
class Key:
    """One key: how it is written, what it says, and what it means when it is left out."""

    name: str
    shape: Shape
    about: str
    left_out: str = "not known"
    # Each word and what it stands for.
    words: Mapping[str, Any] | None = None


def _same(text: str) -> dict[str, str]:
    return {word: word for word in text.split()}


def _means(text: str, *, value: object) -> dict[str, object]:
    return dict.fromkeys(text.split(), value)


ENCRYPTED: Final = {
    **_means("state_of_the_art_key_safe strong_key_safe key_safe unintelligible", value=Protection.UNINTELLIGIBLE),
    **_means("hashed_salted salted_hash strong_hash hashed", value=Protection.HASHED),
    **_means("partly weak key_taken key_compromised", value=Protection.PARTLY),
    **_means("none no geen nee", value=Protection.NONE),
}
RECIPIENTS: Final = {
    **_means("nobody", value=Recipients.NOBODY),
    **_means("trusted", value=Recipients.TRUSTED),
    **_means("few known one", value=Recipients.FEW),
    **_means("exposed none_seen", value=Recipients.EXPOSED),
    **_means("many", value=Recipients.MANY),
    **_means("strangers attacker onbekenden", value=Recipients.STRANGERS),
    **_means("public published openbaar", value=Recipients.PUBLIC),
}
INTENT: Final = {
    **_same("malicious_external malicious_internal malicious accidental_internal accidental_external accidental"),
    **_means("intentional deliberate opzettelijk", value="malicious"),
    **_means("unintentional negligent negligence none onopzettelijk per_ongeluk", value="accidental"),
}
# Words for passwords that say how they are kept.
HASHES: Final = frozenset({"hashed_passwords", "password_hashes", "salted_hashes", "passwords_hashed"})
# Whether data are known, or likely, to have been taken.
EXFILTRATION: Final = {
    **_means("seen likely yes confirmed suspected possible ja", value=True),
    **_means("excluded no none ruled_out nee uitgesloten", value=False),
}
# Whether the consequence is a serious one.
CONSEQUENCES: Final = {
    **_means(
        "serious identity_theft fraud financial_loss care_delayed physical_harm discrimination reputation "
        "loss_of_work blackmail loss_of_secrecy distress death damage_to_health high severe significant fraude identiteitsfraude",
        value=True,
    ),
    **_means("none minor inconvenience annoyance delay low limited geen vertraging overlast", value=False),
}
IDENTIFIABILITY: Final = {"negligible": 1, "limited": 2, "significant": 3, "maximum": 4}


def kinds_by_word() -> dict[str, str]:
    """Return every word for a kind of data, with the kind's id."""
    return {word: one.kind.id for one in law.kinds() for word in (one.kind.id, *one.words)}


def _truths() -> Iterable[Key]:
    no, does = "no", "what such an incident does or ENISA's table says, else not known"
    yield Key("personal_data", Shape.TRUTH, "Information about people was touched.", "yes")
    yield Key("confidentiality", Shape.TRUTH, "Others could see it, or may have.", f"yes when data were taken; {does}")
    yield Key("integrity", Shape.TRUTH, "It was changed.", does)
    yield Key("availability", Shape.TRUTH, "It was lost or out of reach.", does)
    yield Key("backup", Shape.TRUTH, "A usable copy was there.")
    yield Key("vulnerable_people", Shape.TRUTH, "Children, patients or others who need protection are among them.", no)
    yield Key("detailed_profile", Shape.TRUTH, "So much about one person that it pictures their life.", no)
    yield Key("reveals_little", Shape.TRUTH, "Outdated, public before, or of no use to anybody.", no)
    yield Key("trusted_recipient", Shape.TRUTH, "Whoever received it is bound to secrecy or to us.", no)
    yield Key("deletion_confirmed", Shape.TRUTH, "They confirmed that it is deleted or sent back.", no)
    yield Key("no_access_proven", Shape.TRUTH, "Complete logs show that nobody looked.", no)
    takeover = "yes after credential stuffing, identity theft, or deception that changed data"
    yield Key("account_takeover", Shape.TRUTH, "Somebody acts, or can act, in the people's names.", takeover)


def _words() -> Iterable[Key]:
    kinds = kinds_by_word()
    from_categories, unprotected = "what the categories say", "none; hashed when a word says so of passwords"
    yield Key(
        "categories",
        Shape.WORDS,
        "What happened, and kinds of data that matter.",
        "none",
        {**incidents.by_word(), **kinds},
    )
    contact = (
        "the kinds among the categories; when these name none: contact data, passwords when they are hashed, letters"
    )
    contact += " when mails were taken"
    yield Key("data", Shape.WORDS, "Kinds of data.", contact, kinds)
    yield Key("intent", Shape.WORD, "Whether it was meant.", from_categories, INTENT)
    yield Key("exfiltration", Shape.WORD, "Whether data were taken out.", from_categories, EXFILTRATION)
    yield Key(
        "encrypted",
        Shape.WORD,
        "How it was protected from whoever has it; in other words too, with hash or key safe and no doubt in them.",
        unprotected,
        ENCRYPTED,
    )
    yield Key(
        "recipients",
        Shape.WORD,
        "Who has it now; how many they are too, as a number or in words with one.",
        from_categories,
        RECIPIENTS,
    )
    yield Key("consequences", Shape.WORDS, "What happened to the people or is likely to.", "none", CONSEQUENCES)
    identifiable = "maximum; negligible when only user names are left"
    yield Key("identifiability", Shape.WORD, "How easily it leads to a person.", identifiable, IDENTIFIABILITY)


def _rest() -> Iterable[Key]:
    for name in ("id", "title", "facts", "note"):
        yield Key(name, Shape.TEXT, "For people; the rule does not read it.", "nothing")
    yield Key("outcome", Shape.ANYTHING, "What somebody else concluded; the rule does not read it.", "nothing")
    yield Key("subjects_affected", Shape.COUNT, "How many people: a number, [from, to], or words.")
    hours = "as ENISA's tables say; never without a backup; with one in time, but of sensitive data"
    hours += " a day or more when attacked, else not known"
    yield Key("restored_hours", Shape.HOURS, "Hours until it was back: a number, [from, to], or words.", hours)
    yield Key("enisa", Shape.POINTS, "What a person chose in ENISA's tables, instead of what the facts say.", "nothing")


@cache
def known() -> Mapping[str, Key]:
    """Return every key by its name."""
    return {key.name: key for make in (_rest, _words, _truths) for key in make()}


# What a fact of the rule is called here, where its name differs.
_NAMES: Final = {
    "people": "subjects_affected",
    "protection": "encrypted",
    "malicious": "intent",
    "hours": "restored_hours",
    "vulnerable": "vulnerable_people",
    "detailed": "detailed_profile",
    "impersonation": "account_takeover",
    "serious": "consequences",
    "unnamed": "data",
    "taken": "exfiltration",
}


def name_of(fact: str) -> str:
    """Return the key that a fact of the rule is described with."""
    return _NAMES.get(fact, fact)


# What ENISA's tables add to the score for what happened.
ADDED: Final = ("confidentiality", "integrity", "availability")
POINTS: Final = ("dpc", "ei", *ADDED)


def schema() -> dict[str, Any]:
    """Return the JSON schema of a file of facts."""
    yes = [word for word, taken in EXFILTRATION.items() if taken]
    contradiction = {"confidentiality": _one_of(["no", "false"], [False]), "exfiltration": _one_of(yes, [True])}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Facts of a personal data breach",
        "description": 'null, or "unknown", means that nobody knows; see each key for what leaving it out means.',
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": {key.name: _property(key) for key in known().values()},
        "not": {"required": list(contradiction), "properties": contradiction},
    }


UNKNOWN: Final = ("unknown", "not_known", "onbekend", "")
TRUTHS: Final = {"yes": True, "true": True, "ja": True, "no": False, "false": False, "nee": False}
LONGEST_LIST: Final = 50
# What a number in words holds.
SOME_NUMBER: Final = "[1-9]"
# No number that people, hours or recipients could be counted in is larger.
LARGEST: Final = 10**12
TABLES: Final[Mapping[str, tuple[float, ...]]] = {
    "dpc": (1, 2, 3, 4),
    "ei": (0.25, 0.5, 0.75, 1),
    **dict.fromkeys(POINTS[2:], (0, 0.25, 0.5)),
}


def _one_of(words: Iterable[str], others: Iterable[Any] = ()) -> dict[str, Any]:
    """Return what words match: as they stand in the table, and with other capitals, spaces or dashes."""
    listed = list(words)
    loosely = f"^[\\s_-]*(?:{'|'.join(map(_spelt, listed))})[\\s_-]*$"
    return {"anyOf": [{"enum": [*listed, *others]}, {"type": "string", "pattern": loosely}]}


def _spelt(word: str) -> str:
    """Return what matches a word with any capitals, spaces and dashes."""
    return "".join("[\\s_-]+" if sign == "_" else f"[{sign.upper()}{sign}]" for sign in word)


def _told(named: str, *, beside: str) -> str:
    """Return what matches a wording that has this in it, and beside it only words that take nothing back."""
    words = "|".join(map(_spelt, beside.split()))
    between = r"[\s_,.;:()&+/-]*"
    return f"^(?=[\\s\\S]*{named}){between}(?:(?:{words})(?![A-Za-z0-9]){between})+$"


_JOINING: Final = "a an the all of with and by in as is are was were stored kept using state art strong strongly modern"
_HASHING: Final = (
    "hash hashes hashed hashing salt salts salted individually random unique password passwords credentials only slow "
    "algorithm function properly argon2 argon2id bcrypt scrypt pbkdf2 sha256 sha512 sha 256 512"
)
_ENCRYPTING: Final = (
    "key keys safe full disk disks device volume file files data encryption encrypted aes aes256 aes128 256 128 bit xts "
    "gcm bitlocker luks filevault veracrypt hardware"
)
# Wordings that say how data were protected without standing in the table.
ENCRYPTED_IN_WORDS: Final = {
    _told(_spelt("hash"), beside=f"{_JOINING} {_HASHING}"): Protection.HASHED,
    _told(
        f"{_spelt('key')}[Ss]?(?:{_spelt('_is')}|{_spelt('_are')})?{_spelt('_safe')}",
        beside=f"{_JOINING} {_ENCRYPTING}",
    ): Protection.UNINTELLIGIBLE,
}


def _property(key: Key) -> dict[str, Any]:
    said: dict[str, Any] = {"description": f"{key.about} Left out: {key.left_out}."}
    match key.shape:
        case Shape.TEXT | Shape.ANYTHING:
            return said | ({"type": ["string", "null"]} if key.shape is Shape.TEXT else {})
        case Shape.TRUTH:
            return said | _one_of([*TRUTHS, *UNKNOWN], [True, False, None])
        case Shape.WORD:
            return said | _word(key)
        case Shape.WORDS:
            several = {"type": "array", "items": _one_of(key.words or ()), "maxItems": LONGEST_LIST}
            return said | {"anyOf": [several, _one_of([*(key.words or ()), *UNKNOWN], [None])]}
        case Shape.COUNT | Shape.HOURS:
            return said | _number("integer" if key.shape is Shape.COUNT else "number")
    points = {name: {"enum": [*table, None]} for name, table in TABLES.items()}
    return said | {
        "anyOf": [
            {"type": "object", "properties": points, "additionalProperties": False},
            _one_of(UNKNOWN, [None]),
        ]
    }


def _word(key: Key) -> dict[str, Any]:
    """Return what one word may be; true and false where the table has yes and no, and a number where it is read."""
    words = key.words or {}
    truths = [truth for truth, word in ((True, "yes"), (False, "no")) if word in words]
    said = _one_of([*words, *UNKNOWN], [*truths, None])
    if key.name == "recipients":
        said["anyOf"] += [{"type": "integer", "minimum": 1, "maximum": LARGEST}]
        said["anyOf"] += [{"type": "string", "pattern": SOME_NUMBER}]
    if key.name == "encrypted":
        said["anyOf"] += [{"type": "string", "pattern": pattern} for pattern in ENCRYPTED_IN_WORDS]
    if key.name == "identifiability":
        said["anyOf"].append({"enum": list(TABLES["ei"])})
    return said


def _number(kind: str) -> dict[str, Any]:
    """Return a number from 0, two of them of which the second is not the smaller, or words."""
    one = {"type": kind, "minimum": 0, "maximum": LARGEST}
    two = {"type": "array", "prefixItems": [one, {"anyOf": [one, {"type": "null"}]}], "minItems": 2, "maxItems": 2}
    return {"anyOf": [one, two, {"type": ["string", "null"]}]}
