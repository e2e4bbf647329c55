"""A legal deadline in people's calendars: it comes with the first mail about it, follows when it moves, and goes when it ends."""

from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from incidentdesk import worker
from incidentdesk.records import clocks
from incidentdesk.tables import Clock, Incident, IncidentMember, Member
from tests.calendars import events, opened
from tests.mail.scene import MINUTE, NOW, Scene, add_incident
from tests.mail.test_letters import sent, text_of

HOUR = 60
DIPO, BODIL = "dipo@example.org", "bodil@example.org"
TASK = "Notify the supervisory authority, or sign why that is not needed."


def files(mails: list[EmailMessage]) -> dict[str, Any]:
    """Return each calendar that was attached, by who got it."""
    return {str(mail["To"]): opened(content_of(part)) for mail in mails for part in mail.iter_attachments()}


def content_of(part: Any) -> bytes:
    return bytes(part.get_payload(decode=True))


def event_in(calendar: Any) -> Any:
    (event,) = events(calendar)
    return event


def said(calendar: Any) -> tuple[str, int, str, datetime]:
    """Return what the file asks for: method, number, status, moment."""
    event = event_in(calendar)
    return calendar["METHOD"], event["SEQUENCE"], event["STATUS"], event.start


async def dipos(scene: Scene, *, practice: bool = False) -> Incident:
    """An incident that Dipo took: of its deadline nobody else hears for two days."""
    incident = await add_incident(scene.desk, practice=practice)
    async with scene.desk.database.write() as session:
        await session.execute(update(Incident).values(owner_id=scene.dipo.id, taken_at=NOW))
    return incident


async def change(scene: Scene, incident: Incident, hours: int, what: str, **more: Any) -> Clock:
    """Move, end or reopen the legal clock."""
    at = NOW + timedelta(hours=hours)
    async with scene.desk.database.write() as session:
        clock = (await session.scalars(select(Clock).where(Clock.incident_id == incident.id, Clock.legal))).one()
        getattr(clocks, what)(clock, **more, now=at)
    return clock


async def test_the_first_deadline_mail_brings_the_deadline(scene: Scene) -> None:
    await dipos(scene)
    (mail,) = [
        mail for mail in await sent(scene, now=24 * HOUR) if mail.is_multipart() and list(mail.iter_attachments())
    ]
    (calendar,) = files([mail]).values()
    event = event_in(calendar)
    assert said(calendar) == ("PUBLISH", 0, "CONFIRMED", NOW + timedelta(hours=72))
    assert event["SUMMARY"] == f"IR-26-000001: {TASK}"
    assert event["URL"] == "http://desk.test/desk/incidents/IR-26-000001"
    assert (event["CLASS"], event["TRANSP"]) == ("CONFIDENTIAL", "TRANSPARENT")
    assert [alarm.TRIGGER for alarm in event.walk("VALARM")] == [timedelta(hours=-24), timedelta(hours=-4)]
    assert "The attached file puts it into your calendar." in text_of(mail)
    (part,) = mail.iter_attachments()
    assert part["Content-Type"].params["method"] == "PUBLISH"


async def test_it_comes_once_as_long_as_it_does_not_move(scene: Scene) -> None:
    await dipos(scene)
    assert set(files(await sent(scene, now=24 * HOUR))) == {DIPO}
    for hours in (48, 60):
        (again,) = await sent(scene, now=hours * HOUR)
        assert files([again]) == {}
        assert "attached" not in text_of(again)


async def test_no_promise_of_our_own_is_put_into_a_calendar(scene: Scene) -> None:
    await dipos(scene)
    mails = await sent(scene, now=3 * HOUR)
    assert mails
    assert files(mails) == {}


async def test_no_practice_is_put_into_a_calendar(scene: Scene) -> None:
    incident = await dipos(scene, practice=True)
    assert files(await sent(scene, now=24 * HOUR)) == {}
    due = NOW + timedelta(hours=80)
    await change(scene, incident, 25, "move", started_at=NOW + timedelta(hours=8), deadline_at=due)
    assert files(await sent(scene, now=25 * HOUR)) == {}
    await change(scene, incident, 26, "end", by="filing", at=NOW + timedelta(hours=26))
    mails = await sent(scene, now=26 * HOUR)
    assert mails
    assert files(mails) == {}


async def test_it_follows_when_the_deadline_moves(scene: Scene) -> None:
    incident = await dipos(scene)
    first = files(await sent(scene, now=24 * HOUR))[DIPO]
    due = NOW + timedelta(hours=80)
    await change(scene, incident, 25, "move", started_at=NOW + timedelta(hours=8), deadline_at=due)
    (mail,) = await sent(scene, now=25 * HOUR)
    assert mail["Subject"] == "[FYI] IR-26-000001 - due Thu 12:00 CET"
    assert "THE DEADLINE HAS CHANGED" in text_of(mail)
    moved = files([mail])[DIPO]
    assert said(moved) == ("PUBLISH", 2, "CONFIRMED", due)
    assert event_in(moved)["UID"] == event_in(first)["UID"]
    assert DIPO not in files(await sent(scene, now=48 * HOUR))


async def test_an_alert_that_comes_with_the_new_deadline_says_it_alone(scene: Scene) -> None:
    incident = await dipos(scene)
    await sent(scene, now=24 * HOUR)
    due = NOW + timedelta(hours=36)
    await change(scene, incident, 25, "move", started_at=NOW - timedelta(hours=36), deadline_at=due)
    mails = await sent(scene, now=25 * HOUR)
    assert [str(mail["Subject"])[:5] for mail in mails] == ["[ACT]"]
    assert said(files(mails)[DIPO])[1] == 2


async def test_whoever_never_had_it_is_not_told_that_it_moved(scene: Scene) -> None:
    incident = await dipos(scene)
    due = NOW + timedelta(hours=90)
    await change(scene, incident, 1, "move", started_at=NOW + timedelta(hours=18), deadline_at=due)
    await sent(scene, now=HOUR)
    assert await scene.mails(letter="moved") == []


async def test_it_goes_when_the_duty_ends_also_from_the_owners_calendar(scene: Scene) -> None:
    incident = await dipos(scene)
    async with scene.desk.database.write() as session:
        await session.execute(update(Incident).values(owner_id=scene.bodil.id))
    had = files(await sent(scene, now=24 * HOUR))
    assert set(had) == {DIPO, BODIL}
    await change(scene, incident, 25, "end", by="filing", at=NOW + timedelta(hours=25))
    mails = await sent(scene, now=25 * HOUR)
    assert {said(one) for one in files(mails).values()} == {("CANCEL", 1, "CANCELLED", NOW + timedelta(hours=72))}
    assert set(files(mails)) == set(had)
    assert all("takes it out of your calendar" in text_of(mail) for mail in mails)
    for name, calendar in files(mails).items():
        assert event_in(calendar)["UID"] == event_in(had[name])["UID"]
        assert list(calendar.walk("VALARM")) == []


async def test_it_comes_back_when_new_facts_let_the_duty_run_again_and_goes_again(scene: Scene) -> None:
    incident = await dipos(scene)
    await sent(scene, now=24 * HOUR)
    numbers = []
    for hours, what, more in (
        (25, "end", {"by": "decision", "at": NOW + timedelta(hours=25)}),
        (26, "reopen", {}),
        (27, "end", {"by": "filing", "at": NOW + timedelta(hours=27)}),
    ):
        await change(scene, incident, hours, what, **more)
        mails = await sent(scene, now=hours * HOUR)
        numbers.append(said(files(mails)[DIPO])[:3])
    assert numbers == [("CANCEL", 1, "CANCELLED"), ("PUBLISH", 2, "CONFIRMED"), ("CANCEL", 3, "CANCELLED")]


async def test_of_a_move_that_is_over_before_the_mail_leaves_nobody_hears(scene: Scene) -> None:
    incident = await dipos(scene)
    await sent(scene, now=24 * HOUR)
    due = NOW + timedelta(hours=80)
    await change(scene, incident, 25, "move", started_at=NOW + timedelta(hours=8), deadline_at=due)
    await worker.sweep_clocks(scene.desk, now=NOW + 25 * HOUR * MINUTE)
    await change(scene, incident, 25, "end", by="filing", at=NOW + timedelta(hours=25))
    mails = await sent(scene, now=25 * HOUR)
    assert [said(one)[:2] for one in files(mails).values()] == [("CANCEL", 3)]
    assert [row.outcome for row in await scene.mails(letter="moved")] == ["not_needed"]


async def test_whoever_may_not_see_the_incident_any_more_gets_no_word_of_it(scene: Scene) -> None:
    incident = await dipos(scene)
    await sent(scene, now=24 * HOUR)
    async with scene.desk.database.write() as session:
        await session.execute(update(Incident).values(restricted=True))
        session.add(IncidentMember(incident_id=incident.id, member_id=scene.rosa.id))
    due = NOW + timedelta(hours=80)
    await change(scene, incident, 25, "move", started_at=NOW + timedelta(hours=8), deadline_at=due)
    assert DIPO not in {mail["To"] for mail in await sent(scene, now=25 * HOUR)}
    assert [row.outcome for row in await scene.mails(letter="moved")] == ["stranger"]


@pytest.mark.parametrize(
    "name", ["Ĝemeente “’s-Hertogenbosch”; Zorg, Wonen & Straße " * 3, 'A "B"\\C; ^D', "漢字" * 30]
)
async def test_no_name_breaks_the_file(scene: Scene, name: str) -> None:
    scene = replace(scene, desk=replace(scene.desk, settings=replace(scene.desk.settings, organisation=name)))
    await dipos(scene)
    async with scene.desk.database.write() as session:
        await session.execute(update(Member).values(language="nl"))
    (part,) = [part for mail in await sent(scene, now=24 * HOUR) for part in mail.iter_attachments()]
    event = event_in(opened(content_of(part)))
    assert event["ORGANIZER"].params["CN"].split() == name.split()
    assert str(UUID(event["UID"])) == event["UID"]
    assert event["DTSTAMP"].dt == NOW + timedelta(hours=24)
