"""An incident whose provisional clock runs, and the breach pages behind the real guards."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import pytest
from litestar import Litestar
from litestar.datastructures import State
from litestar.exceptions import HTTPException

from incidentdesk import clock
from incidentdesk.breach.pages import PAGES
from incidentdesk.errors import DeskError
from incidentdesk.records import clocks
from incidentdesk.rules.escalation import Post, Step, Trigger, step_to_json
from incidentdesk.rules.next_step import NEVER, Duty, NextStep
from incidentdesk.rules.permissions import Role
from incidentdesk.staff.gate import gate
from incidentdesk.tables import Incident, LadderStep, Member
from incidentdesk.web.forms import receive
from incidentdesk.web.pages import Desk, refuse
from tests import people

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
async def client(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    app: Any = Litestar(
        route_handlers=PAGES,
        guards=[receive, gate],
        exception_handlers={DeskError: refuse, HTTPException: refuse},
        state=State({"desk": desk}),
        openapi_config=None,
        logging_config=None,
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk.test") as opened:
        yield opened


@pytest.fixture
async def seat(desk: Desk, client: httpx.AsyncClient, dpo: Member, incident_id: UUID) -> people.Seat:
    """The DPO in front of the incident."""
    return await people.sit_down(desk, client, dpo, now=clock.now())


async def stored(desk: Desk, member: Member) -> Member:
    async with desk.database.write() as session:
        session.add(member)
    return member
