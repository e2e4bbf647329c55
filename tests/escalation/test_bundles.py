"""Alerts that are told in one mail with others: that mail names each of them, or somebody hears of it otherwise."""

from datetime import datetime

import pytest
from sqlalchemy import delete, update

from incidentdesk import worker
from incidentdesk.escalation import sweep
from incidentdesk.escalation.settled import settle
from incidentdesk.mail import outbox
from incidentdesk.mail.outbox import ANNOUNCE_WITHIN, TOGETHER
from incidentdesk.rules.next_step import Duty
from incidentdesk.rules.settling import Word
from incidentdesk.tables import Clock, Incident, IncidentMember, MailState, Member, OutboxMail
from incidentdesk.triage.access import circle_of, set_access
from incidentdesk.triage.access_forms import Access
from tests.escalation.test_sweep import sweep_at, take, the_clock
from tests.mail.relay import relay
from tests.mail.scene import MINUTE, NOW, Scene, add_incident, with_relay
from tests.mail.test_letters import sent, text_of


@pytest.fixture(autouse=True)
def _flooded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every alert be one too many to be told by itself."""
    monkeypatch.setattr(sweep, "FEW", 0)


@pytest.fixture
async def incident(scene: Scene) -> Incident:
    """One of severity 1 without people's data, so that no authority waits for it."""
    made = await add_incident(scene.desk)
    async with scene.desk.database.write() as session:
        await session.execute(delete(Clock).where(Clock.duty == Duty.AUTHORITY))
        await session.execute(update(Incident).values(legal_due_at=None))
    return made


async def mailed(scene: Scene, minute: int) -> dict[str, str]:
    return {str(mail["To"]): text_of(mail) for mail in await sent(scene, now=minute)}


async def test_what_was_taken_and_left_lying_is_among_what_needs_somebody(scene: Scene, incident: Incident) -> None:
    await take(scene, incident, scene.dipo, at=NOW + 5 * MINUTE)
    held = (await the_clock(scene, Duty.DECISION)).armed_at - NOW
    told = await mailed(scene, held // MINUTE + 16)
    assert {name: incident.reference in text for name, text in told.items()} == {"rosa@example.org": True}


async def keep_to(scene: Scene, incident: Incident, who: Member, *, now: datetime) -> None:
    """Restrict it as triage does; `who` says so."""
    async with scene.desk.database.write() as session:
        row = await session.get_one(Incident, incident.id)
        seen = (await circle_of(session, row, by=who)).stamp
        await set_access(session, row, Access(restricted=True, members=frozenset(), seen=seen), by=who, now=now)


async def test_of_a_restricted_incident_each_alert_is_a_mail_of_its_own(scene: Scene, incident: Incident) -> None:
    async with scene.desk.database.write() as session:
        (await session.get_one(Incident, incident.id)).restricted = True
        session.add(IncidentMember(incident_id=incident.id, member_id=scene.dipo.id))
        # Of its members nobody can be reached, so that others are told, who may not see it in a list.
        (await session.get_one(Member, scene.dipo.id)).mail_refused_at = NOW
    told = await mailed(scene, 15)
    assert told
    assert all(incident.reference in text for text in told.values())


async def test_whoever_may_see_it_is_told_when_it_is_restricted_before_the_mail_left(
    scene: Scene, incident: Incident
) -> None:
    await sweep_at(scene, 15)
    await keep_to(scene, incident, scene.dipo, now=NOW + 16 * MINUTE)
    told = await mailed(scene, 17)
    assert {name: incident.reference in text for name, text in told.items()} == {"dipo@example.org": True}


async def test_what_a_mail_for_many_has_told_is_not_told_again_when_it_is_restricted(
    scene: Scene, incident: Incident
) -> None:
    await sweep_at(scene, 15)
    await mailed(scene, 21)
    later = NOW + 25 * MINUTE
    async with scene.desk.database.write() as session:
        await outbox.put(session, letter="alarms", dedupe="of others", now=later, member_id=scene.rosa.id)
    await keep_to(scene, incident, scene.dipo, now=later)
    assert [(one.state, one.outcome) for one in await scene.mails(letter="act")] == [(MailState.SKIPPED, TOGETHER)]


async def test_the_next_person_hears_of_it_also_when_a_mail_of_theirs_left_before(
    scene: Scene, incident: Incident
) -> None:
    await sweep_at(scene, 15)
    (mail,) = await scene.mails(letter="alarms")
    values = {"state": MailState.SENT, "member_id": scene.bodil.id, "settled_at": NOW + 11 * MINUTE}
    async with scene.desk.database.write() as session:
        # The back-up was told of others in the same ten minutes, and then the person on call left.
        key = mail.dedupe.replace(str(scene.rosa.id), str(scene.bodil.id))
        kept = {name: getattr(mail, name) for name in ("letter", "created_at", "due_at", "give_up_at")}
        session.add(OutboxMail(**kept, **values, dedupe=key, message_id="sent"))
        (await session.get_one(Member, scene.rosa.id)).disabled_at = NOW + 16 * MINUTE
    assert [one.outcome for one in await scene.mails(letter="act")] == [TOGETHER]
    told = await mailed(scene, 21)
    assert {name: incident.reference in text for name, text in told.items()} == {"bodil@example.org": True}


async def test_what_no_mailbox_takes_is_not_handed_on_for_ever(scene: Scene, incident: Incident) -> None:
    await sweep_at(scene, 15)
    async with relay(RCPT="550 no such user") as running:
        desk = with_relay(scene.desk, running.port)
        for minute in range(15, 75, 10):
            while await worker.deliver_next(desk, now=NOW + minute * MINUTE):
                pass
    mails = await scene.mails(letter="alarms")
    assert len(mails) <= 8
    assert {mail.state for mail in mails} == {MailState.DEAD}


async def test_after_six_hours_without_a_mail_server_a_person_gets_a_handful_of_lists(
    scene: Scene, incident: Incident
) -> None:
    for window in range(36):
        async with scene.desk.database.write() as session:
            row = await session.get_one(Incident, incident.id)
            await outbox.announce_report(session, row, now=NOW + window * ANNOUNCE_WITHIN)
            # Each of them is tried again every few minutes.
            await session.execute(update(OutboxMail).values(due_at=NOW + 35 * ANNOUNCE_WITHIN, attempts=3))
    async with relay() as running:
        desk = with_relay(scene.desk, running.port)
        while await worker.deliver_next(desk, now=NOW + 36 * ANNOUNCE_WITHIN):
            pass
    assert len(running.taken) <= 4
    lists = await scene.mails(letter="new_reports")
    assert {mail.outcome for mail in lists} == {"sent", TOGETHER}


async def test_a_mail_for_many_that_is_gone_is_found_by_whoever_verifies_the_alerts(
    scene: Scene, incident: Incident
) -> None:
    await sweep_at(scene, 15)
    desk, at = with_relay(scene.desk, 1), NOW + 16 * MINUTE
    async with desk.database.read() as session:
        kept = await settle(session, desk.settings, now=at)
    async with desk.database.write() as session:
        await session.execute(delete(OutboxMail).where(OutboxMail.letter == "alarms"))
    async with desk.database.read() as session:
        lost = await settle(session, desk.settings, now=at)
    assert [kept.steps.words[word] for word in (Word.MAIL_GONE, TOGETHER)] == [0, 1]
    assert [lost.steps.words[word] for word in (Word.MAIL_GONE, TOGETHER)] == [1, 0]


async def test_a_step_is_sent_when_the_mail_for_many_is(scene: Scene, incident: Incident) -> None:
    await sweep_at(scene, 15)
    await mailed(scene, 21)
    async with scene.desk.database.read() as session:
        found = await settle(session, scene.desk.settings, now=NOW + 22 * MINUTE)
    assert (found.steps.words["sent"], found.findings) == (1, [])
