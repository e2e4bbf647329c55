"""Looking into a sealed database, as only somebody with its keys can."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.tables import DataKey, Incident, fetch_keys


async def held(session: AsyncSession, reference: str) -> Incident:
    """Return an incident as an action holds it, whoever may see it."""
    incident = (await session.scalars(select(Incident).where(Incident.reference == reference).with_for_update())).one()
    await fetch_keys(session, [incident.id])
    return incident


async def opened(session: AsyncSession, query: Select[Any]) -> list[Any]:
    """Return the rows of a query with their sealed values readable."""
    await fetch_keys(session, await session.scalars(select(DataKey.scope)))
    return list(await session.scalars(query))
