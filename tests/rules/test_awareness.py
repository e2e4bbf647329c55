"""What is proposed as the moment we became aware, what is refused, and how an inquiry stands."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentdesk import law
from incidentdesk.rules.awareness import (
    AWARE,
    Basis,
    Candidate,
    Course,
    InquiryLimits,
    InquiryState,
    Kind,
    Known,
    Refusal,
    course,
    first_signal,
    inquiry,
    inquiry_ladder,
    needs_reason,
    outlook,
    refusal,
    strictest,
)
from incidentdesk.rules.escalation import Facts, look
from incidentdesk.rules.next_step import Duty

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
RECEIVED = datetime(2026, 11, 24, 9, 15, 42, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOW = RECEIVED + 30 * HOUR
LIMITS = InquiryLimits("1", 24 * HOUR, 48 * HOUR)
SIGNALS = (Candidate(RECEIVED, Basis.RECEIVED), Candidate(RECEIVED + HOUR, Basis.OPENED))
TOLD = Candidate(RECEIVED - 9 * HOUR, Basis.TOLD, whole_day=True)
candidates = st.lists(
    st.builds(
        Candidate, st.integers(-5000, 5000).map(lambda minutes: RECEIVED + minutes * MINUTE), st.sampled_from(Basis)
    ),
    max_size=6,
)


def known(**more: datetime) -> Known:
    return Known(SIGNALS, **more)


def refused(kind: str, at: datetime, about: Known, *, sourced: bool = False) -> Refusal | None:
    return refusal(kind, at, about, sourced=sourced, now=NOW)


@given(candidates)
def test_the_strictest_is_never_later_than_any_other(found: list[Candidate]) -> None:
    first = strictest(found)
    assert (first is None) == (not found)
    assert all(first is not None and first.at <= one.at for one in found)


def test_a_day_a_reporter_ticked_is_proposed_and_starts_no_clock() -> None:
    assert strictest((*SIGNALS, TOLD)) == TOLD
    assert first_signal((*SIGNALS, TOLD)) == SIGNALS[0]
    noticed = Candidate(RECEIVED - HOUR, Basis.NOTICED)
    assert first_signal((*SIGNALS, TOLD, noticed)) == noticed
    assert first_signal((TOLD,)) is None


def test_only_the_strictest_needs_no_reason_and_seconds_do_not_matter() -> None:
    assert not needs_reason(RECEIVED, known())
    assert not needs_reason(RECEIVED.replace(second=0), known())
    assert needs_reason(RECEIVED + MINUTE, known())
    assert needs_reason(RECEIVED - MINUTE, known())
    assert needs_reason(RECEIVED, Known((*SIGNALS, TOLD)))
    assert needs_reason(RECEIVED, Known(()))


@pytest.mark.parametrize("kind", [AWARE, *Kind])
def test_nothing_lies_in_the_future(kind: str) -> None:
    about = known(inquiry_from=RECEIVED)
    assert refused(kind, NOW + timedelta(seconds=1), about, sourced=True) is Refusal.FUTURE
    assert refused(kind, NOW, about, sourced=True) is not Refusal.FUTURE


@pytest.mark.parametrize("kind", [AWARE, *Kind])
def test_what_is_earlier_than_everything_must_say_where_it_comes_from(kind: str) -> None:
    about, early = known(inquiry_from=RECEIVED, resumed_at=RECEIVED), RECEIVED - MINUTE
    expected = None if kind == Kind.NOTICED else Refusal.BEFORE_ALL
    assert refused(kind, early, about) is expected
    assert refused(kind, early, about, sourced=True) is not Refusal.BEFORE_ALL
    assert refused(kind, RECEIVED.replace(second=0), about) is None


@pytest.mark.parametrize(
    "kind, other, at, expected",
    [
        (AWARE, "confirmed_at", 1, Refusal.AFTER_CONFIRMED),
        (AWARE, "filed_at", 1, Refusal.AFTER_FILING),
        (AWARE, "risk_signed_at", 1, Refusal.AFTER_DECISION),
        (AWARE, "inquiry_to", 1, None),
        (AWARE, "inquiry_from", -1, None),
        (Kind.CONFIRMED, "aware_at", -1, Refusal.BEFORE_AWARENESS),
        (Kind.CONFIRMED, "inquiry_from", -1, Refusal.BEFORE_INQUIRY),
        (Kind.CONFIRMED, "filed_at", 1, None),
        (Kind.INQUIRY_FROM, "inquiry_to", 1, Refusal.ENDS_FIRST),
        (Kind.INQUIRY_FROM, "confirmed_at", 1, Refusal.AFTER_CONFIRMED),
        (Kind.INQUIRY_FROM, "aware_at", 1, Refusal.AFTER_AWARENESS),
        (Kind.INQUIRY_TO, "inquiry_from", -1, Refusal.ENDS_FIRST),
        (Kind.PROCESSOR, "confirmed_at", 1, None),
        (Kind.SIGNIFICANT, "aware_at", -1, None),
        (Kind.NOTICED, "confirmed_at", 1, None),
    ],
)
def test_a_moment_that_contradicts_another_line_is_refused(
    kind: str, other: str, at: int, expected: Refusal | None
) -> None:
    moment = RECEIVED + 10 * HOUR
    assert refused(kind, moment + at * MINUTE, known(**{other: moment})) is expected
    # The very minute contradicts nothing.
    assert refused(kind, moment.replace(second=59), known(**{other: moment})) is None


def test_an_inquiry_that_never_began_does_not_end() -> None:
    assert refused(Kind.INQUIRY_TO, NOW, known()) is Refusal.NOT_STARTED


def test_an_earlier_awareness_is_refused_only_for_want_of_its_source() -> None:
    """Whatever is written, being stricter with oneself is possible."""
    moments = [None, RECEIVED, RECEIVED + 5 * HOUR, NOW]
    names = ("aware_at", "inquiry_from", "inquiry_to", "confirmed_at", "filed_at", "risk_signed_at")
    for values in product(moments, repeat=len(names)):
        about = Known(SIGNALS, **dict(zip(names, values, strict=True)))
        assert refused(AWARE, RECEIVED, about) is None
        assert refused(AWARE, RECEIVED - 50 * HOUR, about) is Refusal.BEFORE_ALL
        assert refused(AWARE, RECEIVED - 50 * HOUR, about, sourced=True) is None


def test_the_outlook_says_by_when_until_when_one_could_argue_and_how_late_it_is() -> None:
    found = outlook(RECEIVED, Duty.AUTHORITY, law.policies(), zone=AMSTERDAM, settled_at=RECEIVED + 75 * HOUR)
    assert found is not None
    assert found.deadline_at == RECEIVED + 72 * HOUR
    assert found.latest_at.isoformat() == "2026-11-27T10:00:00+00:00"
    assert found.late == 3 * HOUR
    in_time = outlook(RECEIVED, Duty.AUTHORITY, law.policies(), zone=AMSTERDAM, settled_at=found.deadline_at)
    assert in_time is not None
    assert not in_time.late


def test_without_a_law_or_a_number_there_is_no_outlook() -> None:
    before = datetime(2017, 1, 1, tzinfo=UTC)
    assert outlook(before, Duty.AUTHORITY, law.policies(), zone=AMSTERDAM, settled_at=NOW) is None
    assert outlook(RECEIVED, "gdpr_33_5_register", law.policies(), zone=AMSTERDAM, settled_at=NOW) is None


@pytest.mark.parametrize(
    "hours, state",
    [(0, "running"), (23.99, "running"), (24, "long"), (47.99, "long"), (48, "too_long"), (500, "too_long")],
)
def test_a_long_inquiry_warns_and_then_alarms(hours: float, state: str) -> None:
    found = inquiry(RECEIVED, None, LIMITS, now=RECEIVED + hours * HOUR)
    assert (found.state, found.took) == (InquiryState(state), hours * HOUR)
    assert (found.warn_at, found.alarm_at) == (RECEIVED + 24 * HOUR, RECEIVED + 48 * HOUR)


def test_an_inquiry_that_ended_says_how_long_it_took() -> None:
    found = inquiry(RECEIVED, RECEIVED + 30 * HOUR, LIMITS, now=RECEIVED + 90 * HOUR)
    assert (found.state, found.took) == (InquiryState.ENDED, 30 * HOUR)
    assert inquiry(None, None, LIMITS, now=NOW).state is InquiryState.NONE


@given(st.integers(1, 100), st.integers(1, 100), st.integers(-10, 300))
def test_whoever_looks_at_the_ladder_is_told_what_the_page_shows(warn: int, more: int, hours: int) -> None:
    limits = InquiryLimits("1", warn * HOUR, (warn + more) * HOUR)
    facts = Facts(RECEIVED + limits.alarm_after, None, 3, RECEIVED, 0, 0, frozenset())
    now = RECEIVED + hours * HOUR
    due = [one.step.key for one in look(inquiry_ladder(limits), facts, now).due]
    shown = inquiry(RECEIVED, None, limits, now=now).state
    told = {InquiryState.RUNNING: [], InquiryState.LONG: ["inquiry_warn"], InquiryState.TOO_LONG: ["inquiry_alarm"]}
    assert due == told[shown]


def test_an_inquiry_is_resumed_after_its_end_and_before_what_it_would_come_before() -> None:
    about = known(inquiry_from=RECEIVED, inquiry_to=RECEIVED + 2 * HOUR, aware_at=RECEIVED + 5 * HOUR)
    tries = {0: Refusal.ENDS_FIRST, 1: Refusal.ENDS_FIRST, 2: None, 3: None, 5: None, 6: Refusal.AFTER_AWARENESS}
    for hours, expected in tries.items():
        at = RECEIVED + hours * HOUR
        assert refusal(Kind.INQUIRY_RESUMED, at, about, sourced=True, now=RECEIVED + 9 * HOUR) is expected, hours
    never, running = known(), known(inquiry_from=RECEIVED)
    assert refused(Kind.INQUIRY_RESUMED, RECEIVED, never) is Refusal.NOT_STARTED
    assert refused(Kind.INQUIRY_RESUMED, RECEIVED, running) is Refusal.STILL_RUNS
    confirmed = replace(about, aware_at=None, confirmed_at=RECEIVED + 2 * HOUR)
    assert refused(Kind.INQUIRY_RESUMED, RECEIVED + 3 * HOUR, confirmed) is Refusal.AFTER_CONFIRMED
    again = replace(about, inquiry_to=None, resumed_at=RECEIVED + 3 * HOUR, paused_at=RECEIVED + 2 * HOUR)
    assert refused(Kind.INQUIRY_RESUMED, RECEIVED + HOUR, again) is Refusal.ENDS_FIRST
    assert refused(Kind.INQUIRY_TO, RECEIVED + 2 * HOUR, again) is Refusal.ENDS_FIRST


def test_the_lines_of_an_inquiry_say_how_it_went() -> None:
    end, again = Kind.INQUIRY_TO, Kind.INQUIRY_RESUMED
    first, second, third = (RECEIVED + number * HOUR for number in (1, 2, 3))
    assert course([]) == Course()
    assert course([(end, first), (end, second)]) == Course(ended_at=second, ends=(second,))
    assert course([(end, first), (again, second)]) == Course(second, first, None, (first,))
    assert course([(end, first), (again, second), (end, third)]) == Course(second, first, third, (first, third))
    assert course([(end, first), (again, second), (again, third)]) == Course(third, first, None, (first,))
