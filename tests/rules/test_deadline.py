"""The clock: worked deadlines, calendar periods, local times, and what holds for every moment in every zone."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentdesk import law
from incidentdesk.rules.deadline import (
    Ambiguous,
    Exact,
    Missing,
    Period,
    Policy,
    Unit,
    deadline,
    disputed_two_working_days,
    lateness,
    latest_arguable,
    local_moment,
    policy_in_force,
    seconds_late,
)
from tests.rules.vectors import VECTORS, Vector
from tests.thorough import THOROUGH

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DUTY = Period(72, Unit.HOUR)

zones = st.sampled_from(
    ["UTC", "Europe/Amsterdam", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"]
).map(ZoneInfo)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
spans = st.timedeltas(timedelta(days=-400), timedelta(days=400))


def iso(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).isoformat()


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_worked_deadlines(vector: Vector) -> None:
    zone, aware, due, latest, disputed, due_96 = vector
    start, place = datetime.fromisoformat(aware), ZoneInfo(zone)
    off = law.holidays(law.country_of(zone) or "")
    assert iso(deadline(start, DUTY, zone=place), zone) == due
    assert iso(latest_arguable(start, DUTY, zone=place), zone) == latest
    assert iso(disputed_two_working_days(start, DUTY, zone=place, holidays=off), zone) == disputed
    assert iso(deadline(start, Period(96, Unit.HOUR), zone=place), zone) == due_96


CALENDAR = [
    ("2026-11-02T09:00", 7, Unit.DAY, "2026-11-09"),
    ("2026-11-02T00:00", 14, Unit.DAY, "2026-11-16"),
    ("2026-11-06T23:59", 1, Unit.DAY, "2026-11-09"),  # Saturday rolls to Monday
    ("2026-04-01T09:00", 2, Unit.DAY, "2026-04-07"),  # Good Friday rolls over Easter
    ("2026-01-31T09:00", 1, Unit.MONTH, "2026-03-02"),  # the 28th is a Saturday
    ("2028-01-31T09:00", 1, Unit.MONTH, "2028-02-29"),
    ("2028-02-29T09:00", 3, Unit.MONTH, "2028-05-29"),
    ("2026-11-30T09:00", 3, Unit.MONTH, "2027-03-01"),
    ("2026-12-01T09:00", 1, Unit.MONTH, "2027-01-04"),  # New Year's Day is a Friday
    ("2026-03-02T09:00", 1, Unit.MONTH, "2026-04-02"),
]


@pytest.mark.parametrize("start,value,unit,last_day", CALENDAR)
def test_days_and_months_end_with_a_working_day(start: str, value: int, unit: Unit, last_day: str) -> None:
    begun, period = datetime.fromisoformat(start).replace(tzinfo=AMSTERDAM), Period(value, unit)
    off = law.holidays("NL")
    due = deadline(begun, period, zone=AMSTERDAM, holidays=off)
    assert due.astimezone(AMSTERDAM).replace(tzinfo=None).isoformat() == f"{last_day}T23:59:59"
    assert due.tzinfo is UTC
    assert latest_arguable(begun, period, zone=AMSTERDAM, holidays=off) == due
    assert disputed_two_working_days(begun, period, zone=AMSTERDAM, holidays=off) == due


def test_a_day_without_midnight_ends_where_the_clocks_change() -> None:
    beirut = ZoneInfo("Asia/Beirut")
    due = deadline(datetime(2021, 3, 26, 9, tzinfo=beirut), Period(1, Unit.DAY), zone=beirut)
    assert iso(due, "Asia/Beirut") == "2021-03-29T23:59:59+03:00"
    havana = ZoneInfo("America/Havana")  # midnight happens twice on 1 November 2026; the first ends the Saturday
    off = {date(2026, 11, day) for day in range(1, 9)}
    assert iso(
        deadline(datetime(2026, 11, 1, 9, tzinfo=havana), Period(1, Unit.DAY), zone=havana, holidays=off), havana.key
    ) == ("2026-11-09T23:59:59-05:00")


def test_a_period_under_two_days_is_never_prolonged() -> None:
    friday = datetime(2026, 11, 27, 16, 30, tzinfo=AMSTERDAM)
    day = Period(24, Unit.HOUR)
    assert iso(disputed_two_working_days(friday, day, zone=AMSTERDAM), AMSTERDAM.key) == "2026-11-28T17:00:00+01:00"
    two_days = Period(48, Unit.HOUR)
    assert (
        iso(disputed_two_working_days(friday, two_days, zone=AMSTERDAM), AMSTERDAM.key) == "2026-12-01T17:00:00+01:00"
    )


@pytest.mark.parametrize("unit", Unit)
def test_a_naive_moment_is_refused(unit: Unit) -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(ValueError, match="without a zone"):
        deadline(naive, Period(1, unit), zone=AMSTERDAM)
    with pytest.raises(ValueError, match="without a zone"):
        latest_arguable(naive, Period(1, unit), zone=AMSTERDAM)


@given(moments, st.integers(1, 1000), zones)
def test_hours_are_elapsed_hours_in_any_zone(start: datetime, hours: int, zone: ZoneInfo) -> None:
    local = start.astimezone(zone)
    assert deadline(local, Period(hours, Unit.HOUR), zone=zone) - start == hours * HOUR


@given(moments, zones)
def test_the_strict_deadline_is_never_after_the_arguable_ones(start: datetime, zone: ZoneInfo) -> None:
    off = law.holidays("NL")
    strict = deadline(start, DUTY, zone=zone)
    latest = latest_arguable(start, DUTY, zone=zone)
    disputed = disputed_two_working_days(start, DUTY, zone=zone, holidays=off)
    assert strict < latest <= strict + HOUR
    assert latest <= disputed


@given(moments, st.integers(1, 400), st.sampled_from([Unit.DAY, Unit.MONTH]), zones)
def test_a_calendar_period_ends_on_a_working_day_and_never_early(
    start: datetime, value: int, unit: Unit, zone: ZoneInfo
) -> None:
    due = deadline(start, Period(min(value, 24), unit), zone=zone).astimezone(zone)
    assert due.weekday() < 5
    assert due - start >= timedelta(days=min(value, 24)) - 26 * HOUR


@pytest.mark.parametrize(
    "local,zone,expected",
    [
        ("2026-04-02T17:30", "Europe/Amsterdam", Exact(datetime(2026, 4, 2, 15, 30, tzinfo=UTC))),
        ("2026-03-29T01:59:59", "Europe/Amsterdam", Exact(datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC))),
        ("2026-03-29T02:00", "Europe/Amsterdam", Missing()),
        ("2026-03-29T02:59:59", "Europe/Amsterdam", Missing()),
        ("2026-03-29T03:00", "Europe/Amsterdam", Exact(datetime(2026, 3, 29, 1, tzinfo=UTC))),
        (
            "2026-10-25T02:30",
            "Europe/Amsterdam",
            Ambiguous(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ),
        ("2026-10-25T03:00", "Europe/Amsterdam", Exact(datetime(2026, 10, 25, 2, tzinfo=UTC))),
        ("2011-12-30T12:00", "Pacific/Apia", Missing()),  # a whole day was left out
    ],
)
def test_a_local_time_names_one_moment_two_or_none(local: str, zone: str, expected: object) -> None:
    naive = datetime.fromisoformat(local)
    assert local_moment(naive, ZoneInfo(zone)) == expected
    assert local_moment(naive.replace(fold=1), ZoneInfo(zone)) == expected


def test_a_local_time_carries_no_offset() -> None:
    with pytest.raises(ValueError, match="must not carry"):
        local_moment(NOON, AMSTERDAM)


@given(moments, zones)
def test_every_real_moment_is_found_again(moment: datetime, zone: ZoneInfo) -> None:
    found = local_moment(moment.astimezone(zone).replace(tzinfo=None), zone)
    assert found == Exact(moment) or (isinstance(found, Ambiguous) and moment in {found.first, found.second})


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1), -HOUR])
def test_lateness_is_never_negative(late: timedelta) -> None:
    assert lateness(NOON, NOON + late) == max(late, timedelta(0))
    assert seconds_late(NOON, NOON + late) == max(late, timedelta(0)).total_seconds()


def test_part_of_a_second_too_late_is_too_late() -> None:
    assert seconds_late(NOON, NOON + timedelta(microseconds=1)) == 1
    assert seconds_late(NOON, NOON - timedelta(microseconds=1)) == 0


def row(version: str, begins: date | None, ends: date | None = None, *, enabled: bool = True) -> Policy:
    return Policy("duty", version, "Law", DUTY, begins, ends, enabled, "Source")


ROWS = (
    row("old", date(2018, 5, 25), date(2026, 12, 31)),
    row("off", date(2018, 5, 25), enabled=False),
    row("new", date(2026, 11, 1)),
    row("proposed", None),
)


@pytest.mark.parametrize(
    "at,version",
    [
        ("2018-05-24T21:59:59", None),
        ("2018-05-24T22:00:00", "old"),  # the 25th has begun in Amsterdam
        ("2026-10-31T22:59:59", "old"),
        ("2026-10-31T23:00:00", "new"),
        ("2099-01-01T00:00:00", "new"),
    ],
)
def test_the_row_in_force_is_the_newest_valid_on_the_local_day(at: str, version: str | None) -> None:
    found = policy_in_force(ROWS, "duty", datetime.fromisoformat(at).replace(tzinfo=UTC), AMSTERDAM)
    assert (found.version if found else None) == version


def test_a_row_ends_after_its_last_day_and_only_its_own_duty_counts() -> None:
    after = datetime(2027, 1, 1, tzinfo=AMSTERDAM)
    assert policy_in_force(ROWS[:2], "duty", after, AMSTERDAM) is None
    assert policy_in_force(ROWS[:2], "duty", after - HOUR, AMSTERDAM) is ROWS[0]
    assert policy_in_force(ROWS, "other", after, AMSTERDAM) is None


def counted(start: datetime, hours: int) -> datetime:
    """Count seconds since 1970, which know no zone and no change of the clocks."""
    return datetime.fromtimestamp(round(start.timestamp()) + hours * 3600, UTC)


def next_full_hour(start: datetime, zone: ZoneInfo) -> datetime:
    """Walk minute by minute to where a clock on the wall shows a full hour."""
    at = start + timedelta(seconds=60 - start.second)
    while at.astimezone(zone).minute:
        at += timedelta(minutes=1)
    return at


def prolonged(start: datetime, zone: ZoneInfo, off: frozenset[date]) -> datetime:
    """Walk in quarters of an hour until 48 hours of them lay on working days."""
    at, worked = start, timedelta(0)
    while worked < timedelta(hours=48):
        day = at.astimezone(zone).date()
        worked += timedelta(minutes=15) if day.weekday() < 5 and day not in off else timedelta(0)
        at += timedelta(minutes=15)
    return max(at, counted(start, 72))


def test_deadlines_agree_with_another_way_to_count_them_anywhere_and_at_any_time() -> None:
    chance = random.Random(1182)  # noqa: S311 - repeatable on purpose
    names, off = sorted(available_timezones()), law.holidays("NL")
    for _ in range(10_000 if THOROUGH else 300):
        start = datetime.fromtimestamp(chance.randrange(1_000_000_000, 3_000_000_000), UTC)
        zone = ZoneInfo(chance.choice(names))
        full = next_full_hour(start, zone)
        assert deadline(start, DUTY, zone=zone) == counted(start, 72), (start, zone)
        assert latest_arguable(start, DUTY, zone=zone) == counted(full, 72), (start, zone)
        if chance.random() < 0.1:
            assert disputed_two_working_days(start, DUTY, zone=zone, holidays=off) == prolonged(full, zone, off)


def last_second(day: date, zone: ZoneInfo) -> int:
    """Halve six days of seconds until the last one is found at which a clock on the wall shows no later day."""
    before = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) - 3 * 86_400
    after = before + 6 * 86_400
    while after - before > 1:
        half = (before + after) // 2
        before, after = (before, half) if datetime.fromtimestamp(half, zone).date() > day else (half, after)
    return before


def walked(day: date, value: int, unit: Unit, off: frozenset[date]) -> date:
    """Walk day by day, or month by month, and from there to the next day on which people work."""
    last = day + timedelta(days=value)
    if unit is Unit.MONTH:
        month = day.replace(day=1)
        for _ in range(value):
            month = (month + timedelta(days=31)).replace(day=1)
        inside = [month + timedelta(days=number) for number in range(day.day)]
        last = max(one for one in inside if one.month == month.month)
    while last.isoweekday() > 5 or last in off:
        last += timedelta(days=1)
    return last


PERIODS = [
    (1, Unit.MONTH),
    (2, Unit.MONTH),
    (3, Unit.MONTH),
    (1, Unit.DAY),
    (7, Unit.DAY),
    (14, Unit.DAY),
    (15, Unit.DAY),
]


def test_days_and_months_agree_with_another_way_to_count_them_anywhere_and_at_any_time() -> None:
    chance = random.Random(3)  # noqa: S311 - repeatable on purpose
    names, from_2024, to_2035 = sorted(available_timezones()), 1_704_067_200, 2_082_758_400
    for number in range(10_000 if THOROUGH else 200):
        zone, off = ZoneInfo(chance.choice(names)), law.holidays("NL") if number % 2 else frozenset[date]()
        begun = chance.randrange(from_2024, to_2035)
        if number % 5 == 0:
            # The last second of a day is still that day.
            begun = last_second(datetime.fromtimestamp(begun, zone).date(), zone)
        start = datetime.fromtimestamp(begun, UTC)
        for value, unit in PERIODS:
            last = walked(start.astimezone(zone).date(), value, unit, off)
            due = deadline(start, Period(value, unit), zone=zone, holidays=off)
            assert due.timestamp() == last_second(last, zone), (start, zone, value, unit)
