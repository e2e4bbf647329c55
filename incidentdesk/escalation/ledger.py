"""The account of what was escalated on one incident: every step of every clock, with what became of it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.mail.contacts import names_of
from incidentdesk.mail.content import NOT_NEEDED
from incidentdesk.mail.facts import facts_of
from incidentdesk.mail.outbox import Letter
from incidentdesk.records.clocks import clocks_of
from incidentdesk.rules.escalation import DueStep, Facts, Step, Target, Trigger
from incidentdesk.rules.silence import Silence, cut_short, hour_of, silences
from incidentdesk.staff.access import find_incident
from incidentdesk.tables import Clock, HistoryEntry, Incident, MailState, Member, Notice, OutboxMail

STAND_DOWN = Letter.STAND_DOWN.value
STEPS = (Letter.ACT, Letter.DEADLINE, Letter.STAND_DOWN)
# One page; the sheet has all of them.
MOST_SHOWN = 300
LEAST_SEVERE = 4
SKIPPED, COVERED, HELD, ANEW, EARLY = MailState.SKIPPED.value, "covered", "held", "anew", "wrong_clock"
Key = tuple[str, int, int]


class Told(NamedTuple):
    """A mail, and to whom it goes."""

    mail: OutboxMail
    person: str


@dataclass(frozen=True)
class Line:
    """One step for one person, or a step without a mail. `why` is a word of the outbox or of ours, or empty.

    `step` is empty for a mail that stands people down.
    """

    clock: Clock
    key: str
    step: Step | None
    round: int | None
    occurrence: int | None
    due_at: datetime
    state: str
    why: str = ""
    notice: Notice | None = None
    told: Told | None = None

    @property
    def hour(self) -> tuple[int, int]:
        """The hour and minute of the clock, counted from the start it has now."""
        return hour_of(self.due_at, started_at=self.clock.started_at)

    @property
    def person(self) -> str:
        """To whom the mail goes; empty without one."""
        return self.told.person if self.told else ""

    @property
    def mail(self) -> OutboxMail | None:
        """The mail, when there is one."""
        return self.told.mail if self.told else None

    @property
    def attempts(self) -> int:
        """How often the mail server was tried, also before somebody put the mail back in line."""
        return self.mail.attempts + self.mail.earlier_attempts if self.mail else 0

    @property
    def sent_at(self) -> datetime | None:
        """When the mail server took it."""
        return self.mail.settled_at if self.mail and self.mail.state is MailState.SENT else None

    @property
    def tried_at(self) -> datetime | None:
        """When the mail server was tried last."""
        return self.mail.last_claimed_at if self.mail and self.attempts else None

    @property
    def message_id(self) -> str:
        """The Message-ID; a mail has none before it is taken up."""
        return self.mail.message_id if self.mail and "@" in self.mail.message_id else ""

    @property
    def is_earlier(self) -> bool:
        """Say whether the step began to count anew since: somebody acted, or the clock was moved or ran again."""
        if self.step is None or self.round is None:
            return False
        return self.round < (self.clock.arm if self.step.trigger is Trigger.NOT_TAKEN else self.clock.revision)

    @property
    def stands_in(self) -> bool:
        """Say whether the person was told in the place of somebody who could not be."""
        return bool(self.mail and self.mail.context.get("passed_on"))


@dataclass(frozen=True)
class Account:
    """Everything, clock by clock, the oldest line first. `quiet` are the clocks that tell nobody.

    `names` are those of the people and rotas that steps name.
    """

    incident: Incident
    clocks: Sequence[tuple[Clock, Sequence[Line]]]
    quiet: Sequence[Clock]
    names: Mapping[Target, str]

    @property
    def lines(self) -> list[Line]:
        """All lines, clock by clock."""
        return [line for _, lines in self.clocks for line in lines]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many lines are in each state."""
        return Counter(line.state for line in self.lines)

    @property
    def coming(self) -> Line | None:
        """What comes next if nobody acts."""
        ahead = [line for line in self.lines if line.state == Silence.TO_COME]
        return min(ahead, key=lambda line: line.due_at, default=None)


async def account_of(session: AsyncSession, reference: str, *, by: Member, now: datetime) -> Account:
    """Return the account of an incident, or raise Missing."""
    incident = await find_incident(session, reference, by=by)
    clocks = await clocks_of(session, incident)
    notices = await _notices(session, incident)
    told = await _told(session, incident)
    accounts = []
    for clock in (clock for clock in clocks if clock.ladder):
        facts = await facts_of(session, clock, incident)
        if clock.ended_at is not None:
            facts = replace(facts, severity=await _severity_at(session, incident, clock.ended_at))
        lines = [
            *_from_notices(clock, notices[clock.id], told),
            *_from_silences(clock, facts, is_taken=incident.taken_at is not None, now=now),
            *_from_anew(clock, facts, notices[clock.id]),
            *_from_releases(clock, told[None]),
        ]
        accounts.append((clock, sorted(lines, key=lambda line: line.due_at)))
    named = [target for clock in clocks for step in clock.steps for target in step.posts]
    quiet = [clock for clock in clocks if not clock.ladder]
    return Account(incident, accounts, quiet, await names_of(session, named))


async def _severity_at(session: AsyncSession, incident: Incident, moment: datetime) -> int:
    """Return how severe it was then: a step it was not severe enough for is not one that nobody was told of.

    What was erased says no more how severe it was; it then counts as the least severe.
    """
    changed = select(HistoryEntry).where(HistoryEntry.incident_id == incident.id, HistoryEntry.at > moment)
    changed = changed.where(HistoryEntry.action == "severity.set").order_by(HistoryEntry.id).limit(1)
    entry = await session.scalar(changed)
    return incident.severity if entry is None else int(entry.before.get("severity", LEAST_SEVERE))


async def _notices(session: AsyncSession, incident: Incident) -> Mapping[UUID, Sequence[Notice]]:
    """Return what came due, by clock, in the order it was noticed."""
    found: dict[UUID, list[Notice]] = defaultdict(list)
    for notice in await session.scalars(select(Notice).where(Notice.incident_id == incident.id).order_by(Notice.id)):
        found[notice.clock_id].append(notice)
    return found


async def _told(session: AsyncSession, incident: Incident) -> Mapping[UUID | None, Sequence[Told]]:
    """Return the mails of the ladder by notice, the oldest first; without one those that stand people down."""
    found: dict[UUID | None, list[Told]] = defaultdict(list)
    query = select(OutboxMail, Member.name).join(Member, Member.id == OutboxMail.member_id)
    query = query.where(OutboxMail.incident_id == incident.id, OutboxMail.letter.in_(STEPS)).order_by(OutboxMail.id)
    for mail, name in await session.execute(query):
        found[mail.notice_id].append(Told(mail, name))
    return found


def _from_notices(
    clock: Clock, notices: Sequence[Notice], told: Mapping[UUID | None, Sequence[Told]]
) -> Iterator[Line]:
    steps = {step.key: step for step in clock.steps}
    for notice in notices:
        place = (clock, notice.step, steps.get(notice.step), notice.round, notice.occurrence, notice.due_at)
        for one in told[notice.id]:
            yield Line(*place, one.mail.state.value, _reason(one.mail, notice), notice, one)
        if not told[notice.id]:
            why = Silence.OVERTAKEN.value if notice.superseded else COVERED
            yield Line(*place, SKIPPED, EARLY if notice.undone else why, notice)


def _reason(mail: OutboxMail, notice: Notice) -> str:
    """Return the reason of the outbox, or the more exact one that the notice knows."""
    if notice.undone:
        return EARLY
    is_vague = mail.outcome in {"stood_down", NOT_NEEDED}
    return (notice.stood_down_for if is_vague else None) or mail.outcome or ""


def _from_silences(clock: Clock, facts: Facts, *, is_taken: bool, now: datetime) -> Iterator[Line]:
    for due, why in silences(clock.steps, facts, now):
        is_held = is_taken and why is Silence.TO_COME and due.step.trigger is Trigger.NOT_TAKEN
        if why in {Silence.TO_COME, Silence.OVERDUE, Silence.MISSED}:
            yield _silent(clock, due, why.value, HELD if is_held else "")
        else:
            yield _silent(clock, due, SKIPPED, why.value)


def _from_anew(clock: Clock, facts: Facts, notices: Sequence[Notice]) -> Iterator[Line]:
    moments: dict[Key, datetime] = {
        (one.step, one.round, one.occurrence): one.due_at for one in notices if not one.undone
    }
    for due in cut_short(clock.steps, facts, moments):
        yield _silent(clock, due, SKIPPED, ANEW)


def _silent(clock: Clock, due: DueStep, state: str, why: str) -> Line:
    return Line(clock, due.step.key, due.step, due.round, due.occurrence, due.due_at, state, why)


def _from_releases(clock: Clock, told: Sequence[Told]) -> Iterator[Line]:
    """Return the mails that said: you need not act any more."""
    for one in told:
        if one.mail.dedupe.startswith(f"down:{clock.id}:"):
            at = one.mail.created_at
            yield Line(clock, STAND_DOWN, None, None, None, at, one.mail.state.value, one.mail.outcome or "", told=one)
