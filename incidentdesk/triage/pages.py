"""The queue and the incident page over HTTP: each button one POST, and nothing typed is ever lost."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypedDict
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.rules.next_step import NEVER
from incidentdesk.rules.permissions import Permission
from incidentdesk.staff.access import find_incident
from incidentdesk.staff.gate import member_of
from incidentdesk.tables import Incident, Member
from incidentdesk.triage import actions, forms, queries, timeline
from incidentdesk.triage.looking import is_noted, note_opening
from incidentdesk.triage.stale import Stale
from incidentdesk.triage.timeline import Dossier, Only
from incidentdesk.web.files import damaged
from incidentdesk.web.forms import Form, Request, one
from incidentdesk.web.pages import desk_of, form_of, page

BASE = "/desk/incidents/{ref:str}"
READS = {"needs": Permission.READ}
TRIAGES = {"needs": Permission.TRIAGE}
UNPROCESSABLE, CONFLICT = 422, 409
Answer = Response[Any]


@get("/desk", opt=READS)
async def show_queue(request: Request) -> Response[str]:
    search = forms.read_search(request.query_params.dict())
    async with desk_of(request).database.read() as session:
        board = await queries.board(session, search, me=member_of(request), now=clock.now())
    links = {view.value: address(view.value, search.filters) for view in forms.View}
    after = {"after": forms.write_position(board.after)} if board.after else {}
    more = address(search.view.value, {**search.filters, **after}) if after else ""
    context: dict[str, Any] = {"links": links, "more": more, "cap": queries.MOST_COUNTED, "never": NEVER}
    return page(request, "triage/queue.html", search=search, board=board, **context)


def address(view: str, filters: Mapping[str, str]) -> str:
    """Return the address of a view of the queue."""
    return "/desk?" + urlencode({"view": view, **filters})


@get(BASE, opt=READS)
async def show_incident(request: Request, ref: FromPath[str]) -> Response[str]:
    return await incident_page(request, ref)


async def incident_page(
    request: Request, ref: str, *, errors: forms.Errors | None = None, status: int = 200, revealed: bool = False
) -> Response[str]:
    """Show the incident, with what was typed if the form could not be used, or with its reporter if that was asked for."""
    shown = one(request.query_params.dict(), "show")
    only = Only(shown) if shown in set(Only) else Only.ALL
    desk, by, now = desk_of(request), member_of(request), clock.now()
    async with desk.database.read() as session:
        file = await timeline.dossier(session, ref, by=by, only=only, now=now)
        whole = (file.incident, *file.beside.parts)
        unnoted = [one.reference for one in whole if not await is_noted(session, one, by=by, now=now)]
    for reference in unnoted:
        await note_opening(desk.database, reference, by=by, now=now)
    return page(
        request,
        "triage/erased.html" if file.incident.erased_at else "triage/incident.html",
        status=status,
        file=file,
        damaged=await damaged(desk, file.files),
        only=only,
        typed=forms.typed(form_of(request)),
        errors=errors or {},
        revealed=revealed,
        form_id=secrets.token_urlsafe(16),
        never=NEVER,
    )


async def file_of(request: Request, ref: str, only: Only = Only.ALL) -> Dossier:
    """Return all that belongs to the incident, as it is now."""
    async with desk_of(request).database.read() as session:
        return await timeline.dossier(session, ref, by=member_of(request), only=only, now=clock.now())


class Who(TypedDict):
    """Who acts, and when."""

    by: Member
    now: datetime


@asynccontextmanager
async def turn(
    request: Request, ref: str, *, even_merged: bool = False
) -> AsyncIterator[tuple[AsyncSession, Incident, Who]]:
    """Open the one transaction of an action, with the incident locked and who acts on it when."""
    async with desk_of(request).database.write() as session:
        by = member_of(request)
        incident = await find_incident(session, ref, by=by, to_change=True, even_merged=even_merged)
        yield session, incident, Who(by=by, now=clock.now())


def back(ref: str) -> Redirect:
    """Lead back to the incident, so that reloading the page presses nothing again."""
    return Redirect(f"/desk/incidents/{ref}", status_code=303)


def show_collision(request: Request, error: Stale) -> Response[str]:
    """Handler: show both values side by side, and the typed text ready to be sent again."""
    form = form_of(request)
    again = {"csrf", "keep", f"seen_{error.collision.name}", *forms.TEXTS}
    carried = [(name, value) for name, values in form.items() if name not in again for value in values]
    return page(
        request,
        "triage/collision.html",
        status=CONFLICT,
        collision=error.collision,
        carried=carried,
        typed=forms.typed(form),
        back=str(request.scope["path"]).rpartition("/")[0],
    )


STALE: Any = {Stale: show_collision}


@post(f"{BASE}/taking", opt=TRIAGES, exception_handlers=STALE)
async def take(request: Request, ref: FromPath[str]) -> Answer:
    form = form_of(request)
    if forms.leaves_theirs(form):
        return back(ref)
    async with turn(request, ref) as (session, incident, who):
        seen = one(form, "seen_owner")
        await actions.take(session, incident, seen_owner=seen, **who)
    return back(ref)


@post(f"{BASE}/owner", opt=TRIAGES, exception_handlers=STALE)
async def assign(request: Request, ref: FromPath[str]) -> Answer:
    try:
        return await press(request, ref, forms.read_owner, actions.assign)
    except actions.Bystander:
        return await incident_page(request, ref, errors={"owner": "owner_missing"}, status=UNPROCESSABLE)


@post(f"{BASE}/severity", opt=TRIAGES, exception_handlers=STALE)
async def set_severity(request: Request, ref: FromPath[str]) -> Answer:
    return await press(request, ref, forms.read_severity, actions.set_severity)


@post(f"{BASE}/title", opt=TRIAGES, exception_handlers=STALE)
async def retitle(request: Request, ref: FromPath[str]) -> Answer:
    return await press(request, ref, forms.read_title, actions.retitle)


@post(f"{BASE}/messages", opt=TRIAGES)
async def send_message(request: Request, ref: FromPath[str]) -> Answer:
    return await press(request, ref, forms.read_message, actions.send_message)


@post(f"{BASE}/notes", opt=TRIAGES)
async def add_note(request: Request, ref: FromPath[str]) -> Answer:
    return await press(request, ref, forms.read_note, actions.add_note)


async def press(
    request: Request,
    ref: str,
    read: Callable[[Form], tuple[Any, forms.Errors]],
    verb: Callable[..., Awaitable[None]],
) -> Answer:
    """One button: read its form, act on it in one transaction, and go back to the incident."""
    form = form_of(request)
    if forms.leaves_theirs(form):
        return await left(request, ref)
    value, errors = read(form)
    if errors:
        return await incident_page(request, ref, errors=errors, status=UNPROCESSABLE)
    async with turn(request, ref) as (session, incident, who):
        await verb(session, incident, value, **who)
    return back(ref)


async def left(request: Request, ref: str) -> Answer:
    """The other value stays; what was written meanwhile is put back where it can be sent."""
    return await incident_page(request, ref) if forms.typed(form_of(request)) else back(ref)


@post(f"{BASE}/reading", opt=TRIAGES)
async def mark_read(request: Request, ref: FromPath[str]) -> Answer:
    async with turn(request, ref) as (session, incident, who):
        seen = one(form_of(request), "seen_reply")
        await actions.mark_read(session, incident, seen_reply=seen, **who)
    return back(ref)


PAGES = (show_queue, show_incident, take, assign, set_severity, retitle, mark_read, send_message, add_note)
