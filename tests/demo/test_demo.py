"""The examples: valid answers, real history, and a queue worth looking at."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from incidentdesk import clock, demo
from incidentdesk.escalation import ladder
from incidentdesk.intake.forms import read_answers
from incidentdesk.rules.lifecycle import Status, Verdict
from incidentdesk.rules.next_step import Duty
from incidentdesk.rules.permissions import Role
from incidentdesk.staff.passwords import is_right
from incidentdesk.tables import Clock, HistoryEntry, Incident, Member, Message
from incidentdesk.web.pages import Desk

# The examples are looked at on SQLite, as a newcomer does.
pytestmark = pytest.mark.either_database


@pytest.fixture
def now() -> datetime:
    return clock.now()


@pytest.fixture
async def filled(desk: Desk, now: datetime) -> demo.Filled:
    async with desk.database.write() as session:
        await ladder.seed(session)
    done = await demo.fill(desk, now=now)
    assert done is not None
    return done


@pytest.mark.parametrize("case", demo.cases_in(demo.CASES), ids=lambda case: case["id"])
def test_every_answer_is_one_the_form_takes(case: dict[str, dict[str, str | list[str]]]) -> None:
    answers = case["answers"]
    form = {name: [value] if isinstance(value, str) else value for name, value in answers.items()}
    assert read_answers(form) == answers


async def test_the_stages_are_all_there(desk: Desk, filled: demo.Filled) -> None:
    async with desk.database.read() as session:
        rows = list(await session.scalars(select(Incident)))
    assert len(rows) == len(filled.codes) == 11
    assert {row.status for row in rows} == set(Status)
    assert {row.verdict for row in rows} >= {None, Verdict.PERSONAL_DATA_BREACH, Verdict.NOT_AN_INCIDENT}
    assert any(row.unread_reply for row in rows)


async def test_one_clock_is_late_one_nearly_out_one_notified(desk: Desk, filled: demo.Filled, now: datetime) -> None:
    async with desk.database.read() as session:
        clocks = list(await session.scalars(select(Clock).where(Clock.duty == Duty.AUTHORITY)))
    left = [row.deadline_at - now for row in clocks if row.ended_at is None]
    assert len([span for span in left if span < timedelta(0)]) == 1
    assert any(timedelta(0) < span < timedelta(hours=3) for span in left)
    assert [row.late_seconds for row in clocks if row.ended_by == "filing"] == [0]


async def test_history_lies_in_the_past_and_in_order(desk: Desk, filled: demo.Filled, now: datetime) -> None:
    async with desk.database.read() as session:
        entries = list(await session.scalars(select(HistoryEntry).order_by(HistoryEntry.id)))
        messages = await session.scalar(select(func.count()).select_from(Message))
    assert messages
    assert all(entry.at <= now for entry in entries)
    for incident_id in {entry.incident_id for entry in entries}:
        moments = [entry.at for entry in entries if entry.incident_id == incident_id]
        assert moments == sorted(moments)


async def test_four_people_sign_in_with_passwords_of_their_own(desk: Desk, filled: demo.Filled) -> None:
    async with desk.database.read() as session:
        members = {member.email: member for member in await session.scalars(select(Member))}
    assert {member.role for member in members.values()} == set(Role)
    assert len({person.password for person in filled.people}) == 4
    for person in filled.people:
        assert await is_right(members[person.email].password_hash, person.password)


async def test_a_desk_in_use_is_left_alone(desk: Desk, filled: demo.Filled, now: datetime) -> None:
    assert await demo.fill(desk, now=now) is None
