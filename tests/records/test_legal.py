"""Nothing that people may lawfully do is ever taken for tampering."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from incidentdesk.records.audit import verify
from incidentdesk.records.checkpoints import close_checkpoint
from incidentdesk.tables import HistoryEntry
from incidentdesk.web.pages import Desk
from tests.records.legal import live, settle
from tests.thorough import ON_SQLITE, THOROUGH

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
# Of a hundred thousand docs/performance.md tells.
MANY = 10_000 if ON_SQLITE else 2_000
OPERATIONS = int(os.environ.get("INCIDENTDESK_TEST_OPERATIONS", MANY if THOROUGH else 400))
WALKS = 4 if THOROUGH else 1
ROUNDS = 4


@pytest.mark.parametrize("seed", range(WALKS))
async def test_whatever_is_done_lawfully_is_no_finding(desk: Desk, seed: int) -> None:
    world = await settle(desk, seed, now=NOW)
    for _ in range(ROUNDS):
        for _ in range(OPERATIONS // WALKS // ROUNDS):
            await live(world)
        async with desk.database.write() as session:
            while await close_checkpoint(session, desk.vault, now=world.now):
                pass
        async with desk.database.read() as session:
            audit = await verify(session, desk.vault, now=world.now + timedelta(minutes=9))
        assert audit.findings == ()
    assert world.done > OPERATIONS // WALKS // 3
    async with desk.database.read() as session:
        kinds = await session.scalar(select(func.count(HistoryEntry.action.distinct())))
    assert kinds is not None
    assert kinds > 15, "the walk meets what people do"
