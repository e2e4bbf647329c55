"""The ground the other tests stand on."""

import os

import pytest
from playwright.async_api import Browser
from sqlalchemy import text

from incidentdesk.database import Database


async def test_a_fresh_database_answers_on_the_engine_that_was_asked_for(database: Database) -> None:
    async with database.read() as session:
        assert (await session.execute(text("select 1"))).scalar_one() == 1
    assert database.writer.dialect.name == os.environ.get("INCIDENTDESK_TEST_DATABASE", "sqlite")


@pytest.mark.browser
async def test_the_browser_opens_a_page(browser: Browser) -> None:
    page = await browser.new_page()
    await page.set_content("<h1>Report a security problem</h1>")
    assert await page.inner_text("h1") == "Report a security problem"
    await page.close()
