"""One entry per action, written in the action's own transaction."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, UOWTransaction

from incidentdesk.records.chain import START, link
from incidentdesk.records.sealing import seal_rows
from incidentdesk.tables import DESK_SCOPE, LOST, HistoryEntry, Incident, JsonObject, Member

REPORTER = "reporter"
DESK = "desk"


def actor_of(member: Member) -> str:
    """Return how history names a person: by id, so that a name can be forgotten."""
    return f"member:{member.id}"


async def names_of(session: AsyncSession, members: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of people that rows know by id only."""
    wanted = set(members)
    if not wanted:
        return {}
    rows = await session.execute(select(Member.id, Member.name).where(Member.id.in_(wanted)))
    return {member_id: name for member_id, name in rows}  # noqa: C416 - rows are not pairs to the type checker


def record(  # noqa: PLR0913 - an entry is these seven facts
    session: AsyncSession,
    incident: Incident | None,
    action: str,
    *,
    actor: str,
    now: datetime,
    before: JsonObject | None = None,
    after: JsonObject | None = None,
) -> None:
    """Add the entry. `before` and `after` hold plain values only, of the fields that changed.

    What was there before and is damaged is left out: nobody knows it, and nobody is kept from going on.
    """
    session.add(
        HistoryEntry(
            incident_id=incident.id if incident else None,
            at=now,
            actor=actor,
            action=action,
            before={name: value for name, value in (before or {}).items() if value is not LOST},
            after=after or {},
        )
    )
    if incident:
        incident.updated_at = now


def hold(session: AsyncSession, incident: Incident) -> None:
    """Say that this transaction has just read the incident and locked it: the end of its chain need not be asked again."""
    session.info["chained"] = incident.id


@event.listens_for(Session, "before_flush")
def _chain(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """Seal what changed, and put each new entry behind the last one of its incident."""
    seal_rows(session)
    new = [row for row in session.new if isinstance(row, HistoryEntry)]
    for entry in sorted(new, key=lambda row: row.id):
        entry.touched = session.info.get("touched", {}).pop(entry.incident_id or DESK_SCOPE, [])
        if entry.incident_id is None:
            # The desk's own entries have no row to take turns on; a checkpoint alone holds them.
            entry.previous, entry.hash = START, link(START, entry)
            continue
        incident = _incident(session, entry)
        seq, entry.previous = _head(session, incident)
        entry.seq = seq + 1
        entry.hash = link(entry.previous, entry)
        incident.chain_seq, incident.chain_head = entry.seq, entry.hash


def _incident(session: Session, entry: HistoryEntry) -> Incident:
    """Return the entry's incident; whoever records one holds it, so this asks the session only."""
    new = (row for row in session.new if isinstance(row, Incident) and row.id == entry.incident_id)
    return next(new, None) or session.get_one(Incident, entry.incident_id)


def _head(session: Session, incident: Incident) -> tuple[int, str]:
    """Return where the chain ends, locked: of two that write at once, the second stands behind the first."""
    if incident in session.new:
        return 0, START
    if session.info.get("chained") == incident.id:
        return incident.chain_seq, incident.chain_head
    session.info["chained"] = incident.id
    head = select(Incident.chain_seq, Incident.chain_head).where(Incident.id == incident.id).with_for_update()
    with session.no_autoflush:
        seq, before = session.execute(head).one()
    return seq, before
