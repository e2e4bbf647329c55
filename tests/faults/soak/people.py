"""Reporters who send again until they have a receipt, and staff who work; both hang up now and then."""

import asyncio
import random
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from incidentdesk import clock
from incidentdesk.tables import Member
from tests.faults.soak.history import CANARY, Filed, History
from tests.intake.visitor import FORM, Fields, code_in, form_fields
from tests.triage.test_walk import press

REFERENCE = re.compile(r"IR-\d\d-[0-9A-Z]{6}")
PATIENCE_SECONDS = 20.0
HANGS_UP = 0.08
ANSWERS = 0.3
LONGEST_REST_SECONDS = 2.0
PASSWORD = "a long password for a soak"


@dataclass
class Street:
    """The way to the desk: any of its addresses, and nobody waits for ever. `quiet` ends the hanging up."""

    addresses: list[str]
    chance: random.Random
    history: History
    quiet: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(
        self, client: httpx.AsyncClient, path: str, fields: Mapping[str, str | list[str]] | None = None
    ) -> str:
        """Return the page, or an empty text when there was none; a redirect counts as one."""
        address = self.chance.choice(self.addresses) + path
        patience = PATIENCE_SECONDS
        if fields is not None and not self.quiet.is_set() and self.chance.random() < HANGS_UP:
            patience = self.chance.uniform(0.001, 0.2)
        try:
            async with asyncio.timeout(patience):
                answer = await (client.get(address) if fields is None else client.post(address, data=dict(fields)))
        except (TimeoutError, httpx.HTTPError) as error:
            self._note(error, was_ours=patience < PATIENCE_SECONDS)
            return ""
        self.history.answers[str(answer.status_code)] += 1
        return answer.text or " " if answer.status_code in {200, 303} else ""

    def _note(self, error: Exception, *, was_ours: bool) -> None:
        self.history.answers[type(error).__name__] += 1
        if was_ours and isinstance(error, TimeoutError):
            with self.history.breaking("hang-up", "visitor"):
                pass

    async def rest(self, longest: float = LONGEST_REST_SECONDS) -> None:
        await asyncio.sleep(self.chance.uniform(0.1, longest))


def client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=PATIENCE_SECONDS)


async def report(street: Street, is_over: asyncio.Event) -> None:
    """Report one thing after the other until told to stop; what was begun is brought to its receipt."""
    async with client() as browser:
        while not is_over.is_set():
            await _report_once(street, browser, is_over)
            await street.rest()


async def _report_once(street: Street, browser: httpx.AsyncClient, is_over: asyncio.Event) -> None:
    filed = Filed(CANARY + secrets.token_hex(8))
    final = await _fill_in(street, browser, filed.canary)
    if not final:
        return
    filed.form = str(final["form"][0])
    street.history.filed.append(filed)
    receipt = ""
    while not receipt:
        receipt = await street.ask(browser, "/report", {**final, "go": "send"})
        await street.rest(0.5 if receipt else LONGEST_REST_SECONDS)
    filed.receipts |= set(REFERENCE.findall(receipt))
    filed.code = code_in(receipt)
    if street.chance.random() < ANSWERS:
        await _press_again(street, browser, final, filed)
    if street.chance.random() < ANSWERS and not is_over.is_set():
        await _write(street, browser, filed)


async def _fill_in(street: Street, browser: httpx.AsyncClient, canary: str) -> Fields:
    page = await street.ask(browser, "/report")
    told = {"what": f"{canary} was sent to the wrong people", "kind": "mail", "people": "yes", "go": "continue"}
    answers: list[dict[str, str]] = [told, {"m_who": "stranger"}, {"p_many": "hundreds", "noticed": "now"}]
    answers += [{"reach": "email", "email": f"{canary}@example.net", "name": f"{canary} Melder"}]
    for typed in answers:
        if not page:
            return {}
        page = await street.ask(browser, "/report", {**form_fields(page, "/report"), "go": "continue", **typed})
    return form_fields(page, "/report") if page else {}


async def _press_again(street: Street, browser: httpx.AsyncClient, final: Fields, filed: Filed) -> None:
    """Press twice: the receipt is the same one."""
    filed.receipts |= set(REFERENCE.findall(await street.ask(browser, "/report", {**final, "go": "send"})))


async def _write(street: Street, browser: httpx.AsyncClient, filed: Filed) -> None:
    """Write to the desk, again and again until the page says that it has it."""
    page = await street.ask(browser, "/r", {"code": filed.code})
    if not page:
        return
    words = f"{CANARY}{secrets.token_hex(8)} and one thing more"
    fields = {**form_fields(page, "/r/messages"), "body": words}
    for _ in range(20):
        if words in await street.ask(browser, "/r/messages", fields):
            filed.said.append(words)
            return
        await street.rest()


async def staff(street: Street, who: Member, everybody: list[Member], is_over: asyncio.Event) -> None:
    """Sign in, and act on one incident after the other: whatever a page offers, in any order."""
    async with client() as browser:
        while not is_over.is_set():
            queue = await street.ask(browser, "/desk?view=open")
            if 'action="/desk/sign-in"' in queue or not queue.strip():
                await street.ask(browser, "/desk/sign-in", {"email": who.email, "password": PASSWORD, "onward": ""})
                await street.rest()
                continue
            if references := sorted(set(REFERENCE.findall(queue))):
                await _act(street, browser, street.chance.choice(references), everybody)
            await street.rest()


async def _act(street: Street, browser: httpx.AsyncClient, reference: str, everybody: list[Member]) -> None:
    base = f"/desk/incidents/{reference}"
    page = await street.ask(browser, base + street.chance.choice(["", "", "/clock"]))
    noun, typed = press(street.chance, everybody, now=clock.now())
    action = f"{base}/{noun}"
    if action not in {address for address, _ in FORM.findall(page)}:
        return
    if await street.ask(browser, action, {**typed, **form_fields(page, action)}):
        street.history.acts += 1
