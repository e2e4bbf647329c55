"""A line between a program and a server, in which everything can go wrong: slow, silent, refused, or cut after so many bytes."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

# With this a close is a reset: the other side is told at once, and what was on its way is lost.
LINGER_NOT = struct.pack("ii", 1, 0)
PIECE = 1 << 16


@dataclass
class Line:
    """Set its faults at any time: they hold for what passes from then on, on every connection."""

    server: Path | tuple[str, int]
    port: int = 0
    # Seconds that each piece waits.
    delay: float = 0.0
    # Nothing comes through and nobody is told: a cable that was pulled.
    silent: bool = False
    # Whoever connects is reset.
    refusing: bool = False
    # When so many more bytes came through, both ways together, every connection is reset in the middle of the piece.
    cut_after: int | None = None
    passed: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def reset(self) -> None:
        """Cut every connection there is; new ones may come."""
        while self._open:
            writer = self._open.pop()
            # It may be closed already.
            with contextlib.suppress(OSError):
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
            writer.transport.abort()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either side ends it."""
        self._open.add(writer)
        if self.refusing:
            self.reset()
            return
        far: asyncio.StreamWriter | None = None
        with contextlib.suppress(OSError):
            answers, far = await self._reach()
            self._open.add(far)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pass(reader, far))
                group.create_task(self._pass(answers, writer))
        for end in filter(None, (writer, far)):
            self._open.discard(end)
            end.close()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.server, Path):
            return await asyncio.open_unix_connection(str(self.server))
        return await asyncio.open_connection(*self.server)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(PIECE):
                await asyncio.sleep(self.delay)
                if not self.silent:
                    await self._forward(piece, writer)
        # The other side must not wait for what cannot come any more.
        writer.close()

    async def _forward(self, piece: bytes, writer: asyncio.StreamWriter) -> None:
        allowed = piece[: self.cut_after]
        writer.write(allowed)
        await writer.drain()
        self.passed += len(allowed)
        if self.cut_after is not None:
            self.cut_after -= len(allowed)
            if self.cut_after <= 0:
                self.cut_after = None
                self.reset()


@asynccontextmanager
async def line_to(server: Path | tuple[str, int]) -> AsyncIterator[Line]:
    """Listen on a free port of this machine, and carry what comes to a socket file or a port."""
    line = Line(server)
    listening = await asyncio.start_server(line.carry, "127.0.0.1", 0)
    line.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield line
        line.reset()
