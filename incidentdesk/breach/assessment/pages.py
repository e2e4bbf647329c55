"""The assessment of one incident: six blocks on one page, and the buttons that save, sign and confirm."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock, law
from incidentdesk.breach.assessment import actions, forms, keys, queries
from incidentdesk.breach.assessment.blocks import Block
from incidentdesk.breach.assessment.queries import CONFIRMATION, Assessment, assessment_of
from incidentdesk.breach.clock import queries as clock_queries
from incidentdesk.breach.moments import Reading
from incidentdesk.breach.progress import progress_of
from incidentdesk.errors import Malformed
from incidentdesk.records.history import names_of
from incidentdesk.rules.permissions import Permission
from incidentdesk.staff.access import find_incident
from incidentdesk.staff.gate import member_of
from incidentdesk.web.forms import Form, Request, one
from incidentdesk.web.pages import desk_of, form_of, page

BASE = "/desk/incidents/{reference:str}"
UNPROCESSABLE, CONFLICT = 422, 409
# Awareness is the first on the page.
FIRST_BLOCK = 2
DECISION = "decision"


@dataclass(frozen=True)
class Sent:
    """What was posted to which part of the page, and what came of it."""

    part: str = ""
    read: Reading[Any] = field(default_factory=lambda: Reading(""))
    status: int = 200


Verb = Callable[..., Awaitable[None]]


@get(f"{BASE}/assessment", opt={"needs": Permission.READ})
async def show_assessment(request: Request, reference: FromPath[str]) -> Response[str]:
    """Show what is known, what is proposed, and what was decided."""
    return await _page(request, reference, Sent())


@post(f"{BASE}/assessment", opt={"needs": Permission.TRIAGE})
async def post_block(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Save one block of facts; the form says which."""
    named = one(form_of(request), "block")

    async def read(_session: AsyncSession, _found: Assessment, form: Form) -> Reading[Any]:
        if named not in set(Block):
            raise Malformed
        return forms.facts(form, Block(named))

    return await _press(request, reference, named, read, actions.save_block)


@post(f"{BASE}/assessment-preview", opt={"needs": Permission.TRIAGE}, status_code=200)
async def preview(request: Request, reference: FromPath[str]) -> Response[bytes]:
    """Say what the choices on the page would lead to, in words that its script shows; nothing is kept or written down."""
    form, now = form_of(request), clock.now()
    read = {block: forms.facts(form, block) for block in Block if block in form.get("block", ())}
    async with desk_of(request).database.read() as session:
        incident = await find_incident(session, reference, by=member_of(request))
        found = await assessment_of(session, incident, now=now)
    tried = queries.tried(found, [one.value for one in read.values() if one.value is not None], now=now)
    shown = page(
        request,
        "breach/assessment/_live.txt",
        tried=tried,
        unread=[
            number for number, block in enumerate(Block, start=FIRST_BLOCK) if block in read and read[block].errors
        ],
        counted=queries.counted(tried, now=now),
        suggested=queries.suggested(tried, now=now),
        category=queries.category_of(tried),
        method=law.enisa(),
    )
    return Response(shown.content.encode(), media_type="application/json", headers=shown.headers)


@post(f"{BASE}/assessment-decision", opt={"needs": Permission.LEGAL})
async def post_decision(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Sign what is done about it."""
    by = member_of(request)

    async def read(session: AsyncSession, found: Assessment, form: Form) -> Reading[Any]:
        case = await clock_queries.case_of(session, found.incident.reference, by=by)
        return forms.decision(form, has_clock=case.clock is not None)

    return await _press(request, reference, DECISION, read, actions.sign)


@post(f"{BASE}/assessment-confirmation", opt={"needs": Permission.TRIAGE})
async def post_confirmation(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Confirm a decision that somebody else signed."""
    by = member_of(request)

    async def read(_session: AsyncSession, found: Assessment, form: Form) -> Reading[Any]:
        return forms.confirmation(form, is_same_person=found.decision is not None and found.decision.member_id == by.id)

    return await _press(request, reference, CONFIRMATION, read, actions.confirm)


async def _press(
    request: Request,
    reference: str,
    part: str,
    read: Callable[[AsyncSession, Assessment, Form], Awaitable[Reading[Any]]],
    verb: Verb,
) -> Response[Any]:
    """One button in one transaction. What was typed comes back: 409 when somebody was faster, 422 when it is amiss."""
    member, form, now = member_of(request), form_of(request), clock.now()
    async with desk_of(request).database.write() as session:
        incident = await find_incident(session, reference, by=member, to_change=True)
        found = await assessment_of(session, incident, now=now)
        reading = await read(session, found, form)
        is_stale = one(form, "seen_revision") != queries.stamp_of(found, part)
        if reading.value is not None:
            if queries.stands(found, reading.value, member):
                return _back(reference, part)
            if not is_stale:
                await verb(session, found, reading.value, member=member, now=now)
                return _back(reference, part)
    return await _page(request, reference, Sent(part, reading, CONFLICT if is_stale else UNPROCESSABLE))


def _back(reference: str, part: str) -> Redirect:
    place = f"block-{part}" if part in set(Block) else part
    return Redirect(f"/desk/incidents/{reference}/assessment#{place}", status_code=303)


async def _page(request: Request, reference: str, sent: Sent) -> Response[str]:
    now, by = clock.now(), member_of(request)
    async with desk_of(request).database.read() as session:
        incident = await find_incident(session, reference, by=by)
        found = await assessment_of(session, incident, now=now)
        case = await clock_queries.case_of(session, reference, by=by)
        names = await names_of(session, queries.people_in(found))
        progress = await progress_of(session, incident)
    form = form_of(request)
    fields = forms.shown({name: known.value for name, known in found.known.items() if name != "enisa"})
    for row in found.saved.values():
        fields |= forms.shown({"enisa": row.answers.get("enisa")})
    return page(
        request,
        "breach/assessment.html",
        status=sent.status,
        found=found,
        progress=progress,
        case=case,
        face=clock_queries.face(case, now=now),
        names=names,
        fields=_overlaid(fields, sent.part, form),
        notes={block: found.saved[block].note if block in found.saved else "" for block in Block},
        stamps={part: queries.stamp_of(found, part) for part in (*Block, DECISION, CONFIRMATION)},
        opened=sent.part or queries.next_block(found),
        errors=sent.read.errors,
        typed={name: values[0] for name, values in form.items()},
        stale=sent.status == CONFLICT,
        method=law.enisa(),
        kinds=law.kinds(),
        category=queries.category_of(found),
        choices=forms.CHOICES,
        suggested=queries.suggested(found, now=now),
        counted=queries.counted(found, now=now),
        unchecked=queries.unchecked(found),
        name_of=keys.name_of,
        viewer=by,
    )


def _overlaid(fields: forms.Fields, part: str, form: Form) -> forms.Fields:
    """Return the fields of the page: what is known, and of the block that was sent what was typed in it."""
    if part not in set(Block):
        return fields
    ours = forms.names_of(Block(part))
    return {name: value for name, value in fields.items() if name not in ours} | forms.typed(form)


PAGES = (show_assessment, post_block, preview, post_decision, post_confirmation)
