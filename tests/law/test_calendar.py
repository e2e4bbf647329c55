"""When a deadline makes itself heard in people's calendars stands in a dated file, and a wrong one is refused."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from incidentdesk import law
from incidentdesk.law.calendar_rows import manners_at, read_manners
from incidentdesk.law.reading import LawError

ROW: dict[str, Any] = {
    "version": "1",
    "effective_from": "2020-01-01",
    "effective_to": "2020-12-31",
    "source": "House",
    "alarm_hours": [24, 4],
    "refresh_minutes": 60,
}


def rows_with(*changes: dict[str, object]) -> str:
    return json.dumps({"calendar": [{**ROW, **change} for change in changes]})


def test_a_deadline_is_heard_a_day_and_some_hours_before() -> None:
    manners = law.calendar_manners(datetime(2026, 11, 24, tzinfo=UTC))
    assert manners.alarms == (timedelta(hours=24), timedelta(hours=4))
    assert manners.refresh == timedelta(hours=1)


def test_a_day_without_a_row_is_an_error() -> None:
    known = read_manners(rows_with({}))
    assert manners_at(known, datetime(2020, 12, 31, tzinfo=UTC)).version == "1"
    with pytest.raises(LawError, match="no row is valid on 2021-01-01"):
        manners_at(known, datetime(2021, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "change, why",
    [
        ({"alarm_hours": []}, "alarm_hours must be a list"),
        ({"alarm_hours": 4}, "alarm_hours must be a list"),
        ({"alarm_hours": [4, 0]}, "alarm_hours must be a list of whole numbers from 1"),
        ({"alarm_hours": [True]}, "alarm_hours must be a list of whole numbers from 1"),
        ({"refresh_minutes": 0}, "refresh_minutes must be a whole number from 1"),
        ({"refresh_minutes": "60"}, "refresh_minutes must be a whole number from 1"),
        ({"alarms": 1}, "alarms unknown"),
    ],
)
def test_a_wrong_row_is_refused_by_name(change: dict[str, object], why: str) -> None:
    with pytest.raises(LawError, match=why):
        read_manners(rows_with(change))
