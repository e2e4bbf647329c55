"""A reporter's browser without JavaScript and without cookies: it sends on what the page holds."""

import re
from dataclasses import dataclass
from html import unescape

import httpx

from tests.people import Seat

Fields = dict[str, str | list[str]]
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
FORM = re.compile(r'<form method="post" action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)


def form_fields(html: str, action: str) -> Fields:
    """Return the hidden fields of the form that posts to `action`."""
    inside = next(body for address, body in FORM.findall(html) if address == action)
    fields: dict[str, list[str]] = {}
    for name, value in FIELD.findall(inside):
        fields.setdefault(unescape(name), []).append(unescape(value))
    return dict(fields)


@dataclass
class Visitor:
    """Somebody with a page open."""

    seat: Seat
    answer: httpx.Response

    @property
    def html(self) -> str:
        return self.answer.text

    async def press(self, go: str, **typed: str | list[str]) -> httpx.Response:
        """Press one of the form's buttons after typing."""
        return await self.submit("/report", go=go, **typed)

    async def submit(self, action: str, **typed: str | list[str]) -> httpx.Response:
        """Send the form on this page that posts to `action`."""
        data = {**form_fields(self.html, action), **typed}
        self.answer = await self.seat.client.post(action, data=data)
        return self.answer


async def visit(seat: Seat, path: str = "/report") -> Visitor:
    """Open a page."""
    return Visitor(seat, await seat.client.get(path))


async def send(seat: Seat, what: str = "I lost my badge", **typed: str | list[str]) -> Visitor:
    """Report something the short way."""
    visitor = await visit(seat)
    await visitor.press("now", what=what, **typed)
    await visitor.press("send")
    return visitor


def code_in(html: str) -> str:
    """Return the private code of the page."""
    return str(form_fields(html, "/r")["code"][0])
