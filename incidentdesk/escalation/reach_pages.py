"""Who would be reached, over HTTP."""

from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.errors import Missing
from incidentdesk.escalation import forms, gaps, reach
from incidentdesk.escalation.forms import Prospecting
from incidentdesk.escalation.reach import Scene
from incidentdesk.rules.permissions import Permission
from incidentdesk.rules.reach import REPEATS
from incidentdesk.staff.access import find_incident
from incidentdesk.staff.gate import member_of
from incidentdesk.tables import Member
from incidentdesk.web.forms import Request
from incidentdesk.web.pages import Desk, desk_of, page

REACH = "/desk/reach"
UNPROCESSABLE = 422


@get(REACH, opt={"needs": Permission.READ})
async def show_reach(request: Request) -> Response[str]:
    """Show which mails would go to whom from a moment on if nobody acts, and every gap."""
    desk, me, now = desk_of(request), member_of(request), clock.now()
    asked = forms.read_prospecting(request.query_params.dict(), zone=ZoneInfo(me.zone), now=now)
    errors, prospect = dict(asked.errors), None
    async with desk.database.read() as session:
        found = await gaps.last_found(session, me=me, now=now)
        if not errors:
            scene = await _scene(session, desk, asked, me=me)
            if scene is None:
                errors["incident"] = "incident_unknown"
            else:
                prospect = await reach.foretell(session, desk.settings, scene, at=asked.at, now=now)
    context: dict[str, Any] = {
        "asked": asked,
        "prospect": prospect,
        "errors": errors,
        "repeats": REPEATS,
        "found": found,
    }
    context |= {"number_of": forms.number_of, "zone_of": ZoneInfo}
    return page(request, "escalation/reach.html", status=UNPROCESSABLE if errors else 200, **context)


async def _scene(session: AsyncSession, desk: Desk, asked: Prospecting, *, me: Member) -> Scene | None:
    """Return what was asked about; None when there is no such incident for this person."""
    if not asked.reference:
        return await reach.scene_of_new(session, asked.severity, zone=desk.settings.zone, at=asked.at)
    try:
        return await reach.scene_of(session, await find_incident(session, asked.reference, by=me))
    except Missing:
        return None


PAGES = (show_reach,)
