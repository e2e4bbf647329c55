"""What becomes of the clocks when an incident becomes part of another, and when it is taken out again.

A duty of the part is the main one's from then on, as strict as the strictest of the two: the earliest start, the earliest
deadline. Here no duty ends that does not run there, or was not ended there by a notification or a signed decision.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.records import clocks
from incidentdesk.rules.lifecycle import Verdict
from incidentdesk.rules.merging import Course, carried
from incidentdesk.rules.next_step import Duty
from incidentdesk.tables import (
    Awareness,
    Clock,
    Filing,
    FilingSetAside,
    Incident,
    Merging,
    SignedDecision,
    Telling,
    filing_counts,
    whole_of,
)
from incidentdesk.triage.actions import Act
from incidentdesk.triage.decisions import REOPENED
from incidentdesk.triage.merging_state import Whole, course_in


async def hand_over(session: AsyncSession, part: Incident, act: Act, reason: str) -> None:
    """Let the main incident, which `act` is about, keep the duties of the part."""
    main, now = act.incident, act.now
    theirs = {clock.name: clock for clock in await clocks.clocks_of(session, main)}
    handed = await clocks.clocks_of(session, part)
    for clock in handed:
        if clock.legal:
            await _carry_legal(session, clock, theirs.get(clock.name), act, reason)
        elif clock.duty == Duty.DECISION and (other := theirs.get(clock.name)) and other.ended_at is None:
            clocks.carry(other, carried(clocks.course_of(other), [clocks.course_of(clock)]), now=now)
        if clock.ended_at is None:
            clocks.end(clock, by=clocks.MERGED, at=now, now=now)
    authority = theirs.get(Duty.AUTHORITY)
    if authority is not None and Duty.AUTHORITY not in {clock.duty for clock in handed}:
        await _carry_signal(session, authority, part, now=now)


async def _carry_signal(session: AsyncSession, clock: Clock, silent: Incident, *, now: datetime) -> None:
    """Let a clock run from the signal of an incident that had none, too; not once a person has fixed the awareness."""
    if clock.duty == Duty.AUTHORITY and clock.provisional:
        signal = await clocks.signal_course(session, [silent.id], zone=ZoneInfo(clock.zone))
        clocks.carry(clock, carried(clocks.course_of(clock), [signal]), now=now)


async def _carry_legal(session: AsyncSession, clock: Clock, other: Clock | None, act: Act, reason: str) -> None:
    """Let the main incident's clock of the duty run for both. One that a notification ended stays ended, or is later for it."""
    is_running = clock.ended_at is None
    if other is None:
        if is_running:
            begun = clocks.begin_for(clock, act.incident, now=act.now)
            session.add(begun)
            await _carry_signal(session, begun, act.incident, now=act.now)
        return
    if is_running and other.ended_by == clocks.SEPARATED:
        clocks.reopen(other, now=act.now)
        clocks.carry(other, clocks.course_of(clock), now=act.now)
        await _carry_signal(session, other, act.incident, now=act.now)
    if is_running and other.ended_by == clocks.SIGNED:
        _reopen(session, other, act, reason)
    clocks.carry(other, carried(clocks.course_of(other), [clocks.course_of(clock)]), now=act.now)


def _reopen(session: AsyncSession, clock: Clock, act: Act, reason: str) -> None:
    """New facts: what was signed for the main incident was not signed for the part."""
    about = {"incident_id": clock.incident_id, "clock_id": clock.id, "member_id": act.by.id}
    session.add(SignedDecision(decision=REOPENED, reasoning=reason, signed_at=act.now, **about))
    clocks.reopen(clock, now=act.now)
    if act.incident.verdict is not Verdict.PERSONAL_DATA_BREACH:
        act.incident.verdict = act.incident.outcome = None


async def take_back(session: AsyncSession, part: Incident, *, now: datetime) -> None:
    """Let the clocks of the part run again, from the start they always had, but for whoever was told meanwhile by its mail."""
    for clock in await clocks.clocks_of(session, part):
        if clock.ended_by == clocks.MERGED:
            clocks.reopen(clock, now=now)
            told = select(Telling.told_at).where(Telling.clock_id == clock.id).order_by(Telling.told_at).limit(1)
            told_at = await session.scalar(told)
            if told_at is not None:
                clocks.end(clock, by=clocks.TOLD, at=told_at, now=now)
    await clocks.arm(session, part, now=now)


async def set_filings_aside(session: AsyncSession, part: Incident, act: Act, reason: str) -> None:
    """Let what was filed for the part, and taken over for the main incident, go with it: what it ended here is owed again.

    Where it was notified itself, its own first filing decides whether that was late.
    """
    counts = select(Filing).where(Filing.incident_id == act.incident.id, filing_counts()).order_by(Filing.id)
    filed = list(await session.scalars(counts))
    theirs = select(Filing.id).where(Filing.incident_id.in_(await whole_of(session, part.id)))
    gone = set(await session.scalars(theirs))
    left = [one for one in filed if one.taken_from_id not in gone]
    for filing in (one for one in filed if one.taken_from_id in gone):
        about = {"incident_id": act.incident.id, "filing_id": filing.id, "member_id": act.by.id}
        session.add(FilingSetAside(reason=reason, set_aside_at=act.now, **about))
        clock = await session.get_one(Clock, filing.clock_id)
        own = next((one for one in left if one.clock_id == clock.id), None)
        if own is not None and clock.ended_at is not None:
            clocks.end(clock, by=clocks.FILED, at=own.filed_at, now=act.now)
        elif clock.ended_by == clocks.FILED:
            clocks.reopen(clock, now=act.now)
    await session.flush()


async def give_back(session: AsyncSession, whole: Whole) -> None:
    """Let the clocks of the main incident run for what is left in it.

    What a person has moved or ended since stands: only what merging did is undone.
    """
    gone = await clocks.clocks_of(session, await session.get_one(Incident, whole.merging.incident_id))
    left = [await _clocks_of(session, one) for one in whole.rest]
    for clock in await clocks.clocks_of(session, whole.incident):
        mine = next((one for one in gone if one.name == clock.name), None)
        carriers = [found for one in left if (found := one.get(clock.name))]
        # An inquiry is of one incident: what a part looked into is no promise of the others.
        if clock.duty == Duty.INQUIRY or (not clock.legal and clock.ended_at is not None):
            continue
        kept = whole.alone["clocks"].get(clock.name)
        if kept is None or kept["ended_by"] == clocks.SEPARATED:
            if clock.ended_at is None and mine is not None:
                await _end_or_run(session, clock, carriers, whole)
        elif not await _is_fixed_since(session, clock, whole.first):
            await _run_without(session, clock, course_in(kept), carriers, whole)
            _end_as_before(clock, kept, carriers, whole)


async def _clocks_of(session: AsyncSession, merging: Merging) -> Mapping[str, Clock]:
    part = await session.get_one(Incident, merging.incident_id)
    return {clock.name: clock for clock in await clocks.clocks_of(session, part)}


async def _end_or_run(session: AsyncSession, clock: Clock, carriers: Sequence[Clock], whole: Whole) -> None:
    """Decide what becomes of a clock that the main incident has from its parts only, and that one of them brought."""
    running = [one for one in carriers if one.ended_by == clocks.MERGED]
    is_ours = whole.incident.verdict is Verdict.PERSONAL_DATA_BREACH and clock.duty == Duty.AUTHORITY
    if not running and not is_ours:
        clocks.end(clock, by=clocks.SEPARATED, at=whole.act.now, now=whole.act.now)
    elif not await _is_fixed_since(session, clock, whole.first):
        signal = await _signals(session, clock, carriers, whole)
        every = [*map(clocks.course_of, running), *([signal] if signal else [])]
        clocks.carry(clock, carried(every[0], every[1:]), now=whole.act.now)


async def _signals(session: AsyncSession, clock: Clock, carriers: Sequence[Clock], whole: Whole) -> Course | None:
    """Return the course from the first signal of the main incident and of each part that has no clock of its own."""
    known = {one.incident_id for one in carriers}
    silent = [one.incident_id for one in whole.rest if one.incident_id not in known]
    if clock.duty != Duty.AUTHORITY:
        return None
    return await clocks.signal_course(session, [whole.incident.id, *silent], zone=ZoneInfo(clock.zone))


async def _is_fixed_since(session: AsyncSession, clock: Clock, first: Merging) -> bool:
    """Say whether a person has fixed the awareness of the whole: that is theirs to change."""
    fixed = select(Awareness.id).where(Awareness.clock_id == clock.id, Awareness.set_at >= first.merged_at)
    return await session.scalar(fixed.limit(1)) is not None


async def _run_without(
    session: AsyncSession, clock: Clock, own: Course, carriers: Sequence[Clock], whole: Whole
) -> None:
    every = [own, *map(clocks.course_of, carriers)]
    if own.provisional and (signal := await _signals(session, clock, carriers, whole)):
        every.append(signal)
    clocks.carry(clock, carried(every[0], every[1:]), now=whole.act.now)


def _end_as_before(clock: Clock, kept: Mapping[str, str | None], carriers: Sequence[Clock], whole: Whole) -> None:
    """End a clock again that only the part had made run on, as the person signed who had ended it."""
    is_carried = any(one.ended_by == clocks.MERGED for one in carriers)
    was_signed = kept["ended_by"] == clocks.SIGNED and kept["ended_at"]
    is_as_left = whole.asks_anew or whole.incident.verdict is Verdict.PERSONAL_DATA_BREACH
    if clock.ended_at is None and was_signed and is_as_left and not whole.is_decided and not is_carried:
        clocks.end(clock, by=clocks.SIGNED, at=datetime.fromisoformat(str(kept["ended_at"])), now=whole.act.now)
