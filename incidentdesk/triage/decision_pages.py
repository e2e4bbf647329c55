"""Deciding what it is, closing it and opening it again: each asks for its words on a page of its own."""

import secrets
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from incidentdesk.i18n import LANGUAGES
from incidentdesk.rules.lifecycle import Verdict
from incidentdesk.triage import decisions, forms
from incidentdesk.triage.pages import BASE, STALE, TRIAGES, Answer, back, file_of, incident_page, left, press, turn
from incidentdesk.triage.timeline import Dossier
from incidentdesk.web.forms import Request, one
from incidentdesk.web.pages import desk_of, environment, form_of, page

UNPROCESSABLE, CONFLICT = 422, 409


@get(f"{BASE}/verdict", opt=TRIAGES)
async def show_decision(request: Request, ref: FromPath[str]) -> Response[str]:
    """Ask what a decision needs: the outcome, the reason, what the reporter is told. Which one is never guessed."""
    verdict = forms.read_verdict(one(request.query_params.dict(), "as"))
    return await _decision(request, ref, verdict) if verdict else await incident_page(request, ref)


async def _decision(
    request: Request, ref: str, verdict: Verdict, *, errors: forms.Errors | None = None
) -> Response[str]:
    file = await file_of(request, ref)
    context = {"verdict": verdict, "outcomes": forms.OUTCOMES[verdict], **_kept(request, file, verdict.value)}
    status = UNPROCESSABLE if errors else 200
    return page(request, "triage/decision.html", status=status, file=file, errors=errors or {}, **context)


def _kept(request: Request, file: Dossier, what: str, *, ended: str = "") -> dict[str, Any]:
    """Return what the form holds: what was typed, or the first draft of a message in its reader's language."""
    form = form_of(request)
    typed = {name: one(form, name) for name in form} | forms.typed(form)
    language = file.report.language if file.report and file.report.language in LANGUAGES else "en"
    draft = environment(language).get_template("triage/_draft.txt").render(what=what)
    ended = file.incident.outcome.value if file.incident.outcome else ended
    return {"typed": typed or {"message": draft.strip(), "outcome": ended}, "form_id": secrets.token_urlsafe(16)}


@post(f"{BASE}/verdict", opt=TRIAGES, exception_handlers=STALE)
async def decide(request: Request, ref: FromPath[str]) -> Answer:
    form = form_of(request)
    if forms.leaves_theirs(form):
        return await left(request, ref)
    decision, errors = forms.read_decision(form)
    if decision is None:
        return await incident_page(request, ref, errors=errors, status=UNPROCESSABLE)
    if not errors:
        try:
            async with turn(request, ref) as (session, incident, who):
                await decisions.decide(session, incident, decision, **who)
        except decisions.Unreasoned:
            errors = {"reason": "reason_missing"}
    return await _decision(request, ref, decision.verdict.value, errors=errors) if errors else back(ref)


@get(f"{BASE}/closure", opt=TRIAGES)
async def show_closure(request: Request, ref: FromPath[str]) -> Response[str]:
    return await _closure(request, ref)


async def _closure(
    request: Request, ref: str, *, errors: forms.Errors | None = None, status: int = 200
) -> Response[str]:
    file = await file_of(request, ref)
    async with desk_of(request).database.read() as session:
        obstacles = await decisions.obstacles_of(session, file.incident)
        ended = await decisions.ending_before_reply(session, file.incident)
    context = {
        "obstacles": obstacles,
        "outcomes": forms.endings(file.incident.verdict),
        **_kept(request, file, "closed", ended=ended),
    }
    return page(request, "triage/closure.html", status=status, file=file, errors=errors or {}, **context)


@post(f"{BASE}/closure", opt=TRIAGES, exception_handlers=STALE)
async def close(request: Request, ref: FromPath[str]) -> Answer:
    form = form_of(request)
    if forms.leaves_theirs(form):
        return await left(request, ref)
    closure, errors = forms.read_closure(form)
    if errors:
        return await _closure(request, ref, errors=errors, status=UNPROCESSABLE)
    try:
        async with turn(request, ref) as (session, incident, who):
            await decisions.close(session, incident, closure, **who)
    except decisions.Unfitting:
        return await _closure(request, ref, errors={"outcome": "outcome_missing"}, status=UNPROCESSABLE)
    except decisions.Obstructed:
        return await _closure(request, ref, status=CONFLICT)
    return back(ref)


@post(f"{BASE}/reopening", opt=TRIAGES, exception_handlers=STALE)
async def reopen(request: Request, ref: FromPath[str]) -> Answer:
    return await press(request, ref, forms.read_reopening, decisions.reopen)


PAGES = (show_decision, decide, show_closure, close, reopen)
