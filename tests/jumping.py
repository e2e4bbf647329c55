"""The database's clock as a process sees it that goes by it, moved by hand."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.escalation import jumps
from incidentdesk.records import steadiness
from incidentdesk.web.pages import Desk


@dataclass
class Hand:
    """How far the database's clock is ahead of the machine's."""

    desk: Desk
    ahead: timedelta = timedelta(0)

    async def moment(self, _session: AsyncSession) -> datetime:
        return clock.machine() + self.ahead

    async def jump(self, by: timedelta) -> None:
        """Let it jump, and a process notice."""
        self.ahead += by
        await jumps.look(self.desk.database)


async def follow(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Hand:
    """Let this process go by the clock of a hand."""
    hand = Hand(desk)
    monkeypatch.setattr(steadiness, "moment", hand.moment)
    await jumps.look(desk.database)
    return hand
