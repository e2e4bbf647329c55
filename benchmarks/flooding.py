"""A flood of reports through the public form, from many networks, and one honest report among them."""

import asyncio
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx

from benchmarks import measures, posting
from benchmarks.lines import Line
from benchmarks.measures import Filled
from benchmarks.posting import Sink
from benchmarks.server import serving
from incidentdesk.records.vault import Vault, open_vault
from incidentdesk.staff.gate import cookie_name

AT_ONCE, UNAVAILABLE, TRIES = 8, 503, 30
FLOOD, REST_SECONDS, MAILS_AT_MOST, LOOKS = 10_000, 5.0, 10, 60
# What an honest person waits for the answer, while eight at once send as fast as they are answered.
WAIT_AT_MOST = 1.0
FAKE = {"what": "buy cheap watches", "kind": "else", "people": "unknown"}
HONEST = {"what": "All our files are locked and a note asks for money", "kind": "systems", "s_sign": "ransom"}


async def flood(client: httpx.AsyncClient, vault: Vault, number: int) -> Sequence[int]:
    """Send so many, the honest one in the middle; each comes from another network. Return the statuses of the answers."""
    waiting = [FAKE] * (number // 2) + [HONEST] + [FAKE] * (number - number // 2 - 1)
    numbered = iter(enumerate(waiting))

    async def send_some() -> list[int]:
        return [await _send(client, vault, told, number=number) for number, told in numbered]

    found = await asyncio.gather(*(send_some() for _ in range(AT_ONCE)))
    return [status for some in found for status in some]


def measured(folder: Path) -> Iterator[Line]:
    """Send honest reports among a flood; say how long they took, and whether a human finds them."""
    with posting.sink(0) as sink:
        more = sink.settings | {"TRUSTED_PROXIES": "127.0.0.1/32", "REPORTS_PER_MINUTE": "200", "ALIVE_MAIL": "nobody"}
        desk = measures.filled(folder, 1, more)
        asyncio.run(posting.stand_by(desk.settings))
        with serving(desk.settings, more=more):
            found = asyncio.run(_flooded(desk))
            mails = asyncio.run(_mails(sink))
    yield Line(f"{FLOOD:,} reports of nobody: a second, not taken", f"{FLOOD / found.seconds:.0f}, {found.refused}")
    line = f"  an honest one among them: half, the slowest (promise: at most {WAIT_AT_MOST:.0f} s)"
    yield Line(line, f"{median(found.waits):.2f}, {max(found.waits):.2f} s", max(found.waits) <= WAIT_AT_MOST)
    on_top = f"{found.on_top} of {len(found.waits)}"
    yield Line("  honest ones on top of the queue (promise: all)", on_top, found.on_top == len(found.waits))
    yield Line(f"  mails to people (promise: 1 to {MAILS_AT_MOST})", f"{mails}", 1 <= mails <= MAILS_AT_MOST)


@dataclass(frozen=True)
class Flooded:
    """What became of a flood, and of the honest ones in it."""

    refused: int
    seconds: float
    waits: Sequence[float]
    on_top: int


async def _flooded(desk: Filled) -> Flooded:
    vault = open_vault(desk.settings.keys_dir, may_create=False)
    async with httpx.AsyncClient(base_url=desk.settings.base_url, timeout=60) as client:
        began = time.perf_counter()
        rushing = asyncio.create_task(flood(client, vault, FLOOD))
        waits: list[float] = []
        while not rushing.done():
            await asyncio.sleep(REST_SECONDS)
            waits.append(await _honest(client, vault, len(waits)))
        statuses, seconds = await rushing, time.perf_counter() - began
        client.cookies.set(cookie_name(desk.settings), desk.token)
        queue = (await client.get("/desk")).text
    rows = queue.split("<tr data-row")[1:]
    # The flood has an honest one of its own, as severe as ours.
    on_top = [HONEST["what"] in row for row in rows[: len(waits) + 1]]
    return Flooded(len(statuses) - statuses.count(httpx.codes.OK), seconds, waits, sum(on_top) - 1)


async def _mails(there: Sink) -> int:
    """Return how many mails came, once the first one is there: a short flood is over before the worker looks again."""
    for _ in range(LOOKS):
        if (mails := (await posting.counted(there))[0]) > 0:
            return mails
        await asyncio.sleep(1)
    return 0


async def _honest(client: httpx.AsyncClient, vault: Vault, number: int) -> float:
    """Send one from a network of its own, and return how many seconds the answer took."""
    began = time.perf_counter()
    status = await _send(client, vault, HONEST, number=FLOOD + number * 250)
    assert status == httpx.codes.OK, "an honest report was not taken"
    return time.perf_counter() - began


async def _send(client: httpx.AsyncClient, vault: Vault, told: dict[str, str], *, number: int) -> int:
    form = vault.signed("form", f"{secrets.token_hex(16)}.{int(time.time()) - 60}")
    # As the proxy says it.
    headers = {"x-forwarded-for": f"198.18.{number // 250}.{number % 250}"}
    sent = {"form": form, "go": "send", **told}
    status = UNAVAILABLE
    for _ in range(TRIES):
        status = (await client.post("/report", data=sent, headers=headers)).status_code
        if status != UNAVAILABLE:
            break
        # Whoever is told that nothing was stored presses the button again.
        await asyncio.sleep(1)
    return status
