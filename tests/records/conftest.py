"""One transaction, and in it one report of a Tuesday morning."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.database import Database
from incidentdesk.records import clocks
from incidentdesk.tables import Incident

RECEIVED = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    async with database.write() as opened:
        yield opened


@pytest.fixture
async def incident(session: AsyncSession) -> Incident:
    made = Incident(
        id=UUID(int=7),
        reference="IR-26-7KQ4MX",
        received_at=RECEIVED,
        title="Lost laptop",
        kind="lost",
        people="yes",
        severity=1,
        updated_at=RECEIVED,
    )
    clocks.open_agenda(made)
    session.add(made)
    await session.flush()
    return made
