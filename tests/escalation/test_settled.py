"""Every kind of loss is found, and a desk that worked through faults has none that it cannot account for."""

import os
import random
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, func, select, text, update

from incidentdesk import demo, worker
from incidentdesk.demo.acts import Act, perform, perform_reporter
from incidentdesk.escalation.settled import Account, settle
from incidentdesk.intake.actions import submit_report
from incidentdesk.rules.settling import Word
from incidentdesk.tables import Clock, Heartbeat, Incident, MailHold, MailState, Member, OutboxMail, RelaySilence
from incidentdesk.tables.base import UTCDateTime
from incidentdesk.web.pages import Desk
from tests.faults.settled import assert_settled
from tests.intake.test_actions import sent
from tests.mail.relay import DROP, Relay, mailing, relay
from tests.mail.scene import MINUTE, NOW, Scene, add_incident, with_relay
from tests.thorough import some

HOUR = 60 * MINUTE
AT = NOW + 25 * MINUTE


@pytest.fixture
async def desk_at_work(scene: Scene) -> Desk:
    """A report that was announced, and an incident whose first step was told and whose second comes in five minutes."""
    await add_incident(scene.desk)
    async with scene.desk.database.write() as session:
        await submit_report(session, sent(people="yes"), now=NOW)
    async with relay() as running:
        desk = with_relay(scene.desk, running.port)
        await replace(scene, desk=desk).work(NOW)
        await replace(scene, desk=desk).work(NOW + 15 * MINUTE)
    return desk


async def account(desk: Desk, *, now: datetime = AT) -> Account:
    async with desk.database.read() as session:
        return await settle(session, desk.settings, now=now)


async def plant(desk: Desk, *statements: str) -> None:
    async with desk.database.write() as session:
        for statement in statements:
            given = [bindparam(name, at, UTCDateTime) for name, at in MOMENTS.items() if f":{name}" in statement]
            await session.execute(text(statement).bindparams(*given))


async def test_a_desk_at_work_has_told_of_everything(desk_at_work: Desk) -> None:
    found = await account(desk_at_work)
    assert found.findings == []
    assert (found.reports.total, found.reports.told, found.reports.reasons) == (2, 1, {Word.EARLIER: 1})
    assert (found.steps.total, found.steps.told, found.mails.total, found.mails.told) == (1, 1, 2, 2)


WITHOUT_ACT = "DELETE FROM outbox_mail WHERE letter = 'act'"
END = "UPDATE clock SET ended_at = :end, next_check_at = NULL WHERE duty = 'decision'"
MOMENTS = {"early": NOW + MINUTE, "end": NOW + 20 * MINUTE, "late": NOW + 24 * HOUR}
# Each kind of loss: how it is planted, and what is found.
LOSSES = {
    "the mail of a report": (["DELETE FROM outbox_mail WHERE letter = 'new_reports'"], Word.MAIL_GONE),
    "whom to tell of a report": (["UPDATE report SET alerts = '[]'"], Word.NOBODY_TOLD),
    "the mail of a step": ([WITHOUT_ACT], Word.MAIL_GONE),
    "a step": ([WITHOUT_ACT, "DELETE FROM notice"], Word.OVERDUE),
    "whom to tell of a step": (["UPDATE notice SET alerts = '[]'"], Word.NOBODY_TOLD),
    "a step of a clock that ended": ([WITHOUT_ACT, "DELETE FROM notice", END], Word.MISSED),
    "a mail in line": (["UPDATE outbox_mail SET state = 'waiting', due_at = :early"], Word.LEFT_LYING),
    "a mail in hand": (
        ["UPDATE outbox_mail SET state = 'waiting', due_at = :early, lease_until = :early"],
        Word.LEASE_OVER,
    ),
    "a mail that was refused": (
        ["UPDATE outbox_mail SET state = 'dead', outcome = 'refused' WHERE letter = 'act'"],
        Word.NOT_PASSED_ON,
    ),
    "a mail to somebody who left": (
        ["UPDATE outbox_mail SET state = 'skipped', outcome = 'person_left' WHERE letter = 'act'"],
        Word.NOT_PASSED_ON,
    ),
    "the reason": (["UPDATE outbox_mail SET state = 'skipped', outcome = NULL WHERE letter = 'act'"], Word.NO_REASON),
    "the next look": (["UPDATE clock SET next_check_at = NULL WHERE duty = 'decision'"], Word.ASLEEP),
    "the time of the next look": (["UPDATE clock SET next_check_at = :late WHERE duty = 'decision'"], Word.ASLEEP),
    "a look": (["UPDATE clock SET next_check_at = :early WHERE duty = 'decision'"], Word.NOT_LOOKED_AT),
    "the ladder": (["UPDATE clock SET ladder = '[]', next_check_at = NULL WHERE legal"], Word.NO_LADDER),
}


@pytest.mark.parametrize("lost", list(LOSSES))
async def test_what_was_lost_is_found(desk_at_work: Desk, lost: str) -> None:
    statements, expected = LOSSES[lost]
    await plant(desk_at_work, *statements)
    assert {finding.what for finding in (await account(desk_at_work)).findings} == {expected}


async def test_a_file_that_nobody_took_away_is_found(desk_at_work: Desk) -> None:
    folder = desk_at_work.settings.files
    folder.mkdir()
    for name, days in (("a" * 32, 2), ("b" * 32, 0)):
        (folder / name).touch()
        at = (AT - timedelta(days=days)).timestamp()
        os.utime(folder / name, (at, at))
    assert [(one.what, one.where) for one in (await account(desk_at_work)).findings] == [
        (Word.ORPHAN, f"1 in {folder}")
    ]


async def test_a_mail_that_was_passed_on_is_accounted_for(scene: Scene) -> None:
    await add_incident(scene.desk)
    await worker.sweep_clocks(scene.desk, now=NOW + 15 * MINUTE)
    async with relay(RCPT="550 no such person") as running:
        desk = with_relay(scene.desk, running.port)
        await worker.deliver_next(desk, now=NOW + 15 * MINUTE)
    found = await account(desk, now=NOW + 15 * MINUTE)
    assert (found.findings, found.mails.words) == ([], {Word.PASSED_ON: 1, Word.DUE_NOW: 1})


async def waits(desk: Desk, *, minute: int = 25) -> dict[str, int]:
    return dict((await account(desk, now=NOW + minute * MINUTE)).mails.reasons)


async def test_what_keeps_all_mail_from_leaving_is_a_reason(scene: Scene) -> None:
    await add_incident(scene.desk)
    await worker.sweep_clocks(scene.desk, now=NOW + 15 * MINUTE)
    assert await waits(scene.desk) == {Word.NO_RELAY: 1}
    desk = with_relay(scene.desk, 1)
    assert await waits(desk, minute=16) == {Word.DUE_NOW: 1}
    async with desk.database.write() as session:
        now = await session.scalar(select(func.max(Heartbeat.beat_at)))
        session.add(RelaySilence(id=1, since=now, tried_at=now))
    assert await waits(desk) == {Word.RELAY_AWAY: 1}
    async with desk.database.write() as session:
        session.add(MailHold(since=NOW))
    assert await waits(desk) == {Word.HELD: 1}


async def test_where_nobody_else_works_nobody_else_is_told(scene: Scene) -> None:
    async with scene.desk.database.write() as session:
        others = update(Member).where(Member.id != scene.rosa.id)
        await session.execute(others.values(disabled_at=NOW))
    await add_incident(scene.desk)
    await worker.sweep_clocks(scene.desk, now=NOW + 15 * MINUTE)
    async with relay(RCPT="550 no such person") as running:
        await worker.deliver_next(with_relay(scene.desk, running.port), now=NOW + 15 * MINUTE)
    assert (await account(scene.desk, now=NOW + 15 * MINUTE)).mails.words == {Word.NOBODY_ELSE: 1}


@dataclass(frozen=True)
class Story:
    """The examples of the demo, lived through: a worker works all the time, at a relay that fails in many ways."""

    desk: Desk
    chance: random.Random
    relays: list[Relay]

    async def wait_until(self, moment: datetime) -> None:
        """Do the worker's work at each moment at which there is some."""
        while (at := await self._next(moment)) is not None:
            await worker.sweep_clocks(self.desk, now=at)
            settings = mailing(self.desk.settings, self.chance.choice(self.relays).port)
            await worker.deliver_next(replace(self.desk, settings=settings), now=at)

    async def _next(self, moment: datetime) -> datetime | None:
        async with self.desk.database.read() as session:
            looks = await session.scalar(select(func.min(Clock.next_check_at)))
            mails = await session.scalar(select(func.min(OutboxMail.due_at)).filter_by(state=MailState.WAITING))
        return min((at for at in (looks, mails) if at is not None and at <= moment), default=None)


def acts(cases: list[dict[str, Any]], now: datetime) -> Iterator[tuple[datetime, dict[str, Any], int]]:
    """Yield what happens when: a case, and the number of its act; -1 for the report itself."""
    for case in cases:
        received = now - timedelta(hours=case["ago"])
        yield received, case, -1
        yield from ((received + timedelta(hours=row["after"]), case, at) for at, row in enumerate(case["acts"]))


async def live(story: Story, cases: list[dict[str, Any]], people: dict[str, Member], *, now: datetime) -> None:
    references: dict[str, str] = {}
    for at, case, number in sorted(acts(cases, now), key=lambda one: (one[0], one[2])):
        await story.wait_until(at)
        form = sent(case["id"], **case["answers"])
        async with story.desk.database.write() as session:
            if number < 0:
                references[case["id"]] = (await submit_report(session, form, now=at)).incident.reference
                continue
            row = case["acts"][number]
            act = Act(references[case["id"]], f"{case['id']}-{number}", now - timedelta(hours=case["ago"]), at, row)
            if row["by"] == demo.REPORTER:
                await perform_reporter(session, act, form.form_hash)
            else:
                await perform(session, act, people[row["by"]])
    await story.wait_until(now)


RELAYS: list[dict[str, str]] = [{}, {}, {"banner": "421 busy"}, {"RCPT": "450 later"}, {"body": DROP}, {"MAIL": DROP}]
RELAYS += [{"RCPT": "550 no such person"}, {"EHLO": DROP, "HELO": DROP}]


@pytest.mark.parametrize("seed", some(range(3)))
async def test_days_of_work_at_a_relay_that_fails_leave_nothing_unexplained(scene: Scene, seed: int) -> None:
    people = {member.role.value: member for member in (scene.rosa, scene.dipo, scene.ada)}
    async with AsyncExitStack() as stack:
        relays = [await stack.enter_async_context(relay(**script)) for script in RELAYS]
        story = Story(scene.desk, random.Random(seed), relays)  # noqa: S311 - repeatable on purpose
        cases = demo.cases_in(demo.CASES)
        now = NOW + 14 * 24 * HOUR
        await live(story, cases, people, now=now)
    # No worker closed a checkpoint in those days.
    found = await assert_settled(with_relay(scene.desk, 1), now=now + MINUTE, evidence=False)
    async with scene.desk.database.read() as session:
        incidents = await session.scalar(select(func.count()).select_from(Incident))
    assert (found.reports.total, found.reports.unexplained) == (incidents, 0)
    assert found.steps.told >= 10
