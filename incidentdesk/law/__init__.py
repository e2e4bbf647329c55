"""The law as data: dated files beside this module, checked when they are first read."""

from datetime import date, datetime, timedelta
from functools import cache

from incidentdesk.law import holiday_rows, policy_rows, promise_rows, reach_rows
from incidentdesk.law.promise_rows import Promises
from incidentdesk.law.reading import LawError, file_text
from incidentdesk.rules.deadline import Policy

__all__ = ["LawError", "Promises", "check", "country_of", "holidays", "policies", "promises", "proof_lasts"]


@cache
def policies() -> tuple[Policy, ...]:
    """Return every dated duty row, the ones that are switched off too; ask `rules.deadline.policy_in_force`."""
    return policy_rows.read_policies(file_text(policy_rows.NAME))


def holidays(country: str) -> frozenset[date]:
    """Return the public holidays of a country (ISO 3166 code), none when no list is kept for it."""
    return next((known.days for known in _countries() if known.country == country), frozenset())


def country_of(zone: str) -> str | None:
    """Return the country whose holidays count in an IANA zone, None when no list is kept for it."""
    return next((known.country for known in _countries() if zone in known.zones), None)


def promises(at: datetime) -> Promises:
    """Return what the desk promises a report that arrives at `at`."""
    return promise_rows.promises_at(_all_promises(), at)


def proof_lasts(at: datetime) -> timedelta:
    """Return how long it counts at `at` that a person once showed to read the mail that goes to their address."""
    return reach_rows.reach_at(_all_reach(), at).proof_lasts


def check() -> None:
    """Read every file now, so that a wrong one stops the start and not the first report."""
    policies()
    _countries()
    _all_promises()
    _all_reach()


@cache
def _countries() -> tuple[holiday_rows.Holidays, ...]:
    return holiday_rows.read_holidays(file_text(holiday_rows.NAME))


@cache
def _all_promises() -> tuple[Promises, ...]:
    return promise_rows.read_promises(file_text(promise_rows.NAME))


@cache
def _all_reach() -> tuple[reach_rows.Reach, ...]:
    return reach_rows.read_reach(file_text(reach_rows.NAME))
