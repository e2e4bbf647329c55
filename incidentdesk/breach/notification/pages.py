"""The draft's pages: what is missing, a section at a time, and the buttons that check, sign, amend and withdraw."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock, law
from incidentdesk.breach.clock import queries as clock_queries
from incidentdesk.breach.moments import Reading, words
from incidentdesk.breach.notification import actions, forms, paper, queries
from incidentdesk.breach.notification import sheet as sheets
from incidentdesk.breach.notification.actions import Who
from incidentdesk.breach.notification.copying import copied_of
from incidentdesk.breach.notification.queries import Draft, Look
from incidentdesk.breach.progress import progress_of
from incidentdesk.errors import Conflict, Missing
from incidentdesk.records.attachments import files_of
from incidentdesk.rules import notification as rules
from incidentdesk.rules.notification import Phase, Section, State
from incidentdesk.rules.permissions import Permission
from incidentdesk.staff.gate import member_of
from incidentdesk.web.forms import Request, one
from incidentdesk.web.pages import desk_of, form_of, language_of, page
from incidentdesk.web.uploads import file_field

BASE = "/desk/incidents/{reference:str}/notification"
READS: dict[str, Any] = {"needs": Permission.READ}
LEGAL: dict[str, Any] = {"needs": Permission.LEGAL}
UNPROCESSABLE, CONFLICT = 422, 409
UNREAD: Reading[Any] = Reading(None)


@get(BASE, opt=READS)
async def show_draft(request: Request, reference: FromPath[str]) -> Response[str]:
    """Show what is ready, what is to check and what is missing for filing."""
    return await draft_page(request, reference)


@get(f"{BASE}/sections/{{section:str}}", opt=LEGAL)
async def show_section(request: Request, reference: FromPath[str], section: FromPath[str]) -> Response[str]:
    """Show the fields of one section to fill in."""
    async with desk_of(request).database.read() as session:
        draft = await draft_for(request, session, reference)
    return _section_page(request, draft, _section_of(draft, section))


@post(f"{BASE}/sections/{{section:str}}", opt=LEGAL)
async def post_section(request: Request, reference: FromPath[str], section: FromPath[str]) -> Response[Any]:
    """Keep a section. Others may have changed another one meanwhile; the same one they may not."""
    member, now = member_of(request), clock.now()
    async with desk_of(request).database.write() as session:
        draft = await draft_for(request, session, reference, for_change=True)
        found = _section_of(draft, section)
        asked = [field for field in found.fields if field.key in draft.states]
        written = forms.section(form_of(request), asked, draft.sheet, forms.Checker(member.id, now, draft.newer))
        is_stale = _is_stale(request, draft, found)
        if not written.errors and not is_stale:
            await actions.save_answers(session, draft, written.given, who=Who(member, now))
            return Redirect(f"{_address(reference)}#{section}", status_code=303)
    status = CONFLICT if is_stale else UNPROCESSABLE
    return _section_page(request, draft, found, written=written, status=status)


@post(f"{BASE}/checks", opt=LEGAL)
async def post_checks(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Vouch for everything that nobody has checked."""
    return await _press(request, reference, actions.check_all)


@post(f"{BASE}/later", opt=LEGAL)
async def post_later(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Say that the rest is not yet known."""
    return await _press(request, reference, actions.put_off_the_rest)


@post(f"{BASE}/choice", opt=LEGAL)
async def post_choice(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Write for another form or phase."""

    async def choose(session: AsyncSession, draft: Draft, *, who: Who) -> None:
        chosen = forms.choice(form_of(request), draft.edition)
        if chosen is None:
            raise Conflict
        await actions.choose(session, draft, *chosen, who=who)

    return await _press(request, reference, choose)


@post(f"{BASE}/signature", opt=LEGAL)
async def post_signature(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Sign exactly what was shown."""
    return await _press(request, reference, actions.sign)


@post(f"{BASE}/amendment", opt=LEGAL)
async def post_amendment(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Begin the next version of what was filed."""
    return await _press(request, reference, actions.amend)


@post(f"{BASE}/withdrawal", opt=LEGAL)
async def post_withdrawal(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Begin to take back what was filed, for a reason."""
    reason, errors = words(form_of(request), "withdrawal_reason", missing="reason_missing")
    if errors:
        return await draft_page(request, reference, read=Reading(None, errors), status=UNPROCESSABLE)

    async def withdraw(session: AsyncSession, draft: Draft, *, who: Who) -> None:
        await actions.withdraw(session, draft, reason, who=who)

    return await _press(request, reference, withdraw)


async def _press(request: Request, reference: str, verb: Callable[..., Awaitable[None]]) -> Response[Any]:
    """One button in one transaction; 409 when what its presser saw is not there any more."""
    async with desk_of(request).database.write() as session:
        draft = await draft_for(request, session, reference, for_change=True)
        if one(form_of(request), "seen_revision") == draft.stamp:
            await verb(session, draft, who=_who(request))
            return back(reference)
    return await draft_page(request, reference, status=CONFLICT)


def _who(request: Request) -> Who:
    return Who(member_of(request), clock.now())


def _address(reference: str) -> str:
    return f"/desk/incidents/{reference}/notification"


def back(reference: str) -> Redirect:
    return Redirect(_address(reference), status_code=303)


async def draft_for(request: Request, session: AsyncSession, reference: str, *, for_change: bool = False) -> Draft:
    look = Look(member_of(request), desk_of(request).settings, clock.now())
    return await queries.draft_of(session, reference, look, for_change=for_change)


def _section_of(draft: Draft, wanted: str) -> Section:
    found = next((section for section in draft.edition.sections if section.id == wanted), None)
    if found is None:
        raise Missing
    return found


def _is_stale(request: Request, draft: Draft, section: Section) -> bool:
    """Say whether a field of this section was answered otherwise since the form was shown."""
    newest, seen = draft.kept.newest, one(form_of(request), "seen_version", longest=8)
    if newest is None:
        return False
    before = draft.kept.numbered(int(seen)) if seen.isascii() and seen.isdigit() else None
    if before is None and seen != "0":
        return True
    # Before the first version the form showed what the sources proposed.
    old = sheets.from_json(before.values) if before else draft.proposed
    changes = rules.diff(sheets.answers_in(old), sheets.answers_in(sheets.from_json(newest.values)))
    return bool({change.key for change in changes} & {field.key for field in section.fields if not field.derived})


def _section_page(
    request: Request,
    draft: Draft,
    section: Section,
    *,
    written: forms.Written | None = None,
    status: int = 200,
) -> Response[str]:
    language = language_of(request)
    parts = paper.parts_of(draft.edition, draft.sheet, draft.states, language)
    part = next((one for one in parts if one.id == section.id), None)
    if part is None:
        raise Missing
    return page(
        request,
        "breach/notification_section.html",
        status=status,
        draft=draft,
        part=part,
        names=draft.names,
        news=_news(draft, language),
        written=written,
        words=law.words_of(draft.edition.version),
        typed=form_of(request),
        errors=written.errors if written else {},
        stale=status == CONFLICT,
    )


def _news(draft: Draft, language: str) -> dict[str, str]:
    """Return in words what sources say otherwise since their answers were checked."""
    words = law.words_of(draft.edition.version)
    return {key: paper.value_of(draft.field(key), given, words, language) for key, given in draft.newer.items()}


async def draft_page(
    request: Request, reference: str, *, read: Reading[Any] = UNREAD, status: int = 200
) -> Response[str]:
    """Show the draft, with what was typed into its forms when something was amiss."""
    async with desk_of(request).database.read() as session:
        draft = await draft_for(request, session, reference)
        files = await files_of(session, draft.incident)
        progress = await progress_of(session, draft.incident)
    states, language = draft.states, language_of(request)
    answers, early = sheets.answers_in(draft.sheet), replace(draft.situation, phase=Phase.PRELIMINARY)
    return page(
        request,
        "breach/notification.html",
        status=status,
        draft=draft,
        progress=progress,
        parts=paper.parts_of(draft.edition, draft.sheet, states, language),
        labels=law.words_of(draft.edition.version).fields,
        places={field.key: section.id for section in draft.edition.sections for field in section.fields},
        found={state.value: rules.keys_in(states, state) for state in State},
        derived={field.key for field in draft.edition.fields if field.derived},
        may_wait=rules.may_wait(draft.edition, answers, early),
        left_out=rules.left_out(draft.edition, draft.situation)
        if draft.situation.phase is not Phase.WITHDRAWAL
        else (),
        language=language,
        news=_news(draft, language),
        face=clock_queries.face(draft.case, now=clock.now()),
        names=draft.names,
        copied={version.id: copied_of(draft, version) for version in draft.filed_or_to_copy},
        files=[file for file in files if file.member_id is not None],
        errors=read.errors,
        choices=read.choices,
        typed={name: values[0] for name, values in form_of(request).items()},
        stale=status == CONFLICT,
        choose_again=file_field(request.scope["state"].get("upload")),
    )


PAGES = (
    show_draft,
    show_section,
    post_section,
    post_checks,
    post_later,
    post_choice,
    post_signature,
    post_amendment,
    post_withdrawal,
)
