"""The register: what an entry lacks, what a line is, and for how long an entry is kept."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from incidentdesk.rules.people_notice import OPEN, Standing
from incidentdesk.rules.register import (
    TEXTS,
    Gap,
    Known,
    LineKind,
    Risk,
    changed,
    digest,
    gaps,
    kept_until,
    kind_of_line,
)

WHOLE = Known(
    texts=dict.fromkeys(TEXTS, "Said"),
    risk=Risk.RISK,
    standing=Standing.TOLD,
    awareness_fixed=True,
    running=False,
    notified=True,
)


def test_a_whole_entry_has_no_gaps() -> None:
    assert gaps(WHOLE) == ()


def test_an_empty_entry_lacks_everything_that_can_be_known_of_it() -> None:
    empty = Known(texts={}, risk=None, standing=Standing.UNDECIDED, running=True)
    never = {Gap.DELAY, Gap.PEOPLE_TOLD, Gap.RISK_DIFFERS, Gap.WHY_NOT_NOTIFIED}
    assert gaps(empty) == tuple(gap for gap in Gap if gap not in never)


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_of_spaces_is_none(text: str) -> None:
    known = replace(WHOLE, texts={**WHOLE.texts, text: " \n"}, notified=False)
    assert gaps(known) == (Gap(text),)


def test_a_breach_that_was_not_notified_says_why_and_one_that_was_need_not() -> None:
    silent = {**WHOLE.texts, "why_not_notified": ""}
    assert gaps(replace(WHOLE, texts=silent)) == ()
    assert gaps(replace(WHOLE, texts=silent, notified=False)) == (Gap.WHY_NOT_NOTIFIED,)


def test_a_duty_that_still_runs_is_a_gap_until_somebody_notifies() -> None:
    assert gaps(replace(WHOLE, running=True, notified=False)) == (Gap.AUTHORITY,)
    # Why it was not notified is asked for once somebody decided that it is not.
    silent = {**WHOLE.texts, "why_not_notified": ""}
    assert gaps(replace(WHOLE, texts=silent, running=True, notified=False)) == (Gap.AUTHORITY,)
    assert gaps(replace(WHOLE, late_without_reason=True)) == (Gap.DELAY,)


@pytest.mark.parametrize("standing", list(Standing))
def test_the_people_are_a_gap_while_their_duty_is_open(standing: Standing) -> None:
    found = set(gaps(replace(WHOLE, standing=standing)))
    assert bool(found) == (standing in OPEN)
    assert found <= {Gap.PEOPLE_DECISION, Gap.PEOPLE_TOLD}


def test_a_high_risk_here_and_none_for_the_people_is_noticed() -> None:
    known = replace(WHOLE, risk=Risk.HIGH, standing=Standing.NO_HIGH_RISK)
    assert gaps(known) == (Gap.RISK_DIFFERS,)


def test_what_is_no_breach_any_more_keeps_what_happened_and_why_it_was_not_notified() -> None:
    empty = Known(texts={}, risk=None, standing=Standing.UNDECIDED, running=True, is_breach=False)
    assert gaps(empty) == (Gap.WHAT, Gap.WHY_NOT_NOTIFIED)


def test_the_first_line_the_corrections_and_the_signature() -> None:
    assert kind_of_line(has_lines=False, closing=False) is LineKind.WRITTEN
    assert kind_of_line(has_lines=True, closing=False) is LineKind.CORRECTED
    assert {kind_of_line(has_lines=has, closing=True) for has in (False, True)} == {LineKind.CLOSED}


def test_what_a_line_changes() -> None:
    before = {"what": "A list", "risk": "risk"}
    assert changed(before, {"what": "A list", "risk": "high", "people": ""}) == ("risk",)
    assert changed(before, {"people": "180", "risk": "risk"}) == ("what", "people")


def test_an_entry_is_kept_for_whole_years_from_its_closure() -> None:
    closed = datetime(2028, 2, 29, 12, 30, tzinfo=UTC)
    assert kept_until(closed, years=5) == datetime(2033, 2, 28, 12, 30, tzinfo=UTC)
    assert kept_until(closed, years=4) == datetime(2032, 2, 29, 12, 30, tzinfo=UTC)


def test_the_hash_of_a_snapshot_changes_with_every_word_and_not_with_the_order() -> None:
    assert digest({"a": 1, "b": "é"}) == digest({"b": "é", "a": 1})
    assert digest({"a": 1, "b": "é"}) != digest({"a": 1, "b": "e"})
    assert len(digest({})) == 64
