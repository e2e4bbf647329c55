"""Who the supervisory authority is, what makes an incident significant, and how wrong files of both are refused."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from incidentdesk import law
from incidentdesk.law.authority_rows import Channel, read_authorities
from incidentdesk.law.reading import LawError
from incidentdesk.law.significance_rows import read_significance

AUTUMN = datetime(2026, 11, 24, 12, tzinfo=UTC)
ONE: dict[str, Any] = {
    "code": "NL",
    "place": "Here",
    "name": "The authority",
    "site": "example.org",
    "form_languages": ["nl"],
}
AROUND: dict[str, Any] = {"about": "x", "source": "x", "effective_from": "2026-01-01", "effective_to": None}
SAYS = {"en": "much", "nl": "veel"}
ROW: dict[str, Any] = {
    "version": "1",
    "source": "Journal",
    "effective_from": "2024-11-07",
    "effective_to": None,
    "thresholds": [{"id": "money", "article": "Art. 3", "says": SAYS, "for": "all"}],
}


def authorities_with(**changes: object) -> str:
    return json.dumps({**AROUND, "authorities": [{**ONE, **changes}]})


def test_a_company_established_in_the_netherlands_has_its_authority_which_takes_a_web_form_only() -> None:
    found = law.authority_of("NL")
    assert found is not None
    assert (found.site, found.channel, found.form_languages) == (
        "autoriteitpersoonsgegevens.nl",
        Channel.WEB_FORM,
        ("nl",),
    )


def test_every_state_of_the_economic_area_and_every_german_land_has_one() -> None:
    codes = {one.code for one in law.authorities()}
    area = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IS IE IT LV LI LT LU MT NL NO PL PT RO SK SI ES SE"
    assert set(area.split()) <= codes
    assert sum(code.startswith("DE-") for code in codes) == 17
    assert law.authority_of("outside") is None


@pytest.mark.parametrize(
    "established_in,national,leads,in_area",
    [
        ("NL", True, True, True),
        ("DE-BY-PUBLIC", True, True, True),
        ("NO", True, True, True),
        ("DE-XX", False, False, True),
        ("GB", True, False, False),
        ("CH", True, False, False),
        ("US", False, False, False),
        ("outside", False, False, False),
    ],
)
def test_nobody_leads_for_a_company_outside_the_economic_area(
    established_in: str, *, national: bool, leads: bool, in_area: bool
) -> None:
    assert (law.authority_of(established_in) is not None) == national
    assert (law.lead_authority_of(established_in) is not None) == leads
    assert law.is_in_area(established_in) == in_area


@pytest.mark.parametrize(
    "changes,why",
    [
        ({"code": "Netherlands"}, "code must be such as NL or DE-BE"),
        ({"site": "https://example.org"}, "site must be a host such as example.org"),
        ({"in_area": "no"}, "in_area must be true or false"),
        ({"form_languages": "nl"}, "form_languages must be a list of codes"),
        ({"form_languages": ["Dutch"]}, "form_languages must be a list of codes"),
        ({"channel": "pigeon"}, "channel must be one of web_form, unknown"),
        ({"note": "by mail"}, "note must be an object"),
        ({"nam": 1}, "nam unknown"),
    ],
)
def test_a_wrong_authority_is_refused_by_name(changes: dict[str, object], why: str) -> None:
    with pytest.raises(LawError) as refused:
        read_authorities(authorities_with(**changes))
    assert why in str(refused.value)


def test_two_authorities_of_one_place_or_without_a_source_are_refused() -> None:
    with pytest.raises(LawError, match="NL there twice"):
        read_authorities(json.dumps({**AROUND, "authorities": [ONE, ONE]}))
    with pytest.raises(LawError, match="source missing"):
        read_authorities(json.dumps({"about": "x", "authorities": [ONE]}))


def test_thresholds_are_those_of_the_day() -> None:
    found = law.significance(AUTUMN)
    assert found is not None
    assert {"cloud_down", "cloud_malicious", "money", "recurring"} <= {one.id for one in found.thresholds}
    assert law.significance(datetime(2024, 11, 6, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    "changes,why",
    [
        ({"thresholds": []}, "thresholds must be a list that says something"),
        ({"thresholds": [{**ROW["thresholds"][0], "for": "me"}]}, "for must be one of all, cloud, data_centre"),
        ({"thresholds": ROW["thresholds"] * 2}, "two thresholds share an id"),
        ({"thresholds": [{"id": "money"}]}, "row 1, threshold 1 (money): article, for, says missing"),
        ({"effective_from": None}, "effective_from must be a day"),
    ],
)
def test_a_wrong_threshold_is_refused_by_name(changes: dict[str, object], why: str) -> None:
    with pytest.raises(LawError) as refused:
        read_significance(json.dumps({"significance": [{**ROW, **changes}]}))
    assert why in str(refused.value)
