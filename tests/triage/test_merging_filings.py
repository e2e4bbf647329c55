"""What was filed for a part, and what somebody files while it becomes one: nothing is lost, and nothing ends in silence."""

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from incidentdesk.breach.customers.actions import add_customer
from incidentdesk.breach.customers.forms import Card
from incidentdesk.records import clocks
from incidentdesk.rules.next_step import Duty
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Clock, Filing, HistoryEntry, Incident, Member, Message
from incidentdesk.web.pages import Desk
from tests import people
from tests.breach.test_progress import row
from tests.people import Seat, Sit, hidden_fields
from tests.triage.merged import TOLD, WHY, at, clock_of, course, merge, record, separate
from tests.triage.reports import file, fresh, rows, running
from tests.triage.test_access import choose
from tests.typed import typed

HOUR = timedelta(hours=1)


@pytest.fixture
async def seat(sit: Sit, dipo: Member) -> Seat:
    return await sit(dipo)


async def stamp(seat: Seat, incident: Incident, room: str = "clock") -> str:
    return hidden_fields((await seat.get(at(incident, room))).text)["seen_revision"]


async def take_over(desk: Desk, seat: Seat, part: Incident, main: Incident, **fields: str) -> int:
    *_, filing = [one for one in await rows(desk, Filing, part) if one.taken_from_id is None]
    sent = {"taken_reason": "It names both", **fields}
    if "seen_revision" not in sent:
        sent["seen_revision"] = await stamp(seat, main)
    return (await seat.post(at(main, f"filings/{filing.id}/taking-over"), **sent)).status_code


async def pair(desk: Desk, seat: Seat, now: datetime, hours: tuple[int, int] = (3, 5)) -> tuple[Incident, Incident]:
    """A main incident, and a part that was notified before it became one."""
    main, part = [await file(desk, now=now - ago * HOUR) for ago in hours]
    await record(seat, part, now - HOUR)
    await merge(seat, part, main)
    return main, part


async def test_what_was_filed_for_a_part_is_shown_and_ends_the_clock_once_somebody_signs_that_it_covers_the_whole(
    desk: Desk, seat: Seat, now: datetime
) -> None:
    main, part = await pair(desk, seat, now)
    page = (await seat.get(at(main, "clock"))).text
    assert "AP-1" in page
    assert part.reference in page
    assert Duty.AUTHORITY in await running(desk, main)
    assert await take_over(desk, seat, part, main) == 303
    ended, [taken] = await clock_of(desk, main), await rows(desk, Filing, main)
    assert (ended.ended_by, ended.ended_at, ended.late_seconds) == (clocks.FILED, taken.filed_at, 0)
    assert (taken.authority_reference, taken.taken_reason) == ("AP-1", "It names both")
    page = (await seat.get(at(main, "clock"))).text
    assert "Taken over from" in page
    assert "It covers this incident too" not in page
    entry = [one for one in await rows(desk, HistoryEntry, main) if one.action == "filing.taken_over"]
    assert entry[0].after["part"] == str(part.id)


async def test_taking_over_asks_why_and_why_it_was_late_for_the_whole(desk: Desk, seat: Seat, now: datetime) -> None:
    # The part was in time by itself, and for the whole it is late.
    main, part = await pair(desk, seat, now, hours=(80, 5))
    assert await take_over(desk, seat, part, main, taken_reason="", taken_delay="We heard late") == 422
    assert await take_over(desk, seat, part, main) == 422
    assert Duty.AUTHORITY in await running(desk, main)
    assert await take_over(desk, seat, part, main, seen_revision="older", taken_delay="We heard late") == 409
    assert await take_over(desk, seat, part, main, taken_delay="We heard late") == 303
    ended = await clock_of(desk, main)
    assert ended.late_seconds
    assert timedelta(seconds=ended.late_seconds) > 6 * HOUR
    assert await take_over(desk, seat, part, main, taken_reason="And again", taken_delay="x") == 409


async def test_only_whoever_signs_takes_over_and_only_what_was_filed_for_a_part(
    desk: Desk, sit: Sit, seat: Seat, now: datetime
) -> None:
    main, part = await pair(desk, seat, now)
    for role in (Role.READER, Role.RESPONDER):
        assert await take_over(desk, await sit(role), part, main, seen_revision="any") == 403
    stranger = await file(desk, now=now - 3 * HOUR)
    await record(seat, stranger, now)
    assert await take_over(desk, seat, stranger, main) == 422
    assert await take_over(desk, seat, part, stranger) == 422
    assert Duty.AUTHORITY in await running(desk, main)


async def test_a_part_that_is_taken_out_takes_its_filing_along_and_the_duty_of_the_main_incident_runs_again(
    desk: Desk, seat: Seat, now: datetime
) -> None:
    main, part = await pair(desk, seat, now, hours=(80, 5))
    before = course(await clock_of(desk, main))
    assert await take_over(desk, seat, part, main, taken_delay="We heard late") == 303
    await separate(seat, part)
    again, own = await clock_of(desk, main), await clock_of(desk, part)
    assert (course(again), again.ended_at, own.ended_by) == (before, None, clocks.FILED)
    assert (await fresh(desk, main)).legal_due_at == again.deadline_at
    page = (await seat.get(at(main, "clock"))).text
    assert "set aside" in page
    # It is no filing of this one any more: what follows is the first, held against the deadline.
    fields = typed("filed", now, seen_revision=await stamp(seat, main), authority_reference="AP-2")
    assert "reasons for the delay" in (await seat.post(at(main, "filings"), **fields)).text
    # Merged again, it has to be taken over again.
    await merge(seat, part, main)
    assert Duty.AUTHORITY in await running(desk, main)
    assert await take_over(desk, seat, part, main, taken_delay="Still late") == 303


async def test_what_was_taken_over_from_a_part_that_few_may_see_goes_out_of_sight_with_it(
    desk: Desk, sit: Sit, seat: Seat, now: datetime
) -> None:
    main, part = [await file(desk, now=now - ago * HOUR) for ago in (80, 5)]
    await choose(seat, part)
    await record(seat, part, now - HOUR)
    await merge(seat, part, main)
    assert await take_over(desk, seat, part, main, taken_delay="We heard late") == 303
    await separate(seat, part)
    other = await sit(people.member(Role.DPO, now=now, name="Otto Other"))
    said = ("AP-1", "It names both", "We heard late", "Another mail after all", part.reference)
    for noun in ("", "clock", f"duties/{(await clock_of(desk, main)).id}"):
        mine, theirs = [(await one.get(at(main, noun))).text for one in (seat, other)]
        assert [words for words in said if words in theirs] == [], noun
        assert "AP-1" in mine, noun
    # What others cannot see does not keep them from filing.
    assert await record_more(other, main, now, "AP-2", reason_for_delay="The part went") == 303


async def test_of_two_who_take_it_over_at_once_one_does_and_the_other_keeps_every_word(
    desk: Desk, sit: Sit, seat: Seat, now: datetime
) -> None:
    main, part = await pair(desk, seat, now)
    other = await sit(people.member(Role.DPO, now=now, name="Otto Other"))
    [filing], seen = await rows(desk, Filing, part), await stamp(seat, main)
    told = {"It names both": seat, "They asked for one": other}
    answers = await asyncio.gather(
        *(
            one.post(at(main, f"filings/{filing.id}/taking-over"), taken_reason=reason, seen_revision=seen)
            for reason, one in told.items()
        )
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    [taken] = await rows(desk, Filing, main)
    [lost] = [answer.text for answer in answers if answer.status_code == 409]
    assert [reason in lost for reason in told] == [True, True]
    assert taken.taken_reason in told


@pytest.mark.parametrize("ago", [2, 20])
async def test_a_filing_of_its_own_keeps_the_main_incident_notified_and_says_how_late(
    desk: Desk, seat: Seat, now: datetime, ago: int
) -> None:
    main, part = await pair(desk, seat, now, hours=(80, 5))
    await take_over(desk, seat, part, main, taken_delay="We heard late")
    await record(seat, main, now - ago * HOUR, "AP-2")
    await separate(seat, part)
    kept = await clock_of(desk, main)
    assert (kept.ended_by, bool(kept.late_seconds)) == (clocks.FILED, ago == 2)
    await reasons_are_asked_for(seat, main, kept, now=now)


async def reasons_are_asked_for(seat: Seat, main: Incident, kept: Clock, *, now: datetime) -> None:
    """What became late by separating was recorded without a reason: what is recorded next has to give it, once."""
    missing, is_late = "the reasons for the delay are missing", bool(kept.late_seconds)
    for room in ("clock", "notification", f"duties/{kept.id}"):
        assert (missing in (await seat.get(at(main, room))).text) is is_late, room
    assert (await row(seat, base=at(main)))["notification"] == ("still open" if is_late else "done")
    assert await record_more(seat, main, now, "AP-3") == (422 if is_late else 303)
    if is_late:
        assert await record_more(seat, main, now, "AP-3", reason_for_delay="The part went") == 303
        assert missing not in (await seat.get(at(main, "clock"))).text
        assert await record_more(seat, main, now, "AP-4") == 303


async def record_more(seat: Seat, main: Incident, now: datetime, reference: str, **more: str) -> int:
    fields = typed("filed", now, seen_revision=await stamp(seat, main), authority_reference=reference)
    return (await seat.post(at(main, "filings"), **fields, **more)).status_code


async def test_what_is_filed_while_it_becomes_a_part_comes_back_on_the_page_of_the_whole(
    desk: Desk, seat: Seat, now: datetime
) -> None:
    main, part = [await file(desk, now=now - ago * HOUR) for ago in (3, 5)]
    fields = typed("filed", now, seen_revision=await stamp(seat, part), authority_reference="N-7")
    await merge(seat, part, main)
    for noun in ("filings", "notification/filings"):
        answer = await seat.post(at(part, noun), **fields)
        assert answer.status_code == 409
        assert f"{part.reference} has become part of {main.reference}" in answer.text
        assert 'value="N-7"' in answer.text
        assert f'action="{at(main, "filings")}"' in answer.text
    assert [await rows(desk, Filing, one) for one in (main, part)] == [[], []]
    # As it stands there, it is sent once more.
    again = fields | {"seen_revision": hidden_fields(answer.text)["seen_revision"]}
    assert (await seat.post(at(main, "filings"), **again)).status_code == 303


async def test_what_was_typed_in_any_room_of_a_part_is_kept_with_the_way_to_the_whole(
    desk: Desk, seat: Seat, now: datetime
) -> None:
    main, part = [await file(desk, now=now - ago * HOUR) for ago in (3, 5)]
    await merge(seat, part, main)
    forms = {
        "awareness": "aware_reason",
        "roles": "role_reason",
        "people-decision": "reasoning",
        "customer-notices": "body_en",
        "assessment-decision": "reasoning",
        "notes": "note",
    }
    for noun, field in forms.items():
        answer = await seat.post(at(part, noun), **{field: "What they told us"})
        assert (noun, answer.status_code, "What they told us" in answer.text) == (noun, 409, True)
        assert at(main) in answer.text


async def test_every_room_of_a_part_leads_to_the_same_room_of_the_whole(desk: Desk, seat: Seat, now: datetime) -> None:
    main, part = await pair(desk, seat, now)
    rooms = ("awareness", "clock", "assessment", "duties", "notification", "people", "register")
    for room in rooms:
        assert f'href="{at(main, room)}"' in (await seat.get(at(part, room))).text, room


async def test_a_duty_of_nis2_that_was_filed_for_a_part_can_be_taken_over_too(
    desk: Desk, seat: Seat, dipo: Member, now: datetime
) -> None:
    async with desk.database.write() as session:
        await add_customer(session, Card("Bakery", "it@bakery.example", "nl", 8), by=dipo, now=now)
    main, part = [await file(desk, now=now - ago * HOUR) for ago in (3, 5)]
    for one in (main, part):
        moment = typed("at", now - 2 * HOUR, event="significant_aware_at", event_reason="Down")
        sent = {"seen_revision": await stamp(seat, one, "duties"), **moment}
        assert (await seat.post(at(one, "duty-moments"), **sent)).status_code == 303
    place = f"duties/{(await clock_of(desk, part, 'nis2_early_warning')).id}"
    fields = typed("filed", now, seen_revision=await stamp(seat, part, place), authority_reference="N-1")
    assert (await seat.post(at(part, f"{place}/filing"), **fields)).status_code == 303
    await merge(seat, part, main)
    # Sent to the part, it comes back on the page of the same duty of the whole.
    theirs = f"duties/{(await clock_of(desk, main, 'nis2_early_warning')).id}"
    late = await seat.post(at(part, f"{place}/filing"), **fields)
    assert (late.status_code, f'action="{at(main, theirs)}/filing"' in late.text) == (409, True)
    [filing] = await rows(desk, Filing, part)
    sent = {"seen_revision": await stamp(seat, main, theirs), "taken_reason": "One report of both"}
    assert (await seat.post(at(main, f"{theirs}/filings/{filing.id}/taking-over"), **sent)).status_code == 303
    assert (await clock_of(desk, main, "nis2_early_warning")).ended_by == clocks.FILED


async def look(seat: Seat, part: Incident, main: Incident, **fields: str) -> httpx.Response:
    sent = {"into": main.reference, "reason": WHY, "message": TOLD, "form_id": "m", **fields}
    return await seat.post(at(part, "merging"), **sent)


async def test_what_will_follow_is_shown_before_and_is_what_follows(desk: Desk, seat: Seat, now: datetime) -> None:
    main, part = [await file(desk, now=now - ago * HOUR) for ago in (3, 80)]
    await record(seat, part, now - 10 * HOUR)
    before = [course(await clock_of(desk, one)) for one in (main, part)]
    shown = await look(seat, part, main, intent="look")
    assert shown.status_code == 200
    for words in ("What will follow", "first signal of both", "Afterwards somebody has to take that over", WHY, TOLD):
        assert words in shown.text
    # Nothing of it was kept: no merging, no message, no history.
    assert [course(await clock_of(desk, one)) for one in (main, part)] == before
    assert [entry.action for entry in await rows(desk, HistoryEntry, main)] == ["report.received"]
    assert await rows(desk, Message, part) == []
    seen = hidden_fields(shown.text)["seen_outlook"]
    assert (await look(seat, part, main, seen_outlook=seen)).status_code == 303
    merged = await clock_of(desk, main)
    zone = ZoneInfo("Europe/Amsterdam")
    for moment in course(merged)[:2]:
        assert f"{moment.astimezone(zone):%H:%M}" in shown.text


async def test_what_changed_since_it_was_shown_is_shown_again_and_nothing_is_merged(
    desk: Desk, seat: Seat, now: datetime
) -> None:
    main, part = [await file(desk, now=now - ago * HOUR) for ago in (3, 5)]
    seen = hidden_fields((await look(seat, part, main, intent="look")).text)["seen_outlook"]
    await record(seat, main, now)
    again = await look(seat, part, main, seen_outlook=seen)
    assert (again.status_code, "nothing was merged" in again.text) == (409, True)
    assert (await fresh(desk, part)).merged_into_id is None
    assert (await look(seat, part, main, intent="look", reason="")).status_code == 422
