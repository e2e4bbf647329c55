"""The way of a data protection officer through a case, room by room, as the buttons and links lead."""

from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.async_api import Page, expect

from incidentdesk import clock
from tests.browser.journey import heading
from tests.browser.looks import WIDE
from tests.browser.ways import press

REFERENCE = "AP-2026-77"


async def on_a_desk(page: Page) -> None:
    """Sit down before a large screen again, in the light."""
    await page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    await page.emulate_media(color_scheme="light")


async def room(page: Page, name: str) -> None:
    """Go to another room of the case."""
    rooms = page.get_by_role("navigation", name="Legal side")
    await rooms.get_by_role("link", name=name, exact=True).click()


async def find_the_case(page: Page, reference: str) -> None:
    """Open it from the queue."""
    await page.get_by_role("row").filter(has_text=reference).get_by_role("link").click()
    await expect(page.get_by_text(reference).first).to_be_visible()


async def call_it_a_breach(page: Page) -> None:
    """Decide that it is one: the clock of the authority stands beside it, with the way to the legal side."""
    await press(page, "Personal data breach")
    await expect(page.locator(".clock.big")).to_contain_text("Art. 33 GDPR")


async def say_when_we_became_aware(page: Page) -> None:
    """Take the strictest moment, which is chosen already and needs no reason."""
    await page.get_by_role("link", name="Awareness, notification and reasons").click()
    await room(page, "Awareness")
    await heading(page, "When did we become aware?")
    await press(page, "Fix the moment")
    await expect(page.get_by_text("Fixed by Ada Min")).to_be_visible()


async def forget_the_reference(page: Page) -> None:
    """Record a notification without the authority's reference: the page says what is missing and keeps the moment."""
    await room(page, "Clock")
    await fill_moment(page, "filed", clock.now())
    await press(page, "Record it")
    await expect(page.get_by_role("alert")).to_contain_text("Give the reference")
    await expect(page.locator("[name=filed_year]")).not_to_have_value("")


async def record_the_notification(page: Page) -> None:
    """Give it: the clock ends, in time."""
    await page.get_by_label("Reference of the authority").fill(REFERENCE)
    await press(page, "Record it")
    await expect(page.locator("main")).to_contain_text(REFERENCE)


async def sign_that_no_high_risk_is_likely(page: Page) -> None:
    """Decide about the people, for itself."""
    await room(page, "Telling the people")
    await heading(page, "Telling the people")
    await expect(page.locator("main")).to_contain_text("Nobody has decided yet whether the people must be told")
    await page.locator("[name=choice][value=no_high_risk]").check()
    await page.locator("[name=reasoning]").fill("Nobody read it, the log of the store shows.")
    await press(page, "Sign")
    await expect(page.locator("main")).to_contain_text("Not required: no high risk was signed")


async def try_to_close_the_entry(page: Page) -> None:
    """Sign the entry of the register too early: the page names everything that is missing."""
    await room(page, "Register")
    await page.locator("[name=what]").fill("A password was given away.")
    await press(page, "Sign and close the entry")
    await expect(page.get_by_role("alert")).to_contain_text("The entry cannot be signed while something is missing")
    await expect(page.locator("[name=what]")).to_have_value("A password was given away.")


async def sign_the_entry(page: Page) -> None:
    """Write what was missing, and sign."""
    for name in ("people", "data", "effects", "measures", "reasoning"):
        await page.locator(f"[name={name}]").fill("One account, and nothing beyond it.")
    await page.locator("[name=risk][value=risk]").check()
    await press(page, "Sign and close the entry")
    await expect(page.locator("main")).to_contain_text("Signed and closed")


async def close_the_case(page: Page, reference: str) -> None:
    """Go back and close it."""
    await page.get_by_role("link", name=reference).first.click()
    await page.get_by_role("link", name="Close").click()
    await page.locator("[name=outcome][value=resolved]").check()
    await press(page, "Close it")
    await expect(page.locator(".facts")).to_contain_text("Closed")


async def fill_moment(page: Page, name: str, at: datetime) -> None:
    """Type a moment into its five fields, in the zone they show."""
    zone = ZoneInfo(await page.locator(f"[name={name}_zone]").input_value())
    for part in ("day", "month", "year", "hour", "minute"):
        await page.locator(f"[name={name}_{part}]").fill(str(getattr(at.astimezone(zone), part)))
