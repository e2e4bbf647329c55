"""The second factor over HTTP: asked for at sign-in, set up, and asked for once more before what matters most."""

import logging
from urllib.parse import urlencode

import pyotp
import segno
from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.errors import Forbidden
from incidentdesk.rules.permissions import Permission
from incidentdesk.staff import factors, proofs, sessions
from incidentdesk.staff.browsers import browser_of
from incidentdesk.staff.factors import Proof
from incidentdesk.staff.forms import proof_in, raw, read_onward
from incidentdesk.staff.gate import (
    PROOF,
    Unconfirmed,
    Unfinished,
    cookie,
    member_of,
    unconfirmed,
    visit_of,
    welcome_in,
)
from incidentdesk.staff.passkeys import place_of
from incidentdesk.tables import Member, Stage
from incidentdesk.web.forms import SAFE, Request
from incidentdesk.web.pages import desk_of, form_of, page, refuse, sender

SECOND_FACTOR, AUTHENTICATOR, CONFIRMATION = "/desk/second-factor", "/desk/authenticator", "/desk/confirmation"
PLACES = {Stage.CODE: SECOND_FACTOR, Stage.ENROLMENT: AUTHENTICATOR}
UNPROCESSABLE = 422
log = logging.getLogger(__name__)


async def begin(session: AsyncSession, request: Request, member: Member, *, proven: bool = False) -> tuple[Stage, str]:
    """Open the session of somebody whose first factor was right; `proven` says that somebody we trust saw the second."""
    stage = Stage.FULL if proven else await factors.next_stage(session, member, desk_of(request).settings)
    token = await sessions.open_session(
        session, member, stage=stage, now=clock.now(), browser=browser_of(request.headers.get("user-agent", ""))
    )
    log.info("signed in: %s as far as %s, from %s", member.id, stage, sender(request))
    return stage, token


def next_place(stage: Stage, onward: str) -> str:
    """Return where a sign-in that came this far goes on."""
    return f"{PLACES[stage]}?{urlencode({'onward': onward})}" if stage in PLACES else onward


def finish(request: Request, error: Unfinished) -> Response[str] | Redirect:
    """Handler: lead whoever looks to the page that finishes the sign-in, and refuse what they send."""
    if request.method not in SAFE:
        return refuse(request, error)
    return Redirect(next_place(error.stage, request.scope["path"]), status_code=303)


@get(SECOND_FACTOR, opt={"needs": Permission.READ, "stages": (Stage.CODE,)})
async def show_second_factor(request: Request, onward: FromQuery[str] = "/desk") -> Response[str] | Redirect:
    """Ask for the code."""
    if visit_of(request).row.stage is not Stage.CODE:
        return Redirect("/desk", status_code=303)
    return await _second_factor(request, onward=onward[:200])


async def _second_factor(request: Request, *, onward: str, wrong: bool = False) -> Response[str]:
    status = UNPROCESSABLE if wrong else 200
    passkey = await proofs.question(desk_of(request), visit_of(request).member, now=clock.now())
    return page(request, "staff/second_factor.html", status=status, onward=onward, wrong=wrong, passkey=passkey)


@post(SECOND_FACTOR, opt={"needs": Permission.READ, "stages": (Stage.CODE,)}, status_code=200)
async def give_second_factor(request: Request) -> Response[str] | Redirect:
    """Finish the sign-in."""
    desk, visit, now, onward = desk_of(request), visit_of(request), clock.now(), read_onward(form_of(request))
    if visit.row.stage is not Stage.CODE:
        return Redirect(onward, status_code=303)
    await proofs.limit(desk, visit.member, now=now)
    proof = Proof(visit.member, proof_in(form_of(request), "code"), now)
    async with desk.database.write() as session:
        given = await proofs.give(session, desk, proof, token=visit.token)
        if given:
            await sessions.close_session(session, visit.token)
            _, token = await begin(session, request, visit.member, proven=True)
    if not given:
        log.warning("second step refused: %s from %s", visit.member.id, sender(request))
        return await _second_factor(request, onward=onward, wrong=True)
    return Redirect(onward, status_code=303, cookies=[cookie(desk.settings, token)])


@get(AUTHENTICATOR, opt={"needs": Permission.READ, "stages": (Stage.ENROLMENT,), "step_up": True})
async def show_authenticator(request: Request, onward: FromQuery[str] = "/desk") -> Response[str]:
    """Show the seed that this session may set up; it is never shown again."""
    return _authenticator(request, onward=onward[:200])


def _authenticator(request: Request, *, onward: str, wrong: bool = False) -> Response[str]:
    desk, visit = desk_of(request), visit_of(request)
    seed = factors.draft_seed(desk.vault, visit.token)
    address = pyotp.TOTP(seed).provisioning_uri(name=visit.member.email, issuer_name=desk.settings.organisation)
    # Our own text and numbers only, so it is safe as it is.
    picture = segno.make(address, error="m", micro=False)
    drawn = Markup(picture.svg_inline(svgclass="qr", lineclass=None, omitsize=True, border=2))  # noqa: S704
    groups = " ".join(seed[at : at + 4] for at in range(0, len(seed), 4))
    return page(
        request,
        "staff/authenticator.html",
        status=UNPROCESSABLE if wrong else 200,
        qr=drawn,
        seed=groups,
        onward=onward,
        wrong=wrong,
        passkeys_possible=place_of(desk.settings) is not None,
    )


@post(AUTHENTICATOR, opt={"needs": Permission.READ, "stages": (Stage.ENROLMENT,), "step_up": True}, status_code=200)
async def keep_authenticator(request: Request) -> Response[str]:
    """Keep it when a code shows that a phone has it; every session ends, and a new one with both factors begins."""
    desk, visit, now, onward = desk_of(request), visit_of(request), clock.now(), read_onward(form_of(request))
    await proofs.limit(desk, visit.member, now=now)
    proof = Proof(visit.member, raw(form_of(request), "code"), now)
    async with desk.database.write() as session:
        codes = await factors.enrol(session, desk.vault, proof, token=visit.token)
        if codes is not None:
            _, token = await begin(session, request, visit.member, proven=True)
    if codes is None:
        return _authenticator(request, onward=onward, wrong=True)
    new = welcome_in(request, visit.member, token)
    answer = page(request, "staff/recovery_codes.html", codes=codes, onward=onward)
    answer.cookies.append(new)
    return answer


@post("/desk/recovery-codes", opt={"needs": Permission.READ, "step_up": True}, status_code=200)
async def renew_recovery_codes(request: Request) -> Response[str]:
    """Show new codes for paper, once."""
    desk, visit = desk_of(request), visit_of(request)
    if visit.row.stage is not Stage.FULL:
        raise Forbidden
    async with desk.database.write() as session:
        codes = await factors.renew_recovery_codes(session, desk.vault, visit.member, now=clock.now())
    return page(request, "staff/recovery_codes.html", codes=codes, onward="/desk/profile")


def ask_again(request: Request, error: Unconfirmed) -> Response[str] | Redirect:
    """Handler: ask for a proof, and bring along what was sent, so that nothing is typed twice."""
    path = request.scope["path"]
    if request.method in SAFE:
        return Redirect(f"{CONFIRMATION}?{urlencode({'onward': path})}", status_code=303)
    form = form_of(request)
    if error.wrong:
        log.warning("proof refused: %s from %s", member_of(request).id, sender(request))
    carried = [(name, value) for name in form if name not in {"csrf", PROOF} for value in form[name]]
    return _confirm(request, path, carried, error)


@get(CONFIRMATION, opt={"needs": Permission.READ})
async def show_confirmation(request: Request, onward: FromQuery[str] = "/desk") -> Response[str]:
    """Ask whoever wants to see a page that matters to prove that they are there."""
    asked = await unconfirmed(desk_of(request), visit_of(request), wrong=False, now=clock.now())
    return _confirm(request, CONFIRMATION, [("onward", onward[:200])], asked, status=200)


@post(CONFIRMATION, opt={"needs": Permission.READ, "step_up": True}, status_code=303)
async def confirm(request: Request) -> Redirect:
    """Go on; the gate has taken the proof."""
    member_of(request)
    return Redirect(read_onward(form_of(request)), status_code=303)


def _confirm(
    request: Request, action: str, carried: list[tuple[str, str]], asked: Unconfirmed, *, status: int = 401
) -> Response[str]:
    context = {
        "action": action,
        "carried": carried,
        "by_factor": asked.by_factor,
        "wrong": asked.wrong,
        "passkey": asked.passkey,
    }
    return page(request, "staff/confirm.html", status=status, proof=PROOF, **context)


PAGES = (
    show_second_factor,
    give_second_factor,
    show_authenticator,
    keep_authenticator,
    renew_recovery_codes,
    show_confirmation,
    confirm,
)
