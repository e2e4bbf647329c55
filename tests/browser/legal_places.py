"""The pages of the legal side of an incident."""

from playwright.async_api import Page

from incidentdesk.rules.permissions import Role
from tests.browser.gallery import Gallery
from tests.browser.ways import Place, at, choose, incident, press, then

RESPONDER, DPO, READER = Role.RESPONDER, Role.DPO, Role.READER
ASKED = "/awareness?if_day=1&if_month=9&if_year=2026&if_hour=14&if_minute=5"
BLOCKS = "/assessment"
DECIDED = then(choose(incident("02", BLOCKS), kind="authority"), "Sign the decision", reasoning="A salary is known.")


async def kept_version(page: Page, gallery: Gallery) -> None:
    """Keep what is not yet known, and look at the version that this makes."""
    await incident("02", "/notification")(page, gallery)
    if await page.get_by_role("button", name="The rest is not yet known").count():
        await press(page, "The rest is not yet known")
    await page.get_by_role("link", name="Read and print").click()


async def copied_answer(page: Page, gallery: Gallery) -> None:
    """Tick off that the first answer stands in the authority's own form."""
    await kept_version(page, gallery)
    await page.get_by_role("link", name="Back to the draft").click()
    await page.get_by_role("link", name="field by field").click()
    if await page.get_by_role("button", name="It stands there: next").count():
        await press(page, "It stands there: next")


async def unsigned(page: Page, gallery: Gallery) -> None:
    """Check what somebody else has checked meanwhile."""
    await incident("01", "/notification")(page, gallery)
    stamp = page.locator("form[action$='/checks'] [name=seen_revision]")
    await stamp.evaluate("field => { field.value = 'before'; }")
    await press(page, "I have checked all values")


LEGAL = (
    Place("notification", "breach/notification.html", incident("05", "/notification"), DPO),
    Place("notification-filed", "breach/notification.html", incident("08", "/notification"), READER),
    Place("notification-error", "breach/notification.html", unsigned, DPO, status=409),
    Place(
        "notification-section",
        "breach/notification_section.html",
        incident("05", "/notification/sections/happened"),
        DPO,
    ),
    Place(
        "notification-section-error",
        "breach/notification_section.html",
        then(incident("05", "/notification/sections/organisation"), "Keep this section", org_name="long " * 100),
        DPO,
        status=422,
    ),
    Place("notification-version", "breach/notification_version.html", kept_version, DPO),
    Place("notification-copy", "breach/notification_copy.html", copied_answer, DPO),
    Place("notification-copy-early", "breach/notification_copy.html", incident("05", "/notification/copy?at=3"), DPO),
    Place("clock-none", "breach/clock.html", incident("04", "/clock"), DPO),
    Place("clock-late", "breach/clock.html", incident("05", "/clock"), DPO),
    Place("clock-signed", "breach/clock.html", incident("01", "/clock"), DPO),
    Place("clock-filed", "breach/clock.html", incident("08", "/clock"), READER),
    Place("clock-error", "breach/clock.html", then(incident("02", "/clock"), "Record it"), DPO, status=422),
    Place("awareness", "breach/awareness.html", incident("10", "/awareness"), DPO),
    Place("awareness-late", "breach/awareness.html", incident("05", "/awareness"), RESPONDER),
    Place("awareness-filed", "breach/awareness.html", incident("08", "/awareness"), DPO),
    Place("awareness-asked", "breach/awareness.html", incident("02", ASKED), READER),
    Place("awareness-error", "breach/awareness.html", then(incident("10", "/awareness"), "End the"), DPO, status=422),
    Place("assessment", "breach/assessment.html", incident("05", BLOCKS), DPO),
    Place("assessment-none", "breach/assessment.html", incident("04", BLOCKS), RESPONDER),
    Place("assessment-decided", "breach/assessment.html", then(DECIDED, "Save block 2"), DPO),
    Place("assessment-reader", "breach/assessment.html", incident("08", BLOCKS), READER),
    Place("assessment-error", "breach/assessment.html", then(incident("10", BLOCKS), "Sign the"), DPO, status=422),
    Place("people-none", "breach/people.html", incident("05", "/people"), DPO),
    Place("people-reader", "breach/people.html", incident("08", "/people?text=nl"), READER),
    Place("people-error", "breach/people.html", then(incident("05", "/people"), "Sign the decision"), DPO, status=422),
    Place("register", "breach/register_book.html", at("/desk/register"), DPO),
    Place("register-none", "breach/register_book.html", at("/desk/register?year=2018"), READER),
    Place("entry", "breach/register.html", incident("08", "/register"), DPO),
    Place("entry-none", "breach/register.html", incident("04", "/register"), READER),
    Place("entry-error", "breach/register.html", then(incident("05", "/register"), "Sign and close"), DPO, status=422),
)
