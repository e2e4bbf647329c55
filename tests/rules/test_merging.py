"""Of several reports the strictest counts: whatever is merged in whatever order, no deadline gets later."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from incidentdesk.rules.merging import Course, carried, strictest

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MOMENTS = st.integers(0, 500).map(lambda hours: NOW + timedelta(hours=hours))
COURSES = st.builds(Course, MOMENTS, MOMENTS, st.sampled_from(["UTC", "Europe/Amsterdam"]), st.just("1"), st.booleans())
CIRCLES = st.none() | st.frozensets(st.sampled_from("abc"))


@given(COURSES, st.lists(COURSES, max_size=4))
def test_merging_makes_no_start_and_no_deadline_later(own: Course, others: list[Course]) -> None:
    whole = carried(own, others)
    assert whole.started_at == min(one.started_at for one in (own, *others))
    assert whole.deadline_at == min(one.deadline_at for one in (own, *others))


@given(COURSES, COURSES, COURSES)
def test_it_does_not_matter_what_is_merged_first(one: Course, two: Course, three: Course) -> None:
    moments = [
        (found.started_at, found.deadline_at)
        for found in (carried(carried(one, [two]), [three]), carried(one, [three, two]))
    ]
    assert moments[0] == moments[1]


def test_a_start_brings_its_own_zone_and_row_of_law_and_whether_a_person_fixed_it() -> None:
    own = Course(NOW, NOW + timedelta(hours=72), "UTC", "2", provisional=False)
    signal = Course(NOW - timedelta(hours=1), NOW + timedelta(hours=90), "Europe/Amsterdam", "1", provisional=True)
    assert carried(own, [signal]) == Course(
        signal.started_at, own.deadline_at, "Europe/Amsterdam", "1", provisional=True
    )
    assert carried(own, []) == own


@given(st.lists(CIRCLES, max_size=4))
def test_nobody_sees_a_whole_who_may_not_see_each_of_it(circles: list[frozenset[str] | None]) -> None:
    found = strictest(circles)
    for name in "abc":
        may_see_each = all(circle is None or name in circle for circle in circles)
        assert (found is None or name in found) is may_see_each
    assert (found is None) is all(circle is None for circle in circles)
