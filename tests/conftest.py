"""What every test may ask for: an empty, migrated database on either engine, and a real browser."""

import gc
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import httpx
import psycopg
import pytest
from playwright.async_api import Browser, async_playwright
from sqlalchemy import Engine, make_url

from incidentdesk import clock
from incidentdesk import database as incidentdesk_database
from incidentdesk.mail import signs
from incidentdesk.records import sealing
from incidentdesk.records.vault import Vault, open_vault
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import Settings
from incidentdesk.tables import Member
from incidentdesk.web.pages import Desk
from tests import people
from tests.mail.relay import Relay, relay
from tests.people import Seat, sit_down

if TYPE_CHECKING:
    from litestar import Litestar

    from incidentdesk.database import Database

WANTED = "INCIDENTDESK_TEST_DATABASE"
SERVER = "INCIDENTDESK_TEST_SERVER"
# In a run on the second database, what asks for none would show the same again.
ONLY_DATABASE = "INCIDENTDESK_TEST_ONLY_DATABASE"
BROWSER = Path(__file__).parent / "browser"
ASKS_FOR_ONE = frozenset({"database_url", "template_url", "chromium_path"})
ENOUGH = 1 << 30
MEMORY = "/dev/shm"  # noqa: S108 - where Linux keeps files in memory; pytest makes a folder of its own there
# First the one without windows: the same pages in two thirds of the time.
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
numbers = count(1)
# The first engine of this run, whose compiled statements serve all others.
compiled: dict[str, Engine] = {}


def pytest_configure(config: pytest.Config) -> None:
    """Choose memory to work in, and start the one PostgreSQL of this run; the workers find both in their environment."""
    # Looking for cycles among everything that was imported takes a tenth of a run.
    gc.set_threshold(50_000, 20, 50)
    if os.access(MEMORY, os.W_OK):
        # Every test commits to a database of its own, and a disk would make each commit wait.
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)
    if os.environ.get(WANTED, "sqlite") != "postgresql" or hasattr(config, "workerinput"):
        return
    from tests import postgresql  # noqa: PLC0415  a machine without it runs on SQLite

    try:
        server = postgresql.start(
            MEMORY if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH else None
        )
    except postgresql.NoServerError as error:
        pytest.exit(str(error), returncode=3)
    os.environ[SERVER] = server.url("postgres")
    config.add_cleanup(lambda: postgresql.stop(server))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where only the database differs from an earlier run, keep what asks for it, and the browser's, which run there alone."""
    if os.environ.get(ONLY_DATABASE) != "1":
        return
    left = {item for item in items if not asks_for_one(item)}
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


def asks_for_one(item: pytest.Item) -> bool:
    """Say whether another database may change what a test shows, or whether it is about the browser's pages."""
    if item.get_closest_marker("either_database"):
        return False
    fixtures: Iterable[str] = getattr(item, "fixturenames", ())
    return BROWSER in item.path.parents or not ASKS_FOR_ONE.isdisjoint(fixtures)


def pytest_report_header() -> str:
    return f"database: {os.environ.get(WANTED, 'sqlite')}"


@pytest.fixture(scope="session")
def template_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> str:
    """A migrated database that nobody writes to; each worker has its own."""
    if SERVER in os.environ:
        name = f"template_{worker_id}"
        administer(f"create database {name}")
        url = address(name)
    else:
        url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('template') / 'template.sqlite3'}"
    incidentdesk_database.migrate(url)
    return url


@pytest.fixture
def database_url(template_url: str, tmp_path: Path, worker_id: str) -> Iterator[str]:
    """The address of a fresh, migrated database for this test alone."""
    template = make_url(template_url)
    if template.get_backend_name() == "sqlite":
        path = tmp_path / "incidentdesk.sqlite3"
        shutil.copyfile(str(template.database), path)
        yield f"sqlite+aiosqlite:///{path}"
        return
    name = f"test_{worker_id}_{next(numbers)}"
    # Nothing is written to the server's log that way, which is quicker for so small a database.
    administer(f"create database {name} template {template.database} strategy file_copy")
    yield address(name)
    administer(f"drop database {name} with (force)")


@pytest.fixture(autouse=True)
def own_clock() -> Iterator[None]:
    """Go by the machine's clock again, whatever database a test went by."""
    yield
    clock.follow(None)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return open_vault(tmp_path / "keys", may_create=True)


@pytest.fixture
async def database(database_url: str, vault: Vault) -> AsyncIterator["Database"]:
    opened = incidentdesk_database.connect(database_url)
    share_compiled(opened)
    sealing.lend(opened, vault)
    async with opened.write() as session:
        await sealing.make_desk_keys(session)
        await signs.begin(session)
    yield opened
    await opened.close()


def share_compiled(opened: "Database") -> None:
    """Compile each statement once per run: an engine keeps its own, and every test has engines of its own."""
    for engine in (opened.writer.sync_engine, opened.reader.sync_engine):
        first = compiled.setdefault("first", engine)
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache


@pytest.fixture(scope="session")
def chromium_path() -> str:
    named = os.environ.get("INCIDENTDESK_CHROMIUM")
    path = named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if path is None:
        if os.environ.get("INCIDENTDESK_REQUIRE_BROWSER") == "1":
            pytest.fail("No Chromium was found, and INCIDENTDESK_REQUIRE_BROWSER asks for one.")
        pytest.skip("no Chromium on this machine")
    return path


@pytest.fixture(scope="session")
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    """Debian's Chromium, driven without any download; the sandbox needs rights that containers lack."""
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    arguments += ["--disable-background-networking", "--disable-component-update"]
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium_path, args=arguments)
        yield opened
        await opened.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    plain = Settings(data_dir=tmp_path, public_url="http://desk.test", organisation="Acme", minimum_fill_seconds=0)
    # A ballast and a mail of the day would be in the way of most.
    return replace(plain, ballast_mb=0, alive_mail="nobody")


@pytest.fixture
def desk(database: "Database", settings: Settings, vault: Vault) -> Desk:
    return Desk(settings, database, vault)


@pytest.fixture
async def post() -> AsyncIterator[Relay]:
    """A mail relay that takes everything."""
    async with relay() as opened:
        yield opened


@pytest.fixture(scope="session")
def app() -> "Litestar":
    """The whole product, put together once; each test gives it a desk of its own."""
    from incidentdesk.app import build  # noqa: PLC0415 - only where a test asks for it

    return build(cast("Any", None))


@pytest.fixture
async def sit(desk: Desk, app: "Litestar") -> AsyncIterator[Callable[..., Awaitable[Seat]]]:
    """Seat people in front of browsers of their own: `await sit(Role.DPO)`, `await sit(rosa)`, `await sit()` outside."""
    app.state.desk = desk
    async with AsyncExitStack() as stack:

        async def one(who: Role | Member | None = None, *, name: str = "") -> Seat:
            transport = httpx.ASGITransport(cast("Any", app), raise_app_exceptions=False)
            client = httpx.AsyncClient(transport=transport, base_url="http://desk.test")
            await stack.enter_async_context(client)
            if who is None:
                return Seat(None, client)
            now = clock.now()
            member = who if isinstance(who, Member) else people.member(who, now=now, name=name)
            return await sit_down(desk, client, member, now=now)

        yield one


def address(name: str) -> str:
    return make_url(os.environ[SERVER]).set(database=name).render_as_string(hide_password=False)


def administer(statement: str) -> None:
    """Say one thing to the server outside any transaction; databases are made and dropped that way."""
    plain = make_url(os.environ[SERVER]).set(drivername="postgresql").render_as_string(hide_password=False)
    connection(plain).execute(statement.encode())


@cache
def connection(url: str) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True)
