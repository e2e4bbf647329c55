"""The queue and the incident page, pressed as a browser presses them."""

from datetime import datetime

from incidentdesk.tables import Incident, Member
from incidentdesk.web.pages import Desk
from tests.triage.conftest import Sit
from tests.triage.reports import file

POSTS = ["taking", "owner", "severity", "title", "verdict", "messages", "notes", "closure", "reopening", "reading"]


def at(incident: Incident, noun: str = "") -> str:
    return f"/desk/incidents/{incident.reference}" + (f"/{noun}" if noun else "")


async def test_the_incident_page_shows_the_report_as_it_was_told(
    desk: Desk, seat: Sit, rosa: Member, now: datetime
) -> None:
    incident = await file(desk, now=now)
    page = await (await seat(rosa)).get(at(incident))
    assert page.status_code == 200
    assert '<bdi lang="nl">Payroll file sent to the wrong supplier &lt;b&gt;today&lt;/b&gt;</bdi>' in page.text
    assert "Asked them to delete it · They say it is deleted" in page.text
    for words in ("Nel Melder", "To the reporter", "Internal note", "Take a first look", "Art. 33 GDPR"):
        assert words in page.text
    assert 'style="' not in page.text
