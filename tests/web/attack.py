"""Somebody without manners: knows every door and what our own pages would send there, and sends that and worse."""

import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes, quote_plus, unquote_to_bytes

from incidentdesk.tables import Base
from tests.people import Seat
from tests.web.asgi import FORM, HOST, Answer, Headers, Route, call, routes
from tests.web.corpus import BODIES, HEADERS, TYPES, VALUES
from tests.web.pages_read import Offers, forms_on

BEAT = 0.002
# So often a request must keep others waiting, one time after the other.
TRIES = 3
# Linux tells it of each thread.
TURNS = Path("/proc/thread-self/schedstat")
HAS_TURNS = TURNS.exists()
COLUMNS = sorted({column.name for table in Base.metadata.sorted_tables for column in table.columns})
QUERIES = ("lang", "view", "kind", "severity", "owner", "people", "q", "after", "show", "onward", "state", "page", "x")
NEXT_PAGES: tuple[dict[str, str], ...] = (
    {},
    {"what": "x", "go": "continue"},
    {"what": "x", "go": "now"},
    {"what": "x", "page": "people", "people": "yes"},
    {"what": "x", "page": "people", "go": "continue"},
)


@dataclass
class Watcher:
    """Beats while requests run, and keeps the longest time that the loop served nobody, as a part of what it may take.

    Either it was busy, counted in the processor's time, or it stood still, as when it waits for a disk. A busy machine counts
    for neither, as far as it can be told apart: a thread that was put aside while it held Python's lock makes the loop wait,
    so standing still may take longer.
    """

    busy_limit: float
    still_limit: float
    worst: float = 0.0
    where: str = ""
    now: str = ""

    async def run(self) -> None:
        """Beat until cancelled."""
        last, began, waited = time.thread_time(), time.perf_counter(), waited_for_a_turn()
        while True:
            await asyncio.sleep(BEAT)
            spent, last = time.thread_time() - last, time.thread_time()
            passed, began = time.perf_counter() - began, time.perf_counter()
            others, waited = waited_for_a_turn() - waited, waited_for_a_turn()
            still = passed - others - BEAT if HAS_TURNS else 0.0
            part = max(spent / self.busy_limit, still / self.still_limit)
            if part > self.worst:
                self.worst, self.where = part, self.now

    async def sees_again(self, *requests: Callable[[], Awaitable[Any]]) -> bool:
        """Say whether the loop served nobody for too long, and does so each time the same is sent once more.

        A machine that is shared, and Python's search for garbage, take their time now and then; a fault of ours always.
        """
        await asyncio.sleep(2 * BEAT)
        where = self.where
        for _ in range(TRIES):
            if self.worst < 1:
                return False
            self.worst = 0.0
            for send in requests:
                await send()
                await asyncio.sleep(2 * BEAT)
        is_slow, self.where, self.worst = self.worst >= 1, where, 0.0
        return is_slow


def waited_for_a_turn() -> float:
    """Return for how many seconds this thread was ready to run and the machine did something else."""
    return int(TURNS.read_text(encoding="ascii").split()[1]) / 1e9 if HAS_TURNS else 0.0


@dataclass
class Attack:
    """What is known of the desk, and the answers so far."""

    app: Any
    chance: random.Random
    seat: Seat
    real: dict[str, str]
    code: str
    known: dict[str, Offers] = field(default_factory=dict)
    answers: Counter[int] = field(default_factory=Counter)
    doors: list[Route] = field(default_factory=list)
    oddities: int = 0
    # The last two: a stall is noticed when the next one is on its way.
    sent: deque[Callable[[], Awaitable[Answer]]] = field(default_factory=lambda: deque(maxlen=2))

    async def look_around(self) -> None:
        """Open every page there is, and learn what its forms would send."""
        self.doors = list(routes(self.app))
        for route in self.doors:
            if route.method == "GET":
                self._learn(await call(self.app, "GET", route.address(**self.real), headers=self._headers()))
        for fields in NEXT_PAGES:
            self._learn(await call(self.app, "POST", "/report", headers=(HOST, FORM), body=_form(fields)))
        self._learn(await call(self.app, "POST", "/r", headers=(HOST, FORM), body=_form({"code": self.code})))

    def _learn(self, answer: Answer) -> None:
        # A paper is no text, and has no forms.
        for form in forms_on(answer.body.decode(errors="replace")):
            offers = self.known.setdefault(form.action, {})
            for name, values in form.fields.items():
                offers[name] = list(dict.fromkeys([*offers.get(name, ()), *values]))

    async def strike(self, watcher: Watcher) -> None:
        """Send one thing."""
        route = self.chance.choice(self.doors)
        target = self._path(route) + (f"?{self._query()}" if self.chance.random() < 0.4 else "")
        watcher.now = f"{route.method} {route.path}"
        body = self._body(route) if route.method == "POST" else b""
        self.sent.append(partial(call, self.app, route.method, target, headers=self._odd_headers(), body=body))
        answer = await self.sent[-1]()
        assert answer.status < 500, (route, target[:300], body[:1_000])
        self.answers[answer.status] += 1

    def _path(self, route: Route) -> str:
        if self.chance.random() < 0.8:
            return route.address(**self.real)
        return route.address(**dict.fromkeys(self.real, quote_from_bytes(unquote_to_bytes(self._value()), safe="%")))

    def _query(self) -> str:
        pairs = ((self.chance.choice(QUERIES), self._value()) for _ in range(self.chance.randint(1, 3)))
        return "&".join(f"{name}={value.decode('latin-1')}" for name, value in pairs)

    def _body(self, route: Route) -> bytes:
        if self.chance.random() < 0.02:
            return self.chance.choice(BODIES)
        offers = self.known.get(route.address(**self.real), {})
        pairs = [(name.encode(), quote_plus(self.chance.choice(values)).encode()) for name, values in offers.items()]
        names = [*(name.encode() for name in offers), self.chance.choice(COLUMNS).encode(), self._value()[:100]]
        pairs += [(self.chance.choice(names), self._odd(offers)) for _ in range(self.chance.randint(4, 18))]
        self.chance.shuffle(pairs)
        # Whoever signs out has nothing more to try.
        own = {b"csrf": "" if route.path.endswith("sign-out") else self.seat.csrf, b"code": self.code}
        fields = [(name, quote_plus(own[name]).encode() if name in own else value) for name, value in pairs]
        return b"&".join(name + b"=" + value for name, value in fields)

    def _odd(self, offers: Offers) -> bytes:
        """Return a value that belongs to another field, or to none."""
        if offers and self.chance.random() < 0.3:
            return quote_plus(self.chance.choice(self.chance.choice(list(offers.values())))).encode()
        return self._value()

    def _value(self) -> bytes:
        self.oddities += 1
        return self.chance.choice(VALUES)

    def _odd_headers(self) -> Headers:
        headers = [*self._headers()] if self.chance.random() < 0.8 else [HOST, FORM]
        if self.chance.random() < 0.02:
            headers = [(name, self.chance.choice(TYPES) if name == FORM[0] else value) for name, value in headers]
        if self.chance.random() < 0.2:
            self.oddities += 1
            headers.append(self.chance.choice(HEADERS))
        return headers

    def _headers(self) -> Headers:
        cookies = "; ".join(f"{name}={value}" for name, value in self.seat.client.cookies.items())
        # From everywhere, or the first limit would be the end.
        network = f"198.51.{self.chance.randrange(256)}.{self.chance.randrange(256)}"
        return [HOST, FORM, (b"cookie", cookies.encode()), (b"x-forwarded-for", network.encode())]


def _form(fields: dict[str, str]) -> bytes:
    return b"&".join(f"{name}={quote_plus(value)}".encode() for name, value in fields.items())
