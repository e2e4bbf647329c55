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


def filed(text: str, **more: str) -> Reading[forms.Filed]:
    form = typed("filed", text, **({"authority_reference": "AP-1"} | more))
    return forms.filing(form, WINDOW, zone=AMSTERDAM, now=NOW)


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
    assert filed("23 11 2026 10 00", reason_for_delay=long).errors == {"reason_for_delay": "text_long"}
    assert forms.decision({"decision": ["risk_unlikely"], "reasoning": [long]}).errors == {"reasoning": "text_long"}
    assert forms.reopening({"new_facts": [long]}).errors == {"new_facts": "text_long"}


@pytest.mark.parametrize("year", ["1", "26", "206", "1926", "1999", "2200", "9999"])
def test_a_year_that_nobody_can_mean_is_asked_for_again(year: str) -> None:
    assert filed(f"23 11 {year} 10 00").errors == {"filed": "year_unlikely"}
    assert filed("1 1 2000 00 00").errors == {"filed": "before_awareness"}
    assert filed("31 12 2199 23 59").errors == {"filed": "future"}
