"""The blocks that facts are saved in, and what the report alone says for each of them."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

Answers = Mapping[str, Any]


class Block(StrEnum):
    """One part of the assessment that is saved on its own. Awareness and the decision are the other two on the page."""

    HAPPENED = "happened"
    PEOPLE = "people"
    PROTECTION = "protection"
    CONSEQUENCES = "consequences"


# The keys of a description (`keys`) that each block answers. What nobody answered is null: not known.
KEYS: Final[Mapping[Block, tuple[str, ...]]] = {
    Block.HAPPENED: (
        "confidentiality",
        "integrity",
        "availability",
        "intent",
        "recipients",
        "trusted_recipient",
        "deletion_confirmed",
        "no_access_proven",
    ),
    Block.PEOPLE: (
        "personal_data",
        "data",
        "subjects_affected",
        "vulnerable_people",
        "detailed_profile",
        "reveals_little",
        "identifiability",
    ),
    Block.PROTECTION: ("encrypted", "backup", "restored_hours"),
    Block.CONSEQUENCES: ("consequences", "account_takeover"),
}
# Which choices in ENISA's tables a block may hold beside them.
POINTS: Final[Mapping[Block, tuple[str, ...]]] = {
    Block.HAPPENED: (),
    Block.PEOPLE: ("dpc",),
    Block.PROTECTION: (),
    Block.CONSEQUENCES: ("confidentiality", "integrity", "availability"),
}

_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "contact": ("contact",),
    "money": ("financial",),
    "id": ("official_number", "id_document"),
    "health": ("health",),
    "passwords": ("credentials",),
    "location": ("location",),
    "images": ("image",),
    "records": ("education", "employment"),
    "belief": ("belief",),
    "criminal": ("criminal",),
}
_COUNTS: Final[Mapping[str, Any]] = {
    "one": 1,
    "few": [2, 10],
    "tens": [11, 100],
    "hundreds": [101, 1000],
    "more": [1001, None],
}
_VULNERABLE: Final = frozenset({"children", "patients", "vulnerable"})
_TRUTHS: Final[Mapping[str, bool]] = {"yes": True, "no": False}
# Where something happened to whoever could see it, whatever else is known.
_SEEN: Final = frozenset({"mail", "lost", "access", "privacy"})
_LOCKED: Final = frozenset({"locked", "ransom", "missing"})
_RANSOMED: Final = frozenset({"locked", "ransom"})


def reported(answers: Answers) -> dict[str, Any]:
    """Return what a report says for the keys of a description, without what it leaves open. Nobody has checked it."""
    said = {**_happened(answers), **_people(answers), **_protection(answers)}
    return {name: value for name, value in said.items() if value is not None}


def unanswered(block: Block) -> dict[str, Any]:
    """Return a block in which nothing is known."""
    return dict.fromkeys(KEYS[block])


def _happened(answers: Answers) -> dict[str, Any]:
    kind, signs = answers.get("kind", ""), _chosen(answers, "s_sign")
    return {
        "confidentiality": True if kind in _SEEN else None,
        "integrity": True if signs & {"changed", "locked", "ransom"} else None,
        "availability": True if signs & _LOCKED else None,
        "intent": _intent(answers, kind, signs),
        "recipients": "few" if answers.get("m_who") in {"inside", "known", "stranger"} else None,
    }


def _intent(answers: Answers, kind: str, signs: frozenset[str]) -> str | None:
    if kind == "phish" or signs & _RANSOMED or answers.get("a_who") == "outside":
        return "malicious_external"
    return "accidental_internal" if kind == "mail" else None


def _people(answers: Answers) -> dict[str, Any]:
    whose, types = _chosen(answers, "p_whose"), _chosen(answers, "p_types")
    kinds = [kind for name in _KINDS if name in types for kind in _KINDS[name]]
    vulnerable = True if whose & _VULNERABLE else False if whose and "unknown" not in whose else None
    return {
        "personal_data": _TRUTHS.get(str(answers.get("people"))),
        "data": kinds or None,
        "subjects_affected": _COUNTS.get(str(answers.get("p_many"))),
        "vulnerable_people": vulnerable,
    }


def _protection(answers: Answers) -> dict[str, Any]:
    # A lock on a screen is no encryption; that there is none at all, a reporter can know.
    return {"encrypted": "none" if answers.get("l_lock") == "no" else None}


def _chosen(answers: Answers, name: str) -> frozenset[str]:
    given = answers.get(name, ())
    return frozenset([given] if isinstance(given, str) else given)


def merged(parts: Iterable[Answers]) -> dict[str, Any]:
    """Return one description from the answers of several blocks; choices in the tables stand in more than one."""
    whole: dict[str, Any] = {}
    points: dict[str, Any] = {}
    for part in parts:
        whole |= part
        points |= part.get("enisa") or {}
    return whole | ({"enisa": points} if points else {})
