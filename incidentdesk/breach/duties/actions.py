"""What a person may do to an incident's duties: name a role or end it, note a moment, record that somebody was told."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.breach.clock.actions import Done, sign
from incidentdesk.breach.clock.forms import REOPENED, Decided
from incidentdesk.breach.duties.forms import Ended, NewRole, Noted, ToldThem
from incidentdesk.breach.duties.queries import Board, Matter
from incidentdesk.errors import Conflict, Missing
from incidentdesk.records import clocks, duties, history
from incidentdesk.records.clocks import SIGNED
from incidentdesk.records.duties import Footing
from incidentdesk.tables import Incident, Member, RoleEnding, RoleEntry, Stamp, Telling

ROLE_ENDED = "role_ended"


@dataclass(frozen=True)
class Signature:
    """Who signed something, when and why."""

    reason: str
    member: Member
    now: datetime


async def add_role(session: AsyncSession, board: Board, value: NewRole, *, member: Member, now: datetime) -> None:
    """Name what we are. Duties that follow start; one that ended with an earlier role of this kind runs again."""
    subjects: list[UUID | None] = [*value.customers] or [None]
    for customer_id in subjects:
        customer = board.customers[customer_id] if customer_id else None
        session.add(
            RoleEntry(
                incident_id=board.incident.id,
                party=value.party,
                customer_id=customer_id,
                hours=customer.contract_hours if customer else None,
                other_leads=value.other_leads,
                reason=value.reason,
                member_id=member.id,
                set_at=now,
            )
        )
    await session.flush()
    footing = await duties.footing_of(session, board.incident)
    _run_again(session, board, footing, Signature(value.reason, member, now))
    named = {"party": value.party.value, "customers": [str(one) for one in value.customers], "reason": value.reason}
    await _finish(session, board.incident, Done("role.added", {}, named), member=member, now=now)


async def end_role(session: AsyncSession, board: Board, value: Ended, *, member: Member, now: datetime) -> None:
    """Sign that a role does not hold. What hung on it alone ends by the same signature; everything else runs on."""
    role, reason = next((one for one in board.roles if one.id == value.role_id), None), value.reason
    if role is None:
        raise Missing
    if role.id in board.endings:
        raise Conflict
    # Like every row it lies where what it is about lies: a part that is taken out again takes it along.
    home = board.home_of(role)
    about = {"incident_id": home.id, "role_entry_id": role.id, "member_id": member.id}
    session.add(RoleEnding(reason=reason, signed_at=now, **about))
    await session.flush()
    footing = await duties.footing_of(session, board.incident)
    still = {(one.duty, one.subject) for one in footing.owed}
    gone = {(one.duty, one.subject) for one in board.footing.owed} - still
    ended = [line.clock for line in board.lines if (line.clock.duty, line.clock.subject) in gone]
    for clock in ended:
        if clock.ended_at is None:
            sign(session, clock, Decided(ROLE_ENDED, reason), member=member, now=now)
            clocks.end(clock, by=SIGNED, at=now, now=now)
    # Whoever is left without any role is taken for the controller, as before there was one.
    _run_again(session, board, footing, Signature(reason, member, now))
    named = {
        "party": role.party.value,
        "customers": [str(role.customer_id)] if role.customer_id else [],
        "reason": reason,
    }
    if home is not board.incident:
        told = named | {"main": str(board.incident.id)}
        history.record(session, home, "role.ended", actor=history.actor_of(member), now=now, after=told)
        named |= {"part": str(home.id)}
    await _finish(session, board.incident, Done("role.ended", {}, named), member=member, now=now)


def _run_again(session: AsyncSession, board: Board, footing: Footing, by: Signature) -> None:
    """Let what was signed away run again where it is owed now and was not before."""
    new = {(one.duty, one.subject) for one in footing.owed} - {(one.duty, one.subject) for one in board.footing.owed}
    for clock in (line.clock for line in board.lines):
        if clock.ended_by == SIGNED and (clock.duty, clock.subject) in new:
            sign(session, clock, Decided(REOPENED, by.reason), member=by.member, now=by.now)
            clocks.reopen(clock, now=by.now)


async def note_event(session: AsyncSession, board: Board, value: Noted, *, member: Member, now: datetime) -> None:
    """Write down a moment from which a duty runs. A correction is a new line, and moves what still runs."""
    about = {"incident_id": board.incident.id, "member_id": member.id, "zone": value.zone}
    session.add(Stamp(kind=value.event, at=value.at, reason=value.reason, set_at=now, **about))
    noted = {"event": value.event, "at": value.at.isoformat(), "reason": value.reason}
    await _finish(session, board.incident, Done("moment.noted", {}, noted), member=member, now=now)


async def record_telling(
    session: AsyncSession, matter: Matter, value: ToldThem, *, member: Member, now: datetime
) -> None:
    """Write down who was told, when and how. The first time ends the duty, and decides for good whether it was late."""
    clock, incident = matter.clock, matter.case.incident
    if not matter.line.is_told:
        raise Conflict
    about = {"incident_id": incident.id, "clock_id": clock.id, "member_id": member.id, "recorded_at": now}
    session.add(Telling(way=value.way, told_at=value.at, whom=value.whom, proof=value.proof, **about))
    if clock.ended_at is None:
        clocks.end(clock, by=clocks.TOLD, at=value.at, now=now)
    told = {"duty": clock.duty, "told_at": value.at.isoformat(), "way": value.way, "late_seconds": clock.late_seconds}
    await _finish(session, incident, Done("duty.told", {}, told), member=member, now=now)


async def _finish(session: AsyncSession, incident: Incident, done: Done, *, member: Member, now: datetime) -> None:
    before, stood = done.before, {"status": incident.status.value, "outcome": incident.outcome}
    await clocks.acted(session, incident, by=done.action, now=now)
    started = await duties.refresh(session, incident, now=now)
    after = done.after | {"started": [clock.duty for clock in started]}
    if incident.status.value != stood["status"]:
        before, after = before | stood, after | {"status": incident.status.value, "outcome": incident.outcome}
    history.record(session, incident, done.action, actor=history.actor_of(member), now=now, before=before, after=after)
