"""Deny by default: a route is for signed-in people with a named permission, unless it says that it is public.

What a route may say in `opt`: `public`, for everybody; `needs`, the permission; `stages`, the unfinished sign-ins it serves
too; `step_up`, that the person proves once more to be there when the last proof is not fresh.
"""

import contextlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler

from incidentdesk import clock
from incidentdesk.errors import DeskError, Forbidden, Unauthenticated
from incidentdesk.rules.permissions import allows
from incidentdesk.settings import SecondFactor, Settings
from incidentdesk.staff import proofs, sessions
from incidentdesk.staff.factors import Proof
from incidentdesk.tables import Member, MemberSession, Stage
from incidentdesk.web.forms import SAFE, Connection
from incidentdesk.web.pages import OUT_OF_REACH, Desk, desk_of

# The field in which a form that was asked to confirm brings its proof along.
PROOF = "confirm"


class Unfinished(DeskError):
    """The password was right, and the second factor is still to come."""

    status = 401

    def __init__(self, stage: Stage) -> None:
        """Remember what comes next."""
        super().__init__(stage)
        self.stage = stage


class Unconfirmed(DeskError):
    """This matters enough to prove once more who is sitting there."""

    status = 401

    def __init__(self, *, by_factor: bool, wrong: bool, passkey: str = "") -> None:
        """Remember what to ask for, also of a passkey, and whether the answer was wrong."""
        super().__init__()
        self.by_factor, self.wrong, self.passkey = by_factor, wrong, passkey


@dataclass(frozen=True)
class Visit:
    """A browser that holds a session, finished or not."""

    member: Member
    row: MemberSession
    token: str


async def gate(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard of every route; runs after the form was read."""
    if handler.opt.get("public"):
        return
    now = clock.now()
    visit = await _visit(connection, now=now)
    if visit is None:
        raise Unauthenticated
    _check_stage(connection, handler, visit)
    needs = handler.opt.get("needs")
    if needs is None or not allows(visit.member.role, needs):
        raise Forbidden
    if str(connection.scope.get("method")) not in SAFE:
        _check_token(connection)
    if handler.opt.get("step_up") and visit.row.stage not in sessions.UNFINISHED:
        await _check_confirmed(connection, visit, now=now)


def member_of(connection: Connection) -> Member:
    """Return who is signed in; for pages behind the gate."""
    return visit_of(connection).member


def visit_of(connection: Connection) -> Visit:
    """Return the session that this request came in; for pages behind the gate."""
    visit: Visit = connection.scope["state"]["visit"]
    return visit


def welcome_in(connection: Connection, member: Member, token: str) -> Cookie:
    """Let the page that is being made belong to a session opened just now, and return its cookie."""
    desk, state = desk_of(connection), connection.scope["state"]
    state["member"], state["csrf"] = member, _csrf(desk, token)
    return cookie(desk.settings, token)


async def _visit(connection: Connection, *, now: datetime) -> Visit | None:
    desk = desk_of(connection)
    token = connection.cookies.get(cookie_name(desk.settings), "")
    if not token:
        return None
    async with desk.database.read() as session:
        found = await sessions.find_session(session, token, now=now)
    if found is None:
        return None
    member, row = found
    await _keep_alive(desk, token, seen_at=row.seen_at, now=now)
    return Visit(member, row, token)


async def _keep_alive(desk: Desk, token: str, *, seen_at: datetime, now: datetime) -> None:
    if now - seen_at < sessions.TOUCH_EVERY:
        return
    # Whoever only reads can do so while nothing can be written; the next click notes it.
    with contextlib.suppress(*OUT_OF_REACH):
        async with desk.database.write() as session:
            await sessions.touch(session, token, now=now)


def _check_stage(connection: Connection, handler: BaseRouteHandler, visit: Visit) -> None:
    """Let a finished sign-in pass, and an unfinished one to the few pages that finish it."""
    desk, state, stage = desk_of(connection), connection.scope["state"], visit.row.stage
    if stage is Stage.PASSWORD and desk.settings.second_factor is SecondFactor.REQUIRED:
        # Signed in while a password was enough; it no longer is.
        raise Unauthenticated
    state["visit"], state["csrf"] = visit, _csrf(desk, visit.token)
    if stage not in sessions.UNFINISHED:
        # Only now do templates know somebody.
        state["member"] = visit.member
    elif stage not in handler.opt.get("stages", ()):
        raise Unfinished(stage)


def _csrf(desk: Desk, token: str) -> str:
    return desk.vault.hash("csrf", sessions.hash_token(token))


def _check_token(connection: Connection) -> None:
    sent = (connection.scope["state"]["form"].get("csrf") or [""])[0]
    if not hmac.compare_digest(sent.encode(), connection.scope["state"]["csrf"].encode()):
        raise Forbidden


async def _check_confirmed(connection: Connection, visit: Visit, *, now: datetime) -> None:
    """Pass whoever proved lately to be there, or does so with this very form."""
    if sessions.is_confirmed(visit.row, now=now):
        return
    typed = (connection.scope["state"]["form"].get(PROOF) or [""])[0]
    proof = Proof(visit.member, typed, now)
    if not typed or not await proofs.confirm(desk_of(connection), proof, visit.row, token=visit.token):
        raise await unconfirmed(desk_of(connection), visit, wrong=bool(typed), now=now)


async def unconfirmed(desk: Desk, visit: Visit, *, wrong: bool, now: datetime) -> Unconfirmed:
    """Return what to ask this person for."""
    by_factor = visit.row.stage is Stage.FULL
    passkey = await proofs.question(desk, visit.member, now=now) if by_factor else ""
    return Unconfirmed(by_factor=by_factor, wrong=wrong, passkey=passkey)


def cookie_name(settings: Settings) -> str:
    """Return the cookie's name; the __Host- prefix pins it to this host, but browsers take it over TLS only."""
    return "__Host-desk" if settings.secure_cookies else "desk"


def cookie(settings: Settings, token: str | None) -> Cookie:
    """Return the cookie that holds the token, or that removes it. Lax: a link in a mail must find you signed in."""
    return Cookie(
        key=cookie_name(settings),
        value=token or "",
        max_age=int(sessions.ABSOLUTE.total_seconds()) if token else 0,
        path="/",
        secure=settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )
