"""A rota: every moment has one shift, hand-overs keep their local time, and whoever is away is passed over."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentdesk.rules.rota import (
    Absence,
    Every,
    Override,
    Pattern,
    Rota,
    Watch,
    absence,
    handover,
    last_handover_day,
    on_duty,
    shift_at,
    turn_at,
    watches,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
A, B, C = (UUID(int=number) for number in (1, 2, 3))
AMSTERDAM, NEW_YORK, LORD_HOWE = (ZoneInfo(n) for n in ("Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe"))
# With a change at midnight, at quarters of an hour, of half an hour, and of a whole day.
ZONES = [AMSTERDAM, NEW_YORK, LORD_HOWE, *map(ZoneInfo, ("Asia/Beirut", "Asia/Kathmandu", "Pacific/Apia", "UTC"))]

SOME = settings(max_examples=settings().max_examples // 5)
BASE = datetime(2008, 1, 1, tzinfo=UTC)

zones = st.sampled_from(ZONES)
moments = st.integers(0, 24 * 365 * 24 * 60).map(lambda minutes: BASE + timedelta(minutes=minutes))
times = st.integers(0, 24 * 60 - 1).map(lambda minutes: time(*divmod(minutes, 60)))
days = st.integers(0, 20 * 365).map(lambda number: date(2010, 1, 1) + number * DAY)
patterns = st.builds(Pattern, st.sampled_from(Every), times, zones, days)
spans = st.tuples(moments, st.integers(1, 40 * 24).map(lambda hours: hours * HOUR))
people = st.lists(st.sampled_from([A, B, C]), max_size=4).map(tuple)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@st.composite
def rotas(draw: st.DrawFn) -> Rota:
    seats = [A, B, C, UUID(int=4)]
    some = st.lists(st.tuples(st.sampled_from(seats), spans), max_size=3)
    overrides = tuple(Override(who, start, start + span) for who, (start, span) in draw(some))
    absences = tuple(Absence(who, start, start + span) for who, (start, span) in draw(some))
    return Rota(draw(patterns), draw(people), draw(st.integers(0, 5)), overrides, absences)


@given(patterns, moments)
def test_every_moment_has_exactly_one_shift(pattern: Pattern, now: datetime) -> None:
    number = shift_at(pattern, now)
    assert handover(pattern, number) <= now < handover(pattern, number + 1)


@given(patterns, st.integers(-400, 400))
def test_a_handover_is_at_its_local_time_wherever_that_exists(pattern: Pattern, number: int) -> None:
    moment = handover(pattern, number).astimezone(pattern.zone)
    wall = moment.replace(tzinfo=None, fold=0)
    meant = datetime.combine(pattern.anchor + number * DAY * (7 if pattern.every is Every.WEEK else 1), pattern.at)
    exists = meant.replace(tzinfo=pattern.zone).astimezone(UTC).astimezone(pattern.zone).replace(tzinfo=None) == meant
    assert (wall == meant, moment.fold) == (exists, 0)


@given(patterns, st.integers(-400, 400))
def test_shifts_follow_each_other_and_never_turn_back(pattern: Pattern, number: int) -> None:
    assert handover(pattern, number) <= handover(pattern, number + 1)


@SOME
@given(rotas(), spans, st.floats(0, 1))
def test_watches_cover_time_without_gap_or_overlap_and_each_holds_for_all_its_moments(
    rota: Rota, span: tuple[datetime, timedelta], part: float
) -> None:
    start, end = span[0], span[0] + span[1]
    found = watches(rota, start, end)
    assert (found[0].start, found[-1].end) == (start, end)
    assert all(before.end == after.start for before, after in pairwise(found))
    for watch in found:
        inside = min(watch.start + (watch.end - watch.start) * part, watch.end - timedelta.resolution)
        assert watch.start <= inside < watch.end
        assert watch.person == on_duty(rota, inside)


@SOME
@given(rotas(), moments)
def test_somebody_is_on_duty_as_long_as_one_person_of_the_order_is_not_away(rota: Rota, now: datetime) -> None:
    away = {one.person for one in rota.absences if one.start <= now < one.end}
    person = on_duty(rota, now)
    assert person not in away
    assert (person is not None) or set(rota.people) <= away


@given(st.sampled_from(Every), times, zones, st.integers(0, 6), moments)
def test_a_new_anchor_starts_the_shift_that_runs_now(
    every: Every, at_: time, zone: ZoneInfo, weekday: int, now: datetime
) -> None:
    draft = Pattern(every, at_, zone, date(2020, 1, 1))
    anchor = last_handover_day(draft, weekday, now)
    assert shift_at(Pattern(every, at_, zone, anchor), now) in {0, 1}
    assert handover(Pattern(every, at_, zone, anchor), 0) <= now
    assert every is Every.DAY or anchor.weekday() == weekday


NINE, DAILY = time(9), Every.DAY


@pytest.mark.parametrize(
    "zone, around, moments_utc",
    [
        (AMSTERDAM, date(2027, 3, 28), ["03-27T08:00", "03-28T07:00", "03-29T07:00"]),
        (AMSTERDAM, date(2027, 10, 31), ["10-30T07:00", "10-31T08:00", "11-01T08:00"]),
        (NEW_YORK, date(2027, 3, 14), ["03-13T14:00", "03-14T13:00", "03-15T13:00"]),
        (NEW_YORK, date(2027, 11, 7), ["11-06T13:00", "11-07T14:00", "11-08T14:00"]),
        (LORD_HOWE, date(2027, 10, 3), ["10-01T22:30", "10-02T22:00", "10-03T22:00"]),
        (LORD_HOWE, date(2027, 4, 4), ["04-02T22:00", "04-03T22:30", "04-04T22:30"]),
        (AMSTERDAM, date(2028, 2, 29), ["02-28T08:00", "02-29T08:00", "03-01T08:00"]),
    ],
)
def test_nine_in_the_morning_stays_nine_in_the_morning(zone: ZoneInfo, around: date, moments_utc: list[str]) -> None:
    pattern = Pattern(DAILY, NINE, zone, around)
    assert [f"{handover(pattern, number):%m-%dT%H:%M}" for number in (-1, 0, 1)] == moments_utc


def test_a_week_over_the_change_is_an_hour_shorter_or_longer() -> None:
    pattern = Pattern(Every.WEEK, NINE, AMSTERDAM, date(2027, 3, 22))
    assert handover(pattern, 1) - handover(pattern, 0) == 7 * DAY - HOUR
    autumn = Pattern(Every.WEEK, NINE, AMSTERDAM, date(2027, 10, 25))
    assert handover(autumn, 1) - handover(autumn, 0) == 7 * DAY + HOUR


def test_a_handover_that_the_clocks_skip_comes_as_long_after_the_change_as_it_would_have() -> None:
    pattern = Pattern(DAILY, time(2, 30), AMSTERDAM, date(2027, 3, 28))
    assert handover(pattern, 0) == at("2027-03-28T03:30+02:00")


def test_a_handover_that_happens_twice_is_the_first_one() -> None:
    pattern = Pattern(DAILY, time(2, 30), AMSTERDAM, date(2027, 10, 31))
    assert handover(pattern, 0) == at("2027-10-31T02:30+02:00")
    rota = Rota(pattern, (A, B))
    assert [on_duty(rota, at(f"2027-10-31T02:{minute}")) for minute in ("29+02:00", "30+02:00", "29+01:00")] == [
        B,
        A,
        A,
    ]


def test_a_day_that_a_zone_skips_has_a_shift_without_length() -> None:
    pattern = Pattern(DAILY, NINE, ZoneInfo("Pacific/Apia"), date(2011, 12, 30))
    assert handover(pattern, 0) == handover(pattern, 1) == at("2011-12-31T09:00+14:00")
    assert shift_at(pattern, handover(pattern, 0)) == 1


def test_where_the_evening_comes_back_after_midnight_the_new_shift_stays() -> None:
    # Newfoundland changed its clocks at one minute past midnight.
    pattern = Pattern(DAILY, time(0, 0), ZoneInfo("America/St_Johns"), date(2006, 10, 28))
    assert [shift_at(pattern, at(moment)) for moment in ("2006-10-29T02:29Z", "2006-10-29T02:40Z")] == [0, 1]


def test_the_order_goes_on_over_the_end_of_the_year() -> None:
    rota = Rota(Pattern(Every.WEEK, NINE, AMSTERDAM, date(2026, 12, 21)), (A, B, C))
    found = watches(rota, at("2026-12-21T09:00+01:00"), at("2027-01-18T09:00+01:00"))
    assert [watch.person for watch in found] == [A, B, C, A]
    assert [f"{watch.start.astimezone(AMSTERDAM):%y-%m-%d %H:%M}" for watch in found][1:3] == [
        "26-12-28 09:00",
        "27-01-04 09:00",
    ]


WEEKS = Rota(Pattern(Every.WEEK, NINE, AMSTERDAM, date(2026, 11, 23)), (A, B, C))
MONDAY = at("2026-11-23T09:00+01:00")


def test_the_first_person_need_not_be_the_first_in_order() -> None:
    rota = Rota(WEEKS.pattern, WEEKS.people, first=2)
    assert [turn_at(rota, MONDAY + number * 7 * DAY) for number in range(-1, 3)] == [1, 2, 0, 1]
    assert [on_duty(rota, MONDAY), on_duty(rota, MONDAY + 7 * DAY)] == [C, A]


def test_an_override_counts_from_its_start_until_just_before_its_end() -> None:
    rota = Rota(WEEKS.pattern, WEEKS.people, overrides=(Override(C, MONDAY + DAY, MONDAY + 2 * DAY),))
    found = watches(rota, MONDAY, MONDAY + 7 * DAY)
    assert [(watch.person, watch.turn) for watch in found] == [(A, A), (C, A), (A, A)]
    assert (found[1].start, found[1].end) == (MONDAY + DAY, MONDAY + 2 * DAY)


def test_of_two_overrides_the_last_one_counts() -> None:
    twice = (Override(B, MONDAY, MONDAY + 2 * DAY), Override(C, MONDAY + DAY, MONDAY + 3 * DAY))
    rota = Rota(WEEKS.pattern, WEEKS.people, overrides=twice)
    assert [on_duty(rota, MONDAY + number * DAY) for number in range(4)] == [B, C, C, A]


def test_whoever_is_away_is_passed_over_in_the_order_and_as_an_override() -> None:
    away = (Absence(A, MONDAY, MONDAY + DAY), Absence(B, MONDAY, MONDAY + HOUR))
    rota = Rota(WEEKS.pattern, WEEKS.people, absences=away)
    assert [on_duty(rota, MONDAY + span) for span in (0 * HOUR, HOUR, DAY)] == [C, B, A]
    instead = Rota(WEEKS.pattern, WEEKS.people, overrides=(Override(B, MONDAY, MONDAY + DAY),), absences=away)
    assert [on_duty(instead, MONDAY), on_duty(instead, MONDAY + HOUR)] == [C, B]


def test_nobody_is_on_duty_when_all_are_away_unfit_or_there_is_nobody() -> None:
    away = tuple(Absence(one, MONDAY, MONDAY + DAY) for one in (A, B))
    rota = Rota(WEEKS.pattern, WEEKS.people, absences=away)
    assert on_duty(rota, MONDAY) == C
    assert on_duty(rota, MONDAY, unfit={C}) is None
    empty = Rota(WEEKS.pattern, ())
    assert watches(empty, MONDAY, MONDAY + 30 * DAY) == [Watch(MONDAY, MONDAY + 30 * DAY, None, None)]


@pytest.mark.parametrize(
    "zone, first, last, start, end",
    [
        # Three days at the other end of the world, in the person's own days.
        ("Pacific/Auckland", "2026-12-24", "2026-12-26", "2026-12-23T11:00", "2026-12-26T11:00"),
        ("America/New_York", "2026-12-24", "2026-12-24", "2026-12-24T05:00", "2026-12-25T05:00"),
        # The day the clocks change has 23 hours; in Beirut its midnight is skipped.
        ("Europe/Amsterdam", "2027-03-28", "2027-03-28", "2027-03-27T23:00", "2027-03-28T22:00"),
        ("Asia/Beirut", "2027-03-28", "2027-03-28", "2027-03-27T22:00", "2027-03-28T21:00"),
    ],
)
def test_somebody_is_away_for_whole_days_of_their_own(zone: str, first: str, last: str, start: str, end: str) -> None:
    found = absence(A, date.fromisoformat(first), date.fromisoformat(last), ZoneInfo(zone))
    assert found == Absence(A, at(f"{start}+00:00"), at(f"{end}+00:00"))


def test_a_rota_of_another_zone_hands_over_by_its_own_clock() -> None:
    tokyo = Rota(Pattern(DAILY, NINE, ZoneInfo("Asia/Tokyo"), date(2026, 11, 23)), (A, B))
    assert [on_duty(tokyo, at(f"2026-11-23T0{hour}:00+00:00") - HOUR) for hour in (0, 1, 2)] == [B, A, A]
