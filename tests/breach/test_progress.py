"""The row of rooms on top of each page of a breach says in words how far each one is, and no page says otherwise."""

import re
from datetime import datetime

from incidentdesk.tables import AssessmentBlock
from incidentdesk.web.pages import Desk
from tests.assessed import press
from tests.breach.conftest import REFERENCE
from tests.breach.signing import BASE, LINE, decide_breach, done, sign_off
from tests.breach.test_damaged import damaged
from tests.people import Seat
from tests.typed import typed

ROOMS = ["awareness", "clock", "assessment", "duties", "notification", "people", "register"]
DECIDED = {"kind": "register", "reasoning": "Deleted at once"}


async def row(seat: Seat, page: str = "clock", *, base: str = BASE) -> dict[str, str]:
    """Return what the row says of each room, as it is read aloud."""
    shown = (await seat.get(f"{base}/{page}")).text.split('<ul class="tabs rooms">')[1].split("</ul>", maxsplit=1)[0]
    plain = re.sub(r"<span aria-hidden.*?</span>", "", shown)
    return dict(re.findall(rf'href="{base}/(\w+)".*?<span class="far-\w+">\s*([\w ]+)</span>', plain, re.DOTALL))


async def rooms_that_are(seat: Seat, word: str) -> list[str]:
    return [room for room, said in (await row(seat)).items() if said == word]


async def test_every_page_says_the_same_of_all_rooms(seat: Seat) -> None:
    rows = [await row(seat, page) for page in (*ROOMS, "customer-notices")]
    assert rows == [dict.fromkeys(ROOMS, "still open")] * 8


async def test_what_is_signed_is_done_or_not_needed_and_what_is_new_opens_a_room(seat: Seat, now: datetime) -> None:
    await decide_breach(seat)
    await done(seat, "clock", "awareness", aware_reason="The supplier called", **typed("aware", now))
    await press(seat, REFERENCE, "assessment-decision", **DECIDED)
    await done(seat, "people", "people-decision", choice="no_high_risk", reasoning="Deleted at once")
    assert await rooms_that_are(seat, "not needed") == ["notification", "people"]
    assert await rooms_that_are(seat, "still open") == ["duties", "register"]
    await done(seat, "register", "register-line", **LINE, closing="yes")
    assert await rooms_that_are(seat, "still open") == []
    await press(seat, REFERENCE, "people", people_note="There were more")
    assert await rooms_that_are(seat, "still open") == ["assessment"]
    assert "To look at again" in (await seat.get(f"{BASE}/assessment")).text


async def test_what_is_no_breach_leaves_nothing_open(seat: Seat, now: datetime) -> None:
    await sign_off(seat, now)
    await decide_breach(seat, "not_an_incident", outcome="false_alarm")
    assert await rooms_that_are(seat, "still open") == []


async def test_a_decision_whose_facts_went_away_is_open_again_in_the_row_of_every_page(desk: Desk, seat: Seat) -> None:
    await press(seat, REFERENCE, "people", subjects_affected="500")
    await press(seat, REFERENCE, "assessment-decision", **DECIDED)
    assert (await row(seat))["assessment"] == "done"
    async with damaged(desk, AssessmentBlock):
        assert "To look at again" in (await seat.get(f"{BASE}/assessment")).text
        assert [(await row(seat, page))["assessment"] for page in ROOMS] == ["still open"] * len(ROOMS)


async def test_a_draft_kept_after_a_filing_without_one_is_more_to_hand_in(seat: Seat, now: datetime) -> None:
    await done(seat, "clock", "filings", authority_reference="AP-77", **typed("filed", now))
    assert (await row(seat))["notification"] == "done"
    await done(seat, "notification", "notification/later")
    assert (await row(seat, "notification"))["notification"] == "still open"
