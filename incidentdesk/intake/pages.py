"""The report form over HTTP. One address; everything typed travels in hidden fields until Send."""

import logging
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock, journal
from incidentdesk.errors import Limit
from incidentdesk.intake import file_pages, reporter_pages
from incidentdesk.intake.actions import submit_report
from incidentdesk.intake.forms import HONEYPOT, SentReport, Turn, carried, read_answers, suspicion, turn
from incidentdesk.intake.leaks import leaks_in
from incidentdesk.intake.queries import Filed, report_of_form
from incidentdesk.intake.questions import (
    PRIVACY_DATE,
    PRIVACY_VERSION,
    QUESTIONS,
    Answers,
    Step,
    asked_first,
    revealed_by,
    steps_for,
)
from incidentdesk.web.forms import Request, one
from incidentdesk.web.limits import count, network_of
from incidentdesk.web.pages import Desk, desk_of, form_of, language_of, page

NETWORK_WINDOW, GLOBAL_WINDOW = timedelta(hours=1), timedelta(minutes=1)
RECEIPTS = 5
# Why a report was not sent: the status of the answer, and after how many seconds to try again.
TROUBLES = {"not_saved": (503, 60), "too_many": (429, int(NETWORK_WINDOW.total_seconds()))}
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sheet:
    """The form as it lies before the reporter: what was typed, and the signed one-time id that makes Send happen once."""

    answers: Answers
    form_id: str
    honey: str = ""
    then: str = ""


@get("/", opt={"public": True}, status_code=303)
async def start() -> Redirect:
    """Lead to the form."""
    return Redirect("/report", status_code=303)


@get("/report", opt={"public": True})
async def show_report(request: Request) -> Response[str]:
    """The first page; a poster or a button elsewhere may have chosen the kind."""
    desk = desk_of(request)
    asked = {"kind": [request.query_params.get("kind", "")]}
    sheet = Sheet(read_answers(asked), _new_form_id(desk, now=clock.now()))
    return _form(request, sheet, Turn(Step.WHAT, {}))


@get("/privacy", opt={"public": True})
async def show_privacy(request: Request) -> Response[str]:
    """The notice that is shown before sending."""
    return page(request, "intake/privacy.html", privacy_version=PRIVACY_VERSION, privacy_date=PRIVACY_DATE)


@post("/report", opt={"public": True}, status_code=200)
async def continue_report(request: Request) -> Response[str]:
    """Every button of the form: go on, go back, change, send."""
    desk, form = desk_of(request), form_of(request)
    now, answers = clock.now(), read_answers(form)
    known = desk.vault.verified("form", one(form, "form"))
    form_id = one(form, "form") if known else _new_form_id(desk, now=now)
    going = turn(form, answers, today=now.astimezone(desk.settings.zone).date())
    then = "check" if one(form, "go").startswith("change:") or one(form, "then") == "check" else ""
    sheet = Sheet(answers, form_id, one(form, HONEYPOT), then)
    if not going.sent:
        answer = _form(request, sheet, going)
        # Nothing is sent yet. With no-store the browser's Back would end on an error page instead of the last answers.
        answer.headers["cache-control"] = "private, no-cache"
        return answer
    if known is None:
        return _check(request, sheet, trouble="unknown_form")
    return await _send(request, sheet, known, now=now)


async def _send(request: Request, sheet: Sheet, form_id: str, *, now: datetime) -> Response[str]:
    """Store it, or show it again unsent: whatever happens to the database, the typed text comes back."""
    desk = desk_of(request)
    issued = datetime.fromtimestamp(int(form_id.rpartition(".")[2]), tz=UTC)
    fill_seconds = desk.settings.minimum_fill_seconds
    code = desk.vault.code_for(form_id)
    sent = SentReport(
        answers=sheet.answers,
        language=language_of(request),
        form_hash=desk.vault.hash("form", form_id),
        code_hash=desk.vault.hash("code", code),
        zone=desk.settings.zone,
        suspicious=suspicion(sheet.honey, issued=issued, now=now, fill_seconds=fill_seconds),
    )
    try:
        async with desk.database.write() as session:
            filed = await _accept(session, request, sent, now=now)
    except (SQLAlchemyError, MemoryError, RuntimeError) as error:
        desk.metrics.faults.inc()
        # The class only: a message of the database could hold what the reporter wrote.
        log.error("a report could not be stored: %s", type(error).__name__)  # noqa: TRY400 - the traceback holds values
        return _check(request, sheet, trouble="not_saved")
    if filed is None:
        desk.metrics.refusals.labels(Limit.REPORTS.value).inc()
        return _check(request, sheet, trouble="too_many")
    if filed.report.received_at == now:
        # Pressed twice it is still one report, and received at the first press.
        desk.metrics.reports.inc()
    return reporter_pages.confirmation(request, filed, code, unsaid=sent.changed_since(filed.answers))


async def _accept(session: AsyncSession, request: Request, sent: SentReport, *, now: datetime) -> Filed | None:
    """Store the report unless its network sent too many; beyond the other limits it is taken and marked."""
    desk = desk_of(request)
    known = await report_of_form(session, sent.form_hash)
    if known is not None:
        return known
    network = desk.vault.hash("network", network_of(request, desk.settings))
    from_here = await count(session, f"report:{network}", within=NETWORK_WINDOW, now=now)
    if from_here > desk.settings.reports_per_network:
        # While this press waited for the counter, another one of the same page may have been the last to get through.
        return await report_of_form(session, sent.form_hash)
    flooded = await _is_flood(session, desk, sent, now=now)
    return await submit_report(session, sent.marked("flood") if flooded else sent, now=now)


async def _is_flood(session: AsyncSession, desk: Desk, sent: SentReport, *, now: datetime) -> bool:
    """Say whether too many came at once, or too many that ask for mail to one address: it may be a stranger's."""
    together = await count(session, "report", within=GLOBAL_WINDOW, now=now)
    address = str(sent.identity.get("email", "")).casefold()
    key = "receipt:" + desk.vault.hash("address", address)
    receipts = await count(session, key, within=NETWORK_WINDOW, now=now) if address else 0
    return together > desk.settings.reports_per_minute or receipts > RECEIPTS


def _form(request: Request, sheet: Sheet, going: Turn) -> Response[str]:
    if going.step is Step.CHECK:
        return _check(request, sheet)
    typed = {"answers": sheet.answers, "errors": going.errors, "revealed": revealed_by}
    return page(
        request,
        "intake/form.html",
        status=422 if going.errors else 200,
        errors=going.errors,
        questions=asked_first(going.step, sheet.answers),
        sheet=typed,
        default_go="continue",
        **_travelling(sheet, going.step),
    )


def _check(request: Request, sheet: Sheet, *, trouble: str = "") -> Response[str]:
    status, retry_after = TROUBLES.get(trouble, (200, 0))
    parts = [
        {
            "step": step,
            "rows": [(q.id, sheet.answers[q.id]) for q in QUESTIONS if q.step is step and q.id in sheet.answers],
        }
        for step in steps_for(sheet.answers)
        if step is not Step.CHECK
    ]
    answer = page(
        request,
        "intake/check.html",
        status=status,
        parts=parts,
        trouble=trouble,
        number=journal.request_number() if trouble == "not_saved" else "",
        leaks=leaks_in(sheet.answers),
        privacy_version=PRIVACY_VERSION,
        privacy_date=PRIVACY_DATE,
        **_travelling(sheet, Step.CHECK),
    )
    if retry_after:
        answer.headers["retry-after"] = str(retry_after)
    return answer


def _travelling(sheet: Sheet, step: Step) -> dict[str, Any]:
    return {
        "step": step.value,
        "form_id": sheet.form_id,
        "then": "" if step is Step.CHECK else sheet.then,
        "carried": carried(sheet.answers, without=step),
        "honeypot": HONEYPOT,
        "honey": sheet.honey,
    }


def _new_form_id(desk: Desk, *, now: datetime) -> str:
    return desk.vault.signed("form", f"{secrets.token_urlsafe(16)}.{int(now.timestamp())}")


PAGES = (start, show_report, continue_report, show_privacy, *reporter_pages.PAGES, *file_pages.PAGES)
