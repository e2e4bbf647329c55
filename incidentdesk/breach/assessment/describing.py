"""From a description (keys and words, as a file or a form holds them) to the facts that the rule reads.

What is left out is filled in as `keys` says, and told: nothing is taken for granted in silence.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from incidentdesk import law
from incidentdesk.breach.assessment import incidents, keys
from incidentdesk.breach.assessment.wording import Wrong, as_list, as_name, as_word, in_words, read_value
from incidentdesk.rules.enisa import QUARTERS
from incidentdesk.rules.facts import ANY, Facts, Kind, Measures, Points, Protection, Recipients, Span

Values = Mapping[str, Any]
_SENSITIVE: Final = 4
# What ENISA's tables add (quarters) for data that never came back.
_NEVER: Final = 2
T = TypeVar("T")


@dataclass(frozen=True)
class Described:
    """The facts, what was taken for granted (key to words), and what could not be read (key to a sentence)."""

    facts: Facts | None
    assumed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def describe(written: Values, measures: Measures) -> Described:
    """Read a description; every key that is wrong is named at once."""
    known, errors = keys.known(), {}
    said: dict[str, Any] = {}
    for name, value in written.items():
        if name not in known:
            errors[as_name(name)] = f"unknown key; known: {', '.join(known)}"
            continue
        try:
            said[name] = read_value(known[name], value)
        except Wrong as wrong:
            errors[name] = str(wrong)
    if errors:
        return Described(None, errors=errors)
    source = _source(said, measures, hashed=_says_hashed(written))
    facts = _facts(source)
    if facts.confidentiality is False and said.get("exfiltration"):
        return Described(None, errors={"confidentiality": "cannot be false when data were taken out"})
    return Described(facts, source.assumed)


@dataclass(frozen=True)
class _Source:
    """What was said, the kinds of data and of incident among the categories, and what was taken for granted so far."""

    said: Values
    measures: Measures
    kinds: tuple[str, ...]
    incidents: frozenset[str]
    # A word said that passwords are hashed.
    hashed: bool
    assumed: dict[str, str] = field(default_factory=dict)

    def either(self, name: str, otherwise: Callable[[], T]) -> T:
        """Return what was said, else what is taken for granted, and note that."""
        if name in self.said:
            said: T = self.said[name]
            return said
        value = otherwise()
        if value is not None:
            self.assumed[name] = in_words(value)
        return value

    def effect(self, name: str) -> bool | None:
        """Return whether data were changed or out of reach: what was said, else the tables, else what such an incident does."""

        def otherwise() -> bool | None:
            chosen = self.points.get(name)
            does = True if chosen else incidents.effect(self.incidents, name)
            return False if does is None and chosen == 0 else does

        return self.either(name, otherwise)

    @property
    def points(self) -> Mapping[str, int]:
        """Return what a person chose in the tables of the score."""
        return self.said.get("enisa") or {}

    @property
    def harmed(self) -> bool:
        """Say whether somebody said that it did harm, which speaks against all that would have kept it away."""
        return bool(self.said.get("account_takeover")) or any(self.said.get("consequences") or ())

    def among(self, words: str) -> bool:
        """Say whether one of these kinds of incident was named."""
        return not self.incidents.isdisjoint(words.split())


def _source(said: Values, measures: Measures, *, hashed: bool) -> _Source:
    categories: tuple[str, ...] = said.get("categories") or ()
    kinds = {one.kind.id for one in law.kinds()}
    named = tuple(word for word in categories if word in kinds)
    return _Source(said, measures, named, frozenset(categories) - kinds, hashed)


def _says_hashed(written: Values) -> bool:
    listed = [one for name in ("categories", "data") for one in as_list(written.get(name))]
    return any(isinstance(one, str) and as_word(one) in keys.HASHES for one in listed)


def _facts(source: _Source) -> Facts:
    protection = _protection(source)
    integrity, availability = source.effect("integrity"), source.effect("availability")
    data, malicious = _data(source, protection), _malicious(source)
    points = source.points
    return Facts(
        personal_data=_personal_data(source),
        confidentiality=_confidentiality(source),
        integrity=integrity,
        availability=availability,
        data=data,
        unnamed=_unnamed(source),
        people=source.said.get("subjects_affected", ANY),
        identifiability=points.get("ei") or _identifiability(source, data, protection),
        protection=protection,
        recipients=_recipients(source, malicious=malicious),
        malicious=malicious,
        hours=_hours(source, data, happened=not (integrity is availability is False)),
        vulnerable=source.either("vulnerable_people", lambda: False),
        detailed=source.either("detailed_profile", lambda: False),
        reveals_little=source.either("reveals_little", lambda: False),
        impersonation=_impersonation(source, malicious=malicious, integrity=integrity),
        serious=_serious(source),
        taken=source.said.get("exfiltration", False),
        points=Points(**{name: value for name, value in points.items() if name != "ei"}),
    )


def _personal_data(source: _Source) -> bool | None:
    """Return whether it is about people at all; unknown when somebody denies it and says whose or what data they are."""
    about_people = source.said.get("data") or source.kinds or source.said.get("subjects_affected", ANY).low > 0
    said: bool | None = source.either("personal_data", lambda: True)
    return None if said is False and about_people else said


def _protection(source: _Source) -> Protection | None:
    return source.either("encrypted", lambda: Protection.HASHED if source.hashed else Protection.NONE)


def _confidentiality(source: _Source) -> bool | None:
    taken, points = source.said.get("exfiltration"), source.points
    # Nothing at all in the tables is the first line of theirs: exposed, and nobody known to have looked.
    chosen = points.get("confidentiality") or (set(points) >= set(keys.ADDED) and not any(map(points.get, keys.ADDED)))

    def otherwise() -> bool | None:
        if taken or chosen or (does := incidents.effect(source.incidents, "confidentiality")):
            return True
        elsewhere = source.among(f"{incidents.THEFTS} {incidents.LOSSES} {incidents.MISTAKES}")
        return False if taken is False and source.among(incidents.ATTACKS) and not elsewhere else does

    return source.either("confidentiality", otherwise)


def _data(source: _Source, protection: Protection | None) -> tuple[Kind, ...] | None:
    by_id = {one.kind.id: one.kind for one in law.kinds()}
    listed = (*(source.said.get("data") or ()), *source.kinds)
    if not listed and "data" not in source.said and source.incidents:
        listed = (_likely_data(source, protection),)
        source.assumed["data"] = listed[0]
    return tuple(by_id[one] for one in dict.fromkeys(listed)) or None


def _unnamed(source: _Source) -> bool | None:
    """Return whether there may be more than the kinds among the categories: not known when somebody says so of the data."""
    return None if source.kinds and source.said.get("data", ()) is None else False


def _likely_data(source: _Source, protection: Protection | None) -> str:
    """Return what somebody means who names what happened and no kind of data that matters: mostly the ordinary ones."""
    if protection is Protection.HASHED:
        # Nothing else is kept that way.
        return "credentials"
    taken = source.said.get("exfiltration") or source.among("exfiltration")
    return "communication" if taken and source.among("email") and source.among(incidents.ATTACKS) else "contact"


def _malicious(source: _Source) -> bool | None:
    def otherwise() -> str | None:
        if source.among("insider"):
            return "malicious_internal"
        if source.among(f"{incidents.ATTACKS} {incidents.THEFTS} identity_theft account_takeover"):
            return "malicious_external"
        mistake = source.among(
            f"{incidents.MISTAKES} human_error outage technical_fault device_loss loss misconfiguration"
        )
        return "accidental" if mistake else None

    intent = source.either("intent", otherwise)
    return intent.startswith("malicious") if intent else None


def _identifiability(source: _Source, data: tuple[Kind, ...] | None, protection: Protection | None) -> int | None:
    def otherwise() -> int:
        readable = Facts(data=data, protection=protection).readable
        return 1 if readable and not any(kind.names_people for kind in readable) else QUARTERS

    return source.either("identifiability", otherwise)


def _recipients(source: _Source, *, malicious: bool | None) -> Recipients | None:
    if source.said.get("no_access_proven"):
        return Recipients.NOBODY
    who: Any
    who = source.either("recipients", lambda: _likely_recipients(source, malicious=malicious))
    if who is None:
        return None
    if not isinstance(who, Recipients):
        # How many they are.
        who = Recipients.FEW if who <= source.measures.few_recipients else Recipients.MANY
    named = Recipients(who)
    if named in {Recipients.TRUSTED, Recipients.FEW}:
        return _one_of_few(source, is_trusted=named is Recipients.TRUSTED)
    return named


def _one_of_few(source: _Source, *, is_trusted: bool) -> Recipients:
    trusted = is_trusted or source.said.get("trusted_recipient")
    relieved = trusted and source.said.get("deletion_confirmed") and not source.harmed
    return Recipients.TRUSTED if relieved else Recipients.FEW


# What ENISA's table for confidentiality says of them.
_BY_POINTS: Final = {0: Recipients.EXPOSED, 1: Recipients.FEW, 2: Recipients.STRANGERS}


# What nobody on the inside does alone, whoever else is named beside it.
_FROM_OUTSIDE: Final = incidents.ATTACKS.replace("exfiltration", "")


def _likely_recipients(source: _Source, *, malicious: bool | None) -> Recipients | None:
    inside = source.among("insider") or source.said.get("intent") == "malicious_internal"
    likely = (
        (Recipients.PUBLIC, source.among("publication")),
        (Recipients.TRUSTED, bool(source.said.get("trusted_recipient"))),
        *((who, source.points.get("confidentiality") == quarters) for quarters, who in _BY_POINTS.items()),
        (Recipients.STRANGERS, source.among(_FROM_OUTSIDE)),
        (Recipients.FEW, inside),
        (Recipients.STRANGERS, source.among(incidents.ATTACKS) or bool(source.said.get("exfiltration"))),
        (Recipients.FEW, source.among("misdirected")),
        (Recipients.EXPOSED, source.among(incidents.THEFTS)),
        (Recipients.FEW, source.among(incidents.MISTAKES)),
        (Recipients.EXPOSED, source.among(incidents.LOSSES)),
        (Recipients.STRANGERS, bool(malicious)),
    )
    return next((who for who, holds in likely if holds), None)


def _hours(source: _Source, data: tuple[Kind, ...] | None, *, happened: bool) -> Span:
    dpc = source.points.get("dpc") or max((kind.dpc for kind in data or ()), default=_SENSITIVE)
    said = source.said.get("restored_hours")
    return (source.either("restored_hours", lambda: _likely_hours(source, dpc)) if happened else said) or ANY


def _likely_hours(source: _Source, dpc: int) -> Span | None:
    """Return how long data were away: as ENISA's tables say of it, else as it is with a copy, or without one."""
    measures, backup = source.measures, source.said.get("backup")
    prompt = measures.prompt_hours if dpc < _SENSITIVE else measures.prompt_hours_sensitive
    later, grave = Span(prompt + 1, math.inf), Span(measures.grave_hours_sensitive, math.inf)
    attacked = source.among(incidents.ATTACKS)
    # Of what was only carried away, the copy is still where people work with it.
    carried = source.among(f"{incidents.THEFTS} {incidents.LOSSES}") and not attacked
    chosen = max((source.points[name] for name in keys.ADDED[1:] if name in source.points), default=None)
    likely = (
        (Span.exactly(math.inf), chosen == _NEVER or (backup is False and not chosen)),
        (later, bool(chosen)),
        (Span.exactly(0), bool(backup) and (dpc < _SENSITIVE or carried)),
        (grave, bool(backup) and attacked),
        (Span.exactly(0), backup is None and chosen == 0),
    )
    return next((span for span, holds in likely if holds), None)


def _impersonation(source: _Source, *, malicious: bool | None, integrity: bool | None) -> bool | None:
    entered = source.among("credential_stuffing identity_theft account_takeover")
    deceived = source.among("social_engineering") and bool(malicious)
    # Whoever was deceived and changed something on demand let the deceiver act in their place.
    return source.either("account_takeover", lambda: entered or (integrity if deceived else False))


def _serious(source: _Source) -> bool | None:
    said: tuple[bool, ...] | None = source.either("consequences", lambda: (False,))
    return None if said is None else any(said)
