"""What was done is written down in the same breath, and names people by id."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.database import Database
from incidentdesk.records.history import DESK, REPORTER, actor_of, record
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import HistoryEntry, Incident
from tests.opened import opened
from tests.people import member

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


async def entries(session: AsyncSession) -> list[HistoryEntry]:
    return await opened(session, select(HistoryEntry).order_by(HistoryEntry.id))


async def test_an_action_leaves_one_entry_and_touches_its_incident(session: AsyncSession, incident: Incident) -> None:
    record(session, incident, "severity", actor=DESK, now=NOW, before={"severity": 1}, after={"severity": 2})
    [entry] = await entries(session)
    assert (entry.incident_id, entry.at, entry.actor, entry.action) == (incident.id, NOW, "desk", "severity")
    assert (entry.before, entry.after) == ({"severity": 1}, {"severity": 2})
    assert incident.updated_at == NOW


async def test_an_entry_may_be_about_no_incident(session: AsyncSession) -> None:
    record(session, None, "member.added", actor=DESK, now=NOW)
    [entry] = await entries(session)
    assert (entry.incident_id, entry.before, entry.after) == (None, {}, {})


def test_a_person_is_named_by_id_so_that_the_name_can_be_forgotten(incident: Incident) -> None:
    person = member(Role.DPO, now=NOW)
    person.id = incident.id
    assert actor_of(person) == f"member:{incident.id}"
    assert {actor_of(person), REPORTER, DESK} & {person.name, person.email} == set()


async def test_an_action_that_fails_leaves_no_entry(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        await record_and_fail(database)
    async with database.read() as session:
        assert await entries(session) == []


async def record_and_fail(database: Database) -> None:
    async with database.write() as session:
        record(session, None, "member.added", actor=DESK, now=NOW)
        await session.flush()
        raise ZeroDivisionError


async def test_entries_come_back_in_the_order_they_were_written(session: AsyncSession, incident: Incident) -> None:
    for number in range(50):
        record(session, incident, f"action.{number}", actor=REPORTER, now=NOW + timedelta(seconds=number))
    assert [entry.action for entry in await entries(session)] == [f"action.{number}" for number in range(50)]
