"""Rotas over HTTP: who is on duty now and next, who takes turns, who stands in."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.errors import Conflict
from incidentdesk.escalation import queries, rota_actions, rota_queries
from incidentdesk.escalation.forms import number_of
from incidentdesk.escalation.rota_forms import Typed, read_rota, read_stand_in
from incidentdesk.i18n import zones
from incidentdesk.rules.permissions import Permission
from incidentdesk.staff.gate import member_of
from incidentdesk.tables import Rota
from incidentdesk.web.forms import Request, one
from incidentdesk.web.pages import desk_of, form_of, page

ROTAS = "/desk/escalation/rotas"
NEW, ROTA = "/desk/escalation/new-rota", f"{ROTAS}/{{rota_id:uuid}}"
READ: dict[str, Any] = {"needs": Permission.READ}
LOOK: dict[str, Any] = {"needs": Permission.LADDER}
# Whoever took over a session could otherwise see to it that somebody else, or nobody, is alerted.
CHANGE: dict[str, Any] = {**LOOK, "step_up": True}
UNPROCESSABLE = 422
# A usual week hands over on Monday morning.
USUAL = {"name": "", "every": "week", "weekday": "0", "at": "09:00", "turn": ""}


@get(ROTAS, opt=READ)
async def show_rotas(request: Request) -> Response[str]:
    """Show every rota with whoever is on duty."""
    async with desk_of(request).database.read() as session:
        rotas = await rota_queries.rotas_now(session, now=clock.now())
    return page(request, "escalation/rotas.html", rotas=rotas)


@get(ROTA, opt=READ)
async def show_rota(request: Request, rota_id: FromPath[UUID]) -> Response[str]:
    """Show who is on duty now and in the next four weeks."""
    return await _rota(request, rota_id, {}, {})


async def _rota(request: Request, rota_id: UUID, typed: Mapping[str, str], errors: Mapping[str, str]) -> Response[str]:
    async with desk_of(request).database.read() as session:
        rota = await rota_actions.find_rota(session, rota_id)
        shown = await rota_queries.shown(session, rota, now=clock.now())
        staff = await queries.staff(session)
    context: dict[str, Any] = {"rota": rota, "shown": shown, "staff": staff, "typed": typed, "errors": dict(errors)}
    context |= {"rota_zone": ZoneInfo(rota.zone), "number_of": number_of}
    return page(request, "escalation/rota.html", status=UNPROCESSABLE if errors else 200, **context)


@get(NEW, opt=LOOK)
async def show_new_rota(request: Request) -> Response[str]:
    """Ask for a rota."""
    return await _plan(request, None, Typed({**USUAL, "zone": desk_of(request).settings.zone.key}, ()))


@post(NEW, opt=CHANGE, status_code=303)
async def add_rota(request: Request) -> Response[str] | Redirect:
    """Begin it."""
    async with desk_of(request).database.write() as session:
        typed = await _read(request, session)
        if typed.turns is None:
            rota = None
        else:
            rota = await rota_actions.add_rota(session, typed.turns, by=member_of(request), now=clock.now())
    return Redirect(f"{ROTAS}/{rota.id}", status_code=303) if rota else await _plan(request, None, typed)


@get(f"{ROTA}/plan", opt=LOOK)
async def show_plan(request: Request, rota_id: FromPath[UUID]) -> Response[str]:
    """Show who takes turns, and when they change."""
    async with desk_of(request).database.read() as session:
        rota = await rota_actions.find_rota(session, rota_id)
        order = await rota_queries.order_of(session, rota, now=clock.now())
    fields = {"name": rota.name, "zone": rota.zone, "every": rota.every.value, "turn": str(order.turn or "")}
    fields |= {"weekday": str(rota.anchor.weekday()), "at": f"{rota.pattern.at:%H:%M}"}
    return await _plan(request, rota, Typed(fields, tuple(map(str, order.people))))


@post(f"{ROTA}/plan", opt=CHANGE, status_code=303)
async def save_plan(request: Request, rota_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Change that."""
    async with desk_of(request).database.write() as session:
        rota = await rota_actions.find_rota(session, rota_id, to_change=True)
        order = await rota_queries.order_of(session, rota, now=clock.now())
        if one(form_of(request), "seen", longest=20_000) != order.seen:
            raise Conflict
        typed = await _read(request, session)
        if typed.turns is not None:
            await rota_actions.change_rota(session, rota_id, typed.turns, by=member_of(request), now=clock.now())
    return Redirect(f"{ROTAS}/{rota_id}", status_code=303) if typed.turns else await _plan(request, rota, typed)


async def _read(request: Request, session: AsyncSession) -> Typed:
    return read_rota(form_of(request), [member.id for member in await queries.staff(session)])


async def _plan(request: Request, rota: Rota | None, typed: Typed) -> Response[str]:
    async with desk_of(request).database.read() as session:
        staff = await queries.staff(session)
        seen = (await rota_queries.order_of(session, rota, now=clock.now())).seen if rota else ""
    context: dict[str, Any] = {"rota": rota, "typed": typed, "staff": staff, "zones": zones(), "seen": seen}
    context["errors"] = dict(typed.errors)
    return page(request, "escalation/rota_plan.html", status=UNPROCESSABLE if typed.errors else 200, **context)


@post(f"{ROTA}/closing", opt=CHANGE, status_code=303)
async def close_rota(request: Request, rota_id: FromPath[UUID]) -> Response[str] | Redirect:
    """End a rota that nothing needs."""
    async with desk_of(request).database.write() as session:
        closed = await rota_actions.close_rota(session, rota_id, by=member_of(request), now=clock.now())
    return Redirect(ROTAS, status_code=303) if closed else await _rota(request, rota_id, {}, {"closing": "in_use"})


@post(f"{ROTA}/overrides", opt=CHANGE, status_code=303)
async def put_on_duty(request: Request, rota_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Let somebody take the place of whoever's turn it is."""
    form, now = form_of(request), clock.now()
    async with desk_of(request).database.write() as session:
        rota = await rota_actions.find_rota(session, rota_id)
        known = [member.id for member in await queries.staff(session)]
        stand_in, errors = read_stand_in(form, known, zone=ZoneInfo(rota.zone), now=now)
        if stand_in is not None:
            await rota_actions.put_on_duty(session, rota_id, stand_in, by=member_of(request), now=now)
    if stand_in is not None:
        return Redirect(f"{ROTAS}/{rota_id}", status_code=303)
    return await _rota(request, rota_id, {name: one(form, name) for name in ("person", "start", "end")}, errors)


@post(f"{ROTA}/overrides/{{override_id:uuid}}/removal", opt=CHANGE, status_code=303)
async def end_override(request: Request, rota_id: FromPath[UUID], override_id: FromPath[UUID]) -> Redirect:
    """Let the turns count again."""
    async with desk_of(request).database.write() as session:
        await rota_actions.end_override(session, rota_id, override_id, by=member_of(request), now=clock.now())
    return Redirect(f"{ROTAS}/{rota_id}", status_code=303)


PAGES = (
    show_rotas,
    show_rota,
    show_new_rota,
    add_rota,
    show_plan,
    save_plan,
    close_rota,
    put_on_duty,
    end_override,
)
