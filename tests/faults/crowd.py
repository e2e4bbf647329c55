"""Reporters who send one report after the other, behind a proxy that tries again somewhere else when nobody answers."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from tests.faults.nursery import until
from tests.intake.visitor import code_in, send
from tests.patience import LOOK_EVERY, WITHIN
from tests.people import Seat

# Nothing was taken, and whoever reports presses again.
BUSY = 503


class Proxy(httpx.AsyncBaseTransport):
    """Passes requests to the first of `addresses` that answers, as long as it takes."""

    def __init__(self, *addresses: str) -> None:
        self.addresses, self.answers = list(addresses), Counter[int]()
        self._line = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        async with asyncio.timeout(WITHIN):
            while True:
                for address in list(self.addresses):
                    if answer := await self._ask(address, request):
                        return answer
                await asyncio.sleep(LOOK_EVERY)

    async def _ask(self, address: str, request: httpx.Request) -> httpx.Response | None:
        there = httpx.URL(address)
        passed_on = httpx.Request(
            request.method,
            request.url.copy_with(host=there.host, port=there.port),
            headers={**request.headers, "host": there.netloc.decode()},
            content=request.content,
            extensions=request.extensions,
        )
        try:
            answer = await self._line.handle_async_request(passed_on)
            await answer.aread()
        except httpx.TransportError:
            return None
        self.answers[answer.status_code] += 1
        return answer

    async def aclose(self) -> None:
        await self._line.aclose()


@dataclass
class Crowd:
    """What they have: `codes` are those of the reports that were acknowledged."""

    proxy: Proxy
    codes: list[str] = field(default_factory=list)

    async def report(self, client: httpx.AsyncClient) -> None:
        while True:
            visitor = await send(Seat(None, client), f"story {len(self.codes)}", reach="email", email="jo@example.org")
            while visitor.answer.status_code == BUSY:
                await visitor.press("send")
            self.codes.append(code_in(visitor.html))

    async def reached(self, count: int) -> None:
        """Wait until so many reports were acknowledged."""
        await until(lambda: len(self.codes) >= count)


@asynccontextmanager
async def reporting(proxy: Proxy, people: int = 4) -> AsyncIterator[Crowd]:
    """Let people report for as long as this lasts; at the end each is where they are."""
    crowd = Crowd(proxy)
    async with httpx.AsyncClient(transport=proxy, base_url="http://desk.test", timeout=WITHIN) as client:
        tasks = [asyncio.create_task(crowd.report(client)) for _ in range(people)]
        try:
            yield crowd
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        for error in (end for end in ended if isinstance(end, Exception)):
            raise error
