"""Looking into a sealed database, as only somebody with its keys can."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.tables import DataKey, fetch_keys


async def opened(session: AsyncSession, query: Select[Any]) -> list[Any]:
    """Return the rows of a query with their sealed values readable."""
    await fetch_keys(session, await session.scalars(select(DataKey.scope)))
    return list(await session.scalars(query))
