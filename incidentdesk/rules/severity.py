"""The first guess of a report's severity, from 1 (critical) to 4 (low), until a person sets it.

It orders the queue and decides who is woken; it is not the legal assessment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_DEFAULT_LEVEL: Final = 3
_NONE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True)
class Guess:
    """The level, and the ids of the signals that speak for it, most serious first (none: nothing stood out)."""

    level: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class _Signal:
    """Holds when every question has one of its answers; a calming one (level 4) when it has no other answer."""

    reason: str
    level: int
    when: Mapping[str, frozenset[str]]


def first_guess(answers: Mapping[str, str | Sequence[str]]) -> Guess:
    """Return the guess from the form's answers, by field id; unknown fields and answers are passed over.

    One worrying signal outweighs every calming one. An answer "I don't know" about people counts as yes.
    """
    given = {field: _chosen(answer) for field, answer in answers.items()}
    worrying = [signal for signal in _WORRYING if _worries(signal, given)]
    found = worrying or [signal for signal in _CALMING if _calms(signal, given)]
    if not found:
        return Guess(_DEFAULT_LEVEL, ())
    return Guess(found[0].level, tuple(signal.reason for signal in found))


def _chosen(answer: str | Sequence[str]) -> frozenset[str]:
    return frozenset([answer] if isinstance(answer, str) else answer)


def _worries(signal: _Signal, given: Mapping[str, frozenset[str]]) -> bool:
    return all(given.get(field, _NONE) & some for field, some in signal.when.items())


def _calms(signal: _Signal, given: Mapping[str, frozenset[str]]) -> bool:
    return all(given.get(field) and given[field] <= some for field, some in signal.when.items())


def _signal(reason: str, level: int, **when: str) -> _Signal:
    return _Signal(reason, level, {field: frozenset(some.split()) for field, some in when.items()})


_SENSITIVE: Final = "money id health passwords belief criminal"
_MANY: Final = "hundreds more"
_OUTSIDER: Final = "outside unknown"

# In order of level: the first that holds sets it.
_WORRYING: Final = (
    _signal("ransom", 1, s_sign="locked ransom"),
    _signal("systems_down_for_everybody", 1, kind="systems", s_wide="all"),
    _signal("intruder_active", 1, kind="access", ongoing="yes", a_who=_OUTSIDER),
    _signal("deceived_and_going_on", 1, ongoing="yes", p_did="password code paid"),
    _signal("sensitive_data_of_many", 1, p_types=_SENSITIVE, p_many=_MANY),
    _signal("still_going_on", 2, ongoing="yes"),
    _signal("gave_password_code_or_money", 2, p_did="password code paid"),
    _signal("device_without_lock", 2, kind="lost", l_item="laptop phone usb", l_lock="no unknown"),
    _signal("outsider_has_access", 2, kind="access", a_who=_OUTSIDER),
    _signal("stranger_has_it", 2, m_who="stranger", people="yes unknown"),
    _signal("sensitive_data", 2, p_types=_SENSITIVE),
    _signal("people_to_protect", 2, p_whose="children patients vulnerable"),
    _signal("many_people", 2, p_many=_MANY),
    _signal("many_people", 2, v_about="many"),
    _signal("weakness_is_public", 2, w_public="already"),
)
_CALMING: Final = (
    _signal("only_looked", 4, kind="phish", p_did="looked"),
    _signal("stayed_inside", 4, kind="mail", m_who="inside"),
    _signal("device_was_locked", 4, kind="lost", l_lock="yes", people="no"),
    _signal("only_slow", 4, kind="systems", s_sign="slow"),
)
