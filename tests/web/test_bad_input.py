"""Whatever arrives at whatever door: an answer that is no fault of ours, and nobody else waits for it."""

import asyncio
import gc
import logging
import random
import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from ipaddress import ip_network
from itertools import count
from pathlib import Path

import pytest
from litestar import Litestar

from incidentdesk import clock
from incidentdesk.escalation import ladder
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import Settings
from incidentdesk.staff import actions, passwords
from incidentdesk.web.pages import Desk, warm_up
from tests.intake.visitor import code_in, send
from tests.people import Sit, member
from tests.staff.conftest import CHEAP
from tests.thorough import ON_SQLITE, THOROUGH, walks
from tests.triage.reports import file
from tests.web.asgi import call, hang_up, routes
from tests.web.attack import HAS_TURNS, Attack, Watcher
from tests.web.corpus import BODIES
from tests.web.test_headers import BEARER, TOKEN

# A request has six oddities: the build tries a hundred thousand on SQLite, ten thousand on PostgreSQL, and a few while working.
PARTS, REQUESTS = (10, 1_600 if ON_SQLITE else 160) if THOROUGH else (3, 120)
LONGEST_STALL = 0.050
LONGEST_WAIT = 5 * LONGEST_STALL
# How often Python looks for garbage where nobody says anything else.
PYTHONS_OWN = (700, 10, 10)
SESSION = 250
NEEDS_TURNS = pytest.mark.skipif(
    not HAS_TURNS, reason="this system does not tell how long a thread waited for its turn"
)
log = logging.getLogger(__name__)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    proxy = (ip_network("192.0.2.7/32"),)
    return Settings(
        data_dir=tmp_path,
        public_url="http://desk.test",
        trusted_proxies=proxy,
        minimum_fill_seconds=0,
        metrics_token=TOKEN,
    )


@pytest.fixture
def _as_served(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Warm, as the server is, and with passwords that cost nothing."""
    monkeypatch.setattr(passwords, "_HASHER", CHEAP)
    monkeypatch.setattr(passwords, "_NOBODY", CHEAP.hash("nobody"))
    warm_up()
    usual = gc.get_threshold()
    gc.set_threshold(*PYTHONS_OWN)
    yield
    gc.set_threshold(*usual)
    gc.unfreeze()


async def prepared(desk: Desk, sit: Sit, app: Litestar, seed: int) -> Attack:
    """A desk with an incident, a reporter's code, a member who may do everything and one who was invited."""
    code = code_in((await send(await sit())).html)
    incident, ada, now = await file(desk, now=clock.now()), await sit(Role.ADMINISTRATOR), clock.now()
    async with desk.database.write() as session:
        newcomer = member(Role.READER, now=now, name="Nova Join")
        session.add(newcomer)
        await session.flush()
        token = await actions.make_link(session, newcomer, now=now)
        await ladder.seed(session)
    real = {"ref": incident.reference, "reference": incident.reference, "member_id": str(newcomer.id), "token": token}
    attack = Attack(app, random.Random(seed), ada, {**real, "name": "desk.js"}, code)  # noqa: S311 - to be repeated, not to be secret
    await attack.look_around()
    return attack


@pytest.mark.usefixtures("_as_served")
@pytest.mark.parametrize("seed", walks(PARTS))
async def test_no_input_is_a_fault_or_keeps_others_waiting(desk: Desk, sit: Sit, app: Litestar, seed: int) -> None:
    attack, watcher = await prepared(desk, sit, app, seed), Watcher(LONGEST_STALL, LONGEST_WAIT)
    beating, slow = asyncio.create_task(watcher.run()), []
    for number in range(REQUESTS):
        await attack.strike(watcher)
        if watcher.worst >= 1:
            slow += [watcher.where] if await watcher.sees_again(*attack.sent) else []
        if number % SESSION == SESSION - 1:
            attack.seat = await sit(attack.seat.member)
    beating.cancel()
    tried = f"{REQUESTS} requests, {attack.oddities} oddities, answers {dict(attack.answers)}"
    log.info("%s, longest stall %.0f %% of what is allowed, at %s", tried, 100 * watcher.worst, watcher.where)
    assert attack.oddities > REQUESTS * 5
    assert slow == []
    assert attack.answers.keys() >= {200, 303, 401, 403, 404, 422}
    await everything_opens(attack)


@pytest.mark.usefixtures("_as_served")
async def test_no_body_as_a_whole_keeps_others_waiting(desk: Desk, sit: Sit, app: Litestar) -> None:
    attack, watcher = await prepared(desk, sit, app, 0), Watcher(LONGEST_STALL, LONGEST_WAIT)
    beating, slow = asyncio.create_task(watcher.run()), []
    for body in BODIES:
        for target in ("/report", "/r/messages", "/desk/profile"):
            watcher.now = f"{target} {body[:20]!r} and so on, {len(body)} bytes"
            send = partial(call, app, "POST", target, headers=attack._headers(), body=body)
            assert (await send()).status < 500, watcher.now
            slow += [watcher.where] if await watcher.sees_again(send) else []
    beating.cancel()
    assert slow == []


async def test_whoever_hangs_up_in_the_middle_leaves_no_fault_in_the_log(
    sit: Sit, app: Litestar, caplog: pytest.LogCaptureFixture
) -> None:
    await sit()
    for route in (route for route in routes(app) if route.method == "POST"):
        answer = await hang_up(app, route.address(), begun=b"what=x")
        assert 400 <= answer.status < 500, route
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def keep_busy() -> None:
    until = time.thread_time() + LONGEST_STALL * 1.5
    while time.thread_time() < until:
        pass


def stand_still() -> None:
    time.sleep(LONGEST_WAIT * 1.2)


@pytest.mark.parametrize("hinder", [keep_busy, pytest.param(stand_still, marks=NEEDS_TURNS)])
@pytest.mark.parametrize("slow_times, seen", [(1, False), (3, False), (4, True)])
async def test_what_keeps_others_waiting_now_and_then_is_the_machine_and_always_is_a_fault(
    hinder: Callable[[], None], *, slow_times: int, seen: bool
) -> None:
    watcher, left = Watcher(LONGEST_STALL, LONGEST_WAIT, now="a page"), count(slow_times, -1)
    beating = asyncio.create_task(watcher.run())
    await asyncio.sleep(0.01)

    async def send() -> None:
        if next(left) > 0:
            hinder()

    await send()
    assert await watcher.sees_again(send) is seen
    beating.cancel()
    assert watcher.where == "a page"


async def everything_opens(attack: Attack) -> None:
    """Whatever was stored meanwhile, every page can still be shown."""
    for route in routes(attack.app):
        # Where a part was made up there is nothing to see.
        if route.method == "GET" and set(re.findall(r"{(\w+):", route.path)) <= attack.real.keys() - {"token"}:
            headers = (*attack._headers(), BEARER)
            answer = await call(attack.app, "GET", route.address(**attack.real), headers=headers)
            assert answer.status in {200, 303}, route
