"""The state of the evidence over HTTP."""

from litestar import Response, get

from incidentdesk.records.audit.daily import last_verification
from incidentdesk.records.checkpoints import last_checkpoint
from incidentdesk.rules.permissions import Permission
from incidentdesk.web.forms import Request
from incidentdesk.web.pages import desk_of, page


@get("/desk/audit", opt={"needs": Permission.AUDIT})
async def show_audit(request: Request) -> Response[str]:
    """Show the newest checkpoint, the key that signs, and what the last verification found."""
    desk = desk_of(request)
    async with desk.database.read() as session:
        newest, verified = await last_checkpoint(session), await last_verification(session)
    return page(request, "insight/audit.html", newest=newest, verified=verified, public_key=desk.vault.public_key)


PAGES = (show_audit,)
