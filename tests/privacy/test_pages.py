"""The erasure page, and how an erased incident looks to everybody afterwards."""

import json
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select, update

from incidentdesk.privacy.forms import LONGEST, read_wish
from incidentdesk.rules.erasure import Extent
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Incident, Member, Report
from incidentdesk.web.pages import Desk
from tests.people import Seat, Sit
from tests.privacy.conftest import MARK, told, wipe
from tests.triage.reports import fresh
from tests.triage.test_pages import at

# What a page asks and says of what it was sent; what is stored and found is tried with the actions and the story.
pytestmark = pytest.mark.either_database

GOOD = {"extent": ["incident"], "reason": ["Asked for"], "confirm": ["ir-26-7kq4mx"]}


@pytest.mark.parametrize(
    "field,value,word",
    [
        ("extent", "", "extent_missing"),
        ("extent", "all", "extent_missing"),
        ("reason", "  ", "reason_missing"),
        ("reason", "x" * (LONGEST + 1), "reason_long"),
        ("confirm", "IR-26-000000", "confirm_differs"),
        ("confirm", "", "confirm_differs"),
    ],
)
def test_what_the_form_cannot_use(field: str, value: str, word: str) -> None:
    assert read_wish({**GOOD, field: [value]}, reference="IR-26-7KQ4MX")[2] == {field: word}


def test_what_the_form_can_use() -> None:
    assert read_wish(GOOD, reference="IR-26-7KQ4MX") == (Extent.INCIDENT, "Asked for", {})


async def press(seat: Seat, incident: Incident, extent: str) -> int:
    fields = {"extent": extent, "reason": "Asked for", "confirm": incident.reference}
    return (await seat.post(at(incident, "erasure"), **fields)).status_code


async def test_a_dpo_erases_and_the_page_says_what_it_was(
    desk: Desk, sit: Sit, dipo: Member, incident: Incident
) -> None:
    seat = await sit(dipo)
    assert "Everything that was told" in (await seat.get(at(incident, "erasure"))).text
    assert await press(seat, incident, "identity") == 303
    assert await press(seat, incident, "incident") == 303
    page = (await seat.get(at(incident, "erasure"))).text
    for words in ("Asked for", "Dipo Officer", "Messages: 2", "Reports: 1", "destroyed by"):
        assert words in page
    assert "Erase it for good" not in page
    assert (await fresh(desk, incident)).title == ""


async def test_what_is_amiss_is_said_and_what_was_typed_stays(sit: Sit, dipo: Member, incident: Incident) -> None:
    answer = await (await sit(dipo)).post(at(incident, "erasure"), extent="incident", reason="Asked for", confirm="no")
    assert answer.status_code == 422
    assert "Type the reference of this incident" in answer.text
    assert ">\nAsked for</textarea>" in answer.text


async def test_an_open_incident_offers_the_name_only(desk: Desk, sit: Sit, dipo: Member, now: datetime) -> None:
    still_open = await told(desk, dipo, now=now)
    seat = await sit(dipo)
    page = (await seat.get(at(still_open, "erasure"))).text
    assert "Everything that was told" not in page
    assert "once it is closed" in page
    assert await press(seat, still_open, "incident") == 409
    assert await press(seat, still_open, "identity") == 303
    assert "The reporter’s name was erased on" in (await seat.get(at(still_open))).text


async def test_nobody_else_erases(sit: Sit, incident: Incident) -> None:
    for role in (Role.READER, Role.RESPONDER):
        assert await press(await sit(role), incident, "identity") == 403


async def test_queue_and_incident_say_calmly_that_it_was_erased(
    desk: Desk, sit: Sit, dipo: Member, incident: Incident, now: datetime
) -> None:
    await wipe(desk, incident, Extent.INCIDENT, dipo, now=now)
    seat = await sit(dipo)
    pages = [await seat.get(path) for path in ("/desk?view=closed", at(incident), at(incident, "clock"))]
    assert [page.status_code for page in pages] == [200] * 3
    assert all("Erased" in page.text and MARK not in page.text for page in pages)
    assert "was erased on" in pages[1].text
    assert "Wrote to the reporter" in pages[1].text or "Decided what it is" in pages[1].text
    for noun in ("taking", "notes", "reopening"):
        answer = await seat.post(at(incident, noun), reason="why", note="n", form_id="f")
        assert (answer.status_code, "This was erased" in answer.text) == (410, True), noun


async def test_the_reporter_reads_that_it_was_erased(
    desk: Desk, sit: Sit, dipo: Member, incident: Incident, now: datetime
) -> None:
    code = "1" * 25
    async with desk.database.write() as session:
        await session.execute(update(Report).values(code_hash=desk.vault.hash("code", code)))
    seat = await sit()
    await wipe(desk, incident, Extent.IDENTITY, dipo, now=now)
    page = (await seat.client.post("/r", data={"code": code})).text
    assert "how to reach you were erased" in page
    assert MARK in page
    assert (await seat.client.post("/r/contact", data={"code": code, "reach": "code"})).status_code == 410
    await wipe(desk, incident, Extent.INCIDENT, dipo, now=now)
    page = (await seat.client.post("/r", data={"code": code})).text
    assert "It was erased" in page
    assert MARK not in page
    assert (await seat.client.post("/r/saved", data={"code": code})).status_code == 200


async def test_the_summary_is_signed_and_holds_nothing_that_was_told(
    desk: Desk, sit: Sit, dipo: Member, incident: Incident
) -> None:
    seat = await sit(dipo)
    await press(seat, incident, "incident")
    answer = await seat.get(at(incident, "erasure.json"))
    assert answer.headers["content-disposition"] == f'attachment; filename="{incident.reference}-erasure.json"'
    (one,) = answer.json()
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(one["public_key"]))
    key.verify(bytes.fromhex(one["signature"]), one["signed"].encode())
    assert json.loads(one["signed"]) == one["summary"]
    assert one["public_key"] == desk.vault.public_key
    facts = one["summary"]
    assert (facts["reference"], facts["extent"], facts["reason"]) == (incident.reference, "incident", "Asked for")
    assert facts["rows"]["message"] == 2
    assert MARK not in answer.text
    async with desk.database.read() as session:
        assert (await session.scalars(select(Incident.erased_at))).one() is not None
