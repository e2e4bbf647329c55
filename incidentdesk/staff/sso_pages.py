"""Single sign-on over HTTP. Looking and coming back change nothing: what counts is the form sent from our own page.

A GET starts the way to the provider, because a browser refuses to follow a form from here to another site.
"""

import logging
from datetime import timedelta
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.errors import Limit, TooMany
from incidentdesk.rules.id_token import Claims, is_fresh, is_strong
from incidentdesk.rules.permissions import Permission
from incidentdesk.settings import Asks, Settings
from incidentdesk.staff import provider, sessions, sso
from incidentdesk.staff.factor_pages import begin, next_place
from incidentdesk.staff.forms import safe_path
from incidentdesk.staff.gate import cookie, cookie_name, member_of
from incidentdesk.staff.provider import BadToken, Unreachable
from incidentdesk.staff.sso import Attempt, Purpose, Taken, Unknown
from incidentdesk.tables import Member
from incidentdesk.web.forms import Request, clean, one
from incidentdesk.web.limits import count, network_of
from incidentdesk.web.pages import Desk, desk_of, form_of, page

LONGEST_CODE = 4000
TRIES, TRIES_WITHIN = 20, timedelta(minutes=1)
LINKING = "/desk/profile/sso"
WAYS = "/desk/profile/ways"
# What the page says, and the status it says it with.
TROUBLES = {
    Unreachable: ("unreachable", 503),
    BadToken: ("failed", 403),
    Unknown: ("unknown", 403),
    Taken: ("taken", 409),
}
REFUSALS = tuple(TROUBLES)
log = logging.getLogger(__name__)


@get("/desk/sso", opt={"public": True})
async def sign_in_elsewhere(request: Request, onward: FromQuery[str] = "/desk") -> Response[str] | Redirect:
    """Go to the provider to sign in."""
    return await _leave(request, Purpose.SIGN_IN, safe_path(onward[:200]), otherwise="/desk/sign-in")


@get("/desk/welcome/{token:str}/sso", opt={"public": True})
async def accept_elsewhere(request: Request, token: FromPath[str]) -> Response[str] | Redirect:
    """Go to the provider with a one-time link in hand."""
    return await _leave(request, Purpose.WELCOME, sessions.hash_token(token), otherwise="/desk/sign-in")


@get(LINKING, opt={"needs": Permission.READ, "step_up": True})
async def link_elsewhere(request: Request) -> Response[str] | Redirect:
    """Go to the provider to link an account there to mine."""
    return await _leave(request, Purpose.LINK, str(member_of(request).id), otherwise=WAYS)


async def _leave(request: Request, purpose: Purpose, about: str, *, otherwise: str) -> Response[str] | Redirect:
    desk, now = desk_of(request), clock.now()
    # A link on another site could sign somebody in who only followed it: with a session at the provider nobody is asked.
    is_led = request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}
    if is_led or not desk.settings.oidc_issuer:
        return Redirect(otherwise, status_code=303)
    try:
        known = await provider.discover(desk.settings, now=now)
    except Unreachable as error:
        return _refused(request, error)
    attempt = sso.start(purpose, about, now=now)
    back = desk.settings.base_url + sso.BACK
    address = provider.address_of(known, desk.settings, back=back, asked=sso.asked(desk.settings, desk.vault, attempt))
    return Redirect(address, status_code=303, cookies=[_cookie(desk.settings, sso.packed(desk.vault, attempt))])


@get(sso.BACK, opt={"public": True})
async def come_back(request: Request) -> Response[str] | Redirect:
    """Where the provider sends the browser. Only the form on this page goes on; a script sends it at once."""
    desk = desk_of(request)
    if not desk.settings.oidc_issuer:
        return Redirect("/desk/sign-in", status_code=303)
    attempt = _attempt(request, desk)
    if attempt is None or not request.query_params.get("code"):
        return _refused(request, BadToken("the way back"))
    if attempt.purpose is Purpose.LINK:
        return Redirect(f"{LINKING}/back?{urlencode(_carried(request))}", status_code=303)
    return _onward(request, sso.BACK)


@get(LINKING + "/back", opt={"needs": Permission.READ})
async def come_back_to_link(request: Request) -> Response[str]:
    """The same for a person who is signed in, and who says themselves that the account is theirs."""
    return _onward(request, LINKING)


def _onward(request: Request, action: str) -> Response[str]:
    return page(request, "staff/sso_back.html", action=action, carried=_carried(request), linking=action == LINKING)


def _carried(request: Request) -> list[tuple[str, str]]:
    """Return what the provider sent along, to be sent on."""
    return [(name, clean(request.query_params.get(name, ""))[:LONGEST_CODE]) for name in ("code", "state", "iss")]


@post(sso.BACK, opt={"public": True}, status_code=200)
async def finish_sign_in(request: Request) -> Response[str] | Redirect:
    """Let in whose account it is; for a one-time link, make it theirs first."""
    desk = desk_of(request)
    try:
        attempt, claims = await _answer(request, desk)
        async with desk.database.write() as session:
            member = await _whose(session, desk, attempt, claims)
            await sessions.close_session(session, request.cookies.get(cookie_name(desk.settings), ""))
            stage, token = await begin(session, request, member, proven=_saw_both(desk.settings, claims))
            if not is_fresh(claims, now=clock.now().timestamp()):
                await sessions.unconfirm(session, token)
    except REFUSALS as error:
        return _refused(request, error)
    onward = attempt.about if attempt.purpose is Purpose.SIGN_IN else "/desk"
    cookies = [cookie(desk.settings, token), _cookie(desk.settings, "")]
    return Redirect(next_place(stage, onward), status_code=303, cookies=cookies)


def _saw_both(settings: Settings, claims: Claims) -> bool:
    """Tell whether the provider is trusted to ask for the second factor, and says that it did."""
    return settings.oidc_second_factor is Asks.PROVIDER and is_strong(claims, now=clock.now().timestamp())


async def _whose(session: AsyncSession, desk: Desk, attempt: Attempt, claims: Claims) -> Member:
    if attempt.purpose is Purpose.WELCOME:
        return await sso.accept_welcome(session, desk.vault, attempt.about, claims, now=clock.now())
    if attempt.purpose is not Purpose.SIGN_IN:
        raise Unknown
    return await sso.member_for(session, desk.vault, claims)


@post(LINKING, opt={"needs": Permission.READ, "step_up": True}, status_code=200)
async def link(request: Request) -> Response[str] | Redirect:
    """Link the account to the person who is signed in."""
    desk, member = desk_of(request), member_of(request)
    try:
        attempt, claims = await _answer(request, desk)
        if attempt.purpose is not Purpose.LINK or attempt.about != str(member.id):
            raise Unknown
        async with desk.database.write() as session:
            await sso.link_account(session, desk.vault, member, claims, now=clock.now())
    except REFUSALS as error:
        return _refused(request, error)
    return Redirect(WAYS, status_code=303, cookies=[_cookie(desk.settings, "")])


@post(LINKING + "/removal", opt={"needs": Permission.READ, "step_up": True}, status_code=303)
async def unlink(request: Request) -> Redirect:
    """Let my account at the provider open nothing any more."""
    async with desk_of(request).database.write() as session:
        await sso.unlink_account(session, member_of(request), now=clock.now())
    return Redirect(WAYS, status_code=303)


async def _answer(request: Request, desk: Desk) -> tuple[Attempt, Claims]:
    """Return what came back, when it came back once, to the browser that went, from the provider it went to."""
    form, now = form_of(request), clock.now()
    attempt = _attempt(request, desk)
    state = sso.state_of(desk.vault, attempt) if attempt else ""
    if attempt is None or one(form, "state") != state:
        raise BadToken("state")
    await _limit(request, desk)
    async with desk.database.write() as session:
        is_first = await sso.spend(session, state, until=now + sso.VALID, now=now)
    if not is_first:
        raise BadToken("used before")
    known = await provider.discover(desk.settings, now=now)
    named = one(form, "iss")
    if named != known.issuer and (named or known.authorization_response_iss_parameter_supported):
        raise BadToken("another provider")
    code = one(form, "code", longest=LONGEST_CODE)
    return attempt, await sso.claims_for(desk.settings, desk.vault, attempt, code, now=now)


def _attempt(request: Request, desk: Desk) -> Attempt | None:
    return sso.unpacked(desk.vault, request.cookies.get(_cookie_name(desk.settings), ""), now=clock.now())


async def _limit(request: Request, desk: Desk) -> None:
    key = desk.vault.hash("sso network", network_of(request, desk.settings))
    async with desk.database.write() as session:
        tries = await count(session, key, within=TRIES_WITHIN, now=clock.now())
    if tries > TRIES:
        raise TooMany(int(TRIES_WITHIN.total_seconds()), Limit.SSO)


def _refused(request: Request, error: Exception) -> Response[str]:
    """Say in a calm page what did not work, and that the password still does."""
    trouble, status = TROUBLES[type(error)]
    if isinstance(error, BadToken | Unreachable):
        # Our own words only; nothing of what the provider sent.
        log.warning("single sign-on failed: %s", error)
    return page(request, "staff/sso_refused.html", status=status, trouble=trouble)


def _cookie_name(settings: Settings) -> str:
    return "__Host-sso" if settings.secure_cookies else "sso"


def _cookie(settings: Settings, value: str) -> Cookie:
    """Return the cookie that binds the way back to this browser. Lax: the provider's page sends the browser here."""
    return Cookie(
        key=_cookie_name(settings),
        value=value,
        max_age=int(sso.VALID.total_seconds()) if value else 0,
        path="/",
        secure=settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )


PAGES = (
    sign_in_elsewhere,
    accept_elsewhere,
    link_elsewhere,
    come_back,
    come_back_to_link,
    finish_sign_in,
    link,
    unlink,
)
