"""A restricted incident is in nobody's mail but its members', as long as one of them can be reached."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from incidentdesk.escalation import queries
from incidentdesk.escalation.banners import banners
from incidentdesk.escalation.forms import MailSearch
from incidentdesk.mail.claims import STRANGER
from incidentdesk.tables import Incident, IncidentMember, MailState, Member, OutboxMail
from tests.mail.relay import relay
from tests.mail.scene import MINUTE, NOW, Scene, add_incident, with_relay
from tests.mail.test_letters import sent, text_of


@pytest.fixture
async def incident(scene: Scene) -> Incident:
    """One of severity 1; Rosa is on call for it."""
    return await add_incident(scene.desk)


async def keep_to(scene: Scene, incident: Incident, *members: Member) -> None:
    async with scene.desk.database.write() as session:
        (await session.get_one(Incident, incident.id)).restricted = True
        session.add_all([IncidentMember(incident_id=incident.id, member_id=member.id) for member in members])


async def change(scene: Scene, table: Any, **values: Any) -> None:
    async with scene.desk.database.write() as session:
        await session.execute(update(table).values(**values))


async def to(scene: Scene, *, minute: int) -> dict[str, str]:
    return {str(mail["To"]): text_of(mail) for mail in await sent(scene, now=minute)}


async def test_an_alert_that_waited_goes_to_a_member_instead(scene: Scene, incident: Incident) -> None:
    await scene.work(NOW + 15 * MINUTE)
    assert await scene.told("act") == ["Rosa Ponder"]
    await keep_to(scene, incident, scene.dipo)
    assert list(await to(scene, minute=16)) == ["dipo@example.org"]
    (mail,) = await scene.mails(letter="act", member_id=scene.rosa.id)
    assert (mail.state, mail.outcome) == (MailState.SKIPPED, STRANGER)


async def test_when_no_member_can_be_reached_the_alert_still_arrives(scene: Scene, incident: Incident) -> None:
    await scene.work(NOW + 15 * MINUTE)
    await keep_to(scene, incident, scene.dipo)
    async with scene.desk.database.write() as session:
        (await session.get_one(Member, scene.dipo.id)).mail_refused_at = NOW
    assert list(await to(scene, minute=16)) == ["rosa@example.org"]


async def test_a_member_whose_mailbox_takes_no_letter_at_all_is_no_reason_for_silence(
    scene: Scene, incident: Incident
) -> None:
    await keep_to(scene, incident, scene.dipo)
    async with relay(body="554 5.6.0 not this, nor that") as no:
        refused = replace(scene, desk=with_relay(scene.desk, no.port))
        await refused.work(NOW + 15 * MINUTE)
        await refused.work(NOW + 17 * MINUTE)
    assert "rosa@example.org" in await to(scene, minute=18)


async def test_steps_that_come_due_later_tell_members_only(scene: Scene, incident: Incident) -> None:
    await keep_to(scene, incident, scene.dipo, scene.bodil)
    for minute in (15, 30, 60):
        await scene.work(NOW + minute * MINUTE)
    assert set(await scene.told("act")) == {"Bodil Upp", "Dipo Officer"}


async def test_the_mail_about_new_reports_names_only_what_its_reader_may_see(scene: Scene, incident: Incident) -> None:
    await add_incident(scene.desk, number=2, severity=3)
    await keep_to(scene, incident, scene.dipo)
    for number, member in enumerate((scene.rosa, scene.dipo)):
        await put_news(scene, number, member)
    mails = await to(scene, minute=1)
    assert {name: ("IR-26-000001" in text, "IR-26-000002" in text) for name, text in mails.items()} == {
        "rosa@example.org": (False, True),
        "dipo@example.org": (True, True),
    }
    assert "Importance" not in mails["rosa@example.org"]


async def put_news(scene: Scene, number: int, member: Member) -> None:
    when = {"created_at": NOW, "due_at": NOW, "give_up_at": NOW.replace(day=26)}
    async with scene.desk.database.write() as session:
        session.add(
            OutboxMail(dedupe=f"{number}", letter="new_reports", message_id=f"{number}", member_id=member.id, **when)
        )


async def test_news_of_restricted_reports_alone_is_no_news(scene: Scene, incident: Incident) -> None:
    await keep_to(scene, incident, scene.dipo)
    await put_news(scene, 1, scene.rosa)
    assert await to(scene, minute=1) == {}


async def test_the_list_of_mails_its_counts_and_the_banners_know_nothing_of_it(
    scene: Scene, incident: Incident
) -> None:
    await scene.work(NOW + 15 * MINUTE)
    await change(scene, OutboxMail, state=MailState.DEAD, settled_at=NOW, attempts=5)
    await keep_to(scene, incident, scene.dipo)
    async with scene.desk.database.read() as session:
        for member, number in ((scene.rosa, 0), (scene.dipo, 1)):
            listed = await queries.mails(session, MailSearch(), me=member)
            assert (len(listed.rows), listed.counts["dead"]) == (number, number)
            texts = [banner.text for banner in await banners(session, scene.desk.settings, me=member, now=NOW)]
            assert len([text for text in texts if "could not be delivered" in text]) == number, texts
