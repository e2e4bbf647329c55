"""While somebody else has the database nothing is stored and nothing breaks: try again in a minute, with every word kept."""

import asyncio
import re

import pytest
from sqlalchemy import select, update

from incidentdesk import clock, database, worker
from incidentdesk.mail import outbox
from incidentdesk.rules.permissions import Role
from incidentdesk.staff import sessions
from incidentdesk.tables import HistoryEntry, MemberSession
from incidentdesk.web.pages import Desk
from tests.faults.busy import held
from tests.faults.nursery import until
from tests.faults.settled import assert_settled
from tests.intake.visitor import code_in, send, visit
from tests.mail.relay import relay
from tests.mail.scene import Scene, add_incident, with_relay
from tests.patience import WITHIN
from tests.people import Seat, Sit
from tests.staff.test_gate import STAFF

# What any form of the desk may want to know, filled in so that most of them have nothing to ask back.
FIELDS = {
    "title": "typed by hand",
    "note": "typed by hand",
    "message": "typed by hand",
    "reason": "typed by hand",
    "purpose": "typed by hand",
    "form_id": "1",
    "severity": "2",
    "outcome": "test",
    "verdict": "not_an_incident",
    "name": "Ada Min",
    "email": "new@example.org",
    "role": "reader",
    "zone": "UTC",
    "language": "en",
    "theme": "auto",
    "code": "123456",
    "password": "a long enough sentence",
}


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a moment only; how long the program really waits has a test of its own."""
    monkeypatch.setattr(database, "PRAGMAS", ("busy_timeout=20", *database.PRAGMAS[1:]))
    monkeypatch.setattr(database, "LIMITS", ("lock_timeout=20",))


async def test_however_long_it_is_busy_who_waits_five_seconds_is_told_to_try_again(sit: Sit, database_url: str) -> None:
    visitor = await visit(await sit())
    await visitor.press("now", what="what happened")
    async with held(database_url):
        before = clock.ticks()
        answer = await visitor.press("send")
        assert clock.ticks() - before > 4
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "what happened" in visitor.html
    assert (await visitor.press("send")).status_code == 200


@pytest.mark.usefixtures("_impatient")
async def test_every_door_of_staff_that_writes_asks_to_try_again_and_none_breaks(
    sit: Sit, desk: Desk, database_url: str
) -> None:
    incident = await add_incident(desk, now=clock.now())
    seat, before = await sit(Role.ADMINISTRATOR), await entries(desk)
    answers: dict[str, int] = {}
    async with held(database_url):
        for door in (door for door in STAFF if door.method == "POST"):
            path = door.path.replace("{ref:str}", incident.reference).replace("{reference:str}", incident.reference)
            answers[door.name] = await knock(seat, path)
    assert [name for name, status in answers.items() if status == 500] == []
    assert list(answers.values()).count(503) > 12
    assert await entries(desk) == before


@pytest.mark.usefixtures("_impatient")
async def test_what_outsiders_send_is_given_back_and_can_be_sent_again(sit: Sit, database_url: str) -> None:
    visitor = await send(await sit())
    await visitor.submit("/r", code=code_in(visitor.html))
    page, code = visitor.answer, code_in(visitor.html)
    async with held(database_url):
        said = await visitor.submit("/r/messages", body="typed by hand")
        assert "typed by hand</textarea>" in said.text
        client = visitor.seat.client
        sent = await client.post("/r/files", data={"code": code}, files={"files": ("a.txt", b"a", "text/plain")})
        tried = await client.post("/desk/sign-in", data={"email": "rosa@example.org", "password": "whatever it is"})
    for answer in (said, sent, tried):
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    visitor.answer = page
    assert (await visitor.submit("/r/messages", body="typed by hand")).status_code == 200


@pytest.mark.usefixtures("_impatient")
async def test_reading_goes_on(sit: Sit, desk: Desk, database_url: str) -> None:
    incident, seat = await add_incident(desk, now=clock.now()), await sit(Role.RESPONDER)
    async with desk.database.write() as session:
        # Long enough ago to be noted again.
        await session.execute(update(MemberSession).values(seen_at=clock.now() - 2 * sessions.TOUCH_EVERY))
    async with held(database_url):
        for path in ("/desk", f"/desk/incidents/{incident.reference}/clock", "/readyz", "/health/escalations"):
            assert (await seat.get(path)).status_code == 200


@pytest.mark.usefixtures("_impatient")
async def test_the_worker_goes_on_when_it_can(
    scene: Scene, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene.desk.database.write() as session:
        await outbox.put(session, letter="test", dedupe="test", now=clock.now(), member_id=scene.rosa.id)
    stop = asyncio.Event()
    async with relay() as running:
        async with held(database_url):
            working = asyncio.create_task(worker.run(with_relay(scene.desk, running.port), stop))
            await until(lambda: caplog.text.count("deliver failed: OperationalError") > 1)
        await asyncio.wait_for(running.got_one.wait(), WITHIN)
        stop.set()
        await working
    assert len(running.taken) == 1
    await assert_settled(scene.desk)


async def knock(seat: Seat, path: str) -> int:
    """Send a form that could be any."""
    number = "00000000-0000-7000-8000-000000000000"
    answer = await seat.post(re.sub(r"\{\w+:uuid\}", number, path), **FIELDS)
    if answer.status_code == 503:
        assert answer.headers["retry-after"] == "60"
    return answer.status_code


async def entries(desk: Desk) -> int:
    async with desk.database.read() as session:
        return len(list(await session.scalars(select(HistoryEntry.id))))
