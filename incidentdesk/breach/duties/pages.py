"""The duties of one incident over HTTP: the list with roles and moments, and one duty with its end."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from incidentdesk import clock, law
from incidentdesk.breach.clock import actions as ends
from incidentdesk.breach.clock import forms as clock_forms
from incidentdesk.breach.clock.forms import Window
from incidentdesk.breach.clock.queries import stands
from incidentdesk.breach.duties import actions, forms, queries
from incidentdesk.breach.duties.queries import Board, Matter, Place
from incidentdesk.breach.moments import Reading
from incidentdesk.breach.progress import progress_of
from incidentdesk.errors import Conflict, Merged, Missing
from incidentdesk.rules.permissions import Permission
from incidentdesk.staff.gate import member_of
from incidentdesk.web.forms import Request, one
from incidentdesk.web.pages import desk_of, form_of, language_of, page

BASE = "/desk/incidents/{reference:str}"
DUTY = f"{BASE}/duties/{{clock_id:uuid}}"
READ: dict[str, Any] = {"needs": Permission.READ}
SIGN: dict[str, Any] = {"needs": Permission.LEGAL}
UNPROCESSABLE, CONFLICT = 422, 409
UNCHANGED: Reading[Any] = Reading("")
BoardReader = Callable[[Board], Reading[Any]]
MatterReader = Callable[[Matter], Reading[Any]]


@get(f"{BASE}/duties", opt=READ)
async def show_duties(request: Request, reference: FromPath[str]) -> Response[str]:
    """Show every duty with time left, whom it is owed to, and what it rests on."""
    return await _board(request, reference)


@post(f"{BASE}/roles", opt=SIGN)
async def post_role(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Name what we are for some of the data."""

    def read(board: Board) -> Reading[forms.NewRole]:
        return forms.role(form_of(request), [customer.id for customer in board.choosable])

    return await _press_board(request, reference, read, actions.add_role)


@post(f"{BASE}/roles/{{role_id:uuid}}/ending", opt=SIGN)
async def post_ending(request: Request, reference: FromPath[str], role_id: FromPath[UUID]) -> Response[Any]:
    """Sign that a role does not hold."""

    read = forms.ending(form_of(request), role_id)
    return await _press_board(request, reference, lambda _: read, actions.end_role)


@post(f"{BASE}/duty-moments", opt=SIGN)
async def post_event(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Write down a moment from which a duty runs."""
    zone, now = ZoneInfo(member_of(request).zone), clock.now()

    def read(board: Board) -> Reading[forms.Noted]:
        return forms.event(form_of(request), board.events, zone=zone, now=now)

    return await _press_board(request, reference, read, actions.note_event)


@get(DUTY, opt=READ)
async def show_duty(request: Request, reference: FromPath[str], clock_id: FromPath[UUID]) -> Response[str]:
    """Show one duty: what to tell whom, and how it ended."""
    return await _matter(request, reference, clock_id)


@post(f"{DUTY}/filing", opt=SIGN)
async def post_filing(request: Request, reference: FromPath[str], clock_id: FromPath[UUID]) -> Response[Any]:
    """Record what was handed in."""
    zone, now = ZoneInfo(member_of(request).zone), clock.now()

    def read(matter: Matter) -> Reading[clock_forms.Filed]:
        if matter.line.is_told:
            raise Conflict
        return clock_forms.filing(form_of(request), _window(matter), zone=zone, now=now)

    return await _press(request, (reference, clock_id), read, ends.record_filing)


@post(f"{DUTY}/filings/{{filing_id:uuid}}/taking-over", opt=SIGN)
async def post_taking(
    request: Request, reference: FromPath[str], clock_id: FromPath[UUID], filing_id: FromPath[UUID]
) -> Response[Any]:
    """Say that what was filed for a part covers the whole."""

    def read(matter: Matter) -> Reading[clock_forms.Taken]:
        made = matter.case.made_for_part(filing_id)
        return clock_forms.taking(form_of(request), _window(matter), made)

    return await _press(request, (reference, clock_id), read, ends.take_over)


@post(f"{DUTY}/decision", opt=SIGN)
async def post_decision(request: Request, reference: FromPath[str], clock_id: FromPath[UUID]) -> Response[Any]:
    """Sign that the duty does not apply."""

    def read(matter: Matter) -> Reading[clock_forms.Decided]:
        return clock_forms.decision(form_of(request), matter.line.decisions)

    return await _press(request, (reference, clock_id), read, ends.sign_decision)


@post(f"{DUTY}/reopening", opt=SIGN)
async def post_reopening(request: Request, reference: FromPath[str], clock_id: FromPath[UUID]) -> Response[Any]:
    """Let the duty run again."""

    def read(matter: Matter) -> Reading[clock_forms.Decided]:
        if matter.tellings:
            raise Conflict
        return clock_forms.reopening(form_of(request))

    return await _press(request, (reference, clock_id), read, ends.reopen_duty)


@post(f"{DUTY}/telling", opt=SIGN)
async def post_telling(request: Request, reference: FromPath[str], clock_id: FromPath[UUID]) -> Response[Any]:
    """Record that somebody was told another way than by our mail."""
    zone, now = ZoneInfo(member_of(request).zone), clock.now()

    def read(matter: Matter) -> Reading[forms.ToldThem]:
        return forms.telling(form_of(request), _window(matter), zone=zone, now=now)

    return await _press(request, (reference, clock_id), read, actions.record_telling)


def _window(matter: Matter) -> Window:
    """Return what an end is held against: reasons are asked for only where the law itself names the number.

    A signature leaves it: what is filed after all is held to it.
    """
    return Window(matter.clock.started_at, matter.case.held_to if matter.line.is_by_law else None)


async def _press_board(
    request: Request, reference: str, read: BoardReader, verb: Callable[..., Awaitable[None]]
) -> Response[Any]:
    """One button in one transaction. What was typed comes back: 409 when somebody was faster, 422 when it is amiss."""
    member, now = member_of(request), clock.now()
    try:
        async with desk_of(request).database.write() as session:
            board = await queries.board_of(session, reference, by=member, now=now, for_change=True)
            reading = read(board)
            is_stale = one(form_of(request), "seen_revision") != board.stamp
            if reading.value is not None and not is_stale:
                await verb(session, board, reading.value, member=member, now=now)
                return Redirect(f"/desk/incidents/{reference}/duties", status_code=303)
    except Merged as moved:
        return await _board(request, moved.on(), status=CONFLICT)
    return await _board(request, reference, read=reading, status=CONFLICT if is_stale else UNPROCESSABLE)


async def _press(
    request: Request, where: tuple[str, UUID], read: MatterReader, verb: Callable[..., Awaitable[None]]
) -> Response[Any]:
    """Press a button of one duty; of a part that was merged, show the duty of the whole with what was typed."""
    try:
        return await _press_here(request, where, read, verb)
    except Merged as moved:
        async with desk_of(request).database.read() as session:
            place = await queries.same_on(session, moved.on(), where[1], by=member_of(request))
        if place is None:
            return await _board(request, moved.main, status=CONFLICT)
        return await _matter(request, place.reference, place.clock_id, status=CONFLICT)


async def _press_here(
    request: Request, where: tuple[str, UUID], read: MatterReader, verb: Callable[..., Awaitable[None]]
) -> Response[Any]:
    """Ends that the clock's own page has too are given what they know: the case."""
    (reference, clock_id), member, now = where, member_of(request), clock.now()
    async with desk_of(request).database.write() as session:
        matter = await queries.matter_of(session, Place(*where), by=member, now=now, for_change=True)
        if matter is None:
            raise Missing
        if matter.line.ends_elsewhere:
            raise Conflict
        reading = read(matter)
        is_stale = one(form_of(request), "seen_revision") != matter.stamp
        back = Redirect(f"/desk/incidents/{reference}/duties/{clock_id}", status_code=303)
        about = matter if verb is actions.record_telling else matter.case
        if reading.value is not None:
            if verb is not actions.record_telling and stands(matter.case, reading.value, member):
                return back
            if not is_stale:
                await verb(session, about, reading.value, member=member, now=now)
                return back
    return await _matter(request, reference, clock_id, read=reading, status=CONFLICT if is_stale else UNPROCESSABLE)


async def _board(
    request: Request, reference: str, *, read: Reading[Any] = UNCHANGED, status: int = 200
) -> Response[str]:
    now, settings = clock.now(), desk_of(request).settings
    async with desk_of(request).database.read() as session:
        board = await queries.board_of(session, reference, by=member_of(request), now=now)
        progress = await progress_of(session, board.incident)
    triggers: dict[str | None, law.Wording | None] = {}
    for row in board.footing.law.rows:
        triggers.setdefault(row.event, law.wording_of(row.id, row.version))
    return page(
        request,
        "breach/duties.html",
        status=status,
        board=board,
        progress=progress,
        authority=law.lead_authority_of(settings.established_in),
        triggers={event: words.trigger.to(language_of(request)) for event, words in triggers.items() if words},
        thresholds=(found.thresholds if (found := law.significance(now)) else ()),
        **_typed(request, read, status),
    )


async def _matter(
    request: Request, reference: str, clock_id: UUID, *, read: Reading[Any] = UNCHANGED, status: int = 200
) -> Response[str]:
    now, settings = clock.now(), desk_of(request).settings
    async with desk_of(request).database.read() as session:
        matter = await queries.matter_of(session, Place(reference, clock_id), by=member_of(request), now=now)
        if matter is None:
            raise Missing
        progress = await progress_of(session, matter.case.incident)
    return page(
        request,
        "breach/duty.html",
        status=status,
        matter=matter,
        progress=progress,
        authority=queries.authority(matter.line, settings.established_in),
        **_typed(request, read, status),
    )


def _typed(request: Request, read: Reading[Any], status: int) -> dict[str, Any]:
    form = form_of(request)
    return {
        "errors": read.errors,
        "choices": read.choices,
        "typed": {name: values[0] for name, values in form.items()},
        "chosen": form.get("customer") or (),
        "stale": status == CONFLICT,
        "language": language_of(request),
    }


PAGES = (
    show_duties,
    post_role,
    post_ending,
    post_event,
    show_duty,
    post_filing,
    post_taking,
    post_decision,
    post_reopening,
    post_telling,
)
