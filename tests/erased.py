"""What an incident still tells whoever holds every key, before and after it is erased."""

from sqlalchemy import select

from incidentdesk import clock
from incidentdesk.privacy.actions import Wish, erase
from incidentdesk.records.ledger import ledger_in
from incidentdesk.rules.erasure import Extent
from incidentdesk.rules.lifecycle import Status
from incidentdesk.tables import Base, Incident, Sealed
from incidentdesk.web.pages import Desk
from tests.opened import held, opened


async def references(desk: Desk) -> list[str]:
    """Return the references of all incidents, the last one last."""
    async with desk.database.read() as session:
        return list(await session.scalars(select(Incident.reference).order_by(Incident.id)))


async def opens(desk: Desk, words: list[str]) -> set[str]:
    """Return the tables in which a row of the last incident still tells one of the words to whoever holds all keys."""
    found = set()
    async with desk.database.read() as session:
        newest = await session.scalar(select(Incident.id).order_by(Incident.id.desc()).limit(1))
        for table in {mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Sealed)}:
            mine = [row for row in await opened(session, select(table)) if newest in {row.sealed_for, row.id}]
            told = [str(row.opened(seal)) for row in mine for seal in table.COLUMNS]
            found |= {table.__tablename__ for one in told if any(word in one for word in words)}
    return found


async def erase_the_last(desk: Desk) -> None:
    ledger, now = ledger_in(desk.settings.keys_dir, desk.vault), clock.now()
    async with desk.database.write() as session:
        incident = await held(session, (await references(desk))[-1])
        incident.closed_at, incident.status = now, Status.CLOSED
        assert await erase(session, incident, Wish(Extent.INCIDENT), ledger=ledger, now=now)
