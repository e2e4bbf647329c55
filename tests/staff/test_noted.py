"""Who came in, who did not and who met a closed door stands in the log: by id and hash, never by name or address."""

import logging
import re
from datetime import datetime, timedelta

import pytest

from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Member
from incidentdesk.web.pages import Desk
from tests.people import Seat, Sit, hidden_fields
from tests.staff.conftest import PASSWORD, Travel
from tests.staff.phone import enrolled
from tests.triage.reports import file
from tests.triage.test_pages import at

HERE = re.compile(" from ([0-9a-f]{12})$")


@pytest.fixture(autouse=True)
def _listening(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "incidentdesk")


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the log says of people, without the network, which is the same for all of them here."""
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("incidentdesk")]
    assert len({found[1] for line in lines if (found := HERE.search(line))}) <= 1
    assert [line for line in lines if not HERE.search(line)] == []
    assert not re.search(r"127\.0\.0\.1|@|Ponder|[a-z]+ horse", "".join(lines))
    caplog.clear()
    return [HERE.sub("", line) for line in lines]


async def knock(seat: Seat, email: str, password: str) -> None:
    await seat.client.post("/desk/sign-in", data={"email": email, "password": password})


async def test_every_step_of_a_sign_in_and_every_refusal_is_written_down(
    sit: Sit, desk: Desk, rosa: Member, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    phone, seat = (await enrolled(desk, rosa, now=now))[0], await sit()
    await knock(seat, rosa.email, "wrong horse")
    await knock(seat, "nobody@example.org", PASSWORD)
    await knock(seat, rosa.email, PASSWORD)
    fields = hidden_fields((await seat.get("/desk/second-factor")).text)
    for code in ("000000", phone.code(now)):
        await seat.client.post("/desk/second-factor", data={**fields, "code": code})
    assert said(caplog) == [
        f"password refused: {rosa.id}",
        "password refused: nobody",
        f"signed in: {rosa.id} as far as code,",
        f"second step refused: {rosa.id}",
        f"signed in: {rosa.id} as far as full,",
    ]


async def test_a_wrong_proof_is_written_down(
    sit: Sit, rosa: Member, ada: Member, travel: Travel, caplog: pytest.LogCaptureFixture
) -> None:
    await (await sit(rosa)).post("/desk/profile/password", current="wrong horse", password="another one here")
    seat = await sit(ada)
    travel(timedelta(minutes=11))
    await seat.post("/desk/sessions/others/end")
    await seat.post("/desk/sessions/others/end", confirm="000000")
    assert said(caplog) == [f"password refused: {rosa.id}", f"proof refused: {ada.id}"]


async def test_who_meets_a_closed_door_is_written_down(
    sit: Sit, desk: Desk, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    reader, nobody, incident = await sit(Role.READER), await sit(), await file(desk, now=now)
    assert reader.member is not None
    await reader.get("/desk/people")
    await reader.get("/desk/incidents/IR-26-000000")
    await reader.client.post(at(incident, "notes"), data={"note": "A horse", "csrf": "x"})
    await nobody.get("/nowhere")
    await nobody.client.post("/report", data={"what": "x"}, headers={"sec-fetch-site": "cross-site"})
    await nobody.client.post("/report", content=b"{}", headers={"content-type": "application/json"})
    for _ in range(11):
        await nobody.client.post("/r", data={"code": "1" * 25})
    assert said(caplog) == [
        f"refused: GET /desk/people with 403, {reader.member.id}",
        f"refused: GET /desk/incidents/{{ref}} with 404, {reader.member.id}",
        f"refused: POST /desk/incidents/{{ref}}/notes with 403, {reader.member.id}",
        "refused: POST /report with 403, nobody",
        "refused: POST /report with 400, nobody",
        "refused: POST /r with 429, nobody",
    ]
