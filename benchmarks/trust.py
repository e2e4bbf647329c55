"""What sealing and the chain of evidence cost: a request with them, against the same with cheap functions in their place.

Processor time, in one process and in turn. The functions are exchanged here and in this process only.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Litestar
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from benchmarks.rows import STORY
from benchmarks.server import settings_for
from incidentdesk import app, clock, serve
from incidentdesk.records import checkpoints, history, sealing
from incidentdesk.records.chain import START
from incidentdesk.rules.permissions import Role
from incidentdesk.staff import sessions
from incidentdesk.staff.gate import cookie_name
from incidentdesk.tables import Incident, Member, Seal, Sealed, Stage
from incidentdesk.web.pages import Desk, warm_up

TURNS, WRITES = 120, 240
FILLED = 60
NOTES = 8
QUEUE, INCIDENT, REPORT, NOTE = "queue page", "incident page", "a report", "a note"
Exchange = Mapping[tuple[Any, str], Any]
Work = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Seat:
    """Somebody signed in at a desk, who speaks to the application without a network between."""

    desk: Desk
    app: Litestar
    cookie: str
    csrf: str
    exchange: Exchange
    incident: str = ""

    async def ask(self, method: str, path: str, **form: str) -> None:
        """Send one request and see that it was answered as wished."""
        address, _, query = path.partition("?")
        host = self.desk.settings.base_url.partition("//")[2]
        headers = {"host": host, "cookie": self.cookie, "content-type": "application/x-www-form-urlencoded"}
        scope: dict[str, Any] = {"type": "http", "method": method, "path": address, "raw_path": address.encode()}
        scope |= {"root_path": "", "http_version": "1.1", "scheme": "http", "asgi": {"version": "3.0"}}
        scope |= {"query_string": query.encode(), "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80)}
        scope |= {"headers": [(name.encode(), value.encode()) for name, value in headers.items()]}
        body = urlencode({"csrf": self.csrf, **form}).encode() if form else b""
        said: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:  # noqa: ANN401 - as the protocol has it
            said.append(message)

        await self.app(scope, receive, send)  # type: ignore[arg-type]  # a plain dictionary is what servers hand over
        assert said[0]["status"] in {200, 303}, (path, said)

    async def look(self, what: str) -> None:
        """Open a page."""
        await self.ask("GET", "/desk?view=open" if what == QUEUE else self.incident)

    async def write(self, what: str) -> None:
        """Send a report, or add a note."""
        if what == NOTE:
            await self.ask("POST", f"{self.incident}/notes", note=STORY, form_id=secrets.token_hex(8))
            return
        form = self.desk.vault.signed("form", f"{secrets.token_hex(16)}.{int(clock.now().timestamp()) - 60}")
        told = {"what": STORY, "kind": "mail", "people": "yes", "name": "Nel", "reach": "email"}
        await self.ask("POST", "/report", form=form, email="nel@example.org", share="desk", go="send", **told)


def costs(folder: Path) -> dict[str, float]:
    """Return for each page and each write how many times the processor time it takes because of what makes it safe."""
    return asyncio.run(_costs(folder))


async def _costs(folder: Path) -> dict[str, float]:
    pages = await _pages(inside(folder, "pages"))
    kinds = {"": {}, "sealing": CHEAP_SEALING, "chain": CHEAP_CHAIN}
    seats = {name: await _seat(inside(folder, f"writes-{name}"), exchange) for name, exchange in kinds.items()}
    await _unguard(seats["chain"].desk)
    found = pages
    for what in (REPORT, NOTE):
        whole, *others = await _in_turn([_writing(seat, what) for seat in seats.values()], WRITES)
        # Everything is put under a checkpoint once a minute; a request bears its part of it.
        whole_with = whole + await _checkpoint_of_one(seats[""])
        found[f"{what}: sealing"], found[f"{what}: chain"] = whole / others[0], whole_with / others[1]
    for seat in seats.values():
        await seat.desk.database.close()
    return found


async def _pages(folder: Path) -> dict[str, float]:
    seat = await _seat(folder, {})
    remembered: dict[bytes, Any] = {}
    own = seat.desk.database.info
    own["open"] = _remembering(remembered)
    # The first look at a report is written down, and read by the second.
    for what in (QUEUE, INCIDENT, INCIDENT):
        await seat.look(what)
    own["open"] = _open
    # The same database, with what is sealed coming out of memory and no key asked for.
    info = own | {
        "open": lambda _info, row, seal: remembered[_blob(row, seal)],
        "fetch": lambda *_: None,
    }
    desk = replace(seat.desk, database=replace(seat.desk.database, info=info))
    bare = replace(seat, desk=desk, app=app.build(desk))
    found = {}
    for what in (QUEUE, INCIDENT):
        sealed, opened = await _in_turn([_looking(one, what) for one in (seat, bare)], TURNS)
        found[f"{what}: sealing"] = sealed / opened
    await seat.desk.database.close()
    return found


_open = sealing._open  # noqa: SLF001 - what is measured


def _blob(row: Sealed, seal: Seal) -> bytes:
    blob: bytes = getattr(row, row.COLUMNS[seal])
    return blob


def _remembering(remembered: dict[bytes, Any]) -> Callable[[dict[str, Any], Sealed, Seal], Any]:
    def remember(info: dict[str, Any], row: Sealed, seal: Seal) -> Any:  # noqa: ANN401 - whatever is sealed
        remembered[_blob(row, seal)] = _open(info, row, seal)
        return remembered[_blob(row, seal)]

    return remember


def _looking(seat: Seat, what: str) -> Work:
    return lambda: seat.look(what)


def _writing(seat: Seat, what: str) -> Work:
    async def work() -> None:
        with exchanged(seat.desk, seat.exchange):
            await seat.write(what)

    return work


async def _in_turn(works: Sequence[Work], turns: int) -> list[float]:
    """Return the processor seconds of each work, of the tenth of its turns that was disturbed least."""
    for work in works:
        await work()
    # As in the real server: what is there already is not looked through again and again.
    warm_up()
    taken: list[list[float]] = [[] for _ in works]
    for turn in range(turns):
        for place in sorted(range(len(works)), key=lambda number: (number + turn) % len(works)):
            before = time.process_time()
            await works[place]()
            taken[place].append(time.process_time() - before)
    return [sorted(seconds)[turns // 10] for seconds in taken]


async def _checkpoint_of_one(seat: Seat) -> float:
    """Return the part of one entry in a checkpoint over many; a request writes one."""
    before = time.process_time()
    async with seat.desk.database.write() as session:
        made = await checkpoints.close_checkpoint(session, seat.desk.vault, now=clock.now())
    assert made is not None
    return (time.process_time() - before) / made.count


async def _seat(folder: Path, exchange: Exchange) -> Seat:
    """Open a desk with reports, one of them with notes, and sit down at it."""
    desk = await serve.open_desk(settings_for(folder))
    now = clock.now()
    async with desk.database.write() as session:
        member = Member(name="Bench", email="bench@example.org", role=Role.DPO, zone="Europe/Amsterdam", created_at=now)
        session.add(member)
        await session.flush()
        token = await sessions.open_session(session, member, stage=Stage.FULL, now=now)
    csrf = desk.vault.hash("csrf", sessions.hash_token(token))
    seat = Seat(desk, app.build(desk), f"{cookie_name(desk.settings)}={token}", csrf, exchange)
    with exchanged(desk, exchange):
        for _ in range(FILLED):
            await seat.write(REPORT)
        async with desk.database.read() as session:
            reference = await session.scalar(select(Incident.reference).order_by(Incident.id).limit(1))
        seat = replace(seat, incident=f"/desk/incidents/{reference}")
        for _ in range(NOTES):
            await seat.write(NOTE)
    return seat


async def _unguard(desk: Desk) -> None:
    """Take the triggers away: they are part of what the chain costs."""
    async with desk.database.write() as session:
        for name in list(await session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))):
            await session.execute(text(f"DROP TRIGGER {name}"))


@contextmanager
def exchanged(desk: Desk, exchange: Exchange) -> Iterator[None]:
    """Let cheap functions stand in the place of ours."""
    ours, fetch = {place: getattr(*place) for place in exchange}, desk.database.info["fetch"]
    for (module, name), cheap in exchange.items():
        setattr(module, name, cheap)
    desk.database.info["fetch"] = exchange.get((sealing, "_fetch"), fetch)
    try:
        yield
    finally:
        desk.database.info["fetch"] = fetch
        for (module, name), own in ours.items():
            setattr(module, name, own)


def _packed(_key: bytes, values: dict[str, Any], *, place: bytes) -> bytes:
    del place
    return msgspec.msgpack.encode(values)


def _unpacked(_key: bytes, blob: bytes, *, place: bytes) -> Any:  # noqa: ANN401 - whatever was packed
    del place
    return msgspec.msgpack.decode(blob)


def _no_keys(session: Session, scopes: set[UUID], _seals: object = None) -> None:
    session.info.setdefault("keys", {}).update({(scope, seal): b"" for scope in scopes for seal in Seal})


CHEAP_SEALING: Exchange = {
    (sealing, "close_values"): _packed,
    (sealing, "open_values"): _unpacked,
    (sealing, "_fetch"): _no_keys,
    (sealing, "_make_keys"): lambda session, scope, *_seals: _no_keys(session, {scope}),
}
CHEAP_CHAIN: Exchange = {
    (history, "link"): lambda _previous, _entry: START,
    (history, "_head"): lambda _session, _incident: (0, START),
    (sealing, "note"): lambda _session, _row: None,
}


def inside(folder: Path, name: str) -> Path:
    """Make a folder for one measurement."""
    path = folder / name
    path.mkdir()
    return path
