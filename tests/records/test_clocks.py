"""Clocks start, move and end; nothing stops them in between."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.records import clocks
from incidentdesk.rules.escalation import DEFAULT_LADDERS, step_to_json
from incidentdesk.rules.lifecycle import Status, Verdict
from incidentdesk.rules.next_step import NEVER, Duty, NextStep
from incidentdesk.tables import Clock, Incident, LadderStep

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ladders(session: AsyncSession) -> None:
    """Put the ladders there that a new desk starts with."""
    for duty, steps in DEFAULT_LADDERS.items():
        for position, step in enumerate(steps):
            session.add(LadderStep(duty=duty, key=step.key, position=position, step=step_to_json(step)))


async def start(session: AsyncSession, incident: Incident) -> dict[str, Clock]:
    await clocks.start_promises(session, incident, zone=AMSTERDAM, now=START)
    await clocks.start_authority(session, incident, zone=AMSTERDAM)
    return {clock.duty: clock for clock in await clocks.clocks_of(session, incident)}


async def test_every_report_starts_the_promises_of_its_severity(session: AsyncSession, incident: Incident) -> None:
    running = await start(session, incident)
    due = {duty: (clock.deadline_at - START) / HOUR for duty, clock in running.items()}
    assert due == {Duty.FIRST_LOOK: 0.5, Duty.FIRST_ANSWER: 4, Duty.DECISION: 4, Duty.AUTHORITY: 72}
    assert [clock.duty for clock in running.values() if clock.legal] == [Duty.AUTHORITY]
    assert [clock.duty for clock in running.values() if clock.provisional] == [Duty.AUTHORITY]
    assert {clock.zone for clock in running.values()} == {"Europe/Amsterdam"}
    assert all(clock.policy_version for clock in running.values())


async def test_a_lower_severity_is_promised_a_later_look(session: AsyncSession, incident: Incident) -> None:
    incident.severity = 4
    running = await start(session, incident)
    assert running[Duty.FIRST_LOOK].deadline_at == START + 24 * HOUR
    assert running[Duty.AUTHORITY].deadline_at == START + 72 * HOUR


async def test_the_legal_clock_counts_elapsed_hours_over_the_autumn_night(
    session: AsyncSession, incident: Incident
) -> None:
    incident.received_at = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
    clock = await clocks.start_authority(session, incident, zone=AMSTERDAM)
    assert clock.deadline_at == datetime(2026, 10, 27, 12, 0, tzinfo=UTC)


async def test_before_the_law_there_is_no_legal_clock(session: AsyncSession, incident: Incident) -> None:
    incident.received_at = datetime(2018, 5, 24, 12, 0, tzinfo=UTC)
    with pytest.raises(LookupError, match="gdpr_33_1_sa"):
        await clocks.start_authority(session, incident, zone=AMSTERDAM)


@pytest.mark.usefixtures("ladders")
async def test_a_clock_keeps_the_ladder_it_started_with(session: AsyncSession, incident: Incident) -> None:
    running = await start(session, incident)
    assert running[Duty.AUTHORITY].steps == DEFAULT_LADDERS[Duty.AUTHORITY]
    assert running[Duty.AUTHORITY].next_check_at == START
    assert running[Duty.FIRST_LOOK].ladder == []
    assert running[Duty.FIRST_LOOK].next_check_at is None


@pytest.mark.usefixtures("ladders")
async def test_another_start_moves_the_deadline_and_looks_at_the_milestones_afresh(
    session: AsyncSession, incident: Incident
) -> None:
    clock = (await start(session, incident))[Duty.AUTHORITY]
    clocks.move(clock, started_at=START + HOUR, deadline_at=START + 73 * HOUR, now=START + 2 * HOUR)
    assert (clock.started_at, clock.deadline_at) == (START + HOUR, START + 73 * HOUR)
    assert (clock.provisional, clock.revision) == (False, 1)
    assert clock.next_check_at == START + 2 * HOUR


async def test_a_clock_without_a_ladder_is_never_looked_at(session: AsyncSession, incident: Incident) -> None:
    clock = (await start(session, incident))[Duty.FIRST_LOOK]
    clocks.move(clock, started_at=START, deadline_at=START + HOUR, now=START)
    assert clock.next_check_at is None
    clocks.end(clock, by="look", at=START, now=START)
    assert clock.next_check_at is None


@pytest.mark.usefixtures("ladders")
@pytest.mark.parametrize("after, late", [(timedelta(0), 0), (72 * HOUR, 0), (72 * HOUR + 90 * MINUTE, 5400)])
async def test_the_end_freezes_how_late_it_was(
    session: AsyncSession, incident: Incident, after: timedelta, late: int
) -> None:
    clock = (await start(session, incident))[Duty.AUTHORITY]
    clocks.end(clock, by="filing", at=START + after, now=START + 100 * HOUR)
    clocks.move(clock, started_at=START, deadline_at=START + HOUR, now=START + 101 * HOUR)
    assert (clock.ended_at, clock.ended_by, clock.late_seconds) == (START + after, "filing", late)


@pytest.mark.usefixtures("ladders")
async def test_an_ended_clock_is_looked_at_once_more_to_stand_people_down(
    session: AsyncSession, incident: Incident
) -> None:
    clock = (await start(session, incident))[Duty.AUTHORITY]
    clocks.end(clock, by="filing", at=START, now=START + HOUR)
    assert clock.next_check_at == START + HOUR


async def test_a_promise_is_kept_once(session: AsyncSession, incident: Incident) -> None:
    running = await start(session, incident)
    for minutes in (10, 20):
        await clocks.end_duty(session, incident, Duty.FIRST_LOOK, by="taken", now=START + minutes * MINUTE)
    assert running[Duty.FIRST_LOOK].ended_at == START + 10 * MINUTE
    assert [duty for duty, clock in running.items() if clock.ended_at] == [Duty.FIRST_LOOK]


@pytest.mark.usefixtures("ladders")
@pytest.mark.parametrize(
    "acted, until", [(10 * MINUTE, 67.5 * MINUTE), (20 * HOUR, 20.25 * HOUR), (23.9 * HOUR, 24 * HOUR)]
)
async def test_an_act_holds_for_a_quarter_of_what_is_left_to_the_nearest_deadline_but_never_past_a_milestone(
    session: AsyncSession, incident: Incident, acted: timedelta, until: timedelta
) -> None:
    await start(session, incident)
    incident.taken_at = START
    assert await clocks.hold(session, incident, now=START + acted) == START + until


@pytest.mark.usefixtures("ladders")
async def test_a_hold_arms_the_steps_for_nobody_is_on_it_and_no_others(
    session: AsyncSession, incident: Incident
) -> None:
    running = await start(session, incident)
    incident.taken_at = START
    until = await clocks.hold(session, incident, now=START + HOUR)
    decision, authority = running[Duty.DECISION], running[Duty.AUTHORITY]
    assert (decision.arm, decision.armed_at) == (1, until)
    assert decision.next_check_at == START + HOUR
    assert (authority.arm, authority.armed_at, authority.next_check_at) == (0, START, START)


@pytest.mark.usefixtures("ladders")
async def test_without_a_legal_clock_the_promise_itself_measures_the_hold(
    session: AsyncSession, incident: Incident
) -> None:
    await clocks.start_promises(session, incident, zone=AMSTERDAM, now=START)
    incident.taken_at = START
    assert await clocks.hold(session, incident, now=START) == START + HOUR


@pytest.mark.usefixtures("ladders")
async def test_what_nobody_took_is_not_held(session: AsyncSession, incident: Incident) -> None:
    decision = (await start(session, incident))[Duty.DECISION]
    assert await clocks.hold(session, incident, now=START + MINUTE) is None
    assert (decision.arm, decision.armed_at) == (0, START)


@pytest.mark.usefixtures("ladders")
@pytest.mark.parametrize("taken_at, armed", [(None, (1, START + MINUTE)), (START, (0, START))])
async def test_the_steps_count_anew_unless_somebody_has_it(
    session: AsyncSession, incident: Incident, taken_at: datetime | None, armed: tuple[int, datetime]
) -> None:
    decision = (await start(session, incident))[Duty.DECISION]
    incident.taken_at = taken_at
    await clocks.arm(session, incident, now=START + MINUTE)
    assert (decision.arm, decision.armed_at) == armed


async def test_where_nobody_would_be_woken_nothing_is_held(session: AsyncSession, incident: Incident) -> None:
    await start(session, incident)
    incident.taken_at = START
    assert await clocks.hold(session, incident, now=START) is None


async def agenda(session: AsyncSession, incident: Incident) -> tuple[NextStep, str | None, datetime]:
    await clocks.refresh_agenda(session, incident)
    return incident.next_step, incident.next_duty, incident.next_due_at


async def test_a_new_row_has_an_agenda_before_it_has_clocks(incident: Incident) -> None:
    assert (incident.next_step, incident.next_duty, incident.next_due_at) == (NextStep.DECIDE, None, NEVER)


async def test_the_agenda_names_what_is_due_first(session: AsyncSession, incident: Incident) -> None:
    await start(session, incident)
    assert await agenda(session, incident) == (NextStep.FIRST_LOOK, Duty.FIRST_LOOK, START + 0.5 * HOUR)
    assert incident.legal_due_at == START + 72 * HOUR
    for duty in clocks.PROMISES:
        await clocks.end_duty(session, incident, duty, by="taken", now=START)
    assert await agenda(session, incident) == (NextStep.DECIDE, Duty.AUTHORITY, START + 72 * HOUR)
    incident.verdict = Verdict.PERSONAL_DATA_BREACH
    assert await agenda(session, incident) == (NextStep.NOTIFY, Duty.AUTHORITY, START + 72 * HOUR)


async def test_waiting_for_the_reporter_never_stops_the_law(session: AsyncSession, incident: Incident) -> None:
    running = await start(session, incident)
    deadlines = {duty: clock.deadline_at for duty, clock in running.items()}
    incident.status = Status.WAITING
    assert await agenda(session, incident) == (NextStep.DECIDE, Duty.AUTHORITY, START + 72 * HOUR)
    assert {duty: clock.deadline_at for duty, clock in running.items()} == deadlines
    assert all(clock.ended_at is None for clock in running.values())


async def test_when_every_clock_has_ended_nothing_is_due(session: AsyncSession, incident: Incident) -> None:
    running = await start(session, incident)
    for clock in running.values():
        clocks.end(clock, by="closing", at=START, now=START)
    incident.status = Status.CLOSED
    assert await agenda(session, incident) == (NextStep.NOTHING, None, NEVER)
    assert incident.legal_due_at is None


def test_there_is_no_pause() -> None:
    verbs = [name for name in vars(clocks) if not name.startswith("_")]
    columns = Clock.__table__.columns.keys()
    assert [name for name in (*verbs, *columns) for word in ("paus", "suspend", "stop") if word in name] == []
