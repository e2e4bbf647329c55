"""What a person may do with an entry of the register: write a line. Lines are only ever added, and none is lost."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.breach.register.entries import Entry
from incidentdesk.breach.register.forms import Line
from incidentdesk.breach.register.snapshots import snapshot_of
from incidentdesk.database import Database
from incidentdesk.errors import Conflict, DeskError, Unreadable
from incidentdesk.records import clocks, duties, history, sealing
from incidentdesk.records.history import names_of
from incidentdesk.rules.register import Gap, LineKind, changed, digest, kind_of_line
from incidentdesk.tables import (
    DESK_SCOPE,
    HistoryEntry,
    JsonObject,
    Member,
    RegisterLine,
    fetch_keys,
    id_at,
)

EXPORTED = "register.exported"
# Loading it again is not taking it out again.
ONCE_IN = timedelta(hours=1)
ACTIONS = {
    LineKind.WRITTEN: "register.written",
    LineKind.CORRECTED: "register.corrected",
    LineKind.CLOSED: "register.closed",
}


class Incomplete(DeskError):
    """A closed entry has no gaps."""

    status = 422

    def __init__(self, gaps: Sequence[Gap]) -> None:
        """Remember which there are."""
        super().__init__(", ".join(gaps))
        self.gaps = tuple(gaps)


class Unreasoned(DeskError):
    """What stands in the register is changed only with a reason; and a line that changes nothing is none."""

    status = 422

    def __init__(self, word: str) -> None:
        """Remember what is amiss."""
        super().__init__(word)
        self.word = word


async def write_line(session: AsyncSession, entry: Entry, value: Line, *, member: Member, now: datetime) -> None:
    """Add a line; with `closing` the entry is signed, and its snapshot holds all that the register says of the breach."""
    if entry.row is None:
        raise Conflict
    if entry.gone and any(one.damaged for one in entry.lines):
        # The snapshot alone has what was erased, and the next one is made from it.
        raise Unreadable
    kind = _checked(entry, value)
    line = RegisterLine(incident_id=entry.incident.id, kind=kind, member_id=member.id, written_at=now)
    await sealing.make_register_key(session, entry.incident)
    line.values, line.why = value.values, value.why
    if value.closing or entry.row.closed_at is not None:
        signer = await names_of(session, {*entry.signers, member.id})
        line.snapshot = snapshot_of(entry, value, names=signer, signed_at=now)
        line.snapshot_hash = digest(line.snapshot)
    if value.closing:
        entry.row.closed_at = now
    session.add(line)
    incident = entry.incident
    await clocks.acted(session, incident, by=ACTIONS[kind], now=now)
    # The first line documents the breach; what is still missing the register says itself.
    await duties.meet(session, incident, duties.REGISTER, how=(clocks.FILED, now), now=now)
    history.record(session, incident, ACTIONS[kind], actor=history.actor_of(member), now=now)
    await clocks.refresh_agenda(session, incident)


async def note_export(database: Database, what: JsonObject, *, by: Member, now: datetime) -> None:
    """Write down that this person takes this part of the register out, once an hour, before they have it."""
    async with database.read() as session:
        if await _is_noted(session, what, by=by, now=now):
            return
    async with database.write() as session:
        history.record(session, None, EXPORTED, actor=history.actor_of(by), now=now, after=what)


async def _is_noted(session: AsyncSession, what: JsonObject, *, by: Member, now: datetime) -> bool:
    await fetch_keys(session, [DESK_SCOPE])
    # Ids sort by time, and the index knows them.
    lately = (HistoryEntry.incident_id.is_(None), HistoryEntry.id > id_at(now - ONCE_IN))
    mine = select(HistoryEntry).where(
        *lately, HistoryEntry.action == EXPORTED, HistoryEntry.actor == history.actor_of(by)
    )
    return any(entry.after == what for entry in await session.scalars(mine))


def _checked(entry: Entry, value: Line) -> LineKind:
    """Return what kind of line it is, or refuse it."""
    if entry.lines:
        has_changed = bool(changed(entry.values, value.values))
        if has_changed and not value.why:
            raise Unreasoned("why_missing")
        if not has_changed and not value.closing:
            raise Unreasoned("nothing_changed")
    is_closed = entry.row is not None and entry.row.closed_at is not None
    if value.closing or is_closed:
        gaps = entry.gaps_with(value.texts, value.risk)
        if gaps:
            raise Incomplete(gaps)
    return kind_of_line(has_lines=bool(entry.lines), closing=value.closing)
