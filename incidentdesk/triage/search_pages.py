"""Searching over HTTP. The words travel in a posted form: an address would stay in histories and in the logs of proxies."""

from litestar import get, post
from litestar.response import Redirect

from incidentdesk import clock
from incidentdesk.rules.next_step import NEVER
from incidentdesk.staff.gate import member_of
from incidentdesk.triage import forms
from incidentdesk.triage.pages import READS, Answer, address
from incidentdesk.triage.search import find, read_words
from incidentdesk.web.forms import Request
from incidentdesk.web.pages import desk_of, form_of, page


@post("/desk/search", opt=READS, status_code=200)
async def search(request: Request) -> Answer:
    """Show what was found. Without words, or with a reference, it is a view of the queue, and that has an address."""
    form, now = form_of(request), clock.now()
    asked, words = forms.read_search(form), read_words(form)
    if not words.each or forms.references(words.typed, year=now.year):
        return Redirect(address(asked.view.value, asked.filters), status_code=303)
    async with desk_of(request).database.read() as session:
        found = await find(session, asked, words, me=member_of(request), now=now)
    return page(request, "triage/found.html", search=asked, words=words, board=found, never=NEVER)


@get("/desk/search", opt=READS, status_code=303)
async def lead_to_queue(request: Request) -> Redirect:
    """A browser that kept the address of a search, and asks for it, finds the queue: the words are gone."""
    del request
    return Redirect("/desk", status_code=303)


PAGES = (search, lead_to_queue)
