"""A version on its way out: to read and print, as PDF, and as JSON."""

from html import unescape
from typing import Any

from litestar import Response, get
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.breach.notification import paper
from incidentdesk.breach.notification.copying import copied_of
from incidentdesk.breach.notification.pages import BASE, READS, draft_for
from incidentdesk.breach.notification.paper import Paper
from incidentdesk.breach.notification.queries import Draft
from incidentdesk.errors import Missing
from incidentdesk.tables import NotificationVersion
from incidentdesk.web.files import disposition
from incidentdesk.web.forms import Request
from incidentdesk.web.pages import desk_of, environment, language_of, page, shared
from incidentdesk.web.typeset import Document, Rows, Section, give_pdf

VERSION = f"{BASE}/versions/{{version:int}}"


@get(VERSION, opt=READS)
async def show_version(request: Request, reference: FromPath[str], version: FromPath[int]) -> Response[str]:
    """Show one version as it was kept, with what it changed, to read or to print."""
    async with desk_of(request).database.read() as session:
        draft, kept = await _version(request, session, reference, version)
    compared = _compared_with(draft, kept)
    return page(
        request,
        "breach/notification_version.html",
        draft=draft,
        paper=_paper(request, draft, kept),
        compared=compared,
        changes=paper.changed_between(compared, kept),
        said=lambda line, given: paper.said_before(kept, line, given, language_of(request)),
        copied=copied_of(draft, kept),
        filings=[filing for filing in draft.case.filings if draft.kept.filed.get(filing.id) == kept.id],
        names=draft.names,
    )


@get(f"{VERSION}/pdf", opt=READS)
async def save_pdf(request: Request, reference: FromPath[str], version: FromPath[int]) -> Response[bytes]:
    """Hand a version out as tagged PDF, with its own hash on every page."""
    async with desk_of(request).database.read() as session:
        draft, kept = await _version(request, session, reference, version)
    return await give_pdf(_name(draft, version), document_of(request, _paper(request, draft, kept), draft))


@get(f"{VERSION}/json", opt=READS)
async def save_json(request: Request, reference: FromPath[str], version: FromPath[int]) -> Response[str]:
    """Hand a version out as plain values with their hash."""
    async with desk_of(request).database.read() as session:
        draft, kept = await _version(request, session, reference, version)
        text = paper.exported(draft.incident, kept)
    headers = {"content-disposition": disposition(f"{_name(draft, version)}.json")}
    return Response(text, media_type="application/json", headers=headers)


async def _version(
    request: Request, session: AsyncSession, reference: str, number: int
) -> tuple[Draft, NotificationVersion]:
    draft = await draft_for(request, session, reference)
    version = draft.kept.numbered(number)
    # An erased one has no words any more, and a hash of nothing would look like proof.
    if version is None or draft.incident.erased_at is not None:
        raise Missing
    return draft, version


def _compared_with(draft: Draft, version: NotificationVersion) -> NotificationVersion | None:
    """Return what was filed before this version, else the version before it: what a reader of this one knows already."""
    earlier = [one for one in draft.kept.versions if one.number < version.number and not one.damaged]
    filed = [one for one in earlier if draft.kept.is_filed(one)]
    return (filed or earlier)[-1] if earlier else None


def _paper(request: Request, draft: Draft, version: NotificationVersion) -> Paper:
    signature = draft.kept.signatures.get(version.id)
    return paper.paper_of(draft.incident, version, signature, language=language_of(request))


def _name(draft: Draft, number: int) -> str:
    word = "PRACTICE " if draft.incident.practice else ""
    return f"{word}{draft.incident.reference} notification v{number}"


def document_of(request: Request, made: Paper, draft: Draft) -> Document:
    """Return a version as a document to set. Its words stand in a template, as those of a page do."""
    language = language_of(request)
    said = environment(language).get_template("breach/notification/_paper.html")
    words: Any = said.make_module(
        {**shared(request, now=clock.now()), "paper": made, "draft": draft, "names": draft.names}
    )
    return Document(
        title=_plain(words.title),
        author=desk_of(request).settings.organisation,
        language=language,
        lead=[_plain(line) for line in words.lead],
        sections=[_section(part, words) for part in made.parts],
        mark=_plain(words.mark),
        made_at=paper.moment_of(made.version, made.signature),
    )


def _section(part: paper.Part, words: Any) -> Section:  # noqa: ANN401 - what a template defines
    rows = [
        (line.label, line.value or _plain(words.state_words[line.state.value]), _plain(words.marks(line)))
        for line in part.lines
    ]
    return Section(part.title, (Rows([_plain(name) for name in words.head], rows, (4, 7, 3)),))


def _plain(words: str) -> str:
    """Return what a template escaped for a page as the words that it was."""
    return unescape(str(words)).strip()


PAGES = (show_version, save_pdf, save_json)
