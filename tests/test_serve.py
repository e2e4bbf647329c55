"""`incidentdesk serve` as whoever runs it meets it: a real process, its first words, its files, its end."""

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import TypeVar

import httpx
import pytest
from sqlalchemy import select

from incidentdesk import clock, serve
from incidentdesk.database import lock_beside
from incidentdesk.records import epochs
from incidentdesk.records.vault import KeyFileError
from incidentdesk.serve import AddressError
from incidentdesk.settings import Settings
from incidentdesk.tables import DESK_SCOPE, DataKey, Heartbeat
from tests.patience import WITHIN
from tests.triage.reports import file

Seen = TypeVar("Seen")
ROOT = Path(__file__).parent.parent
LINK = re.compile(r"http://\S+/desk/welcome/\S+")
GREETED = re.compile(r"incidentdesk is at (http://\S+)")


@contextmanager
def started(data: Path, *words: str, **more: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Start the program as a process of its own and read what it says until its last line of greeting."""
    settings = {"INCIDENTDESK_DATA_DIR": str(data), "PORT": "0", "HOST": "127.0.0.1", **more}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INCIDENTDESK_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "incidentdesk.cli", *words],
        cwd=ROOT,
        env=kept | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = []
    with process:
        for line in process.stdout:
            said.append(line)
            if line.startswith("No mail server is set"):
                break
        try:
            yield process, said
        finally:
            process.kill()


def test_a_first_start_greets_answers_and_ends_when_told_to(tmp_path: Path) -> None:
    data = tmp_path / "data"
    # Its ballast would be laid sooner or later than the end, too.
    with started(data, "serve", INCIDENTDESK_BALLAST_MB="0") as (process, said):
        greeting = "".join(said)
        address, link = GREETED.search(greeting), LINK.search(greeting)
        assert address, greeting
        assert link, greeting
        assert httpx.get(f"{address[1]}/healthz", timeout=WITHIN).text == "ok\n"
        assert "the first one here" in httpx.get(link[0], timeout=WITHIN).text
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=WITHIN)
        assert process.returncode == 0
        # The day's first look at the evidence comes sooner or later than the end of the greeting.
        assert [line for line in rest.splitlines() if "evidence:" not in line] == []
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in (data, *data.rglob("*"))}
    epoch = f"epoch-{clock.now():%Y%m%d}.key"
    names = ("incidentdesk.sqlite3", "incidentdesk.worker", "incidentdesk.stand-in", "master.key", "newest-checkpoint")
    assert modes == {"data": "0o700", "keys": "0o700", **dict.fromkeys((*names, epoch), "0o600")}


def log_of_a_wrong_password(data: Path, **more: str) -> str:
    """Run the program, try to sign in as nobody, and return what it wrote."""
    with started(data, "serve", **more) as (process, said):
        address = GREETED.search("".join(said))
        assert address
        answer = httpx.post(
            f"{address[1]}/desk/sign-in", data={"email": "a@b.example", "password": "x"}, timeout=WITHIN
        )
        assert answer.status_code == 422
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=WITHIN)
    return rest


def test_a_line_of_the_log_says_when_in_which_zone_how_grave_and_where(tmp_path: Path) -> None:
    rest = log_of_a_wrong_password(tmp_path / "data")
    line = r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} WARNING incidentdesk\.staff\.pages password refused: nobody from \w{12}"
    assert re.search(rf"{line} \[request \d{{4}}-\d{{4}}-\d{{4}}\]$", rest, flags=re.MULTILINE), rest


def test_a_log_for_machines_is_one_json_object_a_line(tmp_path: Path) -> None:
    rest = log_of_a_wrong_password(tmp_path / "data", INCIDENTDESK_LOG="json")
    lines = [json.loads(line) for line in rest.splitlines()]
    [told] = [line for line in lines if line["level"] == "WARNING"]
    assert told.keys() == {"time", "level", "logger", "message", "request"}
    assert datetime.fromisoformat(told["time"]).tzinfo is not None
    assert told["logger"] == "incidentdesk.staff.pages"
    assert re.fullmatch(r"password refused: nobody from \w{12}", told["message"])


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    return Settings(data_dir=tmp_path, database_url=database_url, port=port)


@pytest.fixture
def _signals(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put the handlers of the test run back, which `run` replaces by its own; and let a drain last long enough to be told apart."""
    monkeypatch.setattr(serve, "DRAIN_SECONDS", WITHIN)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def served(settings: Settings, visit: Callable[[], Seen], *, end: int = signal.SIGTERM) -> Seen:
    """Serve in this process, visit from another thread, send the signal and return what the visitor saw."""

    def call() -> tuple[Seen, float]:
        try:
            assert wait_for(f"{settings.base_url}/healthz").text == "ok\n"
            return visit(), monotonic()
        finally:
            os.kill(os.getpid(), end)

    with ThreadPoolExecutor(1) as threads:
        seen = threads.submit(call)
        with pytest.raises(SystemExit) as ended:
            serve.run(settings)
        assert ended.value.code == 0
        saw, told = seen.result()
        assert monotonic() - told < serve.DRAIN_SECONDS / 2, "nothing was in hand that it had to wait for"
        return saw


def wait_for(address: str) -> httpx.Response:
    last = monotonic() + WITHIN
    while monotonic() < last:
        with contextlib.suppress(httpx.ConnectError):
            return httpx.get(address, timeout=WITHIN)
        sleep(0.01)
    pytest.fail(f"nobody answers at {address}")


@pytest.mark.usefixtures("_signals")
def test_every_start_without_people_prints_a_fresh_link_and_none_once_somebody_came(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    def printed() -> str:
        found = LINK.search(capsys.readouterr().out)
        return found[0] if found else ""

    first = served(settings, printed)

    def come_in() -> tuple[str, int, int]:
        link = printed()
        ada = {"name": "Ada", "email": "ada@example.org", "password": "correct horse battery"}
        return (
            link,
            httpx.get(first, timeout=WITHIN).status_code,
            httpx.post(link, data=ada, timeout=WITHIN).status_code,
        )

    second, old, new = served(settings, come_in)
    assert "" not in {first, second}
    assert first != second
    assert (old, new) == (404, 303)
    assert served(settings, printed, end=signal.SIGINT) == ""


@pytest.mark.usefixtures("_signals")
def test_a_second_start_by_mistake_ends_in_words_and_leaves_the_first_alone(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    def start_again() -> tuple[str, int]:
        link = LINK.search(capsys.readouterr().out)
        assert link
        with pytest.raises(AddressError) as refused:
            asyncio.run(serve.serve(settings))
        return str(refused.value), httpx.get(link[0], timeout=WITHIN).status_code

    words, status = served(settings, start_again)
    assert words == (
        f"cannot listen on 127.0.0.1, port {settings.port}: Address already in use; HOST and PORT choose another address"
    )
    assert status == 200


def test_an_address_of_another_machine_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(AddressError, match=r"cannot listen on 203\.0\.113\.1, port 8000"):
        asyncio.run(serve.serve(Settings(data_dir=tmp_path, host="203.0.113.1")))
    assert list(tmp_path.iterdir()) == []


def test_the_desk_listens_on_ipv6() -> None:
    try:
        with serve._listen("::1", 0) as listening:
            assert listening.family is socket.AF_INET6
    except AddressError:
        pytest.skip("no IPv6 on this machine")


def test_with_a_relay_the_greeting_speaks_of_no_missing_one(capsys: pytest.CaptureFixture[str]) -> None:
    serve._greet(Settings(smtp_host="relay", mail_from="desk@example.org", public_url="https://desk.example.org"), None)
    assert capsys.readouterr().out.splitlines() == [
        "incidentdesk is at https://desk.example.org",
        "  report form  https://desk.example.org/report",
        "  staff        https://desk.example.org/desk",
    ]


@pytest.mark.parametrize("swap", [False, True])
async def test_without_an_epoch_that_incidents_need_nothing_starts(settings: Settings, *, swap: bool) -> None:
    desk = await serve.open_desk(settings)
    first = settings.keys_dir / f"epoch-{desk.vault.epoch}.key"
    await file(desk, now=clock.now())
    await epochs.rotate(desk.database, settings.keys_dir, now=clock.now() + timedelta(days=1))
    async with desk.database.write() as session:
        row = (await session.scalars(select(DataKey).where(DataKey.scope != DESK_SCOPE).limit(1))).one()
        row.epoch = first.stem.removeprefix("epoch-")
    await desk.database.close()
    first.write_bytes(bytes(32)) if swap else first.unlink()
    with pytest.raises(KeyFileError, match="incidents need it"):
        await serve.open_desk(settings)


@pytest.mark.parametrize("job", [serve.serve, serve.work])
@pytest.mark.usefixtures("_signals")
def test_a_worker_that_cannot_even_wait_for_its_turn_ends_the_process_in_words(
    settings: Settings, job: Callable[[Settings], Coroutine[None, None, None]]
) -> None:
    path = lock_beside(settings.database, "worker")
    if path is None:
        pytest.skip("only SQLite has one worker")
    path.mkdir()
    with pytest.raises(IsADirectoryError, match=r"incidentdesk\.worker"):
        asyncio.run(job(settings))


async def test_the_first_start_of_all_counts_as_a_sign_of_life_and_later_ones_do_not(settings: Settings) -> None:
    for _ in range(2):
        desk = await serve.open_desk(settings)
        async with desk.database.read() as session:
            beats = list(await session.scalars(select(Heartbeat.id)))
        await desk.database.close()
        assert len(beats) == 1
