"""The bench over HTTP: what it proposes, who may write on it, what it asks, and that "what if" saves nothing."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from incidentdesk.breach.awareness import queries
from incidentdesk.rules.deadline import Regime
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import Settings
from incidentdesk.tables import Awareness, HistoryEntry, Incident, Member, Stamp
from incidentdesk.web.pages import Desk
from tests import people
from tests.breach.conftest import REFERENCE
from tests.people import Seat, Sit
from tests.typed import typed

# What a page asks and says of what it was sent; what is stored and found is tried with the actions and the story.
pytestmark = pytest.mark.either_database

BASE = f"/desk/incidents/{REFERENCE}"
BENCH = f"{BASE}/awareness"
HOUR = timedelta(hours=1)


def inquiry(kind: str, at: datetime, reason: str = "The log says so") -> dict[str, str]:
    return typed("inquiry", at, inquiry_kind=kind, inquiry_reason=reason)


async def stamp(seat: Seat) -> str:
    return people.hidden_fields((await seat.get(BENCH)).text)["seen_revision"]


async def press(seat: Seat, place: str, **fields: str) -> int:
    return (await seat.post(f"{BASE}/{place}", seen_revision=await stamp(seat), **fields)).status_code


async def test_the_page_proposes_the_strictest_and_says_what_each_moment_means(seat: Seat) -> None:
    page = (await seat.get(BENCH)).text
    for words in (
        "Strictest, proposed",
        "A report reached us",
        "latest arguable",
        "not late",
        "Nobody has fixed it yet",
    ):
        assert words in page
    [pick] = [line for line in page.splitlines() if 'name="aware_pick"' in line and "checked" in line]
    assert "received_at:" in pick


async def test_the_strictest_is_fixed_with_one_press_and_without_a_word(desk: Desk, seat: Seat, dpo: Member) -> None:
    async with desk.database.read() as session:
        bench = await queries.bench_of(session, REFERENCE, by=dpo)
    [row] = queries.rows(bench, now=bench.case.incident.received_at)
    assert await press(seat, "awareness", aware_pick=row.token) == 303
    page = (await seat.get(BENCH)).text
    assert "Fixed by Dipo Officer" in page
    assert "The strictest moment known" in (await seat.get(f"{BASE}/clock")).text


async def test_a_later_moment_is_asked_why_and_an_earlier_one_from_where(seat: Seat, now: datetime) -> None:
    seen = await stamp(seat)
    later = typed("aware", now - 5 * HOUR, aware_pick="other")
    answer = await seat.post(BENCH, seen_revision=seen, **later)
    assert (answer.status_code, "Write why, in a sentence or more" in answer.text) == (422, True)
    earlier = typed("aware", now - 50 * HOUR, aware_pick="other", aware_reason="The helpdesk knew")
    answer = await seat.post(BENCH, seen_revision=seen, **earlier)
    assert answer.status_code == 422
    assert "write where the moment comes from" in answer.text
    assert "The helpdesk knew</textarea>" in answer.text
    assert await press(seat, "awareness", **earlier, aware_source="Call 4711") == 303
    page = (await seat.get(BENCH)).text
    assert "Noticed earlier, before it reached us" in page
    assert "Call 4711" in page


async def test_the_autumn_hour_asks_which_of_the_two(seat: Seat) -> None:
    fields = {"aware_year": "2025", "aware_month": "10", "aware_day": "26", "aware_hour": "2", "aware_minute": "30"}
    answer = await seat.post(BENCH, seen_revision=await stamp(seat), aware_reason="Seen", **fields)
    assert answer.status_code == 422
    assert "CEST" in answer.text
    assert answer.text.count('name="aware_which"') == 2


async def test_what_if_answers_and_saves_nothing(desk: Desk, seat: Seat, incident_id: UUID, now: datetime) -> None:
    asked = "&".join(f"{name}={value}" for name, value in typed("if", now - 80 * HOUR).items())
    answer = await seat.get(f"{BENCH}?{asked}")
    assert answer.status_code == 200
    part = answer.text.split('id="answer"')[1].split("</div>")[0]
    assert "8 h" in part
    assert "write down who noticed it earlier" in part
    async with desk.database.read() as session:
        for table in (Awareness, Stamp, HistoryEntry):
            assert await session.scalar(select(func.count()).select_from(table)) == 0


@pytest.mark.parametrize(
    "asked, words",
    [
        ("if_day=31&if_month=2&if_year=2026&if_hour=1&if_minute=0", "Give a day, month, year"),
        ("if_day=29&if_month=3&if_year=2026&if_hour=2&if_minute=30", "the clocks went forward over it"),
        ("if_day=25&if_month=10&if_year=2026&if_hour=2&if_minute=30", "happened twice"),
        ("if_day=1&if_month=1&if_year=2026&if_hour=2&if_minute=30&if_zone=Mars", "Give a time zone by its name"),
        ("if_day=1", "Give a day, month, year"),
        ("if_day=1&if_month=1&if_year=26&if_hour=2&if_minute=30", "Check the year"),
    ],
)
async def test_what_if_says_what_is_amiss(seat: Seat, asked: str, words: str) -> None:
    answer = await seat.get(f"{BENCH}?{asked}")
    assert (answer.status_code, words in answer.text) == (422, True)


async def test_what_if_there_was_no_law_and_what_if_it_is_still_to_come(seat: Seat) -> None:
    for year, words in (("2017", "No rule of law"), ("2050", "That moment has not come yet")):
        answer = await seat.get(f"{BENCH}?if_day=1&if_month=1&if_year={year}&if_hour=2&if_minute=30")
        assert (answer.status_code, words in answer.text.split('id="answer"')[1]) == (200, True)


async def test_a_responder_inquires_and_fixes_nothing(sit: Sit, incident_id: UUID, now: datetime) -> None:
    seat = await sit(Role.RESPONDER)
    page = (await seat.get(BENCH)).text
    assert "Begin the inquiry" in page
    assert "Fix the moment" not in page
    assert "Write it down" not in page
    assert await press(seat, "inquiry", **inquiry("inquiry_from", now - HOUR)) == 303
    assert "An inquiry has been running" in (await seat.get(BENCH)).text
    assert "An inquiry has been running" in (await seat.get(f"{BASE}/clock")).text
    assert await press(seat, "inquiry", **inquiry("significant_aware_at", now)) == 422
    assert await press(seat, "inquiry", **inquiry("inquiry_to", now)) == 303
    assert "The inquiry took" in (await seat.get(BENCH)).text
    for place in ("awareness", "stamps"):
        assert (await seat.post(f"{BASE}/{place}")).status_code == 403


async def test_a_reader_looks_only(sit: Sit, incident_id: UUID) -> None:
    seat = await sit(Role.READER)
    page = await seat.get(BENCH)
    assert (page.status_code, "Begin the inquiry" in page.text, "What if?" in page.text) == (200, False, True)
    for place in ("awareness", "stamps", "inquiry"):
        assert (await seat.post(f"{BASE}/{place}")).status_code == 403


async def test_a_stale_form_keeps_what_was_typed(seat: Seat, now: datetime) -> None:
    seen = await stamp(seat)
    assert await press(seat, "inquiry", **inquiry("inquiry_from", now - HOUR)) == 303
    second = typed("aware", now - HOUR, aware_pick="other", aware_reason="Second thoughts")
    answer = await seat.post(BENCH, seen_revision=seen, **second)
    assert answer.status_code == 409
    assert "Dipo Officer changed this clock" in answer.text
    assert "Second thoughts</textarea>" in answer.text
    fresh = people.hidden_fields(answer.text)["seen_revision"]
    assert (await seat.post(BENCH, seen_revision=fresh, **second)).status_code == 303


async def test_pressing_twice_is_pressing_once(desk: Desk, seat: Seat, incident_id: UUID, now: datetime) -> None:
    presses = [
        ("inquiry", inquiry("inquiry_from", now - 6 * HOUR)),
        ("stamps", typed("stamp", now - HOUR, stamp_kind="confirmed_at", stamp_reason="Seen")),
        ("awareness", typed("aware", now - 50 * HOUR, aware_reason="They knew", aware_source="Call 4711")),
    ]
    for number, (place, fields) in enumerate(presses, 1):
        seen = await stamp(seat)
        for _ in range(2):
            assert (await seat.post(f"{BASE}/{place}", seen_revision=seen, **fields)).status_code == 303
        async with desk.database.read() as session:
            known = select(func.count()).where(HistoryEntry.incident_id == incident_id)
            assert await session.scalar(known) == number


async def test_a_correction_is_a_new_line_and_the_old_one_stays(seat: Seat, now: datetime) -> None:
    for hours, why in ((3, "The first log"), (2, "The right log")):
        fields = typed("stamp", now - hours * HOUR, stamp_kind="confirmed_at", stamp_reason=why)
        assert await press(seat, "stamps", **fields) == 303
    page = (await seat.get(BENCH)).text
    assert page.index("The first log") < page.index("The right log")
    assert page.count("corrected below") == 1


async def test_an_erased_incident_is_looked_at_and_not_written_on(
    desk: Desk, seat: Seat, incident_id: UUID, now: datetime
) -> None:
    async with desk.database.write() as session:
        (await session.get_one(Incident, incident_id)).erased_at = now
    page = (await seat.get(BENCH)).text
    assert "Fix the moment" not in page
    assert "What if?" in page


async def test_without_a_clock_nothing_is_fixed(desk: Desk, seat: Seat, dpo: Member, now: datetime) -> None:
    async with desk.database.write() as session:
        await session.delete((await queries.bench_of(session, REFERENCE, by=dpo)).case.clock)
    page = (await seat.get(BENCH)).text
    assert "starts the clock" in page
    assert "Fix the moment" not in page
    fields = typed("aware", now - HOUR, aware_reason="Sure")
    assert await press(seat, "awareness", **fields) == 409


async def test_an_unknown_incident_is_not_found(seat: Seat) -> None:
    assert (await seat.get("/desk/incidents/IR-26-000000/awareness")).status_code == 404


async def test_only_what_binds_the_company_and_what_began_is_offered(
    seat: Seat, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = ("significant_aware_at", "processor_aware_at", "inquiry_from", "confirmed_at")

    async def offered() -> list[str]:
        page = (await seat.get(BENCH)).text
        return [kind for kind in kinds if f'name="stamp_kind" value="{kind}"' in page]

    assert await offered() == ["significant_aware_at", "processor_aware_at", "confirmed_at"]
    monkeypatch.setattr(Settings, "regimes", frozenset({Regime.CONTROLLER}))
    assert await press(seat, "inquiry", **inquiry("inquiry_from", now - HOUR)) == 303
    assert await offered() == ["inquiry_from", "confirmed_at"]


async def test_a_candidate_from_before_the_law_cannot_be_chosen(seat: Seat, now: datetime) -> None:
    fields = typed("stamp", now.replace(year=2001), stamp_kind="noticed_at", stamp_reason="A typing error")
    assert await press(seat, "stamps", **fields) == 303
    page = (await seat.get(BENCH)).text
    assert "No rule of law that we know of" in page
    assert 'value="noticed_at:' not in page


async def test_a_verdict_ends_an_inquiry_where_no_clock_of_the_law_runs(
    desk: Desk, seat: Seat, dpo: Member, now: datetime
) -> None:
    async with desk.database.write() as session:
        await session.delete((await queries.bench_of(session, REFERENCE, by=dpo)).case.clock)
    assert await press(seat, "inquiry", **inquiry("inquiry_from", now - HOUR)) == 303
    assert "An inquiry has been running" in (await seat.get(BENCH)).text
    verdict = {"verdict": "security_incident", "seen_verdict": "", "reason": "No data", "message": "", "form_id": "1"}
    assert (await seat.post(f"{BASE}/verdict", **verdict)).status_code == 303
    page = (await seat.get(BENCH)).text
    assert "The inquiry took" in page
    assert "End the inquiry" not in page


async def test_an_inquiry_that_ended_is_resumed_for_new_facts_and_what_it_took_counts_on(
    seat: Seat, now: datetime
) -> None:
    early = now - 20 * HOUR
    # Not before there was one, nor while it runs, nor before it ended.
    assert await press(seat, "inquiry", **inquiry("inquiry_resumed", early)) == 422
    assert await press(seat, "inquiry", **inquiry("inquiry_from", early)) == 303
    assert await press(seat, "inquiry", **inquiry("inquiry_resumed", early)) == 422
    assert await press(seat, "inquiry", **inquiry("inquiry_to", early + 4 * HOUR, "Nothing of people")) == 303
    assert "Resume the inquiry" in (await seat.get(BENCH)).text
    assert await press(seat, "inquiry", **inquiry("inquiry_resumed", early + 3 * HOUR)) == 422
    assert await press(seat, "inquiry", **inquiry("inquiry_resumed", now - 2 * HOUR, "A second mailbox")) == 303
    page = (await seat.get(BENCH)).text
    for words in (
        "An inquiry has been running for 6 h",
        "The inquiry was resumed",
        "A second mailbox",
        "End the inquiry",
    ):
        assert words in page


async def test_each_end_of_a_resumed_inquiry_may_have_been_the_moment(seat: Seat, now: datetime) -> None:
    for kind, ago in (("inquiry_from", 20), ("inquiry_to", 16), ("inquiry_resumed", 2), ("inquiry_to", 0)):
        assert await press(seat, "inquiry", **inquiry(kind, now - ago * HOUR)) == 303
    known, written = (await seat.get(BENCH)).text.split('id="lines"')
    assert "It took 6 h" in known
    assert known.count("<strong>The inquiry ended</strong>") == 2
    assert "corrected below" not in written
    # Once the awareness is fixed nothing comes before it any more.
    assert await press(seat, "awareness", aware_reason="Both read", **typed("aware", now)) == 303
    assert await press(seat, "inquiry", **inquiry("inquiry_resumed", now)) == 409
    assert "Resume the inquiry" not in (await seat.get(BENCH)).text


async def test_no_corrected_beginning_puts_off_the_alarm_of_a_resumed_inquiry(seat: Seat, now: datetime) -> None:
    for kind, ago in (("inquiry_from", 20), ("inquiry_to", 16), ("inquiry_resumed", 2)):
        assert await press(seat, "inquiry", **inquiry(kind, now - ago * HOUR)) == 303
    # It began before it ended first: what lies after that was no beginning.
    assert await press(seat, "inquiry", **inquiry("inquiry_from", now - 10 * HOUR)) == 422
    assert await press(seat, "inquiry", **inquiry("inquiry_from", now)) == 422
    assert "An inquiry has been running for 6 h" in (await seat.get(BENCH)).text
