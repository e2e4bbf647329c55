"""What is broken while everybody works, at random: processes, the database, the door of the relay."""

import asyncio
import random
import signal
import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import closing, suppress
from dataclasses import dataclass, field

import psycopg
from sqlalchemy import make_url

from tests.faults.soak.history import History, moment
from tests.faults.soak.post_office import PostOffice
from tests.faults.soak.programs import Program
from tests.postgresql import NoServerError, Server

# Between two faults that are not the relay's.
EVERY_SECONDS = 0.9
# It stands in line for the database like any other program.
LOCK_SECONDS = 10
CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' ORDER BY random() LIMIT 2
"""


@dataclass
class Breaker:
    """Breaks one thing after the other. `server` is the PostgreSQL, if there is one."""

    history: History
    chance: random.Random
    office: PostOffice
    programs: list[Program]
    url: str
    server: Server | None
    _broken: set[asyncio.Task[None]] = field(default_factory=set)
    _is_taken: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def go_on(self, seconds: float) -> None:
        """Break things for so long, and wait until the last one is whole again."""
        ways = self._ways()
        until = moment() + seconds
        while (left := until - moment()) > 0:
            await asyncio.sleep(min(left, self.chance.expovariate(1 / EVERY_SECONDS)))
            (way,) = self.chance.choices([way for _, way in ways], [weight for weight, _ in ways])
            task = asyncio.create_task(way())
            self._broken.add(task)
            task.add_done_callback(self._broken.discard)
        await asyncio.gather(*self._broken)

    def _ways(self) -> list[tuple[int, Callable[[], Coroutine[None, None, None]]]]:
        ways: list[tuple[int, Callable[[], Coroutine[None, None, None]]]] = [
            (2, self._kill),
            (5, self._pause),
            (3, self._shut),
        ]
        return ways + ([(5, self._lock)] if self.server is None else [(6, self._cut), (1, self._restart)])

    async def _kill(self) -> None:
        if (program := self._one()) is not None:
            with self.history.breaking("kill", program.name):
                program.send(signal.SIGKILL)

    async def _pause(self) -> None:
        if (program := self._one()) is not None:
            program.is_paused = True
            with self.history.breaking("pause", program.name):
                program.send(signal.SIGSTOP)
                await asyncio.sleep(self.chance.choice([0.1, 0.2, 0.5, 1, 2, 5]))
                program.send(signal.SIGCONT)
            program.is_paused = False

    async def _shut(self) -> None:
        """Nothing listens where the relay was."""
        name = self.chance.choice(sorted(self.office.ports))
        if self.office.is_open(name):
            with self.history.breaking("relay away", name):
                self.office.close(name)
                await asyncio.sleep(self.chance.uniform(0.3, 4))
                await self.office.open(name)

    async def _lock(self) -> None:
        """Another program holds the database, now and then for longer than the desk waits."""
        if self._is_taken.locked():
            return
        async with self._is_taken:
            path = str(make_url(self.url).database)
            connected = sqlite3.connect(path, LOCK_SECONDS, isolation_level=None, check_same_thread=False)
            with closing(connected) as connection, suppress(sqlite3.OperationalError):
                await asyncio.to_thread(connection.execute, "BEGIN IMMEDIATE")
                with self.history.breaking("lock", "database"):
                    await asyncio.sleep(self.chance.choice([*[0.1, 0.3, 0.5] * 6, 2, 6]))
                connection.execute("ROLLBACK")

    async def _cut(self) -> None:
        """Cut two connections to the database, whatever they do."""
        with suppress(psycopg.Error), self.history.breaking("cut", "database"):
            await asyncio.to_thread(self._terminate)

    def _terminate(self) -> None:
        plain = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(CUT)

    async def _restart(self) -> None:
        if self.server is None or self._is_taken.locked():
            return
        async with self._is_taken:
            with self.history.breaking("database restart", "database"):
                await asyncio.to_thread(self._crash, self.server)

    def _crash(self, server: Server) -> None:
        """Let the server end at once, as if it had crashed, and come back."""
        arguments = ("-D", str(server.folder / "data"), "-w", "-m", "immediate")
        log = str(server.folder / "server.log")
        try:
            server.run("pg_ctl", *arguments, "-l", log, "restart")
        except NoServerError:
            # It takes a while to come back; starting it twice does no harm.
            server.run("pg_ctl", "-D", str(server.folder / "data"), "-w", "-l", log, "start")

    def _one(self) -> Program | None:
        up = [program for program in self.programs if program.is_up]
        return self.chance.choice(up) if up else None
