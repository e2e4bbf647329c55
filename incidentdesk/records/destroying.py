"""Destroys what keys of an incident close, and the keys: the one place from which nothing comes back."""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.records.sealing import note
from incidentdesk.rules.erasure import Extent
from incidentdesk.tables import FROM_THE_START, Base, DataKey, HistoryEntry, Incident, Seal, Sealed

# Which keys each erasure destroys. The entry in the register outlives the incident: it has a period of its own.
ERASES = {Extent.IDENTITY: (Seal.IDENTITY,), Extent.INCIDENT: FROM_THE_START, Extent.REGISTER: (Seal.REGISTER,)}


async def destroy(session: AsyncSession, incident: Incident, seals: Collection[Seal]) -> dict[str, int]:
    """Throw away all that these keys of an incident close, and the keys; return how many rows of each table it was in.

    History stays as it is: its blobs are under the chain, and without their key they are noise.
    """
    count = Counter[str]()
    for table, column in _sealed_with(Incident):
        for row in await session.scalars(select(table).where(column == incident.id)):
            if row.empty(seals):
                count[row.__tablename__] += 1
                note(session.sync_session, row)
    await session.execute(delete(DataKey).where(DataKey.scope == incident.id, DataKey.seal.in_(seals)))
    for seal in seals:
        session.info.get("keys", {}).pop((incident.id, seal), None)
    if Seal.CONTENT in seals:
        session.info.setdefault("erased", set()).add(incident.id)
    return dict(count)


def _sealed_with(incident: type[Incident]) -> Iterator[tuple[type[Sealed], Any]]:
    """Yield every table that an incident's keys close, with the column that names the incident."""
    yield incident, incident.id
    for mapper in Base.registry.mappers:
        table = mapper.class_
        if issubclass(table, Sealed) and table is not HistoryEntry and hasattr(table, "incident_id"):
            yield table, table.incident_id
