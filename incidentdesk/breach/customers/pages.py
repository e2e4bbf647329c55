"""The register of customers over HTTP: the list, one customer, and a list that is pasted in."""

from hashlib import sha256
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.breach.customers import actions, forms
from incidentdesk.breach.customers.forms import Card, Lines, Typed
from incidentdesk.breach.duties.queries import customers_of
from incidentdesk.errors import Conflict
from incidentdesk.rules.permissions import Permission
from incidentdesk.staff.gate import member_of
from incidentdesk.tables import Customer
from incidentdesk.web.forms import Request, one
from incidentdesk.web.pages import desk_of, form_of, page

CUSTOMERS = "/desk/customers"
ONE, IMPORT = f"{CUSTOMERS}/{{customer_id:uuid}}", f"{CUSTOMERS}/import"
READ: dict[str, Any] = {"needs": Permission.READ}
# Notices to controllers go where this says: whoever took over a session could otherwise send them to nobody.
CHANGE: dict[str, Any] = {"needs": Permission.LEGAL, "step_up": True}
UNPROCESSABLE, CONFLICT = 422, 409
EMPTY = Typed(None, {}, {"name": "", "email": "", "language": "", "contract_hours": ""})


@get(CUSTOMERS, opt=READ)
async def show_customers(request: Request) -> Response[str]:
    """Show every customer."""
    return await _list(request, EMPTY)


@post(CUSTOMERS, opt=CHANGE, status_code=303)
async def add_customer(request: Request) -> Response[str] | Redirect:
    """Add one."""
    typed = forms.card(form_of(request))
    if typed.card is None:
        return await _list(request, typed, status=UNPROCESSABLE)
    try:
        async with desk_of(request).database.write() as session:
            await actions.add_customer(session, typed.card, by=member_of(request), now=clock.now())
    except Conflict:
        return await _list(request, Typed(None, {"name": "name_taken"}, typed.fields), status=UNPROCESSABLE)
    return Redirect(CUSTOMERS, status_code=303)


@get(ONE, opt=READ)
async def show_customer(request: Request, customer_id: FromPath[UUID]) -> Response[str]:
    """Show one."""
    return await _one(request, customer_id, None)


@post(ONE, opt=CHANGE, status_code=303)
async def change_customer(request: Request, customer_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Change one."""
    typed = forms.card(form_of(request))
    if typed.card is None:
        return await _one(request, customer_id, typed, status=UNPROCESSABLE)
    try:
        async with desk_of(request).database.write() as session:
            customer = await actions.find_customer(session, customer_id, to_change=True)
            is_stale = one(form_of(request), "seen_revision") != str(customer.revision)
            if not is_stale or not actions.differs(customer, typed.card):
                await actions.change_customer(session, customer, typed.card, by=member_of(request), now=clock.now())
                return Redirect(CUSTOMERS, status_code=303)
    except Conflict:
        return await _one(request, customer_id, Typed(None, {"name": "name_taken"}, typed.fields), status=UNPROCESSABLE)
    return await _one(request, customer_id, typed, status=CONFLICT)


@get(IMPORT, opt={"needs": Permission.LEGAL})
async def show_import(request: Request) -> Response[str]:
    """Ask for the lines of a file."""
    return page(request, "breach/customers_import.html", lines=None, text="", fates=(), seen="")


@post(IMPORT, opt=CHANGE)
async def take_in(request: Request) -> Response[Any]:
    """Show what the lines would do, and do it once that was seen: all of them or none."""
    form, now = form_of(request), clock.now()
    lines = forms.pasted(form)
    if not lines.is_good or one(form, "intent") != "take_in":
        return await _preview(request, lines, status=200 if lines.is_good else UNPROCESSABLE)
    async with desk_of(request).database.write() as session:
        is_stale = one(form, "seen", longest=100) != await _stamp(request, session)
        if not is_stale:
            await actions.take_in(session, lines.cards, by=member_of(request), now=now)
    return await _preview(request, lines, status=CONFLICT) if is_stale else Redirect(CUSTOMERS, status_code=303)


async def _preview(request: Request, lines: Lines, *, status: int) -> Response[str]:
    async with desk_of(request).database.read() as session:
        known = await actions.by_name(session)
        fates = [(card, _fate(known.get(actions.name_hash(session, card.name)), card)) for card in lines.cards]
        seen = await _stamp(request, session)
    text = form_of(request).get("lines", [""])[0]
    context: dict[str, Any] = {"lines": lines, "text": text, "fates": fates, "seen": seen}
    return page(request, "breach/customers_import.html", status=status, **context)


def _fate(customer: Customer | None, card: Card) -> str:
    if customer is None:
        return "new"
    return "changed" if actions.differs(customer, card) else "same"


async def _stamp(request: Request, session: AsyncSession) -> str:
    """Return a word that changes whenever a customer does, or the lines: what is taken in is what was shown."""
    known, text = await actions.by_name(session), form_of(request).get("lines", [""])[0]
    looked_at = sha256(text.encode()).hexdigest()[:16]
    return f"{len(known)}-{sum(customer.revision for customer in known.values())}-{looked_at}"


async def _list(request: Request, typed: Typed, *, status: int = 200) -> Response[str]:
    async with desk_of(request).database.read() as session:
        customers = list((await customers_of(session)).values())
    context: dict[str, Any] = {"customers": customers, "typed": typed, "errors": dict(typed.errors)}
    return page(request, "breach/customers.html", status=status, **context)


async def _one(request: Request, customer_id: UUID, typed: Typed | None, *, status: int = 200) -> Response[str]:
    async with desk_of(request).database.read() as session:
        customer = await actions.find_customer(session, customer_id)
    stored = {"name": customer.name, "email": customer.email, "language": customer.language}
    stored["contract_hours"] = str(customer.contract_hours or "")
    shown = typed or Typed(None, {}, stored)
    context: dict[str, Any] = {"customer": customer, "typed": shown, "errors": dict(shown.errors)}
    return page(request, "breach/customer.html", status=status, stale=status == CONFLICT, **context)


PAGES = (show_customers, add_customer, show_import, take_in, show_customer, change_customer)
