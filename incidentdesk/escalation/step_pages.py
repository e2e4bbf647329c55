"""One step of the ladder over HTTP: whom it calls, a new one, one less."""

from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.errors import Conflict, Missing
from incidentdesk.escalation import forms, ladder, queries, step_actions, step_forms
from incidentdesk.escalation.ladder import Rung
from incidentdesk.escalation.step_forms import Wanted, When
from incidentdesk.mail.contacts import filled
from incidentdesk.rules.escalation import Post, Step, Trigger
from incidentdesk.rules.permissions import Permission
from incidentdesk.staff.gate import member_of
from incidentdesk.tables import new_id
from incidentdesk.web.forms import Form, Request, one
from incidentdesk.web.pages import desk_of, form_of, page

LADDER = "/desk/escalation"
NEW, STEP = f"{LADDER}/new-step", f"{LADDER}/steps/{{step:str}}"
LOOK: dict[str, Any] = {"needs": Permission.LADDER}
CHANGE: dict[str, Any] = {**LOOK, "step_up": True}
UNPROCESSABLE = 422


@get(NEW, opt=LOOK)
async def show_new_step(request: Request, duty: FromQuery[str] = "decision") -> Response[str]:
    """Ask when one more step speaks, and whom it calls."""
    async with desk_of(request).database.read() as session:
        triggers = {rung.step.trigger for rung in await ladder.rungs(session) if rung.duty == duty}
    when = When.NOT_TAKEN if Trigger.NOT_TAKEN in triggers else When.BEFORE
    return await _page(request, duty, None, Wanted((Post.ON_CALL,), step_forms.SEVERITIES[-1], when))


@post(NEW, opt=CHANGE, status_code=303)
async def add_step(request: Request) -> Response[str] | Redirect:
    """Put it into the ladder."""
    form = form_of(request)
    duty = one(form, "duty", longest=40)
    async with desk_of(request).database.write() as session:
        wanted = step_forms.read_new_step(form, (await queries.choices(session)).all)
        if not wanted.errors:
            step = step_forms.new_step(wanted, f"added_{new_id().hex[-8:]}")
            wanted = await _checked(session, wanted, step, duty)
        if not wanted.errors:
            await step_actions.add_step(session, duty, step, by=member_of(request), now=clock.now())
    return await _page(request, duty, None, wanted) if wanted.errors else Redirect(LADDER, status_code=303)


async def _checked(session: AsyncSession, wanted: Wanted, step: Step, duty: str) -> Wanted:
    """Return what is asked for, with an error when it reaches nobody or meets another step."""
    errors = {}
    if not step_forms.reaches(step, await filled(session)):
        errors["to"] = "nobody_there"
    others = [rung.step for rung in await ladder.rungs(session) if rung.duty == duty and rung.step.key != step.key]
    if any((other.trigger, other.after) == (step.trigger, step.after) for other in others):
        errors["number"] = "same_moment"
    return replace(wanted, errors=errors)


@get(STEP, opt=LOOK)
async def show_step(request: Request, step: FromPath[str]) -> Response[str]:
    """Show whom a step calls."""
    async with desk_of(request).database.read() as session:
        rung = await _rung(session, step)
    return await _page(request, rung.duty, rung, Wanted(rung.step.posts, rung.step.severity_at_most))


@post(STEP, opt=CHANGE, status_code=303)
async def save_step(request: Request, step: FromPath[str]) -> Response[str] | Redirect:
    """Let a step call others."""
    form = form_of(request)
    async with desk_of(request).database.write() as session:
        rung = await _unchanged(session, step, form)
        wanted = step_forms.read_step(form, (await queries.choices(session, rung.step.posts)).all)
        if not wanted.errors:
            changed = replace(rung.step, posts=wanted.targets, severity_at_most=wanted.severity)
            wanted = await _checked(session, wanted, changed, rung.duty)
        if not wanted.errors:
            await step_actions.save_step(session, rung, changed, by=member_of(request), now=clock.now())
    return await _page(request, rung.duty, rung, wanted) if wanted.errors else Redirect(LADDER, status_code=303)


@post(f"{STEP}/removal", opt=CHANGE, status_code=303)
async def remove_step(request: Request, step: FromPath[str]) -> Response[str] | Redirect:
    """Take a step away."""
    async with desk_of(request).database.write() as session:
        rung = await _unchanged(session, step, form_of(request))
        if await step_actions.remove_step(session, rung, by=member_of(request), now=clock.now()):
            return Redirect(LADDER, status_code=303)
    present = Wanted(rung.step.posts, rung.step.severity_at_most, errors={"removal": "last_step"})
    return await _page(request, rung.duty, rung, present)


async def _rung(session: AsyncSession, name: str) -> Rung:
    rung = next((rung for rung in await ladder.rungs(session) if rung.field == name), None)
    if rung is None:
        raise Missing
    return rung


async def _unchanged(session: AsyncSession, name: str, form: Form) -> Rung:
    """Return the step if it is still as the page showed it."""
    rung = await _rung(session, name)
    if one(form, "seen", longest=4000) != _seen(rung):
        raise Conflict
    return rung


def _seen(rung: Rung) -> str:
    """Return what a page shows of a step in one line."""
    return " ".join([str(rung.step.severity_at_most), *map(str, rung.step.posts)])


async def _page(request: Request, duty: str, rung: Rung | None, wanted: Wanted) -> Response[str]:
    async with desk_of(request).database.read() as session:
        if duty not in {one.duty for one in await ladder.rungs(session)}:
            raise Missing
        choices = await queries.choices(session, wanted.targets)
        there = await filled(session)
    context: dict[str, Any] = {"duty": duty, "rung": rung, "wanted": wanted, "choices": choices, "there": there}
    context |= {"seen": _seen(rung) if rung else "", "whens": list(When), "errors": dict(wanted.errors)}
    context |= {"number_of": forms.number_of, "owner": Post.OWNER}
    return page(request, "escalation/step.html", status=UNPROCESSABLE if wanted.errors else 200, **context)


PAGES = (show_new_step, add_step, show_step, save_step, remove_step)
