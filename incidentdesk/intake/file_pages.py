"""Files that a reporter adds after sending, on a page of their own and behind the private code."""

from datetime import datetime
from uuid import UUID

from litestar import Response, post
from litestar.response import Stream

from incidentdesk import clock
from incidentdesk.errors import Missing
from incidentdesk.intake import actions
from incidentdesk.intake.queries import Filed
from incidentdesk.intake.reporter_pages import Shown, filed_of, known_code, status_page, wrong_code
from incidentdesk.records.attachments import MOST, Giver, NoMoreFiles, count_of, find_file
from incidentdesk.records.files import slot_of
from incidentdesk.web.files import download, forget_unused, give_back, set_aside, stored
from incidentdesk.web.forms import Request, one
from incidentdesk.web.pages import desk_of, form_of, page
from incidentdesk.web.uploads import Refused

Answer = Response[str] | Stream


@post("/r/files/new", opt={"public": True}, status_code=200)
async def show_upload(request: Request) -> Answer:
    """Ask for files."""
    code = await known_code(request, desk_of(request), form_of(request), now=clock.now())
    return await _ask(request, code) if code else wrong_code(request, form_of(request))


async def _ask(request: Request, code: str, *, refused: Refused | None = None) -> Answer:
    desk = desk_of(request)
    async with desk.database.read() as session:
        filed = await filed_of(session, desk, code)
        left = MOST - await count_of(session, Giver(filed.incident, report=filed.report))
    context = {"incident": filed.incident, "left": left, "trouble": refused.reason if refused else ""}
    return page(request, "intake/files.html", status=refused.status if refused else 200, code=code, **context)


@post("/r/files", opt={"public": True, "upload": True}, status_code=200)
async def add_files(request: Request) -> Answer:
    """Take files in."""
    code = await known_code(request, desk_of(request), form_of(request), now=clock.now())
    if code is None:
        return wrong_code(request, form_of(request))
    try:
        await _take_in(request, code)
    except Refused as refused:
        return await _ask(request, code, refused=refused)
    except NoMoreFiles:
        return await _ask(request, code, refused=Refused("files_many"))
    return await status_page(request, desk_of(request), code, Shown(done="added"))


async def _take_in(request: Request, code: str) -> None:
    desk, now = desk_of(request), clock.now()
    filed = await _begin(request, code, now=now)
    try:
        async with stored(request, filed.incident.id, giver=f"report:{filed.report.id}") as arrived:
            async with desk.database.write() as session:
                filed = await filed_of(session, desk, code, to_change=True)
                added = await actions.add_files(session, filed, arrived, now=clock.now())
            await forget_unused(desk, arrived, added)
    finally:
        async with desk.database.write() as session:
            await give_back(session, request, now=now)


async def _begin(request: Request, code: str, *, now: datetime) -> Filed:
    """Set room aside, unless there can be no further file anyway."""
    desk = desk_of(request)
    async with desk.database.write() as session:
        await set_aside(session, request, now=now)
        filed = await filed_of(session, desk, code)
        if await count_of(session, Giver(filed.incident, report=filed.report)) >= MOST:
            raise Refused("files_many")
    return filed


@post("/r/files/content", opt={"public": True}, status_code=200)
async def give_file(request: Request) -> Answer:
    """Give one of the reporter's own files back."""
    desk, form = desk_of(request), form_of(request)
    code = await known_code(request, desk, form, now=clock.now())
    if code is None:
        return wrong_code(request, form)
    async with desk.database.read() as session:
        filed = await filed_of(session, desk, code)
        file = await find_file(session, filed.incident, _id(one(form, "file")), report=filed.report)
        if file is None:
            raise Missing
        slot = await slot_of(session, file)
    return await download(request, file, slot)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Missing from error


PAGES = (show_upload, add_files, give_file)
