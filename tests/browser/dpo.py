"""The way of a data protection officer through a case, room by room, as the buttons and links lead."""

from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from playwright.async_api import Page, expect

from incidentdesk import clock
from tests.browser.journey import heading
from tests.browser.looks import WIDE
from tests.browser.ways import press

REFERENCE = "AP-2026-77"
CUSTOMER = "Bakery Van Dam"
# What is known of each block, beyond what the reporter said.
BLOCKS = {
    "Save block 2": {"confidentiality": "yes", "integrity": "no", "availability": "no", "recipients": "strangers"},
    "Save block 3": {"identifiability": "maximum", "vulnerable_people": "no", "detailed_profile": "no"},
    "Save block 4": {"encrypted": "none", "backup": "yes"},
    "Save block 5": {"consequences": "financial_loss", "account_takeover": "yes"},
}


def path(page: Page, plain: Page, reference: str) -> tuple[Coroutine[Any, Any, None], ...]:
    """Return every step of the way, in its order; none is taken yet. `plain` is a browser that runs no scripts."""
    return (
        call_it_a_breach_and_say_when_we_became_aware(page, reference),
        without_scripts(page, plain, assess_it_and_decide),
        without_scripts(page, plain, say_what_we_are),
        write_to_the_customer(page),
        see_what_is_missing(page),
        check_fill_in_and_sign(page),
        copy_the_first_field(page),
        forget_the_reference(page),
        record_the_notification(page),
        without_scripts(page, plain, tell_the_people),
        try_to_close_the_entry_and_sign_it(page),
        hear_why_it_stays_open(page, reference),
        tell_the_customer_and_close(page, reference),
    )


async def without_scripts(page: Page, plain: Page, step: Callable[[Page], Awaitable[None]]) -> None:
    """Take a step from here in a browser that runs no scripts, and open what it led to in the one that is looked at."""
    await plain.goto(page.url)
    await step(plain)
    await page.goto(plain.url)


async def on_a_desk(page: Page) -> None:
    """Sit down before a large screen again, in the light."""
    await page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    await page.emulate_media(color_scheme="light")


async def room(page: Page, name: str) -> None:
    """Go to another room of the case; its link says how far it is, too."""
    rooms = page.get_by_role("navigation", name="Legal side")
    await rooms.get_by_role("link", name=name).click()


async def call_it_a_breach_and_say_when_we_became_aware(page: Page, reference: str) -> None:
    """Open it from the queue and decide that it is one: its clock leads to the legal side. The strictest moment is chosen already."""
    await page.get_by_role("row").filter(has_text=reference).get_by_role("link").click()
    await press(page, "Personal data breach")
    await expect(page.locator(".clock.big").first).to_contain_text("GDPR Art. 33")
    await page.get_by_role("link", name="Awareness, notification and reasons").click()
    await room(page, "Awareness")
    await heading(page, "When did we become aware?")
    await press(page, "Fix the moment")
    await expect(page.get_by_text("Fixed by Ada Min")).to_be_visible()


async def assess_it_and_decide(page: Page) -> None:
    """Check block by block what the reporter said, read what the facts speak for, and sign a decision."""
    await room(page, "Assessment")
    await expect(page.get_by_text("From the reporter, not checked").first).to_be_visible()
    for button, facts in BLOCKS.items():
        for name, value in facts.items():
            await page.locator(f"[name={name}][value={value}]").check()
        await press(page, button)
    await expect(page.get_by_text("Checked by Ada Min")).to_have_count(len(BLOCKS))
    await expect(page.get_by_role("complementary")).to_contain_text("high")
    await page.locator("[name=kind][value=people]").check()
    await page.locator("#reasoning").fill("A stranger can act in their name.")
    await press(page, "Sign the decision")
    await expect(page.locator("#decision")).to_contain_text("Signed by Ada Min")


async def say_what_we_are(page: Page) -> None:
    """Controller of our own accounts, processor for a customer who is written down on the way: a duty more each time."""
    await room(page, "Duties")
    here = page.url
    await sign_the_role(page, "controller")
    await page.locator("#customer").get_by_role("link", name="Customers").click()
    for name, text in {"name": CUSTOMER, "email": "security@bakery.example", "contract_hours": "8"}.items():
        await page.locator(f"[name={name}]").fill(text)
    await press(page, "Add")
    await page.goto(here)
    await page.locator("[name=customer]").check()
    await sign_the_role(page, "processor")
    await expect(page.locator("#duties").get_by_role("row").filter(has_text=CUSTOMER)).to_contain_text("by contract")


async def sign_the_role(page: Page, party: str) -> None:
    """Say for whom we hold these data."""
    await page.locator(f"[name=party][value={party}]").check()
    await page.locator("#role_reason").fill("The accounts lay in our store.")
    await press(page, "Sign the role")


async def write_to_the_customer(page: Page) -> None:
    """Write the notice, and see it as it will be sent."""
    await page.get_by_role("link", name="Write to the customers").click()
    await page.locator("[name=body_en]").fill("Somebody may have read your accounts. We have closed the way in.")
    await press(page, "See what will be sent")
    await expect(page.locator("#preview")).to_contain_text("This one mail will be sent")


async def see_what_is_missing(page: Page) -> None:
    """Send the notice; open the draft: it filled itself, vouches for nothing, and names what it needs before it can be filed."""
    await press(page, "Sign and send it")
    await room(page, "Notification")
    await heading(page, "Draft of the notification")
    await expect(page.locator("#missing-title")).to_contain_text("missing before it can be filed")
    await expect(page.locator(".gaps").first.get_by_role("link").first).to_be_visible()
    await expect(page.get_by_role("button", name="Sign this version")).to_have_count(0)


async def check_fill_in_and_sign(page: Page) -> None:
    """Write a value of the reporter in other words, and who we are; vouch for the rest; sign: it says what comes next."""
    await page.get_by_text("that nobody has checked").click()
    await write_field(page, what_happened="A password was typed into a page that looked like ours.")
    await expect(page.locator("#line-what_happened")).to_contain_text("checked by Ada Min")
    await write_field(page, org_contact="Main street 1, Utrecht, 030 123 4567", dpo="Ada Min, ada@example.org")
    await press(page, "The rest is not yet known")
    await press(page, "I have checked all values")
    await expect(page.locator("#missing-title")).to_contain_text("Nothing is missing: it can be signed")
    await press(page, "Sign this version")
    await expect(page.locator("#missing-title")).to_contain_text("hand it in, then record it")


async def write_field(page: Page, **known: str) -> None:
    """Follow the link of what is missing or not checked to its field, write there, and keep the section."""
    await page.locator(f".gaps a[href$='#{next(iter(known))}']").click()
    for name, text in known.items():
        await page.locator(f"#{name}").fill(text)
    await press(page, "Keep this section")


async def copy_the_first_field(page: Page) -> None:
    """Open the fields one by one, as the authority's own form asks for them, and come back."""
    await page.get_by_role("link", name="field by field").click()
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


async def tell_the_people(page: Page) -> None:
    """Decide about the people, for itself; keep the text; record who told them how."""
    await room(page, "Telling the people")
    await expect(page.locator("main")).to_contain_text("Nobody has decided yet whether the people must be told")
    await page.locator("[name=choice][value=tell]").check()
    await page.locator("[name=reasoning]").fill("A stranger can act in their name.")
    await press(page, "Sign the decision")
    await page.locator("[name=measures]").fill("We have closed the account.")
    await press(page, "Keep this version")
    await page.locator("[name=telling][value=direct]").check()
    await fill_moment(page, "told", clock.now())
    await page.locator("[name=channel]").select_option("email")
    await page.locator("[name=people_told]").fill("1")
    await page.locator("[name=proof]").fill("The mail stands in the archive.")
    await press(page, "Record it")
    await expect(page.locator("main")).to_contain_text("The people were told")


async def try_to_close_the_entry_and_sign_it(page: Page) -> None:
    """Sign the entry of the register too early: the page keeps what was typed and names what is missing. Then with all of it."""
    await room(page, "Register")
    await page.locator("[name=what]").fill("A password was given away.")
    await press(page, "Sign and close the entry")
    await expect(page.get_by_role("alert")).to_contain_text("The entry cannot be signed while something is missing")
    await expect(page.locator("[name=what]")).to_have_value("A password was given away.")
    for name in ("people", "data", "effects", "measures", "reasoning"):
        await page.locator(f"[name={name}]").fill("One account, and nothing beyond it.")
    await page.locator("[name=risk][value=risk]").check()
    await press(page, "Sign and close the entry")
    await expect(page.locator("main")).to_contain_text("Signed and closed")


async def hear_why_it_stays_open(page: Page, reference: str) -> None:
    """Go back and close it: a customer was written to, and no mail server has taken the mail."""
    await page.get_by_role("link", name=reference).first.click()
    await page.get_by_role("link", name="Close").click()
    await expect(page.get_by_text("It cannot be closed yet")).to_be_visible()


async def tell_the_customer_and_close(page: Page, reference: str) -> None:
    """Follow the way to the duty, tell them by telephone, and close it."""
    await page.get_by_role("link", name="All duties").click()
    await page.locator("#duties").get_by_role("row").filter(has_text=CUSTOMER).get_by_role("link").click()
    await page.locator("[name=way][value=phone]").check()
    await fill_moment(page, "told", clock.now())
    await page.locator("[name=whom]").fill("Their security desk")
    await page.locator("[name=proof]").fill("They called back")
    await press(page, "Record it")
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
