"""A Dutch company and the night on which the clocks go back, told from the report to the end, through the real pages.

It hosts for customers and keeps accounts of its own. On Saturday 24 October 2026, half past ten in the evening in
Amsterdam, somebody of the company reports a copy of data that stood open to everybody. Times at the start of a line
count from the report. Rosa is on call, Dipo is the data protection officer.
"""

import re
from datetime import UTC, datetime, timedelta

import pytest

from incidentdesk import clock
from incidentdesk.web.pages import Desk
from tests.assessed import press
from tests.breach.notification.desk import NEEDED
from tests.intake.visitor import Fields, code_in, visit
from tests.mail.scene import set_scene
from tests.people import Sit
from tests.story.hands import duty_to, fills, in_his_calendar, sent_to_calendar
from tests.story.stage import PostOffice, Story
from tests.story.words import COMPLETE, CUSTOMERS, ENTRY, FACTS, FOLLOWING, LANGUAGES, NOTICES, TEXT, WRITTEN
from tests.typed import typed

BEGAN = datetime(2026, 10, 24, 20, 30, tzinfo=UTC)
# Half past two came twice that night. The first time was still summer time.
AWARE = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
DEADLINE = datetime(2026, 10, 28, 0, 30, tzinfo=UTC)


async def test_a_breach_in_the_night_of_two_half_past_twos(story: Story) -> None:
    await an_engineer_reports_an_open_copy(story)
    await the_provisional_clock_knows_that_the_clocks_go_back(story)
    await dipo_lets_his_calendar_follow(story)
    await rosa_takes_it_and_inquires_while_nothing_is_certain(story)
    await the_logs_show_that_strangers_read_it(story)
    await dipo_says_when_they_became_aware_and_is_asked_which_of_the_two(story)
    await his_calendar_has_the_new_deadline(story)
    await they_are_controller_of_accounts_and_processor_for_three(story)
    await two_customers_are_written_to_and_the_mail_server_proves_it(story)
    await the_third_is_told_by_telephone(story)
    await rosa_checks_block_by_block_what_the_reporter_said(story)
    await dipo_reads_the_proposal_and_signs_a_decision_of_his_own(story)
    await the_first_mail_about_it_brings_it_to_rosas_calendar(story)
    await dipo_drafts_the_notification_and_sees_what_is_missing(story)
    await dipo_signs_it(story)
    await dipo_files_and_the_calendars_let_go(story)
    await dipo_decides_that_the_people_are_told_and_tells_them(story)
    await the_register_does_not_close_over_what_is_missing(story)
    await the_register_entry_is_signed_and_closed(story)
    await more_is_known_and_the_next_version_says_what_changed(story)
    await dipo_closes_the_incident(story)
    await an_inspector_is_shown_the_register(story)


async def an_engineer_reports_an_open_copy(story: Story) -> None:
    browser = await visit(await story.sit())
    what = "A backup with the data of three customers and of our own accounts stood open on the internet"
    await browser.press("continue", what=what, kind="systems", ongoing="no")
    await browser.press("continue", s_wide="all")
    await browser.press("continue", people="yes", p_types=["money"], p_many="hundreds", noticed="now")
    await browser.press("continue", reach="email", email="jo@example.net")
    await browser.press("send")
    story.code = code_in(browser.html)
    story.reference = re.findall("IR-26-[0-9A-Z]{6}", browser.html)[0]


async def the_provisional_clock_knows_that_the_clocks_go_back(story: Story) -> None:
    page = await story.opens(story.people.dipo, f"/desk/incidents/{story.reference}/clock")
    # Three days later the clock on the wall shows an hour less.
    for words in ("Tue 27 Oct 2026 21:30 CET", "3 d 0 h left"):
        assert words in page


async def dipo_lets_his_calendar_follow(story: Story) -> None:
    seat = await story.sit(story.people.dipo)
    (story.address,) = re.findall(r"/calendar/[\w-]+\.ics", (await seat.post("/desk/profile/calendar")).text)
    assert await in_his_calendar(story) == [BEGAN + timedelta(hours=72)]


async def rosa_takes_it_and_inquires_while_nothing_is_certain(story: Story) -> None:
    await story.presses(story.people.rosa, "taking")
    await story.goes_on_until(hours=1)
    why = {"inquiry_reason": "Whether anybody read the copy: the log of the store will tell"}
    await story.presses(story.people.rosa, "inquiry", on="/awareness", **typed("inquiry", story.now), **why)
    page = await story.opens(story.people.rosa, f"/desk/incidents/{story.reference}/awareness")
    # No clock waits for it.
    for words in ("The clock of the authority runs meanwhile", "2 d 23 h left"):
        assert words in page


async def the_logs_show_that_strangers_read_it(story: Story) -> None:
    await story.goes_on_until(hours=5, minutes=30)
    found = {"inquiry_reason": "The log names readers from outside, at half past two"}
    ended = typed("inquiry", AWARE) | {"inquiry_which": "first"}
    await story.presses(story.people.rosa, "inquiry", on="/awareness", **ended, **found)
    page = await story.opens(story.people.rosa, f"/desk/incidents/{story.reference}/awareness")
    # From half past eleven to the first half past two; by the second one it would have been four.
    assert "The inquiry took 3 h 0 m" in page
    await story.presses(story.people.rosa, "verdict", on="/verdict?as=personal_data_breach", message="")


async def dipo_says_when_they_became_aware_and_is_asked_which_of_the_two(story: Story) -> None:
    entered = typed("aware", AWARE) | {
        "aware_reason": "The log left no doubt that strangers had read the copy.",
        "aware_pick": "other",
    }
    asked = await story.sends(story.people.dipo, "awareness", on="/awareness", **entered)
    assert asked.status_code == 422
    for words in ("That time happened twice", "Sun 25 Oct 2026 02:30 CEST", "Sun 25 Oct 2026 02:30 CET"):
        assert words in asked.text
    await story.presses(story.people.dipo, "awareness", on="/awareness", aware_which="first", **entered)
    page = await story.opens(story.people.dipo, f"/desk/incidents/{story.reference}/clock")
    for words in ("Wed 28 Oct 2026 01:30 CET", "The log left no doubt"):
        assert words in page


async def his_calendar_has_the_new_deadline(story: Story) -> None:
    assert await in_his_calendar(story) == [DEADLINE]


async def they_are_controller_of_accounts_and_processor_for_three(story: Story) -> None:
    seat = await story.sit(story.people.dipo)
    for name, hours in CUSTOMERS.items():
        fields = {"name": name, "email": f"it@{name.lower()}.example", "contract_hours": hours}
        fields["language"] = LANGUAGES[name]
        assert (await seat.post("/desk/customers", **fields)).status_code == 303
    await story.presses(story.people.dipo, "roles", on="/duties", party="controller", role_reason="Our accounts")
    page = await story.opens(story.people.dipo, f"/desk/incidents/{story.reference}/duties")
    customers = re.findall(r'name="customer" value="([^"]+)"', page)
    theirs: Fields = {"party": "processor", "customer": customers, "role_reason": "Their data lay in the same store"}
    await story.presses(story.people.dipo, "roles", on="/duties", **theirs)
    # A deadline each, by its own contract, from the first half past two.
    due = [AWARE + timedelta(hours=int(hours)) for hours in CUSTOMERS.values()]
    assert sorted(set(await in_his_calendar(story)) & set(due)) == sorted(due)


async def two_customers_are_written_to_and_the_mail_server_proves_it(story: Story) -> None:
    chosen = [await duty_to(story, name) for name in NOTICES]
    words: Fields = {"clock": [place.rpartition("/")[2] for place in chosen]} | WRITTEN
    seen = await story.sends(story.people.dipo, "customer-notices", on="/customer-notices", intent="look", **words)
    assert "These 2 mails will be sent" in seen.text
    await story.presses(story.people.dipo, "customer-notices", on="/customer-notices", intent="sign", **words)
    await story.goes_on_until(hours=5, minutes=45)
    mails = [mail for mail in story.post_office.taken if mail.recipients[0].startswith("it@")]
    mails.sort(key=lambda mail: mail.recipients)
    for mail, place, (name, said) in zip(mails, chosen, NOTICES.items(), strict=True):
        assert mail.recipients == [f"it@{name.lower()}.example"] == [mail.message["To"]]
        assert said in mail.text
        # Its own customer reads its own name, and nobody another one's.
        assert [other for other in CUSTOMERS if other in mail.everything] == [name]
        page = await story.opens(story.people.dipo, f"/desk/incidents/{story.reference}{place}")
        for proof in ("The mail server took the notice.", mail.message["Message-ID"].strip("<>")):
            assert proof in page


async def the_third_is_told_by_telephone(story: Story) -> None:
    place = await duty_to(story, "Library")
    said = {"way": "phone", "whom": "Their security officer", "proof": "They called back"}
    await story.presses(story.people.dipo, f"{place[1:]}/telling", on=place, **typed("told", story.now), **said)
    assert await in_his_calendar(story) == [DEADLINE]


async def rosa_checks_block_by_block_what_the_reporter_said(story: Story) -> None:
    page = await story.opens(story.people.rosa, f"/desk/incidents/{story.reference}/assessment")
    for words in ("From the reporter, not checked", "Nothing known yet", "What would tell"):
        assert words in page
    for block, facts in FACTS.items():
        await press(await story.sit(story.people.rosa), story.reference, block, **facts)
    page = await story.opens(story.people.rosa, f"/desk/incidents/{story.reference}/assessment")
    assert page.count("Checked by Rosa Ponder") == len(FACTS)
    # Bank numbers, at once a name, and in the hands of strangers: 3 × 1 + 0.5.
    for words in ("<strong>3.5</strong>, high", "3 × 1 + 0.5", "More than 100 people"):
        assert words in page


async def dipo_reads_the_proposal_and_signs_a_decision_of_his_own(story: Story) -> None:
    unsigned = await story.sends(story.people.dipo, "assessment-decision", on="/assessment", kind="people")
    assert (unsigned.status_code, "Write why, in a sentence or more" in unsigned.text) == (422, True)
    decided = {"kind": "people", "reasoning": "Strangers hold bank numbers and names."}
    await story.presses(story.people.dipo, "assessment-decision", on="/assessment", **decided)
    await story.presses(story.people.rosa, "assessment-confirmation", on="/assessment", remark="")
    page = await story.opens(story.people.dipo, f"/desk/incidents/{story.reference}/assessment")
    for words in ("A high risk: tell the authority and the people", "Signed by Dipo", "Confirmed by Rosa Ponder"):
        assert words in page


async def the_first_mail_about_it_brings_it_to_rosas_calendar(story: Story) -> None:
    await story.goes_on_until(hours=6)
    assert await story.goes_on_until(hours=29) == [
        "28:00 Rosa [ACT] IR - severity 1 - 2 d 0 h left (due Wed 01:30 CET)",
        "28:00 Dipo [ACT] IR - severity 1 - 2 d 0 h left (due Wed 01:30 CET)",
    ]
    for mail in story.post_office.taken[-2:]:
        assert sent_to_calendar(mail) == [("PUBLISH", 2, DEADLINE)]


async def dipo_drafts_the_notification_and_sees_what_is_missing(story: Story) -> None:
    page = await story.opens(story.people.dipo, f"/desk/incidents/{story.reference}/notification")
    for words in ("Autoriteit Persoonsgegevens", "fields are missing before it can be filed", "Must be filled in"):
        assert words in page
    assert "Sign this version" not in page
    for section, known in NEEDED.items():
        await fills(story, section, **known)
    for button in ("later", "checks"):
        await story.presses(story.people.dipo, f"notification/{button}", on="/notification")
    page = await story.opens(story.people.dipo, f"/desk/incidents/{story.reference}/notification")
    assert "Nothing is missing: it can be signed" in page


async def dipo_signs_it(story: Story) -> None:
    await story.presses(story.people.dipo, "notification/signature", on="/notification")
    page = await story.opens(story.people.dipo, f"/desk/incidents/{story.reference}/notification")
    assert "hand it in, then record it" in page


async def dipo_files_and_the_calendars_let_go(story: Story) -> None:
    await story.goes_on_until(hours=66)
    filed = typed("filed", story.now) | {"authority_reference": "AP-2026-1"}
    await story.presses(story.people.dipo, "notification/filings", on="/notification", **filed)
    mails = await story.goes_on_until(hours=66, minutes=15)
    assert mails == ["66:00 Rosa [FYI] IR - stand down", "66:00 Dipo [FYI] IR - stand down"]
    for mail in story.post_office.taken[-2:]:
        assert sent_to_calendar(mail) == [("CANCEL", 3, DEADLINE)]
    assert await in_his_calendar(story) == []


async def dipo_decides_that_the_people_are_told_and_tells_them(story: Story) -> None:
    why = {"choice": "tell", "reasoning": "Bank numbers of accounts in the hands of strangers"}
    await story.presses(story.people.dipo, "people-decision", on="/people", **why)
    await story.presses(story.people.dipo, "people-text", on="/people", language="en", **TEXT)
    await story.goes_on_until(hours=70)
    done = {"telling": "direct", "channel": "email", "people_told": "640", "words": " ".join(TEXT.values())}
    proof = {"proof": "The list of receivers lies in the archive"} | typed("told", story.now)
    await story.presses(story.people.dipo, "people-told", on="/people", **done, **proof)
    page = await story.opens(story.people.dipo, f"/desk/incidents/{story.reference}/people")
    for words in ("The people were told", "640 people", "Signed by Dipo Officer"):
        assert words in page


async def the_register_does_not_close_over_what_is_missing(story: Story) -> None:
    half = ENTRY | {"effects": "", "closing": "yes"}
    refused = await story.sends(story.people.dipo, "register-line", on="/register", **half)
    assert refused.status_code == 422
    assert "The entry cannot be signed while something is missing" in refused.text
    assert ENTRY["measures"] in refused.text


async def the_register_entry_is_signed_and_closed(story: Story) -> None:
    await story.presses(story.people.dipo, "register-line", on="/register", **ENTRY)
    signed = ENTRY | {"why": "Complete", "closing": "yes"}
    await story.presses(story.people.dipo, "register-line", on="/register", **signed)
    page = await story.opens(story.people.dipo, f"/desk/incidents/{story.reference}/register")
    for words in ("Signed and closed", "AP-2026-1", "The log left no doubt"):
        assert words in page


async def more_is_known_and_the_next_version_says_what_changed(story: Story) -> None:
    await story.presses(story.people.dipo, "notification/amendment", on="/notification")
    # An answer may ask for more.
    for section, known in (*COMPLETE.items(), *FOLLOWING.items()):
        await fills(story, section, **known)
    for button in ("checks", "signature"):
        await story.presses(story.people.dipo, f"notification/{button}", on="/notification")
    await story.goes_on_until(hours=80)
    filed = typed("filed", story.now) | {"authority_reference": "AP-2026-1b"}
    await story.presses(story.people.dipo, "notification/filings", on="/notification", **filed)
    page = await story.opens(story.people.dipo, f"/desk/incidents/{story.reference}/clock")
    # A further one, and the first stays what decided that it was in time.
    for words in ("AP-2026-1b", "in time"):
        assert words in page


async def dipo_closes_the_incident(story: Story) -> None:
    await story.presses(story.people.dipo, "closure", on="/closure", outcome="resolved", message="")
    page = await story.opens(story.people.dipo, f"/desk/incidents/{story.reference}/clock")
    for words in ("AP-2026-1", "Wed 28 Oct 2026 01:30 CET"):
        assert words in page


async def an_inspector_is_shown_the_register(story: Story) -> None:
    row = await story.opens(story.people.dipo, "/desk/register?view=notified")
    moments = ("aware Sun 25 Oct 2026 02:30 CEST", "Tue 27 Oct 2026 15:30 CET")
    for words in (story.reference, *moments, "Nothing missing", "Closed"):
        assert words in row
    # Counted in hours that passed: by the clock on the wall it would be one less.
    assert "after 2 d 14 h" in row
    sheet = await story.opens(story.people.dipo, "/desk/register.csv")
    assert ENTRY["what"] in sheet


@pytest.fixture
async def story(desk: Desk, sit: Sit, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> Story:
    """A desk whose pages show the story's time."""
    told = Story(await set_scene(desk), sit, post_office, began=BEGAN, now=BEGAN)
    monkeypatch.setattr(clock, "now", lambda: told.now)
    return told
