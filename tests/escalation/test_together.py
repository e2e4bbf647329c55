"""The mail that speaks for many alerts says what each of them would have said: that this incident needs somebody."""

from sqlalchemy import select

from incidentdesk.escalation.sweep import FEW
from incidentdesk.mail.outbox import ANNOUNCE_WITHIN
from incidentdesk.records import clocks
from incidentdesk.rules.next_step import Duty
from incidentdesk.tables import Clock, Incident, IncidentMember, Member
from incidentdesk.web.limits import count
from tests.escalation.test_sweep import take, the_clock
from tests.mail.scene import MINUTE, NOW, Scene, add_incident
from tests.mail.test_letters import sent, text_of


async def alert_often(scene: Scene, who: Member, *, minute: int) -> None:
    """Let there have been as many alerts for this person as come one by one."""
    async with scene.desk.database.write() as session:
        key, now = f"alarms:{who.id}:1", NOW + minute * MINUTE
        await count(session, key, within=ANNOUNCE_WITHIN, now=now, amount=FEW)


async def end_the_law(scene: Scene, incident: Incident) -> None:
    """Let it be no breach, so that only the desk's own promises run."""
    async with scene.desk.database.write() as session:
        clock = (await session.scalars(select(Clock).where(Clock.duty == Duty.AUTHORITY))).one()
        clocks.end(clock, by=clocks.SIGNED, at=NOW, now=NOW)
        await clocks.refresh_agenda(session, await session.get_one(Incident, incident.id))


async def test_what_was_taken_and_forgotten_is_in_the_mail_that_speaks_for_many(scene: Scene) -> None:
    incident = await add_incident(scene.desk)
    await end_the_law(scene, incident)
    await take(scene, incident, scene.rosa, at=NOW + 5 * MINUTE)
    minute = ((await the_clock(scene, Duty.DECISION)).armed_at - NOW) // MINUTE + 16
    await alert_often(scene, scene.rosa, minute=minute)
    (mail,) = await sent(scene, now=minute)
    assert [one.outcome for one in await scene.mails(letter="act")] == ["together"]
    assert mail["To"] == scene.rosa.email
    assert incident.reference in text_of(mail)


async def test_of_a_restricted_incident_whose_members_cannot_be_reached_each_is_told_however_many_alerts_there_were(
    scene: Scene,
) -> None:
    incident = await add_incident(scene.desk)
    async with scene.desk.database.write() as session:
        (await session.get_one(Incident, incident.id)).restricted = True
        session.add(IncidentMember(incident_id=incident.id, member_id=scene.dipo.id))
        (await session.get_one(Member, scene.dipo.id)).mail_refused_at = NOW
    await alert_often(scene, scene.rosa, minute=15)
    mails = await sent(scene, now=15)
    assert {mail["To"] for mail in mails} == {scene.rosa.email, scene.bodil.email, scene.ada.email}
