"""A report with answers, and the DPO who drafts from it."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from incidentdesk.tables import JsonObject, Report, new_id
from incidentdesk.web.pages import Desk
from tests.breach.notification.desk import Drafting, fix_awareness
from tests.people import Seat

ANSWERS: JsonObject = {
    "what": "I mailed the payroll file to the wrong supplier.\nThey have it still.",
    "kind": "mail",
    "people": "yes",
    "p_types": ["contact", "money"],
    "p_whose": ["colleagues"],
    "p_many": "hundreds",
    "role": "colleague",
    "told": ["manager"],
}


@pytest.fixture
async def report(desk: Desk, incident_id: UUID, now: datetime) -> Report:
    row = Report(
        incident_id=incident_id,
        received_at=now,
        language="en",
        answers=ANSWERS,
        identity={},
        form_hash=new_id().hex,
        code_hash=new_id().hex,
        privacy_version="1.0",
        look_promised_at=now,
        answer_promised_at=now,
    )
    async with desk.database.write() as session:
        session.add(row)
    return row


@pytest.fixture
async def drafting(seat: Seat, report: Report) -> Drafting:
    return Drafting(seat)


@pytest.fixture
async def signed(drafting: Drafting, now: datetime) -> Drafting:
    """A draft that the DPO signed."""
    await fix_awareness(drafting.seat, now - timedelta(hours=5))
    await drafting.finish()
    await drafting.sign()
    return drafting
