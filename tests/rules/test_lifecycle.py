"""Every status with every move, every obstacle, every step the reporter sees."""

from itertools import product

import pytest

from incidentdesk.rules.lifecycle import (
    Move,
    Obstacle,
    ReporterStep,
    Status,
    Verdict,
    obstacles_to_closing,
    reporter_step,
    status_after,
)

# Columns: take, decide, ask, hear, close, reopen. A dot is a refusal.
TABLE = """
new       assessing handling waiting  new       .      .
assessing assessing handling waiting  assessing closed .
waiting   waiting   handling waiting  assessing closed .
handling  handling  handling handling handling  closed .
closed    .         .        .        handling  .      assessing
"""
CASES = [
    (Status(line.split()[0]), move, None if word == "." else Status(word))
    for line in TABLE.strip().splitlines()
    for move, word in zip(Move, line.split()[1:], strict=True)
]


@pytest.mark.parametrize("status,move,expected", CASES)
def test_every_move_leads_where_the_table_says(status: Status, move: Move, expected: Status | None) -> None:
    assert status_after(status, move) is expected


def test_the_table_knows_every_status_and_move() -> None:
    assert {(status, move) for status, move, _ in CASES} == set(product(Status, Move))


@pytest.mark.parametrize("verdict", [None, *Verdict])
@pytest.mark.parametrize("legal_running", [False, True])
@pytest.mark.parametrize("late", [False, True])
def test_each_obstacle_is_named_alone_and_together(verdict: Verdict | None, legal_running: bool, late: bool) -> None:  # noqa: FBT001
    found = obstacles_to_closing(verdict=verdict, legal_running=legal_running, late_without_reason=late)
    assert (Obstacle.NO_VERDICT in found) is (verdict is None)
    assert (Obstacle.LEGAL_RUNNING in found) is legal_running
    assert (Obstacle.LATE_WITHOUT_REASON in found) is late


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("read", [False, True])
@pytest.mark.parametrize("verdict", [None, *Verdict])
def test_the_reporter_sees_four_plain_steps(status: Status, read: bool, verdict: Verdict | None) -> None:  # noqa: FBT001
    step = reporter_step(status, read=read, verdict=verdict)
    assert (step is ReporterStep.FINISHED) is (status is Status.CLOSED)
    if status is not Status.CLOSED:
        assert (step is ReporterStep.WORKING) is (status is Status.HANDLING or verdict is not None)
    if verdict is None and status is Status.NEW:
        assert step is (ReporterStep.READ if read else ReporterStep.RECEIVED)
    if verdict is None and status in {Status.ASSESSING, Status.WAITING}:
        assert step is ReporterStep.READ
