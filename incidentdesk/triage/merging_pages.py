"""Merging, separating and linking over HTTP."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.errors import Erased, Merged, Missing
from incidentdesk.i18n import LANGUAGES
from incidentdesk.staff.access import find_incident
from incidentdesk.staff.gate import member_of
from incidentdesk.tables import Incident, Member, visible_to
from incidentdesk.triage import linking, merging_actions
from incidentdesk.triage.actions import Act, begin
from incidentdesk.triage.forms import Errors
from incidentdesk.triage.merging_actions import Unmergeable
from incidentdesk.triage.merging_forms import Wish, read_merging, read_other, read_reason
from incidentdesk.triage.merging_preview import Outlook, merge_and_look
from incidentdesk.triage.pages import BASE, TRIAGES, UNPROCESSABLE, Answer, back, file_of, incident_page
from incidentdesk.web.forms import Request, block, one
from incidentdesk.web.pages import desk_of, environment, form_of, page

OK, CONFLICT = 200, 409


@get(f"{BASE}/merging", opt=TRIAGES)
async def show_merging(request: Request, ref: FromPath[str]) -> Response[str]:
    """Ask into which incident this one shall be merged, and why."""
    return await _merging(request, ref)


class _Looked(Exception):
    """What merging would lead to was asked only, or is not what was shown: nothing of it is kept."""

    def __init__(self, outlook: Outlook, status: int) -> None:
        super().__init__()
        self.outlook, self.status = outlook, status


async def _merging(
    request: Request, ref: str, *, errors: Errors | None = None, looked: _Looked | None = None
) -> Response[str]:
    file, form = await file_of(request, ref), form_of(request)
    language = file.report.language if file.report and file.report.language in LANGUAGES else "en"
    draft = environment(language).get_template("triage/_draft.txt").render(what="merged").strip()
    chosen = one(request.query_params.dict(), "into")
    typed = {"into": chosen, "message": draft} | {name: block(form, name) for name in form}
    outlook, moved = (looked.outlook, looked.status != OK) if looked else (None, False)
    context = {"typed": typed, "errors": errors or {}, "form_id": secrets.token_urlsafe(16), "outlook": outlook}
    status = looked.status if looked else UNPROCESSABLE if errors else OK
    return page(request, "triage/merging.html", status=status, file=file, moved=moved, **context)


@post(f"{BASE}/merging", opt=TRIAGES)
async def merge(request: Request, ref: FromPath[str]) -> Answer:
    """Make it part of the other one, or say what would follow from that. What was shown is what is done."""
    wish, errors = read_merging(form_of(request))
    if errors:
        return await _merging(request, ref, errors=errors)
    try:
        await _merge_as_shown(request, ref, wish)
    except _Looked as looked:
        return await _merging(request, ref, looked=looked)
    except Unmergeable as refusal:
        return await _merging(request, ref, errors={refusal.field: refusal.word})
    except Merged:
        if not await _is_part_of(request, ref, wish.into):
            raise
    return back(wish.into)


async def _merge_as_shown(request: Request, ref: str, wish: Wish) -> None:
    form = form_of(request)
    async with _both(request, ref, wish.into) as (session, act, into):
        outlook = await merge_and_look(session, act, into, wish)
        if one(form, "intent") == "look":
            raise _Looked(outlook, OK)
        if one(form, "seen_outlook") not in {"", outlook.stamp}:
            raise _Looked(outlook, CONFLICT)


@asynccontextmanager
async def _both(request: Request, ref: str, other: str) -> AsyncIterator[tuple[AsyncSession, Act, Act]]:
    """Open one transaction with both incidents locked, in the order of their ids, each as this person may see it.

    One after the other: whoever finds that the first is part of something must not wait for the second.
    """
    by, now = member_of(request), clock.now()
    async with desk_of(request).database.write() as session:
        seen = select(Incident.reference).where(Incident.reference.in_((ref, other)), visible_to(by))
        order = list(await session.scalars(seen.order_by(Incident.id)))
        if ref not in order:
            raise Missing
        if other not in order:
            raise Unmergeable("other_unknown")
        acts = {one: await _begun(session, one, is_other=one != ref, by=by, now=now) for one in order}
        yield session, acts[ref], acts[other]


async def _begun(session: AsyncSession, ref: str, *, is_other: bool, by: Member, now: datetime) -> Act:
    try:
        return begin(await find_incident(session, ref, by=by, to_change=True), by, now)
    except (Merged, Erased) as refusal:
        if not is_other:
            raise
        raise Unmergeable("other_is_part" if isinstance(refusal, Merged) else "other_erased") from refusal


async def _is_part_of(request: Request, ref: str, other: str) -> bool:
    """Say whether it is part of that very one: the button was pressed twice."""
    async with desk_of(request).database.read() as session:
        part = await find_incident(session, ref, by=member_of(request))
        main = await session.get(Incident, part.merged_into_id) if part.merged_into_id else None
        return main is not None and main.reference == other


@post(f"{BASE}/separation", opt=TRIAGES)
async def separate(request: Request, ref: FromPath[str]) -> Answer:
    """Let it stand by itself again."""
    reason, errors = read_reason(form_of(request))
    if errors:
        return await incident_page(request, ref, errors=errors, status=UNPROCESSABLE)
    by, now = member_of(request), clock.now()
    async with desk_of(request).database.write() as session:
        part = await find_incident(session, ref, by=by)
        if part.merged_into_id is None:
            return back(ref)
        reference = await session.scalar(select(Incident.reference).where(Incident.id == part.merged_into_id))
        # The main one first. What is itself part of another has to be taken out of that one before.
        main = await find_incident(session, str(reference), by=by, to_change=True)
        part = await find_incident(session, ref, by=by, to_change=True, even_merged=True)
        if part.merged_into_id == main.id:
            await merging_actions.separate(session, begin(part, by, now), begin(main, by, now), reason)
    return back(ref)


@post(f"{BASE}/links", opt=TRIAGES)
async def link(request: Request, ref: FromPath[str]) -> Answer:
    """Say that two incidents have to do with each other."""
    return await _link(request, ref, linking.link)


@post(f"{BASE}/links/removal", opt=TRIAGES)
async def unlink(request: Request, ref: FromPath[str]) -> Answer:
    """Take the link away."""
    return await _link(request, ref, linking.unlink)


async def _link(request: Request, ref: str, verb: Any) -> Answer:  # noqa: ANN401 - one of two actions
    other = read_other(form_of(request))
    if not other:
        return await incident_page(request, ref, errors={"other": "other_missing"}, status=UNPROCESSABLE)
    try:
        async with _both(request, ref, other) as (session, act, with_):
            await verb(session, act, with_)
    except Unmergeable as refusal:
        return await incident_page(request, ref, errors={"other": refusal.word}, status=UNPROCESSABLE)
    return back(ref)


PAGES = (show_merging, merge, separate, link, unlink)
