"""A long inquiry warns, then alarms, and says so in the mail; no clock of the law waits for it."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

from incidentdesk import worker
from incidentdesk.records import clocks
from incidentdesk.rules.lifecycle import Verdict
from incidentdesk.rules.next_step import Duty, NextStep
from incidentdesk.tables import Clock, Incident, MailState
from tests.mail.relay import relay
from tests.mail.scene import AMSTERDAM, NOW, Scene, add_incident, with_relay

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


async def inquire(scene: Scene) -> Clock:
    incident = await add_incident(scene.desk, severity=3)
    async with scene.desk.database.write() as session:
        row = await session.get_one(Incident, incident.id)
        row.owner_id = scene.bodil.id
        clock = await clocks.start_inquiry(session, row, started_at=NOW, zone=AMSTERDAM, now=NOW)
        await clocks.refresh_agenda(session, row)
    return clock


async def told_of(scene: Scene, clock: Clock, step: str) -> list[str]:
    names = {scene.rosa.id: "Rosa", scene.bodil.id: "Bodil", scene.dipo.id: "Dipo"}
    mails = [mail for mail in await scene.mails(letter="deadline") if mail.dedupe.startswith(f"esc:{clock.id}:{step}:")]
    return [names[mail.member_id] for mail in mails if mail.member_id]


async def test_a_long_inquiry_warns_owner_and_dpo_and_then_alarms_on_call_as_well(scene: Scene) -> None:
    clock = await inquire(scene)
    await worker.sweep_clocks(scene.desk, now=NOW + 24 * HOUR - MINUTE)
    assert await told_of(scene, clock, "inquiry_warn") == []
    for hours in (24, 25, 47.9):
        await worker.sweep_clocks(scene.desk, now=NOW + hours * HOUR)
    assert await told_of(scene, clock, "inquiry_warn") == ["Bodil", "Dipo"]
    for hours in (48, 49, 71):
        await worker.sweep_clocks(scene.desk, now=NOW + hours * HOUR)
    assert sorted(await told_of(scene, clock, "inquiry_alarm")) == ["Bodil", "Dipo", "Rosa"]


async def test_an_inquiry_that_ended_alarms_nobody_and_stands_down_who_was_told(scene: Scene) -> None:
    clock = await inquire(scene)
    await worker.sweep_clocks(scene.desk, now=NOW + 24 * HOUR)
    async with scene.desk.database.write() as session:
        row = await session.get_one(Incident, clock.incident_id)
        await clocks.end_duty(session, row, Duty.INQUIRY, by="stamp.set", now=NOW + 25 * HOUR)
    for hours in (25, 49):
        await worker.sweep_clocks(scene.desk, now=NOW + hours * HOUR)
    assert await told_of(scene, clock, "inquiry_alarm") == []
    warned = [mail for mail in await scene.mails(letter="deadline") if f":{clock.id}:" in f":{mail.dedupe}"]
    assert {mail.state for mail in warned if "inquiry_warn" in mail.dedupe} == {MailState.SKIPPED}


async def test_the_mail_says_that_the_inquiry_takes_long(scene: Scene) -> None:
    await inquire(scene)
    async with relay() as running:
        at_work = replace(scene, desk=with_relay(scene.desk, running.port))
        await at_work.work(NOW + 24 * HOUR)
    parsed = [message_from_bytes(taken, policy=policy.default) for taken in running.taken]
    bodies = [body.get_content() for mail in parsed if (body := mail.get_body(("plain",))) is not None]
    assert any("The inquiry takes long" in " ".join(body.split()) for body in bodies)


async def test_an_inquiry_is_the_next_step_only_while_nobody_has_decided(scene: Scene) -> None:
    clock = await inquire(scene)
    async with scene.desk.database.write() as session:
        row = await session.get_one(Incident, clock.incident_id)
        for duty in clocks.PROMISES:
            await clocks.end_duty(session, row, duty, by="test", now=NOW)
        await clocks.refresh_agenda(session, row)
        assert (row.next_step, row.next_due_at) == (NextStep.DECIDE, NOW + 48 * HOUR)
        row.verdict = Verdict.PERSONAL_DATA_BREACH
        await clocks.refresh_agenda(session, row)
        assert (row.next_step, row.next_due_at) == (NextStep.NOTIFY, NOW + 72 * HOUR)
