"""A newer program changes the tables while this one runs: whatever would be written into them is refused, and nothing is half done."""

import asyncio
import signal
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock, locks
from incidentdesk.database import Database, connect, lock_beside
from incidentdesk.mail import outbox
from incidentdesk.roles import WORKER
from incidentdesk.schema import OutdatedError
from incidentdesk.tables import MailState
from tests.faults.newer import GONE, migrate_to, newer_migrations
from tests.faults.nursery import Desks, until
from tests.intake.visitor import send
from tests.mail.relay import relay
from tests.mail.scene import Scene
from tests.patience import WITHIN
from tests.people import Seat

MEMBER = "UPDATE member SET name = 'written' WHERE name = 'Rosa Ponder'"


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    return newer_migrations(tmp_path / "newer")


async def queue_behind_their_back(scene: Scene) -> None:
    """Let a mail wait, as the newer program would."""
    async with AsyncSession(scene.desk.database.writer) as session, session.begin():
        await outbox.put(session, letter="test", dedupe="newer", now=clock.now(), member_id=scene.rosa.id)


def is_free(path: Path) -> bool:
    place = locks.take(path)
    if place is not None:
        place.close()
    return place is not None


async def test_after_a_newer_migration_pages_refuse_and_keep_the_words_and_workers_claim_nothing(
    desks: Desks, scene: Scene, database_url: str, newer: Path
) -> None:
    async with relay() as running:
        pages, address = await desks.serve(relay=running)
        worker = await desks.start("work", relay=running)
        await worker.heard("incidentdesk works")
        await asyncio.to_thread(migrate_to, newer, database_url)
        await queue_behind_their_back(scene)
        await pages.heard("outdated: the database has the schema 9999 by now")
        assert await worker.ended() == 1
        assert "Error: the database has the schema 9999 by now" in worker.said
        await refuses(address)
        assert running.taken == []
    assert [mail.state for mail in await scene.mails()] == [MailState.WAITING]
    if path := lock_beside(database_url, WORKER):
        # Else the newer worker would wait for these.
        await until(lambda: is_free(path))
    pages.tell(signal.SIGTERM)
    assert await pages.ended() == 0


async def refuses(address: str) -> None:
    """Report something there, and get every word back."""
    async with httpx.AsyncClient(base_url=address, timeout=WITHIN) as client:
        visitor = await send(Seat(None, client), what="what happened in the middle of it")
        ready, alive = await client.get("/readyz"), await client.get("/healthz")
    assert (visitor.answer.status_code, visitor.answer.headers["retry-after"]) == (503, "60")
    assert "Your report is not sent yet" in visitor.html
    assert "what happened in the middle of it" in visitor.html
    assert (ready.status_code, ready.text) == (503, "schema\n")
    assert alive.status_code == 200


async def test_a_newer_migration_waits_for_whoever_writes_and_whoever_comes_meanwhile_is_refused(
    scene: Scene, database_url: str, newer: Path
) -> None:
    database = scene.desk.database
    async with database.write() as session:
        await session.execute(text(MEMBER))
        migrating = asyncio.create_task(asyncio.to_thread(migrate_to, newer, database_url))
        await asyncio.wait({migrating}, timeout=0.5)
        assert not migrating.done()
    await migrating
    async with database.reader.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM member WHERE name = 'written'")) == 1
    with pytest.raises(OutdatedError):
        await write(database)


async def write(database: Database) -> None:
    async with database.write() as session:
        await session.execute(text(MEMBER))


async def test_who_waits_for_a_migration_sees_what_it_did(scene: Scene, database_url: str) -> None:
    """The look at the schema comes after the wait, not before."""
    migrator = connect(database_url)
    async with migrator.writer.connect() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"))
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        writing = asyncio.create_task(write(scene.desk.database))
        await asyncio.wait({writing}, timeout=0.5)
        assert not writing.done()
        await connection.commit()
    with pytest.raises(OutdatedError):
        await writing
    await migrator.close()


async def test_what_a_newer_program_took_away_is_no_fault_of_a_page(
    scene: Scene, database_url: str, newer: Path
) -> None:
    await asyncio.to_thread(migrate_to, newer, database_url)
    with pytest.raises((OutdatedError, OperationalError)):
        async with scene.desk.database.read() as session:
            await session.execute(text(f"SELECT * FROM {GONE}"))  # noqa: S608 - our own word
