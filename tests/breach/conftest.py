"""An incident whose provisional clock runs, and the breach pages behind the real guards."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from incidentdesk import clock
from incidentdesk.records import clocks
from incidentdesk.rules.escalation import Post, Step, Trigger, step_to_json
from incidentdesk.rules.next_step import NEVER, Duty, NextStep
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Incident, LadderStep, Member
from incidentdesk.web.pages import Desk
from tests import people
from tests.people import Seat, Sit

REFERENCE = "IR-26-7KQ4MX"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
LADDER = Step("left_24h", Trigger.DEADLINE, timedelta(hours=-24), (Post.DPO,))


@pytest.fixture
def now() -> datetime:
    return clock.now().replace(second=0, microsecond=0)


@pytest.fixture
async def dpo(desk: Desk, now: datetime) -> Member:
    return await stored(desk, people.member(Role.DPO, now=now))


@pytest.fixture
async def incident_id(desk: Desk, now: datetime) -> UUID:
    """A report of a day ago that could be about people."""
    received = now - timedelta(hours=24)
    incident = Incident(
        reference=REFERENCE,
        received_at=received,
        title="Payroll file sent to the wrong supplier",
        kind="mail",
        people="yes",
        severity=2,
        updated_at=received,
        next_step=NextStep.FIRST_LOOK,
        next_due_at=NEVER,
    )
    async with desk.database.write() as session:
        session.add(LadderStep(duty=Duty.AUTHORITY, key=LADDER.key, position=1, step=step_to_json(LADDER)))
        session.add(incident)
        await session.flush()
        await clocks.start_promises(session, incident, zone=AMSTERDAM, now=received)
        await clocks.start_authority(session, incident, zone=AMSTERDAM)
        await clocks.refresh_agenda(session, incident)
    return incident.id


@pytest.fixture
async def seat(sit: Sit, dpo: Member, incident_id: UUID) -> Seat:
    """The DPO in front of the incident."""
    return await sit(dpo)


async def stored(desk: Desk, member: Member) -> Member:
    async with desk.database.write() as session:
        session.add(member)
    return member
