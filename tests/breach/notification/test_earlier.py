"""What an organisation says of itself comes from its own notification before, if whoever drafts may see that one."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from incidentdesk.rules.notification import Phase
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Clock, FiledVersion, Filing, Incident, IncidentMember, Member, NotificationVersion
from incidentdesk.web.pages import Desk
from tests import people
from tests.breach.notification.desk import Drafting
from tests.triage.reports import Told, file

ADDRESS = "Station square 9, Utrecht"


async def notify(desk: Desk, dpo: Member, *, now: datetime) -> Incident:
    """File a notification about another incident."""
    other = await file(desk, Told("A badge"), now=now)
    said = {"org_contact": {"chosen": [], "text": ADDRESS}, "what_happened": {"chosen": [], "text": "Another story"}}
    async with desk.database.write() as session:
        clock_id = await session.scalar(select(Clock.id).where(Clock.incident_id == other.id).limit(1))
        by: dict[str, Any] = {"incident_id": other.id, "member_id": dpo.id}
        filing = Filing(clock_id=clock_id, filed_at=now, authority_reference="AP-1", recorded_at=now, **by)
        facts = {"number": 1, "phase": Phase.COMPLETE, "form": "EDPB", "edition": "EDPB draft 1.0", "saved_at": now}
        version = NotificationVersion(values=said, **facts, **by)
        session.add_all([filing, version])
        await session.flush()
        session.add(FiledVersion(filing_id=filing.id, version_id=version.id, digest="ab" * 32, **by))
    return other


async def test_who_we_are_need_not_be_typed_twice(drafting: Drafting, desk: Desk, dpo: Member, now: datetime) -> None:
    await notify(desk, dpo, now=now)
    page = await drafting.page()
    assert ADDRESS in page
    assert "from our notification before, checked by nobody" in page
    assert "Another story" not in page


@pytest.mark.parametrize(
    "hidden", [{"restricted": True}, {"erased_at": datetime.fromisoformat("2026-11-01T00:00+00:00")}]
)
async def test_what_this_person_may_not_see_proposes_nothing(
    drafting: Drafting, desk: Desk, dpo: Member, now: datetime, hidden: dict[str, Any]
) -> None:
    other = await notify(desk, dpo, now=now)
    async with desk.database.write() as session:
        row = await session.get_one(Incident, other.id)
        for name, value in hidden.items():
            setattr(row, name, value)
        # Somebody else sees to it.
        rosa = people.member(Role.RESPONDER, now=now)
        session.add(rosa)
        await session.flush()
        session.add(IncidentMember(incident_id=other.id, member_id=rosa.id))
    assert ADDRESS not in await drafting.page()
