"""The incident of the legal side with the report it came from."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from incidentdesk.tables import Report, fetch_keys
from incidentdesk.web.pages import Desk

ANSWERS: dict[str, Any] = {
    "what": "I sent the payroll file to the wrong supplier",
    "kind": "mail",
    "m_who": "known",
    "people": "yes",
    "p_types": ["contact", "money"],
    "p_whose": ["colleagues"],
    "p_many": "hundreds",
}


@pytest.fixture
async def report_id(desk: Desk, incident_id: UUID, now: datetime) -> UUID:
    received = now - timedelta(hours=24)
    report = Report(
        incident_id=incident_id,
        received_at=received,
        language="en",
        answers=ANSWERS,
        identity={},
        form_hash="form",
        code_hash="code",
        privacy_version="1.0",
        look_promised_at=received,
        answer_promised_at=received,
    )
    async with desk.database.write() as session:
        await fetch_keys(session, [incident_id])
        session.add(report)
    return report.id
