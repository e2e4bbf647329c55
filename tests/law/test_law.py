"""The law that travels with the desk, and how a wrong file is refused."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from incidentdesk import i18n, law
from incidentdesk.law import assessment_rows, enisa_rows
from incidentdesk.law.holiday_rows import read_holidays
from incidentdesk.law.policy_rows import read_policies
from incidentdesk.law.promise_rows import promises_at, read_promises
from incidentdesk.law.reading import LawError, file_text
from incidentdesk.rules.deadline import Period, Unit, policy_in_force
from incidentdesk.rules.next_step import Duty

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
AUTUMN = datetime(2026, 11, 24, 12, tzinfo=UTC)
POLICY: dict[str, Any] = {
    "id": "duty",
    "name": {"en": "Duty", "nl": "Plicht"},
    "version": "1",
    "regime": "Law",
    "binds": {"en": "controller", "nl": "verwerkingsverantwoordelijke"},
    "applies_to": "controller",
    "trigger": {"en": "breach", "nl": "inbreuk"},
    "base": "aware_at",
    "period": {"value": 72, "unit": "hour"},
    "recipient": {"en": "authority", "nl": "toezichthouder"},
    "ends": "filed",
    "content": [{"en": "what", "nl": "wat"}],
    "effective_from": "2018-05-25",
    "effective_to": None,
    "enabled": True,
    "source": "Journal",
}
HOURS = {"1": 1, "2": 2, "3": 3, "4": 4.5}
PROMISE: dict[str, Any] = {
    "version": "1",
    "effective_from": "2020-01-01",
    "effective_to": "2020-12-31",
    "source": "House",
    "hours": {"first_look": HOURS, "first_answer": HOURS, "decision": HOURS},
}
COUNTRY: dict[str, Any] = {
    "country": "NL",
    "zones": ["Europe/Amsterdam"],
    "source": "Act",
    "effective_from": "2026-01-01",
    "effective_to": "2026-12-31",
    "days": [{"date": "2026-12-25", "name": "Christmas Day"}],
}


def policies_with(**changes: object) -> str:
    return json.dumps({"policies": [{**POLICY, **changes}]})


def promises_with(**changes: object) -> str:
    return json.dumps({"promises": [{**PROMISE, **changes}]})


def countries_with(**changes: object) -> str:
    return json.dumps({"countries": [{**COUNTRY, **changes}]})


def test_every_file_is_sound() -> None:
    law.check()
    assert len(law.policies()) == 28
    assert all(policy.source for policy in law.policies())


def test_the_authority_is_told_within_72_hours_of_today() -> None:
    policy = policy_in_force(law.policies(), Duty.AUTHORITY, AUTUMN, AMSTERDAM)
    assert policy is not None
    assert policy.period == Period(72, Unit.HOUR)


def test_the_proposal_is_present_and_never_in_force() -> None:
    (proposed,) = [policy for policy in law.policies() if policy.effective_from is None]
    assert (proposed.id, proposed.period, proposed.enabled) == ("gdpr_33_1_sa_omnibus", Period(96, Unit.HOUR), False)
    assert policy_in_force(law.policies(), proposed.id, AUTUMN, AMSTERDAM) is None


def test_a_duty_without_a_number_has_no_period() -> None:
    without = {policy.id for policy in law.policies() if policy.period is None}
    assert without == {
        "gdpr_33_2_processor",
        "gdpr_34_subjects",
        "gdpr_33_5_register",
        "nis2_intermediate",
        "nis2_recipients",
    }


def test_dutch_holidays_follow_easter_and_the_king() -> None:
    days = law.holidays("NL")
    for year, (month, day), kings_day in [
        (2018, (4, 1), 27),
        (2025, (4, 20), 26),
        (2026, (4, 5), 27),
        (2035, (3, 25), 27),
    ]:
        easter = date(year, month, day)
        assert {easter + timedelta(days=after) for after in (-2, 0, 1, 39, 49, 50)} <= days
        assert {
            date(year, 1, 1),
            date(year, 4, kings_day),
            date(year, 5, 5),
            date(year, 12, 25),
            date(year, 12, 26),
        } <= days
    assert len(days) == 18 * 11


def test_holidays_are_kept_for_the_countries_on_file_only() -> None:
    assert law.country_of("Europe/Amsterdam") == "NL"
    assert law.country_of("Asia/Tokyo") is None
    assert law.holidays("JP") == frozenset()


@pytest.mark.parametrize(
    "duty,hours", [("first_look", (0.5, 2, 8, 24)), ("first_answer", (4, 24, 48, 72)), ("decision", (4, 24, 48, 72))]
)
def test_promises_by_severity(duty: str, hours: tuple[float, ...]) -> None:
    promised = law.promises(AUTUMN)
    assert tuple(promised.hours(duty, severity) for severity in (1, 2, 3, 4)) == hours


def test_the_newest_promise_counts_and_a_day_without_one_is_an_error() -> None:
    text = json.dumps(
        {"promises": [PROMISE, {**PROMISE, "version": "2", "effective_from": "2020-06-01", "effective_to": None}]}
    )
    known = read_promises(text)
    assert promises_at(known, datetime(2020, 5, 31, tzinfo=UTC)).version == "1"
    assert promises_at(known, datetime(2020, 6, 1, tzinfo=UTC)).version == "2"
    with pytest.raises(LawError, match="no row is valid on 2019-12-31"):
        promises_at(known, datetime(2019, 12, 31, tzinfo=UTC))


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"policies": []}', '{"policies": {}}', '{"policies": [1]}'])
def test_a_file_that_is_no_list_of_rows_is_refused(text: str) -> None:
    with pytest.raises(LawError, match=r"^policies\.json"):
        read_policies(text)


@pytest.mark.parametrize(
    "changes,why",
    [
        ({"period": {"value": 0, "unit": "hour"}}, "row 1 (duty), period: value must be a whole number above 0"),
        ({"period": {"value": 1.5, "unit": "hour"}}, "value must be a whole number above 0"),
        ({"period": {"value": True, "unit": "hour"}}, "value must be a whole number above 0"),
        ({"period": {"value": 1, "unit": "week"}}, "unit week unknown"),
        ({"period": {"value": 1, "unit": "at_once"}}, "value must be null for at_once"),
        ({"period": {"value": 1}}, "unit missing"),
        ({"period": 72}, "period must be an object"),
        ({"period": {"value": 1, "unit": "hour", "moved_until": "12:00"}}, "moved_until has no place beside hours"),
        ({"period": {"value": 1, "unit": "day", "moved_until": 12}}, "moved_until must be a time such as 12:00"),
        ({"period": {"value": 1, "unit": "day", "moved_until": "12:00Z"}}, "moved_until must be a time such as 12:00"),
        ({"cap": {"value": None, "unit": "hour"}}, "row 1 (duty), cap: value must be a whole number above 0"),
        ({"perid": 1}, "row 1 (duty): perid unknown"),
        ({"source": " "}, "source must be a text"),
        ({"base": 4}, "base must be a text"),
        ({"recipient": "authority"}, "recipient must be an object"),
        ({"recipient": {"en": "authority"}}, "row 1 (duty), recipient: nl missing"),
        ({"content": []}, "content must be a list that says something"),
        ({"content": [{"en": "what", "nl": " "}]}, "row 1 (duty), content 1: nl must be a text"),
        ({"applies_to": "everybody"}, "applies_to must be one of controller, processor"),
        ({"ends": "forgotten"}, "ends must be one of filed, told"),
        ({"follows": "nothing"}, "follows nothing, which no row is about"),
        ({"follows": "duty"}, "follows duty, which does not stand above it"),
        ({"runs_unmet": True}, "runs_unmet has no place where nothing is followed"),
        ({"runs_unmet": "yes"}, "runs_unmet must be true or false"),
        ({"target": {"value": 1, "unit": "hour"}}, "the law names a number: target and contract_default have no place"),
        ({"period": {"value": None, "unit": "at_once"}}, "either target or contract_default is needed"),
        ({"enabled": "yes"}, "enabled must be true or false"),
        ({"effective_from": "25 May 2018"}, "effective_from must be a day such as"),
        ({"effective_from": 2018}, "effective_from must be a day such as"),
        ({"effective_from": None}, "a row without effective_from cannot be enabled"),
        ({"effective_to": "2018-05-24"}, "effective_to is before effective_from"),
    ],
)
def test_a_wrong_policy_is_refused_by_name(changes: dict[str, object], why: str) -> None:
    with pytest.raises(LawError) as refused:
        read_policies(policies_with(**changes))
    assert why in str(refused.value)


def test_a_missing_key_is_named() -> None:
    with pytest.raises(LawError, match=r"row 1: id, source missing"):
        read_policies(json.dumps({"policies": [{key: POLICY[key] for key in POLICY if key not in {"id", "source"}}]}))


def test_two_rows_of_a_duty_may_follow_but_never_overlap() -> None:
    later = {**POLICY, "version": "2", "effective_from": "2027-01-01"}
    ended = {**POLICY, "effective_to": "2026-12-31"}
    assert (
        len(read_policies(json.dumps({"policies": [later, ended, {**later, "version": "3", "enabled": False}]}))) == 3
    )
    with pytest.raises(LawError, match="version 2 is there twice"):
        read_policies(json.dumps({"policies": [later, {**later, "enabled": False}]}))
    with pytest.raises(LawError, match="duty has two rows valid at once, 1 and 2"):
        read_policies(json.dumps({"policies": [later, POLICY]}))


@pytest.mark.parametrize(
    "changes,why",
    [
        ({"hours": {"first_look": HOURS}}, "row 1, hours: decision, first_answer missing"),
        (
            {"hours": {**PROMISE["hours"], "decision": {**HOURS, "4": 0}}},
            "hours, decision: severity 4 needs hours above 0",
        ),
        ({"hours": {**PROMISE["hours"], "decision": {**HOURS, "4": "1"}}}, "severity 4 needs hours above 0"),
        ({"hours": {**PROMISE["hours"], "decision": {**HOURS, "5": 1}}}, "5 unknown"),
    ],
)
def test_a_wrong_promise_is_refused_by_name(changes: dict[str, object], why: str) -> None:
    with pytest.raises(LawError) as refused:
        read_promises(promises_with(**changes))
    assert why in str(refused.value)


@pytest.mark.parametrize(
    "changes,why",
    [
        ({"zones": "Europe/Amsterdam"}, "zones must be a list"),
        ({"days": [{"date": "2027-01-01", "name": "New Year"}]}, "day 1: 2027-01-01 lies outside the validity"),
        ({"days": ["2026-01-01"]}, "row 1, day 1: must be an object"),
        ({"days": [{"date": "2026-01-01"}]}, "name missing"),
    ],
)
def test_wrong_holidays_are_refused_by_name(changes: dict[str, object], why: str) -> None:
    with pytest.raises(LawError) as refused:
        read_holidays(countries_with(**changes))
    assert why in str(refused.value)


def test_every_sentence_of_the_tables_is_in_every_language() -> None:
    assert all(one.name.keys() == set(i18n.LANGUAGES) for one in law.kinds())
    method = law.enisa()
    assert {one.id: one.dpc for one in method.categories} == {
        "simple": 1,
        "behavioural": 2,
        "financial": 3,
        "sensitive": 4,
    }
    assert {one.category for one in law.kinds()} == {one.id for one in method.categories}


@pytest.mark.parametrize(
    "change,why",
    [
        ({"people_over": 0}, "people_over must be a whole number from 1"),
        ({"bands": [{"id": "low", "below": 8, "meaning": {"en": "a", "nl": "b"}}]}, "bands must rise"),
        ({"circumstances": {}}, "missing"),
        ({"categories": []}, "categories must be a list"),
        ({"effective_from": "long ago"}, "must be a day"),
        ({"formula": "x"}, "formula unknown"),
    ],
)
def test_wrong_tables_are_refused(change: dict[str, Any], why: str) -> None:
    content = json.loads(file_text(enisa_rows.NAME))
    content["method"][0] |= change
    with pytest.raises(LawError, match=why):
        enisa_rows.read_methods(json.dumps(content))


def test_a_sentence_without_its_translation_is_refused() -> None:
    content = json.loads(file_text(enisa_rows.NAME))
    del content["method"][0]["identifiers"][0]["scale"]["1"]["nl"]
    with pytest.raises(LawError, match=r"identifiers 1 \(full_name\), scale, 1: nl missing"):
        enisa_rows.read_methods(json.dumps(content))


@pytest.mark.parametrize(
    "part,change,why",
    [
        ("kinds", {"dpc": 5}, "dpc must lie from 1 to 4"),
        ("kinds", {"words": "one two"}, "words must be a list"),
        ("kinds", {"credential": 1}, "credential must be true or false"),
        ("kinds", {"id": "health"}, "health said of two kinds"),
        ("measures", {"prompt_hours": 0.5}, "prompt_hours must be a whole number"),
        ("measures", {"guess": 1}, "guess unknown"),
    ],
)
def test_wrong_figures_and_kinds_are_refused(part: str, change: dict[str, Any], why: str) -> None:
    content = json.loads(file_text(assessment_rows.NAME))
    content[part][0] |= change
    read = {"kinds": assessment_rows.read_kinds, "measures": assessment_rows.read_measures}[part]
    with pytest.raises(LawError, match=why):
        read(json.dumps(content))


def test_no_figures_before_the_regulation() -> None:
    with pytest.raises(LawError, match="no figures are valid"):
        law.measures(datetime(2018, 5, 24, tzinfo=UTC))
