"""The cast: who signs in to the desk in tests, and the outsider who does not."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from html import unescape

import httpx

from incidentdesk.rules.permissions import Role
from incidentdesk.staff import sessions
from incidentdesk.staff.gate import cookie_name
from incidentdesk.tables import Member, Stage
from incidentdesk.web.pages import Desk

NAMES = {
    Role.ADMINISTRATOR: "Ada Min",
    Role.RESPONDER: "Rosa Ponder",
    Role.DPO: "Dipo Officer",
    Role.READER: "Reda Only",
}


def member(role: Role, *, now: datetime, name: str = "") -> Member:
    """Return a person who is not stored yet."""
    called = name or NAMES[role]
    email = f"{called.split(maxsplit=1)[0].lower()}@example.org"
    return Member(name=called, email=email, role=role, zone="Europe/Amsterdam", language="en", created_at=now)


@dataclass(frozen=True)
class Seat:
    """A person in front of a browser: posts carry the token of the session, as the page's hidden field does."""

    member: Member | None
    client: httpx.AsyncClient
    csrf: str = ""

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path)

    async def post(self, path: str, **fields: str | list[str]) -> httpx.Response:
        return await self.client.post(path, data={"csrf": self.csrf, **fields})


Sit = Callable[..., Awaitable[Seat]]


async def sit_down(desk: Desk, client: httpx.AsyncClient, who: Member, *, now: datetime) -> Seat:
    """Store the person if needed and sign them in with both factors, without the slow password."""
    async with desk.database.write() as session:
        known = await session.merge(who)
        await session.flush()
        token = await sessions.open_session(session, known, stage=Stage.FULL, now=now)
    client.cookies.set(cookie_name(desk.settings), token)
    return Seat(known, client, desk.vault.hash("csrf", sessions.hash_token(token)))


def hidden_fields(html: str) -> dict[str, str]:
    """Return the hidden fields of a page, as a browser would send them on."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    return {name: unescape(value) for name, value in found}
