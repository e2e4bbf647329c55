"""Passkeys over HTTP: the ways a person signs in, a new passkey, and one that goes."""

from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.errors import Malformed, Missing
from incidentdesk.rules.permissions import Permission
from incidentdesk.settings import SecondFactor
from incidentdesk.staff import factors, passkeys, sessions, sso
from incidentdesk.staff.browsers import browser_of
from incidentdesk.staff.factor_pages import begin
from incidentdesk.staff.forms import proof_in
from incidentdesk.staff.gate import Visit, visit_of, welcome_in
from incidentdesk.staff.passkeys import LONGEST_NAME, Turn, place_of
from incidentdesk.tables import Stage
from incidentdesk.web.forms import Request, one
from incidentdesk.web.pages import Desk, desk_of, form_of, page

WAYS = "/desk/profile/ways"
ALSO_NEW = {"needs": Permission.READ, "stages": (Stage.ENROLMENT,), "step_up": True}


@get(WAYS, opt={"needs": Permission.READ})
async def show_ways(request: Request) -> Response[str]:
    """How I can sign in."""
    desk, member = desk_of(request), visit_of(request).member
    async with desk.database.read() as session:
        linked = await sso.is_linked(session, member)
        known = await passkeys.passkeys_of(session, member.id)
        wanted = await passkeys.is_wanted(session, desk.settings, member)
    possible = place_of(desk.settings) is not None
    return page(request, "staff/ways.html", linked=linked, passkeys=known, possible=possible, needs_passkey=wanted)


@get("/desk/passkeys/new", opt=ALSO_NEW)
async def show_new(request: Request) -> Response[str] | Redirect:
    """Ask the browser for a passkey."""
    if place_of(desk_of(request).settings) is None:
        return Redirect(WAYS, status_code=303)
    return await _new(request, wrong=False)


async def _new(request: Request, *, wrong: bool) -> Response[str]:
    visit, status = visit_of(request), 422 if wrong else 200
    async with desk_of(request).database.read() as session:
        how = await passkeys.how_to_make(session, _turn(desk_of(request), visit))
    return page(request, "staff/passkey.html", status=status, how=how, name=_named(request), wrong=wrong)


def _named(request: Request) -> str:
    return browser_of(request.headers.get("user-agent", "")) or "Passkey"


@post("/desk/passkeys", opt=ALSO_NEW, status_code=200)
async def keep(request: Request) -> Response[str] | Redirect:
    """Keep the new passkey; for whoever signs in for the first time, it finishes the sign-in."""
    desk, visit, form = desk_of(request), visit_of(request), form_of(request)
    name = one(form, "name", longest=LONGEST_NAME) or _named(request)
    turn = _turn(desk, visit)
    try:
        async with desk.database.write() as session:
            await factors.hold(session, visit.member, visit.token)
            is_first = not await factors.has_factor(session, visit.member.id)
            await passkeys.keep(session, turn, name=name, answer=proof_in(form, "answer"))
            codes, token = await _begin(session, request, turn) if is_first else ([], "")
    except Malformed:
        return await _new(request, wrong=True)
    if not is_first:
        return Redirect(WAYS, status_code=303)
    new = welcome_in(request, visit.member, token)
    shown = page(request, "staff/recovery_codes.html", codes=codes, onward="/desk")
    shown.cookies.append(new)
    return shown


async def _begin(session: AsyncSession, request: Request, turn: Turn) -> tuple[list[str], str]:
    """Give whoever has a second factor now codes for paper, and a new session in the place of all others."""
    codes = await factors.renew_recovery_codes(session, turn.vault, turn.member, now=turn.at)
    await sessions.close_sessions_of(session, turn.member.id)
    _, token = await begin(session, request, turn.member, proven=True)
    return codes, token


@post("/desk/passkeys/{passkey_id:uuid}/removal", opt={"needs": Permission.READ, "step_up": True}, status_code=303)
async def remove(request: Request, passkey_id: FromPath[UUID]) -> Redirect:
    """Forget one of my passkeys."""
    desk, visit = desk_of(request), visit_of(request)
    async with desk.database.write() as session:
        other = await factors.has_app(session, visit.member.id)
        optional = desk.settings.second_factor is SecondFactor.OPTIONAL
        await passkeys.remove(session, _turn(desk, visit), passkey_id, may_be_last=other or optional)
    return Redirect(WAYS, status_code=303)


def _turn(desk: Desk, visit: Visit) -> Turn:
    place = place_of(desk.settings)
    if place is None:
        raise Missing
    return Turn(desk.vault, place, visit.member, clock.now())


PAGES = (show_ways, show_new, keep, remove)
