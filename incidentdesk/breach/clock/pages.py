"""The clock page of one incident, and the four things a DPO can do there."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from incidentdesk import clock
from incidentdesk.breach.awareness.queries import bench_of, earliest_of, inquiry_of
from incidentdesk.breach.clock import actions, forms, queries
from incidentdesk.breach.clock.queries import Case
from incidentdesk.breach.moments import Reading
from incidentdesk.breach.progress import progress_of
from incidentdesk.errors import Conflict, Merged
from incidentdesk.rules.permissions import Permission
from incidentdesk.staff.gate import member_of
from incidentdesk.web.forms import Request, one
from incidentdesk.web.pages import desk_of, form_of, page

BASE = "/desk/incidents/{reference:str}"
UNPROCESSABLE, CONFLICT = 422, 409
UNCHANGED: Reading[Any] = Reading("")


@get(f"{BASE}/clock", opt={"needs": Permission.READ})
async def show_clock(request: Request, reference: FromPath[str]) -> Response[str]:
    """Show the clock with its evidence."""
    return await clock_page(request, reference)


@post(f"{BASE}/filings", opt={"needs": Permission.LEGAL})
async def post_filing(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Record what was handed to the authority."""
    form, zone, now = form_of(request), ZoneInfo(member_of(request).zone), clock.now()

    def read(case: Case) -> Reading[forms.Filed]:
        return forms.filing(form, _window(case), zone=zone, now=now)

    return await _press(request, reference, read, actions.record_filing)


@post(f"{BASE}/filings/{{filing_id:uuid}}/taking-over", opt={"needs": Permission.LEGAL})
async def post_taking(request: Request, reference: FromPath[str], filing_id: FromPath[UUID]) -> Response[Any]:
    """Say that what was filed for a part covers the whole."""

    def read(case: Case) -> Reading[forms.Taken]:
        made = case.made_for_part(filing_id)
        return forms.taking(form_of(request), _window(case), made)

    return await _press(request, reference, read, actions.take_over)


@post(f"{BASE}/clock-decision", opt={"needs": Permission.LEGAL})
async def post_decision(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Sign that the duty does not apply."""
    return await _press(request, reference, lambda _: forms.decision(form_of(request)), actions.sign_decision)


@post(f"{BASE}/clock-reopening", opt={"needs": Permission.LEGAL})
async def post_reopening(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Let the duty run again."""
    return await _press(request, reference, lambda _: forms.reopening(form_of(request)), actions.reopen_duty)


async def _press(
    request: Request,
    reference: str,
    read: Callable[[Case], Reading[Any]],
    verb: Callable[..., Awaitable[None]],
) -> Response[Any]:
    """One button in one transaction. What was typed comes back: 409 when somebody was faster, 422 when it is amiss."""
    member = member_of(request)
    try:
        async with desk_of(request).database.write() as session:
            case = await queries.case_of(session, reference, by=member, for_change=True)
            reading = read(case)
            is_stale = one(form_of(request), "seen_revision") != case.stamp
            if reading.value is not None:
                if queries.stands(case, reading.value, member):
                    return _back(reference)
                if not is_stale:
                    await verb(session, case, reading.value, member=member, now=clock.now())
                    return _back(reference)
    except Merged as moved:
        return await clock_page(request, moved.on(), status=CONFLICT)
    return await clock_page(request, reference, read=reading, status=CONFLICT if is_stale else UNPROCESSABLE)


def _window(case: Case) -> forms.Window:
    if case.clock is None:
        raise Conflict
    return forms.Window(case.clock.started_at, case.held_to)


def _back(reference: str) -> Redirect:
    return Redirect(f"/desk/incidents/{reference}/clock", status_code=303)


async def clock_page(
    request: Request, reference: str, *, read: Reading[Any] = UNCHANGED, status: int = 200
) -> Response[str]:
    """Show the clock with what was typed into one of its forms, or into the same form of another room."""
    async with desk_of(request).database.read() as session:
        bench = await bench_of(session, reference, by=member_of(request))
        case = bench.case
        names = await queries.names_in(session, case)
        change = await queries.last_change(session, case) if status == CONFLICT else None
        progress = await progress_of(session, case.incident)
    form, now = form_of(request), clock.now()
    return page(
        request,
        "breach/clock.html",
        status=status,
        case=case,
        progress=progress,
        names=names,
        face=queries.face(case, now=now, candidate=earliest_of(bench)),
        inquiry=inquiry_of(bench, now=now),
        errors=read.errors,
        choices=read.choices,
        typed={name: values[0] for name, values in form.items()},
        change=change,
        stale=status == CONFLICT,
    )


PAGES = (show_clock, post_filing, post_taking, post_decision, post_reopening)
