"""Deny by default: a route is for signed-in people with a named permission, unless it says that it is public."""

import hmac
from datetime import datetime

from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler

from incidentdesk import clock
from incidentdesk.errors import Forbidden, Unauthenticated
from incidentdesk.rules.permissions import allows
from incidentdesk.settings import Settings
from incidentdesk.staff import sessions
from incidentdesk.tables import Member
from incidentdesk.web.forms import SAFE, Connection
from incidentdesk.web.pages import Desk, desk_of


async def gate(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard of every route; runs after the form was read."""
    if handler.opt.get("public"):
        return
    member = await _member(connection, now=clock.now())
    if member is None:
        raise Unauthenticated
    needs = handler.opt.get("needs")
    if needs is None or not allows(member.role, needs):
        raise Forbidden
    if str(connection.scope.get("method")) not in SAFE:
        _check_token(connection)


def member_of(connection: Connection) -> Member:
    """Return who is signed in; for pages behind the gate."""
    member: Member = connection.scope["state"]["member"]
    return member


async def _member(connection: Connection, *, now: datetime) -> Member | None:
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
    state = connection.scope["state"]
    state["member"] = member
    state["csrf"] = desk.vault.hash("csrf", sessions.hash_token(token))
    return member


async def _keep_alive(desk: Desk, token: str, *, seen_at: datetime, now: datetime) -> None:
    if now - seen_at >= sessions.TOUCH_EVERY:
        async with desk.database.write() as session:
            await sessions.touch(session, token, now=now)


def _check_token(connection: Connection) -> None:
    sent = (connection.scope["state"]["form"].get("csrf") or [""])[0]
    if not hmac.compare_digest(sent.encode(), connection.scope["state"]["csrf"].encode()):
        raise Forbidden


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
