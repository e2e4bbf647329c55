"""When a duty is due, and whether it is late.

Hour periods are elapsed hours in UTC and are never rolled or rounded up (Art. 33(1) GDPR, read strictly). Day and
month periods follow Regulation (EEC, Euratom) No 1182/71, here "1182/71". Every moment must be aware; a naive one
is a programming error and raises ValueError.
"""

import calendar
import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_TWO_DAYS: Final = timedelta(days=2)
_NO_TIME: Final = timedelta(0)
_SATURDAY: Final = 5


class Unit(StrEnum):
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True)
class Period:
    """A number of hours, days or months.

    `moved_until` is the local time up to which a last day counts that was moved off a weekend or holiday; None: all of it.
    """

    value: int
    unit: Unit
    moved_until: time | None = None


class Regime(StrEnum):
    """As what a company may be bound; the installation says as which it is."""

    CONTROLLER = "controller"
    PROCESSOR = "processor"
    NIS2 = "nis2"
    UK_CONTROLLER = "uk_controller"
    UK_TELECOM = "uk_telecom"
    EU_TELECOM = "eu_telecom"
    TRUST_SERVICES = "trust_services"
    MANUFACTURER = "manufacturer"
    CRITICAL = "critical"
    FINANCIAL = "financial"
    AI_PROVIDER = "ai_provider"
    EMPLOYER = "employer"


class Ends(StrEnum):
    """How a duty is met: something is handed in and recorded, or somebody was told."""

    FILED = "filed"
    TOLD = "told"


@dataclass(frozen=True)
class Stretch:
    """A further period of a row, and the moment it runs from; None where that goes without saying."""

    period: Period
    base: str | None = None


@dataclass(frozen=True)
class Policy:
    """A dated row of law. `period` is None where the law names no number ("without undue delay").

    Both dates are local days and belong to the validity; no `effective_from` means it was never adopted. `target` is what
    the desk aims at where the law names no number, `contract` what holds between processor and controller when they
    agreed on nothing else. `event` is the moment of the incident it runs from, None when no incident starts it; `follows` the
    duty whose filing is that moment; with `runs_unmet` it runs from the end of that one when nothing was filed by then.
    """

    id: str
    version: str
    regime: str
    period: Period | None
    effective_from: date | None
    effective_to: date | None
    enabled: bool
    source: str
    applies_to: Regime = Regime.CONTROLLER
    event: str | None = "aware_at"
    follows: str | None = None
    runs_unmet: bool = False
    ends: Ends = Ends.FILED
    target: Period | None = None
    contract: Period | None = None
    cap: Stretch | None = None
    second: Stretch | None = None
    variant: Period | None = None


@dataclass(frozen=True)
class Exact:
    """The local time names one instant (UTC)."""

    instant: datetime


@dataclass(frozen=True)
class Ambiguous:
    """The local time happens twice, in the hour the clocks go back; both instants in UTC, in order."""

    first: datetime
    second: datetime


@dataclass(frozen=True)
class Missing:
    """The local time does not exist: the clocks went forward over it."""


def policy_in_force(policies: Iterable[Policy], policy_id: str, at: datetime, zone: ZoneInfo) -> Policy | None:
    """Return the row of `policy_id` valid on the local day of `at`, the newest if several are, or None.

    A row that is switched off or has no first day is not law and never in force.
    """
    day = _aware(at).astimezone(zone).date()
    valid = [policy for policy in policies if policy.id == policy_id and _is_valid(policy, day)]
    return max(valid, key=lambda policy: policy.effective_from or date.min, default=None)


def deadline(start: datetime, period: Period, *, zone: ZoneInfo, holidays: Collection[date] = frozenset()) -> datetime:
    """Return the moment in UTC up to and including which the duty is met in time.

    Days and months: the day of `start` does not count (1182/71 Art. 3(1)); the end is the last second of the last
    day, for months the same date or else the last day of the month (Art. 3(2)(c)), moved off weekends and
    `holidays` (Art. 3(4)), there only up to `moved_until` where the period says so. `zone` and `holidays` play no part in
    hour periods.
    """
    if period.unit is Unit.HOUR:
        return _aware(start).astimezone(UTC) + period.value * _HOUR
    day = _aware(start).astimezone(zone).date()
    last = day + period.value * _DAY if period.unit is Unit.DAY else _months_later(day, period.value)
    if not _is_working_day(last, holidays):
        while not _is_working_day(last, holidays):
            last += _DAY
        if period.moved_until is not None:
            return datetime.combine(last, period.moved_until, zone).astimezone(UTC)
    return _first_moment(last + _DAY, zone) - timedelta(seconds=1)


def latest_arguable(
    aware: datetime, period: Period, *, zone: ZoneInfo, holidays: Collection[date] = frozenset()
) -> datetime:
    """Return the latest end one could argue for (UTC): the hour of `aware` not counted, 1182/71 Art. 3(1), 3(2)(a).

    For the file only, never a target. Day and month periods already follow 1182/71, so theirs is the deadline itself.
    """
    if period.unit is not Unit.HOUR:
        return deadline(aware, period, zone=zone, holidays=holidays)
    return deadline(_next_full_hour(aware, zone), period, zone=zone)


def disputed_two_working_days(
    aware: datetime, period: Period, *, zone: ZoneInfo, holidays: Collection[date] = frozenset()
) -> datetime:
    """Return `latest_arguable` prolonged until 48 hours lie on working days (UTC): 1182/71 Art. 3(5) read onto hours.

    Disputed, off by default, never a target. Art. 3(5) speaks of periods of two days or more: a shorter one, and one
    in days or months, is returned unchanged.
    """
    latest = latest_arguable(aware, period, zone=zone, holidays=holidays)
    if period.unit is not Unit.HOUR or period.value * _HOUR < _TWO_DAYS:
        return latest
    start, missing = _next_full_hour(aware, zone), _TWO_DAYS
    while True:
        day = start.astimezone(zone).date()
        end = _first_moment(day + _DAY, zone)
        working = end - start if _is_working_day(day, holidays) else _NO_TIME
        if working >= missing:
            return max(latest, start + missing)
        start, missing = end, missing - working


def local_moment(naive: datetime, zone: ZoneInfo) -> Exact | Ambiguous | Missing:
    """Return which instant a local time without offset names in `zone`: one, two (autumn) or none (spring)."""
    if naive.tzinfo is not None:
        raise ValueError("the local time must not carry an offset")
    wall = naive.replace(fold=0)
    readings = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    real = sorted(reading for reading in readings if reading.astimezone(zone).replace(tzinfo=None) == wall)
    if not real:
        return Missing()
    return Exact(real[0]) if len(real) == 1 else Ambiguous(real[0], real[1])


def lateness(deadline_at: datetime, ended_at_or_now: datetime) -> timedelta:
    """Return by how much the deadline was missed; zero when it was met, the deadline itself included."""
    return max(ended_at_or_now - deadline_at, _NO_TIME)


def seconds_late(deadline_at: datetime, ended_at: datetime) -> int:
    """Return the lateness in whole seconds, rounded up: whoever missed it by less than a second missed it."""
    return math.ceil(lateness(deadline_at, ended_at) / timedelta(seconds=1))


def _aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("a moment without a zone cannot start or date a clock")
    return moment


def _is_valid(policy: Policy, day: date) -> bool:
    if not policy.enabled or policy.effective_from is None:
        return False
    return policy.effective_from <= day <= (policy.effective_to or date.max)


def _next_full_hour(moment: datetime, zone: ZoneInfo) -> datetime:
    # Minutes are taken off the instant, not off the wall clock: the hour may be one that happens twice.
    local = _aware(moment).astimezone(zone)
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return moment.astimezone(UTC) - past + _HOUR


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _is_working_day(day: date, holidays: Collection[date]) -> bool:
    return day.weekday() < _SATURDAY and day not in holidays


def _first_moment(day: date, zone: ZoneInfo) -> datetime:
    # Where midnight itself is skipped, the offset before the change names the very instant of the change.
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
