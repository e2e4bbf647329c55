"""What an incident needs now."""

from datetime import UTC, datetime, timedelta

import pytest

from incidentdesk.rules.lifecycle import Status, Verdict
from incidentdesk.rules.next_step import NEVER, Agenda, Duty, NextStep, Running, Situation, agenda

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
BREACH = Verdict.PERSONAL_DATA_BREACH


def situation(*duties: str, verdict: Verdict | None = None, unread: bool = False) -> Situation:
    running = tuple(Running(duty, NOON + timedelta(hours=place)) for place, duty in enumerate(duties))
    return Situation(Status.ASSESSING, verdict, unread, running[::-1])


@pytest.mark.parametrize("verdict", [None, BREACH])
@pytest.mark.parametrize(
    "duty,undecided,decided",
    [
        ("first_look", "first_look", "first_look"),
        ("first_answer", "answer", "answer"),
        ("decision", "decide", "decide"),
        ("gdpr_33_1_sa", "decide", "notify"),
        ("nis2_early_warning", "notify", "notify"),
    ],
)
def test_the_duty_due_first_asks_for_its_step(duty: str, undecided: str, decided: str, verdict: Verdict | None) -> None:
    found = agenda(situation(duty, Duty.FIRST_LOOK, Duty.DECISION, verdict=verdict))
    assert found == Agenda(NextStep(decided if verdict else undecided), duty, NOON)


def test_an_inquiry_asks_for_a_decision_and_for_nothing_once_there_is_one() -> None:
    running = (Duty.INQUIRY, Duty.AUTHORITY)
    assert agenda(situation(*running)) == Agenda(NextStep.DECIDE, Duty.INQUIRY, NOON)
    assert agenda(situation(*running, unread=True)) == Agenda(NextStep.READ_REPLY, Duty.INQUIRY, NOON)
    decided = agenda(situation(*running, verdict=BREACH))
    assert decided == Agenda(NextStep.NOTIFY, Duty.AUTHORITY, NOON + timedelta(hours=1))
    assert agenda(situation(Duty.INQUIRY, verdict=BREACH)) == Agenda(NextStep.CLOSE, None, NEVER)


@pytest.mark.parametrize(
    "duty,verdict,step",
    [
        (Duty.FIRST_LOOK, None, NextStep.FIRST_LOOK),
        (Duty.AUTHORITY, BREACH, NextStep.NOTIFY),
        (Duty.AUTHORITY, None, NextStep.READ_REPLY),
        (Duty.FIRST_ANSWER, None, NextStep.READ_REPLY),
        (Duty.DECISION, None, NextStep.READ_REPLY),
    ],
)
def test_a_reply_is_read_next_unless_something_graver_waits(duty: str, verdict: Verdict | None, step: NextStep) -> None:
    assert agenda(situation(duty, verdict=verdict, unread=True)) == Agenda(step, duty, NOON)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("verdict", [None, *Verdict])
@pytest.mark.parametrize("unread", [False, True])
def test_without_a_clock_the_status_says_it(status: Status, verdict: Verdict | None, unread: bool) -> None:  # noqa: FBT001
    quiet = {Status.CLOSED: NextStep.NOTHING, Status.WAITING: NextStep.WAIT}
    expected = quiet.get(status, NextStep.CLOSE if verdict else NextStep.DECIDE)
    found = agenda(Situation(status, verdict, unread, ()))
    assert found == Agenda(NextStep.READ_REPLY if unread else expected, None, NEVER)
