"""What a person sets for themselves over HTTP: how the desk looks, the password, where they are signed in."""

import logging
from collections.abc import Mapping
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from incidentdesk import clock, law
from incidentdesk.errors import Conflict, Missing
from incidentdesk.i18n import zones
from incidentdesk.rules.permissions import Permission
from incidentdesk.staff import actions, address, factors, feed, proofs, sessions
from incidentdesk.staff.forms import THEMES, password_error, raw, read_profile
from incidentdesk.staff.gate import member_of, visit_of
from incidentdesk.staff.passkeys import is_wanted, passkeys_of
from incidentdesk.staff.passwords import hash_password, is_right
from incidentdesk.web.forms import Request
from incidentdesk.web.pages import desk_of, form_of, page, sender

PROFILE = "/desk/profile"
log = logging.getLogger(__name__)


@get(PROFILE, opt={"needs": Permission.READ})
async def show_profile(request: Request, asked: FromQuery[str] = "") -> Response[str]:
    """How I want to see the desk."""
    return await _profile(request, {}, asked=asked == "address")


async def _profile(request: Request, errors: Mapping[str, str], *, asked: bool = False) -> Response[str]:
    visit, now = visit_of(request), clock.now()
    async with desk_of(request).database.read() as session:
        has_app = await factors.has_app(session, visit.member.id)
        has_passkey = bool(await passkeys_of(session, visit.member.id))
        needs_passkey = await is_wanted(session, desk_of(request).settings, visit.member)
        codes_left = await factors.recovery_codes_left(session, visit.member.id)
        known_feed = await feed.feed_of(session, visit.member)
        places = await sessions.sessions_of(session, visit.member.id, now=now)
    return page(
        request,
        "staff/profile.html",
        status=422 if errors else 200,
        zones=zones(),
        themes=THEMES,
        errors=errors,
        has_app=has_app,
        has_passkey=has_passkey,
        needs_passkey=needs_passkey,
        codes_left=codes_left,
        places=places,
        this_place=visit.row.id,
        asked=asked,
        feed=known_feed,
        proof=address.standing(visit.member, now=now),
        proof_lasts=law.proof_lasts(now),
    )


@post(PROFILE, opt={"needs": Permission.READ}, status_code=200)
async def save_profile(request: Request) -> Response[str] | Redirect:
    """Keep it."""
    profile = read_profile(form_of(request))
    if profile.errors:
        return await _profile(request, profile.errors)
    async with desk_of(request).database.write() as session:
        await actions.save_profile(session, member_of(request).id, profile, now=clock.now())
    return Redirect(PROFILE, status_code=303)


@post("/desk/sessions/{session_id:uuid}/end", opt={"needs": Permission.READ, "step_up": True}, status_code=303)
async def end_session(request: Request, session_id: FromPath[UUID]) -> Redirect:
    """Sign out another browser of mine."""
    async with desk_of(request).database.write() as session:
        if not await sessions.end_session(session, member_of(request).id, session_id):
            raise Missing
    return Redirect(PROFILE, status_code=303)


@post("/desk/sessions/others/end", opt={"needs": Permission.READ, "step_up": True}, status_code=303)
async def end_other_sessions(request: Request) -> Redirect:
    """Sign out every other browser of mine."""
    async with desk_of(request).database.write() as session:
        await sessions.end_other_sessions(session, visit_of(request).row)
    return Redirect(PROFILE, status_code=303)


@post(PROFILE + "/password", opt={"needs": Permission.READ}, status_code=200)
async def change_password(request: Request) -> Response[str] | Redirect:
    """Take another password from whoever knows the one they have; every other browser of theirs is signed out."""
    desk, form, visit, now = desk_of(request), form_of(request), visit_of(request), clock.now()
    await proofs.limit(desk, visit.member, now=now)
    member, password, errors = visit.member, raw(form, "password"), {}
    if not await is_right(member.password_hash, raw(form, "current")):
        log.warning("password refused: %s from %s", member.id, sender(request))
        errors["current"] = "password_wrong"
    elif error := password_error(password, about=(member.name, member.email, desk.settings.organisation)):
        errors["password"] = error
    if errors:
        return await _profile(request, errors)
    hashed = await hash_password(password)
    async with desk.database.write() as session:
        # Replaced by a link meanwhile, because somebody else knew it: then not by them.
        if not await actions.still_has(session, member):
            raise Conflict
        await actions.change_password(session, member.id, password_hash=hashed, now=now)
        await sessions.end_other_sessions(session, visit.row)
    return Redirect(PROFILE, status_code=303)


PAGES = (show_profile, save_profile, end_session, end_other_sessions, change_password)
