"""The dated duty rows: `policies.json` as values the rules understand."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from incidentdesk.law.reading import LawError, Row, rows
from incidentdesk.rules.deadline import Period, Policy, Unit

NAME = "policies.json"
_NEEDED = (
    "id",
    "version",
    "regime",
    "binds",
    "base",
    "period",
    "recipient",
    "effective_from",
    "effective_to",
    "enabled",
    "source",
)
_SPANS = ("cap", "company_promise", "contract_default", "extension", "second", "variant")
_NO_NUMBER = frozenset({"without_undue_delay", "on_request", "at_once"})


def read_policies(text: str) -> tuple[Policy, ...]:
    """Return the rows of `text` in their order; LawError when one is wrong or two of one duty are valid at once."""
    policies = tuple(_policy(row) for row in rows(text, name=NAME, key="policies"))
    _check_overlaps(policies)
    return policies


def _policy(row: Row) -> Policy:
    row.check_keys(_NEEDED, (*_SPANS, "note"))
    for key in ("binds", "base", "recipient"):
        row.text(key)
    for key in _SPANS:
        if key in row.values:
            _span(row.part(key), allowed=("base",))
    policy = Policy(
        id=row.text("id"),
        version=row.text("version"),
        regime=row.text("regime"),
        period=_span(row.part("period")),
        effective_from=row.day_or_none("effective_from"),
        effective_to=row.day_or_none("effective_to"),
        enabled=row.truth("enabled"),
        source=row.text("source"),
    )
    _check_validity(row, policy)
    return policy


def _check_validity(row: Row, policy: Policy) -> None:
    if policy.effective_from is None:
        if policy.enabled:
            raise row.wrong("a row without effective_from cannot be enabled")
        return
    if policy.effective_to is not None and policy.effective_to < policy.effective_from:
        raise row.wrong("effective_to is before effective_from")


def _span(row: Row, allowed: Sequence[str] = ()) -> Period | None:
    row.check_keys(("value", "unit"), allowed)
    value, unit = row.values["value"], row.text("unit")
    if unit in _NO_NUMBER:
        if value is not None:
            raise row.wrong(f"value must be null for {unit}")
        return None
    if unit not in set(Unit):
        raise row.wrong(f"unit {unit} unknown")
    if type(value) is not int or value <= 0:
        raise row.wrong("value must be a whole number above 0")
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
