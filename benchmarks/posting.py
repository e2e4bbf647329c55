"""How many mails a second leave, and how long an alert waits once it is due, beside a loop that does nothing but send."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import quantiles

import aiosmtplib
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks import rows
from incidentdesk import clock, serve
from incidentdesk.mail import outbox
from incidentdesk.mail.outbox import Letter
from incidentdesk.rules.escalation import Kind, Named, Post, Step, Trigger, step_to_json
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import Settings
from incidentdesk.tables import Clock, Incident, MailState, Member, Notice, OutboxMail, PostHolder
from incidentdesk.web.pages import Desk

MAILS, ALERTS, PEOPLE = 400, 200, 10
# Long enough that every process is up and idle, and all is prepared.
SOON = timedelta(seconds=5)
EVERY = timedelta(seconds=0.1)
PATIENCE = 300.0
# As long as a letter about an alert.
LETTER = b"Subject: a letter\r\n\r\n" + b"It is as long as the others.\r\n" * 125
NAME = "Standing by"
SENDER, TO = "desk@example.org", "bench@example.org"
CALLED = Step("bench", Trigger.DEADLINE, timedelta(hours=-24), (Post.ON_CALL,))


@dataclass(frozen=True)
class Sink:
    """A mail server in a process of its own, which takes everything after it `thinks` for so many seconds."""

    port: int
    thinks: float

    @property
    def settings(self) -> dict[str, str]:
        """What a desk is told of it."""
        return {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(self.port), "SMTP_TLS": "none", "MAIL_FROM": SENDER}

    def client(self) -> aiosmtplib.SMTP:
        """Return somebody who speaks to it."""
        return aiosmtplib.SMTP(hostname="127.0.0.1", port=self.port, start_tls=False)


@contextmanager
def sink(thinks: float) -> Iterator[Sink]:
    """Start one, and stop it in the end."""
    command = [sys.executable, "-m", "benchmarks.sink", str(thinks)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Sink(int(process.stdout.readline() if process.stdout else 0), thinks)
        finally:
            process.terminate()


def bare(there: Sink, number: int = MAILS) -> float:
    """Return how many mails a second one loop hands over that has nothing else to do, each over a line of its own."""
    return asyncio.run(_bare(there, number))


async def _bare(there: Sink, number: int) -> float:
    started = time.perf_counter()
    for _ in range(number):
        async with there.client() as client:
            await client.sendmail(SENDER, [TO], LETTER)
    return number / (time.perf_counter() - started)


def rate(settings: Settings, there: Sink, number: int = MAILS) -> float:
    """Let so many alerts be due at once at a desk that somebody serves, and return how many a second the sink took."""
    return asyncio.run(_rate(settings, there, number))


async def _rate(settings: Settings, there: Sink, number: int) -> float:
    async with _opened(settings) as (desk, people):
        due_at = clock.now() + SOON
        await _queue(desk, people[0], number, due_at=due_at)
        async with there.client() as client:
            await client.rset()
        count, seconds = 0, 0.0
        async with asyncio.timeout(PATIENCE):
            while count < number:
                await asyncio.sleep(0.2)
                count, seconds = await counted(there)
    return (number - 1) / seconds


async def counted(there: Sink) -> tuple[int, float]:
    """Return how many mails it took, and in how many seconds."""
    async with there.client() as client:
        count, seconds = (await client.noop()).message.split()
    return int(count), float(seconds)


async def stand_by(settings: Settings) -> None:
    """Put people on the posts of a desk."""
    async with _opened(settings):
        pass


async def _queue(desk: Desk, member: Member, number: int, *, due_at: datetime) -> None:
    """Queue alerts about as many incidents."""
    await rows.fill(desk.database, number, now=clock.now())
    async with desk.database.write() as session:
        chosen = list(await session.scalars(select(Clock).order_by(Clock.id.desc()).limit(number)))
        notices = [_notice(one, due_at) for one in chosen]
        session.add_all(notices)
        await session.flush()
        for notice in notices:
            about: outbox.About = {
                "incident_id": notice.incident_id,
                "notice_id": notice.id,
                "member_id": member.id,
                "due_at": due_at,
            }
            await outbox.put(session, letter=Letter.DEADLINE, dedupe=f"{notice.id}", now=clock.now(), **about)


def _notice(one: Clock, due_at: datetime) -> Notice:
    step = one.steps[-1].key
    return Notice(
        clock_id=one.id,
        incident_id=one.incident_id,
        step=step,
        round=0,
        occurrence=0,
        due_at=due_at,
        noticed_at=due_at,
    )


def waits(settings: Settings, number: int = ALERTS) -> tuple[float, float]:
    """Let steps come due one after the other at a desk that somebody serves; return half of and 99 in 100 of their seconds.

    It has the incidents that `rate` made. From the moment a step is due until it is written down that the relay took the mail that tells of it.
    """
    taken = asyncio.run(_waits(settings, number))
    parts = quantiles(taken, n=100, method="inclusive")
    return parts[49], parts[98]


async def _waits(settings: Settings, number: int) -> list[float]:
    async with _opened(settings) as (desk, people):
        began = clock.now()
        await _let_come_due(desk, people, number, first=began + SOON)
        sent = select(func.count()).where(OutboxMail.state == MailState.SENT, OutboxMail.created_at >= began)
        count = 0
        async with asyncio.timeout(PATIENCE):
            while count < number:
                await asyncio.sleep(1)
                async with desk.database.read() as session:
                    count = await session.scalar(sent) or 0
        waited = select(Notice.due_at, OutboxMail.settled_at).join(Notice, Notice.id == OutboxMail.notice_id)
        async with desk.database.read() as session:
            found = await session.execute(waited.where(OutboxMail.created_at >= began))
            return [(settled - due).total_seconds() for due, settled in found.all() if settled is not None]


async def _let_come_due(desk: Desk, people: Sequence[Member], number: int, *, first: datetime) -> None:
    """Give each of the newest clocks one step. They call different people: of many alerts one mail speaks to a person."""
    async with desk.database.write() as session:
        query = select(Clock, Incident).join(Incident, Incident.id == Clock.incident_id)
        newest = await session.execute(query.order_by(Clock.id.desc()).limit(number))
        for place, (ticking, incident) in enumerate(newest.all()):
            due_at = first + place * EVERY
            named = Named(Kind.PERSON, str(people[place % len(people)].id))
            ticking.deadline_at, ticking.next_check_at = due_at - CALLED.after, due_at
            ticking.ladder = [step_to_json(replace(CALLED, posts=(named,)))]
            incident.severity = 1 + place // len(people) % 4


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[tuple[Desk, list[Member]]]:
    """Open the desk beside those who serve it, with people on its posts."""
    desk = await serve.open_desk(settings)
    try:
        async with desk.database.write() as session:
            there = select(Member).where(Member.name.startswith(NAME)).order_by(Member.id)
            people = list(await session.scalars(there)) or await _called(session)
        yield desk, people
    finally:
        await desk.database.close()


async def _called(session: AsyncSession) -> list[Member]:
    people = [_person(number) for number in range(PEOPLE)]
    session.add_all(people)
    await session.flush()
    session.add_all(PostHolder(post=post, member_id=people[0].id) for post in (Post.ON_CALL, Post.DPO))
    return people


def _person(number: int) -> Member:
    where = {"zone": "Europe/Amsterdam", "created_at": clock.now()}
    return Member(name=f"{NAME} {number}", email=f"bench{number}@example.org", role=Role.DPO, **where)
