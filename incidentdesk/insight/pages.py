"""The state of the evidence over HTTP, what a watchdog asks, and figures for a program that watches."""

import hmac
from collections.abc import Sequence

from litestar import Response, get

from incidentdesk import clock, metrics
from incidentdesk.errors import Forbidden, Missing
from incidentdesk.insight import health, queries
from incidentdesk.records.audit.daily import last_verification
from incidentdesk.records.checkpoints import last_checkpoint
from incidentdesk.rules.permissions import Permission
from incidentdesk.web.forms import Request
from incidentdesk.web.pages import OUT_OF_REACH, Desk, desk_of, page

UNAVAILABLE = 503


@get("/desk/audit", opt={"needs": Permission.AUDIT})
async def show_audit(request: Request) -> Response[str]:
    """Show the newest checkpoint, the key that signs, and what the last verification found."""
    desk = desk_of(request)
    async with desk.database.read() as session:
        newest, verified = await last_checkpoint(session), await last_verification(session)
    return page(request, "insight/audit.html", newest=newest, verified=verified, public_key=desk.vault.public_key)


@get("/healthz", opt={"public": True})
async def is_alive() -> Response[str]:
    """Tell that the process answers."""
    return _told(())


@get("/readyz", opt={"public": True})
async def is_ready(request: Request) -> Response[str]:
    """Tell whether this process can do its work."""
    return _told(await health.hindrances(desk_of(request)))


@get("/health/escalations", opt={"public": True})
async def is_alerting(request: Request) -> Response[str]:
    """Tell whether alerts reach people."""
    return _told(await health.alarms(desk_of(request), now=clock.now()))


def _told(wrong: Sequence[str]) -> Response[str]:
    """Answer one plain word a line: everybody may ask, so nothing is said that is not in the manual."""
    text = "".join(f"{word}\n" for word in wrong or ("ok",))
    return Response(text, status_code=UNAVAILABLE if wrong else 200, media_type="text/plain")


@get("/metrics", opt={"public": True})
async def show_metrics(request: Request) -> Response[bytes]:
    """Give figures to a program that shows the token; where none is set there is no such page."""
    desk = desk_of(request)
    if not desk.settings.metrics_token:
        raise Missing
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not hmac.compare_digest(token.encode(), desk.settings.metrics_token.encode()):
        raise Forbidden
    return Response(metrics.written(desk.metrics, await _figures(desk)), media_type=metrics.MEDIA_TYPE)


async def _figures(desk: Desk) -> dict[str, float]:
    """A database that is away is the news; what the process counted is told all the same."""
    try:
        async with desk.database.read() as session:
            return await queries.figures(session, now=clock.now())
    except OUT_OF_REACH:
        return {"database_up": 0}


PAGES = (show_audit, is_alive, is_ready, is_alerting, show_metrics)
