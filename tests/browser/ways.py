"""Every page of the desk, and how a browser comes there."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Page

from incidentdesk.rules.permissions import Role
from tests.browser.gallery import Gallery
from tests.browser.looks import WIDE, Watch

Way = Callable[[Page, Gallery], Awaitable[None]]
TOLD = "A list of customers went to the wrong address this morning."


@dataclass(frozen=True)
class Place:
    """A page to look at: its name, the template it shows, who sees it, and the status it answers with."""

    name: str
    template: str
    way: Way
    who: Role | None = None
    status: int = 200


@dataclass(frozen=True)
class Tab:
    """A browser's tab on the gallery, and what the browser complained about in it."""

    page: Page
    gallery: Gallery
    watch: Watch

    async def visit(self, place: Place) -> Page:
        """Go there as the one who sees it, on a desktop."""
        await self.page.context.clear_cookies()
        if place.who:
            session = self.gallery.tokens[place.who]
            await self.page.context.add_cookies([{"name": "desk", "value": session, "url": self.gallery.url}])
        await self.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        self.watch.forget()
        await place.way(self.page, self.gallery)
        return self.page


async def press(page: Page, words: str) -> None:
    """Press a button and wait for the page that answers."""
    async with page.expect_navigation():
        await page.get_by_role("button", name=words).first.click()


def at(path: str) -> Way:
    """Open an address; `%(04)s` stands for the reference of an example."""

    async def go(page: Page, gallery: Gallery) -> None:
        await page.goto(gallery.url + path % gallery.references)

    return go


def incident(example: str, rest: str = "") -> Way:
    """Open an example's page, or one below it."""
    return at(f"/desk/incidents/%({example})s{rest}")


def then(way: Way, *presses: str, **typed: str) -> Way:
    """Go a way, type into fields by name, press buttons one after the other."""

    async def go(page: Page, gallery: Gallery) -> None:
        await way(page, gallery)
        for name, text in typed.items():
            await page.locator(f"[name={name}]").first.fill(text)
        for words in presses:
            await press(page, words)

    return go


def choose(way: Way, **chosen: str) -> Way:
    """Go a way, then choose these answers by their question."""

    async def go(page: Page, gallery: Gallery) -> None:
        await way(page, gallery)
        for name, value in chosen.items():
            await page.locator(f"main [name={name}][value={value}]").check()

    return go


def form(kind: str, *presses: str) -> Way:
    """Fill in the first page and go on."""
    return then(at(f"/report?kind={kind}"), *presses, what=TOLD)


def mine(example: str) -> Way:
    """Open an example's report as its reporter."""

    async def go(page: Page, gallery: Gallery) -> None:
        await page.goto(gallery.url + "/r")
        await page.get_by_label("Your private code").fill(gallery.codes[example])
        await press(page, "Open my report")

    return go
