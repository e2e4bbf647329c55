"""The assessment over HTTP: who may save, sign and confirm, and that nothing typed is lost."""

from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select

from incidentdesk import clock
from incidentdesk.breach.clock import queries as clock_queries
from incidentdesk.rules.lifecycle import Status
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import (
    AssessmentDecision,
    Base,
    Clock,
    HistoryEntry,
    Incident,
    Member,
    Message,
    fetch_keys,
)
from incidentdesk.web.pages import Desk
from tests.assessed import stamp_in
from tests.breach.conftest import REFERENCE
from tests.people import Seat, Sit

# What a page asks and says of what it was sent; what is stored and found is tried with the actions and the story.
pytestmark = pytest.mark.either_database

BASE = f"/desk/incidents/{REFERENCE}"
HAPPENED = {
    "confidentiality": "yes",
    "integrity": "no",
    "availability": "no",
    "intent": "accidental_internal",
    "recipients": "few",
    "trusted_recipient": "yes",
    "deletion_confirmed": "yes",
}
NOTIFY = {"kind": "authority", "reasoning": "A salary is known to a stranger"}
REGISTER = {"kind": "register", "reasoning": "The recipient is bound to secrecy and deleted it"}
UNREAD = "Somebody else saved something here while you were typing"


async def page(seat: Seat) -> str:
    answer = await seat.get(f"{BASE}/assessment")
    assert answer.status_code == 200
    return answer.text


def seen(text: str, where: str) -> str:
    """Return the stamp inside the form of a block, or of what posts there."""
    return stamp_in(text, f"{BASE}/{where}", where)


async def send(seat: Seat, where: str, stamp: str, **fields: str | list[str]) -> httpx.Response:
    """Send a block by its name, or what posts there."""
    if where.startswith("assessment-"):
        return await seat.post(f"{BASE}/{where}", seen_revision=stamp, **fields)
    return await seat.post(f"{BASE}/assessment", block=where, seen_revision=stamp, **fields)


async def press(seat: Seat, where: str, **fields: str | list[str]) -> int:
    return (await send(seat, where, seen(await page(seat), where), **fields)).status_code


async def count(desk: Desk, table: type[Base], incident_id: UUID) -> int:
    async with desk.database.read() as session:
        wanted = select(func.count()).select_from(table).where(table.incident_id == incident_id)  # type: ignore[attr-defined]  # of these tables
        return int(await session.scalar(wanted) or 0)


async def clock_of(desk: Desk, dpo: Member) -> Clock:
    async with desk.database.read() as session:
        found = (await clock_queries.case_of(session, REFERENCE, by=dpo)).clock
    assert found is not None
    return found


async def test_what_only_the_reporter_said_is_marked_so(seat: Seat, report_id: UUID) -> None:
    text = await page(seat)
    assert text.count("From the reporter, not checked") == 2
    assert text.count("Nothing known yet") == 2
    assert 'value="101-1000"' in text
    assert "Not known enough" in text


async def test_a_saved_block_is_checked_and_moves_the_proposal(desk: Desk, seat: Seat, report_id: UUID) -> None:
    assert await press(seat, "happened", **HAPPENED, happened_note="They wrote back") == 303
    assert "A trusted recipient confirmed" not in await page(seat)
    await press(seat, "consequences", consequences=["none"], account_takeover="no")
    text = await page(seat)
    assert "Checked by Dipo Officer" in text
    assert "They wrote back</textarea>" in text
    assert "A trusted recipient confirmed" in text
    assert text.count("From the reporter, not checked") == 1


async def test_the_score_is_exact_once_everything_is_known(seat: Seat, report_id: UUID) -> None:
    await press(seat, "happened", **HAPPENED | {"trusted_recipient": "no"})
    people_block: dict[str, str | list[str]] = {
        "personal_data": "yes",
        "data": ["contact", "financial"],
        "subjects_affected": "180",
    }
    no = dict.fromkeys(("vulnerable_people", "detailed_profile", "reveals_little"), "no")
    await press(seat, "people", **people_block, **no, identifiability="significant")
    await press(seat, "protection", encrypted="none")
    await press(seat, "consequences", consequences=["none"], account_takeover="no")
    text = await page(seat)
    assert "<strong>2.5</strong>, medium" in text
    assert "3 × 0.75 + 0.25" in text
    assert "More than 100 people" in text
    assert "What would tell" not in text
    await press(seat, "people", **people_block, **no, identifiability="significant", dpc="4")
    assert "<strong>3.25</strong>, high" in await page(seat)


@pytest.mark.parametrize(
    "where,fields,words",
    [
        ("people", {"subjects_affected": "all of them"}, "Give a number, or two such as 20-50"),
        ("protection", {"restored_hours": "soon"}, "Give a number, or two such as 20-50"),
        ("consequences", {"consequences": ["none", "blackmail"]}, "not both"),
        ("happened", {"happened_note": "x" * 10_001}, "Shorten the text"),
        ("assessment-decision", {"kind": "authority"}, "Write why"),
        ("assessment-decision", {"reasoning": "It is so"}, "Choose what you decide"),
    ],
)
async def test_what_is_amiss_is_said_and_what_was_typed_comes_back(
    seat: Seat, report_id: UUID, where: str, fields: dict[str, str | list[str]], words: str
) -> None:
    stamp = seen(await page(seat), where)
    answer = await send(seat, where, stamp, **fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert "There is a problem" in answer.text
    [first, *_] = fields.values()
    assert (first if isinstance(first, str) else 'value="blackmail" checked') in answer.text


async def test_saving_twice_is_saving_once_and_two_blocks_do_not_collide(
    desk: Desk, seat: Seat, incident_id: UUID
) -> None:
    text = await page(seat)
    for where, fields in (("happened", HAPPENED), ("protection", {"encrypted": "none"})):
        stamp = seen(text, where)
        for _ in range(2):
            answer = await send(seat, where, stamp, **fields)
            assert answer.status_code == 303
    assert await count(desk, HistoryEntry, incident_id) == 2


async def test_whoever_was_slower_keeps_what_they_typed(seat: Seat, incident_id: UUID) -> None:
    stamp = seen(await page(seat), "people")
    await press(seat, "people", subjects_affected="20")
    answer = await send(seat, "people", stamp, subjects_affected="30")
    assert answer.status_code == 409
    assert UNREAD in answer.text
    assert 'value="30"' in answer.text
    fresh = seen(answer.text, "people")
    assert (await send(seat, "people", fresh, subjects_affected="30")).status_code == 303


async def test_facts_that_changed_meanwhile_stop_a_decision(seat: Seat, incident_id: UUID) -> None:
    stamp = seen(await page(seat), "assessment-decision")
    await press(seat, "protection", encrypted="none")
    answer = await seat.post(f"{BASE}/assessment-decision", seen_revision=stamp, **REGISTER)
    assert answer.status_code == 409
    assert REGISTER["reasoning"] in answer.text


async def test_what_a_reporter_wrote_meanwhile_stops_a_decision_that_has_not_read_it(
    desk: Desk, seat: Seat, incident_id: UUID, report_id: UUID
) -> None:
    stamp = seen(await page(seat), "assessment-decision")
    async with desk.database.write() as session:
        await fetch_keys(session, [incident_id])
        wrote = {"body": "They sent it on to a newspaper", "form_hash": "later", "written_at": clock.now()}
        session.add(Message(incident_id=incident_id, report_id=report_id, **wrote))
    answer = await seat.post(f"{BASE}/assessment-decision", seen_revision=stamp, **REGISTER)
    assert (answer.status_code, REGISTER["reasoning"] in answer.text) == (409, True)
    assert await count(desk, AssessmentDecision, incident_id) == 0
    assert await press(seat, "assessment-decision", **NOTIFY) == 303


async def test_register_only_ends_the_clock_and_more_lets_it_run_again(
    desk: Desk, seat: Seat, dpo: Member, incident_id: UUID
) -> None:
    assert await press(seat, "assessment-decision", **REGISTER) == 303
    ended = await clock_of(desk, dpo)
    assert (ended.ended_by, ended.late_seconds) == ("decision", 0)
    assert "A risk to people is unlikely" in (await seat.get(f"{BASE}/clock")).text
    assert await press(seat, "assessment-decision", **NOTIFY) == 303
    running = await clock_of(desk, dpo)
    assert (running.ended_at, running.started_at) == (None, ended.started_at)
    assert await press(seat, "assessment-decision", kind="preliminary", reasoning="More to come") == 303
    assert (await clock_of(desk, dpo)).revision == running.revision
    assert await count(desk, AssessmentDecision, incident_id) == 3
    assert f'It goes on here: <a href="{BASE}/notification">' in (await seat.get(f"{BASE}/assessment")).text


async def test_a_closed_incident_is_opened_again_by_a_graver_decision(
    desk: Desk, seat: Seat, incident_id: UUID
) -> None:
    await press(seat, "assessment-decision", **REGISTER)
    async with desk.database.write() as session:
        incident = await session.get_one(Incident, incident_id)
        incident.status, incident.closed_at = Status.CLOSED, incident.updated_at
    await press(seat, "assessment-decision", **NOTIFY)
    async with desk.database.read() as session:
        assert (await session.get_one(Incident, incident_id)).status is not Status.CLOSED


async def test_new_facts_after_the_decision_ask_to_look_again(seat: Seat, incident_id: UUID) -> None:
    await press(seat, "assessment-decision", **NOTIFY)
    assert "To look at again" not in await page(seat)
    await press(seat, "protection", encrypted="none")
    assert "To look at again" in await page(seat)
    await press(seat, "assessment-decision", **NOTIFY)
    assert "To look at again" not in await page(seat)


async def test_a_second_person_confirms_and_the_first_cannot(
    desk: Desk, seat: Seat, sit: Sit, incident_id: UUID
) -> None:
    await press(seat, "assessment-decision", **NOTIFY)
    text = await page(seat)
    assert "stand behind it" not in text
    second = await sit(Role.RESPONDER)
    stamp = seen(await page(second), "assessment-confirmation")
    own = await seat.post(f"{BASE}/assessment-confirmation", seen_revision=stamp, remark="Me too")
    assert (own.status_code, "Somebody else than who signed" in own.text) == (422, True)
    assert await press(second, "assessment-confirmation", remark="Read all of it") == 303
    text = await page(second)
    assert ("Confirmed by Rosa Ponder" in text, "Read all of it" in text, "stand behind it" in text) == (
        True,
        True,
        False,
    )


async def test_nothing_is_confirmed_that_was_overtaken(seat: Seat, sit: Sit, incident_id: UUID) -> None:
    await press(seat, "assessment-decision", **NOTIFY)
    second = await sit(Role.RESPONDER)
    stamp = seen(await page(second), "assessment-confirmation")
    await press(second, "protection", encrypted="none")
    answer = await second.post(f"{BASE}/assessment-confirmation", seen_revision=stamp, remark="Hours of reading")
    assert answer.status_code == 409
    assert "Hours of reading</textarea>" in answer.text


async def test_no_notification_is_decided_where_no_clock_would_count_it(
    desk: Desk, seat: Seat, dpo: Member, incident_id: UUID
) -> None:
    async with desk.database.write() as session:
        await session.delete((await clock_queries.case_of(session, REFERENCE, by=dpo)).clock)
    stamp = seen(await page(seat), "assessment-decision")
    answer = await seat.post(f"{BASE}/assessment-decision", seen_revision=stamp, **NOTIFY)
    assert (answer.status_code, "No clock to the authority runs" in answer.text) == (422, True)
    assert await press(seat, "assessment-decision", **REGISTER) == 303


async def test_a_reader_reads_and_a_responder_does_not_sign(sit: Sit, report_id: UUID) -> None:
    reader = await sit(Role.READER)
    text = await page(reader)
    assert '<form method="post" action="/desk/incidents' not in text
    assert (await reader.post(f"{BASE}/assessment", block="people")).status_code == 403
    responder = await sit(Role.RESPONDER)
    assert "Sign the decision" not in await page(responder)
    assert (await responder.post(f"{BASE}/assessment-decision")).status_code == 403


async def test_an_unknown_block_is_refused_and_an_unknown_incident_not_found(seat: Seat) -> None:
    assert (await seat.post(f"{BASE}/assessment", block="moods")).status_code == 400
    assert (await seat.get("/desk/incidents/IR-26-000000/assessment")).status_code == 404


async def test_words_are_never_cut_short_and_odd_choices_are_not_known(
    desk: Desk, seat: Seat, incident_id: UUID
) -> None:
    odd = {"encrypted": "rot13", "backup": "perhaps"}
    assert await press(seat, "protection", **odd, never="never") == 303
    text = await page(seat)
    assert "Checked by Dipo Officer" in text
    assert 'name="never" value="never" checked' in text
    assert "rot13" not in text
