"""Rosa and her device, before and after it made a passkey."""

from datetime import datetime

import pytest

from incidentdesk.staff.passkeys import Place, Turn
from incidentdesk.tables import Member
from incidentdesk.web.pages import Desk
from tests.staff.passkeys.device import HOST, ORIGIN, Device
from tests.staff.passkeys.table import Table

PLACE = Place(HOST, ORIGIN)


@pytest.fixture
async def table(desk: Desk, rosa: Member, now: datetime) -> Table:
    return Table(desk, Turn(desk.vault, PLACE, rosa, now), Device())


@pytest.fixture
async def keyed(table: Table) -> Table:
    """Her device has made a passkey."""
    await table.keep(table.device.make(await table.how_to_make()))
    return table
