"""Two people at the same moment, and addresses nobody was given: one wins, the other keeps every word."""

import asyncio
from datetime import datetime, timedelta

import pytest

from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Member, Message
from incidentdesk.web.pages import Desk
from tests.people import Sit, hidden_fields
from tests.triage.reports import Told, done, file, fresh, letters, rows
from tests.triage.test_pages import at, textarea
from tests.typed import typed

DECIDED = {"verdict": "security_incident", "seen_verdict": "", "form_id": "a"}
# What each of two people sends, and a word that only the second of them could lose.
RACES = {
    "taking": ({"seen_owner": ""}, {"seen_owner": ""}, ""),
    "severity": ({"severity": "1", "seen_severity": "2"}, {"severity": "3", "seen_severity": "2"}, ""),
    "title": ({"title": "First words"}, {"title": "Other words"}, "title"),
    "verdict": (DECIDED | {"reason": "First words"}, DECIDED | {"reason": "Other words"}, "reason"),
}


@pytest.mark.parametrize("noun", RACES)
async def test_of_two_at_once_one_wins_and_no_word_is_lost(desk: Desk, sit: Sit, now: datetime, noun: str) -> None:
    incident = await file(desk, now=now)
    *sent, name = RACES[noun]
    seats = [await sit(Role.RESPONDER), await sit(Role.DPO)]
    seen = {"seen_title": incident.title} if noun == "title" else {}
    answers = await asyncio.gather(
        *(seat.post(at(incident, noun), **fields, **seen) for seat, fields in zip(seats, sent, strict=True))
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    lost = next(number for number, answer in enumerate(answers) if answer.status_code == 409)
    assert "while you were typing" in answers[lost].text
    if name:
        assert textarea(answers[lost].text, name) == sent[lost][name]
    assert len(await done(desk, incident)) == 1


@pytest.mark.parametrize("noun", ["messages", "notes", "verdict"])
async def test_a_button_pressed_five_times_at_once_is_pressed_once(
    desk: Desk, sit: Sit, rosa: Member, now: datetime, noun: str
) -> None:
    incident, seat = await file(desk, Told(email="nel@example.org"), now=now), await sit(rosa)
    words = {"message": "Hello there", "note": "Called them", "reason": "Encrypted"}
    answers = await asyncio.gather(*(seat.post(at(incident, noun), **DECIDED, **words) for _ in range(5)))
    assert [answer.status_code for answer in answers] == [303] * 5
    assert len(await done(desk, incident)) == 1
    assert len(await rows(desk, Message, incident)) == len(await letters(desk, incident)) == (noun != "notes")


async def test_closing_and_filing_by_two_people_at_once(
    desk: Desk, sit: Sit, rosa: Member, dipo: Member, now: datetime
) -> None:
    incident = await file(desk, now=now - timedelta(hours=80))
    first, second = await sit(dipo), await sit(dipo)
    page = (await first.get(at(incident, "clock"))).text
    fields = typed("filed", now, seen_revision=hidden_fields(page)["seen_revision"], reason_for_delay="We were ill")
    answers = await asyncio.gather(
        first.post(at(incident, "filings"), **fields, authority_reference="AP-1"),
        second.post(at(incident, "filings"), **fields, authority_reference="AP-2"),
        (await sit(rosa)).post(at(incident, "closure"), outcome="resolved", seen_status="new", message="Bye"),
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409]
    assert (await fresh(desk, incident)).legal_due_at is None
    assert [entry.action for entry in await done(desk, incident)] == ["filing.recorded"]


@pytest.mark.parametrize("reference", ["%00", "IR-26-%00", "x" * 10_000, "%ED%A0%80", "%FF", "IR-26-%25%5F%25"])
async def test_an_address_nobody_was_given_does_not_exist(
    desk: Desk, sit: Sit, dipo: Member, now: datetime, reference: str
) -> None:
    seat = await sit(dipo)
    for noun in ("", "/clock", "/verdict", "/closure"):
        assert (await seat.get(f"/desk/incidents/{reference}{noun}")).status_code == 404
    for noun in ("taking", "filings"):
        assert (await seat.post(f"/desk/incidents/{reference}/{noun}")).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "view=%00&kind=%27%3B--&severity=9&owner=%25&people=%FF&q=%25",
        "q=%ED%A0%80%00" + "x" * 10_000,
        "after=%ED%A0%80",
        "after=" + "A" * 10_000,
        "view=closed&after=MDAwMS0wMS0wMVQwMDowMDowMH45fjAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw",
        "after=OTk5OS0xMi0zMVQyMzo1OTo1OX45fmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY",
        "lang=%00&view=mine&view=open&severity=1&severity=2",
    ],
)
async def test_a_tampered_address_of_the_queue_is_read_as_far_as_it_goes(
    desk: Desk, sit: Sit, rosa: Member, now: datetime, query: str
) -> None:
    await file(desk, now=now)
    assert (await (await sit(rosa)).get(f"/desk?{query}")).status_code == 200
