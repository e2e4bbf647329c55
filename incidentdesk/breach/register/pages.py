"""The register over HTTP: the list, one entry with its lines, and what leaves the desk as a sheet or on paper."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.breach.moments import Reading
from incidentdesk.breach.progress import progress_of
from incidentdesk.breach.register import actions, export, forms, papers, queries
from incidentdesk.breach.register.actions import Incomplete, Unreasoned
from incidentdesk.breach.register.entries import Entry
from incidentdesk.breach.register.forms import View, Wanted
from incidentdesk.records.history import names_of
from incidentdesk.rules.permissions import Permission, allows
from incidentdesk.rules.register import TEXTS
from incidentdesk.staff.gate import member_of
from incidentdesk.web.forms import Request, one
from incidentdesk.web.pages import desk_of, environment, form_of, language_of, page
from incidentdesk.web.sheets import give_sheet
from incidentdesk.web.typeset import give_pdf

BASE = "/desk/incidents/{reference:str}"
READS: dict[str, Any] = {"needs": Permission.READ}
UNPROCESSABLE, CONFLICT = 422, 409
UNCHANGED = Reading("")


@get("/desk/register", opt=READS)
async def show_register(request: Request) -> Response[str]:
    """Show one page of the register."""
    wanted, now = _wanted(request), clock.now()
    async with desk_of(request).database.read() as session:
        book = await queries.book(session, wanted, me=member_of(request), now=now)
    links = {view.value: _address(Wanted(view, wanted.year)) for view in View}
    more = _address(wanted) + f"&after={forms.write_position(book.after)}" if book.after else ""
    years = range(now.year, (book.first_year or now.year) - 1, -1)
    return page(
        request,
        "breach/register_book.html",
        book=book,
        wanted=wanted,
        links=links,
        more=more,
        years=[(year, _address(Wanted(wanted.view, year))) for year in years],
        every_year=_address(Wanted(wanted.view)),
        query=urlencode(wanted.query),
    )


def _wanted(request: Request) -> Wanted:
    return forms.wanted({name: [value] for name, value in request.query_params.items()}, this_year=clock.now().year)


def _address(wanted: Wanted) -> str:
    return "/desk/register?" + urlencode(wanted.query)


@get("/desk/register.csv", opt=READS)
async def download_sheet(request: Request) -> Response[str]:
    """Give the register as a sheet; its last row says what is not in it."""
    entries, names, left_out = await _export(request, "csv")
    rows = [row for entry in entries for row in export.rows_of(entry, names)]
    return give_sheet(_name(request), export.HEAD, [*rows, [left_out]])


@get("/desk/register.pdf", opt=READS)
async def download_paper(request: Request) -> Response[bytes]:
    """Give the register on paper."""
    entries, names, left_out = await _export(request, "pdf")
    member, settings = member_of(request), desk_of(request).settings
    reader = papers.Reader(settings.organisation, language_of(request), ZoneInfo(member.zone), clock.now())
    return await give_pdf(_name(request), papers.paper(entries, names, reader, lead=[left_out]))


def _name(request: Request) -> str:
    wanted = _wanted(request)
    return "-".join(("register", str(wanted.year or "all"), *((wanted.view.value,) if wanted.view != View.ALL else ())))


async def _export(request: Request, kind: str) -> tuple[Sequence[Entry], dict[UUID, str], str]:
    """Return the entries with the names in them and what is left out; that somebody takes them out is written down."""
    wanted, member = _wanted(request), member_of(request)
    await actions.note_export(desk_of(request).database, {"kind": kind, **wanted.query}, by=member, now=clock.now())
    async with desk_of(request).database.read() as session:
        entries = [entry async for part in queries.everything(session, wanted, me=member) for entry in part]
        names = await names_of(session, {signer for entry in entries for signer in entry.signers})
        left_out = await _left_out(session, request)
    return entries, names, left_out


async def _left_out(session: AsyncSession, request: Request) -> str:
    """Say how many entries are withheld: the number to whoever may open them for themselves, to others that it may be so."""
    member = member_of(request)
    knows = allows(member.role, Permission.RESTRICT)
    count = await queries.withheld(session, me=member) if knows else None
    template = environment(language_of(request)).get_template("breach/_register_left_out.txt")
    return template.render(count=count, name=member.name).strip()


@get(f"{BASE}/register", opt=READS)
async def show_entry(request: Request, reference: FromPath[str]) -> Response[str]:
    """Show one entry with its lines."""
    return await _page(request, reference)


@post(f"{BASE}/register-line", opt={"needs": Permission.LEGAL})
async def post_line(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Write a line, or close the entry."""
    read, member = forms.line(form_of(request)), member_of(request)
    is_stale = False
    try:
        async with desk_of(request).database.write() as session:
            entry = await queries.entry_of(session, reference, by=member, for_change=True)
            if read.value is not None:
                if _stands(entry, read.value, member.id):
                    return _back(reference)
                is_stale = one(form_of(request), "seen_revision") != entry.stamp
                if not is_stale:
                    await actions.write_line(session, entry, read.value, member=member, now=clock.now())
                    return _back(reference)
    except Incomplete as error:
        wrong = {"closing": "incomplete"} | {gap.value: "needed" for gap in error.gaps if gap.value in (*TEXTS, "risk")}
        return await _page(request, reference, read=Reading(None, wrong), status=UNPROCESSABLE)
    except Unreasoned as error:
        return await _page(request, reference, read=Reading(None, {"why": error.word}), status=UNPROCESSABLE)
    return await _page(request, reference, read=read, status=CONFLICT if is_stale else UNPROCESSABLE)


def _stands(entry: Entry, value: forms.Line, member_id: UUID) -> bool:
    """Say whether the newest line is this very one: the button was pressed twice."""
    if not entry.lines:
        return False
    newest = entry.lines[-1]
    same = (newest.values, newest.why, newest.member_id) == (value.values, value.why, member_id)
    return same and value.closing == (entry.row is not None and entry.row.closed_at is not None)


def _back(reference: str) -> Redirect:
    return Redirect(f"/desk/incidents/{reference}/register", status_code=303)


async def _page(
    request: Request, reference: str, *, read: Reading[Any] = UNCHANGED, status: int = 200
) -> Response[str]:
    async with desk_of(request).database.read() as session:
        entry = await queries.entry_of(session, reference, by=member_of(request))
        names = await queries.names_in(session, entry)
        progress = await progress_of(session, entry.incident)
    typed = {name: values[0] for name, values in form_of(request).items()}
    return page(
        request,
        "breach/register.html",
        status=status,
        entry=entry,
        progress=progress,
        names=names,
        errors=read.errors,
        typed=typed,
        stale=status == CONFLICT,
    )


PAGES = (show_register, download_sheet, download_paper, show_entry, post_line)
