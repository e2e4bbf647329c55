"""When a bank reports a major incident (DORA): hours that run through weekends, and a month that does not end in one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from incidentdesk.rules.deadline import Regime
from incidentdesk.rules.duties import owed
from tests.rules.test_duties import AWARE, BREACH, due, here

BANK = here(frozenset({Regime.FINANCIAL}))


@pytest.mark.parametrize("after,due_after", [(2, 6), (22, 24), (30, 34)])
def test_a_bank_has_four_hours_from_classifying_a_day_from_awareness_at_most(after: int, due_after: int) -> None:
    noted = replace(BREACH, events={"classified_at": AWARE + timedelta(hours=after)})
    found = owed([], noted, BANK)
    assert due(found, "dora_initial") == AWARE + timedelta(hours=due_after)


@pytest.mark.parametrize(
    "handed_in,due_at",
    [
        (datetime(2026, 10, 29, 9, tzinfo=UTC), datetime(2026, 11, 30, 11, tzinfo=UTC)),  # the 29th is a Sunday
        (datetime(2026, 10, 30, 9, tzinfo=UTC), datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC)),
        (datetime(2026, 11, 25, 9, tzinfo=UTC), datetime(2026, 12, 28, 11, tzinfo=UTC)),  # Christmas, then a weekend
        (datetime(2027, 3, 27, 9, tzinfo=UTC), datetime(2027, 4, 28, 10, tzinfo=UTC)),  # the King's birthday
    ],
)
def test_a_bank_may_wait_until_noon_when_the_month_of_its_final_report_ends_on_a_day_off(
    handed_in: datetime, due_at: datetime
) -> None:
    noted = replace(BREACH, events={"classified_at": AWARE}, filed={"dora_intermediate": handed_in})
    assert due(owed([], noted, BANK), "dora_final") == due_at


def test_the_hours_of_a_bank_run_through_a_weekend() -> None:
    # Some may wait until Monday noon, and who is among them the desk cannot know.
    friday = datetime(2026, 11, 27, 15, tzinfo=UTC)
    noted = replace(BREACH, aware_at=friday, events={"classified_at": friday + timedelta(hours=10)})
    noted = replace(noted, filed={"dora_initial": friday + timedelta(hours=12)})
    found = owed([], noted, BANK)
    assert due(found, "dora_initial") == friday + timedelta(hours=14)
    assert due(found, "dora_intermediate") == friday + timedelta(hours=84)
