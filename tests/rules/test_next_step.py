"""What an incident needs now."""

from datetime import UTC, datetime, timedelta
from itertools import combinations, permutations, product

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


HOUR = timedelta(hours=1)
# By when it is due, from noon on; of those of the law, also since when it runs.
PROMISES = (Running(Duty.FIRST_ANSWER, NOON - 30 * HOUR), Running(Duty.DECISION, NOON + HOUR))
LEGAL = (
    Running.by_law(Duty.AUTHORITY, NOON - 73 * HOUR, NOON - HOUR),
    Running.by_law(Duty.AUTHORITY, NOON - 48 * HOUR, NOON + 24 * HOUR),
    Running.by_law(Duty.AUTHORITY, NOON - 47 * HOUR, NOON + 25 * HOUR),
    Running.by_law("gdpr_33_2_processor", NOON - 4 * HOUR, NOON + 4 * HOUR),
    Running.by_law("gdpr_33_2_processor", NOON - 3 * HOUR, NOON + 5 * HOUR),
    Running.by_law("nis2_early_warning", NOON - 30 * HOUR, NOON - 6 * HOUR),
)
PRESSING = {LEGAL[0], LEGAL[1], LEGAL[3], LEGAL[5]}
SETS = [chosen for size in range(4) for chosen in combinations((*PROMISES, *LEGAL), size)]


def planned(running: tuple[Running, ...], verdict: Verdict | None, *, unread: bool = False) -> Agenda:
    return agenda(Situation(Status.ASSESSING, verdict, unread, running), now=NOON)


@pytest.mark.parametrize("verdict", [None, BREACH])
def test_a_duty_of_the_law_that_is_late_or_due_soon_goes_before_everything_else(verdict: Verdict | None) -> None:
    for chosen, unread in product(SETS, (False, True)):
        first = [one for one in chosen if one in PRESSING] or chosen
        expected = min(first, key=lambda one: one.deadline_at, default=None)
        for running in permutations(chosen):
            found = planned(running, verdict, unread=unread)
            assert (found.duty, found.due_at) == ((expected.duty, expected.deadline_at) if expected else (None, NEVER))
            if expected in PRESSING:
                assert found.step in {NextStep.DECIDE, NextStep.NOTIFY}, "no reply hides it"


def test_a_late_answer_stands_below_a_late_notification() -> None:
    late_answer, late_notification = PROMISES[0], LEGAL[0]
    assert planned((late_answer, late_notification), BREACH).step is NextStep.NOTIFY
    far_off = Running.by_law(Duty.AUTHORITY, NOON, NOON + 72 * HOUR)
    assert planned((late_answer, far_off), BREACH).step is NextStep.ANSWER


def test_what_the_queue_is_sorted_by_is_what_is_due_first_at_any_moment() -> None:
    for chosen in SETS:
        plan = agenda(Situation(Status.ASSESSING, BREACH, unread_reply=False, running=chosen))
        assert plan.due_at == min((one.deadline_at for one in chosen), default=NEVER)
