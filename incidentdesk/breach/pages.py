"""The clock page of one incident, and the four things a DPO can do there."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from incidentdesk import clock
from incidentdesk.breach import actions, forms, queries
from incidentdesk.breach.queries import Case
from incidentdesk.rules.permissions import Permission
from incidentdesk.tables import Member
from incidentdesk.web.forms import Form, Request, block, one
from incidentdesk.web.pages import desk_of, form_of, page

BASE = "/desk/incidents/{reference:str}"
CONFLICT = 409
UNCHANGED: forms.Reading[str] = forms.Reading("")


@get(f"{BASE}/clock", opt={"needs": Permission.READ})
async def show_clock(request: Request, reference: FromPath[str]) -> Response[str]:
    """Show the clock with its evidence."""
    return await _page(request, reference)


@post(f"{BASE}/awareness", opt={"needs": Permission.LEGAL})
async def post_awareness(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Fix when we became aware."""
    form, now, member = form_of(request), clock.now(), _member(request)
    read = forms.awareness(form, zone=ZoneInfo(member.zone), now=now)
    async with desk_of(request).database.write() as session:
        case = await queries.case_of(session, reference, for_change=True)
        stale = _is_stale(case, form)
        if not stale and read.value is not None:
            await actions.set_awareness(session, case, read.value, member=member, now=now)
            return _back(reference)
    return await _again(request, reference, read, stale=stale)


@post(f"{BASE}/filings", opt={"needs": Permission.LEGAL})
async def post_filing(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Record what was handed to the authority."""
    form, now, member = form_of(request), clock.now(), _member(request)
    async with desk_of(request).database.write() as session:
        case = await queries.case_of(session, reference, for_change=True)
        read = forms.filing(form, _window(case, now), zone=ZoneInfo(member.zone), now=now)
        stale = _is_stale(case, form)
        if not stale and read.value is not None:
            await actions.record_filing(session, case, read.value, member=member, now=now)
            return _back(reference)
    return await _again(request, reference, read, stale=stale)


@post(f"{BASE}/clock-decision", opt={"needs": Permission.LEGAL})
async def post_decision(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Sign that the duty does not apply."""
    form = form_of(request)
    read = forms.decision(form)
    async with desk_of(request).database.write() as session:
        case = await queries.case_of(session, reference, for_change=True)
        stale = _is_stale(case, form)
        if not stale and read.value is not None:
            await actions.sign_decision(session, case, read.value, member=_member(request), now=clock.now())
            return _back(reference)
    return await _again(request, reference, read, stale=stale)


@post(f"{BASE}/clock-reopening", opt={"needs": Permission.LEGAL})
async def post_reopening(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Let the duty run again."""
    form = form_of(request)
    read = forms.reopening(form)
    async with desk_of(request).database.write() as session:
        case = await queries.case_of(session, reference, for_change=True)
        stale = _is_stale(case, form)
        if not stale and read.value is not None:
            await actions.reopen_duty(session, case, read.value, member=_member(request), now=clock.now())
            return _back(reference)
    return await _again(request, reference, read, stale=stale)


def _member(request: Request) -> Member:
    member: Member = request.scope["state"]["member"]
    return member


def _is_stale(case: Case, form: Form) -> bool:
    return one(form, "seen_revision") != case.stamp


def _window(case: Case, now: datetime) -> forms.Window:
    if case.clock is None:
        return forms.Window(now, None)
    return forms.Window(case.clock.started_at, None if case.clock.ended_at else case.clock.deadline_at)


def _back(reference: str) -> Redirect:
    return Redirect(f"/desk/incidents/{reference}/clock", status_code=303)


async def _again(request: Request, reference: str, read: forms.Reading[Any], *, stale: bool) -> Response[str]:
    """Show the page again with everything that was typed: 409 when somebody was faster, 422 when something is amiss."""
    return await _page(request, reference, read=read, status=CONFLICT if stale else 422)


async def _page(
    request: Request, reference: str, *, read: forms.Reading[Any] = UNCHANGED, status: int = 200
) -> Response[str]:
    async with desk_of(request).database.read() as session:
        case = await queries.case_of(session, reference)
        names = await queries.names_in(session, case)
        change = await queries.last_change(session, case) if status == CONFLICT else None
    form = form_of(request)
    return page(
        request,
        "breach/clock.html",
        status=status,
        case=case,
        names=names,
        face=queries.face(case, now=clock.now()),
        errors=read.errors,
        choices=read.choices,
        typed={name: block(form, name) for name in form},
        change=change,
        stale=status == CONFLICT,
    )


PAGES = (show_clock, post_awareness, post_filing, post_decision, post_reopening)
