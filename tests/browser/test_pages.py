"""Every page of the desk in a real browser: open to everybody, whole on a small screen, silent in the console."""

import pytest
from jinja2 import Environment, FileSystemLoader
from playwright.async_api import expect

from incidentdesk.rules.permissions import Role
from incidentdesk.web.pages import TEMPLATES
from tests.browser.looks import barriers, on_paper, squeezed
from tests.browser.places import PLACES, one_of_each
from tests.browser.ways import Place, Tab, at
from tests.thorough import THOROUGH

pytestmark = pytest.mark.browser
ADDRESSES = (
    "/report", "/privacy", "/r", "/desk?view=open", "/desk/incidents/%(05)s", "/desk/incidents/%(10)s/closure",
    "/desk/incidents/%(10)s/verdict?as=not_an_incident", "/desk/incidents/%(02)s/clock", "/desk/escalation", "/desk/mail",
    "/desk/people", "/desk/profile", "/nothing-here",
)  # fmt: skip


@pytest.mark.parametrize("place", PLACES if THOROUGH else one_of_each(PLACES), ids=lambda place: place.name)
async def test_a_page_is_open_to_everybody_whole_and_silent(tab: Tab, place: Place) -> None:
    page = await tab.visit(place)
    assert tab.watch.status == place.status
    assert await barriers(page) + await squeezed(page) + tab.watch.heard == []


@pytest.mark.parametrize("address", ADDRESSES if THOROUGH else ADDRESSES[::4])
async def test_dutch_words_fit_as_well(tab: Tab, address: str) -> None:
    longer = address + ("&" if "?" in address else "?") + "lang=nl"
    page = await tab.visit(Place("dutch", "", at(longer), Role.ADMINISTRATOR))
    assert await page.locator("html").get_attribute("lang") == "nl"
    assert await squeezed(page) == []


@pytest.mark.parametrize("name", ["sent", "incident-breach-late", "clock-late"])
async def test_paper_shows_words_and_no_buttons(tab: Tab, name: str) -> None:
    page = await tab.visit(next(place for place in PLACES if place.name == name))
    assert await on_paper(page) == []


async def test_the_facts_of_an_assessment_stand_on_paper_without_what_was_not_chosen(tab: Tab) -> None:
    page = await tab.visit(next(place for place in PLACES if place.name == "assessment-decided"))
    assert await on_paper(page) == []
    await page.emulate_media(media="print")
    happened = page.locator("#block-happened .option")
    assert await happened.locator(":scope:visible").count() == await happened.locator(":checked").count() > 0
    await expect(page.locator(".banner").first).to_be_hidden()
    await page.emulate_media(media="screen")


def test_every_page_is_in_the_list() -> None:
    templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    pages = {name for name in templates.list_templates(["html"]) if name.count("/") == 1 and "/_" not in name}
    assert {place.template for place in PLACES} == pages | {"error.html"}


async def test_the_lookers_see_what_is_wrong(tab: Tab) -> None:
    page = await tab.visit(PLACES[0])
    await page.locator("h1").evaluate("h1 => { h1.style.color = '#eee'; h1.style.minWidth = '500px'; }")
    await page.evaluate("document.body.setAttribute('style', 'color: red')")
    found = " ".join(await barriers(page) + await squeezed(page))
    assert "color-contrast" in found
    assert "390 px" in found
    assert "Content Security Policy" in " ".join(tab.watch.heard)
