"""Many replicas that write at the same moment leave one chain and one row of checkpoints."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from incidentdesk.records import history
from incidentdesk.records.audit import verify
from incidentdesk.records.checkpoints import close_due_checkpoint
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Checkpoint, CheckpointEntry, HistoryEntry, Incident, Member
from incidentdesk.triage import actions
from incidentdesk.triage.forms import Change, Writing
from incidentdesk.web.pages import Desk
from tests.opened import held
from tests.people import member
from tests.thorough import THOROUGH
from tests.triage.reports import file

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
WRITERS = 8


async def stored(desk: Desk) -> Member:
    rosa = member(Role.RESPONDER, now=NOW)
    async with desk.database.write() as session:
        session.add(rosa)
    return rosa


async def note(desk: Desk, incident: Incident, by: Member) -> None:
    async with desk.database.write() as session:
        row = await session.get_one(Incident, incident.id)
        # Read before anybody's lock, so that what this session knows of the chain is old when it writes.
        await asyncio.sleep(0)
        writing = Writing("Seen", secrets.token_hex(8))
        await actions.add_note(session, await held(session, row.reference), writing, by=by, now=NOW)


async def test_actions_on_one_incident_at_the_same_moment_stand_in_one_chain(desk: Desk) -> None:
    rosa, incident, other = await stored(desk), await file(desk, now=NOW), await file(desk, now=NOW)
    await asyncio.gather(*(note(desk, one, rosa) for one in (incident, other) for _ in range(WRITERS)))
    async with desk.database.read() as session:
        audit = await verify(session, desk.vault, now=NOW)
    async with desk.database.read() as session:
        chain = select(HistoryEntry.seq, HistoryEntry.previous).where(HistoryEntry.incident_id == incident.id)
        entries = list(await session.execute(chain.order_by(HistoryEntry.seq)))
    assert audit.findings == ()
    assert [entry.seq for entry in entries] == list(range(1, WRITERS + 2))
    assert len({entry.previous for entry in entries}) == WRITERS + 1


async def test_whoever_forgot_to_hold_the_incident_still_stands_behind_the_entry_before(desk: Desk) -> None:
    """The chain takes its own turn: what a session read of its end may be old by the time it writes."""
    incident = await file(desk, now=NOW)
    # SQLite has one writer; waiting for the others inside its transaction would be for ever.
    together = asyncio.Barrier(WRITERS if desk.database.writer.dialect.name == "postgresql" else 1)

    async def look() -> None:
        async with desk.database.write() as session:
            row = await session.get_one(Incident, incident.id)
            await together.wait()
            history.record(session, row, "incident.opened", actor=history.DESK, now=NOW)

    await asyncio.gather(*(look() for _ in range(WRITERS)))
    async with desk.database.read() as session:
        assert (await verify(session, desk.vault, now=NOW)).findings == ()


async def test_replicas_close_each_entry_under_one_checkpoint(desk: Desk) -> None:
    rosa, incident = await stored(desk), await file(desk, now=NOW)

    async def close(minutes: int) -> None:
        async with desk.database.write() as session:
            await close_due_checkpoint(session, desk.vault, now=NOW + timedelta(minutes=minutes))

    work: list[Callable[[], Awaitable[None]]] = [lambda: note(desk, incident, rosa)] * WRITERS
    await asyncio.gather(*(deed() for deed in work), *(close(number % 3) for number in range(WRITERS)))
    await close(9)
    async with desk.database.read() as session:
        numbers = list(await session.scalars(select(Checkpoint.number).order_by(Checkpoint.number)))
        held_ids = set(await session.scalars(select(CheckpointEntry.entry_id)))
        assert held_ids == set(await session.scalars(select(HistoryEntry.id)))
    async with desk.database.read() as session:
        audit = await verify(session, desk.vault, now=NOW + timedelta(minutes=10))
    assert numbers == list(range(1, len(numbers) + 1))
    assert audit.findings == ()


@pytest.mark.skipif(not THOROUGH, reason="a thousand entries take seconds")
async def test_a_thousand_entries_do_not_wait_for_the_minute(desk: Desk) -> None:
    rosa, incident = await stored(desk), await file(desk, now=NOW)
    async with desk.database.write() as session:
        assert await close_due_checkpoint(session, desk.vault, now=NOW)
    later = NOW + timedelta(seconds=30)
    for wanted in (999, 1000):
        await retitle(desk, incident, rosa, until=wanted)
        async with desk.database.write() as session:
            made = await close_due_checkpoint(session, desk.vault, now=later)
        assert (made.count if made else 0) == (1000 if wanted == 1000 else 0)


async def retitle(desk: Desk, incident: Incident, by: Member, *, until: int) -> None:
    async with desk.database.write() as session:
        row = await held(session, incident.reference)
        while row.chain_seq <= until:
            await actions.retitle(session, row, Change(f"{row.chain_seq}", row.title), by=by, now=NOW)
            await session.flush()
