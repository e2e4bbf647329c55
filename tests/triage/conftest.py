"""A desk with reports in it, and the triage pages behind the real guards."""

from datetime import datetime

import pytest

from incidentdesk import clock
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Member
from incidentdesk.web.pages import Desk
from tests import people


@pytest.fixture
def now() -> datetime:
    return clock.now()


@pytest.fixture
async def rosa(desk: Desk, now: datetime) -> Member:
    return await stored(desk, people.member(Role.RESPONDER, now=now))


@pytest.fixture
async def dipo(desk: Desk, now: datetime) -> Member:
    return await stored(desk, people.member(Role.DPO, now=now))


async def stored(desk: Desk, member: Member) -> Member:
    async with desk.database.write() as session:
        session.add(member)
    return member
