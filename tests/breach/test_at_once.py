"""Two people who sign or confirm at the very moment: what stands is theirs by name, and nobody loses a word."""

import asyncio
from collections.abc import Coroutine
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select, text

from incidentdesk import clock
from incidentdesk.breach.duties.queries import notices_of
from incidentdesk.records.audit import verify
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import AssessmentConfirmation, AssessmentDecision, Base, HistoryEntry, Incident
from incidentdesk.web.pages import Desk
from tests import people
from tests.breach.assessment.test_pages import BASE, NOTIFY, REGISTER, UNREAD, press, seen
from tests.breach.notices import test_notices
from tests.breach.notices.test_notices import WORDS, mails
from tests.people import Seat, Sit

# Two customers whose data are affected.
clocks = test_notices.clocks
WAITING = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"""


async def race(desk: Desk, incident_id: UUID, *posts: Coroutine[Any, Any, httpx.Response]) -> list[httpx.Response]:
    """Let all of them stand before the incident while somebody else works on it, then let them in at once."""
    async with desk.database.write() as session:
        await session.scalar(select(Incident.id).where(Incident.id == incident_id).with_for_update())
        tasks = [asyncio.ensure_future(post) for post in posts]
        # One writer at a time waits in the program itself, and nothing tells how many do.
        many = len(tasks) if session.get_bind().dialect.name == "postgresql" else 0
        while many and await waiting(desk) < many:  # noqa: ASYNC110 - the database's own processes wait
            await asyncio.sleep(0.01)
    return list(await asyncio.gather(*tasks))


async def waiting(desk: Desk) -> int:
    async with desk.database.read() as session:
        return int(await session.scalar(text(WAITING)) or 0)


async def kept(desk: Desk, incident_id: UUID, table: type[Base], action: str) -> tuple[int, int]:
    """Return how many rows and entries of history there are; the chain over all of them must hold."""
    async with desk.database.read() as session:
        audit = await verify(session, desk.vault, now=clock.now())
    # No action put the incident of these tests there, so that its own row is vouched for by nothing.
    assert [one for one in audit.findings if one.what != "row_altered"] == []
    async with desk.database.read() as session:
        rows = (await session.scalars(select(table.id).where(table.incident_id == incident_id))).all()  # type: ignore[attr-defined]  # of these tables
        done = select(HistoryEntry.id).where(HistoryEntry.incident_id == incident_id, HistoryEntry.action == action)
        return len(rows), len((await session.scalars(done)).all())


async def page(seat: Seat) -> str:
    return (await seat.get(f"{BASE}/assessment")).text


async def test_two_confirm_at_the_same_moment_and_both_stand(
    desk: Desk, seat: Seat, sit: Sit, incident_id: UUID
) -> None:
    await press(seat, "assessment-decision", **NOTIFY)
    both = [await sit(Role.RESPONDER), await sit(Role.ADMINISTRATOR)]
    stamps = [seen(await page(one), "assessment-confirmation") for one in both]
    sent = [
        one.post(f"{BASE}/assessment-confirmation", seen_revision=stamp, remark="I read it")
        for one, stamp in zip(both, stamps, strict=True)
    ]
    # And one of them twice.
    sent.append(both[0].post(f"{BASE}/assessment-confirmation", seen_revision=stamps[0], remark="I read it"))
    answers = await race(desk, incident_id, *sent)
    assert [answer.status_code for answer in answers] == [303] * 3
    assert await kept(desk, incident_id, AssessmentConfirmation, "assessment.confirmed") == (2, 2)
    shown = await page(seat)
    assert ("Confirmed by Rosa Ponder" in shown, "Confirmed by Ada Min" in shown) == (True, True)


async def test_of_two_who_decide_one_has_signed_and_the_other_reads_it_first(
    desk: Desk, seat: Seat, sit: Sit, incident_id: UUID
) -> None:
    both = [seat, await sit(Role.ADMINISTRATOR)]
    stamps = [seen(await page(one), "assessment-decision") for one in both]
    sent = [
        one.post(f"{BASE}/assessment-decision", seen_revision=stamp, **said)
        for one, stamp, said in zip(both, stamps, (NOTIFY, REGISTER), strict=True)
    ]
    answers = await race(desk, incident_id, *sent)
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    lost = next(number for number, answer in enumerate(answers) if answer.status_code == 409)
    assert UNREAD in answers[lost].text
    assert f"{(NOTIFY, REGISTER)[lost]['reasoning']}</textarea>" in answers[lost].text
    assert await kept(desk, incident_id, AssessmentDecision, "assessment.signed") == (1, 1)


async def test_nobody_confirms_what_is_decided_anew_at_that_moment(
    desk: Desk, seat: Seat, sit: Sit, incident_id: UUID
) -> None:
    await press(seat, "assessment-decision", **NOTIFY)
    second = await sit(Role.RESPONDER)
    confirming = {"seen_revision": seen(await page(second), "assessment-confirmation"), "remark": "I read it"}
    deciding = {"seen_revision": seen(await page(seat), "assessment-decision"), **REGISTER}
    confirmed, decided = await race(
        desk,
        incident_id,
        second.post(f"{BASE}/assessment-confirmation", **confirming),
        seat.post(f"{BASE}/assessment-decision", **deciding),
    )
    assert sorted((confirmed.status_code, decided.status_code)) == [303, 409]
    words = confirmed.text if confirmed.status_code == 409 else decided.text
    assert ("I read it" if confirmed.status_code == 409 else REGISTER["reasoning"]) in words


async def test_of_two_who_sign_one_notice_one_sends_it(
    desk: Desk, seat: Seat, sit: Sit, incident_id: UUID, clocks: list[UUID]
) -> None:
    both = [seat, await sit(Role.ADMINISTRATOR)]
    place = f"{BASE}/customer-notices"
    stamps = [people.hidden_fields((await one.get(place)).text)["seen_revision"] for one in both]
    fields = {"clock": str(clocks[0]), "intent": "sign"}
    bodies = [WORDS, WORDS | {"body_nl": "Andere woorden.\nVraag onze FG."}]
    sent = [
        one.post(place, seen_revision=stamp, **fields, **body)
        for one, stamp, body in zip(both, stamps, bodies, strict=True)
    ]
    answers = await race(desk, incident_id, *sent)
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    lost = next(number for number, answer in enumerate(answers) if answer.status_code == 409)
    assert bodies[lost]["body_nl"].split("\n")[0] in answers[lost].text
    assert len(await mails(desk)) == 1
    async with desk.database.read() as session:
        (notice,) = await notices_of(session, clocks)
    winner = both[1 - lost].member
    assert winner is not None
    assert notice.row.member_id == winner.id
