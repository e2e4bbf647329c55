"""The browser's own Back, on pages that were posted: the form is there again, with its answers."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPhone
from tests.browser.gallery import Gallery
from tests.browser.journey import answer_the_pages, heading
from tests.browser.ways import press

pytestmark = pytest.mark.browser


async def test_back_and_the_privacy_notice_lose_no_answer(gallery: Gallery, phone: OpenPhone) -> None:
    page = await phone(scripts=False)
    await page.goto(f"{gallery.url}/report?kind=phish")
    await answer_the_pages(page)
    await heading(page, "Check and send")
    await page.get_by_role("link", name="privacy notice").click()
    await heading(page, "What we do with what you tell us")
    for words in ("Check and send", "About you", "People and time"):
        await page.go_back()
        await heading(page, words)
    await expect(page.get_by_label("Money or bank")).to_be_checked()
    await press(page, "Continue")
    await heading(page, "About you")
