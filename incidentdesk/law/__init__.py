"""The law as data: dated files beside this module, checked when they are first read."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from incidentdesk.law import (
    assessment_rows,
    authority_rows,
    calendar_rows,
    enisa_rows,
    holiday_rows,
    inquiry_rows,
    notification_rows,
    policy_rows,
    promise_rows,
    reach_rows,
    register_rows,
    significance_rows,
)
from incidentdesk.law.assessment_rows import NamedKind
from incidentdesk.law.authority_rows import Authority
from incidentdesk.law.calendar_rows import CalendarManners
from incidentdesk.law.notification_rows import Words
from incidentdesk.law.policy_rows import Wording
from incidentdesk.law.promise_rows import Promises
from incidentdesk.law.reading import LawError, Said, file_text
from incidentdesk.law.significance_rows import Significance
from incidentdesk.rules.awareness import InquiryLimits
from incidentdesk.rules.deadline import Policy
from incidentdesk.rules.enisa import Method
from incidentdesk.rules.facts import Measures
from incidentdesk.rules.notification import Edition

__all__ = [
    "FILES",
    "Authority",
    "CalendarManners",
    "LawError",
    "NamedKind",
    "Promises",
    "Said",
    "Significance",
    "Wording",
    "Words",
    "authorities",
    "authority_of",
    "calendar_manners",
    "check",
    "country_of",
    "duty_name",
    "edition",
    "edition_at",
    "enisa",
    "file_names",
    "holidays",
    "inquiry_limits",
    "is_in_area",
    "kinds",
    "lead_authority_of",
    "measures",
    "policies",
    "promises",
    "proof_lasts",
    "read_file",
    "register_kept_years",
    "significance",
    "wording_of",
    "words_of",
]

# Every file, and what reads it; `incidentdesk law check` goes through the same list.
FILES: Mapping[str, Callable[[str], tuple[object, ...]]] = {
    policy_rows.NAME: policy_rows.read_policies,
    authority_rows.NAME: authority_rows.read_authorities,
    significance_rows.NAME: significance_rows.read_significance,
    holiday_rows.NAME: holiday_rows.read_holidays,
    promise_rows.NAME: promise_rows.read_promises,
    reach_rows.NAME: reach_rows.read_reach,
    notification_rows.NAME: notification_rows.read_editions,
    inquiry_rows.NAME: inquiry_rows.read_inquiry,
    calendar_rows.NAME: calendar_rows.read_manners,
    enisa_rows.NAME: enisa_rows.read_methods,
    assessment_rows.NAME: assessment_rows.read_assessment,
    register_rows.NAME: register_rows.read_keeping,
}


@cache
def policies() -> tuple[Policy, ...]:
    """Return every dated duty row, the ones that are switched off too; ask `rules.deadline.policy_in_force`."""
    return policy_rows.read_policies(file_text(policy_rows.NAME))


def wording_of(policy_id: str, version: str) -> Wording | None:
    """Return what people read of a row, None when no such row is there any more."""
    return _wordings().get((policy_id, version))


def duty_name(policy_id: str, language: str) -> str | None:
    """Return what a duty is called, None when no row is about it."""
    found = next((words for (known, _), words in _wordings().items() if known == policy_id), None)
    return found.name.to(language) if found else None


@cache
def authorities() -> tuple[Authority, ...]:
    """Return every supervisory authority."""
    return authority_rows.read_authorities(file_text(authority_rows.NAME))


def authority_of(established_in: str) -> Authority | None:
    """Return the authority of the country or Land a company is established in, None when none is kept for it."""
    return next((one for one in authorities() if one.code == established_in), None)


def lead_authority_of(established_in: str) -> Authority | None:
    """Return the authority that leads under the GDPR; none for who is established outside the area (Arts 3(2), 55, 56)."""
    found = authority_of(established_in)
    return found if found is not None and found.in_area else None


def is_in_area(established_in: str) -> bool:
    """Say whether a company is established in the European Economic Area."""
    return lead_authority_of(established_in.partition("-")[0]) is not None


def significance(at: datetime) -> Significance | None:
    """Return what made an incident significant under NIS2 at `at`."""
    return significance_rows.significance_at(_all_significance(), at)


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


def edition_at(at: datetime) -> Edition:
    """Return the fields of a breach notification as the forms ask them at `at`."""
    return notification_rows.edition_at(_editions(), at)


def edition(version: str) -> Edition:
    """Return the fields a draft was written under."""
    return notification_rows.named(_editions(), version)


def inquiry_limits(at: datetime) -> InquiryLimits:
    """Return how long an inquiry that begins at `at` may take before the desk warns and alarms."""
    return inquiry_rows.limits_at(_all_inquiry(), at)


@cache
def enisa() -> Method:
    """Return the tables of the severity score."""
    return enisa_rows.read_methods(file_text(enisa_rows.NAME))[-1]


@cache
def kinds() -> tuple[NamedKind, ...]:
    """Return the kinds of data that people name, the most ordinary first."""
    return assessment_rows.read_kinds(file_text(assessment_rows.NAME))


def measures(at: datetime) -> Measures:
    """Return the figures that a proposal made at `at` is held against."""
    return assessment_rows.measures_at(_all_measures(), at)


def calendar_manners(at: datetime) -> CalendarManners:
    """Return how a deadline stands in people's calendars at `at`."""
    return calendar_rows.manners_at(_all_calendar_manners(), at)


def register_kept_years(at: datetime) -> int:
    """Return for how many years an entry of the register that is closed at `at` is kept."""
    return register_rows.keeping_at(_all_keeping(), at).kept_years


def words_of(version: str) -> Words:
    """Return what people read of an edition."""
    return _words()[version]


def check() -> None:
    """Read every file now, so that a wrong one stops the start and not the first report."""
    for name in FILES:
        read_file(name)


def file_names(folder: Path | None = None) -> list[str]:
    """Return which files there are to read: all of ours, or those that lie in `folder` by a name we know."""
    return [name for name in FILES if folder is None or (folder / name).is_file()]


def read_file(name: str, folder: Path | None = None) -> int:
    """Read one file, ours or the one of that name in `folder`, and return how many rows it has; LawError when it is wrong."""
    if folder is None:
        return len(FILES[name](file_text(name)))
    try:
        text = (folder / name).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise LawError(f"{name}: not UTF-8 text") from error
    return len(FILES[name](text))


@cache
def _wordings() -> dict[tuple[str, str], Wording]:
    return policy_rows.read_wordings(file_text(policy_rows.NAME))


@cache
def _all_significance() -> tuple[Significance, ...]:
    return significance_rows.read_significance(file_text(significance_rows.NAME))


@cache
def _countries() -> tuple[holiday_rows.Holidays, ...]:
    return holiday_rows.read_holidays(file_text(holiday_rows.NAME))


@cache
def _all_promises() -> tuple[Promises, ...]:
    return promise_rows.read_promises(file_text(promise_rows.NAME))


@cache
def _all_reach() -> tuple[reach_rows.Reach, ...]:
    return reach_rows.read_reach(file_text(reach_rows.NAME))


@cache
def _editions() -> tuple[Edition, ...]:
    return notification_rows.read_editions(file_text(notification_rows.NAME))


@cache
def _all_inquiry() -> tuple[inquiry_rows.DatedLimits, ...]:
    return inquiry_rows.read_inquiry(file_text(inquiry_rows.NAME))


@cache
def _all_measures() -> tuple[assessment_rows.DatedMeasures, ...]:
    return assessment_rows.read_measures(file_text(assessment_rows.NAME))


@cache
def _all_calendar_manners() -> tuple[CalendarManners, ...]:
    return calendar_rows.read_manners(file_text(calendar_rows.NAME))


@cache
def _all_keeping() -> tuple[register_rows.Keeping, ...]:
    return register_rows.read_keeping(file_text(register_rows.NAME))


@cache
def _words() -> dict[str, Words]:
    return notification_rows.read_words(file_text(notification_rows.NAME))
