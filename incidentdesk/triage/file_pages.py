"""Files at the desk: saved by whoever may see the incident, added by whoever works on it, and never shown by us."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from incidentdesk import clock
from incidentdesk.errors import Missing
from incidentdesk.records.attachments import MOST, Giver, NoMoreFiles, count_of, find_file
from incidentdesk.records.files import slot_of
from incidentdesk.staff.access import find_incident
from incidentdesk.staff.gate import member_of
from incidentdesk.triage import actions
from incidentdesk.triage.looking import note_opening
from incidentdesk.triage.pages import BASE, READS, TRIAGES, Answer, back, file_of, turn
from incidentdesk.web.files import download, forget_unused, stored
from incidentdesk.web.forms import Request
from incidentdesk.web.pages import desk_of, page
from incidentdesk.web.uploads import Refused

UPLOADS: dict[str, Any] = {**TRIAGES, "upload": True}


@get(f"{BASE}/files", opt=TRIAGES)
async def show_upload(request: Request, ref: FromPath[str]) -> Response[str]:
    """Ask for files."""
    return await _ask(request, ref)


async def _ask(request: Request, ref: str, *, refused: Refused | None = None) -> Response[str]:
    file = await file_of(request, ref)
    async with desk_of(request).database.read() as session:
        left = MOST - await count_of(session, Giver(file.incident, member=member_of(request)))
    trouble, status = (refused.reason, refused.status) if refused else ("", 200)
    return page(request, "triage/files.html", status=status, file=file, left=left, trouble=trouble)


@post(f"{BASE}/files", opt=UPLOADS)
async def add_files(request: Request, ref: FromPath[str]) -> Answer:
    """Take files in; whoever may not see the incident is refused before the first byte of one."""
    file = await file_of(request, ref)
    desk, giver = desk_of(request), f"desk:{file.incident.id}"
    try:
        async with stored(request, file.incident.id, giver=giver) as arrived:
            async with turn(request, ref) as (session, incident, who):
                added = await actions.add_files(session, incident, arrived, **who)
            await forget_unused(desk, arrived, added)
    except Refused as refused:
        return await _ask(request, ref, refused=refused)
    except NoMoreFiles:
        return await _ask(request, ref, refused=Refused("files_many"))
    return back(ref)


@get(f"{BASE}/files/{{number:uuid}}", opt=READS)
async def give_file(request: Request, ref: FromPath[str], number: FromPath[UUID]) -> Stream:
    """Give one out to be saved, and write down to whom."""
    database, by = desk_of(request).database, member_of(request)
    async with database.read() as session:
        incident = await find_incident(session, ref, by=by)
        file = await find_file(session, incident, number)
        if file is None:
            raise Missing
        slot = await slot_of(session, file)
    await note_opening(database, ref, by=by, now=clock.now(), file=file.id)
    return await download(request, file, slot)


PAGES = (show_upload, add_files, give_file)
