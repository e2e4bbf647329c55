"""Merging reveals nothing, mixes nothing, and survives two people, a second press and an erasure."""

import asyncio
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from incidentdesk.records import wholes
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import HistoryEntry, Incident, IncidentMember, Member, Merging, Relation, Report
from incidentdesk.triage.forms import LONGEST_TEXT
from incidentdesk.web.pages import Desk
from tests import people
from tests.people import Seat, Sit
from tests.triage.merged import TOLD, WHY, at, give_code, merge, separate
from tests.triage.reports import Told, done, file, fresh, rows
from tests.triage.test_access import choose, members


@pytest.fixture
async def cast(desk: Desk, sit: Sit, now: datetime) -> dict[str, Seat]:
    """Dipo and Rosa keep things between them; Otto need not know."""
    seats = {}
    for name, role in (("Dipo Officer", Role.DPO), ("Rosa Ponder", Role.RESPONDER), ("Otto Other", Role.RESPONDER)):
        seats[name.split()[0].lower()] = await sit(people.member(role, now=now, name=name))
    return seats


def person(seat: Seat) -> Member:
    assert seat.member is not None
    return seat.member


async def test_the_stricter_circle_wins_and_undone_each_has_its_own(
    desk: Desk, cast: dict[str, Seat], now: datetime
) -> None:
    main, part = await file(desk, now=now), await file(desk, Told("The board's laptop"), now=now)
    await choose(cast["dipo"], part, person(cast["rosa"]))
    circle = await members(desk, part)
    assert await merge(cast["rosa"], part, main) == 303
    assert await members(desk, main) == await members(desk, part) == circle
    assert (await cast["otto"].get(at(main))).status_code == 404
    assert await separate(cast["rosa"], part) == 303
    assert not (await fresh(desk, main)).restricted
    assert await members(desk, part) == circle
    page = unescape((await cast["otto"].get(at(main))).text)
    for secret in (part.reference, WHY, "The board's laptop"):
        assert secret not in page
    assert "Took in another incident as part" in page
    assert part.reference in (await cast["rosa"].get(at(main))).text


async def test_who_may_see_the_whole_is_chosen_once_and_kept_by_all_of_it(
    desk: Desk, cast: dict[str, Seat], now: datetime
) -> None:
    main, part = await file(desk, now=now), await file(desk, now=now)
    await merge(cast["dipo"], part, main)
    await choose(cast["dipo"], main, person(cast["rosa"]))
    assert (await cast["otto"].get(at(part))).status_code == 404
    # What was chosen for the whole stays when it comes apart: its parts hold what was said meanwhile.
    await separate(cast["dipo"], part)
    assert await members(desk, part) == await members(desk, main)
    assert (await fresh(desk, part)).restricted


async def test_whoever_may_not_see_one_of_them_can_neither_merge_nor_learn_of_it(
    desk: Desk, cast: dict[str, Seat], now: datetime
) -> None:
    main, part = await file(desk, now=now), await file(desk, now=now)
    await choose(cast["dipo"], main, person(cast["rosa"]))
    answers = [
        await cast["otto"].post(at(part, noun), **{field: reference}, reason="x", message="y")
        for noun, field in (("merging", "into"), ("links", "other"))
        for reference in (main.reference, "IR-26-000000")
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert all("No incident has that reference" in answer.text for answer in answers)
    assert await merge(cast["otto"], main, part) == 404
    assert main.reference not in (await cast["otto"].get(at(part))).text


async def test_an_owner_is_not_shut_out_by_a_merging(desk: Desk, cast: dict[str, Seat], now: datetime) -> None:
    main, part = await file(desk, now=now), await file(desk, now=now)
    await choose(cast["dipo"], part, person(cast["rosa"]))
    await cast["otto"].post(at(main, "taking"), seen_owner="")
    assert await merge(cast["rosa"], part, main) == 422
    assert not (await fresh(desk, main)).restricted


async def close(seat: Seat, incident: Incident) -> None:
    said = {"verdict": "not_an_incident", "seen_verdict": "", "outcome": "false_alarm", "reason": "A test"}
    await seat.post(at(incident, "verdict"), **said, form_id="v")
    ended = {"outcome": "false_alarm", "seen_status": "handling", "message": ""}
    assert (await seat.post(at(incident, "closure"), **ended, form_id="c")).status_code == 303


async def test_what_cannot_be_one_is_refused_with_every_word_kept(
    desk: Desk, cast: dict[str, Seat], now: datetime
) -> None:
    seat, one, closed = cast["rosa"], await file(desk, now=now), await file(desk, now=now)
    drill, part, main = [await file(desk, Told(practice=is_drill), now=now) for is_drill in (True, False, False)]
    await close(seat, closed)
    await merge(seat, part, main)
    for other, words in (
        (one, "this very incident"),
        (closed, "closed: open it again first"),
        (drill, "kept apart"),
        (part, "itself part of another one"),
    ):
        fields = {"into": other.reference, "reason": "My own reason", "message": "My own words"}
        answer = await seat.post(at(one, "merging"), **fields)
        assert answer.status_code == 422
        assert words in answer.text
        assert answer.text.count("My own") == 2
    assert await merge(seat, closed, one) == 422
    assert await merge(seat, drill, one) == 422
    assert [entry.action for entry in await done(desk, one)] == []


async def test_a_reason_is_asked_for_and_an_answer_where_nobody_gave_one(
    desk: Desk, cast: dict[str, Seat], now: datetime
) -> None:
    seat, main, part = cast["rosa"], await file(desk, now=now), await file(desk, now=now)
    too_long = "x" * (LONGEST_TEXT + 1)
    for reason, message in (("", TOLD), (WHY, " "), (too_long, TOLD), (WHY, too_long)):
        fields = {"reason": reason, "message": message}
        assert (await seat.post(at(part, "merging"), into=main.reference, **fields)).status_code == 422
    await seat.post(at(part, "messages"), message="We have it", form_id="x")
    assert await merge(seat, part, main, message="") == 303
    assert await separate(seat, part, reason="") == 422


async def test_pressed_twice_it_is_merged_once(desk: Desk, cast: dict[str, Seat], now: datetime) -> None:
    main, part = await file(desk, now=now), await file(desk, now=now)
    assert await asyncio.gather(*(merge(cast["rosa"], part, main) for _ in range(3))) == [303] * 3
    assert [entry.action for entry in await done(desk, part)] == ["incident.merged"]
    assert await asyncio.gather(*(separate(cast["rosa"], part) for _ in range(3))) == [303] * 3
    assert [entry.action for entry in await done(desk, main)] == ["incident.received_part", "incident.released_part"]


async def test_of_two_who_merge_into_each_other_one_wins(desk: Desk, cast: dict[str, Seat], now: datetime) -> None:
    one, two = await file(desk, now=now), await file(desk, now=now)
    answers = await asyncio.gather(merge(cast["rosa"], one, two), merge(cast["otto"], two, one))
    assert sorted(answers) in ([303, 409], [303, 422])
    mains = {(await fresh(desk, incident)).merged_into_id for incident in (one, two)}
    assert None in mains
    assert mains & {one.id, two.id}


async def test_a_circle_of_merges_never_closes(desk: Desk, cast: dict[str, Seat], now: datetime) -> None:
    ring = [await file(desk, now=now) for _ in range(3)]
    pairs = [(ring[number], ring[(number + 1) % 3]) for number in range(3)]
    await asyncio.gather(*(merge(cast["rosa"], *pair) for pair in pairs))
    found = [await fresh(desk, incident) for incident in ring]
    roots = [incident for incident in found if incident.merged_into_id is None]
    assert len(roots) in {1, 2}
    async with desk.database.read() as session:
        ends = {(await wholes.main_of(session, await session.get_one(Incident, one.id))).id for one in ring}
    assert ends == {one.id for one in roots}


async def test_reporters_write_while_their_incidents_are_merged_and_separated(
    desk: Desk, sit: Sit, cast: dict[str, Seat], now: datetime
) -> None:
    main, part = await file(desk, now=now), await file(desk, now=now)
    code = await give_code(desk, part, "part")
    reporter = await sit()

    async def write(number: int) -> int:
        page = (await reporter.client.post("/r", data={"code": code})).text
        sent = people.hidden_fields(page) | {"code": code, "body": f"News {number}"}
        return (await reporter.client.post("/r/messages", data=sent)).status_code

    async def back_and_forth() -> int:
        return max([await merge(cast["rosa"], part, main), await separate(cast["rosa"], part)])

    answers = await asyncio.gather(back_and_forth(), *(write(number) for number in range(4)), back_and_forth())
    assert set(answers[1:5]) == {200}
    assert max(answers) < 500
    told = {entry.action for entry in await rows(desk, HistoryEntry, part)}
    assert {"report.replied", "incident.merged"} <= told


async def test_erasing_one_of_them_leaves_the_other(desk: Desk, cast: dict[str, Seat], now: datetime) -> None:
    main, part = await file(desk, Told("The main words"), now=now), await file(desk, Told("The part's words"), now=now)
    seat = cast["dipo"]
    await merge(seat, part, main)
    await erase(seat, part)
    page = unescape((await seat.get(at(main))).text)
    assert "The main words" in page
    assert "The part's words" not in page
    assert (await rows(desk, Report, part))[0].answers == {}
    assert (await rows(desk, Report, main))[0].answers
    assert await separate(seat, part) in {409, 410}


async def test_the_main_one_goes_last(desk: Desk, cast: dict[str, Seat], now: datetime) -> None:
    seat, main, part = cast["dipo"], await file(desk, now=now), await file(desk, now=now)
    await merge(seat, part, main)
    await close(seat, main)
    assert await erase(seat, main) == 409
    assert (await rows(desk, Report, main))[0].answers
    assert [await erase(seat, one) for one in (part, main)] == [303, 303]


async def erase(seat: Seat, incident: Incident) -> int:
    wish = {"extent": "incident", "reason": "They asked", "confirm": incident.reference}
    return (await seat.post(at(incident, "erasure"), **wish)).status_code


async def test_a_link_stands_on_both_and_is_one_however_often_it_is_made(
    desk: Desk, cast: dict[str, Seat], now: datetime
) -> None:
    one, two, seat = await file(desk, now=now), await file(desk, Told("Other", kind="lost"), now=now), cast["rosa"]
    for first, second in ((one, two), (two, one), (one, two)):
        assert (await seat.post(at(first, "links"), other=second.reference)).status_code == 303
    for first, second in ((one, two), (two, one)):
        assert second.reference in (await seat.get(at(first))).text
        assert [entry.action for entry in await done(desk, first)] == ["incident.linked"]
    assert (await seat.post(at(two, "links/removal"), other=one.reference)).status_code == 303
    assert await found(desk, Relation) == []
    for wrong in ("", one.reference, "IR-26-000000"):
        assert (await seat.post(at(one, "links"), other=wrong)).status_code == 422


async def test_a_link_shows_nobody_what_they_may_not_see(desk: Desk, cast: dict[str, Seat], now: datetime) -> None:
    one, two = await file(desk, now=now), await file(desk, Told("The board's laptop", kind="lost"), now=now)
    await cast["dipo"].post(at(one, "links"), other=two.reference)
    await choose(cast["dipo"], two, person(cast["rosa"]))
    page = unescape((await cast["otto"].get(at(one))).text)
    assert two.reference not in page
    assert "The board's laptop" not in page


async def found(desk: Desk, table: Any) -> list[Any]:
    async with desk.database.read() as session:
        return list(await session.scalars(select(table)))


async def test_nothing_is_left_behind_when_all_is_undone(desk: Desk, cast: dict[str, Seat], now: datetime) -> None:
    main, part = await file(desk, now=now), await file(desk, now=now)
    await merge(cast["rosa"], part, main)
    await separate(cast["rosa"], part)
    assert await found(desk, Merging) == await found(desk, IncidentMember) == []
