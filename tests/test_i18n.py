"""Languages, moments and spans as people read them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from incidentdesk import i18n

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
# 02:30 happens twice that night; an hour lies between these two.
FIRST = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
SECOND = FIRST + timedelta(hours=1)


@pytest.mark.parametrize(
    "wanted, accept, expected",
    [
        ("nl", "en", "nl"),
        ("xx", "nl", "nl"),
        (None, "nl-BE,nl;q=0.9,en;q=0.8", "nl"),
        (None, "fr-FR, EN;q=0.5", "en"),
        (None, "fr", "nl"),
        (None, "", "nl"),
        ("", ",;;,", "nl"),
        (None, "fr," * 100_000 + "en", "nl"),
    ],
)
def test_the_language_is_the_chosen_one_else_the_browsers_else_the_desks(
    wanted: str | None, accept: str, expected: str
) -> None:
    assert i18n.negotiate(wanted, accept, "nl") == expected


def test_a_desk_in_a_language_we_lack_speaks_english() -> None:
    assert i18n.negotiate(None, "", "xx") == "en"


@pytest.mark.parametrize(
    "value, expected",
    [
        (timedelta(0), "0 m"),
        (timedelta(minutes=59, seconds=59), "59 m"),
        (timedelta(minutes=60), "1 h 0 m"),
        (timedelta(hours=23, minutes=59, seconds=59), "23 h 59 m"),
        (timedelta(hours=24), "1 d 0 h"),
        (timedelta(days=2, hours=14, minutes=59), "2 d 14 h"),
        (timedelta(seconds=-1), "0 m"),
    ],
)
def test_a_span_has_two_units_at_most_and_never_rounds_up(value: timedelta, expected: str) -> None:
    assert i18n.span(value, "en") == expected


def test_a_span_in_dutch_says_the_same_numbers() -> None:
    words = i18n.span(timedelta(days=2, hours=14), "nl")
    assert [word for word in words.split() if word.isdigit()] == ["2", "14"]


@pytest.mark.parametrize(
    "value, language, expected",
    [
        (FIRST, "en", "Sun 25 Oct 2026 02:30 CEST"),
        (SECOND, "en", "Sun 25 Oct 2026 02:30 CET"),
        (FIRST, "nl", "zo 25 okt 2026 02:30 CEST"),
        (SECOND, "nl", "zo 25 okt 2026 02:30 CET"),
    ],
)
def test_the_two_autumn_hours_are_told_apart_by_their_letters(value: datetime, language: str, expected: str) -> None:
    assert i18n.moment(value, AMSTERDAM, language) == expected


def test_a_short_moment_keeps_its_zone() -> None:
    assert i18n.short_moment(FIRST, AMSTERDAM, "en", now=SECOND) == "Sun 02:30 CEST"
    assert i18n.short_moment(SECOND, AMSTERDAM, "nl", now=FIRST) == "zo 02:30 CET"


@pytest.mark.parametrize(
    "now, language, expected",
    [
        ("2026-10-31T22:59:59", "en", "Sun 02:30 CET"),
        ("2026-10-31T23:00:00", "en", "Sun 25 Oct 02:30 CET"),
        ("2026-10-18T22:00:00", "en", "Sun 02:30 CET"),
        ("2026-10-18T21:59:59", "nl", "zo 25 okt 02:30 CET"),
        ("2027-01-01T12:00:00", "nl", "zo 25 okt 2026 02:30 CET"),
    ],
)
def test_a_short_moment_says_its_date_where_the_weekday_is_not_enough(now: str, language: str, expected: str) -> None:
    """Whose days count is the reader's: midnight in Amsterdam parts the first two, and the next two."""
    today = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert i18n.short_moment(SECOND, AMSTERDAM, language, now=today) == expected


def test_a_new_year_within_the_week_needs_no_date() -> None:
    new_year = datetime(2027, 1, 1, 12, tzinfo=UTC)
    assert i18n.short_moment(new_year, AMSTERDAM, "en", now=new_year - timedelta(days=2)) == "Fri 13:00 CET"


@pytest.mark.parametrize(
    "zone, expected", [("America/Sao_Paulo", "UTC-03"), ("Asia/Kathmandu", "UTC+0545"), ("UTC", "UTC")]
)
def test_a_zone_without_letters_is_named_by_its_offset(zone: str, expected: str) -> None:
    assert i18n.moment(FIRST, ZoneInfo(zone), "en").endswith(f" {expected}")


def test_a_language_without_a_catalogue_keeps_the_english_words() -> None:
    assert i18n.translations("en").gettext("Sign in") == "Sign in"
