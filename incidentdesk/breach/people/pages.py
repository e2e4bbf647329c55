"""The page about telling the people, and the three things a DPO can do there."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from incidentdesk import clock, i18n
from incidentdesk.breach.moments import Reading
from incidentdesk.breach.people import actions, drafts, forms, queries
from incidentdesk.breach.people.actions import Refused
from incidentdesk.breach.progress import progress_of
from incidentdesk.errors import Merged
from incidentdesk.rules.clock_face import ClockFace, clock_face
from incidentdesk.rules.people_notice import PARTS, remarks
from incidentdesk.rules.permissions import Permission
from incidentdesk.staff.gate import member_of
from incidentdesk.web.forms import Request, one
from incidentdesk.web.pages import desk_of, form_of, page

BASE = "/desk/incidents/{reference:str}"
UNPROCESSABLE, CONFLICT = 422, 409
UNCHANGED = Reading("")


@get(f"{BASE}/people", opt={"needs": Permission.READ})
async def show_people(request: Request, reference: FromPath[str]) -> Response[str]:
    """Show what was decided, written and done."""
    return await _page(request, reference)


@post(f"{BASE}/people-decision", opt={"needs": Permission.LEGAL})
async def post_decision(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Sign whether the people are told."""
    return await _press(request, reference, forms.decision(form_of(request)), actions.sign_decision)


@post(f"{BASE}/people-text", opt={"needs": Permission.LEGAL})
async def post_text(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Keep a version of the text, and beside it what the desk would have written."""
    read = forms.text(form_of(request))
    if read.value is not None:
        async with desk_of(request).database.read() as session:
            case = await queries.case_of(session, reference, by=member_of(request))
            facts = await drafts.facts_of(session, case.incident, language=read.value.language)
        drafted = drafts.draft(facts, desk_of(request).settings, read.value.language)
        read = Reading(replace(read.value, drafted=drafted))
    return await _press(request, reference, read, actions.write_text)


@post(f"{BASE}/people-told", opt={"needs": Permission.LEGAL})
async def post_told(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Record that they were told."""
    zone = ZoneInfo(member_of(request).zone)
    return await _press(
        request, reference, forms.told(form_of(request), zone=zone, now=clock.now()), actions.record_told
    )


async def _press(
    request: Request, reference: str, read: Reading[Any], verb: Callable[..., Awaitable[None]]
) -> Response[Any]:
    """One button in one transaction. What was typed comes back: 409 when somebody was faster, 422 when it is amiss."""
    member = member_of(request)
    try:
        async with desk_of(request).database.write() as session:
            case = await queries.case_of(session, reference, by=member, for_change=True)
            is_stale = one(form_of(request), "seen_revision") != case.stamp
            if read.value is not None:
                if queries.stands(case, read.value, member):
                    return _back(request, reference)
                if not is_stale:
                    await verb(session, case, read.value, member=member, now=clock.now())
                    return _back(request, reference)
    except Refused as error:
        return await _page(request, reference, read=Reading(None, {error.field: error.refusal.value}), status=422)
    except Merged as moved:
        return await _page(request, moved.on(), status=CONFLICT)
    return await _page(request, reference, read=read, status=CONFLICT if is_stale else UNPROCESSABLE)


def _back(request: Request, reference: str) -> Redirect:
    written = one(form_of(request), "language")
    query = f"?text={written}" if written in i18n.LANGUAGES else ""
    return Redirect(f"/desk/incidents/{reference}/people{query}", status_code=303)


def _face(case: queries.Case) -> ClockFace | None:
    running = case.clock
    if running is None:
        return None
    return clock_face(start=running.started_at, deadline_at=running.deadline_at, ended_at=None, now=clock.now())


async def _page(
    request: Request, reference: str, *, read: Reading[Any] = UNCHANGED, status: int = 200
) -> Response[str]:
    async with desk_of(request).database.read() as session:
        case = await queries.case_of(session, reference, by=member_of(request))
        names = await queries.names_in(session, case)
        language = _language(request, case)
        facts = await drafts.facts_of(session, case.incident, language=language)
        progress = await progress_of(session, case.incident)
    form = form_of(request)
    typed = {name: values[0] for name, values in form.items()}
    newest = case.newest(language)
    drafted = drafts.draft(facts, desk_of(request).settings, language)
    parts = {part: typed.get(part, (newest.parts if newest else drafted).get(part, "")) for part in PARTS}
    return page(
        request,
        "breach/people.html",
        status=status,
        case=case,
        progress=progress,
        face=_face(case),
        names=names,
        language_of_text=language,
        newest=newest,
        parts=parts,
        facts=facts,
        changed=drafts.changed_since(newest, drafted),
        remarks=remarks(parts),
        whole=drafts.whole(newest.parts) if newest else "",
        channels=forms.CHANNELS,
        errors=read.errors,
        choices=read.choices,
        typed=typed,
        stale=status == CONFLICT,
    )


def _language(request: Request, case: queries.Case) -> str:
    """Return the language of the text that is shown: asked for, else the one written last, else the desk's."""
    asked = one(form_of(request), "language") or str(request.query_params.get("text", ""))
    if asked in i18n.LANGUAGES:
        return asked
    return case.texts[-1].language if case.texts else desk_of(request).settings.language


PAGES = (show_people, post_decision, post_text, post_told)
