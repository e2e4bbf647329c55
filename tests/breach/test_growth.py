"""Years of breaches slow no room down: each statement of the pages of a breach is asked how it finds its rows."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, text

from benchmarks import rows
from incidentdesk import clock, worker
from incidentdesk.breach.register import queries
from incidentdesk.rules.duties import Party
from incidentdesk.rules.people_notice import Choice, Standing, Telling
from incidentdesk.rules.permissions import Role
from incidentdesk.rules.register import LineKind
from incidentdesk.tables import (
    AssessmentBlock,
    AssessmentDecision,
    Awareness,
    Clock,
    Filing,
    Incident,
    Member,
    NotificationVersion,
    PeopleDecision,
    PeopleText,
    PeopleTold,
    RegisterEntry,
    RegisterLine,
    RoleEntry,
    SignedDecision,
    Stamp,
    new_id,
)
from incidentdesk.tables import Telling as Told
from incidentdesk.web.pages import Desk
from tests import people
from tests.people import Sit
from tests.records.filed import a_version
from tests.test_growth import NOW, overheard, reads_it_all

MANY = 1_000
REGISTER = ("", "?view=notified", "?view=not_notified&year=2026", "?view=open", "?year=2025")
# A copy reads what is in it; beyond that only what it withholds.
EMPTY_COPY = "/desk/register.csv?year=2025"
ROOMS = "assessment awareness clock duties customer-notices notification people register merging"


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    # Of so few entries as there are here it would be right to read them all.
    monkeypatch.setattr(queries, "MOST", 20)


async def years_of_breaches(desk: Desk, by: Member) -> str:
    """Fill what the rooms read, one breach an hour, and return a reference."""
    await rows.fill(desk.database, MANY, now=NOW)
    async with desk.database.write() as session:
        session.add(by)
        await session.flush()
        clocks = await session.execute(select(Clock.incident_id, Clock.id).order_by(Clock.incident_id))
        pairs = list({incident_id: clock_id for incident_id, clock_id in clocks}.items())  # noqa: C416 - rows are no pairs
        for table, values in filling(by).items():
            made = [{**values, **of(table, place, pair)} for place, pair in enumerate(pairs)]
            await session.execute(insert(table), made)
        await session.execute(text("analyze"))
        return str(await session.scalar(select(Incident.reference).limit(1)))


def filling(by: Member) -> dict[type[Any], dict[str, Any]]:
    signed = {"member_id": by.id, "sealed_revision": 1}
    told = {"told_at": NOW, "recorded_at": NOW, **signed}
    version = a_version(new_id(), by.id, now=NOW)
    kept = {name: getattr(version, name) for name in ("number", "phase", "form", "edition", "saved_at")}
    return {
        RegisterEntry: {"opened_at": NOW, "standing": Standing.TOLD},
        RegisterLine: {"kind": LineKind.WRITTEN, "written_at": NOW, **signed},
        PeopleDecision: {"choice": Choice.TELL, "signed_at": NOW, **signed},
        PeopleText: {"language": "en", "version": 1, "written_at": NOW, **signed},
        PeopleTold: {"telling": Telling.DIRECT, "channel": "letter", "people": 1, **told},
        AssessmentBlock: {"block": "people", "saved_at": NOW, **signed},
        AssessmentDecision: {"kind": "authority", "signed_at": NOW, **signed},
        NotificationVersion: {**kept, **signed},
        Stamp: {"kind": "confirmed_at", "at": NOW, "zone": "UTC", "set_at": NOW, **signed},
        RoleEntry: {"party": Party.CONTROLLER, "other_leads": False, "set_at": NOW, **signed},
        Awareness: {"aware_at": NOW, "zone": "UTC", "set_at": NOW, **signed},
        Filing: {"filed_at": NOW, "recorded_at": NOW, **signed},
        SignedDecision: {"decision": "risk_unlikely", "signed_at": NOW, **signed},
        Told: {"way": "phone", **told},
    }


def of(table: type[Any], place: int, pair: tuple[UUID, UUID]) -> dict[str, Any]:
    """Return of what a row is: an incident, and its clock where it names one."""
    incident_id, clock_id = pair
    if table is not RegisterEntry:
        named = {"clock_id": clock_id} if hasattr(table, "clock_id") else {}
        return {"id": new_id(), "incident_id": incident_id, **named}
    at = NOW - timedelta(hours=place)
    moments = {"aware_at": at, "notified_at": at if place % 2 else None, "closed_at": at if place % 10 else None}
    return {"incident_id": incident_id, **moments}


async def test_no_page_of_a_breach_reads_a_growing_table_from_end_to_end(desk: Desk, sit: Sit) -> None:
    dpo = people.member(Role.DPO, now=NOW)
    base = f"/desk/incidents/{await years_of_breaches(desk, dpo)}"
    seat = await sit(dpo)
    pages = ["/desk/law", "/desk/customers", *(f"/desk/register{query}" for query in REGISTER), EMPTY_COPY]
    with overheard(desk) as said:
        for path in (*pages, *(f"{base}/{room}" for room in ROOMS.split())):
            assert (await seat.get(path)).status_code == 200
        await worker.sweep_clocks(desk, now=NOW)
    assert len(said) > 100
    async with desk.database.writer.connect() as connection:
        plans = [(one.statement, await one.plan(connection)) for one in said]
    # What is read of an empty table is read from end to end.
    filled = "|".join(["incident", "clock", *(table.__tablename__ for table in filling(dpo))])
    assert [found for found in plans if reads_it_all(*found, filled)] == []


async def test_a_practice_is_found_without_looking_through_all_incidents(desk: Desk, sit: Sit) -> None:
    await rows.fill(desk.database, MANY, now=NOW)
    async with desk.database.write() as session:
        await session.execute(text("analyze"))
    seat = await sit(Role.DPO)
    with overheard(desk) as said:
        assert (await seat.get("/desk/practices")).status_code == 200
    practised = [one for one in said if "incident.practice AND" in one.statement]
    assert len(practised) >= 2
    async with desk.database.writer.connect() as connection:
        plans = [await one.plan(connection) for one in practised]
    assert [plan for plan in plans if "ix_incident_practice" not in plan] == []
