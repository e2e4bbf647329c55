"""How far each room of a breach is, from what the rows say."""

from dataclasses import replace

import pytest

from incidentdesk.rules.people_notice import Standing
from incidentdesk.rules.progress import Known, Mark, Room, marks

NOTHING = Known()
# Nobody has decided what it is, and the provisional clock runs.
UNDECIDED = Known(has_clock=True, runs=True, duties=1, running=1)
BREACH = replace(UNDECIDED, is_breach=True, aware=True, assessed=True, has_entry=True)
FILED = replace(BREACH, runs=False, running=0, filed=True, standing=Standing.TOLD)


def said(known: Known, mark: Mark) -> str:
    """Return the rooms with this mark."""
    return " ".join(room for room, found in marks(known).items() if found is mark)


def test_where_no_clock_runs_nothing_is_needed_and_where_nobody_decided_everything_is_open() -> None:
    assert said(NOTHING, Mark.NOT_NEEDED) == said(UNDECIDED, Mark.OPEN) == " ".join(Room)


def test_what_is_settled_is_done_and_the_rest_is_open() -> None:
    assert said(BREACH, Mark.DONE) == "awareness assessment"
    assert said(FILED, Mark.DONE) == "awareness clock assessment duties notification people"
    assert said(FILED, Mark.OPEN) == "register"


def test_what_was_filed_before_anybody_decided_what_it_is_leaves_the_rest_open() -> None:
    early = Known(is_undecided=True, has_clock=True, filed=True, duties=1)
    assert said(early, Mark.DONE) == "clock duties notification"
    assert said(early, Mark.OPEN) == "awareness assessment people register"
    assert said(replace(early, is_undecided=False), Mark.OPEN) == ""


CHANGES = {
    "assessment": {"overtaken": True},
    "duties": {"running": 1},
    "notification": {"follows": True},
    "people": {"standing": Standing.TO_TELL},
    "awareness": {"aware": False},
}


@pytest.mark.parametrize("room, change", CHANGES.items())
def test_something_new_opens_its_room_again(room: str, change: dict[str, object]) -> None:
    assert room in said(replace(FILED, **change), Mark.OPEN).split()  # type: ignore[arg-type]  # fields by their names


def test_what_was_signed_to_be_not_required_is_not_needed() -> None:
    signed = replace(FILED, filed=False, standing=Standing.NO_HIGH_RISK)
    assert said(signed, Mark.NOT_NEEDED) == "notification people"
    assert said(replace(signed, standing=Standing.UNDECIDED), Mark.OPEN) == "people register"


def test_a_closed_entry_leaves_only_open_what_is_new() -> None:
    closed = replace(FILED, assessed=False, is_closed=True)
    assert said(closed, Mark.OPEN) == ""
    assert said(closed, Mark.NOT_NEEDED) == "assessment"
    assert said(replace(closed, assessed=True, overtaken=True), Mark.OPEN) == "assessment"


def test_a_practice_has_no_room_in_the_register() -> None:
    assert said(replace(UNDECIDED, is_practice=True), Mark.NOT_NEEDED) == "register"
