"""Deciding what a report is, closing it, and opening it again."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.errors import Conflict, DeskError
from incidentdesk.records import clocks, duties, register, wholes
from incidentdesk.rules.lifecycle import Move, Status, Verdict, obstacles_to_closing
from incidentdesk.rules.next_step import Duty
from incidentdesk.tables import (
    Clock,
    Filing,
    HistoryEntry,
    Incident,
    Member,
    Report,
    SignedDecision,
    fetch_keys,
    filing_counts,
    whole_of,
)
from incidentdesk.triage.actions import Act, begin, finish, move, once, say, tell
from incidentdesk.triage.forms import Closure, Decision, Reopening, endings
from incidentdesk.triage.stale import last_change, refuse_stale, text_of

# What the signature under the clock says; the verdict itself stands in the history.
NO_BREACH = "no_personal_data"
REOPENED = "reopened"


class Unreasoned(DeskError):
    """A clock that a signature ended runs again only with the new facts written down."""

    status = 422


async def decide(session: AsyncSession, incident: Incident, decision: Decision, *, by: Member, now: datetime) -> None:
    """Say what it is. Deciding implies taking; a breach starts the legal clock, anything else ends it by signature."""
    verdict = decision.verdict.value
    said = decision.message
    key = once(incident, by, said.form_id, verdict, decision.outcome or "", decision.reason, said.body)
    if incident.verdict is verdict and await _was_pressed(session, incident, "verdict.set", key):
        return
    await refuse_stale(session, incident, "verdict", seen=decision.verdict.seen, mine=verdict.value)
    act = begin(incident, by, now)
    await move(session, act, Move.DECIDE)
    incident.verdict, incident.outcome = verdict, decision.outcome
    incident.owner_id, incident.taken_at = incident.owner_id or by.id, incident.taken_at or now
    await clocks.end_duty(session, incident, Duty.DECISION, by="verdict.set", now=now)
    if verdict is Verdict.PERSONAL_DATA_BREACH:
        await _run_legal_clock(session, act, decision.reason)
    else:
        await _sign_off(session, act, decision.reason)
    await duties.refresh(session, incident, now=now)
    message = await say(session, act, said)
    await finish(session, act, "verdict.set", reason=decision.reason, message=message, press=key)


async def _was_pressed(session: AsyncSession, incident: Incident, action: str, key: str) -> bool:
    """Say whether the newest such action came from this very page: the button was pressed twice."""
    known = select(HistoryEntry).where(HistoryEntry.incident_id == incident.id, HistoryEntry.action == action)
    entry = await session.scalar(known.order_by(HistoryEntry.id.desc()).limit(1))
    return entry is not None and entry.after.get("press") == key


async def _run_legal_clock(session: AsyncSession, act: Act, reason: str) -> None:
    """Start the clock if none ever ran. One that a signature ended runs on: new facts reopen the duty, not the start."""
    all_clocks = await clocks.clocks_of(session, act.incident)
    if not any(clock.duty == Duty.AUTHORITY for clock in all_clocks):
        zone = all_clocks[0].zone if all_clocks else act.by.zone
        await clocks.start_authority(session, act.incident, zone=ZoneInfo(zone))
    # A breach that stays one, with better words, leaves a signed "risk unlikely" in place.
    was_breach = act.was["verdict"] == Verdict.PERSONAL_DATA_BREACH
    for clock in all_clocks:
        if clock.ended_by == clocks.SEPARATED and clock.duty == Duty.AUTHORITY:
            # It ran for a part that was taken out again; now it is this incident's own.
            clocks.reopen(clock, now=act.now)
            whole = await whole_of(session, act.incident.id)
            course = await clocks.signal_course(session, whole, zone=ZoneInfo(clock.zone))
            clocks.carry(clock, course, now=act.now)
        if not was_breach and await _was_signed_off(session, clock):
            if not reason:
                raise Unreasoned
            session.add(_signature(clock, act, REOPENED, reason))
            await _run_on(session, clock, act)


async def _was_signed_off(session: AsyncSession, clock: Clock) -> bool:
    """Say whether a signature ended it that a breach overtakes: any of the authority's clock, else that no data were affected."""
    if clock.ended_by != clocks.SIGNED or clock.duty == Duty.AUTHORITY:
        return clock.ended_by == clocks.SIGNED
    newest = select(SignedDecision.decision).where(SignedDecision.clock_id == clock.id)
    return await session.scalar(newest.order_by(SignedDecision.id.desc()).limit(1)) == NO_BREACH


async def _run_on(session: AsyncSession, clock: Clock, act: Act) -> None:
    """Let the clock run again, up to the first notification if somebody notified in spite of the signature."""
    clocks.reopen(clock, now=act.now)
    filed_at = await session.scalar(
        select(Filing.filed_at).where(Filing.clock_id == clock.id, filing_counts()).order_by(Filing.filed_at)
    )
    if filed_at is not None:
        clocks.end(clock, by=clocks.FILED, at=filed_at, now=act.now)


async def _sign_off(session: AsyncSession, act: Act, reason: str) -> None:
    """End what is owed for a breach of personal data. A significant incident is one without them too."""
    for clock in await clocks.clocks_of(session, act.incident):
        if clock.legal and clock.ended_at is None and duties.is_for_breaches(clock):
            session.add(_signature(clock, act, NO_BREACH, reason))
            clocks.end(clock, by=clocks.SIGNED, at=act.now, now=act.now)
    await clocks.end_duty(session, act.incident, Duty.INQUIRY, by="verdict.set", now=act.now)


def _signature(clock: Clock, act: Act, decision: str, reason: str) -> SignedDecision:
    return SignedDecision(
        incident_id=clock.incident_id,
        clock_id=clock.id,
        decision=decision,
        reasoning=reason,
        member_id=act.by.id,
        signed_at=act.now,
    )


class Unfitting(DeskError):
    """What was decided cannot end that way."""

    status = 422


class Obstructed(Conflict):
    """The incident may not be closed yet."""

    def __init__(self, obstacles: tuple[str, ...]) -> None:
        """Remember why."""
        super().__init__(", ".join(obstacles))
        self.obstacles = obstacles


async def close(session: AsyncSession, incident: Incident, closure: Closure, *, by: Member, now: datetime) -> None:
    """Finish it. Every promise ends with it, and the reporter is told."""
    key = once(incident, by, closure.message.form_id, closure.outcome or "", closure.message.body)
    if incident.status is Status.CLOSED and await _was_pressed(session, incident, "incident.closed", key):
        return
    await refuse_stale(session, incident, "status", seen=closure.seen_status, mine=Status.CLOSED.value)
    obstacles = await obstacles_of(session, incident)
    if obstacles:
        raise Obstructed(obstacles)
    if closure.outcome not in endings(incident.verdict):
        raise Unfitting
    act = begin(incident, by, now)
    await move(session, act, Move.CLOSE)
    incident.outcome, incident.closed_at = closure.outcome, now
    for duty in (*clocks.PROMISES, Duty.INQUIRY):
        await clocks.end_duty(session, incident, duty, by="incident.closed", now=now)
    message = await say(session, act, closure.message)
    await _tell_all(session, act)
    await finish(session, act, "incident.closed", message=message, press=key)


async def _tell_all(session: AsyncSession, act: Act) -> None:
    """Tell every reporter that it is finished, those of its parts too."""
    for one in (act.incident, *await wholes.parts_of(session, act.incident)):
        for report in await session.scalars(select(Report).where(Report.incident_id == one.id)):
            about = f"{report.id}:{act.now:%Y%m%dT%H%M%S}"
            await tell(session, Act(one, act.by, act.now), report, letter="reporter_finished", about=about)


async def ending_before_reply(session: AsyncSession, incident: Incident) -> str:
    """Return how it had ended until its reporter wrote again, so that closing it again is one press."""
    entry = await last_change(session, incident, "outcome")
    return text_of(entry.before.get("outcome")) if entry is not None and entry.action == "report.replied" else ""


async def obstacles_of(session: AsyncSession, incident: Incident) -> tuple[str, ...]:
    """Return why the incident may not be closed yet: what the rules forbid, and a reply nobody has read."""
    await fetch_keys(session, [incident.id])
    legal = [clock for clock in await clocks.clocks_of(session, incident) if clock.legal]
    found = obstacles_to_closing(
        verdict=incident.verdict,
        legal_running=any(clock.ended_at is None for clock in legal),
        late_without_reason=any([await _lacks_reason(session, clock) for clock in legal]),
    )
    more = {"people_not_told": await register.owes_people(session, incident), "unread_reply": incident.unread_reply}
    return (*(obstacle.value for obstacle in found), *(word for word, is_so in more.items() if is_so))


async def _lacks_reason(session: AsyncSession, clock: Clock) -> bool:
    filed = await session.scalars(select(Filing).where(Filing.clock_id == clock.id, filing_counts()))
    return duties.is_by_law(clock) and register.lacks_reasons(clock, filed.all())


async def reopen(session: AsyncSession, incident: Incident, reopening: Reopening, *, by: Member, now: datetime) -> None:
    """Look at a closed incident again: it needs a new decision. The legal clock does not move by itself."""
    key = once(incident, by, reopening.form_id, reopening.reason)
    if incident.status is not Status.CLOSED and await _was_pressed(session, incident, "incident.reopened", key):
        return
    act = begin(incident, by, now)
    await move(session, act, Move.REOPEN)
    incident.closed_at = incident.verdict = incident.outcome = None
    await finish(session, act, "incident.reopened", reason=reopening.reason, press=key)
