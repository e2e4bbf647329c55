"""Every way to touch evidence by hand is found, and nothing legal is taken for one."""

# ruff: noqa: S608 - the SQL is put together from constants of this page

from datetime import UTC, datetime, timedelta

import pytest

from incidentdesk import append_only
from incidentdesk.append_only import ERASABLE
from incidentdesk.records.audit import Audit, verify
from incidentdesk.records.chain import Anchor
from incidentdesk.records.checkpoints import close_checkpoint
from incidentdesk.records.vault import Vault
from incidentdesk.rules.permissions import Role
from incidentdesk.triage import actions
from incidentdesk.triage.forms import Writing
from incidentdesk.web.pages import Desk
from tests.opened import held
from tests.people import member
from tests.triage.reports import file

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
async def evidence(desk: Desk) -> Desk:
    """Two incidents with entries under two checkpoints."""
    rosa = member(Role.RESPONDER, now=NOW)
    async with desk.database.write() as session:
        session.add(rosa)
    for number in range(2):
        incident = await file(desk, now=NOW)
        async with desk.database.write() as session:
            row = await held(session, incident.reference)
            await actions.add_note(session, row, Writing("Seen", f"f{number}"), by=rosa, now=NOW)
        async with desk.database.write() as session:
            await close_checkpoint(session, desk.vault, now=NOW)
    return desk


async def audited(desk: Desk, *anchors: Anchor, vault: Vault | None = None) -> Audit:
    async with desk.database.read() as session:
        return await verify(session, vault or desk.vault, now=LATER, anchors=anchors)


async def say(desk: Desk, *statements: str) -> None:
    """Speak to the database past every rule it has, as somebody can who has it in hand."""
    async with desk.database.writer.connect() as connection:
        raw = await connection.execution_options(isolation_level="AUTOCOMMIT")
        for statement in (*LAWLESS[raw.dialect.name], *statements):
            await raw.exec_driver_sql(statement)
        # Whoever hides a deed puts the triggers back.
        await raw.run_sync(append_only.put_back)
        await connection.invalidate()


async def test_what_nobody_touched_is_in_order(evidence: Desk) -> None:
    audit = await audited(evidence)
    assert audit.findings == ()
    assert (audit.entries, audit.checkpoints) == (4, 2)


LAWLESS = {
    "sqlite": (
        *("COMMIT", "PRAGMA foreign_keys = OFF"),
        *(f"DROP TRIGGER {t}_is_not_{deed}" for t in ERASABLE for deed in ("changed", "removed", "replaced")),
    ),
    "postgresql": (
        *(f"DROP TRIGGER {table}_is_kept ON {table}" for table in ERASABLE),
        "SET session_replication_role = replica",
    ),
}
OLDEST = "(SELECT id FROM history_entry ORDER BY id LIMIT 1)"
NEWEST = "(SELECT id FROM history_entry ORDER BY id DESC LIMIT 1)"
UNHOLD = "DELETE FROM checkpoint_entry WHERE entry_id ="
REMOVE = "DELETE FROM history_entry WHERE id ="
OTHER_BLOB = "(SELECT sealed FROM history_entry ORDER BY id DESC LIMIT 1)"
# What somebody with the database in hand could do, and the word under which the audit reports it.
TAMPERINGS = {
    "edit a fact": ("entry_altered", f"UPDATE history_entry SET actor = 'desk' WHERE id = {OLDEST}"),
    "edit the sealed detail": ("entry_altered", f"UPDATE history_entry SET sealed = {OTHER_BLOB} WHERE id = {OLDEST}"),
    "edit a digest": ("entry_altered", f"UPDATE history_entry SET touched = '[]' WHERE id = {OLDEST}"),
    "edit a report": ("row_altered", "UPDATE report SET sealed = sealed_identity"),
    "delete a report": ("row_missing", "DELETE FROM note"),
    "delete the first": ("entry_missing", f"{REMOVE} {OLDEST}"),
    "delete the first, and its mark": ("chain_broken", f"{UNHOLD} {OLDEST}", f"{REMOVE} {OLDEST}"),
    "delete the tail": ("head_differs", f"{UNHOLD} {NEWEST}", f"{REMOVE} {NEWEST}"),
    "re-number": ("entry_altered", "UPDATE history_entry SET seq = seq + 1"),
    "drop all checkpoints": ("entry_without_checkpoint", "DELETE FROM checkpoint_entry", "DELETE FROM checkpoint"),
    "drop the last checkpoint": (
        "entry_without_checkpoint",
        "DELETE FROM checkpoint_entry WHERE number = 2",
        "DELETE FROM checkpoint WHERE number = 2",
    ),
    "drop the first checkpoint": (
        "checkpoint_missing",
        "DELETE FROM checkpoint_entry WHERE number = 1",
        "DELETE FROM checkpoint WHERE number = 1",
    ),
    "move a checkpoint in time": ("checkpoint_altered", "UPDATE checkpoint SET at = '2026-11-23 09:00:00'"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
async def test_what_somebody_did_by_hand_is_found(evidence: Desk, name: str) -> None:
    word, *statements = TAMPERINGS[name]
    await say(evidence, *statements)
    assert word in {finding.what for finding in (await audited(evidence)).findings}
