"""The state of the evidence over HTTP, and what a watchdog asks."""

from collections.abc import Sequence

from litestar import Response, get

from incidentdesk import clock
from incidentdesk.insight import health
from incidentdesk.records.audit.daily import last_verification
from incidentdesk.records.checkpoints import last_checkpoint
from incidentdesk.rules.permissions import Permission
from incidentdesk.web.forms import Request
from incidentdesk.web.pages import desk_of, page

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


PAGES = (show_audit, is_alive, is_ready, is_alerting)
