"""The processes of the desk, each started again when it ends, as an init system does."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.newborn import Wish
from tests.faults.nursery import Nursery, Process, until

# A process says so when it is up; until then it is left alone, or it would never work.
IS_UP = (b"incidentdesk is at", b"incidentdesk works")
# Minutes would be spent waiting for what a killed process had in hand.
SPANS: dict[str, float] = {"incidentdesk.mail.claims:LEASE": 30, "incidentdesk.mail.claims:SEND_WITHIN": 15}


@dataclass
class Program:
    """One process by name: how it is started, and the one that runs now."""

    name: str
    words: tuple[str, ...]
    given: Mapping[str, str]
    log: Path
    chance: random.Random
    process: Process | None = None
    is_paused: bool = False
    _began_at: int = 0
    _is_over: asyncio.Event = field(default_factory=asyncio.Event)

    async def keep(self, nursery: Nursery) -> int:
        """Start it again whenever it ends, until it was told to stop; return how it ended then."""
        while True:
            self._began_at = self.log.stat().st_size if self.log.exists() else 0
            self.process = await nursery.start(self._wish())
            code = await self.process.code
            if self._is_over.is_set():
                return code
            await asyncio.sleep(self.chance.uniform(0.1, 1.0))

    def stop(self) -> None:
        """Tell it to end in good order, and do not start it again."""
        self._is_over.set()
        self.send(signal.SIGTERM)

    @property
    def is_up(self) -> bool:
        """Say whether it runs now and has said so."""
        if self.process is None or self.process.code.done() or self.is_paused or not self.log.exists():
            return False
        said = self.log.read_bytes()[self._began_at :]
        return any(words in said for words in IS_UP)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process that runs now, if one does."""
        # It may have ended in this very moment.
        with suppress(ProcessLookupError):
            if self.process is not None:
                self.process.tell(number)

    def _wish(self) -> Wish:
        environment = {f"INCIDENTDESK_{name}": value for name, value in self.given.items()}
        return {
            "words": list(self.words),
            "environment": environment,
            "said": str(self.log),
            "dies": "",
            "spans": SPANS,
            "limits": {},
            "network": "",
        }


@asynccontextmanager
async def running(nursery: Nursery, programs: Sequence[Program]) -> AsyncIterator[None]:
    """Run them all; at the end each is told to stop, and has to end well. Nothing goes on when the run breaks off."""
    kept = [asyncio.create_task(program.keep(nursery)) for program in programs]
    try:
        await until(lambda: all(program.is_up for program in programs))
        yield
        for program in programs:
            program.stop()
        codes = await asyncio.gather(*kept)
    finally:
        for program, task in zip(programs, kept, strict=True):
            task.cancel()
            program.send(signal.SIGKILL)
    if any(codes):
        msg = f"a process that was told to stop ended with {codes}"
        raise AssertionError(msg)
