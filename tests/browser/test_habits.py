"""What people do without thinking: press twice, press early, change the language, use the keyboard, copy a code."""

import re

import pytest
from playwright.async_api import Page, expect

from incidentdesk.rules.permissions import Role
from tests.browser.conftest import OpenPhone
from tests.browser.gallery import Gallery
from tests.browser.journey import heading
from tests.browser.looks import Watch
from tests.browser.ways import Place, Tab, at, mine, press

pytestmark = pytest.mark.browser
CODE = "12345 67890 12345 67890 12345"


def staff(path: str) -> Place:
    return Place(path, "", at(path), Role.RESPONDER)


async def fill(page: Page, gallery: Gallery, words: str, query: str = "") -> None:
    await page.goto(f"{gallery.url}/report{query}")
    await page.locator("#what").fill(words)


async def test_pressing_twice_and_once_more_after_back_makes_one_report(
    gallery: Gallery, tab: Tab, phone: OpenPhone
) -> None:
    page, words = await phone(scripts=False), "Pressed in a hurry."
    await fill(page, gallery, words)
    await press(page, "Send now, I can add more later")
    await heading(page, "Check and send")
    await page.get_by_role("button", name="Send report").dblclick()
    await heading(page, "Thank you. We have your report.")
    reference = await page.locator(".lede .mono").inner_text()
    await page.go_back()
    await heading(page, "Check and send")
    await press(page, "Send report")
    await expect(page.locator(".lede .mono")).to_have_text(reference)
    desk = await tab.visit(staff("/desk?view=open"))
    await expect(desk.get_by_role("row").filter(has_text=words)).to_have_count(1)


async def test_enter_in_a_line_goes_on_and_not_to_another_language(gallery: Gallery, phone: OpenPhone) -> None:
    page = await phone(scripts=False)
    await fill(page, gallery, "My badge is gone.", "?kind=lost")
    await press(page, "Continue")
    await page.get_by_label("Where was it last seen?").press("Enter")
    await heading(page, "People and time")


async def test_the_language_changes_on_the_way_and_keeps_what_was_typed(gallery: Gallery, phone: OpenPhone) -> None:
    page = await phone(scripts=False)
    await fill(page, gallery, "Mijn telefoon is weg.", "?kind=lost")
    await page.get_by_text("English").first.click()
    await press(page, "Nederlands")
    await heading(page, "Meld een beveiligingsprobleem")
    await expect(page.locator("#what")).to_have_value("Mijn telefoon is weg.")
    await press(page, "Nu versturen")
    await press(page, "Melding versturen")
    await heading(page, "Dank u. We hebben uw melding.")
    await expect(page.locator("html")).to_have_attribute("lang", "nl")


async def test_a_dutch_browser_is_spoken_to_in_dutch(gallery: Gallery, phone: OpenPhone) -> None:
    page = await phone(locale="nl-NL")
    await page.goto(gallery.url)
    await heading(page, "Meld een beveiligingsprobleem")


async def test_follow_up_questions_open_and_close_without_scripts(gallery: Gallery, phone: OpenPhone) -> None:
    page = await phone(scripts=False)
    await fill(page, gallery, "A list went astray.")
    for _ in range(2):
        await press(page, "Continue")
    await expect(page.get_by_label("E-mail address")).to_be_hidden()
    await page.get_by_label("By e-mail").check()
    await expect(page.get_by_label("E-mail address")).to_be_visible()
    await page.get_by_label("By phone").check()
    await expect(page.get_by_label("E-mail address")).to_be_hidden()


async def test_the_code_behind_the_link_is_filled_in_and_leaves_the_address(gallery: Gallery, phone: OpenPhone) -> None:
    page, asked = await phone(), []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{gallery.url}/r#{CODE.replace(' ', '')}")
    await expect(page.get_by_label("Your private code")).to_have_value(CODE.replace(" ", ""))
    assert page.url == f"{gallery.url}/r"
    assert not any("12345" in url for url in asked)


async def test_whoever_leaves_is_forgotten_by_the_browser(gallery: Gallery, phone: OpenPhone) -> None:
    page = await phone()
    await mine("04")(page, gallery)
    await page.evaluate("localStorage.setItem('kept', 'words')")
    await press(page, "Leave this page")
    await expect(page.locator("main")).not_to_contain_text(gallery.references["04"])
    assert page.url.startswith(f"{gallery.url}/report")
    assert await page.evaluate("localStorage.length") == 0


async def test_keys_press_what_is_on_the_page(tab: Tab) -> None:
    page = await tab.visit(staff("/desk?view=open"))
    await page.keyboard.press("j")
    await expect(page.locator("a.title").first).to_be_focused()
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("/desk/incidents/IR-"))
    await page.get_by_label("Note", exact=True).press("u")
    await expect(page.get_by_label("Note", exact=True)).to_have_value("u")
    await page.locator("h1").click()
    await page.keyboard.press("u")
    await page.wait_for_url(re.compile("/desk$"))
    assert tab.watch.heard == []


async def test_the_clock_goes_on_and_turns_late_on_the_open_page(gallery: Gallery, phone: OpenPhone) -> None:
    page = await phone()
    await page.clock.install()
    await Tab(page, gallery, Watch(page)).visit(staff("/desk/incidents/%(02)s"))
    clock = page.locator(".clock.big").filter(has_text="GDPR Art. 33")
    await expect(clock).to_have_attribute("data-state", "urgent")
    await page.clock.fast_forward("03:00:00")
    await expect(clock).to_have_attribute("data-state", "late")
    await expect(clock.locator(".clock-words")).to_contain_text("late")
    await expect(page.locator("#announce")).to_contain_text("late")
