"""What the story plays on: the whole product, a real mail server, and a clock that moves when the story says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import httpx
from aiosmtpd.smtp import SMTP, Envelope, Session

from incidentdesk.tables import Member
from tests.intake.visitor import Visitor, visit
from tests.mail.scene import NOW, Scene
from tests.people import Sit

WORKER_LOOKS_EVERY = timedelta(minutes=15)


@dataclass(frozen=True)
class Received:
    """One mail as the server got it: for whom its envelope was, and what was inside."""

    recipients: list[str]
    message: EmailMessage

    @property
    def text(self) -> str:
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    @property
    def everything(self) -> str:
        """Every header and both bodies, decoded: whatever a stranger on the way could read."""
        parts = [part.get_content() for part in self.message.walk() if not part.is_multipart()]
        return "\n".join([*(f"{name}: {value}" for name, value in self.message.items()), *parts])


@dataclass
class PostOffice:
    """A mail server that takes everything (aiosmtpd's handler), and what it took."""

    port: int = 0
    taken: list[Received] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.taken.append(Received([str(one) for one in envelope.rcpt_tos], message))
        return "250 taken"


@asynccontextmanager
async def open_post_office() -> AsyncIterator[PostOffice]:
    opened = PostOffice()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(opened), "127.0.0.1", 0)
    opened.port = server.sockets[0].getsockname()[1]
    async with server:
        yield opened


@dataclass
class Story:
    """Where the story stands: the moment it is now, the report it is about, and who plays."""

    people: Scene
    sit: Sit
    post_office: PostOffice
    began: datetime = NOW
    now: datetime = NOW
    reference: str = ""
    code: str = ""
    # Of a calendar feed.
    address: str = ""
    read: int = 0

    async def goes_on_until(self, hours: int, minutes: int = 0) -> list[str]:
        """Let time pass since the report with the worker at work, and return the mails that came, a line each."""
        end = self.began + timedelta(hours=hours, minutes=minutes)
        await self.people.work(self.now)
        while self.now < end:
            self.now = min(self.now + WORKER_LOOKS_EVERY, end)
            await self.people.work(self.now)
        return self.mails()

    def mails(self) -> list[str]:
        """Return the mails that came since they were read last: when, to whom, under which subject."""
        fresh, self.read = self.post_office.taken[self.read :], len(self.post_office.taken)
        return [self._line(mail) for mail in fresh]

    def _line(self, mail: Received) -> str:
        passed = (mail.message["Date"].datetime - self.began) // timedelta(minutes=1)
        name = mail.recipients[0].partition("@")[0].capitalize()
        return f"{passed // 60:02d}:{passed % 60:02d} {name} {mail.message['Subject']}".replace(self.reference, "IR")

    async def opens(self, who: Member, path: str) -> str:
        """Let somebody of the desk open a page."""
        answer = await (await self.sit(who)).get(path)
        assert answer.status_code == httpx.codes.OK
        return answer.text

    async def sends(self, who: Member, noun: str, *, on: str = "", **typed: str | list[str]) -> httpx.Response:
        """Let somebody of the desk send the form of the incident's page `on` that posts to `noun`, and return the answer."""
        base = f"/desk/incidents/{self.reference}"
        browser: Visitor = await visit(await self.sit(who), base + on)
        return await browser.submit(f"{base}/{noun}", **typed)

    async def presses(self, who: Member, noun: str, *, on: str = "", **typed: str | list[str]) -> None:
        """Do the same with a form that is right."""
        answer = await self.sends(who, noun, on=on, **typed)
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
