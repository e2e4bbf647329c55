"""Looking into a sealed database, as only somebody with its keys can."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.tables import DESK_SCOPE, Incident, fetch_keys


async def held(session: AsyncSession, reference: str) -> Incident:
    """Return an incident as an action holds it, whoever may see it."""
    incident = (await session.scalars(select(Incident).where(Incident.reference == reference).with_for_update())).one()
    await fetch_keys(session, [incident.id])
    return incident


async def opened(session: AsyncSession, query: Select[Any]) -> list[Any]:
    """Return the rows of a query with their sealed values readable."""
    # Also of those that have no key any more: then it is known that they were erased.
    await fetch_keys(session, [DESK_SCOPE, *await session.scalars(select(Incident.id))])
    return list(await session.scalars(query))
