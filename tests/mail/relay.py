"""A relay for tests that follows a script: what it says at each step, and where it hangs up or keeps silent."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import NoReturn

from incidentdesk.settings import MailTLS, Settings
from tests.patience import WITHIN

DROP = "drop"
SILENT = "silent"
# Begins an answer and never ends it: a line now and then, or as fast as it can.
DRIP = "drip"
ENDLESS = "endless"
# Answers as usual once it is let go.
HELD = "held"
USUAL = {
    "banner": "220 relay.example.org ready",
    "EHLO": "250 relay.example.org",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    "body": "250 taken as 42",
    "QUIT": "221 bye",
}


@dataclass
class Relay:
    """What came in. `taken` holds the messages whose final dot was seen."""

    script: Mapping[str, str]
    port: int = 0
    taken: list[bytes] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    got_one: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    came_to: dict[str, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            if await self._answer(writer, "banner"):
                await self.talk(reader, writer)
        writer.close()

    async def came(self, *, to: str) -> None:
        """Wait until somebody came to this step."""
        await asyncio.wait_for(self.came_to[to].wait(), WITHIN)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer what is said behind the banner."""
        while line := (await reader.readline()).decode():
            self.said.append(line.strip())
            word = line.split()[0].upper()
            if not await self._answer(writer, word):
                return
            if word == "DATA" and self._script("DATA").startswith("354"):
                self.taken.append(await reader.readuntil(b"\r\n.\r\n"))
                self.got_one.set()
                if not await self._answer(writer, "body"):
                    return
            if word == "QUIT":
                return

    async def _answer(self, writer: asyncio.StreamWriter, word: str) -> bool:
        """Say what the script says; False to hang up."""
        answer = self._script(word)
        self.came_to[word].set()
        if answer == DROP:
            return False
        if answer in {DRIP, ENDLESS}:
            await self._go_on(writer, rest=0.02 if answer == DRIP else 0.0)
        if answer == HELD:
            await self.let_go.wait()
            answer = USUAL[word]
        if answer != SILENT:
            writer.write(f"{answer}\r\n".encode())
            await writer.drain()
        return True

    async def _go_on(self, writer: asyncio.StreamWriter, *, rest: float) -> NoReturn:
        """Talk until the other side has had enough."""
        while True:
            writer.write(b"250-and then\r\n")
            await writer.drain()
            await asyncio.sleep(rest)

    def _script(self, word: str) -> str:
        return self.script.get(word, USUAL.get(word, "502 what?"))


@asynccontextmanager
async def relay(**script: str) -> AsyncIterator[Relay]:
    """Run a relay that departs from the usual answers where `script` says so."""
    async with listening(Relay(script)) as running:
        yield running


@asynccontextmanager
async def listening(running: Relay, host: str = "127.0.0.1") -> AsyncIterator[Relay]:
    """Let a relay listen on a port of its own."""
    server = await asyncio.start_server(running.serve, host, 0)
    running.port = server.sockets[0].getsockname()[1]
    async with server:
        yield running


def mailing(settings: Settings, port: int) -> Settings:
    """Return settings that lead to a relay on this machine."""
    return replace(settings, smtp_host="127.0.0.1", smtp_port=port, smtp_tls=MailTLS.NONE, mail_from="desk@example.org")
