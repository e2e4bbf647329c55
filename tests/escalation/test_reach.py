"""Who would be reached: what the page foretells is what the worker then does, mail by mail."""

import random
from dataclasses import dataclass, replace
from datetime import date, datetime
from email import message_from_bytes, policy
from itertools import pairwise
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.escalation import reach
from incidentdesk.escalation.forms import HELD
from incidentdesk.escalation.reach import UNKNOWN, Prospect
from incidentdesk.intake.actions import submit_report
from incidentdesk.intake.forms import SentReport
from incidentdesk.intake.questions import Answers
from incidentdesk.records import clocks
from incidentdesk.rules.escalation import Kind, Named, Post, Target
from incidentdesk.rules.permissions import Role
from incidentdesk.rules.rota import Every
from incidentdesk.rules.severity import first_guess
from incidentdesk.tables import Away, Incident, IncidentMember, Member, Notice, OutboxMail, PostHolder
from incidentdesk.web.pages import Desk
from tests.mail.relay import Relay, mailing
from tests.mail.rotas import add_rota, by, keep, name_in_ladder, person
from tests.mail.scene import AMSTERDAM, MINUTE, NOW, Scene, add_incident
from tests.thorough import some

HOUR = 60 * MINUTE
SEEDS = some(range(10), 4)


@dataclass(frozen=True, order=True)
class Line:
    """One mail, foretold or sent: when, of which step, to which address, with which subject."""

    at: datetime
    step: str
    repeat: int
    to: str
    subject: str


@pytest.fixture
def desk(desk: Desk, post: Relay) -> Desk:
    return replace(desk, settings=mailing(desk.settings, post.port))


async def foretold(scene: Scene, incident: Incident, *, at: datetime, now: datetime) -> Prospect:
    async with scene.desk.database.read() as session:
        known = await reach.scene_of(session, await session.get_one(Incident, incident.id))
        return await reach.foretell(session, scene.desk.settings, known, at=at, now=now)


def lines_of(prospect: Prospect) -> list[Line]:
    return sorted(
        Line(
            stage.at,
            *((stage.due.step.key, stage.due.occurrence) if stage.due else ("", 0)),
            mail.to.email,
            mail.subject,
        )
        for stage in prospect.stages
        for mail in stage.mails
    )


async def work_through(scene: Scene, post: Relay, moments: set[datetime]) -> list[Line]:
    """Let the worker work at these moments, and return what it sent; no mailbox changes its mind meanwhile."""
    lines: list[Line] = []
    refused = await refusing(scene)
    for at in sorted(moments):
        before = len(post.taken)
        await scene.work(at)
        steps = await steps_by_message(scene)
        read = [message_from_bytes(raw, policy=policy.default) for raw in post.taken[before:]]
        lines += [Line(at, *steps[str(mail["Message-ID"])], str(mail["To"]), str(mail["Subject"])) for mail in read]
        async with scene.desk.database.write() as session:
            await session.execute(update(Member).where(Member.id.in_(refused)).values(mail_refused_at=NOW))
    return sorted(lines)


async def refusing(scene: Scene) -> list[UUID]:
    async with scene.desk.database.read() as session:
        return list(await session.scalars(select(Member.id).where(Member.mail_refused_at.is_not(None))))


async def steps_by_message(scene: Scene) -> dict[str, tuple[str, int]]:
    query = select(OutboxMail.message_id, Notice.step, Notice.occurrence)
    query = query.outerjoin(Notice, Notice.id == OutboxMail.notice_id)
    async with scene.desk.database.read() as session:
        rows = await session.execute(query)
    return {message: (step or "", occurrence or 0) for message, step, occurrence in rows}


def moments_of(prospect: Prospect) -> set[datetime]:
    """Return the moments at which something was foretold, and one between each two of them."""
    known = sorted({stage.at for stage in prospect.stages})
    return {*known, *(first + (second - first) / 2 for first, second in pairwise(known))}


async def turn(scene: Scene, chance: random.Random) -> None:
    """Let chance put rotas on posts and let steps call people, roles and rotas."""
    people = chance.sample([scene.rosa, scene.bodil, scene.dipo, scene.ada], 3)
    days = await add_rota(scene, *people, post=chance.choice([None, *HELD]), every=Every.DAY)
    named: list[Target] = [
        by(days),
        person(chance.choice(people)),
        Named(Kind.ROLE, chance.choice(list(Role)).value),
        Post.DPO,
    ]
    for key in ("not_taken_1", "not_taken_2", "not_taken_3"):
        if chance.random() < 0.5:
            await name_in_ladder(scene, key, *chance.sample(named, chance.randint(1, 2)))
    if chance.random() < 0.5:
        day = chance.randint(22, 26)
        await keep(scene, Away(member_id=people[0].id, first_on=date(2026, 11, day), last_on=date(2026, 11, day + 1)))


async def stir(scene: Scene, incident: Incident, chance: random.Random) -> None:
    """Let chance refuse mailboxes, close accesses, empty posts, set owners, take the incident and restrict it."""
    async with scene.desk.database.write() as session:
        people = [await session.get_one(Member, one.id) for one in (scene.rosa, scene.bodil, scene.dipo, scene.ada)]
        await stir_people(session, people, chance)
        row = await session.get_one(Incident, incident.id)
        if chance.random() < 0.7:
            row.owner_id, row.taken_at = chance.choice(people[:3]).id, chance.choice([None, NOW])
            await clocks.hold(session, row, now=NOW)
        row.restricted = chance.random() < 0.7
        chosen = chance.sample(people, chance.randint(0, 2))
        session.add_all([IncidentMember(incident_id=row.id, member_id=one.id) for one in chosen])


async def stir_people(session: AsyncSession, people: list[Member], chance: random.Random) -> None:
    for member in people:
        member.zone, member.language = chance.choice(["Asia/Tokyo", "Europe/Amsterdam"]), chance.choice(["en", "nl"])
    for member in chance.sample(people, chance.choice([0, 1, 2, 4])):
        member.mail_refused_at = NOW
    if chance.random() < 0.5:
        chance.choice(people[:3]).disabled_at = NOW
    if chance.random() < 0.5:
        await session.execute(delete(PostHolder).where(PostHolder.member_id == chance.choice(people[:3]).id))


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_worker_sends_what_was_foretold_and_nothing_else(scene: Scene, post: Relay, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same each time
    await turn(scene, chance)
    incident = await add_incident(scene.desk, severity=chance.choice([1, 1, 2]))
    await stir(scene, incident, chance)
    whole = await foretold(scene, incident, at=NOW, now=NOW)
    at = NOW + chance.choice([0, 20, 31, 14 * 60, 26 * 60]) * MINUTE
    later = await foretold(scene, incident, at=at, now=NOW)
    assert later.stages
    sent = await work_through(scene, post, moments_of(whole) | moments_of(later))
    assert sent == lines_of(whole)
    assert [line for line in sent if line.at >= at] == lines_of(later)


async def test_what_a_worker_owes_that_stood_still_is_foretold_for_now(scene: Scene, post: Relay) -> None:
    incident = await add_incident(scene.desk)
    await scene.work(NOW + 16 * MINUTE)
    post.taken.clear()
    now = NOW + 50 * HOUR
    owed = await foretold(scene, incident, at=now, now=now)
    assert [stage.at for stage in owed.stages][:3] == [now] * 3
    assert await work_through(scene, post, moments_of(owed)) == lines_of(owed)


@pytest.mark.parametrize("seed", range(2))
async def test_a_new_report_is_foretold_with_the_mail_that_announces_it(scene: Scene, post: Relay, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same each time
    answers: Answers = {"kind": "systems", "what": "All files are locked.", "s_sign": "locked"}
    sent = SentReport(answers=answers, language="en", form_hash="form", code_hash="code", zone=AMSTERDAM)
    for number in range(chance.choice([0, 11])):
        await add_incident(scene.desk, severity=3, number=number, now=NOW - HOUR)
    await scene.work(NOW - MINUTE)
    post.taken.clear()
    severity = first_guess(answers).level
    async with scene.desk.database.read() as session:
        known = await reach.scene_of_new(session, severity, zone=AMSTERDAM, at=NOW)
        prospect = await reach.foretell(session, scene.desk.settings, known, at=NOW, now=NOW)
    async with scene.desk.database.write() as session:
        incident = (await submit_report(session, sent, now=NOW)).incident
    moments = moments_of(prospect) | {NOW}
    lines = [line for line in await work_through(scene, post, moments) if not_of_others(line, incident)]
    expected = [replace(line, subject=line.subject.replace(UNKNOWN, incident.reference)) for line in lines_of(prospect)]
    assert lines == expected
    assert len(expected) >= 2


def not_of_others(line: Line, incident: Incident) -> bool:
    return incident.reference in line.subject or not line.step
