"""Many incidents and clocks at once: straight into the tables, because here only their number matters."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, text, update

from incidentdesk.database import Database
from incidentdesk.rules.escalation import DEFAULT_LADDERS, step_to_json
from incidentdesk.rules.lifecycle import Status
from incidentdesk.rules.next_step import Duty, NextStep
from incidentdesk.rules.reference import reference
from incidentdesk.tables import Clock, Incident, JsonObject, new_id

BATCH = 1_000
STORY = "The payroll file went to the wrong supplier. It has names, addresses and bank accounts in it. " * 6
LEFT = timedelta(hours=60)
LASTS = timedelta(hours=72)


async def fill(database: Database, number: int, *, now: datetime) -> None:
    """Add `number` open incidents, each with a running legal clock that nobody needs to look at yet."""
    ladder = [step_to_json(step) for step in DEFAULT_LADDERS[Duty.AUTHORITY]]
    for first in range(0, number, BATCH):
        incidents = [_incident(place, now=now) for place in range(first, min(first + BATCH, number))]
        clocks = [_clock(incident, ladder, now=now) for incident in incidents]
        async with database.write() as session:
            session.add_all(incidents)
            await session.flush()
            await session.execute(insert(Clock), clocks)


async def multiply(database: Database, number: int, *, now: datetime) -> None:
    """Add open incidents with their clocks until there are `number`: copies of one, due after all that are there.

    What they tell is closed for the one they were copied from, so none of them can be shown. Nothing shows what is so late.
    """
    incidents: Any = Incident.__table__
    ticking: Any = Clock.__table__
    async with database.read() as session:
        [incident] = (await session.execute(select(incidents).limit(1))).mappings().all()
        [clock] = (await session.execute(select(ticking).limit(1))).mappings().all()
        there = await session.scalar(select(func.count()).select_from(Incident)) or 0
    for first in range(there, number, BATCH):
        places = range(first, min(first + BATCH, number))
        copies = [
            dict(incident) | {"id": new_id(), "severity": 1 + place % 4} | _moments(place, now) for place in places
        ]
        clocks = [dict(clock) | {"id": new_id(), "incident_id": copy["id"]} for copy in copies]
        async with database.write() as session:
            await session.execute(insert(incidents), copies)
            await session.execute(insert(ticking), clocks)
    async with database.write() as session:
        # PostgreSQL does so by itself after a while; SQLite is never asked to.
        if session.get_bind().dialect.name == "postgresql":
            await session.execute(text("ANALYZE"))


def _moments(place: int, now: datetime) -> JsonObject:
    due = now + LEFT + timedelta(seconds=place)
    return {"reference": reference(2026, place), "next_due_at": due, "legal_due_at": due}


async def make_due(database: Database, number: int, *, now: datetime) -> None:
    """Let `number` clocks be due for a look."""
    async with database.write() as session:
        chosen = list(await session.scalars(select(Clock.id).order_by(Clock.id).limit(number)))
        await session.execute(update(Clock).where(Clock.id.in_(chosen)).values(next_check_at=now))


def _incident(place: int, *, now: datetime) -> Incident:
    return Incident(
        received_at=now - LASTS + LEFT,
        title=f"Report number {place} of a busy year",
        kind="mail",
        people="yes",
        severity=1 + place % 4,
        status=Status.NEW,
        updated_at=now,
        next_step=NextStep.DECIDE,
        next_duty=Duty.AUTHORITY.value,
        **_moments(place, now),
    )


def _clock(incident: Incident, ladder: list[JsonObject], *, now: datetime) -> dict[str, Any]:
    return {
        "incident_id": incident.id,
        "duty": Duty.AUTHORITY.value,
        "legal": True,
        "policy_version": "benchmark",
        "zone": "Europe/Amsterdam",
        "started_at": incident.received_at,
        "deadline_at": incident.next_due_at,
        "provisional": True,
        "ladder": ladder,
        "armed_at": incident.received_at,
        "next_check_at": now + timedelta(hours=12),
    }
