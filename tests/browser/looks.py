"""What is wrong with a page, in words: for people who cannot see it well, on small screens, and in the console."""

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import ConsoleMessage, Page, Request, Response

from tests.thorough import THOROUGH

PHONE, SMALL, WIDE = (390, 844), (320, 640), (1280, 800)
Look = tuple[tuple[int, int], Literal["dark", "light"]]
OTHERS: tuple[Look, ...] = ((PHONE, "dark"), (WIDE, "dark"), (PHONE, "light")) if THOROUGH else ((PHONE, "dark"),)
PAPER = 700
# What the browser gives up by itself: the icon of a page that is left, an address that turns out to be a download.
GIVEN_UP = "net::ERR_ABORTED"
# What a width or a colour scheme can change; the rest of a page is the same in all four and is looked at once.
LAYOUT = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
SOME = {"runOnly": {"type": "rule", "values": LAYOUT}}
ALL = {"rules": {"target-size": {"enabled": True}}}

OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const name = (e) => e.tagName.toLowerCase() + (e.className ? '.' + String(e.className).replaceAll(' ', '.') : '');
  const wide = [...document.body.querySelectorAll('*')].filter((e) => e.checkVisibility()
    && e.getBoundingClientRect().right > width + 1 && !e.closest('.visually-hidden'));
  return [`${document.documentElement.scrollWidth} px of content on ${width} px: ${wide.slice(-4).map(name).join(', ')}`];
}"""

# Nothing inside may need sideways scrolling either, nor be cut off.
HIDDEN_SIDEWAYS = """() => [...document.body.querySelectorAll('*')]
  .filter((e) => e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== 'visible'
    && !e.matches('input, textarea'))
  .map((e) => `${e.tagName.toLowerCase()}.${e.className} holds ${e.scrollWidth} px on ${e.clientWidth} px`)"""

SMALL_TARGETS = """() => [...document.querySelectorAll('button, .button, summary, select, textarea, .option, .nav a, .tabs a, .menu a, '
    + 'input:not([type=hidden], [type=radio], [type=checkbox])')]
  .filter((e) => e.checkVisibility() && !e.closest('[aria-hidden=true]'))
  .map((e) => [e, e.getBoundingClientRect()])
  .filter(([e, box]) => box.height < 43.5 || box.width < 43.5)
  .map(([e, box]) => `${e.tagName.toLowerCase()} "${e.textContent.trim() || e.name}" is ${Math.round(box.width)} by ${Math.round(box.height)} px`)"""

UNFIT_FOR_PAPER = """() => {
  const found = [...document.querySelectorAll('button, .nav, select')].filter((e) => e.checkVisibility()).map((e) => `${e.tagName} is printed`);
  const style = getComputedStyle(document.body);
  if (style.color !== 'rgb(0, 0, 0)' || style.backgroundColor !== 'rgb(255, 255, 255)') found.push(`${style.color} on ${style.backgroundColor}`);
  return found;
}"""


class Watch:
    """Writes down what the browser complains about while a page is open."""

    def __init__(self, page: Page) -> None:
        self.heard: list[str] = []
        self.status = 0
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.heard.append(f"error: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def forget(self) -> None:
        """Start anew, before the next page."""
        self.heard, self.status = [], 0

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium reports a refused document here too; its status is asked for elsewhere.
        if not message.text.startswith("Failed to load resource"):
            self.heard.append(f"console {message.type}: {message.text}")

    def _failed(self, request: Request) -> None:
        if request.failure != GIVEN_UP:
            self.heard.append(f"failed: {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.request.resource_type == "document":
            self.status = response.status
        elif response.status >= HTTPStatus.BAD_REQUEST:
            self.heard.append(f"answered {response.status}: {response.url}")


async def barriers(page: Page) -> list[str]:
    """Ask axe in light and dark, on a desktop (where the page was opened) and on a phone."""
    await page.emulate_media(color_scheme="light")
    await page.evaluate(AXE_SCRIPT)
    found = [f"anywhere: {words}" for words in await _axe(page, ALL)]
    for (width, height), scheme in OTHERS:
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme=scheme)
        found += [f"{width} px, {scheme}: {words}" for words in await _axe(page, SOME)]
    return found


async def _axe(page: Page, asked: dict[str, Any]) -> list[str]:
    options = json.dumps({"resultTypes": ["violations"], **asked})
    answer = await page.evaluate(f"axe.run({options})")
    return [words for violation in answer["violations"] for words in _in_words(violation)]


def _in_words(violation: dict[str, Any]) -> Iterator[str]:
    for node in violation["nodes"]:
        yield f"{violation['id']} at {node['target']}: {node['html'][:160]}"


async def squeezed(page: Page) -> list[str]:
    """Make the screen small and the text large: nothing may stick out, be cut off, or be too small to hit."""
    browser, found = await page.context.new_cdp_session(page), []
    for (width, height), text in ((SMALL, 16), (PHONE, 32), (PHONE, 16)):
        await page.set_viewport_size({"width": width, "height": height})
        # What the browser's own setting for larger text does.
        await browser.send("Page.setFontSizes", {"fontSizes": {"standard": text}})
        wrong = await page.evaluate(OVERFLOW) + await page.evaluate(HIDDEN_SIDEWAYS)
        found += [f"{width} px, text {text} px: {words}" for words in wrong]
    return found + list(await page.evaluate(SMALL_TARGETS))


async def on_paper(page: Page) -> list[str]:
    """Print it: nothing to press, nothing cut off, black on white also for those who read in the dark."""
    await page.emulate_media(media="print", color_scheme="dark")
    await page.set_viewport_size({"width": PAPER, "height": 1000})
    found = list(await page.evaluate(OVERFLOW)) + list(await page.evaluate(UNFIT_FOR_PAPER))
    await page.emulate_media(media="screen", color_scheme="light")
    return found
