"""The reporter's own page over HTTP. No account and no cookie: the private code travels in posted forms only."""

import logging
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import segno
from litestar import Response, get, post
from litestar.response import Redirect
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.errors import Limit, Missing, TooMany
from incidentdesk.intake import actions
from incidentdesk.intake.forms import Errors, Reply, read_contact, read_reply
from incidentdesk.intake.queries import Filed, hits, is_answered, report_of_code, thread
from incidentdesk.intake.questions import BY_ID, Answers, revealed_by
from incidentdesk.records.attachments import MOST, files_of
from incidentdesk.records.wholes import main_of
from incidentdesk.rules.lifecycle import reporter_step
from incidentdesk.rules.reference import tidy_code
from incidentdesk.web.files import damaged
from incidentdesk.web.forms import MAX_BODY, Form, Request, block, one
from incidentdesk.web.limits import count, network_of
from incidentdesk.web.pages import FORGET, Desk, desk_of, environment, form_of, language_of, page

GUESSES, GUESS_WINDOW = 10, timedelta(minutes=1)
GUESSES_WORTH_A_WORD = 100
PASTED = 2_000
MESSAGES, MESSAGE_WINDOW = 30, timedelta(hours=1)
QR_MASK = 3
POSTED = ("saved", "messages", "contact", "code.txt", "files", "files/new", "files/content")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shown:
    """What the reporter's page shows on top of the rows: what was typed and why it was refused, or what was done."""

    body: str = ""
    errors: Errors = field(default_factory=dict)
    contact: Answers | None = None
    done: str = ""


NOTHING = Shown()


def confirmation(request: Request, filed: Filed, code: str, *, unsaid: Answers) -> Response[str]:
    """Show that the report is here; `unsaid` is what the reporter changed after sending it.

    A code that was saved is in no form of this page either: whoever presses Back on a shared computer gets this page.
    """
    report = filed.report
    card = {} if report.code_saved_at else _card(request, code)
    return page(request, "intake/sent.html", report=report, incident=filed.incident, unsaid=unsaid, **card)


@get([f"/r/{noun}" for noun in POSTED], opt={"public": True}, status_code=303)
async def lead_to_door(request: Request) -> Redirect:
    """A browser that keeps the address of a page that was posted, and asks for it, finds the way in."""
    return Redirect(f"/r?lang={language_of(request)}", status_code=303)


@get("/r", opt={"public": True})
async def ask_code(request: Request) -> Response[str]:
    """Ask for the code. A link carries it behind the #, where no server sees it."""
    return page(request, "intake/return.html", wrong=False, typed="")


@post("/r", opt={"public": True}, status_code=200)
async def open_report(request: Request) -> Response[str]:
    """Show where the report stands."""
    desk, form = desk_of(request), form_of(request)
    code = await known_code(request, desk, form, now=clock.now())
    return await status_page(request, desk, code) if code else wrong_code(request, form)


@post("/r/saved", opt={"public": True}, status_code=200)
async def save_code(request: Request) -> Response[str]:
    """Stop showing the code."""
    desk, form = desk_of(request), form_of(request)
    now = clock.now()
    code = await known_code(request, desk, form, now=now)
    if code is None:
        return wrong_code(request, form)
    async with desk.database.write() as session:
        await actions.keep_code(session, await filed_of(session, desk, code, to_change=True), now=now)
    return await status_page(request, desk, code)


@post("/r/messages", opt={"public": True}, status_code=200)
async def send_message(request: Request) -> Response[str]:
    """Write to the desk."""
    desk, form = desk_of(request), form_of(request)
    now, reply = clock.now(), read_reply(form)
    code = await known_code(request, desk, form, now=now)
    if code is None:
        return wrong_code(request, form)
    form_id = desk.vault.verified("message", one(form, "form"))
    if form_id is None and not reply.errors:
        reply = Reply(reply.body, {"body": "send_again"})
    if form_id is None or reply.errors:
        return await status_page(request, desk, code, Shown(reply.body, reply.errors))
    async with desk.database.write() as session:
        filed = await filed_of(session, desk, code, to_change=True)
        if await count(session, f"message:{filed.report.id}", within=MESSAGE_WINDOW, now=now) > MESSAGES:
            raise TooMany(int(MESSAGE_WINDOW.total_seconds()), Limit.MESSAGES)
        # Other words from the same page, after Back, are another message.
        once = desk.vault.hash("message", f"{form_id}|{code}|{reply.body}")
        await actions.hear(session, filed, reply.body, form_hash=once, now=now)
    return await status_page(request, desk, code, Shown(done="sent"))


@post("/r/contact", opt={"public": True}, status_code=200)
async def change_contact(request: Request) -> Response[str]:
    """Be reached in another way."""
    desk, form = desk_of(request), form_of(request)
    now = clock.now()
    code = await known_code(request, desk, form, now=now)
    if code is None:
        return wrong_code(request, form)
    contact, errors = read_contact(form)
    if errors:
        return await status_page(request, desk, code, Shown(contact=contact, errors=errors))
    async with desk.database.write() as session:
        filed = await filed_of(session, desk, code, to_change=True)
        await actions.change_contact(session, filed, contact, now=now)
    return await status_page(request, desk, code, Shown(done="changed"))


@post("/r/code.txt", opt={"public": True}, status_code=200)
async def download_code(request: Request) -> Response[str]:
    """Give the code as a small file."""
    desk, form = desk_of(request), form_of(request)
    code = await known_code(request, desk, form, now=clock.now())
    if code is None:
        return wrong_code(request, form)
    async with desk.database.read() as session:
        reference = (await filed_of(session, desk, code)).incident.reference
    template = environment(language_of(request)).get_template("intake/code.txt")
    settings = desk.settings
    text = template.render(organisation=settings.organisation, reference=reference, code=code, link=_link(desk, code))
    headers = {"content-disposition": f'attachment; filename="{reference}.txt"'}
    return Response(text, media_type="text/plain", headers=headers)


@post("/r/leaving", opt={"public": True}, status_code=303)
async def leave(request: Request) -> Redirect:
    """Let the browser forget the page, and show one that says nothing. Posted: no other site may clear what is kept."""
    return Redirect(f"/report?lang={language_of(request)}", status_code=303, headers=FORGET)


PAGES = (ask_code, lead_to_door, open_report, save_code, send_message, change_contact, download_code, leave)


async def known_code(request: Request, desk: Desk, form: Form, *, now: datetime) -> str | None:
    """Return the posted code if a report has it. Whoever guesses too often is stopped, also with a right one."""
    # Long enough for the whole text file, pasted as it is.
    typed = one(form, "code", longest=PASTED)
    code = tidy_code(typed) or typed
    key = "guess:" + desk.vault.hash("network", network_of(request, desk.settings))
    async with desk.database.read() as session:
        if await hits(session, key, since=now - GUESS_WINDOW) >= GUESSES:
            raise TooMany(int(GUESS_WINDOW.total_seconds()), Limit.CODES)
        if await report_of_code(session, desk.vault.hash("code", code)) is not None:
            return code
    async with desk.database.write() as session:
        await count(session, key, within=GUESS_WINDOW, now=now)
        if await count(session, "guess", within=GUESS_WINDOW, now=now) == GUESSES_WORTH_A_WORD:
            log.warning("somebody is guessing private codes: %s wrong ones in a minute", GUESSES_WORTH_A_WORD)
    return None


async def filed_of(session: AsyncSession, desk: Desk, code: str, *, to_change: bool = False) -> Filed:
    filed = await report_of_code(session, desk.vault.hash("code", code), to_change=to_change)
    if filed is None:
        raise Missing
    return filed


def wrong_code(request: Request, form: Form) -> Response[str]:
    """Answer a wrong code and an unknown one alike, and give back the message that was sent with it."""
    body = block(form, "body", longest=MAX_BODY)
    return page(request, "intake/return.html", status=422, wrong=True, typed=one(form, "code"), body=body)


async def status_page(request: Request, desk: Desk, code: str, shown: Shown = NOTHING) -> Response[str]:
    async with desk.database.read() as session:
        filed = await filed_of(session, desk, code)
        main = await main_of(session, filed.incident)
        messages = await thread(session, filed.report)
        answered = await is_answered(session, filed.incident)
        added = await files_of(session, filed.incident, report=filed.report)
    report, incident = filed.report, filed.incident
    if incident.erased_at is not None:
        return page(request, "intake/erased.html", incident=incident, code=code)
    contact_errors = {} if shown.contact is None else shown.errors
    return page(
        request,
        "intake/status.html",
        status=422 if shown.errors else 200,
        report=report,
        incident=incident,
        messages=messages,
        files=added,
        most_files=MOST,
        damaged=await damaged(desk, added),
        answered=answered,
        main=main,
        at=reporter_step(main.status, read=incident.read_at is not None, verdict=main.verdict),
        body=shown.body,
        errors=shown.errors,
        contact={"answers": shown.contact or report.identity, "errors": contact_errors, "revealed": revealed_by},
        reach=BY_ID["reach"],
        done=shown.done,
        **_card(request, code),
    )


def _card(request: Request, code: str) -> dict[str, Any]:
    link = _link(desk_of(request), code)
    # Any of the eight masks can be read; looking for the prettiest took a fifth of a whole report's time.
    picture = segno.make(link, error="m", micro=False, mask=QR_MASK)
    # Our own text and numbers only, so it is safe as it is.
    drawn = Markup(picture.svg_inline(svgclass="qr", lineclass=None, omitsize=True, border=2))  # noqa: S704
    return {"code": code, "link": link, "qr": drawn, "message_id": _new_message_id(request)}


def _link(desk: Desk, code: str) -> str:
    return f"{desk.settings.base_url}/r#{code}"


def _new_message_id(request: Request) -> str:
    return desk_of(request).vault.signed("message", secrets.token_urlsafe(16))
