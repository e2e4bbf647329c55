"""What the people of the story do on their phones, step by step."""

import re
from dataclasses import dataclass

import pyotp
from playwright.async_api import Page, expect

from tests.browser.ways import press

STORY = "I filled in my password on a page that looked like ours. <b>Sorry!</b>"
PASSWORD = "a few quiet words in a row"  # made up


@dataclass(frozen=True)
class Filed:
    """What the reporter holds after sending."""

    reference: str
    code: str


async def heading(page: Page, words: str) -> None:
    """Expect a page by its heading."""
    await expect(page.get_by_role("heading", level=1)).to_contain_text(words)


async def forget_to_say_what_happened(page: Page, url: str) -> None:
    """Choose a kind and go on: the page says what is missing and keeps the choice."""
    await page.goto(url)
    await heading(page, "Report a security problem")
    await page.get_by_label("A suspicious message").check()
    await press(page, "Continue")
    await expect(page).to_have_title(re.compile("^Error: "))
    await expect(page.get_by_role("alert")).to_be_focused()
    await expect(page.get_by_label("A suspicious message")).to_be_checked()
    await page.get_by_role("link", name="Tell us what happened").click()
    await expect(page.get_by_label("What happened?")).to_be_focused()


async def answer_the_pages(page: Page) -> None:
    """Tell the story, answer what follows from it, and come to the last look."""
    await page.get_by_label("What happened?").fill(STORY)
    await press(page, "Continue")
    await heading(page, "A few questions about it")
    await page.get_by_label("Filled in a password").check()
    await press(page, "Continue")
    await heading(page, "People and time")
    await expect(page.get_by_label("Money or bank")).to_be_hidden()
    await page.get_by_role("group", name="Could information about people").get_by_label("Yes").check()
    await page.get_by_label("Money or bank").check()
    await press(page, "Continue")
    await heading(page, "About you")
    await press(page, "Continue")


async def look_once_more_and_send(page: Page) -> Filed:
    """See everything and the privacy notice, send, and keep the code."""
    await heading(page, "Check and send")
    for words in (STORY, "Filled in a password", "Money or bank"):
        await expect(page.locator("main")).to_contain_text(words)
    await expect(page.get_by_role("link", name="privacy notice")).to_have_attribute("href", "/privacy")
    await press(page, "Send report")
    await heading(page, "Thank you. We have your report.")
    code = re.sub(r"\D", "", await page.locator("#code").inner_text())
    reference = await page.locator(".lede .mono").inner_text()
    await press(page, "I saved it")
    await heading(page, reference)
    await expect(page.locator("#code")).to_have_count(0)
    return Filed(reference, code)


async def become_administrator(page: Page, link: str) -> None:
    """Open the one-time link, choose a password, set up a phone, keep the codes, and stand before the queue."""
    await page.goto(link)
    await page.get_by_label("Your name").fill("Ada Min")
    await page.get_by_label("Your e-mail address").fill("ada@example.org")
    await page.get_by_label("New password").fill(PASSWORD)
    await press(page, "Continue")
    await heading(page, "Set up your second step")
    app = pyotp.TOTP((await page.locator("#seed").inner_text()).replace(" ", ""))
    await page.get_by_label("Code").fill(app.now())
    await press(page, "Continue")
    await heading(page, "Your recovery codes")
    await expect(page.locator("#codes li")).to_have_count(10)
    await page.get_by_role("link", name="I have them").click()
    await heading(page, "Queue")


async def take_the_report(page: Page, reference: str) -> None:
    """See it in the queue with its clock and its next step, open it, take it."""
    row = page.get_by_role("row").filter(has_text=reference)
    await expect(row.locator(".clock-words")).to_contain_text("left")
    await expect(row.locator(".next-step")).to_contain_text("Take a first look")
    await row.get_by_role("link").click()
    await expect(page.locator(".said")).to_have_text(STORY)
    await press(page, "I take it")
    await expect(page.get_by_text("Owner: Ada Min")).to_be_visible()


async def decide(page: Page) -> None:
    """Ask the reporter, set the severity, call it a breach, keep a note for colleagues."""
    await page.get_by_label("Message", exact=True).fill("Did you change the password?")
    await press(page, "Ask, and wait for the answer")
    await page.get_by_label("Severity").select_option("1")
    await press(page, "Set the severity")
    await press(page, "Personal data breach")
    await expect(page.locator(".facts")).to_contain_text("1 Critical")
    await expect(page.locator(".facts")).to_contain_text("Personal data breach")
    await expect(page.locator(".clock.big").filter(has_text="GDPR Art. 33")).to_be_visible()
    await page.get_by_label("Note", exact=True).fill("Told the bank.")
    await press(page, "Keep the note")


async def come_back_and_answer(page: Page, url: str, code: str) -> None:
    """Return with the code, in dashes this time, read the question and answer it."""
    await page.goto(url + "/r")
    await page.get_by_label("Your private code").fill("-".join(re.findall(".{5}", code)))
    await press(page, "Open my report")
    await expect(page.get_by_text("Did you change the password?")).to_be_visible()
    await expect(page.locator("main")).not_to_contain_text(re.compile("Told the bank|Ada Min|breach|Critical"))
    await page.get_by_label("Your message to the desk").fill("Yes, at once.")
    await press(page, "Send message")
    await expect(page.get_by_role("status").first).to_contain_text("Your message is with the desk.")


async def read_the_answer(page: Page) -> None:
    """Find the reply on the incident page and mark it as read."""
    await page.reload()
    await expect(page.get_by_text("The reporter has written.")).to_be_visible()
    await expect(page.get_by_text("Yes, at once.")).to_be_visible()
    await press(page, "I have read it")
    await expect(page.get_by_text("The reporter has written.")).to_have_count(0)
