"""What was handed in, and the files that prove it: chosen among those of the incident, or sent in the same form."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.breach.clock import forms as clock_forms
from incidentdesk.breach.clock import queries as clock_queries
from incidentdesk.breach.clock.forms import Window
from incidentdesk.breach.clock.pages import clock_page
from incidentdesk.breach.moments import Reading
from incidentdesk.breach.notification import actions, forms
from incidentdesk.breach.notification.actions import Who
from incidentdesk.breach.notification.pages import (
    BASE,
    CONFLICT,
    LEGAL,
    UNPROCESSABLE,
    back,
    draft_for,
    draft_page,
)
from incidentdesk.breach.notification.queries import Draft
from incidentdesk.errors import DeskError, Merged
from incidentdesk.records.attachments import Arrived, NoMoreFiles, find_file
from incidentdesk.staff.gate import member_of
from incidentdesk.tables import Attachment
from incidentdesk.web.files import forget_unused, stored
from incidentdesk.web.forms import Request, one
from incidentdesk.web.pages import desk_of, form_of
from incidentdesk.web.uploads import ROOMY, Refused, file_field

UPLOADS: dict[str, Any] = {**LEGAL, "upload": True, "lead": ROOMY}
Verb = Callable[[AsyncSession, Draft, Sequence[Arrived], Request], Awaitable[list[Attachment]]]


class Amiss(DeskError):
    """What was sent cannot be recorded as it is: the page says why, and keeps what was typed."""

    def __init__(self, read: Reading[Any], status: int = UNPROCESSABLE) -> None:
        """Remember what is said beside which field."""
        super().__init__()
        self.read, self.status = read, status


@post(f"{BASE}/filings", opt=UPLOADS)
async def post_filing(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Record that the signed version was handed in, with the authority's reference and the proof."""
    return await _take(request, reference, _file)


@post(f"{BASE}/proofs", opt=UPLOADS)
async def post_proof(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Put a file beside what was filed."""
    return await _take(request, reference, _prove)


async def _take(request: Request, reference: str, verb: Verb) -> Response[Any]:
    """One form with its files in one transaction. A file is kept only together with what it proves."""
    desk = desk_of(request)
    try:
        async with _incoming(request, reference) as arrived:
            async with desk.database.write() as session:
                draft = await draft_for(request, session, reference, for_change=True)
                added = await verb(session, draft, arrived, request)
            await forget_unused(desk, arrived, added)
    except Merged as moved:
        # The draft of the whole is another one: its clock takes what was typed.
        return await clock_page(request, moved.on(), status=moved.status)
    except Amiss as amiss:
        return await draft_page(request, reference, read=amiss.read, status=amiss.status)
    except (Refused, NoMoreFiles) as refused:
        reason = refused.reason if isinstance(refused, Refused) else "proofs_many"
        name = "file" if verb is _file else "later_file"
        return await draft_page(request, reference, read=Reading(None, {name: reason}), status=refused.status)
    return back(reference)


@asynccontextmanager
async def _incoming(request: Request, reference: str) -> AsyncIterator[list[Arrived]]:
    """Store what was chosen on the sender's own machine; mostly nothing. Whoever may not see the incident sends nothing."""
    if not file_field(request.scope["state"].get("upload")):
        yield []
        return
    async with desk_of(request).database.read() as session:
        incident = (await draft_for(request, session, reference)).incident
    async with stored(request, incident.id, giver=f"desk:{incident.id}") as arrived:
        yield arrived


async def _file(session: AsyncSession, draft: Draft, arrived: Sequence[Arrived], request: Request) -> list[Attachment]:
    form, who = form_of(request), _who(request)
    read = clock_forms.filing(form, _window(draft), zone=ZoneInfo(who.member.zone), now=who.now)
    chosen, errors = await _chosen(session, draft, request, "proof")
    errors |= _unread(draft, request)
    if read.value is None or errors:
        raise Amiss(Reading(None, {**read.errors, **errors}, read.choices))
    if draft.to_file is None and clock_queries.stands(draft.case, read.value, who.member):
        # The button was pressed twice.
        return []
    if one(form, "seen_revision") != draft.stamp:
        raise Amiss(read, CONFLICT)
    added, proofs = await actions.take_in(session, draft, arrived, who=who)
    await actions.record_filed(session, draft, read.value, [*chosen, *proofs], who=who)
    return added


def _unread(draft: Draft, request: Request) -> dict[str, str]:
    """Nobody records unawares that something was handed in which the desk cannot show any more."""
    is_unread = draft.to_file is not None and draft.to_file.damaged
    return {"unread": "unread_missing"} if is_unread and one(form_of(request), "unread") != "yes" else {}


async def _prove(session: AsyncSession, draft: Draft, arrived: Sequence[Arrived], request: Request) -> list[Attachment]:
    who, filing = _who(request), forms.number(form_of(request), "filing")
    chosen, errors = await _chosen(session, draft, request, "later_proof")
    if not errors and not chosen and not arrived:
        errors = {"later_file": "proof_missing"}
    if filing is None or filing not in {row.id for row in draft.case.filings}:
        errors["filing"] = "filing_missing"
    if filing is None or errors:
        raise Amiss(Reading(None, errors))
    added, proofs = await actions.take_in(session, draft, arrived, who=who)
    await actions.add_proofs(session, draft, filing, [*chosen, *proofs], who=who)
    return added


async def _chosen(
    session: AsyncSession, draft: Draft, request: Request, name: str
) -> tuple[list[Attachment], dict[str, str]]:
    """Return the file that was chosen among those of the incident, or why there is none."""
    if not one(form_of(request), name):
        return [], {}
    number = forms.number(form_of(request), name)
    file = await find_file(session, draft.incident, number) if number else None
    return ([file], {}) if file else ([], {name: "proof_unknown"})


def _who(request: Request) -> Who:
    return Who(member_of(request), clock.now())


def _window(draft: Draft) -> Window:
    case = draft.case
    if case.clock is None:
        # Nothing runs any more that could be met.
        raise Amiss(Reading(None), CONFLICT)
    return Window(case.clock.started_at, case.held_to)


PAGES = (post_filing, post_proof)
