"""From "maybe" to a closed case in a real browser, as a data protection officer goes, in part without scripts: each page is looked at."""

from collections.abc import Awaitable
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import Browser, Page

from tests.browser import dpo, journey
from tests.browser.conftest import PATIENCE, OpenPhone
from tests.browser.looks import Watch, barriers, squeezed
from tests.browser.served import Served

pytestmark = pytest.mark.browser


async def looked_at(page: Page, step: Awaitable[None]) -> list[str]:
    """Take a step on a desktop, then look at what it led to: light and dark, large and small, for those who see and who do not."""
    await dpo.on_a_desk(page)
    await step
    found = [f"{page.url}: {words}" for words in await barriers(page) + await squeezed(page)]
    await dpo.on_a_desk(page)
    return found


async def test_a_case_goes_from_maybe_to_closed(served: Served, phone: OpenPhone, browser: Browser) -> None:
    reporter = await phone()
    await journey.forget_to_say_what_happened(reporter, served.url)
    await journey.answer_the_pages(reporter)
    filed = await journey.look_once_more_and_send(reporter)
    async with AsyncExitStack() as stack:
        context = await stack.enter_async_context(await browser.new_context(locale="en-GB"))
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        watch = Watch(page)
        await dpo.on_a_desk(page)
        await journey.become_administrator(page, served.welcome)
        seat = await context.storage_state()
        bare = await browser.new_context(locale="en-GB", java_script_enabled=False, storage_state=seat)
        bare = await stack.enter_async_context(bare)
        bare.set_default_timeout(PATIENCE)
        steps = dpo.path(page, await bare.new_page(), filed.reference)
        assert [words for step in steps for words in await looked_at(page, step)] == []
        assert watch.heard == []
