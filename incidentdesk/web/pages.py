"""Rendering and refusing: the templates with their filters, the error pages."""

import gc
import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from types import CodeType
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket
from litestar import Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from incidentdesk import clock, i18n, journal, law
from incidentdesk.database import Database
from incidentdesk.errors import DeskError, Limit, Merged, TooMany, Unauthenticated
from incidentdesk.metrics import Metrics, new_metrics
from incidentdesk.records.vault import Vault
from incidentdesk.rules.permissions import Permission, allows
from incidentdesk.rules.reference import grouped, is_reference
from incidentdesk.schema import OutdatedError
from incidentdesk.settings import Settings
from incidentdesk.tables import Incident, Lost
from incidentdesk.web.forms import SAFE, Connection, Form, Request
from incidentdesk.web.limits import network_of
from incidentdesk.web.shown import shown

PACKAGE = Path(__file__).parent.parent
# In a checkout the folder stands beside the package, in a wheel inside it.
TEMPLATES = next(path for path in map(PACKAGE.joinpath, ("templates", "../templates")) if path.exists())
STATIC = PACKAGE / "static"
# The database is gone, full, busy for too long, or another program's by now, or no memory is left: nothing was stored, and the
# same again may work.
OUT_OF_REACH = (OperationalError, PoolTimeoutError, OutdatedError, MemoryError)
# What a browser is told when somebody leaves. Not "cookies": that would sign them out of every site of the same domain.
FORGET = {"clear-site-data": '"cache", "storage"'}
# Refusals that are written down, whoever was refused.
NOTED = frozenset({400, 403, 413, 429})
NOBODY = "nobody"
# Fields that no refusal gives back.
UNSHOWN = frozenset({"password", "current", "code", "confirm"})
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Desk:
    """What every handler may need: the settings, the database, the key, and what is counted."""

    settings: Settings
    database: Database
    vault: Vault
    metrics: Metrics = field(default_factory=lambda: new_metrics(Limit), repr=False)


def desk_of(connection: Connection) -> Desk:
    """Return the desk that this application was built with."""
    desk: Desk = connection.app.state.desk
    return desk


def form_of(request: Request) -> Form:
    """Return the posted form, already cleaned."""
    form: Form = request.scope["state"]["form"]
    return form


class Compiled(BytecodeCache):
    """Templates are compiled once for all languages: their words are looked up when they are shown."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.known[bucket.key, bucket.checksum] = bucket.code


compiled = Compiled()


@cache
def environment(language: str) -> Environment:
    """Return the templates in one language. Escaping is always on; an unknown name is an error, not an empty text."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        bytecode_cache=compiled,
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.policies["ext.i18n.trimmed"] = True
    words = i18n.translations(language)
    made.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]  # by the extension
    made.globals.update(asset=asset, languages=tuple(i18n.LANGUAGES.items()), language=language)
    made.globals["duty_name"] = lambda duty: law.duty_name(duty, language) or duty
    made.tests["lost"] = lambda text: isinstance(text, Lost)
    made.filters.update(
        day=lambda value: i18n.day(value, language),
        moment=lambda value, zone: i18n.moment(value, zone, language),
        short_moment=lambda value, zone, now: i18n.short_moment(value, zone, language, now=now),
        span=lambda value: i18n.span(value, language),
        size=lambda value: i18n.size(value, language),
        decimal=lambda value: i18n.decimal(value, language),
        # With the context: else it is worked out where a template is compiled, once for all languages.
        cited=pass_context(lambda _, reference: i18n.cited(reference, language)),
        grouped=grouped,
        shown=lambda text: f"⟨{words.gettext('Damaged')}⟩" if isinstance(text, Lost) else shown(text),
    )
    return made


def warm_up() -> None:
    """Compile every template. Whoever asks first for a page would otherwise wait for that, and everybody else with them."""
    for language in i18n.LANGUAGES:
        made = environment(language)
        for name in made.list_templates():
            made.get_template(name)
    # What is loaded stays. Looking through all of it for garbage, again and again, takes a tenth of a second each time.
    gc.freeze()


@cache
def assets() -> dict[str, tuple[bytes, str]]:
    """Return our own few static files by name, with a digest; a path from a request never reaches the disk."""
    return {
        path.name: (path.read_bytes(), hashlib.sha256(path.read_bytes()).hexdigest()[:12])
        for path in sorted(STATIC.iterdir())
        if path.is_file()
    }


def asset(name: str) -> str:
    """Return the address of a static file, which changes with its content."""
    return f"/static/{name}?v={assets()[name][1]}"


def language_of(request: Connection) -> str:
    """Return the page's language: chosen on the page, else the reader's usual one."""
    form: Form = request.scope["state"].get("form") or {}
    chosen = request.query_params.get("lang") or (form.get("lang") or [""])[0]
    return chosen if chosen in i18n.LANGUAGES else _usual_language(request)


def _usual_language(request: Connection) -> str:
    """Return the person's language, else the browser's, else the desk's."""
    member = request.scope["state"].get("member")
    accept = request.headers.get("accept-language", "")
    return i18n.negotiate(member.language if member else None, accept, desk_of(request).settings.language)


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response[str]:  # noqa: ANN401 - template values
    """Render a template for this reader. See `shared` for what every page knows."""
    language = language_of(request)
    # Public pages set no cookie: a chosen language stays chosen because their links name it.
    in_language = "" if language == _usual_language(request) else f"?lang={language}"
    known = {**shared(request, now=clock.now()), "in_language": in_language, "status": status}
    known["about"] = about = next(filter(None, map(_incident_in, context.values())), None)
    known["practice"] = about is not None and bool(about.practice)
    text = environment(language).get_template(template).render(known, **context)
    headers = {"content-language": language, "vary": "Accept-Language, Cookie"}
    return Response(text, status_code=status, media_type="text/html", headers=headers)


def _incident_in(value: object) -> Incident | None:
    """Return the incident that a value of a page is, or is about: when it is a practice, all of the page says so."""
    incident = value if isinstance(value, Incident) else getattr(value, "incident", None)
    return incident if isinstance(incident, Incident) else None


def shared(request: Request, *, now: datetime) -> dict[str, Any]:
    """Return what every template may use."""
    desk, state = desk_of(request), request.scope["state"]
    member = state.get("member")
    return {
        "settings": desk.settings,
        "organisation": desk.settings.organisation,
        "phone": desk.settings.phone,
        "person": member,
        "theme": member.theme if member else "auto",
        "keys": "on" if member is None or member.shortcuts else "off",
        "may": lambda permission: member is not None and allows(member.role, Permission(permission)),
        "csrf": state.get("csrf", ""),
        "banners": state.get("banners", ()),
        "now": now,
        "now_iso": now.isoformat(),
        "zone": ZoneInfo(member.zone) if member else desk.settings.zone,
        "path": request.scope["path"],
    }


def refuse(request: Request, error: Exception) -> Response[str] | Redirect:
    """Handler: answer a refusal in the desk's voice, and give back whatever was typed."""
    status = _status(error)
    if isinstance(error, Unauthenticated) and request.method in SAFE:
        # Never built from the request's own address: that holds what the Host header claims.
        query = request.scope["query_string"].decode("latin-1")
        onward = request.scope["path"] + (f"?{query}" if query else "")
        return Redirect(f"/desk/sign-in?{urlencode({'onward': onward})}", status_code=303)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        desk_of(request).metrics.faults.inc()
        # The class only: a message could hold what a reporter wrote.
        fault, who, here = journal.Fault(error), _who(request), sender(request)
        log.error(
            "request failed: %s %s, %s from %s",
            request.method,
            fault.kind,
            who,
            here,
            exc_info=fault,
            extra=_about(request),
        )
    _note(request, status)
    if isinstance(error, TooMany):
        desk_of(request).metrics.refusals.labels(error.limit.value).inc()
    answer = page(
        request,
        "error.html",
        status=status,
        error=type(error).__name__,
        main=error.main if isinstance(error, Merged) else "",
        number=journal.request_number() if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "",
        kept=_typed(request.scope["state"].get("form") or {}),
    )
    answer.headers.update(_more_headers(error))
    return answer


def _note(request: Request, status: int) -> None:
    """Write down who met a closed door, an end of a limit or a form that is none, and, of the staff, what was not there."""
    if status in NOTED or (status == HTTPStatus.NOT_FOUND and _who(request) != NOBODY):
        place = request.scope.get("path_template", "nowhere")
        log.warning(
            "refused: %s %s with %s, %s from %s",
            request.method,
            place,
            status,
            _who(request),
            sender(request),
            extra=_about(request),
        )


def _about(request: Request) -> dict[str, str]:
    """Return which incident an address names; what is no reference as we issue it is a stranger's word, and is left out."""
    parts = request.scope.get("path_params", {})
    named = str(parts.get("ref") or parts.get("reference", ""))
    return {"incident": named} if is_reference(named) else {}


def _who(request: Request) -> str:
    """Return who is signed in, as the log and the history call them."""
    member = request.scope["state"].get("member")
    return str(member.id) if member else NOBODY


def sender(request: Request) -> str:
    """Return what the log calls a network: a keyed hash, so that no address is written down."""
    desk = desk_of(request)
    return desk.vault.hash("log network", network_of(request, desk.settings))[:12]


def _more_headers(error: Exception) -> Mapping[str, str]:
    if isinstance(error, TooMany):
        return {"retry-after": str(error.retry_after)}
    if isinstance(error, OUT_OF_REACH):
        return {"retry-after": "60"}
    # A 405 says which methods there are.
    return (error.headers or {}) if isinstance(error, HTTPException) else {}


def _typed(form: Form) -> list[str]:
    """Return what a person wrote in words; codes, choices and passwords are not shown."""
    values = [value for name, given in form.items() if name not in UNSHOWN for value in given]
    return [value for value in values if not value.isascii() or len(value.split()) > 1]


def _status(error: Exception) -> int:
    if isinstance(error, DeskError):
        return error.status
    if isinstance(error, OUT_OF_REACH):
        return HTTPStatus.SERVICE_UNAVAILABLE
    return error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
