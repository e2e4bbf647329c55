"""An address outside the desk, for tests: it writes down what it is asked and answers as it is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

SECRET = "s3cret-path"


@dataclass
class Outside:
    """What came: method, path and body, and the moments by the loop's clock."""

    status: str = "200 OK"
    port: int = 0
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    got_one: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/{SECRET}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lengths = [line.partition(":")[2] for line in head.splitlines() if line.lower().startswith("content-length")]
        body = await reader.readexactly(int(lengths[0])) if lengths else b""
        method, path, _ = head.split(" ", 2)
        self.asked.append((method, path, body))
        self.moments.append(asyncio.get_running_loop().time())
        self.got_one.set()
        writer.write(f"HTTP/1.1 {self.status}\r\nlocation: {self.address}/on\r\ncontent-length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def outside(status: str = "200 OK") -> AsyncIterator[Outside]:
    running = Outside(status)
    server = await asyncio.start_server(running.serve, "127.0.0.1", 0)
    running.port = server.sockets[0].getsockname()[1]
    async with server:
        yield running
