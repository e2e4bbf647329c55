"""Choosing who may see an incident, and seeing who reported it, over HTTP."""

from litestar import Response, get, post
from litestar.params import FromPath

from incidentdesk.errors import Conflict
from incidentdesk.rules.permissions import Permission
from incidentdesk.staff.access import find_incident
from incidentdesk.staff.gate import member_of
from incidentdesk.triage import access
from incidentdesk.triage.access_forms import read_access, read_purpose
from incidentdesk.triage.pages import BASE, UNPROCESSABLE, Answer, back, incident_page, turn
from incidentdesk.web.forms import Request
from incidentdesk.web.pages import desk_of, form_of, page

RESTRICTS = {"needs": Permission.RESTRICT}
CONFLICT = 409


@get(f"{BASE}/access", opt=RESTRICTS)
async def show_access(request: Request, ref: FromPath[str]) -> Response[str]:
    return await _access(request, ref)


async def _access(request: Request, ref: str, *, status: int = 200) -> Response[str]:
    member = member_of(request)
    async with desk_of(request).database.read() as session:
        incident = await find_incident(session, ref, by=member)
        circle = await access.circle_of(session, incident, by=member)
    return page(request, "triage/access.html", status=status, incident=incident, circle=circle)


@post(f"{BASE}/access", opt=RESTRICTS)
async def set_access(request: Request, ref: FromPath[str]) -> Answer:
    try:
        async with turn(request, ref) as (session, incident, who):
            await access.set_access(session, incident, read_access(form_of(request)), **who)
    except Conflict:
        return await _access(request, ref, status=CONFLICT)
    return back(ref)


@post(f"{BASE}/identity", opt={"needs": Permission.REVEAL}, status_code=200)
async def reveal(request: Request, ref: FromPath[str]) -> Answer:
    """Show who reported it on this one answer; an address that shows it there is not."""
    purpose, errors = read_purpose(form_of(request))
    if errors:
        return await incident_page(request, ref, errors=errors, status=UNPROCESSABLE)
    async with turn(request, ref, even_merged=True) as (session, incident, who):
        await access.reveal_reporter(session, incident, purpose, **who)
    return await incident_page(request, ref, revealed=True)


PAGES = (show_access, set_access, reveal)
