"""A version field by field, for whoever types it into an authority's own form and ticks off what stands there."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from incidentdesk import clock
from incidentdesk.breach.notification import actions, paper
from incidentdesk.breach.notification.actions import Who
from incidentdesk.breach.notification.copying import Copied, copied_of
from incidentdesk.breach.notification.pages import BASE, CONFLICT, LEGAL, draft_for
from incidentdesk.breach.notification.queries import Draft
from incidentdesk.errors import Missing
from incidentdesk.staff.gate import member_of
from incidentdesk.web.forms import Request, one
from incidentdesk.web.pages import desk_of, form_of, language_of, page


@get(f"{BASE}/copy", opt=LEGAL)
async def show_copy(request: Request, reference: FromPath[str]) -> Response[str]:
    """Show one answer at a time."""
    return await _page(request, reference, request.query_params.get("at", "")[:4])


@post(f"{BASE}/copies", opt=LEGAL)
async def post_copies(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Keep that an answer stands in the authority's form, that all do, or that one does not after all."""
    form, who = form_of(request), Who(member_of(request), clock.now())
    named = one(form, "field")
    async with desk_of(request).database.write() as session:
        draft = await draft_for(request, session, reference, for_change=True)
        version = draft.to_copy
        if version is None:
            raise Missing
        copied, is_seen = copied_of(draft, version), one(form, "version") == str(version.number)
        keys, is_back = _meant(copied, one(form, "intent"), named)
        if is_seen and keys:
            await actions.note_copied(session, draft, keys, back=is_back, who=who)
    if not is_seen:
        return await _page(request, reference, status=CONFLICT)
    return Redirect(_next(reference, copied, keys, named, is_back=is_back), status_code=303)


def _meant(copied: Copied, intent: str, named: str) -> tuple[list[str], bool]:
    """Return the fields that a press is about, none where it says what is said already; and whether it takes them back."""
    if intent == "all":
        return copied.left, False
    is_back, known = intent == "back", named in copied.keys
    is_news = (named in copied.done) is is_back
    return [named] if known and is_news else [], is_back


def _next(reference: str, copied: Copied, keys: list[str], named: str, *, is_back: bool) -> str:
    """Return where to go on: the next field that is not copied, behind this one or from the top."""
    base, order = f"/desk/incidents/{reference}/notification/copy", list(copied.keys)
    here = order.index(named) if named in order else -1
    if is_back:
        return f"{base}?at={here + 1}"
    left = [place for place, key in enumerate(order) if key in copied.left and key not in keys]
    following = [place for place in left if place > here] or left
    return f"{base}?at={following[0] + 1}" if following else f"{base}#copied-all"


async def _page(request: Request, reference: str, wanted: str = "", *, status: int = 200) -> Response[str]:
    async with desk_of(request).database.read() as session:
        draft = await draft_for(request, session, reference)
    version, language = draft.to_copy, language_of(request)
    copied = copied_of(draft, version) if version else None
    lines = _lines(draft, language)
    if not lines:
        raise Missing
    place = int(wanted) if wanted.isascii() and wanted.isdigit() else 1
    return page(
        request,
        "breach/notification_copy.html",
        status=status,
        draft=draft,
        version=version,
        copied=copied,
        lines=lines,
        place=min(max(place, 1), len(lines)),
        names=draft.names,
        stale=status == CONFLICT,
    )


def _lines(draft: Draft, language: str) -> list[tuple[paper.Part, paper.Line]]:
    """Return what there is to copy: of the version that goes out, and before anything was kept, of what is proposed."""
    if draft.to_copy is None:
        parts = paper.parts_of(draft.edition, draft.sheet, draft.states, language)
    else:
        parts = tuple(paper.paper_of(draft.incident, draft.to_copy, None, language=language).parts)
    return [(part, line) for part in parts for line in part.lines if line.state in paper.ANSWERED]


PAGES = (show_copy, post_copies)
