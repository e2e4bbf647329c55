"""A company established outside the economic area: nobody leads there, and the draft asks what only such a company is asked."""

from dataclasses import replace

import pytest

from incidentdesk.settings import Settings
from incidentdesk.tables import Report
from tests.breach.conftest import REFERENCE
from tests.breach.notification.desk import BASE, Drafting, fields_of


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, established_in="GB", bound_as="controller,uk_controller")


async def test_the_authority_of_another_country_leads_for_nobody_in_the_union(
    drafting: Drafting, report: Report
) -> None:
    assert report.language == "en"
    organisation = fields_of((await drafting.seat.get(f"{BASE}/sections/organisation")).text)
    assert (organisation["eea_establishment"], "eea_representative" in organisation) == (["no"], True)
    duties = (await drafting.seat.get(f"/desk/incidents/{REFERENCE}/duties")).text
    assert "No supervisory authority is proposed" in duties
    rows = (await drafting.seat.get("/desk/law")).text
    assert "ico.org.uk" in rows
    assert "Under the GDPR none leads" in rows
