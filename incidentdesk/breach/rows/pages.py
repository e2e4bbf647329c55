"""The rows of law: which apply here and why, which are off, and where each comes from."""

from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get

from incidentdesk import clock, law
from incidentdesk.rules.duties import Standing, standing
from incidentdesk.rules.permissions import Permission
from incidentdesk.staff.gate import member_of
from incidentdesk.web.forms import Request
from incidentdesk.web.pages import desk_of, language_of, page


@get("/desk/law", opt={"needs": Permission.READ})
async def show_law(request: Request) -> Response[str]:
    """Show every row, those that apply first."""
    settings, zone = desk_of(request).settings, ZoneInfo(member_of(request).zone)
    today = clock.now().astimezone(zone).date()
    rows = [
        (row, law.wording_of(row.id, row.version), standing(row, settings.regimes, today)) for row in law.policies()
    ]
    order = list(Standing)
    context: dict[str, Any] = {
        "rows": sorted(rows, key=lambda one: order.index(one[2])),
        "bound_as": sorted(settings.regimes),
        "authority": law.authority_of(settings.established_in),
        "language": language_of(request),
    }
    return page(request, "breach/law.html", **context)


PAGES = (show_law,)
