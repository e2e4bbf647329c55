"""The desk's clock over HTTP: what it says, how it jumped, and an administrator's word that it is right."""

from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from incidentdesk import clock
from incidentdesk.errors import Conflict
from incidentdesk.escalation import queries
from incidentdesk.records import steadiness
from incidentdesk.rules.permissions import Permission
from incidentdesk.staff.gate import member_of
from incidentdesk.web.forms import Request, block
from incidentdesk.web.pages import desk_of, form_of, page

PAGE = "/desk/clock"
MOST_SHOWN = 20
LONGEST_REASON = 500
UNPROCESSABLE = 422


@get(PAGE, opt={"needs": Permission.READ})
async def show_clock(request: Request) -> Response[str]:
    """Show what time it is to the desk, and how its clock jumped."""
    return await _clock(request)


@post(f"{PAGE}/confirmation", opt={"needs": Permission.LADDER, "step_up": True}, status_code=303)
async def confirm_clock(request: Request) -> Response[str] | Redirect:
    """Take an administrator's word that the clock is right."""
    reason = block(form_of(request), "reason", longest=LONGEST_REASON + 1)
    if not reason or len(reason) > LONGEST_REASON:
        return await _clock(request, error="long" if reason else "missing", reason=reason)
    async with desk_of(request).database.write() as session:
        if not await steadiness.confirm(session, reason, by=member_of(request), now=clock.now()):
            raise Conflict
    return Redirect(PAGE, status_code=303)


async def _clock(request: Request, *, error: str = "", reason: str = "") -> Response[str]:
    now = clock.now()
    async with desk_of(request).database.read() as session:
        context: dict[str, Any] = {
            "jumps": await steadiness.newest_jumps(session, MOST_SHOWN),
            "is_unsettled": not await steadiness.may_destroy(session, now=now),
            "ahead": await queries.received_ahead(session, me=member_of(request), now=now),
        }
    spans = {abs(jump.seconds): timedelta(seconds=abs(jump.seconds)) for jump in context["jumps"]}
    context |= {"spans": spans, "error": error, "reason": reason, "most": LONGEST_REASON}
    return page(request, "escalation/clock.html", status=UNPROCESSABLE if error else 200, **context)


PAGES = (show_clock, confirm_clock)
