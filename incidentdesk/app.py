"""Puts the web application together; the only list of all pages."""

import mimetypes

from litestar import Litestar, Response, get
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from incidentdesk.breach.assessment import pages as assessment
from incidentdesk.breach.awareness import pages as awareness
from incidentdesk.breach.clock import pages as breach
from incidentdesk.breach.customers import pages as customers
from incidentdesk.breach.duties import pages as duties
from incidentdesk.breach.notices import pages as customer_notices
from incidentdesk.breach.notification import copy_pages as notification_copy
from incidentdesk.breach.notification import filing_pages as notification_filing
from incidentdesk.breach.notification import pages as notification
from incidentdesk.breach.notification import paper_pages as notification_papers
from incidentdesk.breach.people import pages as people
from incidentdesk.breach.register import pages as register
from incidentdesk.breach.rows import pages as law_rows
from incidentdesk.errors import DeskError, Missing
from incidentdesk.escalation import clock_pages, rota_pages, step_pages
from incidentdesk.escalation import pages as escalation
from incidentdesk.insight import pages as insight
from incidentdesk.intake import pages as intake
from incidentdesk.privacy import pages as privacy
from incidentdesk.staff import away_pages, feed_pages, passkey_pages, sso_pages
from incidentdesk.staff import pages as staff
from incidentdesk.staff.factor_pages import ask_again, finish
from incidentdesk.staff.gate import Unconfirmed, Unfinished, gate
from incidentdesk.triage import access_pages, decision_pages, merging_pages, practice_pages, search_pages
from incidentdesk.triage import file_pages as triage_files
from incidentdesk.triage import pages as triage
from incidentdesk.web.edge import add_headers, behind_the_edge
from incidentdesk.web.forms import MAX_BODY
from incidentdesk.web.pages import Desk, assets, refuse
from incidentdesk.web.uploads import receive


@get("/static/{name:str}", opt={"public": True})
async def static(name: FromPath[str]) -> Response[bytes]:
    """Serve one of our own few files; its address changes with its content, so it may be kept for ever."""
    if name not in assets():
        raise Missing
    kind = mimetypes.guess_type(name)[0] or "text/plain"
    # The framework says it of text alone, and a picture of ours is text too.
    kind = kind if kind.startswith("text/") else f"{kind}; charset=utf-8"
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(assets()[name][0], media_type=kind, headers=headers)


PAGES = (
    static,
    *intake.PAGES,
    *triage.PAGES,
    *decision_pages.PAGES,
    *search_pages.PAGES,
    *merging_pages.PAGES,
    *practice_pages.PAGES,
    *access_pages.PAGES,
    *triage_files.PAGES,
    *breach.PAGES,
    *awareness.PAGES,
    *assessment.PAGES,
    *people.PAGES,
    *register.PAGES,
    *notification.PAGES,
    *notification_copy.PAGES,
    *notification_filing.PAGES,
    *notification_papers.PAGES,
    *duties.PAGES,
    *customer_notices.PAGES,
    *customers.PAGES,
    *law_rows.PAGES,
    *escalation.PAGES,
    *step_pages.PAGES,
    *rota_pages.PAGES,
    *clock_pages.PAGES,
    *privacy.PAGES,
    *insight.PAGES,
    *staff.PAGES,
    *away_pages.PAGES,
    *feed_pages.PAGES,
    *sso_pages.PAGES,
    *passkey_pages.PAGES,
)


def build(desk: Desk) -> Litestar:
    """Return the application. Every route passes the form reader and the gate; both come before any handler."""
    app = Litestar(
        route_handlers=PAGES,
        guards=[receive, gate, escalation.show_banners],
        before_send=[add_headers],
        exception_handlers={
            DeskError: refuse,
            Unfinished: finish,
            Unconfirmed: ask_again,
            HTTPException: refuse,
            500: refuse,
        },
        state=State({"desk": desk}),
        request_max_body_size=MAX_BODY,
        # Said here, or a variable of the framework could turn on pages that show the inside.
        debug=False,
        openapi_config=None,
        logging_config=None,
    )
    app.asgi_handler = behind_the_edge(app)
    return app
