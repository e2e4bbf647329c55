"""Nothing that anybody writes is ever run, loaded or even stopped by the browser: it is text, on every page that shows it."""

import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import httpx
import pytest
from playwright.async_api import Browser, Page, Route

from incidentdesk import clock
from incidentdesk.rules.permissions import Role
from incidentdesk.web.pages import Desk, assets
from tests.people import Sit
from tests.thorough import THOROUGH
from tests.triage.reports import Told as Title
from tests.triage.reports import file
from tests.web.pages_read import links_on
from tests.web.payloads import PAYLOADS
from tests.web.told import told

pytestmark = pytest.mark.browser
BATCH = 130
ADDRESS = "http://desk.test"
# As many as fit into ten thousand characters; the build tells them all.
BATCHES = [PAYLOADS[at : at + BATCH] for at in range(0, len(PAYLOADS), BATCH)][: None if THOROUGH else 1]
AIM = 5_000
WATCH = """
addEventListener('securitypolicyviolation', (event) => stopped(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
# What a person can read on the page, also in its fields.
READ = """() => document.documentElement.textContent
  + [...document.querySelectorAll('input, textarea')].map((field) => field.value).join('\\n')"""
LEADS_TO_SCRIPT = '() => document.querySelectorAll(\'[href^="javascript:" i], [action^="javascript:" i]\').length'
# What a page does by itself has begun by then.
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
LONGEST_TITLE = 120
log = logging.getLogger(__name__)


@dataclass
class Lab:
    """A tab that is handed pages as they were answered, and what happened in it."""

    page: Page
    ran: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    given: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    async def answer(self, route: Route) -> None:
        """Be the server: for the one page, and for its own files."""
        name = route.request.url.removeprefix(f"{ADDRESS}/static/").partition("?")[0]
        if route.request.url == f"{ADDRESS}/page":
            await route.fulfill(status=200, headers=self.headers, body=self.given)
        elif name in assets():
            kind = (
                "text/css" if name.endswith(".css") else "text/javascript" if name.endswith(".js") else "image/svg+xml"
            )
            headers = {"content-type": kind, "cross-origin-resource-policy": "same-origin"}
            await route.fulfill(status=200, headers=headers, body=assets()[name][0])
        else:
            self.asked.append(route.request.url)
            await route.abort()

    async def show(self, answer: httpx.Response, content: bytes = b"", **without: str) -> str:
        """Show an answer and return what can be read on it."""
        self.given = content or answer.content
        self.headers = {
            name: value for name, value in answer.headers.items() if name not in {"content-length", *without.values()}
        }
        await self.page.goto(f"{ADDRESS}/page")
        await self.page.evaluate(TWO_FRAMES)
        assert await self.page.evaluate(LEADS_TO_SCRIPT) == 0
        return str(await self.page.evaluate(READ))


@pytest.fixture
async def lab(browser: Browser) -> AsyncIterator[Lab]:
    async with await browser.new_context() as context:
        opened = Lab(await context.new_page())
        await context.expose_function("ran", lambda *_: opened.ran.append(opened.page.url))
        await context.expose_function("stopped", lambda *why: opened.stopped.append(f"{why}"))
        await context.add_init_script(WATCH)
        await context.route("**/*", opened.answer)
        opened.page.on("dialog", lambda dialog: opened.ran.append(dialog.message))
        yield opened


@pytest.mark.parametrize("payloads", BATCHES)
async def test_no_word_of_anybody_runs(desk: Desk, sit: Sit, lab: Lab, payloads: Sequence[str]) -> None:
    telling = await told(desk, sit, list(payloads))
    pairs, shown = 0, 0
    for name, answer in telling.pages:
        if answer.status_code == 303 or not answer.text:
            continue
        read = await lab.show(answer)
        pairs, shown = pairs + sum(read.count(payload) for payload in payloads), shown + 1
        assert (lab.ran, lab.stopped, lab.asked) == ([], [], []), name
    log.info("%s payloads, %s pages, %s places with a payload, 0 run, 0 stopped", len(payloads), shown, pairs)
    assert pairs > AIM


async def test_no_title_runs_in_the_queue(desk: Desk, sit: Sit, lab: Lab) -> None:
    payloads = [payload for batch in BATCHES for payload in batch if len(payload) <= LONGEST_TITLE]
    seat = await sit(Role.RESPONDER)
    for payload in payloads:
        await file(desk, Title(title=payload), now=clock.now())
    seen, onward = "", "/desk?view=open"
    while onward:
        answer = await seat.get(onward)
        seen += await lab.show(answer)
        onward = next((link for link in links_on(answer.text) if "after=" in link), "")
    assert [payload for payload in payloads if payload not in seen] == []
    assert (lab.ran, lab.stopped, lab.asked) == ([], [], [])


async def test_a_script_that_got_through_would_be_seen(desk: Desk, sit: Sit, lab: Lab) -> None:
    page = await (await sit()).get("/report")
    pierced = page.content.replace(b"</main>", b"<script>ran()</script><img src=x onerror=ran()></main>")
    await lab.show(page, pierced)
    assert (lab.ran, len(lab.stopped)) == ([], 2)
    await lab.show(page, pierced, policy="content-security-policy")
    assert len(lab.ran) == 2
