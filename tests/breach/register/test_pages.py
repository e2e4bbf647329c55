"""The register over HTTP: every breach is in it at once, nothing leaves it, and nothing is closed with a gap."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from incidentdesk.rules.permissions import Role
from incidentdesk.rules.register import digest
from incidentdesk.tables import AssessmentBlock, AssessmentDecision, Incident, RegisterEntry, RegisterLine
from incidentdesk.web.pages import Desk
from tests.breach.conftest import REFERENCE
from tests.breach.signing import BASE, LINE, TEXTS, decide_breach, done, send, sign_off
from tests.opened import opened
from tests.people import Seat, Sit
from tests.triage.merged import merge
from tests.triage.reports import file
from tests.typed import typed

# What a page asks and says of what it was sent; what is stored and found is tried with the actions and the story.
pytestmark = pytest.mark.either_database


async def entry(desk: Desk) -> RegisterEntry:
    async with desk.database.read() as session:
        return (await session.scalars(select(RegisterEntry))).one()


async def lines(desk: Desk) -> list[RegisterLine]:
    async with desk.database.read() as session:
        return await opened(session, select(RegisterLine).order_by(RegisterLine.id))


async def book(seat: Seat, query: str = "") -> str:
    answer = await seat.get(f"/desk/register{query}")
    assert answer.status_code == 200
    return answer.text


async def closed(seat: Seat, now: datetime) -> None:
    await decide_breach(seat)
    await sign_off(seat, now)
    await done(seat, "register", "register-line", **LINE, closing="yes")


async def test_a_breach_is_in_the_register_from_the_moment_somebody_decides_it(desk: Desk, seat: Seat) -> None:
    assert "No entries" in await book(seat)
    assert "It is not in the register" in (await seat.get(f"{BASE}/register")).text
    await decide_breach(seat)
    shown = await book(seat)
    for words in (REFERENCE, "Payroll file sent", "Proposed, not checked", "Not notified", "10 gaps"):
        assert words in shown
    assert (await entry(desk)).closed_at is None


async def test_the_page_names_every_gap_and_where_it_is_mended(seat: Seat) -> None:
    await decide_breach(seat)
    shown = (await seat.get(f"{BASE}/register")).text
    for words in (f'{BASE}/awareness">nobody fixed when', f'{BASE}/people">whether the people', 'href="#measures"'):
        assert words in shown


async def test_an_entry_is_not_closed_without_why_it_was_not_notified(desk: Desk, seat: Seat, now: datetime) -> None:
    await decide_breach(seat)
    await sign_off(seat, now)
    fields = {**LINE, "why_not_notified": "", "closing": "yes"}
    refused = await send(seat, "register", "register-line", **fields)
    assert refused.status_code == 422
    assert "Why it was not notified: A signed entry needs this" in refused.text
    assert LINE["measures"] in refused.text
    assert (await lines(desk), (await entry(desk)).closed_at) == ([], None)
    await done(seat, "register", "register-line", **LINE, closing="yes")
    assert (await entry(desk)).closed_at is not None


async def test_an_entry_is_not_closed_while_a_duty_runs(desk: Desk, seat: Seat) -> None:
    await decide_breach(seat)
    refused = await send(seat, "register", "register-line", **LINE, closing="yes")
    assert (refused.status_code, "cannot be signed while" in refused.text) == (422, True)
    assert (await entry(desk)).closed_at is None


async def test_closing_keeps_a_snapshot_whose_hash_anybody_can_make_again(
    desk: Desk, seat: Seat, now: datetime
) -> None:
    await closed(seat, now)
    (line,) = await lines(desk)
    assert line.snapshot_hash == digest(line.snapshot)
    assert line.snapshot["decisions"][0]["reasoning"] == "Deleted at once"
    assert line.snapshot["people"]["decisions"][0]["by"] == "Dipo Officer"
    assert line.snapshot["written"] == LINE
    assert line.snapshot_hash in (await seat.get(f"{BASE}/register")).text


async def test_a_correction_is_a_new_line_with_its_reason(desk: Desk, seat: Seat, now: datetime) -> None:
    await closed(seat, now)
    better = {**LINE, "people": "184 employees"}
    refused = await send(seat, "register", "register-line", **better)
    assert (refused.status_code, "Write why you change" in refused.text) == (422, True)
    await done(seat, "register", "register-line", **better, why="Four were forgotten")
    first, second = await lines(desk)
    assert (first.values["people"], second.values["people"]) == ("180 employees", "184 employees")
    assert second.snapshot_hash not in {"", first.snapshot_hash}
    shown = await book(seat)
    for words in ("184 employees", "Four were forgotten", "Correction", "People concerned", "✓ Nothing missing"):
        assert words in shown


async def test_a_closed_entry_is_not_corrected_into_one_with_gaps(desk: Desk, seat: Seat, now: datetime) -> None:
    await closed(seat, now)
    refused = await send(seat, "register", "register-line", **{**LINE, "effects": ""}, why="Not known after all")
    assert (refused.status_code, len(await lines(desk))) == (422, 1)


async def test_a_line_that_changes_nothing_is_refused_and_pressing_twice_is_once(desk: Desk, seat: Seat) -> None:
    await decide_breach(seat)
    for _ in range(2):
        await done(seat, "register", "register-line", **TEXTS, risk="risk")
    assert len(await lines(desk)) == 1
    refused = await send(seat, "register", "register-line", **TEXTS, risk="risk", why="Again")
    assert (refused.status_code, "Nothing is changed" in refused.text) == (422, True)


async def test_new_facts_open_a_closed_entry(desk: Desk, seat: Seat, now: datetime) -> None:
    await closed(seat, now)
    await done(seat, "clock", "clock-reopening", new_facts="It was passed on")
    assert (await entry(desk)).closed_at is None
    assert "Still open" in await book(seat)


async def test_a_new_decision_about_the_people_opens_it_too(desk: Desk, seat: Seat, now: datetime) -> None:
    await closed(seat, now)
    await done(seat, "people", "people-decision", choice="tell", reasoning="It was passed on")
    assert (await entry(desk)).closed_at is None


async def test_a_filing_that_a_merged_report_made_late_opens_the_entry_until_somebody_says_why(
    desk: Desk, seat: Seat, incident_id: UUID, now: datetime
) -> None:
    await decide_breach(seat)
    await done(seat, "clock", "awareness", aware_reason="The supplier called", **typed("aware", now))
    await done(seat, "clock", "filings", authority_reference="AP-1", **typed("filed", now))
    await done(seat, "people", "people-decision", choice="no_high_risk", reasoning="Deleted at once")
    await done(seat, "register", "register-line", **LINE, closing="yes")
    older = await file(desk, now=now - timedelta(hours=80))
    async with desk.database.read() as session:
        main = await session.get_one(Incident, incident_id)
    assert await merge(seat, older, main) == 303
    assert "the reasons for the delay" in (await seat.get(f"{BASE}/register")).text
    assert (await send(seat, "register", "register-line", **LINE, closing="yes")).status_code == 422
    assert REFERENCE in (await seat.get("/desk/register?view=open")).text
    more = {"authority_reference": "AP-2", "reason_for_delay": "Another mailbox had it"}
    await done(seat, "clock", "filings", **more, **typed("filed", now))
    await done(seat, "register", "register-line", **LINE, closing="yes")
    assert REFERENCE not in (await seat.get("/desk/register?view=open")).text


async def test_what_turns_out_to_be_no_breach_stays_in_the_register(seat: Seat) -> None:
    await decide_breach(seat)
    await decide_breach(seat, "security_incident")
    shown = await book(seat)
    for words in (REFERENCE, "No breach of its own any more", "2 gaps"):
        assert words in shown


async def test_a_stale_form_keeps_what_was_typed(seat: Seat) -> None:
    await decide_breach(seat)
    await done(seat, "register", "register-line", **TEXTS)
    late = await seat.post(f"{BASE}/register-line", seen_revision="0-open", **{**TEXTS, "what": "Hours of work"})
    assert (late.status_code, "Hours of work</textarea>" in late.text) == (409, True)


async def test_a_practice_is_in_no_register(desk: Desk, seat: Seat, now: datetime) -> None:
    practised = await practice(desk, now=now)
    for verdict in ("personal_data_breach",):
        await seat.post(f"/desk/incidents/{practised}/verdict", verdict=verdict, reason="It holds names", form_id="1")
    assert practised not in await book(seat)
    page = (await seat.get(f"/desk/incidents/{practised}/register")).text
    assert ("A practice is never in the register" in page, "nobody has decided" in page) == (True, False)


async def practice(desk: Desk, *, now: datetime) -> str:
    async with desk.database.write() as session:
        incident = Incident(
            reference="IR-26-3D9P2K", received_at=now, title="A drill", kind="mail", people="yes", severity=3,
            updated_at=now, next_step="first_look", next_due_at=now, practice=True,
        )  # fmt: skip
        session.add(incident)
    return incident.reference


async def test_the_views_choose_by_what_happened_and_when(seat: Seat, now: datetime) -> None:
    await closed(seat, now)
    shown = {
        view: REFERENCE in await book(seat, f"?view={view}") for view in ("all", "notified", "not_notified", "open")
    }
    assert shown == {"all": True, "notified": False, "not_notified": True, "open": False}
    years = {year: REFERENCE in await book(seat, f"?year={year}") for year in (now.year, now.year - 1, 1700)}
    assert years == {now.year: True, now.year - 1: False, 1700: True}


@pytest.mark.parametrize("word", ["%C3%A9", "AAAA", "_", "MjAyNi0xMy0wMVQwMDowMDowMH4" + "MDAw" * 10 + "MDA"])
async def test_a_place_in_the_register_that_the_desk_never_gave_is_its_beginning(seat: Seat, word: str) -> None:
    await decide_breach(seat)
    assert REFERENCE in await book(seat, f"?after={word}")


@pytest.mark.parametrize("role", [Role.READER, Role.RESPONDER])
async def test_others_read_the_register_and_write_nothing(sit: Sit, seat: Seat, incident_id: UUID, role: Role) -> None:
    await decide_breach(seat)
    other = await sit(role)
    assert REFERENCE in await book(other)
    shown = (await other.get(f"{BASE}/register")).text
    assert ("Payroll file" in shown, "Keep the line" in shown) == (True, False)
    assert (await other.post(f"{BASE}/register-line")).status_code == 403


async def test_an_incident_that_is_no_breach_takes_no_line(seat: Seat) -> None:
    assert (await send(seat, "register", "register-line", **LINE)).status_code == 409


async def test_what_the_assessment_says_is_proposed_and_counts_for_nothing_until_it_is_kept(
    desk: Desk, seat: Seat, incident_id: UUID, now: datetime
) -> None:
    await decide_breach(seat)
    about = {"incident_id": incident_id, "member_id": seat.member.id if seat.member else None}
    answers = {"data": ["health"], "subjects_affected": [100, 200]}
    async with desk.database.write() as session:
        session.add(AssessmentBlock(block="people", answers=answers, note="Patients", saved_at=now, **about))
        signed = {"reasoning": "Health data", "proposal": {}, "signed_at": now}
        session.add(AssessmentDecision(kind="people", **signed, **about))
    shown = (await seat.get(f"{BASE}/register")).text
    for words in (
        "100 – 200",
        "Patients</textarea>",
        "ealth",
        'value="high" checked',
        "Health data</textarea>",
        "10 gaps",
    ):
        assert words in shown
    assert await lines(desk) == []
