"""The dated duty rows: `policies.json` as values the rules understand, and the words people read of each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from incidentdesk.law.reading import LawError, Row, Said, each, rows
from incidentdesk.rules.deadline import Ends, Period, Policy, Regime, Stretch, Unit

NAME = "policies.json"
_NEEDED = (
    "id",
    "name",
    "version",
    "regime",
    "binds",
    "applies_to",
    "trigger",
    "base",
    "period",
    "recipient",
    "ends",
    "content",
    "effective_from",
    "effective_to",
    "enabled",
    "source",
)
_SPANS = ("cap", "company_promise", "contract_default", "extension", "second", "target", "variant")
_MAY_SAY = ("threshold", "late", "phased", "calendar")
_ALLOWED = (*_SPANS, *_MAY_SAY, "exceptions", "event", "follows", "runs_unmet", "note")
_NO_NUMBER = frozenset({"without_undue_delay", "on_request", "at_once"})


@dataclass(frozen=True)
class Wording:
    """What people read of a row. `base` is the law's own event, as the file names it."""

    name: Said
    base: str
    binds: Said
    trigger: Said
    recipient: Said
    content: tuple[Said, ...]
    exceptions: tuple[Said, ...]
    threshold: Said | None
    late: Said | None
    phased: Said | None
    calendar: Said | None
    note: str


def read_policies(text: str) -> tuple[Policy, ...]:
    """Return the rows of `text` in their order; LawError when one is wrong or two of one duty are valid at once."""
    listed = list(rows(text, name=NAME, key="policies"))
    policies = each(listed, _policy)
    _check_overlaps(policies)
    _check_order(listed, policies)
    return policies


def read_wordings(text: str) -> dict[tuple[str, str], Wording]:
    """Return the words of each row by its id and version; `read_policies` has found the file sound."""
    return {(row.text("id"), row.text("version")): _wording(row) for row in rows(text, name=NAME, key="policies")}


def _policy(row: Row) -> Policy:
    row.check_keys(_NEEDED, _ALLOWED)
    _wording(row)
    policy = Policy(
        id=row.text("id"),
        version=row.text("version"),
        regime=row.text("regime"),
        period=_main_span(row.part("period")),
        effective_from=row.day_or_none("effective_from"),
        effective_to=row.day_or_none("effective_to"),
        enabled=row.truth("enabled"),
        source=row.text("source"),
        applies_to=Regime(row.choice("applies_to", Regime)),
        event=_event(row),
        follows=row.text("follows") if "follows" in row.values else None,
        runs_unmet="runs_unmet" in row.values and row.truth("runs_unmet"),
        ends=Ends(row.choice("ends", Ends)),
        target=_further(row, "target"),
        contract=_further(row, "contract_default"),
        cap=_stretch(row, "cap"),
        second=_stretch(row, "second"),
        variant=_further(row, "variant"),
    )
    for name in ("extension", "company_promise"):
        _further(row, name)
    _check_validity(row, policy)
    _check_number(row, policy)
    return policy


def _event(row: Row) -> str | None:
    """Return the moment of an incident that starts it; null says that none does."""
    if "event" in row.values and row.values["event"] is None:
        return None
    return row.text("event" if "event" in row.values else "base")


def _wording(row: Row) -> Wording:
    said = {key: row.said(key) if key in row.values else None for key in _MAY_SAY}
    return Wording(
        name=row.said("name"),
        base=row.text("base"),
        binds=row.said("binds"),
        trigger=row.said("trigger"),
        recipient=row.said("recipient"),
        content=row.all_said("content"),
        exceptions=row.all_said("exceptions") if "exceptions" in row.values else (),
        note=row.text("note") if "note" in row.values else "",
        **said,
    )


def _check_validity(row: Row, policy: Policy) -> None:
    if policy.effective_from is None:
        if policy.enabled:
            raise row.wrong("a row without effective_from cannot be enabled")
        return
    if policy.effective_to is not None and policy.effective_to < policy.effective_from:
        raise row.wrong("effective_to is before effective_from")


def _check_number(row: Row, policy: Policy) -> None:
    """See that a clock can run: the law names a number, or the desk says at what it aims."""
    aims = [aim for aim in (policy.target, policy.contract) if aim is not None]
    if policy.period is None and len(aims) != 1:
        raise row.wrong("without a number of the law either target or contract_default is needed")
    if policy.period is not None and aims:
        raise row.wrong("the law names a number: target and contract_default have no place beside it")


def _further(row: Row, key: str) -> Period | None:
    found = _stretch(row, key)
    return found.period if found else None


def _stretch(row: Row, key: str) -> Stretch | None:
    if key not in row.values:
        return None
    part = row.part(key)
    period = _span(part, allowed=("base",))
    if period is None:
        raise part.wrong("value must be a whole number above 0")
    return Stretch(period, part.text("base") if "base" in part.values else None)


def _main_span(row: Row) -> Period | None:
    """Return the row's own number, with the time of the working day until which its end counts once it was moved there."""
    period = _span(row, allowed=("moved_until",))
    if period is None or "moved_until" not in row.values:
        return period
    if period.unit is Unit.HOUR:
        raise row.wrong("moved_until has no place beside hours: they are never moved")
    return replace(period, moved_until=row.hour("moved_until"))


def _span(row: Row, allowed: Sequence[str] = ()) -> Period | None:
    row.check_keys(("value", "unit"), allowed)
    value, unit = row.values.get("value"), row.text("unit")
    if unit in _NO_NUMBER:
        return None if value is None else row.amiss(f"value must be null for {unit}", None)
    if unit not in set(Unit):
        return row.amiss(f"unit {unit} unknown", None)
    if type(value) is not int or value <= 0:
        return row.amiss("value must be a whole number above 0", None)
    return Period(value, Unit(unit))


def _check_overlaps(policies: Sequence[Policy]) -> None:
    valid = sorted(
        (policy.id, policy.effective_from, policy.effective_to or date.max, policy.version)
        for policy in policies
        if policy.enabled and policy.effective_from is not None
    )
    for (id_, _, ends, version), (next_id, begins, _, next_version) in pairwise(valid):
        if id_ == next_id and begins <= ends:
            raise LawError(f"{NAME}: {id_} has two rows valid at once, {version} and {next_version}")


def _check_order(listed: Sequence[Row], policies: Sequence[Policy]) -> None:
    """See that a duty follows one that there is, and that no version of a duty is there twice."""
    known, seen = {policy.id for policy in policies}, set[tuple[str, str]]()
    above = set[str]()
    for row, policy in zip(listed, policies, strict=True):
        if policy.follows is not None and policy.follows not in known:
            raise row.wrong(f"follows {policy.follows}, which no row is about")
        if policy.follows is not None and policy.follows not in above:
            raise row.wrong(f"follows {policy.follows}, which does not stand above it")
        if policy.runs_unmet and policy.follows is None:
            raise row.wrong("runs_unmet has no place where nothing is followed")
        if (policy.id, policy.version) in seen:
            raise row.wrong(f"version {policy.version} is there twice")
        seen.add((policy.id, policy.version))
        above.add(policy.id)
