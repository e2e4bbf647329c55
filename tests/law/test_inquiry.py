"""How long an inquiry may take stands in a dated file, and a wrong one is refused."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from incidentdesk import law
from incidentdesk.law.inquiry_rows import limits_at, read_inquiry
from incidentdesk.law.reading import LawError

ROW: dict[str, Any] = {
    "version": "1",
    "effective_from": "2020-01-01",
    "effective_to": "2020-12-31",
    "source": "House",
    "warn_hours": 24,
    "alarm_hours": 48,
}


def rows_with(*changes: dict[str, object]) -> str:
    return json.dumps({"inquiry": [{**ROW, **change} for change in changes]})


def test_an_inquiry_warns_after_a_day_and_alarms_after_two() -> None:
    limits = law.inquiry_limits(datetime(2026, 11, 24, tzinfo=UTC))
    assert (limits.warn_after, limits.alarm_after) == (timedelta(hours=24), timedelta(hours=48))


def test_the_newest_row_counts_and_a_day_without_one_is_an_error() -> None:
    later: dict[str, object] = {"version": "2", "effective_from": "2020-06-01", "effective_to": None, "alarm_hours": 36}
    known = read_inquiry(rows_with({}, later))
    assert limits_at(known, datetime(2020, 5, 31, tzinfo=UTC)).version == "1"
    assert limits_at(known, datetime(2021, 6, 1, tzinfo=UTC)).version == "2"
    with pytest.raises(LawError, match="no row is valid on 2019-12-31"):
        limits_at(known, datetime(2019, 12, 31, tzinfo=UTC))


@pytest.mark.parametrize(
    "change, why",
    [
        ({"warn_hours": 48}, "alarm_hours must come after warn_hours"),
        ({"warn_hours": 0}, "warn_hours must be a whole number from 1"),
        ({"alarm_hours": "48"}, "alarm_hours must be a whole number from 1"),
        ({"alarm_hours": True}, "alarm_hours must be a whole number from 1"),
        ({"source": ""}, "source must be a text"),
        ({"warm_hours": 1}, "warm_hours unknown"),
    ],
)
def test_a_wrong_row_is_refused_by_name(change: dict[str, object], why: str) -> None:
    with pytest.raises(LawError, match=why):
        read_inquiry(rows_with(change))
