"""All reports of one person are found by their address, and stop being found once it is erased."""

from datetime import datetime

import pytest
from sqlalchemy import select

from incidentdesk.rules.permissions import Role
from incidentdesk.tables import HistoryEntry, Incident, IncidentMember, Member, Report
from incidentdesk.web.pages import Desk
from tests.intake.visitor import code_in, send
from tests.opened import opened
from tests.people import Seat, Sit
from tests.privacy.conftest import told
from tests.triage.reports import Told, file
from tests.triage.test_pages import at

ADDRESS = "nel@example.org"


async def seek(seat: Seat, email: str = ADDRESS) -> str:
    return (await seat.post("/desk/reporters", email=email)).text


@pytest.fixture
async def incident(desk: Desk, dipo: Member, now: datetime) -> Incident:
    """Two people's reports."""
    await file(desk, Told("Somebody else", email="anna@example.org"), now=now)
    return await told(desk, dipo, now=now)


@pytest.mark.parametrize("email, count", [(ADDRESS, 1), ("NEL@Example.ORG", 1), ("nel@example.com", 0)])
async def test_an_address_finds_its_reports(sit: Sit, dipo: Member, incident: Incident, email: str, count: int) -> None:
    page = await seek(await sit(dipo), email)
    assert f"{count} report" in page
    assert (incident.reference in page) is bool(count)
    assert "Somebody else" not in page


async def test_what_a_reporter_changes_is_found_from_then_on(sit: Sit, dipo: Member) -> None:
    reporter, seat = await sit(), await sit(dipo)
    visitor = await send(reporter)
    code = code_in(visitor.html)
    await visitor.submit("/r", code=code)
    await visitor.submit("/r/contact", code=code, reach="email", email=ADDRESS)
    assert "1 report found." in await seek(seat)
    await visitor.submit("/r/contact", code=code, reach="code")
    assert "0 reports found." in await seek(seat)


async def test_an_erased_reporter_is_not_found(desk: Desk, sit: Sit, dipo: Member, incident: Incident) -> None:
    seat = await sit(dipo)
    await seat.post(at(incident, "erasure"), extent="identity", reason="Asked for", confirm=incident.reference)
    assert "0 reports found." in await seek(seat)
    async with desk.database.read() as session:
        query = select(Report.email_hash).where(Report.incident_id == incident.id)
        assert list(await session.scalars(query)) == [None]


async def test_a_restricted_incident_is_found_by_its_members_only(
    desk: Desk, sit: Sit, dipo: Member, incident: Incident
) -> None:
    ada = await sit(Role.ADMINISTRATOR)
    async with desk.database.write() as session:
        (await session.get_one(Incident, incident.id)).restricted = True
        session.add(IncidentMember(incident_id=incident.id, member_id=dipo.id))
    assert "1 report found." in await seek(await sit(dipo))
    assert "0 reports found." in await seek(ada)


async def test_who_looked_is_written_down_and_the_address_is_not(
    desk: Desk, sit: Sit, dipo: Member, incident: Incident
) -> None:
    await seek(await sit(dipo))
    async with desk.database.read() as session:
        (entry,) = await opened(session, select(HistoryEntry).where(HistoryEntry.action == "reporter.sought"))
    assert (entry.actor, entry.after) == (f"member:{dipo.id}", {"found": [incident.reference]})


async def test_what_is_no_address_is_said(sit: Sit, dipo: Member) -> None:
    answer = await (await sit(dipo)).post("/desk/reporters", email="nel")
    assert answer.status_code == 422
    assert "Enter an address such as name@example.org" in answer.text


@pytest.mark.parametrize("role", [Role.READER, Role.RESPONDER])
async def test_only_who_may_erase_looks_people_up(sit: Sit, role: Role) -> None:
    seat = await sit(role)
    assert (await seat.post("/desk/reporters", email=ADDRESS)).status_code == 403
    assert "/desk/reporters" not in (await seat.get("/desk")).text
