"""The settle check: what became of every report, every step of a ladder and every mail. It reads, and changes nothing.

Incidents and mails are read in batches, in the order of their ids, so its memory does not grow with the desk.
"""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.database import unmoving
from incidentdesk.escalation.posted import Mails
from incidentdesk.records import files
from incidentdesk.rules.escalation import Facts
from incidentdesk.rules.settling import (
    AMISS,
    Watched,
    Word,
    word_of_alerts,
    word_of_silence,
    words_of_clock,
)
from incidentdesk.rules.silence import Silence, cut_short, silences
from incidentdesk.settings import Settings
from incidentdesk.tables import Clock, HistoryEntry, Incident, Notice, OutboxMail, Report

BATCH = 200
# The worker looks for them once an hour.
SWEPT_WITHIN = timedelta(hours=2)


@dataclass(frozen=True)
class Finding:
    """One thing that nobody can account for: which kind, and where."""

    what: str
    where: str


@dataclass
class Tally:
    """How many there are, and what became of them, by word."""

    words: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """All of them."""
        return self.words.total()

    @property
    def told(self) -> int:
        """Those of which somebody was told: a mail server took the mail."""
        return self.words[Word.SENT]

    @property
    def reasons(self) -> Mapping[str, int]:
        """Those of which nobody was told (yet), by the reason."""
        return {word: count for word, count in sorted(self.words.items()) if count and word not in AMISS | {Word.SENT}}

    @property
    def unexplained(self) -> int:
        """Those that nobody can account for."""
        return sum(count for word, count in self.words.items() if word in AMISS)


@dataclass
class Account:
    """What was found. It is settled when there is no finding."""

    reports: Tally = field(default_factory=Tally)
    steps: Tally = field(default_factory=Tally)
    mails: Tally = field(default_factory=Tally)
    findings: list[Finding] = field(default_factory=list)

    def note(self, tally: Tally, word: str, where: str) -> None:
        """Count one, and keep it when it is amiss."""
        tally.words[word] += 1
        self.accuse([word], where)

    def accuse(self, words: Iterable[str], where: str) -> None:
        """Keep those words that nobody can account for."""
        self.findings += [Finding(word, where) for word in words if word in AMISS]


async def settle(session: AsyncSession, settings: Settings, *, now: datetime) -> Account:
    """Return the account as of now. It asks for a session of its own: all of it is read as of one moment."""
    account = Account()
    async with unmoving(session):
        mails = await Mails.begin(session, settings, now=now)
        async for incidents in _batches(session):
            await _Batch(session, account, mails, incidents, now).read()
        async for mail, word in mails.all():
            account.note(account.mails, word, f"mail {mail.id} ({mail.letter})")
        left = await files.orphans(session, settings.files, now=now - SWEPT_WITHIN)
    account.accuse([Word.ORPHAN] * bool(left), f"{len(left)} in {settings.files}")
    return account


async def _batches(session: AsyncSession) -> AsyncIterator[Mapping[UUID, Any]]:
    query = (
        select(Incident.id, Incident.reference, Incident.severity, Incident.read_at).order_by(Incident.id).limit(BATCH)
    )
    batch = (await session.execute(query)).all()
    while batch:
        yield {row.id: row for row in batch}
        batch = (await session.execute(query.where(Incident.id > batch[-1].id))).all()


@dataclass(frozen=True)
class _Batch:
    """Some incidents, and everything about alerting that belongs to them."""

    session: AsyncSession
    account: Account
    mails: Mails
    incidents: Mapping[UUID, Any]
    now: datetime

    async def read(self) -> None:
        ids = list(self.incidents)
        reports = await self._rows(select(Report.incident_id, Report.alerts).where(Report.incident_id.in_(ids)))
        sent = await self.mails.words(OutboxMail.id.in_({UUID(one) for row in reports for one in row.alerts or ()}))
        for row in reports:
            none = Word.NOBODY_TOLD if self.incidents[row.incident_id].read_at is None else Word.READ
            words = {number: sent[number] for number in row.alerts or () if number in sent}
            word = word_of_alerts(row.alerts, words, none=none)
            self.account.note(self.account.reports, word, f"report of {self._name(row.incident_id)}")
        await self._read_clocks(ids)

    async def _read_clocks(self, ids: Collection[UUID]) -> None:
        noticed: dict[UUID, list[Notice]] = defaultdict(list)
        for notice in await self.session.scalars(select(Notice).where(Notice.incident_id.in_(ids))):
            noticed[notice.clock_id].append(notice)
        told = await self._told(ids, [notice for notices in noticed.values() for notice in notices])
        changed = select(HistoryEntry.incident_id).where(HistoryEntry.incident_id.in_(ids))
        regraded = set(await self.session.scalars(changed.where(HistoryEntry.action == "severity.set")))
        for clock in await self.session.scalars(select(Clock).where(Clock.incident_id.in_(ids))):
            watched = Watched(clock.next_check_at, clock.legal, clock.incident_id in regraded)
            self._read_clock(clock, watched, noticed[clock.id], told)

    async def _told(self, ids: Collection[UUID], notices: Sequence[Notice]) -> Mapping[UUID, dict[str, str]]:
        """Return the words of the mails that tell of each step, also of those that tell of many steps."""
        told = await self.mails.words_by_notice(ids)
        others = {UUID(one) for notice in notices for one in notice.alerts or () if one not in told.get(notice.id, {})}
        many = await self.mails.words(OutboxMail.id.in_(others)) if others else {}
        by_notice = {notice.id: {one: many[one] for one in notice.alerts or () if one in many} for notice in notices}
        return {number: told.get(number, {}) | by_notice.get(number, {}) for number in told.keys() | by_notice.keys()}

    def _read_clock(
        self, clock: Clock, watched: Watched, notices: Sequence[Notice], told: Mapping[UUID, dict[str, str]]
    ) -> None:
        place = f"{clock.duty} clock of {self._name(clock.incident_id)}"
        facts = _facts(clock, self.incidents[clock.incident_id].severity, notices)
        steps, quiet, now = clock.steps, silences(clock.steps, facts, self.now), self.now
        spoke_at = {notice.noticed_at for notice in notices if notice.alerts}
        for notice in notices:
            none = Word.COVERED if notice.noticed_at in spoke_at else Word.NOBODY_TOLD
            word = word_of_alerts(notice.alerts, told.get(notice.id, {}), none=none)
            self.account.note(
                self.account.steps, Word.OVERTAKEN if notice.superseded else word, f"{notice.step}, {place}"
            )
        for due, why in quiet:
            if silent := word_of_silence(due, why, facts, watched, now):
                self.account.note(self.account.steps, silent, f"{due.step.key}, {place}")
        moments = {(one.step, one.round, one.occurrence): one.due_at for one in notices if not one.undone}
        self.account.steps.words[Word.ANEW] += sum(due.due_at <= now for due in cut_short(steps, facts, moments))
        coming = min((due.due_at for due, why in quiet if why is Silence.TO_COME), default=None)
        self.account.accuse(words_of_clock(facts, watched, has_ladder=bool(steps), coming=coming, now=now), place)

    def _name(self, incident_id: UUID) -> str:
        reference: str = self.incidents[incident_id].reference
        return reference

    async def _rows(self, query: Any) -> Sequence[Any]:  # noqa: ANN401 - any columns
        return (await self.session.execute(query)).all()


def _facts(clock: Clock, severity: int, notices: Iterable[Notice]) -> Facts:
    return Facts(
        deadline_at=clock.deadline_at,
        ended_at=clock.ended_at,
        severity=severity,
        armed_at=clock.armed_at,
        arm=clock.arm,
        revision=clock.revision,
        noticed=frozenset((one.step, one.round, one.occurrence) for one in notices if not one.undone),
    )
