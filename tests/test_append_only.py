"""Evidence is written once: the database itself refuses to change, remove or replace it."""

# ruff: noqa: S608 - the SQL is put together from constants of this page

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from incidentdesk import append_only
from incidentdesk.append_only import ERASABLE, UnguardedError
from incidentdesk.records.checkpoints import close_checkpoint
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Base, Clock
from incidentdesk.web.pages import Desk
from tests.evidence import sign_everything
from tests.people import member
from tests.triage.reports import Told, file, fresh, rows

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
async def evidence(desk: Desk) -> Desk:
    """A desk with a row in every table of evidence."""
    dipo = member(Role.DPO, now=NOW)
    incident = await file(desk, now=NOW)
    (clock, *_) = await rows(desk, Clock, incident)
    async with desk.database.write() as session:
        session.add(dipo)
        await session.flush()
        await sign_everything(session, incident, clock, by=dipo, now=NOW)
    async with desk.database.write() as session:
        await close_checkpoint(session, desk.vault, now=NOW)
    return desk


async def say(desk: Desk, statement: str) -> int:
    async with desk.database.write() as session:
        result = await session.execute(text(statement))
        return int(result.rowcount)  # type: ignore[attr-defined]  # of a statement that changes rows


def key_of(table: str) -> str:
    return Base.metadata.tables[table].primary_key.columns.values()[0].name


def changes(table: str, dialect: str) -> list[str]:
    """Every way to say in SQL that a row shall not be what it was."""
    key = key_of(table)
    columns = ", ".join(f'"{column.name}"' for column in Base.metadata.tables[table].columns)
    again = f"INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE true"
    said = [f"DELETE FROM {table}", f"UPDATE {table} SET {key} = {key}"]
    said += [f"INSERT {again} ON CONFLICT ({key}) DO UPDATE SET {key} = excluded.{key}"]
    if dialect == "postgresql":
        return [*said, f"TRUNCATE {table} CASCADE"]
    rowid = f"INSERT OR REPLACE INTO {table} (rowid, {columns}) SELECT rowid, {columns} FROM {table}"
    return [*said, f"REPLACE {again}", f"INSERT OR REPLACE {again}", f"UPDATE OR REPLACE {table} SET rowid = 9", rowid]


@pytest.mark.parametrize("table", ERASABLE)
async def test_no_statement_changes_evidence(evidence: Desk, table: str) -> None:
    for statement in changes(table, evidence.database.writer.dialect.name):
        with pytest.raises(IntegrityError, match=f"{table} is append-only"):
            await say(evidence, statement)


async def test_a_row_is_not_replaced_through_its_place_in_the_file(evidence: Desk) -> None:
    if evidence.database.writer.dialect.name != "sqlite":
        pytest.skip("only SQLite's rows have a number of their own")
    columns = [column.name for column in Base.metadata.tables["awareness"].columns if column.name != "id"]
    names = ", ".join(columns)
    with pytest.raises(IntegrityError, match="append-only"):
        await say(evidence, f"REPLACE INTO awareness (rowid, id, {names}) SELECT rowid, '0', {names} FROM awareness")


@pytest.mark.parametrize("told", [Told(), Told(practice=True)])
async def test_what_is_real_never_becomes_a_practice_nor_a_practice_real(desk: Desk, told: Told) -> None:
    incident = await file(desk, told, now=NOW)
    for other in ("NOT practice", "NULL"):
        with pytest.raises(IntegrityError):
            await say(desk, f"UPDATE incident SET practice = {other}, severity = 1")
    assert await say(desk, "UPDATE incident SET practice = practice, severity = 1") == 1
    assert (await fresh(desk, incident)).practice is told.practice


async def test_a_trigger_that_lets_a_practice_become_real_is_missed_and_put_back(desk: Desk) -> None:
    name = append_only.FIXED_NAME
    on = "" if desk.database.writer.dialect.name == "sqlite" else " ON incident"
    async with desk.database.writer.begin() as connection:
        await connection.execute(text(f"DROP TRIGGER {name}{on}"))
        assert await connection.run_sync(append_only.flaws) == [name]
        await connection.run_sync(append_only.put_back)
        assert await connection.run_sync(append_only.flaws) == []


@pytest.mark.parametrize("table", [table for table, erasable in ERASABLE.items() if erasable])
async def test_what_a_person_wrote_can_be_erased_and_nothing_else_of_it(evidence: Desk, table: str) -> None:
    for more in ("sealed_revision = 9", "incident_id = NULL", "member_id = NULL"):
        with pytest.raises(IntegrityError, match="append-only"):
            await say(evidence, f"UPDATE {table} SET sealed = NULL, {more}")
    assert await say(evidence, f"UPDATE {table} SET sealed = NULL") >= 1
    with pytest.raises(IntegrityError, match="append-only"):
        await say(evidence, f"UPDATE {table} SET sealed = 'x'")


@pytest.mark.parametrize("table", ERASABLE)
async def test_every_trigger_that_is_gone_or_altered_is_missed_and_can_be_put_back(evidence: Desk, table: str) -> None:
    dialect = evidence.database.writer.dialect.name
    for trigger, ruin in ruins(table, dialect):
        async with evidence.database.writer.begin() as connection:
            for statement in ruin:
                await connection.execute(text(statement))
            assert await connection.run_sync(append_only.flaws) == [trigger]
            with pytest.raises(UnguardedError, match=trigger):
                await connection.run_sync(append_only.insist)
            await connection.run_sync(append_only.put_back)
            await connection.run_sync(append_only.insist)


def ruins(table: str, dialect: str) -> list[tuple[str, list[str]]]:
    """What somebody may do to a trigger: take it away, switch it off, or put a harmless one of its name there."""
    if dialect == "sqlite":
        names = [f"{table}_is_not_{what}" for what in ("changed", "removed", "replaced")]
        drops = [(name, [f"DROP TRIGGER {name}"]) for name in names]
        soft = f"CREATE TRIGGER {names[1]} BEFORE DELETE ON {table} WHEN false BEGIN SELECT 1; END"
        return [*drops, (names[1], [f"DROP TRIGGER {names[1]}", soft])]
    kept, whole = f"{table}_is_kept", f"{table}_is_not_emptied"
    soft = f"CREATE TRIGGER {kept} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW WHEN (false) EXECUTE FUNCTION"
    return [
        *((name, [f"DROP TRIGGER {name} ON {table}"]) for name in (kept, whole)),
        *((name, [f"ALTER TABLE {table} DISABLE TRIGGER {name}"]) for name in (kept, whole)),
        (kept, [f"DROP TRIGGER {kept} ON {table}", f"{soft} {append_only.FUNCTION}()"]),
    ]
