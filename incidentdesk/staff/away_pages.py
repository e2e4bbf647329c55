"""The days on which I am away, over HTTP."""

from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from incidentdesk import clock
from incidentdesk.rules.permissions import Permission
from incidentdesk.staff import away
from incidentdesk.staff.away import Days
from incidentdesk.staff.gate import member_of
from incidentdesk.web.forms import Request
from incidentdesk.web.pages import desk_of, form_of, page

AWAY = "/desk/profile/away"


@get(AWAY, opt={"needs": Permission.READ})
async def show_days(request: Request) -> Response[str]:
    """Show when I am away."""
    return await _days(request, Days(("", ""), None, None))


async def _days(request: Request, typed: Days) -> Response[str]:
    async with desk_of(request).database.read() as session:
        days = await away.days_of(session, member_of(request), now=clock.now())
    status = 422 if typed.errors else 200
    return page(request, "staff/away.html", status=status, days=days, typed=typed.typed, errors=dict(typed.errors))


# Whoever took over a session could otherwise see to it that the person is not alerted.
@post(AWAY, opt={"needs": Permission.READ, "step_up": True}, status_code=303)
async def go_away(request: Request) -> Response[str] | Redirect:
    """Keep more days."""
    me, now = member_of(request), clock.now()
    typed = away.read_days(form_of(request), today=away.today_of(me, now))
    if typed.errors:
        return await _days(request, typed)
    async with desk_of(request).database.write() as session:
        await away.go_away(session, me, typed, now=now)
    return Redirect(AWAY, status_code=303)


@post(f"{AWAY}/{{away_id:uuid}}/removal", opt={"needs": Permission.READ, "step_up": True}, status_code=303)
async def come_back(request: Request, away_id: FromPath[UUID]) -> Redirect:
    """Forget days."""
    async with desk_of(request).database.write() as session:
        await away.come_back(session, member_of(request), away_id, now=clock.now())
    return Redirect(AWAY, status_code=303)


PAGES = (show_days, go_away, come_back)
