"""What people type about the clock, and which of it is refused."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from incidentdesk.breach.clock import forms
from incidentdesk.breach.moments import Reading

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
WINDOW = forms.Window(datetime(2026, 11, 20, 9, 0, 30, tzinfo=UTC), datetime(2026, 11, 23, 9, 0, 30, tzinfo=UTC))


def typed(name: str, text: str, **more: str) -> dict[str, list[str]]:
    parts = dict(zip(("day", "month", "year", "hour", "minute"), text.split(), strict=True))
    return {f"{name}_{part}": [value] for part, value in parts.items()} | {key: [value] for key, value in more.items()}


def aware(text: str, **more: str) -> Reading[forms.Aware]:
    return forms.awareness(typed("aware", text, **({"aware_reason": "She opened it"} | more)), zone=AMSTERDAM, now=NOW)


def filed(text: str, **more: str) -> Reading[forms.Filed]:
    form = typed("filed", text, **({"authority_reference": "AP-1"} | more))
    return forms.filing(form, WINDOW, zone=AMSTERDAM, now=NOW)


def test_awareness_is_local_time_with_the_row_of_law_of_that_day() -> None:
    value = aware("20 11 2026 10 05").value
    assert value is not None
    assert value.at == datetime(2026, 11, 20, 9, 5, tzinfo=UTC)
    assert (value.zone, value.reason, value.period.value) == ("Europe/Amsterdam", "She opened it", 72)


def test_a_zone_of_ones_own_counts() -> None:
    value = aware("20 11 2026 10 05", aware_zone="America/New_York").value
    assert value is not None
    assert (value.at, value.zone) == (datetime(2026, 11, 20, 15, 5, tzinfo=UTC), "America/New_York")


@pytest.mark.parametrize(
    "text, field, code",
    [
        ("20 11 2026 ten 05", "aware", "moment_unreadable"),
        ("31 11 2026 10 05", "aware", "moment_unreadable"),
        ("1 1 1 0 0", "aware", "moment_unreadable"),
        ("31 12 9999 23 59", "aware", "moment_unreadable"),
        ("20 11 20260 10 05", "aware", "moment_unreadable"),
        ("²0 11 2026 10 05", "aware", "moment_unreadable"),
        ("23 11 2026 17 01", "aware", "future"),
        ("29 3 2026 2 30", "aware", "never_existed"),
        ("25 10 2026 2 30", "aware", "happened_twice"),
        ("1 1 1999 10 00", "aware", "no_law"),
    ],
)
def test_moments_that_are_refused(text: str, field: str, code: str) -> None:
    read = aware(text)
    assert (read.value, read.errors) == (None, {field: code})


def test_the_hour_that_happens_twice_offers_both_and_takes_one() -> None:
    assert aware("25 10 2026 2 30").choices["aware"] == (
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    )
    second = aware("25 10 2026 2 30", aware_which="second").value
    assert second is not None
    assert second.at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_awareness_needs_its_reason_and_a_known_zone() -> None:
    assert aware("20 11 2026 10 05", aware_reason=" ").errors == {"aware_reason": "reason_missing"}
    assert aware("20 11 2026 10 05", aware_zone="Mars/North").errors == {"aware_zone": "zone_unknown"}
    assert aware("29 3 2026 2 30", aware_reason="").errors.keys() == {"aware", "aware_reason"}


def test_a_filing_in_time_needs_no_reasons() -> None:
    value = filed("23 11 2026 10 00").value
    assert value == forms.Filed(datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "AP-1", None)


def test_a_filing_in_the_very_minute_of_awareness_is_not_before_it() -> None:
    assert filed("20 11 2026 10 00").errors == {}
    assert filed("20 11 2026 9 59").errors == {"filed": "before_awareness"}


def test_a_late_filing_needs_its_reasons_also_before_the_latest_arguable_end() -> None:
    assert filed("23 11 2026 10 30").errors == {"reason_for_delay": "delay_missing"}
    value = filed("23 11 2026 10 30", reason_for_delay="The authority's form was down").value
    assert value is not None
    assert value.reason_for_delay == "The authority's form was down"


def test_a_further_filing_is_never_late() -> None:
    form = typed("filed", "23 11 2026 16 30", authority_reference="AP-1")
    assert forms.filing(form, forms.Window(WINDOW.started_at, None), zone=AMSTERDAM, now=NOW).errors == {}


def test_a_filing_needs_the_authoritys_reference_and_a_moment() -> None:
    assert filed("23 11 2026 10 00", authority_reference="").errors == {"authority_reference": "reference_missing"}
    assert filed("23 11 2026 10 00", authority_reference="x" * 81).errors["authority_reference"] == "reference_too_long"
    assert filed("23 11 2026 18 00").errors == {"filed": "future"}


def test_a_decision_needs_a_choice_and_its_reasoning() -> None:
    assert forms.decision({}).errors == {"decision": "decision_missing", "reasoning": "reason_missing"}
    read = forms.decision({"decision": ["risk_unlikely"], "reasoning": ["Encrypted, key safe"]})
    assert read.value == forms.Decided("risk_unlikely", "Encrypted, key safe")


def test_reopening_needs_the_new_facts() -> None:
    assert forms.reopening({}).errors == {"new_facts": "facts_missing"}
    assert forms.reopening({"new_facts": ["The key was on the desk"]}).value == forms.Decided(
        "reopened", "The key was on the desk"
    )


def test_evidence_is_refused_and_never_cut() -> None:
    long = "x" * 10_001
    assert aware("20 11 2026 10 05", aware_reason=long).errors == {"aware_reason": "text_long"}
    assert filed("23 11 2026 10 00", reason_for_delay=long).errors == {"reason_for_delay": "text_long"}
    assert forms.decision({"decision": ["risk_unlikely"], "reasoning": [long]}).errors == {"reasoning": "text_long"}
    assert forms.reopening({"new_facts": [long]}).errors == {"new_facts": "text_long"}
