"""One schema on both engines, one way to write, and no way to write by reading."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import RFC_4122

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, func, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from incidentdesk.database import Database, connect, migrate, upsert
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Base, Hit, Member, new_id
from tests.emptied import empty
from tests.people import member

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


async def hits(database: Database) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(Hit)) or 0


def hit(key: str = "a") -> Hit:
    return Hit(key=key, window=NOW, count=1)


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, Base.metadata))


def checks(connection: Connection) -> set[str]:
    seen = inspect(connection)
    return {str(check["name"]) for table in seen.get_table_names() for check in seen.get_check_constraints(table)}


async def test_the_migrated_schema_is_what_the_models_say(database: Database) -> None:
    async with database.writer.connect() as connection:
        assert await connection.run_sync(differences) == []
        found = await connection.run_sync(checks)
    tables = Base.metadata.sorted_tables
    wanted = {str(rule.name) for table in tables for rule in table.constraints if isinstance(rule, CheckConstraint)}
    assert found == wanted


@pytest.mark.parametrize("role", ["king", ""])
async def test_the_database_refuses_a_word_the_models_do_not_know(database: Database, role: str) -> None:
    async with database.write() as session:
        session.add(member(Role.READER, now=NOW))
    with pytest.raises(IntegrityError):
        await say(database, "update member set role = :role", role=role)


async def test_what_the_database_refuses_is_not_in_what_it_says(database: Database) -> None:
    with pytest.raises(DBAPIError) as refused:
        await say(database, "update member set nothing = :word", word="what a reporter told us")
    assert "what a reporter told us" not in str(refused.value)


async def say(database: Database, statement: str, **values: str) -> None:
    """Say one sentence of SQL in a transaction of its own."""
    async with database.write() as session:
        await session.execute(text(statement), values)


async def test_four_processes_may_migrate_at_once(database_url: str) -> None:
    empty(database_url)
    assert migrate_in_processes(database_url, 4) == [0] * 4
    opened = connect(database_url)
    assert await hits(opened) == 0
    await opened.close()


def migrate_in_processes(url: str, number: int) -> list[int]:
    program = [sys.executable, "-c", "import sys; from incidentdesk.database import migrate; migrate(sys.argv[1])"]
    started = [subprocess.Popen([*program, url]) for _ in range(number)]
    return [process.wait(timeout=60) for process in started]


def test_migrating_makes_the_folder_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "50% data"
    migrate(f"sqlite+aiosqlite:///{folder}/desk.sqlite3")
    assert folder.stat().st_mode & 0o777 == 0o700


async def test_migrating_again_keeps_every_row(database: Database, database_url: str) -> None:
    async with database.write() as session:
        session.add(hit())
    migrate(database_url)
    assert await hits(database) == 1


async def test_a_reader_cannot_write(database: Database) -> None:
    for statement in ("insert into hit (key, \"window\", count) values ('a', '2026-11-24', 1)", "delete from hit"):
        with pytest.raises(DBAPIError):
            async with database.read() as session:
                await session.execute(text(statement))
    assert await hits(database) == 0


async def test_a_writer_may_write_after_a_reader_used_the_connection(database: Database) -> None:
    assert await hits(database) == 0
    async with database.write() as session:
        session.add(hit())
    assert await hits(database) == 1


async def test_a_reader_is_not_held_up_by_a_writer_and_sees_only_what_is_committed(database: Database) -> None:
    async with database.write() as session:
        session.add(hit())
        await session.flush()
        assert await hits(database) == 0
    assert await hits(database) == 1


async def test_what_is_raised_inside_rolls_everything_back(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        await write_and_fail(database)
    assert await hits(database) == 0


async def write_and_fail(database: Database) -> None:
    async with database.write() as session:
        session.add(hit())
        await session.flush()
        raise ZeroDivisionError


async def test_a_failing_commit_raises_and_stores_nothing(database: Database) -> None:
    with pytest.raises(IntegrityError):
        await write_what_only_the_commit_refuses(database)
    assert await hits(database) == 0
    async with database.write() as session:
        session.add(hit())
    assert await hits(database) == 1


async def write_what_only_the_commit_refuses(database: Database) -> None:
    late = "create table child (parent integer references parent (id) deferrable initially deferred)"
    async with database.write() as session:
        session.add(hit())
        for statement in ("create table parent (id integer primary key)", late, "insert into child values (1)"):
            await session.execute(text(statement))


async def test_a_row_never_points_nowhere(database: Database) -> None:
    orphan = "insert into post_holder (post, member_id) values ('dpo', '00000000000000000000000000000000')"
    with pytest.raises(IntegrityError):
        await say(database, orphan)


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        async with database.write() as session:
            session.add(Hit(key="a", window=datetime(2026, 11, 24, 9, 0), count=1))  # noqa: DTZ001 - that is the point
    assert await hits(database) == 0


async def test_a_moment_comes_back_in_utc_whatever_zone_it_was_given_in(database: Database) -> None:
    far = timezone(timedelta(hours=13, minutes=45))
    async with database.write() as session:
        session.add(Hit(key="a", window=NOW.astimezone(far), count=1))
    async with database.read() as session:
        found = await session.scalar(select(Hit.window).where(Hit.window == NOW))
    assert found == NOW
    assert found is not None
    assert found.tzinfo is UTC


async def test_no_moment_stays_no_moment(database: Database) -> None:
    async with database.write() as session:
        session.add(member(Role.READER, now=NOW))
    async with database.read() as session:
        assert await session.scalar(select(Member.disabled_at)) is None


async def test_an_upsert_adds_or_changes_one_row(database: Database) -> None:
    for _ in range(3):
        async with database.write() as session:
            statement = upsert(session, Hit).values(key="a", window=NOW, count=1)
            changed = {"count": Hit.__table__.c.count + 1}
            await session.execute(statement.on_conflict_do_update(index_elements=["key", "window"], set_=changed))
    async with database.read() as session:
        assert list(await session.scalars(select(Hit.count))) == [3]


def test_ids_sort_in_the_order_they_were_made() -> None:
    made = [new_id() for _ in range(1000)]
    moments = [identity.int >> 64 for identity in made]
    assert moments == sorted(moments)
    assert len(set(made)) == 1000
    assert {(identity.version, identity.variant) for identity in made} == {(7, RFC_4122)}
