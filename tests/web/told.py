"""The same words told wherever words can be told, by a reporter and by the staff, and every page that answers."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy import select

from incidentdesk import clock
from incidentdesk.intake.questions import QUESTIONS, Shape
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Incident, Member
from incidentdesk.web.pages import Desk
from tests.intake.visitor import Visitor, code_in, send
from tests.people import Seat, Sit
from tests.web.pages_read import PostForm, forms_on

LONGEST_NAME = 200
# What ends the story, or the session, or is about those who tell it; what is told about the incident is the rest.
LEFT_OUT = (
    "sign-out",
    "/erasure",
    "/access",
    "/sessions",
    "authenticator",
    "recovery",
    "/sso",
    "/second-factor",
    "/profile",
)
PAGES = ("", "/clock", "/escalations", "/verdict", "/files", "?show=people", "/closure")
VIEWS = (
    "/desk",
    "/desk?view=open",
    "/desk?view=closed",
    "/desk/mail",
    "/desk/people",
    "/desk/reporters",
    "/desk/profile",
)


@dataclass
class Told:
    """Who told it, about which incident, and all that was shown."""

    desk: Desk
    seat: Seat
    lines: list[str]
    base: str = ""
    moment: datetime = field(default_factory=clock.now)
    pressed: set[tuple[str, bool]] = field(default_factory=set)
    pages: list[tuple[str, httpx.Response]] = field(default_factory=list)

    def keep(self, answer: httpx.Response) -> httpx.Response:
        """Remember a page."""
        assert answer.status_code < 500
        self.pages.append((f"{answer.request.method} {answer.request.url.raw_path.decode()}", answer))
        return answer

    def fitting(self, longest: int) -> str:
        """Return as many of the lines as fit."""
        taken: list[str] = []
        for line in self.lines:
            if sum(map(len, taken)) + len(taken) + len(line) <= longest:
                taken.append(line)
        return "\n".join(taken)

    async def report(self, reporter: Seat, **about: str) -> None:
        """Tell it as a reporter: in every answer, in a message, as the name of a file."""
        typed: dict[str, str | list[str]] = {
            question.id: self.fitting(question.longest)
            for question in QUESTIONS
            if question.shape in FREE and question.id != "what"
        }
        chosen = {"kind": "weakness", "reach": "email", "email": "reporter@example.org", "share": "desk"} | about
        visitor = await send(reporter, self.fitting(10_000), **{**typed, **chosen})
        self.keep(visitor.answer)
        code = code_in(visitor.html)
        await self._write(visitor, code)
        self.keep(await reporter.post("/r", code=code))
        async with self.desk.database.read() as session:
            newest = select(Incident.reference).order_by(Incident.id.desc()).limit(1)
            self.base = f"/desk/incidents/{await session.scalar(newest)}"

    async def _write(self, visitor: Visitor, code: str) -> None:
        self.keep(await visitor.submit("/r", code=code))
        self.keep(await visitor.submit("/r/messages", body=self.fitting(10_000)))
        names = [self.fitting(LONGEST_NAME), *self.lines[:3]]
        files = [("files", (name, b"words", "text/html")) for name in names]
        self.keep(await visitor.seat.client.post("/r/files", data={"code": code}, files=files))

    async def handle(self) -> None:
        """Tell it as the staff: in every form of the incident, once in all fields and once where it will be kept."""
        for page in PAGES:
            shown = self.keep(await self.seat.get(self.base + page))
            for action in dict.fromkeys(form.action for form in forms_on(shown.text)):
                await self._press(page, action, everywhere=True)
                await self._press(page, action, everywhere=False)
        for page in (*(self.base + page for page in PAGES), *VIEWS):
            self.keep(await self.seat.get(page))

    async def _press(self, page: str, action: str, *, everywhere: bool) -> None:
        if any(word in action for word in LEFT_OUT) or (action, everywhere) in self.pressed:
            return
        self.pressed.add((action, everywhere))
        # Each form carries what the page knew; so the page is read anew.
        answer = await self.seat.get(self.base + page)
        for _ in range(2):
            form = next((form for form in forms_on(answer.text) if form.action == action), None)
            if form is not None:
                # A button may lead to a page that asks for words first.
                answer = self.keep(await self.seat.client.post(action, data=self._filled(form, everywhere=everywhere)))

    def _filled(self, form: PostForm, *, everywhere: bool) -> dict[str, str]:
        offered = {
            name: next((value for value in reversed(values) if value), "") for name, values in form.fields.items()
        }
        blocks = {name: self.fitting(10_000) for name in form.blocks}
        return offered | blocks | {name: self._line(name, everywhere=everywhere) for name in form.lines}

    def _line(self, name: str, *, everywhere: bool) -> str:
        part = name.rpartition("_")[2]
        if everywhere or part not in PARTS:
            return self.fitting(100)
        wall = (self.moment - timedelta(minutes=1)).astimezone(AMSTERDAM)
        return AMSTERDAM.key if part == "zone" else str(getattr(wall, part))


FREE = {Shape.LINE, Shape.BLOCK}
PARTS = {"year", "month", "day", "hour", "minute", "zone"}
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


async def told(desk: Desk, sit: Sit, lines: list[str], *, by: Member | Role = Role.ADMINISTRATOR) -> Told:
    """Tell it everywhere."""
    telling = Told(desk, await sit(by), lines)
    await telling.report(await sit())
    await telling.handle()
    return telling
