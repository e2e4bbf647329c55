"""Whether and how the people were told has one home; the draft and the text to the people read each other, and overwrite nobody."""

from dataclasses import replace
from datetime import datetime

import pytest

from incidentdesk.breach.notification import sheet as sheets
from incidentdesk.breach.notification.sheet import Given, Source
from incidentdesk.rules.notification import Answer
from tests.breach.notification.desk import Drafting
from tests.breach.signing import BASE, TOLD, done
from tests.typed import typed

REASON = "Salaries of 180 people are known"
SINCE = "Changed since somebody checked it"


async def decide(drafting: Drafting, choice: str) -> None:
    await done(drafting.seat, "people", "people-decision", choice=choice, reasoning=REASON)


async def tell(drafting: Drafting, now: datetime) -> None:
    await done(drafting.seat, "people", "people-told", **TOLD, **typed("told", now))


async def section(drafting: Drafting) -> str:
    return (await drafting.seat.get(f"{BASE}/notification/sections/telling")).text


async def people(drafting: Drafting) -> str:
    return (await drafting.seat.get(f"{BASE}/people?text=en")).text


async def test_what_was_recorded_about_telling_the_people_is_not_typed_twice(drafting: Drafting, now: datetime) -> None:
    await drafting.press("choice", form="EDPB", phase="preliminary")
    assert "from the page about telling the people" not in await drafting.page()
    await decide(drafting, "tell")
    assert "Not yet, they will be" in await drafting.page()
    await tell(drafting, now)
    page = (await drafting.page()).split('id="telling"')[1]
    for words in ("Each of them", "Letter: 180", TOLD["words"]):
        assert words in page
    assert page.count("from the page about telling the people, checked by nobody") == 3


@pytest.mark.parametrize(
    "choice, said",
    [
        ("unintelligible", "(a) The data are unreadable for others"),
        ("disproportionate", "(c) Disproportionate effort: told in public"),
        ("no_high_risk", "No: no high risk"),
    ],
)
async def test_a_signed_exception_stands_in_the_draft_with_its_reasoning(
    drafting: Drafting, choice: str, said: str
) -> None:
    await decide(drafting, choice)
    page = (await drafting.page()).split('id="telling"')[1]
    assert said in page
    assert (REASON in page) is (choice != "no_high_risk")


@pytest.mark.parametrize("holds, after", [("take", "Yes"), ("hold", "Not yet, they will be")])
async def test_a_later_change_is_shown_and_overwrites_nothing_that_was_checked(
    drafting: Drafting, now: datetime, holds: str, after: str
) -> None:
    await decide(drafting, "tell")
    await drafting.press("checks")
    assert SINCE not in await drafting.page()
    await tell(drafting, now)
    page = await drafting.page()
    assert SINCE in page
    assert "Now it says, from the page about telling the people:" in page
    assert "Not yet, they will be" in page.split('id="telling"')[1]
    assert (await drafting.fill("telling", **{"subjects_told-since": holds})).status_code == 303
    page = await drafting.page()
    assert SINCE not in page
    assert after in page.split('id="telling"')[1]
    # Nobody chose for good: the next change shows again.
    await decide(drafting, "no_high_risk")
    assert SINCE in await drafting.page()


async def test_what_was_written_here_before_anybody_decided_there_is_compared_too(drafting: Drafting) -> None:
    await drafting.fill("telling", subjects_told="no_high_risk")
    assert SINCE not in await drafting.page()
    await decide(drafting, "tell")
    assert SINCE in await drafting.page()
    assert "No: no high risk" in (await drafting.page()).split('id="telling"')[1]
    assert "Which holds?" in await section(drafting)
    # Who writes something else settles it.
    await drafting.fill("telling", subjects_told="planned")
    assert SINCE not in await drafting.page()


def test_an_answer_from_before_marks_were_kept_is_compared_with_its_own_source_only() -> None:
    old = Given(Answer(("planned",), checked=True), Source.PEOPLE)
    other = Given(Answer(("told",)), Source.PEOPLE)
    assert sheets.newer(old, other) == other
    assert sheets.newer(replace(old, source=Source.MEMBER), other) is None
    assert sheets.newer(old, replace(other, answer=old.answer)) is None
    assert sheets.newer(replace(old, answer=Answer(("planned",))), other) is None
    assert "origin" not in str(sheets.to_json({"subjects_told": old}))


async def test_the_text_to_the_people_reads_what_the_notification_says(drafting: Drafting) -> None:
    before = await people(drafting)
    assert "usual words of the desk" in before
    assert "of the notification</a>" not in before
    await drafting.fill("measures", measures_taken="The supplier deleted the file.")
    await drafting.fill("organisation", contact_point="Dipo Officer, 030 123 4567")
    page = await people(drafting)
    for words in ("The supplier deleted the file.</textarea>", "Dipo Officer, 030 123 4567", "not checked"):
        assert words in page
    assert "from version 2 of the notification" in page


async def test_a_text_that_was_kept_shows_what_changed_since_and_stays(drafting: Drafting) -> None:
    await drafting.fill("measures", measures_taken="The supplier was asked to delete the file.")
    text = {"language": "en", "nature": "A file went astray.", "measures": "We asked for the file to be deleted."}
    await done(drafting.seat, "people", "people-text", **text)
    assert "changed since" not in await people(drafting)
    await drafting.fill("measures", measures_taken="The supplier deleted the file.")
    page = await people(drafting)
    assert page.count("changed since") == 1
    assert "The supplier deleted the file.</bdi>" in page
    assert "We asked for the file to be deleted.</textarea>" in page
    # Keeping the same words says that they hold all the same.
    await done(drafting.seat, "people", "people-text", **text)
    page = await people(drafting)
    assert ("Version 2, kept by Dipo Officer" in page, "changed since" in page) == (True, False)
