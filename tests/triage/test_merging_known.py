"""What was known of the parts of a whole, and of what is part of a part, when somebody says when we became aware."""

from datetime import datetime, timedelta

import pytest

from incidentdesk.tables import Incident, Member
from incidentdesk.web.pages import Desk
from tests.people import Seat, Sit, hidden_fields
from tests.triage.merged import at, clock_of, course, merge, separate
from tests.triage.reports import Told, file
from tests.triage.test_merging_duties import decide
from tests.typed import typed

HOUR = timedelta(hours=1)


@pytest.fixture
async def seat(sit: Sit, dipo: Member) -> Seat:
    return await sit(dipo)


async def press(seat: Seat, incident: Incident, noun: str, **fields: str) -> int:
    seen = hidden_fields((await seat.get(at(incident, "awareness"))).text)["seen_revision"]
    return (await seat.post(at(incident, noun), seen_revision=seen, **fields)).status_code


async def notice(seat: Seat, incident: Incident, moment: datetime) -> None:
    fields = typed("stamp", moment, stamp_kind="noticed_at", stamp_reason="The log says so")
    assert await press(seat, incident, "stamps", **fields) == 303


async def test_a_later_awareness_of_a_whole_is_asked_why_also_when_a_part_of_a_part_came_in_first(
    desk: Desk, seat: Seat, now: datetime
) -> None:
    main, middle, first = [await file(desk, now=now - ago * HOUR) for ago in (3, 5, 80)]
    await merge(seat, first, middle)
    await merge(seat, middle, main)
    late = await clock_of(desk, main)
    assert await press(seat, main, "awareness", **typed("aware", middle.received_at)) == 422
    assert course(await clock_of(desk, main)) == course(late)
    # And the moment of that part is no earlier than everything known: it needs no further source.
    assert await press(seat, main, "awareness", **typed("aware", first.received_at)) == 303


async def test_what_was_noticed_about_a_part_stays_the_first_signal_of_the_whole(
    desk: Desk, seat: Seat, now: datetime
) -> None:
    main, part = [await file(desk, now=now - ago * HOUR) for ago in (3, 5)]
    await notice(seat, part, now - 80 * HOUR)
    noticed = course(await clock_of(desk, part))
    await merge(seat, part, main)
    assert course(await clock_of(desk, main)) == noticed
    # Another moment, later than that one, is noticed about the whole: it is late still.
    await notice(seat, main, now - 6 * HOUR)
    assert course(await clock_of(desk, main)) == noticed
    assert await press(seat, main, "awareness", **typed("aware", now - 6 * HOUR)) == 422
    await separate(seat, part)
    assert (await clock_of(desk, part)).started_at == noticed[0]


async def test_what_was_noticed_about_a_whole_stands_when_a_part_is_taken_out(
    desk: Desk, seat: Seat, now: datetime
) -> None:
    main, part = [await file(desk, now=now - ago * HOUR) for ago in (3, 5)]
    await merge(seat, part, main)
    await notice(seat, main, now - 80 * HOUR)
    noticed = course(await clock_of(desk, main))
    await separate(seat, part)
    assert course(await clock_of(desk, main)) == noticed


async def test_an_awareness_of_a_whole_that_has_its_clock_from_its_parts_stands_when_one_is_taken_out(
    desk: Desk, seat: Seat, now: datetime
) -> None:
    main, *parts = [await file(desk, Told(people=told), now=now - 5 * HOUR) for told in ("no", "yes", "yes")]
    for part in parts:
        await merge(seat, part, main)
    why = {"aware_reason": "A call", "aware_source": "The list of calls"}
    assert await press(seat, main, "awareness", **typed("aware", now - 80 * HOUR), **why) == 303
    fixed = course(await clock_of(desk, main))
    await separate(seat, parts[0])
    assert course(await clock_of(desk, main)) == fixed
    await decide(seat, main)
    await separate(seat, parts[1])
    assert course(await clock_of(desk, main)) == fixed


async def test_a_breach_runs_from_what_was_noticed_and_from_what_came_in_first_also_without_personal_data(
    desk: Desk, seat: Seat, now: datetime
) -> None:
    main, part, other = [await file(desk, Told(people="no"), now=now - ago * HOUR) for ago in (3, 9, 4)]
    await merge(seat, part, main)
    await decide(seat, main)
    assert (await clock_of(desk, main)).started_at == part.received_at
    await notice(seat, other, now - 80 * HOUR)
    await decide(seat, other)
    assert course(await clock_of(desk, other))[1] < now
