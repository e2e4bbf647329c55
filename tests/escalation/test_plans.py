"""However many incidents and mails there are, the worker and the banners ask indexes only."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from incidentdesk import worker
from incidentdesk.escalation.banners import banners
from incidentdesk.mail import claims, outbox
from incidentdesk.tables import MailState
from incidentdesk.triage import actions
from tests.mail.relay import relay
from tests.mail.scene import MINUTE, NOW, Scene, add_incident, with_relay
from tests.opened import held

GROWING = ("incident", "clock", "notice", "outbox_mail", "report", "history_entry", "message")
Said = list[tuple[str, Any]]


@contextmanager
def listening(scene: Scene) -> Iterator[Said]:
    """Collect every question that is asked meanwhile."""
    said: Said = []

    def hear(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.split(maxsplit=1)[0] in {"SELECT", "UPDATE"}:
            said.append((statement, parameters))

    # On PostgreSQL readers and writers are one pool; listening twice is harmless.
    engines = {scene.desk.database.writer.sync_engine, scene.desk.database.reader.sync_engine}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", hear)
    yield said
    for engine in engines:
        event.remove(engine, "before_cursor_execute", hear)


async def full_scans(scene: Scene, said: Said) -> set[str]:
    """Return the plans that read a growing table from end to end."""
    found = set()
    async with scene.desk.database.write() as session:
        connection = await session.connection()
        is_sqlite = connection.dialect.name == "sqlite"
        if not is_sqlite:
            # Small tables are read whole, whatever indexes there are; now only what has none is.
            await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for statement, parameters in said:
            explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
            for row in await connection.exec_driver_sql(explain + statement, parameters):
                # This one holds what nobody has looked at, and nothing else.
                if "ix_incident_unread" in row[-1]:
                    continue
                words = row[-1].replace("Seq Scan on", "SCAN").split()
                if any(words[at : at + 2] == ["SCAN", table] for table in GROWING for at in range(len(words))):
                    found.add(f"{row[-1].strip()} of {statement}")
    return found


async def work(scene: Scene) -> None:
    await worker.sweep_clocks(scene.desk, now=NOW + 15 * MINUTE)
    async with relay(RCPT="550 no") as running:
        await worker.deliver_next(with_relay(scene.desk, running.port), now=NOW + 15 * MINUTE)
    async with relay() as running:
        while await worker.deliver_next(with_relay(scene.desk, running.port), now=NOW + 15 * MINUTE):
            pass
    async with scene.desk.database.write() as session:
        incident = await held(session, "IR-26-000001")
        await actions.take(session, incident, seen_owner="", by=scene.ada, now=NOW + 16 * MINUTE)
    await worker.sweep_clocks(scene.desk, now=NOW + 16 * MINUTE)


async def test_alerting_reads_no_table_from_end_to_end(scene: Scene) -> None:
    incident = await add_incident(scene.desk)
    with listening(scene) as said:
        async with scene.desk.database.write() as session:
            await outbox.announce_report(session, incident, now=NOW)
        await work(scene)
    assert len(await scene.mails(letter="stand_down", state=MailState.WAITING)) == 1
    assert len(said) > 30
    assert await full_scans(scene, said) == set()


async def test_the_next_mail_is_found_without_sorting_all_that_waits(scene: Scene) -> None:
    if scene.desk.database.writer.dialect.name != "sqlite":
        pytest.skip("the plan of an empty table says nothing on PostgreSQL")
    with listening(scene) as said:
        async with scene.desk.database.write() as session:
            await claims.claim(session, domain="example.org", now=NOW)
    statement, parameters = next(one for one in said if "FROM outbox_mail" in one[0])
    async with scene.desk.database.read() as session:
        asked = await (await session.connection()).exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        plan = [row[-1] for row in asked]
    by_id, _, first, *_ = plan
    assert by_id == "SEARCH outbox_mail USING INDEX sqlite_autoindex_outbox_mail_1 (id=?)"
    assert first == "SEARCH outbox_mail USING INDEX ix_outbox_mail_due (state=? AND due_at<?)"
    assert [line for line in plan if "TEMP B-TREE" in line] == []


@pytest.mark.parametrize("can_mail", [False, True])
async def test_the_banners_read_no_table_from_end_to_end(scene: Scene, can_mail: bool) -> None:  # noqa: FBT001
    desk = with_relay(scene.desk, 1) if can_mail else scene.desk
    with listening(scene) as said:
        async with desk.database.read() as session:
            await banners(session, desk.settings, me=scene.rosa, now=NOW)
    assert await full_scans(scene, said) == set()


async def test_old_mails_that_were_given_up_are_not_even_looked_at(scene: Scene) -> None:
    if scene.desk.database.writer.dialect.name != "sqlite":
        pytest.skip("the plan of an empty table says nothing on PostgreSQL")
    desk = with_relay(scene.desk, 1)
    with listening(scene) as said:
        async with desk.database.read() as session:
            await banners(session, desk.settings, me=scene.rosa, now=NOW)
    (count,) = [asked for asked in said if "settled_at" in asked[0].partition("WHERE")[2]]
    async with scene.desk.database.read() as session:
        asked = await (await session.connection()).exec_driver_sql(f"EXPLAIN QUERY PLAN {count[0]}", count[1])
        assert any("ix_outbox_mail_due (state=? AND due_at>?)" in row[-1] for row in asked)
