"""The queue and the incident page over HTTP: each button one POST, and nothing typed is ever lost."""

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypedDict
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.i18n import LANGUAGES
from incidentdesk.rules.lifecycle import Outcome, Verdict
from incidentdesk.rules.next_step import NEVER
from incidentdesk.rules.permissions import Permission
from incidentdesk.tables import Incident, Member
from incidentdesk.triage import actions, decisions, forms, queries, timeline
from incidentdesk.triage.stale import Stale
from incidentdesk.triage.timeline import Dossier, Only
from incidentdesk.web.forms import Request, one
from incidentdesk.web.pages import desk_of, environment, form_of, page

BASE = "/desk/incidents/{ref:str}"
READS = {"needs": Permission.READ}
TRIAGES = {"needs": Permission.TRIAGE}
UNPROCESSABLE, CONFLICT = 422, 409
Answer = Response[Any]


@get("/desk", opt=READS)
async def show_queue(request: Request) -> Response[str]:
    search = forms.read_search(request.query_params.dict())
    async with desk_of(request).database.read() as session:
        board = await queries.board(session, search, me=_member(request).id, now=clock.now())
    links = {view.value: _address(view.value, search.filters) for view in forms.View}
    after = {"after": forms.write_position(board.after)} if board.after else {}
    more = _address(search.view.value, {**search.filters, **after}) if after else ""
    context: dict[str, Any] = {"links": links, "more": more, "cap": queries.MOST_COUNTED, "never": NEVER}
    return page(request, "triage/queue.html", search=search, board=board, **context)


def _address(view: str, filters: Mapping[str, str]) -> str:
    return "/desk?" + urlencode({"view": view, **filters})


@get(BASE, opt=READS)
async def show_incident(request: Request, ref: FromPath[str]) -> Response[str]:
    return await _incident(request, ref)


async def _incident(
    request: Request, ref: str, *, errors: forms.Errors | None = None, status: int = 200
) -> Response[str]:
    """Show the incident, with what was typed if the form could not be used."""
    shown = one(request.query_params.dict(), "show")
    only = Only(shown) if shown in set(Only) else Only.ALL
    return page(
        request,
        "triage/incident.html",
        status=status,
        file=await _file(request, ref, only),
        only=only,
        typed=forms.typed(form_of(request)),
        errors=errors or {},
        form_id=secrets.token_urlsafe(16),
        never=NEVER,
    )


async def _file(request: Request, ref: str, only: Only = Only.ALL) -> Dossier:
    async with desk_of(request).database.read() as session:
        return await timeline.dossier(session, ref, only=only, now=clock.now())


class Who(TypedDict):
    """Who acts, and when."""

    by: Member
    now: datetime


@asynccontextmanager
async def _turn(request: Request, ref: str) -> AsyncIterator[tuple[AsyncSession, Incident, Who]]:
    async with desk_of(request).database.write() as session:
        yield session, await actions.find_incident(session, ref), Who(by=_member(request), now=clock.now())


def _member(request: Request) -> Member:
    member: Member = request.scope["state"]["member"]
    return member


def _back(ref: str) -> Redirect:
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
        back=request.url.path.rpartition("/")[0],
    )


async def _left(request: Request, ref: str) -> Answer:
    """The other value stays; what was written meanwhile is put back where it can be sent."""
    return await _incident(request, ref) if forms.typed(form_of(request)) else _back(ref)


STALE: Any = {Stale: show_collision}


@post(f"{BASE}/taking", opt=TRIAGES, exception_handlers=STALE)
async def take(request: Request, ref: FromPath[str]) -> Answer:
    form = form_of(request)
    if forms.leaves_theirs(form):
        return _back(ref)
    async with _turn(request, ref) as (session, incident, who):
        seen = one(form, "seen_owner")
        await actions.take(session, incident, seen_owner=seen, **who)
    return _back(ref)


@post(f"{BASE}/owner", opt=TRIAGES, exception_handlers=STALE)
async def assign(request: Request, ref: FromPath[str]) -> Answer:
    form = form_of(request)
    owner, errors = forms.read_owner(form)
    if owner is None:
        return await _incident(request, ref, errors=errors, status=UNPROCESSABLE)
    if not forms.leaves_theirs(form):
        async with _turn(request, ref) as (session, incident, who):
            await actions.assign(session, incident, owner, **who)
    return _back(ref)


@post(f"{BASE}/severity", opt=TRIAGES, exception_handlers=STALE)
async def set_severity(request: Request, ref: FromPath[str]) -> Answer:
    form = form_of(request)
    severity, errors = forms.read_severity(form)
    if severity is None:
        return await _incident(request, ref, errors=errors, status=UNPROCESSABLE)
    if not forms.leaves_theirs(form):
        async with _turn(request, ref) as (session, incident, who):
            await actions.set_severity(session, incident, severity, **who)
    return _back(ref)


@post(f"{BASE}/title", opt=TRIAGES, exception_handlers=STALE)
async def retitle(request: Request, ref: FromPath[str]) -> Answer:
    form = form_of(request)
    title, errors = forms.read_title(form)
    if title is None:
        return await _incident(request, ref, errors=errors, status=UNPROCESSABLE)
    if not forms.leaves_theirs(form):
        async with _turn(request, ref) as (session, incident, who):
            await actions.retitle(session, incident, title, **who)
    return _back(ref)


@post(f"{BASE}/reading", opt=TRIAGES)
async def mark_read(request: Request, ref: FromPath[str]) -> Answer:
    async with _turn(request, ref) as (session, incident, who):
        seen = one(form_of(request), "seen_reply")
        await actions.mark_read(session, incident, seen_reply=seen, **who)
    return _back(ref)


@post(f"{BASE}/messages", opt=TRIAGES)
async def send_message(request: Request, ref: FromPath[str]) -> Answer:
    message, errors = forms.read_message(form_of(request))
    if errors:
        return await _incident(request, ref, errors=errors, status=UNPROCESSABLE)
    async with _turn(request, ref) as (session, incident, who):
        await actions.send_message(session, incident, message, **who)
    return _back(ref)


@post(f"{BASE}/notes", opt=TRIAGES)
async def add_note(request: Request, ref: FromPath[str]) -> Answer:
    note, errors = forms.read_note(form_of(request))
    if errors:
        return await _incident(request, ref, errors=errors, status=UNPROCESSABLE)
    async with _turn(request, ref) as (session, incident, who):
        await actions.add_note(session, incident, note, **who)
    return _back(ref)


@get(f"{BASE}/verdict", opt=TRIAGES)
async def show_decision(request: Request, ref: FromPath[str]) -> Response[str]:
    """Ask what a decision needs: the outcome, the reason, what the reporter is told."""
    verdict = forms.read_verdict(one(request.query_params.dict(), "as"))
    return await _decision(request, ref, verdict or Verdict.NOT_AN_INCIDENT)


async def _decision(
    request: Request, ref: str, verdict: Verdict, *, errors: forms.Errors | None = None
) -> Response[str]:
    file = await _file(request, ref)
    context = {"verdict": verdict, "outcomes": forms.OUTCOMES[verdict], **_kept(request, file, verdict.value)}
    status = UNPROCESSABLE if errors else 200
    return page(request, "triage/decision.html", status=status, file=file, errors=errors or {}, **context)


def _kept(request: Request, file: Dossier, what: str) -> dict[str, Any]:
    """Return what the form holds: what was typed, or the first draft of a message in its reader's language."""
    form = form_of(request)
    typed = {name: one(form, name) for name in form} | forms.typed(form)
    language = file.report.language if file.report and file.report.language in LANGUAGES else "en"
    draft = environment(language).get_template("triage/_draft.txt").render(what=what)
    ended = file.incident.outcome.value if file.incident.outcome else ""
    return {"typed": typed or {"message": draft.strip(), "outcome": ended}, "form_id": secrets.token_urlsafe(16)}


@post(f"{BASE}/verdict", opt=TRIAGES, exception_handlers=STALE)
async def decide(request: Request, ref: FromPath[str]) -> Answer:
    form = form_of(request)
    if forms.leaves_theirs(form):
        return await _left(request, ref)
    decision, errors = forms.read_decision(form)
    if decision is None:
        return await _incident(request, ref, errors=errors, status=UNPROCESSABLE)
    if not errors:
        try:
            async with _turn(request, ref) as (session, incident, who):
                await decisions.decide(session, incident, decision, **who)
        except decisions.Unreasoned:
            errors = {"reason": "reason_missing"}
    return await _decision(request, ref, decision.verdict.value, errors=errors) if errors else _back(ref)


@get(f"{BASE}/closure", opt=TRIAGES)
async def show_closure(request: Request, ref: FromPath[str]) -> Response[str]:
    return await _closure(request, ref)


async def _closure(
    request: Request, ref: str, *, errors: forms.Errors | None = None, status: int = 200
) -> Response[str]:
    file = await _file(request, ref)
    async with desk_of(request).database.read() as session:
        obstacles = await decisions.obstacles_of(session, file.incident)
    context = {"obstacles": obstacles, "outcomes": list(Outcome), **_kept(request, file, "closed")}
    return page(request, "triage/closure.html", status=status, file=file, errors=errors or {}, **context)


@post(f"{BASE}/closure", opt=TRIAGES, exception_handlers=STALE)
async def close(request: Request, ref: FromPath[str]) -> Answer:
    form = form_of(request)
    if forms.leaves_theirs(form):
        return await _left(request, ref)
    closure, errors = forms.read_closure(form)
    if errors:
        return await _closure(request, ref, errors=errors, status=UNPROCESSABLE)
    try:
        async with _turn(request, ref) as (session, incident, who):
            await decisions.close(session, incident, closure, **who)
    except decisions.Obstructed:
        return await _closure(request, ref, status=CONFLICT)
    return _back(ref)


@post(f"{BASE}/reopening", opt=TRIAGES, exception_handlers=STALE)
async def reopen(request: Request, ref: FromPath[str]) -> Answer:
    reopening, errors = forms.read_reopening(form_of(request))
    if errors:
        return await _incident(request, ref, errors=errors, status=UNPROCESSABLE)
    async with _turn(request, ref) as (session, incident, who):
        await decisions.reopen(session, incident, reopening, **who)
    return _back(ref)


PAGES = (
    show_queue,
    show_incident,
    take,
    assign,
    set_severity,
    retitle,
    mark_read,
    send_message,
    add_note,
    show_decision,
    decide,
    show_closure,
    close,
    reopen,
)
