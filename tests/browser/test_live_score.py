"""The score of an assessment while somebody chooses is the one that saving the same choices gives."""

import re

import pytest
from playwright.async_api import Page, expect

from incidentdesk.rules.permissions import Role
from tests.browser.conftest import OpenPhone
from tests.browser.gallery import Gallery
from tests.browser.looks import Watch, barriers
from tests.browser.ways import Place, Tab, incident, press

pytestmark = pytest.mark.browser
PLACE = Place("assessment-live", "breach/assessment.html", incident("10", "/assessment"), Role.DPO)
HAPPENED = {"confidentiality": "yes", "integrity": "no", "availability": "no", "intent": "malicious_external"}
PEOPLE = {"personal_data": "yes", "vulnerable_people": "no", "detailed_profile": "no", "reveals_little": "no"}
# One after the other, each on what was saved before: the number of the block, its name, and what is chosen in it.
CHOICES = (
    (2, "happened", HAPPENED | {"recipients": "strangers"}),
    (3, "people", PEOPLE | {"data": "health", "identifiability": "significant"}),
    (4, "protection", {"encrypted": "none"}),
    (5, "consequences", {"consequences": "none", "account_takeover": "no"}),
    (3, "people", {"dpc": "2", "identifiability": "limited"}),
    (5, "consequences", {"point_confidentiality": "2", "point_availability": "1"}),
)


async def choose(page: Page, block: str, chosen: dict[str, str]) -> None:
    await page.locator(f"#block-{block}").evaluate(
        "block => [block, ...block.querySelectorAll('details')].forEach(one => { one.open = true; })"
    )
    for name, value in chosen.items():
        await page.locator(f"#block-{block} [name={name}][value='{value}']").check()


async def test_the_live_score_is_the_saved_one(gallery: Gallery, tab: Tab, phone: OpenPhone) -> None:
    saving, live = await tab.visit(PLACE), await phone()
    await Tab(live, gallery, Watch(live)).visit(PLACE)
    await expect(live.locator("#block-happened .live")).to_be_hidden()
    figures = set()
    for number, block, chosen in CHOICES:
        await choose(live, block, chosen)
        await expect(live.locator("#unsaved")).to_be_visible()
        await expect(saving.locator("#unsaved")).to_be_hidden()
        await choose(saving, block, chosen)
        await press(saving, f"Save block {number}")
        figure = await saving.locator("#score").inner_text()
        await expect(live.locator(f"#block-{block} .live")).to_contain_text(f"chosen now: {figure}")
        await expect(live.locator("#announce")).to_contain_text(figure)
        figures.add(figure)
        kinds = await saving.locator("#dpc-hint").text_content()
        await expect(live.locator("#dpc-hint")).to_have_text(str(kinds))
    assert len(figures) >= 4
    assert re.match(r"[\d.]+, \w+", figure)
    assert tab.watch.heard == []


async def test_a_desk_that_cannot_be_asked_leaves_no_old_score(gallery: Gallery, phone: OpenPhone) -> None:
    page = await phone()
    await Tab(page, gallery, Watch(page)).visit(PLACE)
    await choose(page, "people", {"dpc": "4"})
    line = page.locator("#block-people .live")
    await expect(line).to_contain_text("Score of what is chosen now")
    assert await barriers(page) == []
    await page.route("**/assessment-preview", lambda route: route.abort())
    await choose(page, "people", {"dpc": "1"})
    await expect(line).to_have_text("The score could not be worked out now. Saving the block shows it.")
