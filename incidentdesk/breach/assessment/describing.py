"""From a description (keys and words, as a file or a form holds them) to the facts that the rule reads.

What is left out is filled in as `keys` says, and told: nothing is taken for granted in silence.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from incidentdesk import law
from incidentdesk.breach.assessment import keys
from incidentdesk.breach.assessment.wording import Wrong, read_value
from incidentdesk.rules.enisa import QUARTERS
from incidentdesk.rules.facts import ANY, Facts, Kind, Measures, Points, Protection, Recipients, Span

Values = Mapping[str, Any]
_SENSITIVE: Final = 4
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
            errors[name] = f"unknown key; known: {', '.join(known)}"
            continue
        try:
            said[name] = read_value(known[name], value)
        except Wrong as wrong:
            errors[name] = str(wrong)
    if errors:
        return Described(None, errors=errors)
    source = _source(said, measures)
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
    assumed: dict[str, str] = field(default_factory=dict)

    def either(self, name: str, otherwise: Callable[[], T]) -> T:
        """Return what was said, else what is taken for granted, and note that."""
        if name in self.said:
            said: T = self.said[name]
            return said
        value = otherwise()
        if value is not None:
            self.assumed[name] = _in_words(value)
        return value

    def among(self, words: str) -> bool:
        """Say whether one of these kinds of incident was named."""
        return not self.incidents.isdisjoint(words.split())


def _source(said: Values, measures: Measures) -> _Source:
    categories: tuple[str, ...] = said.get("categories") or ()
    kinds = {one.kind.id for one in law.kinds()}
    named = tuple(word for word in categories if word in kinds)
    return _Source(said, measures, named, frozenset(categories) - kinds)


def _facts(source: _Source) -> Facts:
    data, malicious = _data(source), _malicious(source)
    protection = source.either("encrypted", lambda: Protection.NONE)
    points: Mapping[str, int] = source.said.get("enisa") or {}
    return Facts(
        personal_data=source.either("personal_data", lambda: True),
        confidentiality=_confidentiality(source),
        integrity=source.said.get("integrity"),
        availability=source.said.get("availability"),
        data=data,
        people=source.said.get("subjects_affected", ANY),
        identifiability=points.get("ei") or _identifiability(source, data, protection),
        protection=protection,
        recipients=_recipients(source, malicious=malicious),
        malicious=malicious,
        hours=_hours(source, data, points),
        vulnerable=source.either("vulnerable_people", lambda: False),
        detailed=source.either("detailed_profile", lambda: False),
        reveals_little=source.either("reveals_little", lambda: False),
        impersonation=_impersonation(source, malicious=malicious),
        serious=_serious(source),
        points=Points(**{name: value for name, value in points.items() if name != "ei"}),
    )


def _confidentiality(source: _Source) -> bool | None:
    def otherwise() -> bool | None:
        taken = source.said.get("exfiltration")
        if taken or source.among("exfiltration misdirected publication published"):
            return True
        elsewhere = source.among(f"{keys.THEFTS} {keys.LOSSES} {keys.MISTAKES} insider")
        return False if taken is False and source.among(keys.ATTACKS) and not elsewhere else None

    return source.either("confidentiality", otherwise)


def _data(source: _Source) -> tuple[Kind, ...] | None:
    by_id = {one.kind.id: one.kind for one in law.kinds()}
    listed = (*(source.said.get("data") or ()), *source.kinds)
    if not listed and "data" not in source.said and source.incidents:
        # Who names what happened and no kind of data that matters means the ordinary ones.
        listed = ("contact",)
        source.assumed["data"] = "contact"
    return tuple(by_id[one] for one in dict.fromkeys(listed)) or None


def _malicious(source: _Source) -> bool | None:
    def otherwise() -> str | None:
        if source.among("insider"):
            return "malicious_internal"
        if source.among(f"{keys.ATTACKS} {keys.THEFTS} identity_theft account_takeover"):
            return "malicious_external"
        mistake = source.among(f"{keys.MISTAKES} human_error outage technical_fault device_loss loss misconfiguration")
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
        trusted = source.said.get("trusted_recipient") or named is Recipients.TRUSTED
        return Recipients.TRUSTED if trusted and source.said.get("deletion_confirmed") else Recipients.FEW
    return named


def _likely_recipients(source: _Source, *, malicious: bool | None) -> Recipients | None:
    likely = (
        (Recipients.TRUSTED, bool(source.said.get("trusted_recipient"))),
        (Recipients.PUBLIC, source.among("publication published")),
        (Recipients.FEW, source.among("insider") or source.said.get("intent") == "malicious_internal"),
        (Recipients.STRANGERS, source.among(keys.ATTACKS) or bool(source.said.get("exfiltration"))),
        (Recipients.FEW, source.among(keys.MISTAKES)),
        (Recipients.EXPOSED, source.among(f"{keys.THEFTS} {keys.LOSSES}")),
        (Recipients.STRANGERS, bool(malicious)),
    )
    return next((who for who, holds in likely if holds), None)


def _hours(source: _Source, data: tuple[Kind, ...] | None, points: Mapping[str, int]) -> Span:
    def otherwise() -> Span | None:
        backup = source.said.get("backup")
        if backup is False:
            return Span.exactly(math.inf)
        highest = points.get("dpc") or max((kind.dpc for kind in data or ()), default=_SENSITIVE)
        return Span.exactly(0) if backup and highest < _SENSITIVE else None

    happened = source.said.get("integrity") is not False or source.said.get("availability") is not False
    return (source.either("restored_hours", otherwise) if happened else source.said.get("restored_hours")) or ANY


def _impersonation(source: _Source, *, malicious: bool | None) -> bool | None:
    deceived = source.among("social_engineering") and bool(malicious and source.said.get("integrity"))
    entered = source.among("credential_stuffing identity_theft account_takeover")
    return source.either("account_takeover", lambda: entered or deceived)


def _serious(source: _Source) -> bool | None:
    said: tuple[bool, ...] | None = source.either("consequences", lambda: (False,))
    return None if said is None else any(said)


def _in_words(value: object) -> str:
    """Return what was taken for granted as the keys would say it."""
    if isinstance(value, Span):
        return "never" if math.isinf(value.low) else "in time"
    if isinstance(value, (str, bool, tuple)):
        return {True: "yes", False: "no", (False,): "none"}.get(value, str(value))
    tables: tuple[Mapping[str, Any], ...] = (keys.ENCRYPTED, keys.RECIPIENTS, keys.IDENTIFIABILITY)
    meanings = [(word, meaning) for table in tables for word, meaning in table.items()]
    return next(word for word, meaning in meanings if type(meaning) is type(value) and meaning == value)
