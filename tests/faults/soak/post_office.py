"""A mail relay that half of the time does something else than it should, with a door of its own for each process."""

import asyncio
import contextlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes

from tests.faults.soak.history import Fault, History, Taken, moment
from tests.mail.relay import DROP, SILENT, Relay

# How often a connection goes wrong.
MISBEHAVES = 0.5
# Whoever falls silent hangs up after so long: a process that waits does nothing else.
SILENCE_SECONDS = 2.0
LONGEST_SECONDS = 90.0
Script = Mapping[str, str]
# What it may do, and how often in comparison.
WAYS: tuple[tuple[int, Script], ...] = (
    (4, {"banner": "421 too busy"}),
    (4, {"banner": DROP}),
    (1, {"banner": SILENT}),
    (4, {"EHLO": DROP}),
    (4, {"MAIL": "451 later"}),
    (1, {"MAIL": "530 5.7.0 sign in first"}),
    (4, {"MAIL": DROP}),
    (6, {"RCPT": "450 greylisted"}),
    (1, {"RCPT": "550 no such person"}),
    (4, {"DATA": "451 later"}),
    (4, {"DATA": DROP}),
    (4, {"body": "451 later"}),
    (1, {"body": "554 I do not like that"}),
    (6, {"body": DROP}),
    (3, {"body": "what was that?"}),
    (1, {"body": SILENT}),
    (2, {"QUIT": DROP}),
)


@dataclass
class PostOffice:
    """Doors by the name of the process that comes through them."""

    history: History
    chance: random.Random
    ports: dict[str, int] = field(default_factory=dict)
    misbehaves: bool = True
    _doors: dict[str, asyncio.Server] = field(default_factory=dict)

    async def open(self, name: str) -> int:
        """Open the door of a process, at the port it had before, and return that."""

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._serve(name, reader, writer)

        door = await asyncio.start_server(serve, "127.0.0.1", self.ports.get(name, 0))
        self.ports[name], self._doors[name] = door.sockets[0].getsockname()[1], door
        return self.ports[name]

    def close(self, name: str) -> None:
        """Let nobody in any more; whoever is in may finish."""
        self._doors.pop(name).close()

    def is_open(self, name: str) -> bool:
        """Say whether anybody listens there."""
        return name in self._doors

    async def _serve(self, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        one, began = Relay(self._way()), moment()
        patience = SILENCE_SECONDS if SILENT in one.script.values() else LONGEST_SECONDS
        with contextlib.suppress(TimeoutError, OSError):
            async with asyncio.timeout(patience):
                await one.serve(reader, writer)
        writer.close()
        if any(one.came_to[word].is_set() for word in one.script):
            # Not one that was to go wrong at a step nobody came to.
            self.history.faults.append(Fault("relay", name, began, moment()))
        if not one.script.get("body", "").startswith(("4", "5")):
            for message in one.taken:
                number = str(message_from_bytes(message)["Message-ID"])
                self.history.taken.append(Taken(number, name, began, moment(), "body" not in one.script))

    def _way(self) -> Script:
        if not self.misbehaves or self.chance.random() >= MISBEHAVES:
            return {}
        return self.chance.choices([way for _, way in WAYS], [weight for weight, _ in WAYS])[0]
