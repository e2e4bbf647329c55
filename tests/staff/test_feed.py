"""A person's calendar feed: a secret address, made by hand, under which a calendar program finds the deadlines they may see."""

import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, update

from incidentdesk.records import clocks
from incidentdesk.rules.permissions import Role
from incidentdesk.staff import feed_pages
from incidentdesk.tables import CalendarFeed, Clock, Hit, Incident, IncidentMember, Member, OutboxMail
from incidentdesk.web.pages import Desk
from tests.calendars import events, opened
from tests.mail.scene import NOW, add_incident
from tests.people import Seat, Sit

MAKE, END = "/desk/profile/calendar", "/desk/profile/calendar/removal"


async def address_of(seat: Seat) -> str:
    """Let the person make an address, and return it."""
    answer = await seat.post(MAKE)
    assert answer.status_code == 200
    (address,) = re.findall(r"http://desk\.test(/calendar/[\w-]{43}\.ics)<", answer.text)
    return str(address)


def numbers(answer: httpx.Response) -> list[str]:
    """Return the reference of each deadline in the feed."""
    assert answer.status_code == 200, answer.text
    return [str(event["SUMMARY"]).partition(":")[0] for event in events(opened(answer.content))]


async def test_a_program_without_a_session_reads_the_deadlines_that_run(sit: Sit, desk: Desk, rosa: Member) -> None:
    incident = await add_incident(desk)
    address = await address_of(await sit(rosa))
    answer = await (await sit()).get(address)
    assert numbers(answer) == ["IR-26-000001"]
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    calendar = opened(answer.content)
    (event,) = events(calendar)
    assert event.start == NOW + timedelta(hours=72)
    assert event["DTSTAMP"].dt == NOW
    assert "METHOD" not in calendar
    assert calendar["X-WR-CALNAME"] == "Acme: legal deadlines"
    async with desk.database.read() as session:
        assert str(event["UID"]) in {str(one) for one in await session.scalars(select(Clock.id))}
    for secret in ("secret title", "secret words", str(incident.id)):
        assert secret not in answer.text


async def test_a_practice_is_not_in_it(sit: Sit, desk: Desk, rosa: Member) -> None:
    await add_incident(desk, practice=True)
    await add_incident(desk, number=2)
    assert numbers(await (await sit()).get(await address_of(await sit(rosa)))) == ["IR-26-000002"]


async def test_what_has_ended_is_gone_from_it(sit: Sit, desk: Desk, rosa: Member) -> None:
    await add_incident(desk)
    reader, address = await sit(), await address_of(await sit(rosa))
    tags = [(await reader.get(address)).headers["etag"]]
    async with desk.database.write() as session:
        incident = (await session.scalars(select(Incident))).one()
        (legal,) = [one for one in await clocks.clocks_of(session, incident) if one.legal]
        clocks.end(legal, by=clocks.FILED, at=NOW, now=NOW)
        await clocks.refresh_agenda(session, incident)
    answer = await reader.get(address)
    assert numbers(answer) == []
    assert answer.headers["etag"] not in tags


async def test_of_a_restricted_incident_only_its_members_read(sit: Sit, desk: Desk, rosa: Member, ada: Member) -> None:
    incident = await add_incident(desk)
    chosen, other = await address_of(await sit(rosa)), await address_of(await sit(Role.RESPONDER, name="Bodil Upp"))
    async with desk.database.write() as session:
        await session.execute(update(Incident).values(restricted=True))
        session.add(IncidentMember(incident_id=incident.id, member_id=rosa.id))
    outside = await sit()
    assert numbers(await outside.get(chosen)) == ["IR-26-000001"]
    assert numbers(await outside.get(other)) == []
    assert numbers(await outside.get(await address_of(await sit(ada)))) == []


async def test_a_program_that_has_it_is_not_sent_it_again(sit: Sit, desk: Desk, rosa: Member) -> None:
    await add_incident(desk)
    reader, address = await sit(), await address_of(await sit(rosa))
    tag = (await reader.get(address)).headers["etag"]
    for known, status in ((tag, 304), (f'"x", W/{tag}', 304), ('"x"', 200)):
        answer = await reader.client.get(address, headers={"if-none-match": known})
        assert (answer.status_code, answer.headers["etag"]) == (status, tag)
        assert bool(answer.content) == (status == 200)


@pytest.mark.parametrize("way", ["ended", "renewed", "closed", "signed out"])
async def test_an_address_that_ended_opens_nothing(sit: Sit, desk: Desk, rosa: Member, ada: Member, way: str) -> None:
    hers, his, reader = await sit(rosa), await sit(ada), await sit()
    address = await address_of(hers)
    match way:
        case "ended":
            assert (await hers.post(END)).headers["location"] == "/desk/profile#calendar"
        case "renewed":
            assert await address_of(hers) != address
        case "closed":
            assert (await his.post(f"/desk/people/{rosa.id}/disabling")).status_code == 303
        case _:
            assert (await his.post(f"/desk/people/{rosa.id}/signing-out")).status_code == 303
    assert (await reader.get(address)).status_code == 404


async def test_whoever_is_shut_out_reads_nothing_even_while_the_row_is_there(
    sit: Sit, desk: Desk, rosa: Member
) -> None:
    address = await address_of(await sit(rosa))
    async with desk.database.write() as session:
        await session.execute(update(Member).where(Member.id == rosa.id).values(disabled_at=NOW))
    assert (await (await sit()).get(address)).status_code == 404


async def test_what_is_no_address_opens_nothing(sit: Sit, rosa: Member) -> None:
    reader, address = await sit(), await address_of(await sit(rosa))
    secret = address.removeprefix("/calendar/").removesuffix(".ics")
    for wrong in (secret, f"{secret[:-1]}.ics", f"{secret}x.ics", f"{secret}.ics.ics", ".ics", "%00.ics", "é.ics"):
        answer = await reader.get(f"/calendar/{wrong}")
        assert answer.status_code == 404, wrong
        assert secret not in answer.text


async def test_the_address_is_shown_once_and_stored_nowhere(sit: Sit, desk: Desk, rosa: Member) -> None:
    seat = await sit(rosa)
    assert "Make an address" in (await seat.get("/desk/profile")).text
    secret = (await address_of(seat)).removeprefix("/calendar/").removesuffix(".ics")
    profile = (await seat.get("/desk/profile")).text
    assert "An address was made Tue 10:00 CET." in profile
    assert secret not in profile
    async with desk.database.read() as session:
        rows = [vars(row) for table in (CalendarFeed, OutboxMail) for row in await session.scalars(select(table))]
    assert len(rows) > 1
    assert secret not in str(rows)


async def test_administrators_and_its_owner_are_told_that_there_is_one(
    sit: Sit, desk: Desk, rosa: Member, ada: Member
) -> None:
    await sit(ada)
    await address_of(await sit(rosa))
    async with desk.database.read() as session:
        mails = list(await session.scalars(select(OutboxMail)))
    assert {mail.member_id for mail in mails} == {rosa.id, ada.id}
    assert {(mail.letter, mail.context["what"]) for mail in mails} == {("changed", "feed")}


async def test_whoever_asks_without_an_end_is_put_off(
    sit: Sit, desk: Desk, rosa: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_pages, "ASKED_AT_MOST", 2)
    reader, address = await sit(), await address_of(await sit(rosa))
    codes = [(await reader.get(path)).status_code for path in (address, "/calendar/x.ics", address, "/calendar/x.ics")]
    assert codes == [200, 404, 429, 429]
    async with desk.database.read() as session:
        assert [hit.count for hit in await session.scalars(select(Hit))] == [4]
