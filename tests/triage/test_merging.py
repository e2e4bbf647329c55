"""Several reports of one thing are one incident: seen on the main one, answered at once, and nothing of them lost or moved."""

from datetime import datetime, timedelta
from html import unescape

import pytest

from incidentdesk import clock
from incidentdesk.records import audit
from incidentdesk.records.checkpoints import close_checkpoint
from incidentdesk.rules.lifecycle import Status
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import HistoryEntry, Incident, Member, Message, Note, Report
from incidentdesk.web.pages import Desk
from tests.people import Seat, Sit, hidden_fields
from tests.triage.merged import TOLD, WHY, at, give_code, merge, separate
from tests.triage.reports import Told, attach, done, file, fresh, letters, rows, running


@pytest.fixture
async def seat(sit: Sit, rosa: Member) -> Seat:
    return await sit(rosa)


@pytest.fixture
async def main(desk: Desk, now: datetime) -> Incident:
    return await file(desk, Told("The wage list went out", email="nel@example.org"), now=now - timedelta(hours=2))


@pytest.fixture
async def part(desk: Desk, now: datetime) -> Incident:
    return await file(desk, Told("A list of wages in my mail", email="bo@example.org"), now=now - timedelta(hours=1))


async def actions(desk: Desk, incident: Incident) -> list[str]:
    return [entry.action for entry in await rows(desk, HistoryEntry, incident)]


async def test_what_is_part_of_another_leaves_the_queue_and_is_seen_there(
    desk: Desk, seat: Seat, main: Incident, part: Incident
) -> None:
    await seat.post(at(part, "notes"), note="Called Bo", form_id="n")
    await attach(seat, part, desk=desk)
    assert await merge(seat, part, main) == 303
    for view in ("needs_decision", "open", "clock"):
        queue = (await seat.get(f"/desk?view={view}")).text
        assert main.reference in queue
        assert part.reference not in queue
    page = unescape((await seat.get(at(main))).text)
    for seen in ("A list of wages in my mail", "Called Bo", "note.txt", TOLD, WHY, f"From its part {part.reference}"):
        assert seen in page
    assert f"This is part of {main.reference}" in (await seat.get(at(part))).text
    assert f"Part of {main.reference}" in (await seat.get("/desk?view=closed")).text
    # Nobody shall think that its duty was done.
    assert (await seat.get(at(part))).text.count("Runs on in the main incident") == 2
    for path in (at(part, "clock"), "/desk?view=closed"):
        assert "done after" not in (await seat.get(path)).text


async def test_no_row_moves_and_each_verb_is_one_entry_of_both(
    desk: Desk, seat: Seat, main: Incident, part: Incident
) -> None:
    counted = {table: len(await rows(desk, table, part)) for table in (Report, Note)}
    await merge(seat, part, main)
    assert {table: len(await rows(desk, table, part)) for table in counted} == counted
    await separate(seat, part)
    assert [entry.action for entry in await done(desk, part)] == ["incident.merged", "incident.separated"]
    assert [entry.action for entry in await done(desk, main)] == ["incident.received_part", "incident.released_part"]
    assert (await done(desk, main))[0].after["reason"] == WHY


async def test_undone_both_are_as_they_were(desk: Desk, seat: Seat, main: Incident, part: Incident) -> None:
    kept = ("status", "verdict", "outcome", "closed_at", "owner_id", "restricted", "unread_reply")
    before = [{name: getattr(await fresh(desk, one), name) for name in kept} for one in (main, part)]
    ran = await running(desk, main)
    await merge(seat, part, main)
    assert (await fresh(desk, part)).status is Status.CLOSED
    await separate(seat, part)
    assert [{name: getattr(await fresh(desk, one), name) for name in kept} for one in (main, part)] == before
    # Somebody has looked at both, and the reporter of the part was answered: that stays true.
    assert await running(desk, main) == ran - {"first_look"}
    assert await running(desk, part) == ran - {"first_look", "first_answer"}
    assert part.reference in (await seat.get("/desk")).text


async def test_the_evidence_of_both_stays_whole(desk: Desk, seat: Seat, main: Incident, part: Incident) -> None:
    await merge(seat, part, main)
    await seat.post(at(main, "messages"), message="To all", form_id="a", to="")
    await separate(seat, part)
    async with desk.database.write() as session:
        await close_checkpoint(session, desk.vault, now=clock.now())
    async with desk.database.read() as session:
        assert (await audit.verify(session, desk.vault, now=clock.now())).findings == ()


async def test_one_answer_reaches_every_reporter_in_their_own_conversation(
    desk: Desk, seat: Seat, main: Incident, part: Incident
) -> None:
    codes = [await give_code(desk, main, "main"), await give_code(desk, part, "part")]
    await merge(seat, part, main)
    for _ in range(2):
        await seat.post(at(main, "messages"), message="Please delete the list.", form_id="a", to="")
    assert [row.body for row in await rows(desk, Message, main)] == ["Please delete the list."]
    assert [row.body for row in await rows(desk, Message, part)] == [TOLD, "Please delete the list."]
    assert (await letters(desk, part)).count("reporter_answer") == 2
    for incident, other, code in ((main, part, codes[0]), (part, main, codes[1])):
        page = unescape((await seat.post("/r", code=code)).text)
        assert "Please delete the list." in page
        assert incident.reference in page
        for hidden in (other.reference, "Called Bo", other.title, WHY):
            assert hidden not in page
    assert TOLD not in (await seat.post("/r", code=codes[0])).text


async def test_an_answer_for_one_reporter_reaches_no_other(
    desk: Desk, seat: Seat, main: Incident, part: Incident
) -> None:
    await merge(seat, part, main)
    await seat.post(at(main, "messages"), message="Dear Bo", form_id="b", to=str(part.id))
    assert await rows(desk, Message, main) == []
    assert "Dear Bo" in [row.body for row in await rows(desk, Message, part)]
    assert "message.sent" in await actions(desk, main)
    for wrong in ("nobody", str(main.id)[:-4] + "0000"):
        answer = await seat.post(at(main, "messages"), message="Dear who", form_id="c", to=wrong)
        assert answer.status_code in {409, 422}
        assert "Dear who" in answer.text
    assert "Dear who" not in [row.body for row in (*await rows(desk, Message, main), *await rows(desk, Message, part))]


async def test_reporters_see_one_progress_and_their_words_come_to_the_main_incident(
    desk: Desk, sit: Sit, seat: Seat, main: Incident, part: Incident
) -> None:
    code = await give_code(desk, part, "part")
    await merge(seat, part, main)
    await seat.post(at(main, "taking"), seen_owner="")
    reporter = await sit()
    page = (await reporter.client.post("/r", data={"code": code})).text
    sent = hidden_fields(page) | {"body": "It went to Cy as well", "code": code}
    await reporter.client.post("/r/messages", data=sent)
    assert "new_reply" in await letters(desk, main)
    assert "new_reply" not in await letters(desk, part)
    assert "part.replied" in await actions(desk, main)
    shown = (await seat.get(at(main))).text
    assert "The reporter has written." in shown
    assert "It went to Cy as well" in shown
    newest = hidden_fields(shown)["seen_reply"]
    await seat.post(at(main, "reading"), seen_reply=newest)
    assert [(await fresh(desk, one)).unread_reply for one in (main, part)] == [False, False]


async def test_a_reply_of_a_part_opens_the_finished_main_incident_and_not_the_part(
    desk: Desk, sit: Sit, seat: Seat, main: Incident, part: Incident
) -> None:
    code = await give_code(desk, part, "part")
    await merge(seat, part, main)
    decided = {"verdict": "not_an_incident", "seen_verdict": "", "outcome": "false_alarm", "reason": "A test"}
    await seat.post(at(main, "verdict"), **decided, form_id="v")
    await seat.post(at(main, "closure"), outcome="false_alarm", seen_status="handling", message="Bye", form_id="c")
    assert (await fresh(desk, main)).status is Status.CLOSED
    assert "reporter_finished" in await letters(desk, part)
    page = (await (await sit()).client.post("/r", data={"code": code})).text
    assert "It turned out not to be a problem" in page
    await (await sit()).client.post("/r/messages", data=hidden_fields(page) | {"body": "No, look", "code": code})
    assert (await fresh(desk, main)).status is Status.HANDLING
    assert (await fresh(desk, part)).status is Status.CLOSED


@pytest.mark.parametrize(
    "noun", ["taking", "severity", "title", "verdict", "closure", "reopening", "messages", "notes"]
)
async def test_a_part_is_worked_on_where_it_belongs(
    desk: Desk, seat: Seat, main: Incident, part: Incident, noun: str
) -> None:
    await merge(seat, part, main)
    words = {"verdict": "personal_data_breach", "title": "Mine", "reason": "My words here", "message": "Hello there"}
    more = {"note": "Some note", "severity": "1", "outcome": "resolved", "seen_status": "closed"}
    answer = await seat.post(at(part, noun), **words, **more)
    assert answer.status_code == 409
    assert "part of another" in answer.text
    assert "My words here" in answer.text
    assert [entry.action for entry in await done(desk, part)] == ["incident.merged"]


async def test_a_dpo_files_nothing_for_a_part(desk: Desk, sit: Sit, main: Incident, part: Incident) -> None:
    seat = await sit(Role.DPO)
    await merge(seat, part, main)
    page = await seat.get(at(part, "clock"))
    assert page.status_code == 200
    sent = hidden_fields(page.text) | {"reasoning": "Encrypted", "decision": "risk_unlikely"}
    assert (await seat.client.post(at(part, "clock-decision"), data=sent)).status_code in {404, 409}
    answer = await seat.post(at(part, "decisions"), **sent)
    assert answer.status_code in {404, 409}


async def test_who_reported_a_part_is_asked_for_on_its_own_page(
    desk: Desk, seat: Seat, main: Incident, part: Incident
) -> None:
    await merge(seat, part, main)
    page = (await seat.post(at(main, "identity"), purpose="To call them")).text
    assert "nel@example.org" in page
    assert "bo@example.org" not in page
    assert "bo@example.org" in (await seat.post(at(part, "identity"), purpose="To call them")).text
    assert "identity.revealed" in await actions(desk, part)


async def test_whoever_opens_the_main_incident_has_opened_its_parts(
    desk: Desk, sit: Sit, seat: Seat, main: Incident, part: Incident
) -> None:
    await merge(seat, part, main)
    await (await sit(Role.READER)).get(at(main))
    assert "report.opened" in await actions(desk, part)


async def test_similar_is_the_same_kind_on_the_same_days(desk: Desk, seat: Seat, main: Incident, now: datetime) -> None:
    alike = await file(desk, Told("Another list"), now=now)
    for told, ago in ((Told("Lost phone", kind="lost"), 0), (Told("Long ago"), 9), (Told("Drill", practice=True), 0)):
        await file(desk, told, now=now - timedelta(days=ago))
    page = (await seat.get(at(main))).text
    beside = page[page.index('id="beside"') : page.index('id="change"')]
    assert alike.reference in beside
    assert beside.count('class="mono"') == 1
    await merge(seat, alike, main)
    assert "Similar" not in (await seat.get(at(main))).text


async def test_the_rooms_of_a_part_offer_nothing_to_record_and_call_no_duty_done(
    desk: Desk, sit: Sit, dipo: Member, now: datetime
) -> None:
    seat = await sit(dipo)
    part, main = [await file(desk, now=now) for _ in range(2)]
    await merge(seat, part, main)
    for room in ("awareness", "clock", "assessment", "duties", "notification", "people"):
        page = (await seat.get(at(part, room))).text
        assert "This is part of another incident" in page, room
        assert f'method="post" action="{at(part)}' not in page, room
        assert "done after" not in page, room
    assert "Runs on in the main incident" in (await seat.get(at(part, "duties"))).text
    assert "The main incident has the entry for both" in (await seat.get(at(part, "register"))).text
