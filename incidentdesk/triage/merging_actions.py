"""Several reports of one thing: an incident becomes part of another, and stands by itself again when that was wrong.

Nothing moves but the duties: every row stays with the incident it was filed under, closed with that one's keys.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.errors import DeskError
from incidentdesk.records import clocks, duties
from incidentdesk.rules.lifecycle import Status
from incidentdesk.rules.merging import strictest
from incidentdesk.rules.next_step import Duty
from incidentdesk.tables import HistoryEntry, Incident, Merging
from incidentdesk.triage import merging_clocks, merging_state
from incidentdesk.triage.actions import Act, finish, say
from incidentdesk.triage.merging_forms import Wish

MERGED, RECEIVED = "incident.merged", "incident.received_part"
SEPARATED, RELEASED = "incident.separated", "incident.released_part"


class Unmergeable(DeskError):
    """These two cannot become one; `field` and `word` say why."""

    status = 422

    def __init__(self, word: str, *, field: str = "into") -> None:
        """Remember why."""
        super().__init__(word)
        self.field, self.word = field, word


async def merge(session: AsyncSession, act: Act, into: Act, wish: Wish) -> None:
    """Make one incident part of another. Both are locked, neither is part of anything, and whoever acts may see both."""
    part, main, now = act.incident, into.incident, act.now
    await _refuse(session, part, main)
    running = {clock.duty for clock in await clocks.clocks_of(session, part) if clock.ended_at is None}
    if Duty.FIRST_ANSWER in running and not wish.message.body:
        raise Unmergeable("answer_missing", field="message")
    before = await merging_state.state_of(session, part, main)
    await clocks.acted(session, part, by=MERGED, now=now)
    await say(session, act, wish.message)
    await merging_clocks.hand_over(session, part, into, wish.reason)
    before["undecided"] = into.was["verdict"] is not None and main.verdict is None
    session.add(Merging(incident_id=part.id, merged_at=now, before=before))
    await merging_state.narrow(session, main, [part], strictest(merging_state.circles(before)), now=now)
    part.merged_into_id, part.status, part.closed_at, part.outcome = main.id, Status.CLOSED, now, None
    main.unread_reply = main.unread_reply or part.unread_reply
    await duties.refresh(session, main, now=now)
    await finish(session, act, MERGED, main=str(main.id), reason=wish.reason)
    await finish(session, into, RECEIVED, part=str(part.id), reason=wish.reason)


async def _refuse(session: AsyncSession, part: Incident, main: Incident) -> None:
    """Refuse what would reveal something, hide something, or mix what is real with what is not."""
    if part.id == main.id:
        raise Unmergeable("itself")
    if part.practice is not main.practice:
        raise Unmergeable("practice_and_real")
    if Status.CLOSED in {part.status, main.status}:
        raise Unmergeable("this_closed" if part.status is Status.CLOSED else "other_closed")
    circle = strictest([await merging_state.circle_of(session, one) for one in (part, main)])
    if circle is not None and main.owner_id is not None and str(main.owner_id) not in circle:
        raise Unmergeable("owner_outside")


async def separate(session: AsyncSession, act: Act, out_of: Act, reason: str) -> None:
    """Undo it: both are as they were before, and what came in meanwhile stays where it was filed.

    The clocks of the part run again from their own start; those of the main one run for what is left in it.
    """
    part, main, now = act.incident, out_of.incident, act.now
    merging = await session.get_one(Merging, part.id)
    rest = await _other_mergings(session, main, part)
    whole = merging_state.Whole(out_of, merging, rest, is_decided=await _is_decided_since(session, main, merging))
    await merging_state.widen(session, whole, part)
    merging_state.put_back_part(part, merging)
    await merging_clocks.set_filings_aside(session, part, out_of, reason)
    await merging_clocks.take_back(session, part, now=now)
    await merging_clocks.give_back(session, whole)
    await merging_state.put_back_main(session, whole)
    if rest and merging.merged_at <= rest[0].merged_at:
        # The first of what is left now knows how the main one was before there was any part.
        undecided = any(one.before["undecided"] for one in (merging, rest[0]))
        rest[0].before = {**rest[0].before, "main": merging.before["main"], "undecided": undecided}
    await session.delete(merging)
    # What it owes by itself it owes still, also where the part had brought the clock.
    await duties.refresh(session, main, now=now)
    await finish(session, act, SEPARATED, main=str(main.id), reason=reason)
    await finish(session, out_of, RELEASED, part=str(part.id), reason=reason)


async def _is_decided_since(session: AsyncSession, main: Incident, merging: Merging) -> bool:
    """Say whether a person has decided what the whole is."""
    decided = select(HistoryEntry.id).where(HistoryEntry.incident_id == main.id, HistoryEntry.action == "verdict.set")
    return await session.scalar(decided.where(HistoryEntry.at >= merging.merged_at).limit(1)) is not None


async def _other_mergings(session: AsyncSession, main: Incident, part: Incident) -> Sequence[Merging]:
    """Return what else was merged into the main one itself, the earliest first."""
    query = select(Merging).join(Incident, Incident.id == Merging.incident_id)
    query = query.where(Incident.merged_into_id == main.id, Merging.incident_id != part.id)
    return list(await session.scalars(query.order_by(Merging.merged_at, Merging.incident_id)))
