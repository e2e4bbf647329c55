"""The ladder and the mails over HTTP, and the banners on top of every staff page."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from incidentdesk import clock
from incidentdesk.errors import Conflict
from incidentdesk.escalation import actions, forms, ladder, ledger, queries, reach_pages, rota_queries
from incidentdesk.escalation.banners import banners
from incidentdesk.escalation.forms import Ladder
from incidentdesk.escalation.sheet import HEAD, rows_of
from incidentdesk.mail import contacts
from incidentdesk.rules.escalation import Kind, Named
from incidentdesk.rules.permissions import Permission
from incidentdesk.staff.gate import member_of
from incidentdesk.tables import MailState
from incidentdesk.web.forms import SAFE, Connection, Request, one
from incidentdesk.web.pages import desk_of, form_of, language_of, page
from incidentdesk.web.sheets import give_sheet

LADDER, MAIL = "/desk/escalation", "/desk/mail"
ESCALATIONS = "/desk/incidents/{ref:str}/escalations"
# Whoever took over a session could otherwise see to it that nobody is alerted.
RULES: dict[str, Any] = {"needs": Permission.LADDER, "step_up": True}
UNPROCESSABLE = 422


async def show_banners(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard behind the gate: put what is wrong with alerting on top of every staff page."""
    member = connection.scope["state"].get("member")
    if member is None or handler.opt.get("public") or str(connection.scope.get("method")) not in SAFE:
        return
    desk = desk_of(connection)
    async with desk.database.read() as session:
        found = await banners(session, desk.settings, me=member, now=clock.now(), language=language_of(connection))
    connection.scope["state"]["banners"] = found


@get(LADDER, opt={"needs": Permission.READ})
async def show_ladder(request: Request) -> Response[str]:
    """Show in sentences who is told when, and who stands on which post."""
    return await _ladder(request)


async def _ladder(
    request: Request, *, typed: Ladder | None = None, errors: dict[str, str] | None = None
) -> Response[str]:
    async with desk_of(request).database.read() as session:
        context: dict[str, Any] = {
            "rungs": await ladder.rungs(session),
            "posts": await queries.posts(session),
            "post_rotas": await queries.post_rotas(session),
            "rotas": await rota_queries.rotas_now(session, now=clock.now()),
            "staff": await queries.staff(session),
        }
        named = [target for rung in context["rungs"] for target in rung.step.posts]
        context["names"] = await contacts.names_of(session, named)
    wrong = {**(typed.errors if typed else {}), **(errors or {})}
    context |= {"typed": typed.typed if typed else {}, "errors": wrong, "number_of": forms.number_of}
    context |= {"seen": _seen(context["rungs"]), "unit_of": forms.unit_of, "hour": forms.HOUR}
    return page(request, "escalation/ladder.html", status=UNPROCESSABLE if wrong else 200, **context)


@post(f"{LADDER}/posts", opt=RULES, status_code=303)
async def save_posts(request: Request) -> Response[str] | Redirect:
    """Say who stands on which post."""
    async with desk_of(request).database.write() as session:
        known = [member.id for member in await queries.staff(session)]
        there = await contacts.filled(session)
        rotas = {rota.id: Named(Kind.ROTA, str(rota.id)) in there for rota in await queries.open_rotas(session)}
        wanted = forms.read_posts(form_of(request), known, rotas)
        if not wanted.errors:
            await actions.save_posts(session, wanted, by=member_of(request), now=clock.now())
    return await _ladder(request, errors=dict(wanted.errors)) if wanted.errors else Redirect(LADDER, status_code=303)


@post(f"{LADDER}/steps", opt=RULES, status_code=303)
async def save_steps(request: Request) -> Response[str] | Redirect:
    """Say how long each step waits."""
    form = form_of(request)
    async with desk_of(request).database.write() as session:
        rungs = await ladder.rungs(session)
        if one(form, "seen", longest=2000) != _seen(rungs):
            raise Conflict
        wanted = forms.read_ladder(form, rungs)
        if not wanted.errors:
            await actions.save_ladder(session, wanted.steps, by=member_of(request), now=clock.now())
    return await _ladder(request, typed=wanted) if wanted.errors else Redirect(LADDER, status_code=303)


@get(MAIL, opt={"needs": Permission.MAIL})
async def show_mails(request: Request) -> Response[str]:
    """Show every mail with its state and the reason for it."""
    search = forms.read_mail_search(request.query_params.dict())
    async with desk_of(request).database.read() as session:
        found = await queries.mails(session, search, me=member_of(request))
    state = {"state": search.state.value} if search.state else {}
    more = f"{MAIL}?{urlencode({**state, 'before': found.more})}" if found.more else ""
    context: dict[str, Any] = {"mails": found, "search": search, "states": list(MailState), "more": more}
    return page(request, "escalation/mail.html", cap=queries.MOST_COUNTED, **context)


@post(f"{MAIL}/test", opt={"needs": Permission.MAIL}, status_code=303)
async def send_test(request: Request) -> Redirect:
    """Send a test mail to whoever asks, the way an alert goes."""
    async with desk_of(request).database.write() as session:
        await actions.send_test(session, member_of(request), now=clock.now())
    return Redirect(MAIL, status_code=303)


@post(f"{MAIL}/{{mail_id:uuid}}/retry", opt={"needs": Permission.MAIL}, status_code=303)
async def retry_mail(request: Request, mail_id: FromPath[UUID]) -> Redirect:
    """Try one mail again at once."""
    async with desk_of(request).database.write() as session:
        await actions.retry_mail(session, mail_id, by=member_of(request), now=clock.now())
    return Redirect(MAIL, status_code=303)


def _seen(rungs: list[ladder.Rung]) -> str:
    """Return the ladder in one line, so that a page from before somebody's change does not undo it."""
    return " ".join(f"{rung.field}={forms.number_of(rung.step)}" for rung in rungs)


@get(ESCALATIONS, opt={"needs": Permission.READ})
async def show_escalations(request: Request, ref: FromPath[str]) -> Response[str]:
    """Show every step of an incident's clocks, and what became of it."""
    account = await _account(request, ref)
    context: dict[str, Any] = {"account": account, "number_of": forms.number_of, "most": ledger.MOST_SHOWN}
    return page(request, "escalation/incident.html", **context)


@get(f"{ESCALATIONS}.csv", opt={"needs": Permission.READ})
async def download_escalations(request: Request, ref: FromPath[str]) -> Response[str]:
    """Give the same to be kept as evidence."""
    account = await _account(request, ref)
    return give_sheet(f"{account.incident.reference}-escalations", HEAD, rows_of(account))


async def _account(request: Request, ref: str) -> ledger.Account:
    async with desk_of(request).database.read() as session:
        return await ledger.account_of(session, ref, by=member_of(request), now=clock.now())


PAGES = (
    show_ladder,
    save_posts,
    save_steps,
    show_mails,
    send_test,
    retry_mail,
    show_escalations,
    download_escalations,
    *reach_pages.PAGES,
)
