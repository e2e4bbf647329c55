"""Incidents that are part of another one. The main incident and its parts are one whole; each keeps its own rows and keys.

Whoever changes several of them locks the main one before its parts, and two that are main by their ids: so nobody waits in
a circle.
"""

import contextlib
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.tables import Incident, fetch_keys, whole_of


async def parts_of(session: AsyncSession, incident: Incident, *, to_change: bool = False) -> list[Incident]:
    """Return all that is part of it, with keys, the oldest first. `to_change` keeps others out of them; lock the main one first."""
    _, *ids = await whole_of(session, incident.id)
    if not ids:
        return []
    query = select(Incident).where(Incident.id.in_(ids)).order_by(Incident.id)
    if to_change:
        query = query.with_for_update().execution_options(populate_existing=True)
    parts = list(await session.scalars(query))
    await fetch_keys(session, ids)
    return parts


async def main_of(session: AsyncSession, incident: Incident) -> Incident:
    """Return the incident that stands for this one: itself, unless it is part of another."""
    while incident.merged_into_id is not None:
        incident = await session.get_one(Incident, incident.merged_into_id)
    return incident


class _Moved(Exception):
    """It was merged or separated while we waited."""


async def lock_main(session: AsyncSession, incident_id: UUID) -> None:
    """Keep others out of the incident that stands for this one.

    What is merged or separated at this moment is followed until it stands still; meanwhile nothing is held.
    """
    is_held = False
    while not is_held:
        with contextlib.suppress(_Moved):
            async with session.begin_nested():
                await _lock_once(session, incident_id)
            is_held = True


async def _lock_once(session: AsyncSession, incident_id: UUID) -> None:
    main_id = await _main_id(session, incident_id)
    await session.execute(select(Incident.id).where(Incident.id == main_id).with_for_update())
    if await _main_id(session, incident_id) != main_id:
        raise _Moved


async def _main_id(session: AsyncSession, incident_id: UUID) -> UUID:
    above: UUID | None = incident_id
    while above is not None:
        incident_id = above
        above = await session.scalar(select(Incident.merged_into_id).where(Incident.id == incident_id))
    return incident_id
