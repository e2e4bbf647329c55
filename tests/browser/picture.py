"""Take the picture of the README from the examples: `python -m tests.browser.picture`."""

import asyncio
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, FloatRect, async_playwright

from incidentdesk.rules.permissions import Role
from tests.browser.gallery import Gallery, open_gallery
from tests.browser.looks import WIDE, Watch
from tests.browser.served import ROOT
from tests.browser.ways import Place, Tab, at
from tests.conftest import CHROMIUM_NAMES
from tests.mail.relay import relay

PICTURE = ROOT / "docs" / "queue.png"
WIDTH, ROWS = WIDE[0], 3
MAILS_LEAVE_WITHIN = 60
QUEUE = Place("queue", "triage/queue.html", at("/desk"), Role.RESPONDER)


async def take() -> None:
    """Fill a desk, let its mails leave (or a banner would fill the picture), and photograph the head of its queue."""
    path = os.environ.get("INCIDENTDESK_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)))
    with TemporaryDirectory() as folder:
        async with relay() as taken, async_playwright() as playwright:
            mail = {
                "SMTP_HOST": "127.0.0.1",
                "SMTP_PORT": str(taken.port),
                "SMTP_TLS": "none",
                "MAIL_FROM": "desk@example.org",
            }
            async with open_gallery(Path(folder), **mail) as gallery:
                browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
                await _photograph(browser, gallery)
                await browser.close()


async def _photograph(browser: Browser, gallery: Gallery) -> None:
    page = await browser.new_page(locale="en-GB", color_scheme="light")
    await Tab(page, gallery, Watch(page)).visit(QUEUE)
    async with asyncio.timeout(MAILS_LEAVE_WITHIN):
        while await page.locator(".banner").count():
            await page.reload()
    last = await page.locator("tbody tr").nth(ROWS - 1).bounding_box()
    assert last is not None
    clip = FloatRect(x=0, y=0, width=WIDTH, height=last["y"] + last["height"])
    await page.screenshot(path=PICTURE, full_page=True, clip=clip)


if __name__ == "__main__":
    asyncio.run(take())
