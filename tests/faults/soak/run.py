"""One run on one database: everything starts, works while it is broken, is mended, settles, and is judged."""

import asyncio
import os
import random
import shutil
import socket
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from incidentdesk import clock, serve
from incidentdesk.errors import Conflict
from incidentdesk.escalation.actions import retry_mail
from incidentdesk.escalation.settled import settle
from incidentdesk.intake.actions import submit_report
from incidentdesk.intake.forms import SentReport
from incidentdesk.rules.escalation import Post
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import Settings
from incidentdesk.staff.passwords import hash_password
from incidentdesk.tables import LadderStep, MailState, Member, OutboxMail, PostHolder
from incidentdesk.web.pages import Desk
from tests import postgresql
from tests.faults.nursery import nursery
from tests.faults.soak import people
from tests.faults.soak.breaking import Breaker
from tests.faults.soak.history import History
from tests.faults.soak.oracle import Verdict, judge
from tests.faults.soak.post_office import PostOffice
from tests.faults.soak.programs import Program, running
from tests.mail.relay import mailing
from tests.people import member

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
REPORTERS, EARLIER = 8, 12
# What is thrown away needs no disk; what was committed must be there after a crash of the server.
OPTIONS = "-c fsync=off -c full_page_writes=off -c listen_addresses='' -c max_connections=200"
MEMORY = "/dev/shm"  # noqa: S108 - a folder of its own is made there
SETTLES_WITHIN = 420.0
REST_SECONDS = 2.0
MINUTE = timedelta(minutes=1)
LEGAL = timedelta(hours=72)
PROGRAMS: dict[str, dict[str, tuple[str, ...]]] = {
    "sqlite": {"desk": ("serve",), "standby": ("serve",)},
    "postgresql": {
        "pages 1": ("serve", "--no-worker"),
        "pages 2": ("serve", "--no-worker"),
        "worker 1": ("work",),
        "worker 2": ("work",),
    },
}


@dataclass
class Soak:
    """A desk in a folder of its own, and the world around it."""

    folder: Path
    chance: random.Random
    server: postgresql.Server | None
    history: History = field(default_factory=History)

    @property
    def url(self) -> str:
        """Where its database is; empty for SQLite in the folder."""
        return self.server.url("postgres") if self.server else ""

    async def run(self, seconds: float) -> Verdict:
        """Return what was lost."""
        office = PostOffice(self.history, self.chance)
        settings = Settings(data_dir=self.folder / "data", database_url=self.url)
        desk = await serve.open_desk(settings)
        try:
            everybody = await fill(desk, self.chance, minutes=seconds / 60)
            programs = [await self._program(office, name) for name in self._names]
            desk = replace(desk, settings=mailing(settings, office.ports[programs[0].name]))
            async with nursery() as place, running(place, programs):
                await self._live(desk, office, programs, everybody, seconds)
            return await judge(desk, self.history, [self.folder, *([self.server.folder] if self.server else [])])
        finally:
            await desk.database.close()

    @property
    def _names(self) -> dict[str, tuple[str, ...]]:
        return PROGRAMS["postgresql" if self.server else "sqlite"]

    async def _program(self, office: PostOffice, name: str) -> Program:
        given = {"DATA_DIR": str(self.folder / "data"), "DATABASE_URL": self.url, "HOST": "127.0.0.1"}
        given |= {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(await office.open(name)), "SMTP_TLS": "none"}
        given |= {"MAIL_FROM": "desk@example.org", "SECOND_FACTOR": "optional", "MINIMUM_FILL_SECONDS": "0"}
        given |= {"REPORTS_PER_NETWORK": "1000000", "REPORTS_PER_MINUTE": "1000000", "PORT": str(free_port())}
        return Program(name, self._names[name], given, self.folder / f"{name}.log", self.chance)

    async def _live(
        self, desk: Desk, office: PostOffice, programs: list[Program], everybody: list[Member], seconds: float
    ) -> None:
        addresses = [f"http://127.0.0.1:{one.given['PORT']}" for one in programs if one.words[0] == "serve"]
        street, is_over = people.Street(addresses, self.chance, self.history), asyncio.Event()
        breaker = Breaker(self.history, self.chance, office, programs, desk.settings.database, self.server)
        async with asyncio.TaskGroup() as crowd:
            for _ in range(REPORTERS):
                crowd.create_task(people.report(street, is_over))
            for who in everybody:
                crowd.create_task(people.staff(street, who, everybody, is_over))
            await breaker.go_on(seconds)
            office.misbehaves = False
            street.quiet.set()
            is_over.set()
        self.history.left = await settle_down(desk, everybody[0])


async def fill(desk: Desk, chance: random.Random, *, minutes: float) -> list[Member]:
    """Let people work here, with a ladder of minutes, and reports of three days ago whose deadlines come in this run."""
    now = clock.now()
    everybody = [member(role, now=now - LEGAL) for role in (Role.ADMINISTRATOR, Role.RESPONDER, Role.DPO)]
    async with desk.database.write() as session:
        for one in everybody:
            one.password_hash = await hash_password(people.PASSWORD)
        session.add_all(everybody)
        await session.flush()
        posts = zip((Post.BACK_UP, Post.ON_CALL, Post.DPO), everybody, strict=True)
        session.add_all(PostHolder(post=post, member_id=one.id) for post, one in posts)
        await hurry(session)
    for number in range(EARLIER):
        received = now - LEGAL + chance.uniform(-1, minutes + 1) * MINUTE
        told: dict[str, str | list[str]] = {"what": f"Earlier {number}", "people": "yes"}
        hashes = {"form_hash": f"earlier {number}", "code_hash": f"earlier {number}"}
        sent = SentReport(answers=told, language="en", zone=AMSTERDAM, **hashes)
        async with desk.database.write() as session:
            await submit_report(session, sent, now=received)
    return everybody


async def hurry(session: Any) -> None:
    """Let the steps come a minute after each other, before the deadline as well as after it, whatever the severity."""
    rows = list(await session.scalars(select(LadderStep).order_by(LadderStep.duty, LadderStep.position)))
    for row in rows:
        before = sum(one.duty == row.duty and one.position > row.position for one in rows)
        after = row.position + 1 if row.step["trigger"] == "not_taken" else 1 - before
        repeat = 1 if row.step["repeat_minutes"] else None
        row.step = {**row.step, "after_minutes": after, "repeat_minutes": repeat, "severity_at_most": 4}


async def settle_down(desk: Desk, by: Member) -> int:
    """Press "Try again now" for what waits for its next try; return how many mails of the time of the faults are left."""
    loop, whole_since = asyncio.get_running_loop(), clock.now()
    until = loop.time() + SETTLES_WITHIN
    while True:
        await _try_again(desk, by)
        async with desk.database.read() as session:
            account = await settle(session, desk.settings, now=clock.now())
        async with desk.database.read() as session:
            waiting = OutboxMail.state == MailState.WAITING, OutboxMail.created_at <= whole_since
            left = await session.scalar(select(func.count()).select_from(OutboxMail).where(*waiting)) or 0
        if loop.time() > until or not (account.findings or left):
            return left
        await asyncio.sleep(REST_SECONDS)


async def _try_again(desk: Desk, by: Member) -> None:
    put_off = select(OutboxMail.id).where(OutboxMail.state == MailState.WAITING, OutboxMail.due_at > clock.now())
    async with desk.database.read() as session:
        waiting = list(await session.scalars(put_off.where(OutboxMail.lease.is_(None))))
    for mail_id in waiting:
        try:
            async with desk.database.write() as session:
                await retry_mail(session, mail_id, by=by, now=clock.now())
        except Conflict:
            # Somebody took it up meanwhile.
            continue


def free_port() -> int:
    """Return a port that nobody listens at now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def soak(database: str, seconds: float, seed: int) -> tuple[History, Verdict]:
    """Run on one database; the folder stays when something was lost."""
    # Memory is as good as a disk for what survives a process, and does not keep each commit waiting.
    place = MEMORY if os.access(MEMORY, os.W_OK) else None
    with ExitStack() as stack:
        server = None
        if database == "postgresql":
            server = postgresql.start(place, options=OPTIONS)
            stack.callback(postgresql.stop, server)
        folder = Path(tempfile.mkdtemp(prefix="desk-soak-", dir=place))
        one = Soak(folder, random.Random(seed), server)  # noqa: S311 - repeatable on purpose
        verdict = asyncio.run(one.run(seconds))
        if verdict.lost:
            print(f"  what is left of it lies in {folder}")
        else:
            shutil.rmtree(folder)
        return one.history, verdict
