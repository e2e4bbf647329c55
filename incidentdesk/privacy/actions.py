"""The one verb that erases, and the replay of what was erased on a database from an older day."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.database import Database, take_turns
from incidentdesk.errors import Conflict
from incidentdesk.privacy import queries
from incidentdesk.records import clocks, history, register, wholes
from incidentdesk.records.destroying import ERASES, destroy
from incidentdesk.records.ledger import Ledger, Line
from incidentdesk.records.vault import KeyFileError
from incidentdesk.rules.erasure import Entry, Extent, Hindrance, hindrance_to
from incidentdesk.rules.lifecycle import Status
from incidentdesk.tables import Erasure, Incident, Member, OutboxMail, Report, fetch_keys

ACTIONS = {
    Extent.IDENTITY: "identity.erased",
    Extent.INCIDENT: "incident.erased",
    Extent.REGISTER: "register.erased",
}


class Hindered(Conflict):
    """It is not erased now: somebody works on it, or the law keeps it."""

    def __init__(self, hindrance: Hindrance) -> None:
        """Remember why."""
        super().__init__(hindrance.value)
        self.hindrance = hindrance


class HasParts(Conflict):
    """Reports that are still there are part of it, and their reporters would write to nobody."""


async def insist_alone(session: AsyncSession, incident: Incident) -> None:
    """Refuse to erase the main one of several incidents before what is part of it."""
    if any(part.erased_at is None for part in await wholes.parts_of(session, incident)):
        raise HasParts


@dataclass(frozen=True)
class Wish:
    """What is to be erased, why, and who says so; nobody does when the ledger is replayed."""

    extent: Extent
    reason: str = ""
    member_id: UUID | None = None


async def erase(
    session: AsyncSession, incident: Incident, wish: Wish, *, ledger: Ledger, now: datetime
) -> Erasure | None:
    """Destroy keys and blobs of the incident, for good; None when it was done before. The incident is locked.

    The ledger is written before the commit. What fails between the two a worker makes good within minutes, or the next start.
    """
    await take_turns(session, "erasure")
    hindrance = await _hindrance(session, incident, wish, now=now)
    if hindrance is Hindrance.ERASED_BEFORE:
        return None
    if hindrance is not None:
        raise Hindered(hindrance)
    counts = await destroy(session, incident, ERASES[wish.extent])
    await _forget(session, incident, wish.extent, now=now)
    await session.flush()
    line = await asyncio.to_thread(ledger.note, incident.id, wish.extent, at=now)
    erasure = _row(wish, line, counts)
    session.add(erasure)
    actor = f"member:{wish.member_id}" if wish.member_id else history.DESK
    after = {"reason": wish.reason} if wish.reason else {}
    history.record(session, incident, ACTIONS[wish.extent], actor=actor, now=now, after=after)
    await session.flush()
    return erasure


async def seek_reporter(
    session: AsyncSession, email_hash: str, *, by: Member, now: datetime
) -> list[tuple[Report, Incident]]:
    """Return the reports of one address, and write down who looked and what they found; never the address."""
    found = await queries.reports_of(session, email_hash, by=by)
    references = [incident.reference for _, incident in found]
    history.record(session, None, "reporter.sought", actor=history.actor_of(by), now=now, after={"found": references})
    return found


async def _hindrance(session: AsyncSession, incident: Incident, wish: Wish, *, now: datetime) -> Hindrance | None:
    known = select(Erasure.extent).where(Erasure.erased_id == incident.id)
    erased = frozenset(await session.scalars(known)) | _marked(incident)
    entry = await register.entry_of(session, incident, now=now)
    if wish.member_id is None:
        # A restored copy is older than what the ledger says of it: its entry may be open again, or not there yet.
        entry = Entry.EXPIRED
    return hindrance_to(wish.extent, is_closed=incident.status is Status.CLOSED, erased=erased, entry=entry)


def _marked(incident: Incident) -> frozenset[Extent]:
    moments = {Extent.IDENTITY: incident.identity_erased_at, Extent.INCIDENT: incident.erased_at}
    return frozenset(extent for extent, at in moments.items() if at is not None)


async def _forget(session: AsyncSession, incident: Incident, extent: Extent, *, now: datetime) -> None:
    if extent is Extent.REGISTER:
        await register.forget(session, incident, now=now)
        return
    await _forget_answers(session, incident)
    _mark(incident, extent, now=now)


async def _forget_answers(session: AsyncSession, incident: Incident) -> None:
    """A relay repeats the address it refuses."""
    to_reporter = (OutboxMail.incident_id == incident.id, OutboxMail.member_id.is_(None))
    await session.execute(update(OutboxMail).where(*to_reporter).values(answer=None))


def _mark(incident: Incident, extent: Extent, *, now: datetime) -> None:
    incident.identity_erased_at = incident.identity_erased_at or now
    if extent is Extent.INCIDENT:
        incident.erased_at, incident.unread_reply = now, False


def _row(wish: Wish, line: Line, counts: dict[str, int]) -> Erasure:
    return Erasure(
        erased_id=line.incident_id,
        extent=wish.extent,
        number=line.number,
        line_hash=line.hash,
        erased_at=line.at,
        member_id=wish.member_id,
        reason=wish.reason,
        counts=counts,
    )


async def replay(database: Database, ledger: Ledger, *, now: datetime) -> int:
    """Erase again what the ledger says was erased and this database still holds; return how much it was.

    A ledger that holds less than the database knows was cut short or left behind: nothing may start with it.
    """
    async with database.read() as session:
        known = {row.number: row.line_hash for row in await session.scalars(select(Erasure))}
    # Read behind the rows: whoever erases meanwhile writes the line first.
    lines = {line.number: line for line in await asyncio.to_thread(ledger.lines)}
    if any(number not in lines or lines[number].hash != line_hash for number, line_hash in known.items()):
        msg = f"{ledger.path} does not hold every erasure the database knows: restore it from your copy of the keys"
        raise KeyFileError(msg)
    missing = [line for number, line in lines.items() if number not in known]
    if not missing:
        return 0
    async with database.write() as session:
        return sum([await _again(session, line, ledger, now=now) for line in missing])


async def _again(session: AsyncSession, line: Line, ledger: Ledger, *, now: datetime) -> bool:
    """Erase what one line names. The copy may be older than the incident, or than its end."""
    incident = await session.scalar(select(Incident).where(Incident.id == line.incident_id).with_for_update())
    if incident is None:
        return False
    await fetch_keys(session, [incident.id])
    if line.extent is Extent.INCIDENT and incident.status is not Status.CLOSED:
        await _lay_to_rest(session, incident, now=now)
    return await erase(session, incident, Wish(line.extent), ledger=ledger, now=now) is not None


async def _lay_to_rest(session: AsyncSession, incident: Incident, *, now: datetime) -> None:
    for clock in await clocks.clocks_of(session, incident):
        if clock.ended_at is None:
            clocks.end(clock, by="erased", at=now, now=now)
    incident.status, incident.closed_at, incident.unread_reply = Status.CLOSED, now, False
    await clocks.refresh_agenda(session, incident)
