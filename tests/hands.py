"""The database's clock, moved by hand."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.mail import signs
from incidentdesk.tables import Heartbeat
from incidentdesk.web.pages import Desk


class Hands:
    """`now` is what the database says; `asked` counts how often somebody wanted to know."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
        self.asked = 0
        self.again = asyncio.Condition()

    async def moment(self, _session: AsyncSession) -> datetime:
        async with self.again:
            self.asked += 1
            self.again.notify_all()
        return self.now

    async def looked_at(self) -> None:
        """Wait until somebody who looks again and again has looked once, from the beginning to the end."""
        wanted = self.asked + 2
        async with self.again:
            await self.again.wait_for(lambda: self.asked >= wanted)

    async def last_beat(self, desk: Desk, ago: timedelta) -> None:
        async with desk.database.write() as session:
            await session.execute(update(Heartbeat).values(beat_at=self.now - ago))


def take_hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    hands = Hands()
    monkeypatch.setattr(signs, "moment", hands.moment)
    return hands
