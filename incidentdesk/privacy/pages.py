"""Erasing over HTTP: one page that asks, and says afterwards what was erased."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from incidentdesk import clock
from incidentdesk.privacy import actions, queries
from incidentdesk.privacy.actions import HasParts, Hindered, Wish
from incidentdesk.privacy.forms import Errors, read_address, read_wish
from incidentdesk.records import register
from incidentdesk.records.ledger import ledger_in
from incidentdesk.rules.erasure import Extent
from incidentdesk.rules.permissions import Permission
from incidentdesk.staff.access import hold_incident
from incidentdesk.staff.gate import member_of
from incidentdesk.web.forms import Request
from incidentdesk.web.pages import desk_of, form_of, page

BASE = "/desk/incidents/{ref:str}"
ERASES: dict[str, Any] = {"needs": Permission.ERASE}
UNPROCESSABLE, CONFLICT = 422, 409


@get(f"{BASE}/erasure", opt=ERASES)
async def show_erasure(request: Request, ref: FromPath[str]) -> Response[str]:
    """Ask what to erase, and say what was."""
    return await _page(request, ref)


async def _page(request: Request, ref: str, *, errors: Errors | None = None, status: int = 200) -> Response[str]:
    desk = desk_of(request)
    async with desk.database.read() as session:
        file = await queries.file_of(session, ref, by=member_of(request))
        entry = await register.entry_of(session, file.incident, now=clock.now())
    kept = desk.settings.backups_kept
    summaries = [(row, queries.summary(file, row, backups_kept=kept)) for row in file.erasures]
    typed = {name: values[0] for name, values in form_of(request).items()}
    context = {
        "file": file,
        "summaries": summaries,
        "kept": kept,
        "errors": errors or {},
        "typed": typed,
        "entry": entry,
    }
    return page(request, "privacy/erasure.html", status=status, **context)


@post(f"{BASE}/erasure", opt={**ERASES, "step_up": True})
async def erase(request: Request, ref: FromPath[str]) -> Response[Any]:
    """Erase it."""
    desk = desk_of(request)
    extent, reason, errors = read_wish(form_of(request), reference=ref)
    if extent is None or errors:
        return await _page(request, ref, errors=errors, status=UNPROCESSABLE)
    by = member_of(request)
    wish, ledger = Wish(extent, reason, by.id), ledger_in(desk.settings.keys_dir, desk.vault)
    try:
        async with desk.database.write() as session:
            incident = await hold_incident(session, ref, by=by)
            if extent is Extent.INCIDENT:
                await actions.insist_alone(session, incident)
            # Pressed twice: the page says what was erased.
            await actions.erase(session, incident, wish, ledger=ledger, now=clock.now())
    except Hindered as error:
        return await _page(request, ref, errors={"extent": error.hindrance.value}, status=CONFLICT)
    except HasParts:
        return await _page(request, ref, errors={"extent": "has_parts"}, status=CONFLICT)
    return Redirect(f"/desk/incidents/{ref}/erasure", status_code=303)


@get(f"{BASE}/erasure.json", opt=ERASES)
async def download_summary(request: Request, ref: FromPath[str]) -> Response[list[Any]]:
    """Give the signed summaries, oldest first, to be kept where the request to erase is kept."""
    desk = desk_of(request)
    async with desk.database.read() as session:
        file = await queries.file_of(session, ref, by=member_of(request))
    kept = desk.settings.backups_kept
    content = [queries.signed(queries.summary(file, row, backups_kept=kept), desk.vault) for row in file.erasures]
    headers = {"content-disposition": f'attachment; filename="{file.incident.reference}-erasure.json"'}
    return Response(content, media_type="application/json", headers=headers)


@get("/desk/reporters", opt=ERASES)
async def ask_reporter(request: Request) -> Response[str]:
    """Ask whose data is looked for."""
    return page(request, "privacy/reporters.html", email="", found=None, errors={})


@post("/desk/reporters", opt=ERASES, status_code=200)
async def find_reporter(request: Request) -> Response[str]:
    """List what one person reported. Posted: an address must not stand in the log of a proxy."""
    desk = desk_of(request)
    email, errors = read_address(form_of(request))
    if errors:
        return page(request, "privacy/reporters.html", status=UNPROCESSABLE, email=email, found=None, errors=errors)
    async with desk.database.write() as session:
        hashed = desk.vault.email_hash(email)
        found = await actions.seek_reporter(session, hashed, by=member_of(request), now=clock.now())
    return page(request, "privacy/reporters.html", email=email, found=found, errors={})


PAGES = (show_erasure, erase, download_summary, ask_reporter, find_reporter)
