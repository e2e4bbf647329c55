"""The list of all places. A template that no place shows makes a test fail."""

from collections.abc import Iterable

from playwright.async_api import Page

from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Stage
from tests.browser import duty_places
from tests.browser.case_places import CASES
from tests.browser.gallery import Gallery
from tests.browser.legal_places import LEGAL
from tests.browser.ways import Place, Way, at, choose, form, incident, mine, press, then

ADMIN, RESPONDER, DPO, READER = Role.ADMINISTRATOR, Role.RESPONDER, Role.DPO, Role.READER
VIEWS = ("needs_decision", "open", "closed")
LONG = "Rindfleischetikettierungsueberwachungsaufgabenuebertragungsgesetz" * 3
LEAK = "My password is Hunter2hunter2 and the account is NL91ABNA0417164300. "


async def unknown_form(page: Page, gallery: Gallery) -> None:
    """Send a page whose one-time id the desk does not know."""
    await form("lost", "Send now")(page, gallery)
    await page.locator("#report [name=form]").evaluate("field => { field.value = 'x'; }")
    await press(page, "Send report")


async def sent_twice(page: Page, gallery: Gallery) -> None:
    """Send a report, and the same form once more with other words."""
    await form("lost", "Send now")(page, gallery)
    sheet = page.locator("#report")
    await sheet.evaluate("form => { form.target = '_blank'; }")
    async with page.context.expect_page() as first:
        await page.get_by_role("button", name="Send report").click()
    await (await first.value).close()
    await sheet.evaluate("form => { form.target = ''; form.elements.what.value = 'It was something else.'; }")
    await press(page, "Send report")


async def collision(page: Page, gallery: Gallery) -> None:
    """Change the title while somebody else has changed it."""
    await incident("13")(page, gallery)
    other = await page.context.new_page()
    await other.goto(page.url)
    for tab, title in ((other, "Theirs"), (page, "Mine")):
        await tab.get_by_label("Title").fill(title)
        await press(tab, "Set the title")
    await other.close()


async def restricted(page: Page, gallery: Gallery) -> None:
    """Keep an incident to some people, then look who they are."""
    await incident("09", "/access")(page, gallery)
    await page.get_by_label("Only the people chosen here").check()
    await press(page, "Save")
    await page.get_by_role("link", name="Change who may see it").click()


def revealing(example: str) -> Way:
    """Open what asks for a reason before it shows who reported it."""

    async def go(page: Page, gallery: Gallery) -> None:
        await incident(example)(page, gallery)
        await page.get_by_text("Show who reported it").click()

    return go


async def signed_out(page: Page, gallery: Gallery) -> None:
    """Lose the session while writing a note."""
    await incident("01")(page, gallery)
    await page.get_by_label("Note", exact=True).fill("Ten minutes of careful thought.")
    await page.context.clear_cookies()
    await press(page, "Keep the note")


async def welcome(page: Page, gallery: Gallery) -> None:
    """Open the invitation."""
    await page.goto(gallery.url + gallery.invitation)


async def proof(page: Page, gallery: Gallery) -> None:
    """Open the link that proves an address."""
    await page.goto(gallery.url + gallery.proof)


def halfway(stage: Stage, path: str) -> Way:
    """Stand where the password was right and the second step is next."""

    async def go(page: Page, gallery: Gallery) -> None:
        session = gallery.halfway[stage]
        await page.context.add_cookies([{"name": "desk", "value": session, "url": gallery.url}])
        await page.goto(gallery.url + path)

    return go


async def unanswered(page: Page, gallery: Gallery) -> None:
    """Send the form for a passkey without one."""
    await at("/desk/passkeys/new")(page, gallery)
    async with page.expect_navigation():
        await page.locator("form[action='/desk/passkeys']").evaluate("form => form.submit()")


async def filters(page: Page, gallery: Gallery) -> None:
    """Ask the queue for something that is not there."""
    await at("/desk?view=open&kind=lost&severity=1&owner=none&people=no")(page, gallery)


async def seek(page: Page, gallery: Gallery) -> None:
    """Look for the reports of one address."""
    await at("/desk/reporters")(page, gallery)
    await page.get_by_label("E-mail address").fill("nobody@example.org")
    await press(page, "Find")


async def search(page: Page, gallery: Gallery) -> None:
    """Look for a word that several reports have."""
    await at("/desk")(page, gallery)
    await page.get_by_label("Search", exact=True).fill("the")
    await press(page, "Search")


PUBLIC = (
    Place("report", "intake/form.html", at("/report")),
    Place("report-error", "intake/form.html", then(at("/report?kind=phish"), "Continue"), status=422),
    Place("report-phish", "intake/form.html", form("phish", "Continue")),
    Place("report-weakness", "intake/form.html", choose(form("weakness", "Continue"), w_public="planned")),
    Place(
        "report-people",
        "intake/form.html",
        choose(form("else", "Continue"), people="yes", noticed="earlier", began="earlier"),
    ),
    Place(
        "report-you-error",
        "intake/form.html",
        then(choose(form("else", "Continue", "Continue"), reach="email"), "Continue"),
        status=422,
    ),
    Place("check", "intake/check.html", then(at("/report?kind=phish"), "Send now", what=LEAK + LONG)),
    Place("check-unknown", "intake/check.html", unknown_form),
    Place("privacy", "intake/privacy.html", at("/privacy")),
    Place("sent", "intake/sent.html", form("systems", "Send now", "Send report")),
    Place("sent-again", "intake/sent.html", sent_twice),
    Place("return", "intake/return.html", at("/r")),
    Place("return-wrong", "intake/return.html", then(at("/r"), "Open my report", code="12345"), status=422),
    Place("mine-new", "intake/status.html", mine("04")),
    Place("mine-waiting", "intake/status.html", mine("10")),
    Place("mine-finished", "intake/status.html", mine("09")),
    Place("mine-erased", "intake/erased.html", mine("erased")),
    Place("mine-files", "intake/files.html", then(mine("17"), "Add photos or files")),
    Place("mine-files-error", "intake/files.html", then(mine("17"), "Add photos or files", "Send files"), status=422),
    Place("mine-error", "intake/status.html", then(mine("17"), "Send message"), status=422),
    Place("missing", "error.html", at("/nothing-here"), status=404),
    Place("sign-in", "staff/sign_in.html", at("/desk/sign-in")),
    Place(
        "sign-in-wrong", "staff/sign_in.html", then(at("/desk"), "Sign in", email="a@b.c", password="no"), status=422
    ),
    Place("welcome", "staff/welcome.html", welcome),
    Place("second-step", "staff/second_factor.html", halfway(Stage.CODE, "/desk/second-factor")),
    Place("set-up", "staff/authenticator.html", halfway(Stage.ENROLMENT, "/desk/authenticator")),
    Place(
        "set-up-error",
        "staff/authenticator.html",
        then(halfway(Stage.ENROLMENT, "/desk/authenticator"), "Continue", code="0"),
        status=422,
    ),
    Place("sso-refused", "staff/sso_refused.html", at("/desk/sso/back"), status=403),
    Place("welcome-error", "staff/welcome.html", then(welcome, "Continue", password="short"), status=422),
)
STAFF = (
    *(Place(f"queue-{view}", "triage/queue.html", at(f"/desk?view={view}"), RESPONDER) for view in VIEWS),
    Place("queue-filtered", "triage/queue.html", filters, RESPONDER),
    Place("found", "triage/found.html", search, RESPONDER),
    Place("reporters", "privacy/reporters.html", seek, DPO),
    Place("queue-unknown", "triage/queue.html", at("/desk?q=IR-26-000000"), RESPONDER),
    Place("incident-new", "triage/incident.html", incident("04"), RESPONDER),
    Place("incident-replied", "triage/incident.html", incident("15"), RESPONDER),
    Place("incident-breach-late", "triage/incident.html", incident("05"), RESPONDER),
    Place("incident-breach-filed", "triage/incident.html", incident("08"), DPO),
    Place("incident-closed", "triage/incident.html", incident("nothing"), RESPONDER),
    Place("incident-erased", "triage/erased.html", incident("erased"), DPO),
    Place("erasure", "privacy/erasure.html", incident("09", "/erasure"), DPO),
    Place("erasure-done", "privacy/erasure.html", incident("erased", "/erasure"), ADMIN),
    Place(
        "erasure-error", "privacy/erasure.html", then(incident("09", "/erasure"), "Erase it for good"), DPO, status=422
    ),
    Place("incident-reader", "triage/incident.html", incident("10"), READER),
    Place("incident-mail", "triage/incident.html", incident("04", "?show=mail"), RESPONDER),
    Place(
        "incident-error",
        "triage/incident.html",
        then(incident("17"), "Send to the reporter", message="", title=LONG),
        RESPONDER,
        status=422,
    ),
    Place("decide-security", "triage/decision.html", incident("10", "/verdict?as=security_incident"), RESPONDER),
    Place("decide-nothing", "triage/decision.html", incident("05", "/verdict?as=not_an_incident"), RESPONDER),
    Place(
        "decide-error",
        "triage/decision.html",
        then(incident("10", "/verdict?as=not_an_incident"), "Decide"),
        RESPONDER,
        status=422,
    ),
    Place("closure", "triage/closure.html", incident("01", "/closure"), RESPONDER),
    Place("closure-obstacle", "triage/closure.html", incident("05", "/closure"), RESPONDER),
    Place("access", "triage/access.html", incident("02", "/access"), DPO),
    Place("access-restricted", "triage/access.html", restricted, DPO),
    Place(
        "incident-revealed",
        "triage/incident.html",
        then(revealing("04"), "Show me once", purpose="To call them back."),
        RESPONDER,
    ),
    Place(
        "incident-purpose-missing", "triage/incident.html", then(revealing("04"), "Show me once"), RESPONDER, status=422
    ),
    Place("incident-looks", "triage/incident.html", incident("04", "?show=looks"), RESPONDER),
    Place("files", "triage/files.html", incident("01", "/files"), RESPONDER),
    Place("files-error", "triage/files.html", then(incident("01", "/files"), "Keep the files"), RESPONDER, status=422),
    Place("collision", "triage/collision.html", collision, RESPONDER, status=409),
    Place("escalation", "escalation/ladder.html", at("/desk/escalation"), ADMIN),
    Place("escalation-reader", "escalation/ladder.html", at("/desk/escalation"), READER),
    Place(
        "escalation-error",
        "escalation/ladder.html",
        then(at("/desk/escalation"), "Save steps", **{"'decision.not_taken_1'": "0"}),
        ADMIN,
        status=422,
    ),
    Place("step", "escalation/step.html", at("/desk/escalation/steps/decision.not_taken_1"), ADMIN),
    Place("step-new", "escalation/step.html", at("/desk/escalation/new-step?duty=gdpr_33_1_sa"), ADMIN),
    Place(
        "step-error", "escalation/step.html", then(at("/desk/escalation/new-step"), "Add the step"), ADMIN, status=422
    ),
    Place("rotas", "escalation/rotas.html", at("/desk/escalation/rotas"), READER),
    Place("rota", "escalation/rota.html", at("/desk/escalation/rotas/%(rota)s"), ADMIN),
    Place(
        "rota-error",
        "escalation/rota.html",
        then(at("/desk/escalation/rotas/%(rota)s"), "Put on duty"),
        ADMIN,
        status=422,
    ),
    Place("rota-plan", "escalation/rota_plan.html", at("/desk/escalation/rotas/%(rota)s/plan"), ADMIN),
    Place(
        "rota-plan-error",
        "escalation/rota_plan.html",
        then(at("/desk/escalation/new-rota"), "Save the rota"),
        ADMIN,
        status=422,
    ),
    Place("away", "staff/away.html", at("/desk/profile/away"), READER),
    Place("incident-escalations", "escalation/incident.html", incident("05", "/escalations"), RESPONDER),
    *duty_places.PLACES,
    Place("time", "escalation/clock.html", at("/desk/clock"), ADMIN),
    Place("time-error", "escalation/clock.html", then(at("/desk/clock"), "The clock is right"), ADMIN, status=422),
    Place("reach", "escalation/reach.html", at("/desk/reach?severity=1"), READER),
    Place("reach-incident", "escalation/reach.html", at("/desk/reach?incident=%(17)s"), ADMIN),
    Place("reach-none", "escalation/reach.html", at("/desk/reach?incident=IR&at=soon"), RESPONDER, status=422),
    Place("audit", "insight/audit.html", at("/desk/audit"), ADMIN),
    Place("mail", "escalation/mail.html", at("/desk/mail"), ADMIN),
    Place("mail-dead", "escalation/mail.html", at("/desk/mail?state=dead"), ADMIN),
    Place("mail-none", "escalation/mail.html", at("/desk/mail?state=skipped"), ADMIN),
    Place("people", "staff/people.html", at("/desk/people"), ADMIN),
    Place("people-error", "staff/people.html", then(at("/desk/people"), "Add"), ADMIN, status=422),
    Place(
        "people-added",
        "staff/people.html",
        then(at("/desk/people"), "Add", name="Olga New", email="olga@example.org"),
        ADMIN,
    ),
    Place("profile", "staff/profile.html", at("/desk/profile"), READER),
    Place("profile-phone", "staff/profile.html", at("/desk/profile"), DPO),
    Place("address", "staff/address.html", proof, READER),
    Place("address-others", "staff/address.html", proof, DPO, status=403),
    Place("address-gone", "staff/address.html", at("/desk/address/nothing"), READER, status=404),
    Place("ways", "staff/ways.html", at("/desk/profile/ways"), ADMIN),
    Place("passkey", "staff/passkey.html", at("/desk/passkeys/new"), READER),
    Place("passkey-wrong", "staff/passkey.html", unanswered, READER, status=422),
    Place("sso-link", "staff/sso_back.html", at("/desk/profile/sso/back?code=x&state=y"), READER),
    Place("calendar-address", "staff/feed.html", then(at("/desk/profile"), "Make an"), DPO),
    Place("recovery-codes", "staff/recovery_codes.html", then(at("/desk/profile"), "New recovery codes"), DPO),
    Place("confirm", "staff/confirm.html", at("/desk/confirmation"), DPO),
    Place("forbidden", "error.html", at("/desk/people"), READER, status=403),
    Place("signed-out", "error.html", signed_out, DPO, status=401),
)
PLACES = PUBLIC + STAFF + LEGAL + CASES


def one_of_each(places: Iterable[Place]) -> list[Place]:
    """Return the first place of each template."""
    return list({place.template: place for place in reversed(list(places))}.values())
