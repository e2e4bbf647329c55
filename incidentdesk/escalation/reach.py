"""Who would be reached: the mails that the ladder will send from a moment on if nobody acts, and every gap.

Asks the same functions as the sweep and the outbox, and only reads.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.escalation import gaps
from incidentdesk.escalation.calls import Call, NobodyToTellError, calls, letter_of
from incidentdesk.escalation.gaps import Flaw, WaysIn
from incidentdesk.mail import contacts, content, letters, outbox
from incidentdesk.mail.addressee import Addressee, Skip
from incidentdesk.mail.alarm import headline_values
from incidentdesk.mail.facts import facts_of
from incidentdesk.mail.outbox import Letter
from incidentdesk.records import clocks
from incidentdesk.rules.escalation import DueStep, Look, Post, Target
from incidentdesk.rules.lifecycle import Status
from incidentdesk.rules.reach import Gap, facts_at, looks_ahead
from incidentdesk.settings import Settings
from incidentdesk.tables import Clock, Incident, MailState, Member, OutboxMail

# What stands in the subject before the desk has drawn a reference.
UNKNOWN = "IR-··-······"


@dataclass(frozen=True)
class Scene:
    """An incident and its clocks; `is_new` for a report that has not come."""

    incident: Incident
    clocks: Sequence[Clock]
    is_new: bool = False


@dataclass(frozen=True)
class Foretold:
    """One mail, in the words it will have. `stands_in`: sent in the place of somebody who cannot be told."""

    to: Member
    letter: Letter
    subject: str
    why: Sequence[Target]
    gaps: Sequence[Gap]
    stands_in: bool = False


@dataclass(frozen=True)
class Stage:
    """What happens at one moment: a step that comes due, or the announcement of a new report, which is none."""

    at: datetime
    clock: Clock | None
    due: DueStep | None
    mails: Sequence[Foretold]
    flaws: Sequence[Flaw]


@dataclass(frozen=True)
class Prospect:
    """Everything from a moment on. `waiting` counts the mails of earlier steps that have not left yet."""

    scene: Scene
    stages: Sequence[Stage]
    flaws: Sequence[Flaw]
    waiting: int
    # Of the people and rotas that its steps call.
    names: Mapping[Target, str]

    @property
    def incident(self) -> Incident:
        """What it is about."""
        return self.scene.incident

    @property
    def gaps(self) -> list[Flaw]:
        """Return every gap once, those of the desk first, then as they come."""
        found = [*self.flaws]
        for stage in self.stages:
            found += [*stage.flaws, *(Flaw(gap, mail.to) for mail in stage.mails for gap in mail.gaps)]
        return list(dict.fromkeys(found))

    @property
    def repeats(self) -> bool:
        """Say whether a step goes on after what is shown."""
        return any(stage.due and stage.due.step.repeat_every for stage in self.stages)


@dataclass(frozen=True)
class Moment:
    """What a mail is written from."""

    settings: Settings
    ways: WaysIn
    incident: Incident
    clock: Clock
    now: datetime


async def scene_of(session: AsyncSession, incident: Incident) -> Scene:
    """Return an incident as it is."""
    return Scene(incident, await clocks.clocks_of(session, incident))


async def scene_of_new(session: AsyncSession, severity: int, *, zone: ZoneInfo, at: datetime) -> Scene:
    """Return a report as it would be if it came at this moment; nothing is stored."""
    incident = Incident(reference=UNKNOWN, received_at=at, severity=severity, status=Status.NEW, restricted=False)
    started = await clocks.plan_promises(session, incident, zone=zone, now=at)
    incident.next_due_at = min(clock.deadline_at for clock in started)
    return Scene(incident, started, is_new=True)


async def foretell(session: AsyncSession, settings: Settings, scene: Scene, *, at: datetime, now: datetime) -> Prospect:
    """Return what would be sent from `at` on, the earliest first."""
    ways = await gaps.ways_in(session, settings)
    stages = []
    for clock in scene.clocks:
        moment = Moment(settings, ways, scene.incident, clock, at)
        stages += [stage async for stage in _stages(session, moment, now=now)]
    stages.sort(key=lambda stage: stage.at)
    if scene.is_new:
        stages.insert(0, await _announced(session, settings, ways, scene, at=at))
    called = {target for stage in stages if stage.due for target in stage.due.step.posts}
    names = await contacts.names_of(session, called)
    return Prospect(scene, stages, await gaps.of_desk(session, settings), await _waiting(session, scene), names)


async def _waiting(session: AsyncSession, scene: Scene) -> int:
    if scene.is_new:
        return 0
    waits = (OutboxMail.incident_id == scene.incident.id, OutboxMail.state == MailState.WAITING)
    mails = select(func.count()).where(*waits, OutboxMail.notice_id.is_not(None))
    return await session.scalar(mails) or 0


async def _stages(session: AsyncSession, moment: Moment, *, now: datetime) -> AsyncIterator[Stage]:
    """Walk one clock as the worker will: it looks at `next_check_at`, and then when the look before said so."""
    clock, at = moment.clock, moment.now
    if clock.next_check_at is None:
        return
    facts = await facts_of(session, clock, moment.incident)
    if clock.next_check_at < at and at > now:
        facts = facts_at(clock.steps, facts, at)
    for when, seen in looks_ahead(clock.steps, facts, max(clock.next_check_at, at)):
        then = Moment(moment.settings, moment.ways, moment.incident, clock, when)
        for stage in await _due_at(session, then, seen):
            yield stage


async def _due_at(session: AsyncSession, moment: Moment, seen: Look) -> list[Stage]:
    """Return what comes due together, in the order of the ladder."""
    try:
        made = await calls(session, moment.incident, seen.due, now=moment.now)
    except NobodyToTellError:
        return [Stage(moment.now, moment.clock, due, (), (Flaw(Gap.NOBODY),)) for due in seen.due]
    later: set[tuple[UUID, Letter]] = set()
    stages = []
    for call in made:
        mails = await _mails(session, moment, call, later)
        posts = call.due.step.posts
        flaws = await gaps.of_targets(session, posts, incident=moment.incident, now=moment.now)
        stages.append(Stage(moment.now, moment.clock, call.due, mails, flaws))
        later |= {(mail.to.id, mail.letter) for mail in mails}
    return stages[::-1]


async def _mails(session: AsyncSession, moment: Moment, call: Call, later: set[tuple[UUID, Letter]]) -> list[Foretold]:
    """Return the mails of one step. Whoever cannot be told hands on, as the outbox does it when it is about to send."""
    letter = letter_of(call.due.step)
    waiting = [(member, False) for member in call.people]
    asked = {member.id for member in call.people}
    mails = []
    for member, stands_in in waiting:
        draft = OutboxMail(letter=letter, incident_id=moment.incident.id, member_id=member.id)
        to = await content.find_addressee(session, draft, moment.settings)
        if isinstance(to, Skip):
            others = await contacts.people_after(session, member.id, incident=moment.incident, now=moment.now)
            waiting += [(one, True) for one in others if one.id not in asked]
            asked |= {one.id for one in others}
        elif not stands_in or (member.id, letter) not in later:
            mails.append(await _written(session, moment, call.due, (draft, to), stands_in=stands_in))
    return mails


async def _written(
    session: AsyncSession, moment: Moment, due: DueStep, mail: tuple[OutboxMail, Addressee], *, stands_in: bool
) -> Foretold:
    (draft, to), incident, now = mail, moment.incident, moment.now
    member = await session.get_one(Member, draft.member_id)
    values = headline_values(moment.clock, incident, due.step, now=now)
    subject = letters.subject_of(draft, to, {**letters.shared_values(moment.settings, draft, to, now=now), **values})
    why = await contacts.posts_of(session, member.id, due.step.posts, incident=incident, now=now)
    flawed = gaps.of_person(member, moment.ways, now=now)
    return Foretold(member, Letter(draft.letter), subject, why, flawed, stands_in)


async def _announced(session: AsyncSession, settings: Settings, ways: WaysIn, scene: Scene, *, at: datetime) -> Stage:
    """Return the mail that tells of a new report at once, with whatever else waits for a first look."""
    incident, mails = scene.incident, []
    for member in await outbox.told_of_report(session, incident, now=at):
        draft = OutboxMail(letter=Letter.NEW_REPORTS, member_id=member.id)
        to = Addressee(member.email, member.language, ZoneInfo(member.zone), member, None, None)
        count, listed = await content.waiting_for(session, member)
        listed = sorted([*listed, incident], key=lambda one: (one.severity, one.next_due_at))[: content.LISTED]
        values = content.news_of(min(count + 1, content.COUNTED), listed)
        known = {**letters.shared_values(settings, draft, to, now=at), **values}
        flawed = gaps.of_person(member, ways, now=at)
        mails.append(Foretold(member, Letter.NEW_REPORTS, letters.subject_of(draft, to, known), [Post.ON_CALL], flawed))
    flaws = await gaps.of_targets(session, [Post.ON_CALL], incident=incident, now=at)
    return Stage(at, None, None, mails, flaws)
