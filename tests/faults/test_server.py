"""What a database server can suffer: it crashes, is away, is replaced by a copy that lacks the end, or the line to it breaks."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, make_url, select, text
from sqlalchemy.exc import DBAPIError

from incidentdesk import clock, database, serve, upkeep, worker
from incidentdesk.mail import outbox
from incidentdesk.records import sealing
from incidentdesk.records.rollback import RolledBackError
from incidentdesk.settings import Settings
from incidentdesk.tables import Hit, Member, OutboxMail, Report
from incidentdesk.web.pages import Desk
from tests import postgresql
from tests.backup.ways import report
from tests.conftest import MEMORY, numbers
from tests.faults.disk import fill, small_disk
from tests.faults.nursery import until
from tests.faults.proxy import Line, line_to
from tests.faults.settled import assert_settled
from tests.intake.visitor import Visitor, send, visit
from tests.mail.relay import relay
from tests.mail.scene import set_scene, with_relay
from tests.patience import WITHIN
from tests.people import Sit
from tests.postgresql import SAFE, Server
from tests.thorough import ON_SQLITE, some

pytestmark = pytest.mark.skipif(ON_SQLITE, reason="there is no server")
MINUTE = timedelta(minutes=1)
# Seconds of silence before the system asks, between two questions, how many; and milliseconds for what was sent.
ASKED = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of our own, to be treated badly."""
    started = postgresql.start(MEMORY if os.access(MEMORY, os.W_OK) else None, options=SAFE)
    started.run("createdb", "-h", str(started.folder), "-U", "postgres", "migrated")
    database.migrate(started.url("migrated"))
    yield started
    postgresql.stop(started)


@pytest.fixture
def database_url(server: Server) -> str:
    """A new database on it."""
    name = f"test_{next(numbers)}"
    server.run("createdb", "-h", str(server.folder), "-U", "postgres", "-T", "migrated", name)
    return server.url(name)


@pytest.fixture
async def desk(desk: Desk) -> Desk:
    """A desk with people who would be told."""
    return (await set_scene(desk)).desk


async def crash(server: Server) -> None:
    """Let it end in the middle of everything, and start again."""
    await asyncio.to_thread(server.end)
    await asyncio.to_thread(server.begin, SAFE)


async def reports(desk: Desk) -> int:
    async with desk.database.read() as session:
        return await session.scalar(select(func.count()).select_from(Report)) or 0


async def write_over_a_crash(desk: Desk, server: Server) -> None:
    async with desk.database.write() as session:
        session.add(Hit(key="half", window=clock.now(), count=1))
        await session.flush()
        await crash(server)


async def test_of_a_transaction_in_which_the_server_crashes_nothing_is_left(
    desk: Desk, sit: Sit, server: Server
) -> None:
    with pytest.raises(DBAPIError):
        await write_over_a_crash(desk, server)
    # No connection is known to be broken by now, and nobody notices.
    assert (await send(await sit())).answer.status_code == 200
    async with desk.database.read() as session:
        assert await session.scalar(select(Hit.key).where(Hit.key == "half")) is None


async def test_reports_that_meet_a_crash_are_stored_or_given_back(desk: Desk, sit: Sit, server: Server) -> None:
    seat, answers, is_over = await sit(), [], asyncio.Event()

    async def report_on() -> None:
        while not is_over.is_set():
            visitor = await send(seat, what="told while it crashed")
            answers.append(visitor.answer.status_code)
            assert "told while it crashed" in visitor.html or visitor.answer.status_code == 200

    reporting = [asyncio.create_task(report_on()) for _ in range(3)]
    for _ in range(2):
        await crash(server)
    is_over.set()
    await asyncio.gather(*reporting)
    assert set(answers) <= {200, 503}
    assert answers.count(200) <= await reports(desk) <= len(answers)
    await assert_settled(desk, canaries=["told while it crashed"])


async def test_while_the_server_is_away_the_form_keeps_every_word_and_then_late_mail_leaves_in_order(
    desk: Desk, sit: Sit, server: Server
) -> None:
    async with desk.database.write() as session:
        for late in (1, 3, 2):
            about: outbox.About = {"member_id": await session.scalar(select(Member.id).limit(1))}
            await outbox.put(session, letter="test", dedupe=f"{late}", now=clock.now() - late * MINUTE, **about)
    visitor, stop = await visit(await sit()), asyncio.Event()
    await visitor.press("now", what="told while it was away")
    # Over two lines two leave at once, and which of them is there first is anybody's guess.
    one_line = replace(desk, settings=replace(desk.settings, smtp_lines=1))
    async with relay() as running:
        await asyncio.to_thread(server.end)
        working = asyncio.create_task(worker.run(with_relay(one_line, running.port), stop))
        await is_away(visitor)
        await asyncio.to_thread(server.begin, SAFE)
        assert (await visitor.press("send")).status_code == 200
        await until(lambda: len(running.taken) >= 3)
        stop.set()
        await working
    async with desk.database.read() as session:
        sent = await session.scalars(select(OutboxMail.dedupe).order_by(OutboxMail.settled_at).limit(3))
    assert list(sent) == ["3", "2", "1"]
    await assert_settled(desk, canaries=["told while it was away"])


async def is_away(visitor: Visitor) -> None:
    """See what a reporter and a monitor meet meanwhile."""
    answer = await visitor.press("send")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "told while it was away" in visitor.html
    for path in ("/readyz", "/health/escalations"):
        told = await visitor.seat.client.get(path)
        assert (told.status_code, told.text) == (503, "database\n")


@asynccontextmanager
async def failed_over(desk: Desk, server: Server, database_url: str) -> AsyncIterator[str]:
    """Let a replica take over that lacks the newest checkpoint; lend its address."""
    await reported(desk, "before the copy")
    copy = Server(server.binaries, server.folder.with_name(f"{server.folder.name}-copy"), server.user)
    copy.folder.mkdir()
    shutil.chown(copy.folder, server.user or "root")
    server.run("pg_basebackup", "-h", str(server.folder), "-U", "postgres", "-c", "fast", "-D", copy.data, "--no-sync")
    await reported(desk, "behind it")
    await asyncio.to_thread(copy.begin, SAFE)
    yield copy.url(str(make_url(database_url).database))
    postgresql.stop(copy)


async def test_where_a_replica_without_the_end_took_over_nothing_starts_and_no_checkpoint_is_closed(
    desk: Desk, settings: Settings, server: Server, database_url: str
) -> None:
    words = "the folder of the keys has seen checkpoint 2"
    async with failed_over(desk, server, database_url) as url:
        with pytest.raises(RolledBackError, match=words):
            await serve.open_desk(replace(settings, database_url=url))
        running = replace(desk, database=database.connect(url))
        sealing.lend(running.database, desk.vault)
        await report(running, "at the replica")
        with pytest.raises(RolledBackError, match=words):
            await upkeep.close_checkpoints(running, now=clock.now() + MINUTE)
        await running.database.close()


async def reported(desk: Desk, what: str) -> None:
    """Report something, and put it under a checkpoint."""
    await report(desk, what)
    await upkeep.close_last_checkpoint(desk, now=clock.now())


@pytest.fixture
async def line(server: Server) -> AsyncIterator[Line]:
    async with line_to(server.folder / ".s.PGSQL.5432") as opened:
        yield opened


async def over(line: Line, desk: Desk, database_url: str) -> Desk:
    """Return the same desk, which reaches its database over this line."""
    url = make_url(database_url).set(host="127.0.0.1", port=line.port, query={"gssencmode": "disable"})
    opened = database.connect(url.render_as_string(hide_password=False))
    sealing.lend(opened, desk.vault)
    return replace(desk, database=opened)


@pytest.mark.parametrize("after", some([1, 400, 3_000, 6_000, 9_000, 12_000, 15_000, 18_000, 21_000], most=4))
async def test_wherever_the_line_is_cut_a_report_is_stored_once_or_given_back(
    desk: Desk, sit: Sit, line: Line, database_url: str, after: int
) -> None:
    far, visitor = await over(line, desk, database_url), await visit(await sit())
    visitor.seat.client._transport.app.state.desk = far  # type: ignore[attr-defined]
    await visitor.press("now", what="told over a bad line")
    line.cut_after = after
    answer = await visitor.press("send")
    assert answer.status_code in {200, 503}
    if answer.status_code == 503:
        assert "told over a bad line" in visitor.html
        assert (await visitor.press("send")).status_code == 200
    assert await reports(desk) == 1
    await assert_settled(desk)
    await far.database.close()


async def test_a_line_that_is_reset_between_two_requests_is_not_noticed(
    desk: Desk, sit: Sit, line: Line, database_url: str
) -> None:
    far, seat = await over(line, desk, database_url), await sit()
    seat.client._transport.app.state.desk = far  # type: ignore[attr-defined]
    for _ in range(2):
        assert (await send(seat)).answer.status_code == 200
        line.reset()
    assert (await seat.get("/readyz")).text == "ok\n"
    await far.database.close()


async def test_a_line_on_which_nothing_comes_any_more_is_given_up(desk: Desk, line: Line, database_url: str) -> None:
    """Half open: the other side is gone and nobody said so. The system asks for it after ten seconds, and gives up soon."""
    far = await over(line, desk, database_url)
    async with far.database.read() as session:
        raw: Any = (await (await session.connection()).get_raw_connection()).driver_connection
        with socket.socket(fileno=os.dup(raw.fileno())) as plain:
            found = [plain.getsockopt(socket.IPPROTO_TCP, option) for option in ASKED]
    assert found == [10, 5, 3, 20_000]
    await far.database.close()


async def test_a_server_ends_what_takes_too_long(desk: Desk) -> None:
    wanted = {"statement_timeout": "15s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "5min"}
    for way in (desk.database.write, desk.database.read):
        async with way() as session:
            assert {name: await session.scalar(text(f"SHOW {name}")) for name in wanted} == wanted


@pytest.fixture
def small_place(server: Server, tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes on which the server keeps a database; its log of changes is elsewhere."""
    with small_disk(server.folder / "small", megabytes=24) as folder:
        shutil.chown(folder, server.user or "root")
        inside = folder / "rows"
        inside.mkdir()
        shutil.chown(inside, server.user or "root")
        say(server, f"CREATE TABLESPACE small LOCATION '{inside}'")
        say(server, "CREATE DATABASE small TEMPLATE migrated TABLESPACE small")
        yield folder
        (folder / "filler").unlink(missing_ok=True)
        say(server, "DROP DATABASE small WITH (FORCE)")
        say(server, "DROP TABLESPACE small")


def say(server: Server, statement: str) -> None:
    server.run("psql", "-h", str(server.folder), "-U", "postgres", "-c", statement)


async def test_where_the_servers_disk_is_full_words_are_given_back_until_there_is_room(
    desk: Desk, sit: Sit, server: Server, small_place: Path
) -> None:
    small = replace(desk, database=database.connect(server.url("small")))
    sealing.lend(small.database, desk.vault)
    async with small.database.write() as session:
        await sealing.make_desk_keys(session)
    await set_scene(small)
    seat = await sit()
    seat.client._transport.app.state.desk = small  # type: ignore[attr-defined]
    filler, words = fill(small_place), "told on a full disk " * 300
    async with asyncio.timeout(WITHIN):
        while (visitor := await send(seat, what=words)).answer.status_code == 200:
            pass
    assert (visitor.answer.status_code, visitor.answer.headers["retry-after"]) == (503, "60")
    assert words.strip() in visitor.html
    # Whether such a server can still read is its own affair.
    assert (await seat.get("/readyz")).text in {"ok\n", "database\n"}
    filler.unlink()
    assert (await visitor.press("send")).status_code == 200
    await assert_settled(small)
    await small.database.close()
