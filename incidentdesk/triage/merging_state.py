"""What two incidents were before one became part of the other, kept in moments, choices and ids, and put back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.records import clocks, wholes
from incidentdesk.rules.lifecycle import Outcome, Status, Verdict
from incidentdesk.rules.merging import Circle, Course, strictest
from incidentdesk.tables import Attachment, Clock, Incident, IncidentMember, JsonObject, Merging, Message
from incidentdesk.triage.access import let_see
from incidentdesk.triage.actions import Act


@dataclass(frozen=True)
class Whole:
    """A main incident from which a part is taken out: whose act it is, what its merging kept, and what else is in it."""

    act: Act
    merging: Merging
    rest: Sequence[Merging]
    # Somebody has decided since what it is.
    is_decided: bool

    @property
    def asks_anew(self) -> bool:
        """Say whether it is undecided only because the part made it so."""
        return bool(self.merging.before["undecided"]) and not self.is_decided and self.incident.verdict is None

    @property
    def incident(self) -> Incident:
        """The main one."""
        return self.act.incident

    @property
    def first(self) -> Merging:
        """The merging from which on it was not alone any more."""
        return min((self.merging, *self.rest), key=lambda one: (one.merged_at, str(one.incident_id)))

    @property
    def alone(self) -> JsonObject:
        """What the main one was before there was any part."""
        main: JsonObject = self.first.before["main"]
        return main


async def state_of(session: AsyncSession, part: Incident, main: Incident) -> JsonObject:
    """Return what must be known to undo the merging."""
    running = await clocks.clocks_of(session, main)
    return {
        "part": {**_standing(part), "circle": _listed(await circle_of(session, part))},
        "main": {
            **_standing(main),
            "unread": main.unread_reply,
            "circle": _listed(await circle_of(session, main)),
            "clocks": {clock.name: _plain(clock) for clock in running},
        },
    }


def _standing(incident: Incident) -> JsonObject:
    return {"status": incident.status, "verdict": incident.verdict, "outcome": incident.outcome}


def _plain(clock: Clock) -> JsonObject:
    return {
        "started_at": clock.started_at.isoformat(),
        "deadline_at": clock.deadline_at.isoformat(),
        "zone": clock.zone,
        "policy_version": clock.policy_version,
        "provisional": clock.provisional,
        "ended_at": clock.ended_at.isoformat() if clock.ended_at else None,
        "ended_by": clock.ended_by,
    }


def course_in(kept: JsonObject) -> Course:
    """Return the course that was kept of a clock."""
    started_at, deadline_at = (datetime.fromisoformat(kept[name]) for name in ("started_at", "deadline_at"))
    return Course(started_at, deadline_at, kept["zone"], kept["policy_version"], kept["provisional"])


async def circle_of(session: AsyncSession, incident: Incident) -> Circle:
    """Return who may see it; None when everybody of the desk may."""
    if not incident.restricted:
        return None
    chosen = select(IncidentMember.member_id).where(IncidentMember.incident_id == incident.id)
    return frozenset(map(str, await session.scalars(chosen)))


def circles(before: JsonObject) -> list[Circle]:
    """Return who could see each of the two."""
    return [_circle(before[name]["circle"]) for name in ("part", "main")]


def _circle(kept: list[str] | None) -> Circle:
    return None if kept is None else frozenset(kept)


def _listed(circle: Circle) -> list[str] | None:
    return None if circle is None else sorted(circle)


async def narrow(
    session: AsyncSession, main: Incident, others: Iterable[Incident], circle: Circle, *, now: datetime
) -> None:
    """Let the same people see all of a whole: whoever may see each of it, and nobody else."""
    every = {one.id: one for one in (main, *others)}
    for one in tuple(every.values()):
        every |= {part.id: part for part in await wholes.parts_of(session, one, to_change=True)}
    for one in every.values():
        await _restrict(session, one, circle, now=now)


async def _restrict(session: AsyncSession, incident: Incident, circle: Circle, *, now: datetime) -> None:
    if await circle_of(session, incident) == circle:
        return
    await let_see(session, incident, None if circle is None else [UUID(one) for one in circle], now=now)


async def widen(session: AsyncSession, whole: Whole, part: Incident) -> None:
    """Let those see each who could before, unless somebody has chosen others since: then all keep what was chosen."""
    kept = [_circle(one.before["part"]["circle"]) for one in whole.rest]
    own, alone = _circle(whole.merging.before["part"]["circle"]), _circle(whole.alone["circle"])
    if await circle_of(session, whole.incident) != strictest([own, alone, *kept]):
        return
    part.merged_into_id = None
    await session.flush()
    await narrow(session, whole.incident, [], strictest([alone, *kept]), now=whole.act.now)
    await narrow(session, part, [], own, now=whole.act.now)


def put_back_part(part: Incident, merging: Merging) -> None:
    """Open it as it was."""
    kept = merging.before["part"]
    part.merged_into_id, part.closed_at = None, None
    part.status, part.outcome = Status(kept["status"]), _outcome(kept)


def _outcome(kept: JsonObject) -> Outcome | None:
    return Outcome(kept["outcome"]) if kept["outcome"] else None


async def put_back_main(session: AsyncSession, whole: Whole) -> None:
    """Take away what only the part brought: its unread reply, and that a decision was asked for anew because of it."""
    main, alone = whole.incident, whole.alone
    main.unread_reply = main.unread_reply and await _is_unread_without(session, whole)
    runs = any(clock.legal and clock.ended_at is None for clock in await clocks.clocks_of(session, main))
    if whole.asks_anew and not runs:
        main.verdict, main.outcome = Verdict(alone["verdict"]), _outcome(alone)


async def _is_unread_without(session: AsyncSession, whole: Whole) -> bool:
    """Say whether a reply is unread that the part did not bring."""
    main = whole.incident
    parts = await wholes.parts_of(session, main)
    if whole.alone["unread"] or any(part.unread_reply for part in parts):
        return True
    for table, at in ((Message, Message.written_at), (Attachment, Attachment.added_at)):
        since = (table.incident_id == main.id, table.member_id.is_(None), at >= whole.first.merged_at)
        if await session.scalar(select(table.id).where(*since).limit(1)) is not None:
            return True
    return False
