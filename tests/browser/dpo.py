"""The way of a data protection officer through a case, room by room, as the buttons and links lead."""

from collections.abc import Coroutine
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from playwright.async_api import Page, expect

from incidentdesk import clock
from tests.browser.journey import heading
from tests.browser.looks import WIDE
from tests.browser.ways import press

REFERENCE = "AP-2026-77"


def path(page: Page, reference: str) -> tuple[Coroutine[Any, Any, None], ...]:
    """Return every step of the way, in its order; none is taken yet."""
    return (
        find_the_case(page, reference),
        call_it_a_breach(page),
        say_when_we_became_aware(page),
        see_what_is_missing(page),
        change_what_the_reporter_said(page),
        fill_in_the_rest(page),
        sign_it(page),
        copy_the_first_field(page),
        forget_the_reference(page),
        record_the_notification(page),
        sign_that_no_high_risk_is_likely(page),
        try_to_close_the_entry(page),
        sign_the_entry(page),
        close_the_case(page, reference),
    )


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
    await expect(page.locator(".clock.big").first).to_contain_text("Art. 33 GDPR")


async def say_when_we_became_aware(page: Page) -> None:
    """Take the strictest moment, which is chosen already and needs no reason."""
    await page.get_by_role("link", name="Awareness, notification and reasons").click()
    await room(page, "Awareness")
    await heading(page, "When did we become aware?")
    await press(page, "Fix the moment")
    await expect(page.get_by_text("Fixed by Ada Min")).to_be_visible()


async def see_what_is_missing(page: Page) -> None:
    """Open the draft: it filled itself, vouches for nothing, and names what must be filled in before it can be filed."""
    await room(page, "Notification")
    await heading(page, "Draft of the notification")
    await expect(page.locator("#missing-title")).to_contain_text("missing before it can be filed")
    await expect(page.locator(".gaps").first.get_by_role("link").first).to_be_visible()
    await expect(page.get_by_role("button", name="Sign this version")).to_have_count(0)


async def change_what_the_reporter_said(page: Page) -> None:
    """Follow the link of a value that nobody has checked to its field, and write it in other words."""
    await page.get_by_text("that nobody has checked").click()
    await page.locator(".gaps a[href$='#what_happened']").click()
    await page.locator("#what_happened").fill("A password was typed into a page that looked like ours.")
    await press(page, "Keep this section")
    await expect(page.locator("#line-what_happened")).to_contain_text("checked by Ada Min")


async def fill_in_the_rest(page: Page) -> None:
    """Write who we are; say that the rest is not yet known, and that the other values were checked."""
    await page.locator(".gaps a[href$='#org_contact']").click()
    await page.locator("#org_contact").fill("Main street 1, Utrecht, 030 123 4567")
    await page.locator("#dpo").fill("Ada Min, ada@example.org")
    await press(page, "Keep this section")
    await press(page, "The rest is not yet known")
    await press(page, "I have checked all values")
    await expect(page.locator("#missing-title")).to_contain_text("Nothing is missing: it can be signed")


async def sign_it(page: Page) -> None:
    """Vouch for what stands there: the page says what comes next."""
    await press(page, "Sign this version")
    await expect(page.locator("#missing-title")).to_contain_text("hand it in, then record it")


async def copy_the_first_field(page: Page) -> None:
    """Open the fields one by one, as the authority's own form asks for them, and come back."""
    await page.get_by_role("link", name="Copy field by field").click()
    await expect(page.locator("#answer")).not_to_be_empty()
    await expect(page.get_by_role("link", name="Next")).to_be_visible()


async def forget_the_reference(page: Page) -> None:
    """Record a notification without the authority's reference: the page says what is missing and keeps the moment."""
    await page.get_by_role("link", name="Back to the draft").click()
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
