"""What every request and every answer passes, also those that no page handles: the host, HEAD, the headers."""

import re
from ipaddress import ip_address

from litestar import Litestar
from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from incidentdesk import clock, journal, traces
from incidentdesk.errors import WrongHost
from incidentdesk.settings import Settings
from incidentdesk.web.forms import Request
from incidentdesk.web.pages import desk_of, refuse

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": (
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), geolocation=(), "
        "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ),
    "x-frame-options": "DENY",
}
# The desk has a host name of its own, so nothing but it lives below; `docs/operations.md` asks for that.
HSTS = "max-age=31536000; includeSubDomains"
# Where the status of an answer is kept until it is counted; without one the server says 500.
STATUS, NO_ANSWER = "answered", 500
# A watchdog or a balancer asks by address, and is told no more than that all is well, or one word for what is not.
WATCHED = frozenset({"/healthz", "/readyz", "/health/escalations"})
LOCAL = re.compile(r"(localhost|[0-9.]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")


def behind_the_edge(app: Litestar) -> ASGIApp:
    """Return what answers before any route is looked for. Each request gets its number here, and its answer is counted."""
    inner = app.asgi_handler

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            return
        asked = scope["method"]
        if asked == HttpMethod.HEAD:
            # HEAD is answered wherever there is a GET, with its headers; the server leaves the body out.
            scope = {**scope, "method": HttpMethod.GET.value}
        request: Request = Request(scope)
        desk = desk_of(request)
        began, before = clock.ticks(), journal.request.set([])
        try:
            if is_ours(_hosts(scope), desk.settings) or scope["path"] in WATCHED:
                await inner(scope, receive, send)
            else:
                await refuse(request, WrongHost()).to_asgi_response(None, request)(scope, receive, send)
        finally:
            # By the route, never by what was asked for there.
            route, status = str(scope.get("path_template", "none")), scope["state"].get(STATUS, NO_ANSWER)
            for tell in (desk.metrics.answered, traces.answered):
                tell(route, str(asked), status=status, seconds=clock.ticks() - began)
            journal.request.reset(before)

    return answer


def _hosts(scope: HTTPScope) -> list[str]:
    return [value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"host"]


def is_ours(hosts: list[str], settings: Settings) -> bool:
    """Say whether a request names this desk, once and exactly. What a proxy says in other headers is not looked at.

    Another name may be another site's that was pointed here (DNS rebinding): its scripts would read our pages as its own.
    """
    if len(hosts) != 1:
        return False
    return hosts[0] in settings.hosts or (not settings.public_url and _is_local(hosts[0]))


def _is_local(host: str) -> bool:
    """Say whether this is localhost or an address, on any port: no name that somebody could own and point here."""
    found = LOCAL.fullmatch(host)
    return found is not None and (found[1] == "localhost" or _is_address(found[1].strip("[]")))


def _is_address(text: str) -> bool:
    try:
        return bool(ip_address(text))
    except ValueError:
        return False


async def add_headers(message: Message, scope: Scope) -> None:
    """Hook: the same headers on every answer, also on those that no handler made. A page may set stricter ones."""
    if message["type"] != "http.response.start":
        return
    scope["state"][STATUS] = message["status"]
    present = {name.lower() for name, _ in message["headers"]}
    wanted = headers_for(scope["litestar_app"].state.desk.settings)
    extra = [(name, value) for name, value in wanted.items() if name.encode() not in present]
    message["headers"] = [*message["headers"], *((name.encode(), value.encode()) for name, value in extra)]


def headers_for(settings: Settings) -> dict[str, str]:
    """Return what every answer carries."""
    # Nothing may be kept, except the static files, which say so themselves.
    wanted = HEADERS | {"cache-control": "no-store"}
    # Over plain http browsers must not believe it, and a trial on this machine would lock its other programs out.
    return wanted | {"strict-transport-security": HSTS} if settings.secure_cookies else wanted
