"""Whoever owns an incident learns by mail that its reporter wrote, once in a while and only while nobody has read it."""

from datetime import datetime
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import update

from incidentdesk.mail import claims
from incidentdesk.mail.smtp import Outcome, Result
from incidentdesk.tables import Incident, MailState, Member
from tests.mail.scene import MINUTE, NOW, Scene, add_incident
from tests.mail.test_letters import sent, text_of


@pytest.fixture
async def incident(scene: Scene) -> Incident:
    """One that Bodil owns."""
    incident = await add_incident(scene.desk, severity=4)
    await change(scene, owner_id=scene.bodil.id, taken_at=NOW)
    return incident


async def change(scene: Scene, table: Any = Incident, **values: Any) -> None:
    async with scene.desk.database.write() as session:
        await session.execute(update(table).values(**values))


def at(minute: int) -> datetime:
    return NOW + minute * MINUTE


async def arrived(scene: Scene, minute: int) -> list[EmailMessage]:
    return [mail for mail in await sent(scene, now=minute) if mail["Subject"].startswith("[FYI]")]


async def test_the_owner_is_told_of_a_reply(scene: Scene, incident: Incident) -> None:
    await scene.reporter_writes(incident, "secret", now=at(1))
    (mail,) = await arrived(scene, 1)
    assert (mail["To"], mail["Subject"]) == ("bodil@example.org", "[FYI] IR-26-000001 - the reporter has written")
    assert text_of(mail) == (
        "TLP:AMBER\n\nTHE REPORTER HAS WRITTEN\n\n"
        "The message came Mon 23 Nov 2026 04:01 CET, and nobody has marked it as read.\n"
        "Read it and answer, or press “I have read it”.\n\n"
        "http://desk.test/desk/incidents/IR-26-000001\n\n"
        "Why you: owner of the incident\nThere is at most one such mail in ten minutes.\n\n"
        "Details are only in the desk; this mail holds none.\nAcme\n"
    )


async def test_without_an_owner_on_call_is_told(scene: Scene, incident: Incident) -> None:
    await change(scene, owner_id=None)
    await scene.reporter_writes(incident, "secret", now=at(1))
    (mail,) = await arrived(scene, 1)
    assert mail["To"] == "rosa@example.org"
    assert "Why you: on call\n" in text_of(mail)


@pytest.mark.parametrize("gone", ["disabled_at", "mail_refused_at"])
async def test_an_owner_who_cannot_be_told_is_stood_in_for(scene: Scene, incident: Incident, gone: str) -> None:
    async with scene.desk.database.write() as session:
        await session.execute(update(Member).where(Member.id == scene.bodil.id).values({gone: NOW}))
    await scene.reporter_writes(incident, "secret", now=at(1))
    assert await scene.told("new_reply") == ["Rosa Ponder"]


async def test_a_mailbox_that_refuses_passes_the_reply_on(scene: Scene, incident: Incident) -> None:
    await scene.reporter_writes(incident, "secret", now=at(1))
    async with scene.desk.database.write() as session:
        mail = await claims.claim(session, domain="example.org", now=at(1))
        assert mail is not None
        await claims.settle(session, mail, Result(Outcome.REFUSED, "550 no such user"), now=at(1))
    assert await scene.told("new_reply") == ["Dipo Officer"]
    assert await scene.told("new_reply", MailState.DEAD) == ["Bodil Upp"]


async def test_many_replies_are_one_mail_in_ten_minutes_and_one_thread(scene: Scene, incident: Incident) -> None:
    await scene.reporter_writes(incident, "one", now=at(1))
    first = await arrived(scene, 1)
    await scene.reporter_writes(incident, "two", now=at(2))
    await scene.reporter_writes(incident, "three", now=at(3))
    assert await arrived(scene, 9) == []
    await change(scene, severity=3)
    second = await arrived(scene, 10)
    assert "The message came Mon 23 Nov 2026 04:03 CET" in text_of(second[0])
    threads = {(mail["Subject"], mail["References"]) for mail in first + second}
    assert len(first) == len(second) == len(threads) == 1


async def test_each_incident_has_its_own_mail(scene: Scene, incident: Incident) -> None:
    other = await add_incident(scene.desk, severity=4, number=2)
    await change(scene, owner_id=scene.bodil.id)
    await scene.reporter_writes(incident, "one", now=at(1))
    await scene.reporter_writes(other, "two", now=at(1))
    assert await scene.told("new_reply") == ["Bodil Upp", "Bodil Upp"]


async def test_a_reply_that_somebody_read_is_not_mailed(scene: Scene, incident: Incident) -> None:
    await scene.reporter_writes(incident, "secret", now=at(1))
    await change(scene, unread_reply=False)
    assert await arrived(scene, 1) == []
    assert [mail.outcome for mail in await scene.mails(letter="new_reply")] == ["not_needed"]


async def test_the_same_words_from_the_same_page_are_one_mail(scene: Scene, incident: Incident) -> None:
    await scene.reporter_writes(incident, "secret", now=at(1))
    await sent(scene, now=1)
    await scene.reporter_writes(incident, "secret", now=at(2))
    assert len(await scene.mails(letter="new_reply")) == 1
