"""What a watchdog is told: `ok`, or one word for each thing that is amiss, and nothing else."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import text, update

from incidentdesk import clock
from incidentdesk.database import connect
from incidentdesk.mail import signs
from incidentdesk.settings import Settings
from incidentdesk.tables import Clock, MailState, OutboxMail
from incidentdesk.web.pages import Desk
from tests.hands import take_hands
from tests.mail.scene import NOW, Scene, add_incident, set_scene
from tests.people import Sit

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
READY, ALERTING = "/readyz", "/health/escalations"
Ask = Callable[[str], Awaitable[tuple[int, str]]]


@pytest.fixture
async def ask(sit: Sit) -> Ask:
    """Ask a health page as anybody may."""
    client = (await sit()).client

    async def one(path: str) -> tuple[int, str]:
        answer = await client.get(path)
        assert answer.headers["cache-control"] == "no-store"
        return answer.status_code, answer.text

    return one


@pytest.fixture
async def scene(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return await set_scene(desk)


def change(app: Litestar, **values: Any) -> None:
    app.state.desk = replace(app.state.desk, **values)


async def say(desk: Desk, *statements: str) -> None:
    async with desk.database.write() as session:
        for statement in statements:
            await session.execute(text(statement))


async def add_mail(desk: Desk, due_at: datetime, **values: Any) -> None:
    moments = {"created_at": due_at, "due_at": due_at, "give_up_at": due_at + timedelta(days=3)}
    async with desk.database.write() as session:
        session.add(OutboxMail(dedupe="test", letter="test", message_id="1", **{**moments, **values}))


@pytest.mark.parametrize("path", ["/healthz", READY, ALERTING])
async def test_where_all_is_well_it_says_ok(ask: Ask, path: str) -> None:
    assert await ask(path) == (200, "ok\n")


@pytest.mark.parametrize("path", [READY, ALERTING])
async def test_a_database_that_is_away_is_named(ask: Ask, app: Litestar, settings: Settings, path: str) -> None:
    away = connect(f"sqlite+aiosqlite:///{settings.data_dir}/nowhere/desk.sqlite3")
    change(app, database=away)
    assert await ask(path) == (503, "database\n")
    assert await ask("/healthz") == (200, "ok\n")
    await away.close()


async def test_a_database_of_another_version_is_named(ask: Ask, desk: Desk) -> None:
    await say(desk, "update alembic_version set version_num = '0001'")
    assert await ask(READY) == (503, "schema\n")


@pytest.mark.parametrize("name", ["master.key", "epoch-*.key"])
@pytest.mark.parametrize("content", [None, b"short", bytes(32)], ids=["lost", "cut", "another"])
async def test_a_key_that_does_not_open_is_named(ask: Ask, desk: Desk, name: str, content: bytes | None) -> None:
    (path,) = desk.settings.keys_dir.glob(name)
    path.unlink() if content is None else path.write_bytes(content)
    path.parent.chmod(0o700)
    assert await ask(READY) == (503, "keys\n")


async def test_keys_that_others_can_change_are_named(ask: Ask, desk: Desk) -> None:
    desk.settings.keys_dir.chmod(0o777)
    assert await ask(READY) == (503, "keys\n")


async def test_a_trigger_that_was_removed_is_named(ask: Ask, desk: Desk) -> None:
    is_sqlite = desk.database.writer.dialect.name == "sqlite"
    await say(desk, "drop trigger history_entry_is_" + ("not_changed" if is_sqlite else "kept on history_entry"))
    assert await ask(READY) == (503, "triggers\n")


async def test_what_is_amiss_at_the_same_time_is_named_line_by_line(ask: Ask, desk: Desk, app: Litestar) -> None:
    desk.settings.keys_dir.chmod(0o777)
    is_sqlite = desk.database.writer.dialect.name == "sqlite"
    await say(desk, "drop trigger history_entry_is_" + ("not_changed" if is_sqlite else "kept on history_entry"))
    await say(desk, "delete from heartbeat")
    change(app, settings=replace(desk.settings, files_mb_free=10**9))
    assert await ask(READY) == (503, "keys\ntriggers\n")
    assert await ask(ALERTING) == (503, "worker\ndisk\n")


@pytest.mark.parametrize("ago, answer", [(119, (200, "ok\n")), (120, (200, "ok\n")), (121, (503, "late\n"))])
async def test_a_mail_that_is_two_minutes_late_is_told(
    ask: Ask, scene: Scene, ago: int, answer: tuple[int, str]
) -> None:
    await add_mail(scene.desk, NOW - ago * SECOND)
    assert await ask(ALERTING) == answer


@pytest.mark.parametrize("state", [MailState.SENT, MailState.DEAD, MailState.SKIPPED])
async def test_a_mail_that_is_settled_is_never_late(ask: Ask, scene: Scene, state: MailState) -> None:
    await add_mail(scene.desk, NOW - MINUTE * 60, state=state)
    assert await ask(ALERTING) == (200, "ok\n")


@pytest.mark.parametrize(
    "looked, answer",
    [
        ({"next_check_at": NOW - 120 * SECOND}, (200, "ok\n")),
        ({"next_check_at": NOW - 121 * SECOND}, (503, "late\n")),
        ({"next_check_at": None}, (200, "ok\n")),
        ({"next_check_at": NOW + MINUTE, "failures": 2}, (200, "ok\n")),
        ({"next_check_at": NOW + MINUTE, "failures": 3}, (503, "late\n")),
        ({"next_check_at": None, "failures": 3}, (200, "ok\n")),
    ],
    ids=str,
)
async def test_a_step_that_is_two_minutes_late_is_told(
    ask: Ask, scene: Scene, looked: dict[str, Any], answer: tuple[int, str]
) -> None:
    await add_incident(scene.desk)
    async with scene.desk.database.write() as session:
        await session.execute(update(Clock).values(looked))
    assert await ask(ALERTING) == answer


@pytest.mark.parametrize("seconds, answer", [(59, (200, "ok\n")), (61, (503, "worker\n"))])
async def test_a_worker_that_is_silent_for_a_minute_is_told(
    ask: Ask, desk: Desk, monkeypatch: pytest.MonkeyPatch, seconds: int, answer: tuple[int, str]
) -> None:
    await take_hands(monkeypatch).last_beat(desk, seconds * SECOND)
    assert await ask(ALERTING) == answer


@pytest.mark.parametrize("seconds, answer", [(179, (200, "ok\n")), (180, (503, "relay\n"))])
async def test_a_relay_that_is_away_for_three_minutes_is_told_while_mails_wait(
    ask: Ask, scene: Scene, monkeypatch: pytest.MonkeyPatch, seconds: int, answer: tuple[int, str]
) -> None:
    hands = take_hands(monkeypatch)
    async with scene.desk.database.write() as session:
        await signs.note_relay(session, let_in=False)
    hands.now += seconds * SECOND
    await hands.last_beat(scene.desk, SECOND)
    assert await ask(ALERTING) == (200, "ok\n")
    await add_mail(scene.desk, NOW + MINUTE)
    assert await ask(ALERTING) == answer


async def test_a_disk_below_its_floor_is_told(ask: Ask, desk: Desk, app: Litestar) -> None:
    change(app, settings=replace(desk.settings, files_mb_free=10**9))
    assert await ask(ALERTING) == (503, "disk\n")


async def test_a_folder_that_is_gone_is_told(ask: Ask, desk: Desk, app: Litestar) -> None:
    change(app, settings=replace(desk.settings, data_dir=desk.settings.data_dir / "gone"))
    assert await ask(ALERTING) == (503, "disk\n")
