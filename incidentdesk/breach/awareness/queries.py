"""What the bench shows: every moment that is known of one incident, and what each of them would mean."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import law
from incidentdesk.breach.awareness.forms import Stamped, token_of
from incidentdesk.breach.clock.forms import Aware
from incidentdesk.breach.clock.queries import Case, case_of
from incidentdesk.records.clocks import clocks_of
from incidentdesk.records.history import names_of
from incidentdesk.rules.awareness import (
    AWARE,
    Basis,
    Candidate,
    Inquiry,
    Kind,
    Known,
    Outlook,
    Refusal,
    course,
    inquiry,
    outlook,
    refusal,
    strictest,
    told_day,
)
from incidentdesk.rules.lifecycle import Status, Verdict
from incidentdesk.rules.next_step import Duty
from incidentdesk.tables import Clock, HistoryEntry, Incident, Member, Report, Stamp, fetch_keys, whole_of

# What the history calls it that a report was looked at, and that its reporter said more.
OPENED = "report.opened"
SAID_MORE = ("report.replied", "report.files_added")
# A reporter may write for weeks; the first ones are what matters.
MOST_MESSAGES = 20
# The candidates that stand as lines of their own on the bench.
STAMPED = {Kind.NOTICED: Basis.NOTICED, Kind.CONFIRMED: Basis.CONFIRMED}
# What ends an inquiry and takes it up again, in turns.
TURNS = frozenset({Kind.INQUIRY_TO, Kind.INQUIRY_RESUMED})
RISK_UNLIKELY = "risk_unlikely"


@dataclass(frozen=True)
class Bench:
    """The case with what is known of its awareness. `zone` is the one its clocks were started in.

    `promise` is the clock of the inquiry, once there was one; `opened_by` who first opened a report. `of_parts` is what was
    written down about what is part of it.
    """

    case: Case
    known: Known
    zone: ZoneInfo
    promise: Clock | None
    opened_by: str
    of_parts: Sequence[Candidate] = ()

    @property
    def current(self) -> dict[str, Stamp]:
        """The newest line of each kind: the one that counts."""
        return {row.kind: row for row in self.case.stamps}

    @property
    def corrected(self) -> set[UUID]:
        """The lines that a newer one took the place of. An end is none of them once the inquiry was resumed after it."""
        turns = [row for row in self.case.stamps if row.kind in TURNS]
        others = {row.id for row in self.case.stamps if row.kind not in TURNS and self.current[row.kind] is not row}
        return others | {row.id for row, after in pairwise(turns) if row.kind == after.kind}

    @property
    def may_inquire(self) -> bool:
        """Say whether an inquiry before awareness can still begin."""
        return self._is_before_all and self.known.inquiry_from is None

    @property
    def may_resume(self) -> bool:
        """Say whether one that ended can be taken up again, for new facts."""
        return self._is_before_all and self.promise is not None and self.known.inquiry_to is not None

    @property
    def _is_before_all(self) -> bool:
        """Say whether nothing is fixed or decided that an inquiry would come before."""
        incident = self.case.incident
        is_open = incident.status is not Status.CLOSED
        undecided = incident.verdict in {None, Verdict.PERSONAL_DATA_BREACH}
        over = self.case.awareness or (self.case.clock is not None and self.case.clock.ended_at is not None)
        return is_open and undecided and not over


@dataclass(frozen=True)
class Row:
    """A candidate with what follows from it. `is_strictest` is the one that is proposed."""

    candidate: Candidate
    token: str
    is_strictest: bool
    outlook: Outlook | None
    refusal: Refusal | None


@dataclass(frozen=True)
class WhatIf:
    """What would follow if we had been aware at a moment; nothing of it is saved."""

    outlook: Outlook | None
    refusal: Refusal | None


async def bench_of(session: AsyncSession, reference: str, *, by: Member, for_change: bool = False) -> Bench:
    """Return the bench, or raise Missing. `for_change` keeps others out until the transaction ends."""
    case = await case_of(session, reference, by=by, for_change=for_change)
    running = await clocks_of(session, case.incident)
    place = ZoneInfo(running[0].zone if running else by.zone)
    whole = await whole_of(session, case.incident.id)
    opened, opened_by = await _first_look(session, whole)
    found = [*opened, *await _from_reports(session, whole, place), *await _messages(session, whole)]
    of_parts = await _from_parts(session, whole)
    found += [*_written(case.stamps), *of_parts]
    promise = next((clock for clock in running if clock.duty == Duty.INQUIRY), None)
    return Bench(case, known_of(case, found, promise), place, promise, opened_by, of_parts)


def _written(stamps: Sequence[Stamp]) -> list[Candidate]:
    """Return which of the lines about one incident may have been the moment."""
    current = {row.kind: row.at for row in stamps}
    # Whoever inquires anew may have known enough when the first inquiry ended.
    ends = course((row.kind, row.at) for row in stamps).ends
    named = [Candidate(current[kind], basis) for kind, basis in STAMPED.items() if kind in current]
    return named + [Candidate(at, Basis.INQUIRY_ENDED) for at in dict.fromkeys(ends)]


async def _from_parts(session: AsyncSession, whole: Sequence[UUID]) -> list[Candidate]:
    _, *parts = whole
    if not parts:
        return []
    await fetch_keys(session, parts)
    noted = (await session.scalars(select(Stamp).where(Stamp.incident_id.in_(parts)).order_by(Stamp.id))).all()
    return [one for part in parts for one in _written([row for row in noted if row.incident_id == part])]


def known_of(case: Case, candidates: Sequence[Candidate], promise: Clock | None = None) -> Known:
    """Return what stands written, as the rules ask for it. What answered its question ends an inquiry too: its clock says when."""
    gone = course((row.kind, row.at) for row in case.stamps)
    turns = [*gone.ends, *([gone.resumed_at] if gone.resumed_at else [])]
    current = {row.kind: row.at for row in case.stamps}
    signed = [row.signed_at for row in case.decisions if row.decision == RISK_UNLIKELY]
    return Known(
        candidates=tuple(sorted(candidates)),
        aware_at=case.awareness[-1].aware_at if case.awareness else None,
        inquiry_from=current.get(Kind.INQUIRY_FROM),
        inquiry_to=gone.ended_at or (promise.ended_at if promise else None),
        resumed_at=gone.resumed_at,
        paused_at=gone.paused_at,
        turned_at=min(turns, default=None),
        confirmed_at=current.get(Kind.CONFIRMED),
        filed_at=min((row.filed_at for row in case.filings), default=None),
        risk_signed_at=min(signed, default=None),
    )


def earliest_of(bench: Bench) -> datetime | None:
    """Return the strictest moment known."""
    first = strictest(bench.known.candidates)
    return first.at if first else None


def rows(bench: Bench, *, now: datetime) -> list[Row]:
    """Return every candidate, the strictest first."""
    first = strictest(bench.known.candidates)
    return [
        Row(
            candidate,
            token_of(candidate),
            candidate is first,
            _outlook(bench, candidate.at, now=now),
            refusal(AWARE, candidate.at, bench.known, sourced=False, now=now),
        )
        for candidate in bench.known.candidates
    ]


def what_if(bench: Bench, at: datetime, *, now: datetime) -> WhatIf:
    """Return what would follow if we had been aware at `at`, which may be any moment."""
    return WhatIf(_outlook(bench, at, now=now), refusal(AWARE, at, bench.known, sourced=False, now=now))


def stands(bench: Bench, value: Aware | Stamped, member: Member) -> bool:
    """Say whether the newest line is this very value from the same person: the button was pressed twice."""
    if isinstance(value, Stamped):
        newest = [(row.kind, row.at, row.zone, row.reason, row.member_id) for row in bench.case.stamps[-1:]]
        return newest == [(value.kind, value.at, value.zone, value.reason, member.id)]
    fixed = [(row.aware_at, row.zone, row.member_id, row.reason) for row in bench.case.awareness[-1:]]
    # The first press wrote an early moment down; for the second its source is only more of the reason.
    return any((value.at, value.zone, member.id) == line[:3] and value.reason.startswith(line[3]) for line in fixed)


def inquiry_of(bench: Bench, *, now: datetime) -> Inquiry:
    """Return how the inquiry stands. What answered its question ended it, when nobody wrote down that it ended."""
    first = bench.known.inquiry_from
    # Resumed, its clock begins so much later as nobody inquired.
    started_at = bench.promise.started_at if bench.promise and bench.known.resumed_at else first
    found = inquiry(started_at, bench.known.inquiry_to, law.inquiry_limits(first or now), now=now)
    return replace(found, is_resumed=bench.known.resumed_at is not None)


def _outlook(bench: Bench, at: datetime, *, now: datetime) -> Outlook | None:
    clock = bench.case.clock
    settled_at = clock.ended_at if clock is not None and clock.ended_at is not None else now
    return outlook(at, Duty.AUTHORITY, law.policies(), zone=bench.zone, settled_at=settled_at)


async def _from_reports(session: AsyncSession, whole: Sequence[UUID], zone: ZoneInfo) -> list[Candidate]:
    """Return when each report reached us, and the day on which its reporter says it was noticed."""
    parts = (await session.scalars(select(Incident).where(Incident.id.in_(whole)))).all()
    await fetch_keys(session, [part.id for part in parts])
    reports = (await session.scalars(select(Report).where(Report.incident_id.in_(whole)))).all()
    received = {part.received_at for part in parts} | {report.received_at for report in reports}
    told = [_told(report, zone) for report in reports]
    return [*(Candidate(at, Basis.RECEIVED) for at in received), *(one for one in told if one is not None)]


def _told(report: Report, zone: ZoneInfo) -> Candidate | None:
    noticed, noticed_on = (str(report.answers.get(name) or "") for name in ("noticed", "noticed_on"))
    return told_day(noticed, noticed_on, report.received_at, zone=zone)


async def _first_look(session: AsyncSession, whole: Sequence[UUID]) -> tuple[list[Candidate], str]:
    """Return when somebody first opened a report, and who; nothing and nobody when nobody has."""
    looks = select(HistoryEntry.at, HistoryEntry.actor).where(HistoryEntry.incident_id.in_(whole))
    first = (
        await session.execute(looks.where(HistoryEntry.action == OPENED).order_by(HistoryEntry.at).limit(1))
    ).first()
    if first is None:
        return [], ""
    at, actor = first
    member_id = UUID(actor.removeprefix("member:"))
    return [Candidate(at, Basis.OPENED)], (await names_of(session, [member_id])).get(member_id, "")


async def _messages(session: AsyncSession, whole: Sequence[UUID]) -> list[Candidate]:
    """Return when the reporter said more."""
    more = select(HistoryEntry.at).where(HistoryEntry.incident_id.in_(whole))
    said = more.where(HistoryEntry.action.in_(SAID_MORE)).order_by(HistoryEntry.at).limit(MOST_MESSAGES)
    return [Candidate(at, Basis.MESSAGE) for at in await session.scalars(said)]
