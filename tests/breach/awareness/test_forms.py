"""What people type on the bench of awareness, and which of it is refused."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from incidentdesk.breach.awareness import forms
from incidentdesk.breach.clock.forms import Aware
from incidentdesk.breach.moments import Reading
from incidentdesk.rules.awareness import Basis, Candidate, Kind, Known

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
RECEIVED = Candidate(datetime(2026, 11, 20, 9, 5, 31, tzinfo=UTC), Basis.RECEIVED)
WROTE = Candidate(datetime(2026, 11, 21, 9, 5, 31, tzinfo=UTC), Basis.MESSAGE)
LONG_AGO = Candidate(datetime(1990, 1, 1, tzinfo=UTC), Basis.NOTICED)
KNOWN = Known((RECEIVED, WROTE))
STAMPS = forms.Fields("stamp", tuple(Kind))


def typed(name: str, text: str, **more: str) -> dict[str, list[str]]:
    parts = dict(zip(("day", "month", "year", "hour", "minute"), text.split(), strict=True))
    return {f"{name}_{part}": [value] for part, value in parts.items()} | {key: [value] for key, value in more.items()}


def read(form: dict[str, list[str]], known: Known = KNOWN) -> Reading[Aware]:
    return forms.awareness(form, known, zone=AMSTERDAM, now=NOW)


def aware(text: str, **more: str) -> Reading[Aware]:
    """Read a typed moment while something much earlier is known, so that only the moment itself is in question."""
    form = typed("aware", text, **({"aware_reason": "She opened it", "aware_pick": "other"} | more))
    return read(form, Known((LONG_AGO,)))


def picked(candidate: Candidate, known: Known = KNOWN, **more: str) -> Reading[Aware]:
    form = {"aware_pick": forms.token_of(candidate), "aware_day": "", **more}
    return read({name: [value] for name, value in form.items()}, known)


def stamped(kind: str, text: str, known: Known = KNOWN, reason: str = "The log says so") -> Reading[forms.Stamped]:
    form = typed("stamp", text, stamp_kind=kind, stamp_reason=reason)
    return forms.stamp(form, STAMPS, known, zone=AMSTERDAM, now=NOW)


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
        ("1 1 1 0 0", "aware", "year_unlikely"),
        ("31 12 9999 23 59", "aware", "year_unlikely"),
        ("20 11 20260 10 05", "aware", "moment_unreadable"),
        ("²0 11 2026 10 05", "aware", "moment_unreadable"),
        ("23 11 2026 17 01", "aware", "future"),
        ("29 3 2026 2 30", "aware", "never_existed"),
        ("25 10 2026 2 30", "aware", "happened_twice"),
        ("1 1 2017 10 00", "aware", "no_law"),
    ],
)
def test_moments_that_are_refused(text: str, field: str, code: str) -> None:
    found = aware(text)
    assert (found.value, found.errors) == (None, {field: code})


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
    assert aware("29 3 2026 2 30", aware_reason="x" * 10_001).errors.keys() == {"aware", "aware_reason"}


def test_the_strictest_candidate_needs_no_reason_and_keeps_its_seconds() -> None:
    value = picked(RECEIVED).value
    assert value is not None
    assert (value.at, value.basis, value.reason, value.source) == (RECEIVED.at, "received_at", "", "")


def test_a_later_candidate_needs_its_reason() -> None:
    assert picked(WROTE).errors == {"aware_reason": "reason_missing"}
    value = picked(WROTE, aware_reason="Only then did they say whose data").value
    assert value is not None
    assert (value.at, value.basis) == (WROTE.at, "message_at")


def test_a_candidate_that_is_gone_is_asked_for_again() -> None:
    gone = picked(Candidate(NOW, Basis.CONFIRMED), aware_reason="Confirmed")
    assert (gone.value, gone.errors) == (None, {"aware_pick": "candidate_gone"})
    assert read({"aware_pick": ["other"]}).errors["aware"] == "moment_unreadable"
    assert read({"aware_pick": ["x" * 500]}).errors == {"aware_pick": "candidate_gone"}


def test_an_earlier_moment_is_taken_with_its_source_only() -> None:
    early = typed("aware", "20 11 2026 10 04", aware_reason="The helpdesk knew")
    assert read(early).errors == {"aware_source": "source_missing"}
    value = read(early | {"aware_source": ["Call 4711 of the helpdesk"]}).value
    assert value is not None
    assert (value.at, value.source) == (RECEIVED.at.replace(minute=4, second=0), "Call 4711 of the helpdesk")
    assert read(early | {"aware_reason": [""]}).errors.keys() == {"aware_source", "aware_reason"}


def test_a_source_that_was_not_asked_for_is_no_lost_word() -> None:
    value = picked(WROTE, aware_reason="Only then", aware_source="Mail of Monday").value
    assert value is not None
    assert (value.reason, value.source) == ("Only then\nMail of Monday", "")


def test_evidence_is_refused_and_never_cut() -> None:
    long = "x" * 10_001
    assert picked(WROTE, aware_reason=long).errors == {"aware_reason": "text_long"}
    assert picked(RECEIVED, aware_source=long).errors["aware_source"] == "text_long"
    assert stamped("confirmed_at", "22 11 2026 9 00", reason=long).errors == {"stamp_reason": "text_long"}


@pytest.mark.parametrize("name, code", [("confirmed_at", "after_confirmed"), ("filed_at", "after_filing")])
def test_a_candidate_that_contradicts_a_line_is_refused(name: str, code: str) -> None:
    known = Known((RECEIVED, WROTE), **{name: WROTE.at - timedelta(hours=1)})
    assert picked(WROTE, known, aware_reason="Later").errors == {"aware": code}
    assert picked(RECEIVED, known).errors == {}


def test_a_stamp_says_what_when_and_how_we_know() -> None:
    value = stamped("significant_aware_at", "22 11 2026 9 00").value
    assert value == forms.Stamped(
        Kind.SIGNIFICANT, datetime(2026, 11, 22, 8, 0, tzinfo=UTC), "Europe/Amsterdam", "The log says so"
    )


@pytest.mark.parametrize(
    "kind, text, errors",
    [
        ("lunch", "22 11 2026 9 00", {"stamp_kind": "kind_missing"}),
        ("", "x 11 2026 9 00", {"stamp_kind": "kind_missing", "stamp": "moment_unreadable"}),
        ("confirmed_at", "24 11 2026 9 00", {"stamp": "future"}),
        ("confirmed_at", "20 11 2026 10 04", {"stamp": "before_all"}),
        ("processor_aware_at", "20 11 2026 10 04", {"stamp": "before_all"}),
        ("inquiry_to", "22 11 2026 9 00", {"stamp": "inquiry_missing"}),
        ("confirmed_at", "25 10 2026 2 30", {"stamp": "happened_twice"}),
        ("noticed_at", "1 11 2026 9 00", {}),
    ],
)
def test_stamps_that_are_refused(kind: str, text: str, errors: dict[str, str]) -> None:
    found = stamped(kind, text)
    assert found.errors == errors
    assert (found.value is None) == bool(errors)


def test_a_stamp_without_a_reason_is_none() -> None:
    assert stamped("noticed_at", "1 11 2026 9 00", reason=" ").errors == {"stamp_reason": "reason_missing"}


def test_a_form_writes_its_own_kinds_only() -> None:
    form = typed("inquiry", "22 11 2026 9 00", inquiry_kind="significant_aware_at", inquiry_reason="Sneaky")
    fields = forms.Fields("inquiry", (Kind.INQUIRY_FROM, Kind.INQUIRY_TO))
    found = forms.stamp(form, fields, KNOWN, zone=AMSTERDAM, now=NOW)
    assert (found.value, found.errors) == (None, {"inquiry_kind": "kind_missing"})
