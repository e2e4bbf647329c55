"""One report from the form to its end, told from top to bottom: who is woken when, and what everybody sees.

It begins on a Monday at four in the morning, Amsterdam time. Times at the start of a line count from the report.
Rosa is on call, Bodil is her back-up, Dipo is the data protection officer.
"""

import re
from datetime import timedelta

import pytest

from incidentdesk import clock
from incidentdesk.web.pages import Desk
from tests.intake.visitor import code_in, visit
from tests.mail.scene import NOW, set_scene
from tests.people import Sit
from tests.story.stage import PostOffice, Story
from tests.typed import typed

SECRETS = ("payroll", "supplier in Lisbon", "Jo Melder", "We have blocked the address", "called me again")
THIRD_CALL = """\
TLP:AMBER

SEVERITY 1 – NOBODY HAS TAKEN THIS YET

3 h 0 m left (when sent, Mon 05:00 CET)
Due Mon 23 Nov 2026 08:00 CET
Take it and decide what it is.

http://desk.test/desk/incidents/IR

If you do nothing: nobody else is alerted.
Why you: data protection officer (step 3 of 3)
Already alerted: Rosa Ponder Mon 04:15 CET, Bodil Upp Mon 04:30 CET

Details are only in the desk; this mail holds none.
Acme
"""
ALL = ("Bodil", "Dipo", "Rosa")


async def test_a_report_from_the_form_to_its_end(story: Story) -> None:
    await a_reporter_sends_the_form(story)
    await the_desk_sees_it_with_its_clock(story)
    await nobody_takes_it_so_one_after_the_other_is_woken(story)
    the_third_call_says_who_was_told_before(story)
    await bodil_takes_it_and_the_others_may_sleep(story)
    await she_goes_silent_so_it_starts_again(story)
    await dipo_decides_that_it_is_a_breach_and_answers_the_reporter(story)
    await dipo_fixes_when_they_became_aware(story)
    await the_72_hours_run_down(story)
    await the_filing_ends_it(story)
    await dipo_enters_it_in_the_register(story)
    await the_reporter_reads_how_it_ended(story)
    await the_reporter_writes_again_and_bodil_is_told(story)
    await bodil_reads_it_and_closes_it_again(story)
    every_mail_went_to_one_person_and_told_nothing(story)


async def a_reporter_sends_the_form(story: Story) -> None:
    browser = await visit(await story.sit())
    what = "I sent the payroll list to a supplier in Lisbon"
    await browser.press("continue", what=what, kind="mail", ongoing="no")
    await browser.press("continue", m_who="stranger", m_undo="asked")
    await browser.press("continue", people="yes", p_types=["money", "id"], p_many="hundreds", noticed="now")
    await browser.press("continue", reach="email", email="jo@example.net", name="Jo Melder")
    assert "You have not sent anything yet" in browser.html
    await browser.press("send")
    story.code = code_in(browser.html)
    story.reference = re.findall("IR-26-[0-9A-Z]{6}", browser.html)[0]
    for words in ("before Mon 23 Nov 2026 04:30 CET", "before Mon 23 Nov 2026 08:00 CET"):
        assert words in browser.html


async def the_desk_sees_it_with_its_clock(story: Story) -> None:
    queue = await story.opens(story.people.ada, "/desk")
    row = queue[queue.index("<tbody>") : queue.index("</tbody>")]
    for words in (story.reference, "I sent the payroll list", "Critical", "Nobody", "30 m left", "04:30 CET"):
        assert words in row
    assert "Take a first look by Mon 04:30 CET" in row
    file = await story.opens(story.people.ada, f"/desk/incidents/{story.reference}")
    for words in ("GDPR Art. 33", "3 d 0 h left", "Thu 26 Nov 2026 04:00 CET"):
        assert words in file


async def nobody_takes_it_so_one_after_the_other_is_woken(story: Story) -> None:
    assert await story.goes_on_until(hours=1, minutes=15) == [
        "00:00 Jo IR - we have your report",
        "00:00 Rosa [FYI] 1 report waits for a first look - severity 1",
        "00:15 Rosa [ACT] IR - severity 1 - 3 h 45 m left (due Mon 08:00 CET) - step 1",
        "00:30 Bodil [ACT] IR - severity 1 - 3 h 30 m left (due Mon 08:00 CET) - step 2",
        "01:00 Dipo [ACT] IR - severity 1 - 3 h 0 m left (due Mon 08:00 CET) - step 3",
    ]


def the_third_call_says_who_was_told_before(story: Story) -> None:
    third = story.post_office.taken[-1]
    assert third.text.replace(story.reference, "IR").splitlines() == THIRD_CALL.splitlines()
    headers = {"Importance": "high", "X-Priority": "1", "X-Incident-Ref": story.reference, "X-Incident-Severity": "1"}
    assert headers.items() <= dict(third.message.items()).items()


async def bodil_takes_it_and_the_others_may_sleep(story: Story) -> None:
    await story.presses(story.people.bodil, "taking")
    assert await story.goes_on_until(hours=2) == [
        "01:15 Rosa [FYI] IR - stand down",
        "01:15 Dipo [FYI] IR - stand down",
    ]


async def she_goes_silent_so_it_starts_again(story: Story) -> None:
    # Her word held for a quarter of the time that was left until the decision is due.
    assert await story.goes_on_until(hours=2, minutes=30) == [
        "02:15 Rosa [ACT] IR - severity 1 - 1 h 45 m left (due Mon 08:00 CET) - step 1",
        "02:30 Bodil [ACT] IR - severity 1 - 1 h 30 m left (due Mon 08:00 CET) - step 2",
    ]
    assert "SEVERITY 1 – TAKEN, BUT NOBODY HAS ACTED SINCE" in story.post_office.taken[-1].text


async def dipo_decides_that_it_is_a_breach_and_answers_the_reporter(story: Story) -> None:
    answer = "We have blocked the address. Please tell nobody else."
    await story.presses(story.people.dipo, "verdict", on="/verdict?as=personal_data_breach", message=answer)
    assert await story.goes_on_until(hours=2, minutes=45) == [
        "02:30 Jo IR - there is an answer for you",
        "02:30 Rosa [FYI] IR - stand down",
    ]


async def dipo_fixes_when_they_became_aware(story: Story) -> None:
    aware = typed("aware", NOW - timedelta(hours=1)) | {
        "aware_pick": "other",
        "aware_reason": "The supplier had called the night desk",
        "aware_source": "The list of calls of that night",
    }
    await story.presses(story.people.dipo, "awareness", on="/awareness", **aware)
    page = await story.opens(story.people.dipo, f"/desk/incidents/{story.reference}/clock")
    for words in ("2 d 20 h left", "Thu 26 Nov 2026 03:00 CET", "The supplier had called the night desk"):
        assert words in page


async def the_72_hours_run_down(story: Story) -> None:
    assert await story.goes_on_until(hours=70, minutes=30) == [
        "23:00 Bodil [ACT] IR - severity 1 - 2 d 0 h left (due Thu 03:00 CET)",
        "23:00 Dipo [ACT] IR - severity 1 - 2 d 0 h left (due Thu 03:00 CET)",
        "47:00 Bodil [ACT] IR - severity 1 - 1 d 0 h left (due Thu 03:00 CET)",
        "47:00 Dipo [ACT] IR - severity 1 - 1 d 0 h left (due Thu 03:00 CET)",
        "59:00 Bodil [ACT] IR - severity 1 - 12 h 0 m left (due Thu 03:00 CET)",
        "59:00 Dipo [ACT] IR - severity 1 - 12 h 0 m left (due Thu 03:00 CET)",
        *(f"65:00 {name} [ACT] IR - severity 1 - 6 h 0 m left (due Thu 03:00 CET)" for name in ALL),
        *(f"69:00 {name} [ACT] IR - severity 1 - 2 h 0 m left (due Thu 03:00 CET)" for name in ALL),
        *(f"70:00 {name} [ACT] IR - severity 1 - 1 h 0 m left (due Thu 03:00 CET)" for name in ALL),
    ]
    assert "Notify the supervisory authority" in story.post_office.taken[-1].text


async def the_filing_ends_it(story: Story) -> None:
    filed = typed("filed", story.now) | {"authority_reference": "AP-77"}
    await story.presses(story.people.dipo, "filings", on="/clock", **filed)
    # The deadline itself, an hour later, is met with silence.
    assert await story.goes_on_until(hours=76) == [
        "70:30 Rosa [FYI] IR - stand down",
        "70:30 Bodil [FYI] IR - stand down",
        "70:30 Dipo [FYI] IR - stand down",
    ]
    assert "AP-77" in await story.opens(story.people.dipo, f"/desk/incidents/{story.reference}/clock")


async def dipo_enters_it_in_the_register(story: Story) -> None:
    page = await story.opens(story.people.dipo, f"/desk/incidents/{story.reference}/duties")
    (duty,) = re.findall(r'/duties/([0-9a-f-]+)">Enter it in the register', page)
    entered = typed("filed", story.now) | {"authority_reference": "2026-1"}
    await story.presses(story.people.dipo, f"duties/{duty}/filing", on=f"/duties/{duty}", **entered)


async def the_reporter_reads_how_it_ended(story: Story) -> None:
    await story.presses(story.people.dipo, "closure", on="/closure", outcome="resolved", message="")
    assert await story.goes_on_until(hours=77) == ["76:00 Jo IR - your report is finished"]
    browser = await visit(await story.sit(), "/r")
    await browser.submit("/r", code=story.code)
    for words in ('aria-current="step">Finished', "It is solved. Thank you", "We have blocked the address."):
        assert words in browser.html


async def the_reporter_writes_again_and_bodil_is_told(story: Story) -> None:
    browser = await visit(await story.sit(), "/r")
    await browser.submit("/r", code=story.code)
    await browser.submit("/r/messages", body="Jo Melder here: they called me again")
    assert 'aria-current="step">We are working on it' in browser.html
    assert await story.goes_on_until(hours=78) == ["77:00 Bodil [FYI] IR - the reporter has written"]
    queue = await story.opens(story.people.bodil, "/desk?view=open")
    assert "Read the reporter’s reply" in queue[queue.index("<tbody>") : queue.index("</tbody>")]


async def bodil_reads_it_and_closes_it_again(story: Story) -> None:
    await story.presses(story.people.bodil, "reading")
    await story.presses(story.people.bodil, "closure", on="/closure", outcome="resolved", message="")
    assert await story.goes_on_until(hours=79) == ["78:00 Jo IR - your report is finished"]


def every_mail_went_to_one_person_and_told_nothing(story: Story) -> None:
    taken = story.post_office.taken
    assert len({mail.message["Message-ID"] for mail in taken}) == len(taken)
    for mail in taken:
        assert mail.recipients == [mail.message["To"]]
        assert mail.message["Auto-Submitted"] == "auto-generated"
        assert [words for words in SECRETS if words in mail.everything] == []
        # Each alarm opens a thread of its own, so that each is noticed; news stay together.
        assert not ("[ACT]" in mail.message["Subject"] and mail.message["References"])


@pytest.fixture
async def story(desk: Desk, sit: Sit, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> Story:
    """A desk whose pages show the story's time."""
    told = Story(await set_scene(desk), sit, post_office)
    monkeypatch.setattr(clock, "now", lambda: told.now)
    return told
