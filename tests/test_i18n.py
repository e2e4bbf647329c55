"""Languages, moments and spans as people read them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from incidentdesk import i18n, law
from incidentdesk.web.pages import TEMPLATES, environment

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


CITED = {
    "GDPR Art. 33(1)": "AVG, art. 33, lid 1",
    "NIS2 Art. 23(4)(a)": "NIS2, art. 23, lid 4, onder a",
    "GDPR Art. 34": "AVG, art. 34",
    "Art. 7(d)": "art. 7, onder d",
    "GDPR Art. 33(1) as proposed": "AVG, art. 33, lid 1 (zoals voorgesteld)",
    "NIS2 Art. 23(1) and (2)": "NIS2, art. 23, lid 1 en lid 2",
    "eIDAS Arts 19a, 24(2)(fb)": "eIDAS, art. 19a, art. 24, lid 2, onder fb",
    "GDPR Art. 4(12), 33(3)(a)": "AVG, art. 4, onder 12, art. 33, lid 3, onder a",
    "Regulation (EU) 2016/679, Arts 33(2) and 28(3)(f)": (
        "Verordening (EU) 2016/679, art. 33, lid 2, en art. 28, lid 3, onder f"
    ),
    "Directive (EU) 2022/2555, Art. 23(4)(d) and (e); in the Netherlands through the Cyberbeveiligingswet": (
        "Richtlijn (EU) 2022/2555, art. 23, lid 4, onder d en onder e; in Nederland via de Cyberbeveiligingswet"
    ),
    "Regulation (EU) No 611/2013, Art. 2; Directive 2002/58/EC, Art. 4": (
        "Verordening (EU) nr. 611/2013, art. 2; Richtlijn 2002/58/EG, art. 4"
    ),
}


@pytest.mark.parametrize("reference, dutch", CITED.items())
def test_a_place_in_the_law_is_written_as_its_readers_write_it(reference: str, dutch: str) -> None:
    assert (i18n.cited(reference, "nl"), i18n.cited(reference, "en")) == (dutch, reference)


def test_no_place_in_our_files_of_law_stays_english() -> None:
    cited = {text for row in law.policies() for text in (row.regime, row.source)}
    now = datetime(2026, 11, 26, tzinfo=UTC)
    cited |= {one.article for one in getattr(law.significance(now), "thresholds", ())}
    cited |= {f"GDPR Art. {field.gdpr}" for field in law.edition_at(now).fields if field.gdpr}
    assert len(cited) > 60
    english = re.compile(
        r"Arts?\b|\((\d{1,2}|[a-z]{1,2})\)|GDPR|Regulation\b|Directive\b|\band\b|\bthe\b|Proposal|as proposed|amended"
    )
    british = "Privacy and Electronic Communications Regulations 2003, reg. 5A, "
    left = {text: english.search(i18n.cited(text, "nl").removeprefix(british)) for text in cited}
    assert {text for text, found in left.items() if found and "(Use and Access) Act" not in text} == set()


def test_a_template_is_compiled_once_and_says_it_in_each_language() -> None:
    words: list[Any] = [environment(one).get_template("breach/_people_words.html").module for one in ("en", "nl", "en")]
    assert [one.articles["tell"] for one in words] == ["GDPR Art. 34(1)", "AVG, art. 34, lid 1", "GDPR Art. 34(1)"]


def test_no_template_writes_a_place_in_the_law_by_hand() -> None:
    for path in TEMPLATES.rglob("*.*"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert len(re.findall(r"\bArt\. ?\d|Art\. %", line)) == len(
                re.findall(r"'GDPR Art\. \d[^']*'\|cited", line)
            ), line
