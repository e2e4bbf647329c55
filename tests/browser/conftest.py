"""One gallery and one tab for every page that is looked at; a desk of its own for every story."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.gallery import Gallery, open_gallery
from tests.browser.looks import PHONE, Watch
from tests.browser.served import Served, serving
from tests.browser.ways import Tab
from tests.patience import WITHIN

PATIENCE = WITHIN * 1000
expect.set_options(timeout=PATIENCE)
WIDTH, HEIGHT = PHONE
OpenPhone = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
async def gallery(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gallery]:
    async with open_gallery(tmp_path_factory.mktemp("gallery")) as opened:
        yield opened


@pytest.fixture(scope="session")
async def tab(browser: Browser, gallery: Gallery) -> AsyncIterator[Tab]:
    async with await browser.new_context(locale="en-GB") as context:
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        yield Tab(page, gallery, Watch(page))


@pytest.fixture
async def served(chromium_path: str, database_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    async with serving(tmp_path, DATABASE_URL=database_url) as started:
        yield started


@pytest.fixture
async def phone(browser: Browser) -> AsyncIterator[OpenPhone]:
    """Hand out phones: `await phone(scripts=False)`. Each forgets what the others saw."""
    async with AsyncExitStack() as stack:

        async def one(*, scripts: bool = True, locale: str = "en-GB") -> Page:
            context = await browser.new_context(
                viewport={"width": WIDTH, "height": HEIGHT},
                is_mobile=True,
                has_touch=True,
                java_script_enabled=scripts,
                locale=locale,
            )
            await stack.enter_async_context(context)
            context.set_default_timeout(PATIENCE)
            return await context.new_page()

        yield one
