"""The bench of one incident: when we became aware, the inquiry before it, the other moments, and "what if"."""

from collections.abc import Awaitable, Callable
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from incidentdesk import clock
from incidentdesk.breach import moments
from incidentdesk.breach.awareness import actions, forms, queries
from incidentdesk.breach.awareness.queries import Bench
from incidentdesk.breach.clock import actions as legal
from incidentdesk.breach.clock import queries as cases
from incidentdesk.breach.moments import PARTS, Reading
from incidentdesk.breach.progress import progress_of
from incidentdesk.errors import Merged
from incidentdesk.rules.awareness import Kind
from incidentdesk.rules.deadline import Regime
from incidentdesk.rules.next_step import NEVER
from incidentdesk.rules.permissions import Permission
from incidentdesk.staff.gate import member_of
from incidentdesk.web.forms import Form, Request, one
from incidentdesk.web.pages import desk_of, form_of, page

BASE = "/desk/incidents/{reference:str}"
UNPROCESSABLE, CONFLICT = 422, 409
UNCHANGED: Reading[Any] = Reading("")
# As what a company must be bound for a moment to start a duty of its own.
BOUND = {Kind.PROCESSOR: Regime.PROCESSOR, Kind.SIGNIFICANT: Regime.NIS2}
Read = Callable[[Bench], Reading[Any]]
Verb = Callable[..., Awaitable[None]]


@get(f"{BASE}/awareness", opt={"needs": Permission.READ})
async def show_bench(request: Request, reference: FromPath[str]) -> Response[str]:
    """Show the bench; a moment in the address is answered with what would follow from it, and nothing is saved."""
    asked: Form = request.query_params.dict()
    if not any(name.startswith("if_") for name in asked):
        return await _page(request, reference)
    read = moments.moment(asked, "if", zone=ZoneInfo(member_of(request).zone), now=NEVER)
    return await _page(request, reference, read=read, asked=asked, status=200 if read.value else UNPROCESSABLE)


@post(f"{BASE}/awareness", opt={"needs": Permission.LEGAL})
async def post_awareness(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Fix when we became aware."""
    form, zone, now = form_of(request), ZoneInfo(member_of(request).zone), clock.now()

    async def fix(session: Any, bench: Bench, value: Any, **more: Any) -> None:  # noqa: ANN401 - as the verb takes them
        await legal.set_awareness(session, bench.case, value, **more)

    return await _press(request, reference, lambda bench: forms.awareness(form, bench.known, zone=zone, now=now), fix)


@post(f"{BASE}/stamps", opt={"needs": Permission.LEGAL})
async def post_stamp(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Write down, or correct, one of the other moments."""
    return await _press(request, reference, _reader(request, "stamp", tuple(Kind)), actions.write_stamp)


@post(f"{BASE}/inquiry", opt={"needs": Permission.TRIAGE})
async def post_inquiry(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Begin or end the inquiry before awareness."""
    return await _press(request, reference, _reader(request, "inquiry", actions.INQUIRY), actions.write_stamp)


def _reader(request: Request, name: str, kinds: tuple[Kind, ...]) -> Read:
    form, zone, now = form_of(request), ZoneInfo(member_of(request).zone), clock.now()
    fields = forms.Fields(name, kinds)
    return lambda bench: forms.stamp(form, fields, bench.known, zone=zone, now=now)


async def _press(request: Request, reference: str, read: Read, verb: Verb) -> Response[Any]:
    """One button in one transaction. What was typed comes back: 409 when somebody was faster, 422 when it is amiss."""
    member = member_of(request)
    try:
        async with desk_of(request).database.write() as session:
            bench = await queries.bench_of(session, reference, by=member, for_change=True)
            reading = read(bench)
            is_stale = one(form_of(request), "seen_revision") != bench.case.stamp
            if reading.value is not None:
                if queries.stands(bench, reading.value, member):
                    return _back(reference)
                if not is_stale:
                    await verb(session, bench, reading.value, member=member, now=clock.now())
                    return _back(reference)
    except Merged as moved:
        return await _page(request, moved.on(), status=CONFLICT)
    return await _page(request, reference, read=reading, status=CONFLICT if is_stale else UNPROCESSABLE)


def _back(reference: str) -> Redirect:
    return Redirect(f"/desk/incidents/{reference}/awareness", status_code=303)


async def _page(
    request: Request,
    reference: str,
    *,
    read: Reading[Any] = UNCHANGED,
    asked: Form | None = None,
    status: int = 200,
) -> Response[str]:
    async with desk_of(request).database.read() as session:
        bench = await queries.bench_of(session, reference, by=member_of(request))
        names = await cases.names_in(session, bench.case)
        change = await cases.last_change(session, bench.case) if status == CONFLICT else None
        progress = await progress_of(session, bench.case.incident)
    now, form = clock.now(), asked or form_of(request)
    return page(
        request,
        "breach/awareness.html",
        status=status,
        case=bench.case,
        progress=progress,
        bench=bench,
        rows=queries.rows(bench, now=now),
        inquiry=queries.inquiry_of(bench, now=now),
        answer=queries.what_if(bench, read.value, now=now) if asked and read.value else None,
        kinds=_kinds(request, bench),
        face=cases.face(bench.case, now=now, candidate=queries.earliest_of(bench)),
        names=names,
        errors=read.errors,
        choices=read.choices,
        typed=_now_typed(request) | {name: values[0] for name, values in form.items()},
        change=change,
        stale=status == CONFLICT,
    )


def _kinds(request: Request, bench: Bench) -> list[Kind]:
    """Return what may be written down here: of the law what binds this company, of an inquiry what began."""
    bound_as = desk_of(request).settings.regimes
    idle = {kind for kind, regime in BOUND.items() if regime not in bound_as}
    if bench.known.inquiry_from is None:
        idle |= set(actions.INQUIRY)
    if bench.known.resumed_at is None and not bench.may_resume:
        idle.add(Kind.INQUIRY_RESUMED)
    return [kind for kind in Kind if kind not in idle]


def _now_typed(request: Request) -> dict[str, str]:
    """An inquiry mostly begins or ends while somebody writes that it does."""
    here = clock.now().astimezone(ZoneInfo(member_of(request).zone))
    return {f"inquiry_{part}": str(getattr(here, part)) for part in PARTS}


PAGES = (show_bench, post_awareness, post_stamp, post_inquiry)
