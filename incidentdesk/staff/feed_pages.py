"""The calendar feed over HTTP: the address for a calendar program, and the buttons that make and end it."""

import contextlib
import hashlib
from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from incidentdesk import clock, law
from incidentdesk.errors import Limit, Missing, TooMany
from incidentdesk.mail import ics
from incidentdesk.mail.entries import Entry, event_of
from incidentdesk.mail.letters import entry_words
from incidentdesk.rules.permissions import Permission
from incidentdesk.staff import feed
from incidentdesk.staff.gate import member_of
from incidentdesk.tables import Member
from incidentdesk.web.forms import Request
from incidentdesk.web.limits import count, network_of
from incidentdesk.web.pages import OUT_OF_REACH, Desk, desk_of, page

ENDING = ".ics"
# A whole office may ask from one address, each calendar program every few minutes.
ASKED_WITHIN = timedelta(minutes=10)
ASKED_AT_MOST = 600
# The framework adds the charset.
KIND = "text/calendar"
HEADERS = {"cache-control": "private, no-store"}


@get("/calendar/{address:str}", opt={"public": True})
async def show_feed(request: Request, address: FromPath[str]) -> Response[bytes]:
    """Give the calendar to whoever has its address; nothing but the limit counts that it was asked for."""
    desk, secret = desk_of(request), address.removesuffix(ENDING)
    await _limit(request, desk)
    async with desk.database.read() as session:
        reader = await feed.reader_of(session, secret) if secret != address else None
        if reader is None:
            raise Missing
        written = _written(desk, reader, await feed.deadlines(session, reader))
    tag = f'"{hashlib.sha256(written).hexdigest()[:32]}"'
    headers = HEADERS | {"etag": tag, "content-language": reader.language}
    if tag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=HTTPStatus.NOT_MODIFIED, media_type=KIND, headers=headers)
    headers |= {"content-disposition": 'inline; filename="deadlines.ics"'}
    return Response(written, media_type=KIND, headers=headers)


def _written(desk: Desk, reader: Member, entries: Sequence[Entry]) -> bytes:
    words, base_url = entry_words(reader.language), desk.settings.base_url
    events = [event_of(one, words, base_url=base_url, changed_at=one.incident.updated_at) for one in entries]
    name = words("name", organisation=desk.settings.organisation)
    return ics.feed(events, name=name, refresh=law.calendar_manners(clock.now()).refresh)


async def _limit(request: Request, desk: Desk) -> None:
    """Count what a network asks for, right or wrong: guessing is hopeless, and asking without an end is work."""
    asked, key = 0, desk.vault.hash("feed network", network_of(request, desk.settings))
    # While nothing can be written, deadlines can be read all the same.
    with contextlib.suppress(*OUT_OF_REACH):
        async with desk.database.write() as session:
            asked = await count(session, key, within=ASKED_WITHIN, now=clock.now())
    if asked > ASKED_AT_MOST:
        raise TooMany(int(ASKED_WITHIN.total_seconds()), Limit.FEEDS)


@post("/desk/profile/calendar", opt={"needs": Permission.READ, "step_up": True}, status_code=200)
async def renew_feed(request: Request) -> Response[str]:
    """Make an address and show it, once."""
    desk = desk_of(request)
    async with desk.database.write() as session:
        secret = await feed.renew(session, member_of(request), now=clock.now())
    address = f"{desk.settings.base_url}/calendar/{secret}{ENDING}"
    return page(request, "staff/feed.html", address=address)


@post("/desk/profile/calendar/removal", opt={"needs": Permission.READ, "step_up": True}, status_code=303)
async def revoke_feed(request: Request) -> Redirect:
    """Let the address open nothing any more."""
    async with desk_of(request).database.write() as session:
        await feed.revoke(session, member_of(request), now=clock.now())
    return Redirect("/desk/profile#calendar", status_code=303)


PAGES = (show_feed, renew_feed, revoke_feed)
