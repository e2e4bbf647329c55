"""Practices over HTTP: begin one, end it, and see who reacted when."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from incidentdesk import clock
from incidentdesk.staff.access import find_incident
from incidentdesk.staff.gate import member_of
from incidentdesk.triage import practice_actions, practice_queries
from incidentdesk.triage.actions import begin
from incidentdesk.triage.forms import Errors
from incidentdesk.triage.pages import BASE, CONFLICT, READS, TRIAGES, UNPROCESSABLE, Answer, back, turn
from incidentdesk.triage.practice_actions import Running, Script
from incidentdesk.triage.practice_forms import SCENARIOS, read_practice
from incidentdesk.web.forms import Request, one
from incidentdesk.web.pages import desk_of, environment, form_of, language_of, page

PRACTICES = "/desk/practices"


@get(PRACTICES, opt=READS)
async def show_practices(request: Request) -> Response[str]:
    """List the practices, and offer to begin one."""
    return await _practices(request)


async def _practices(request: Request, *, errors: Errors | None = None, status: int = 200) -> Response[str]:
    async with desk_of(request).database.read() as session:
        found = await practice_queries.practices(session, me=member_of(request))
        is_running = await practice_actions.running(session) is not None
    context = {"found": found, "is_running": is_running, "scenarios": tuple(SCENARIOS)}
    typed = {name: one(form_of(request), name) for name in ("scenario", "sure")}
    return page(request, "triage/practices.html", status=status, errors=errors or {}, typed=typed, **context)


@post(PRACTICES, opt=TRIAGES)
async def start(request: Request) -> Answer:
    """Begin a practice."""
    scenario, errors = read_practice(form_of(request))
    if errors:
        return await _practices(request, errors=errors, status=UNPROCESSABLE)
    script = _script(scenario, language=language_of(request))
    try:
        async with desk_of(request).database.write() as session:
            incident = await practice_actions.start(session, script, by=member_of(request), now=clock.now())
    except Running:
        return await _practices(request, errors={"scenario": "is_running"}, status=CONFLICT)
    return Redirect(f"/desk/incidents/{incident.reference}/practice", status_code=303)


def _script(scenario: str, *, language: str) -> Script:
    words: Any = environment(language).get_template("triage/_scenarios.html").module
    told = words.scenarios[scenario]
    # The word stands in the title and in the story too: wherever they are seen, also without our pages around them.
    title, what = (f"{words.word} · {told[name]}" for name in ("title", "what"))
    return Script(scenario, {**SCENARIOS[scenario], "what": what}, title, language)


@get(f"{BASE}/practice", opt=READS)
async def show_result(request: Request, ref: FromPath[str]) -> Answer:
    """Say who reacted when. What is real has no such page."""
    async with desk_of(request).database.read() as session:
        incident = await find_incident(session, ref, by=member_of(request))
        if not incident.practice:
            return back(ref)
        result = await practice_queries.result_of(session, incident)
    return page(request, "triage/practice.html", result=result)


@post(f"{BASE}/practice/end", opt=TRIAGES)
async def end(request: Request, ref: FromPath[str]) -> Answer:
    """End it. What is real is ended by no such button."""
    async with turn(request, ref) as (session, incident, who):
        await practice_actions.end(session, begin(incident, **who))
    return Redirect(f"/desk/incidents/{ref}/practice", status_code=303)


PAGES = (show_practices, start, show_result, end)
