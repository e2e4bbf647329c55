"""Every way to touch evidence by hand is found, and nothing legal is taken for one."""

import gc
import secrets
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Table, bindparam, delete, insert, select, type_coerce, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import NullType

from incidentdesk.append_only import ERASABLE
from incidentdesk.records import history
from incidentdesk.records.audit import Audit, Outside, reading, verify
from incidentdesk.records.chain import Anchor
from incidentdesk.records.checkpoints import close_checkpoint, last_checkpoint
from incidentdesk.records.vault import Vault, epochs_in, open_vault
from incidentdesk.rules.permissions import Role
from incidentdesk.staff.access import find_incident
from incidentdesk.tables import Base, Clock, HistoryEntry, Incident, Member
from incidentdesk.triage import actions
from incidentdesk.triage.forms import Writing
from incidentdesk.web.pages import Desk
from tests.evidence import sign_everything
from tests.people import member
from tests.records.tampering import DEEDS, ENTRY, Hand, at_hand, entries_of, rows
from tests.thorough import THOROUGH
from tests.triage.reports import file
from tests.triage.reports import rows as rows_of

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
async def incident(desk: Desk) -> Incident:
    """The first of two incidents with three notes each, every round of notes under a checkpoint of its own."""
    rosa = member(Role.RESPONDER, now=NOW)
    async with desk.database.write() as session:
        session.add(rosa)
    incidents = [await file(desk, now=NOW) for _ in range(2)]
    for number in range(3):
        for filed in incidents:
            await note(desk, filed, f"Seen {number}", by=rosa)
        if number:
            await seal(desk)
    await sign(desk, incidents[0])
    return incidents[0]


async def note(desk: Desk, incident: Incident, body: str, *, by: Member) -> None:
    async with desk.database.write() as session:
        held = await find_incident(session, incident.reference, by=by)
        await actions.add_note(session, held, Writing(body, secrets.token_hex(8)), by=by, now=NOW)


async def seal(desk: Desk) -> None:
    async with desk.database.write() as session:
        assert await close_checkpoint(session, desk.vault, now=NOW)


@pytest.fixture
def other_vault(desk: Desk, tmp_path: Path) -> Vault:
    """Of somebody who has everything but the key that signs."""
    (tmp_path / "other").mkdir(mode=0o700)
    for epoch in epochs_in(desk.settings.keys_dir).values():
        shutil.copy2(epoch, tmp_path / "other")
    return open_vault(tmp_path / "other", may_create=True)


async def audited(desk: Desk, *anchors: Anchor, vault: Vault | None = None, public_key: str = "") -> Audit:
    async with desk.database.read() as session:
        return await verify(session, vault or desk.vault, now=LATER, outside=Outside(anchors, public_key))


@pytest.mark.usefixtures("incident")
async def test_a_reading_that_is_broken_off_leaves_no_cursor_open(desk: Desk) -> None:
    async with desk.database.read() as session:
        read = reading.rows(session, {"id": HistoryEntry.id}, lambda query: query)
        await anext(read)
        await read.aclose()
    # One that is still open says so when it is thrown away, and every warning is an error here.
    del read
    gc.collect()


def kinds(audit: Audit) -> set[str]:
    return {finding.what for finding in audit.findings}


@pytest.mark.usefixtures("incident")
async def test_what_nobody_touched_is_in_order(desk: Desk) -> None:
    audit = await audited(desk)
    assert audit.findings == ()
    assert (audit.entries, audit.checkpoints) == (10, 3)
    assert audit.public_key == desk.vault.public_key


@pytest.mark.parametrize("name", DEEDS)
async def test_what_somebody_did_by_hand_is_found(
    desk: Desk, incident: Incident, name: str, other_vault: Vault
) -> None:
    word, deed = DEEDS[name]
    async with at_hand(desk) as database:
        await deed(Hand(database, await entries_of(database, incident.id), other_vault))
    assert word in kinds(await audited(desk))


async def test_somebody_with_a_key_of_their_own_is_found_by_the_key_in_the_mail(
    desk: Desk, incident: Incident, other_vault: Vault
) -> None:
    """Whoever has host and database can sign a history of their own; the mails from before know another key."""
    async with at_hand(desk) as database:
        hand = Hand(database, await entries_of(database, incident.id), other_vault)
        await DEEDS["change_the_signing_key"][1](hand)
        await DEEDS["change_the_signing_key_everywhere"][1](hand)
    assert kinds(await audited(desk, vault=other_vault)) == set()
    assert kinds(await audited(desk, vault=other_vault, public_key=desk.vault.public_key)) == {"key_differs"}


async def test_an_older_database_is_found_by_what_was_noted_outside(desk: Desk, incident: Incident) -> None:
    tables = Base.metadata.sorted_tables
    async with at_hand(desk) as database:
        copy = [(table, await rows(database, table, next(iter(table.c)))) for table in tables]
    await note(desk, incident, "You were warned", by=await anybody(desk))
    await seal(desk)
    async with desk.database.read() as session:
        newest = await last_checkpoint(session)
    async with at_hand(desk) as database:
        for table in reversed(tables):
            await database.execute(delete(table))
        for table, kept in copy:
            for row in kept:
                await database.execute(insert(table).values(row))
    assert newest is not None
    assert kinds(await audited(desk)) == set()
    assert kinds(await audited(desk, Anchor(newest.number, newest.hash))) == {"anchor_differs"}


async def anybody(desk: Desk) -> Member:
    async with desk.database.read() as session:
        return (await session.scalars(select(Member))).one()


async def test_what_was_added_behind_a_checkpoint_is_found_when_a_later_one_holds_it(
    desk: Desk, incident: Incident
) -> None:
    """The worker takes up whatever is open, also what somebody put there with a moment of long ago."""
    async with at_hand(desk) as database:
        hand = Hand(database, await entries_of(database, incident.id), desk.vault)
        await DEEDS["insert_one"][1](hand)
        await database.execute(
            update(ENTRY).where(ENTRY.c.action == "breach.filed").values(at=NOW - timedelta(hours=3))
        )
        await hand.relink()
    await seal(desk)
    assert kinds(await audited(desk)) == {"entry_backdated"}


JUNK = (b"\xff\xfe", "x\x00", -1, "", 2**63 - 1, None, "[[]]", "1" * 64)
# Of these the evidence is made; of the other columns of a row of work it is not.
BOUND = {"incident": {"id", "reference", "received_at", "sealed", "sealed_revision", "chain_seq", "chain_head"}}
SPOILT = [*ERASABLE, "incident", "key_check", "data_key"]


@pytest.mark.parametrize("table", SPOILT)
async def test_no_junk_in_any_column_stops_the_audit_or_escapes_it(desk: Desk, incident: Incident, table: str) -> None:
    known = Base.metadata.tables[table]
    async with at_hand(desk) as database:
        kept = await rows(database, known, next(iter(known.c)))
        for number, column in enumerate(known.c):
            for junk in JUNK if THOROUGH else JUNK[number % len(JUNK) :][:1]:
                if not await takes(database, known, column, junk):
                    continue
                found = kinds(await audited(desk)) - {"trigger_missing"}
                assert found or column.name not in BOUND.get(table, known.c), (column.name, junk)
                await database.execute(delete(known))
                await database.execute(insert(known), kept)
    assert kinds(await audited(desk)) == set()


async def takes(database: AsyncConnection, table: Table, column: Column[Any], junk: object) -> bool:
    """Put junk into the first row; False when the database has none of it."""
    (key, *_) = table.primary_key.columns
    first = select(key).order_by(key).limit(1).scalar_subquery()
    raw: Any = bindparam("junk", junk, NullType())
    try:
        await database.execute(update(table).where(key == first).values({column: type_coerce(raw, NullType())}))
    except (DBAPIError, OverflowError):
        return False
    return True


async def sign(desk: Desk, incident: Incident) -> None:
    """Put a row into every table of evidence."""
    by = await anybody(desk)
    (clock, *_) = await rows_of(desk, Clock, incident)
    async with desk.database.write() as session:
        held = await find_incident(session, incident.reference, by=by)
        await sign_everything(session, held, clock, by=by, now=NOW)
        history.record(session, held, "breach.signed", actor=history.actor_of(by), now=NOW)
    await seal(desk)
