"""Proof of address over HTTP: asking for the mail, and the page behind its link."""

from datetime import timedelta
from http import HTTPStatus

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from incidentdesk import clock
from incidentdesk.errors import Limit, TooMany
from incidentdesk.rules.permissions import Permission
from incidentdesk.staff import address
from incidentdesk.staff.address import Opened
from incidentdesk.staff.gate import member_of
from incidentdesk.web.forms import Request
from incidentdesk.web.limits import count
from incidentdesk.web.pages import desk_of, page

WHERE = "/desk/profile#address"
MAILS_PER_DAY = 10
DAY = timedelta(days=1)
STATUS = {Opened.MINE: HTTPStatus.OK, Opened.OTHERS: HTTPStatus.FORBIDDEN, Opened.GONE: HTTPStatus.NOT_FOUND}


@post("/desk/profile/address", opt={"needs": Permission.READ}, status_code=303)
async def ask_for_proof(request: Request) -> Redirect:
    """Mail the link to whoever asks, to the address alerts go to."""
    desk, member, now = desk_of(request), member_of(request), clock.now()
    async with desk.database.write() as session:
        asked = await count(session, f"address:{member.id}", within=DAY, now=now)
        if asked <= MAILS_PER_DAY:
            await address.ask(session, member, now=now)
    if asked > MAILS_PER_DAY:
        raise TooMany(int(DAY.total_seconds()), Limit.ADDRESSES)
    return Redirect("/desk/profile?asked=address#address", status_code=303)


@get("/desk/address/{link:str}", opt={"needs": Permission.READ})
async def show_proof(request: Request, link: FromPath[str]) -> Response[str]:
    """The page behind the link. Looking proves nothing: programs that look through mail follow links too."""
    async with desk_of(request).database.read() as session:
        opened = await address.look_at(session, link, member_of(request), now=clock.now())
    return _answer(request, link, opened)


@post("/desk/address/{link:str}", opt={"needs": Permission.READ}, status_code=200)
async def prove(request: Request, link: FromPath[str]) -> Response[str] | Redirect:
    """Store that the person who is signed in reads what goes to their address."""
    async with desk_of(request).database.write() as session:
        opened = await address.prove(session, link, member_of(request), now=clock.now())
    return Redirect(WHERE, status_code=303) if opened is Opened.MINE else _answer(request, link, opened)


def _answer(request: Request, link: str, opened: Opened) -> Response[str]:
    return page(request, "staff/address.html", status=STATUS[opened], token=link, opened=opened)


PAGES = (ask_for_proof, show_proof, prove)
