"""What was copied by hand into an authority's own form leaves a mark that an inspector can read."""

import re
from datetime import datetime

from sqlalchemy import select

from incidentdesk.rules.permissions import Role
from incidentdesk.tables import HistoryEntry, NotificationCopy
from incidentdesk.web.pages import Desk
from tests.breach.notification.desk import BASE, Drafting
from tests.opened import opened
from tests.people import Sit, hidden_fields


async def copying(drafting: Drafting, at: str = "1") -> str:
    return (await drafting.seat.client.get(f"{BASE}/copy", params={"at": at})).text


async def button(drafting: Drafting) -> dict[str, str]:
    """Return what the button under the answer sends."""
    return hidden_fields((await copying(drafting)).split('id="answer"')[1].split("</form>")[0])


async def tick(drafting: Drafting, **changes: str) -> int:
    """Press the button of the copy page as it is now, with some fields changed."""
    answer = await drafting.seat.post(f"{BASE}/copies", **{**await button(drafting), **changes})
    return answer.status_code


async def rows(desk: Desk) -> list[tuple[list[str], bool]]:
    async with desk.database.read() as session:
        found = await opened(session, select(NotificationCopy).order_by(NotificationCopy.id))
        return [(row.fields, row.taken_back) for row in found]


async def test_each_tick_says_who_copied_which_answer_of_which_version(signed: Drafting, desk: Desk) -> None:
    sent = await button(signed)
    answer = await signed.seat.post(f"{BASE}/copies", **sent)
    assert answer.headers["location"].endswith("/notification/copy?at=2")
    page = await copying(signed)
    assert "copied by Dipo Officer, " in page
    assert re.search(r"1 of \d+ answers are copied", page)
    assert "1 of " in (await signed.page()).split('id="out-title"')[1]
    number = sent["version"]
    version = (await signed.seat.get(f"{BASE}/versions/{number}")).text
    assert version.count("copied by Dipo Officer, ") == 1
    async with desk.database.read() as session:
        query = select(HistoryEntry).where(HistoryEntry.action == "notification.copied")
        (entry,) = await opened(session, query)
    assert (entry.after["version"], entry.after["fields"]) == (int(number), [sent["field"]])
    assert entry.after["sha256"] in version


async def test_a_tick_pressed_twice_or_for_nothing_is_no_row_and_one_can_be_taken_back(
    signed: Drafting, desk: Desk
) -> None:
    sent = await button(signed)
    for changes in ({}, {}, {"field": "song"}, {"field": "systems"}, {"intent": "back", "field": "song"}):
        assert (await signed.seat.post(f"{BASE}/copies", **{**sent, **changes})).status_code == 303
    assert await rows(desk) == [([sent["field"]], False)]
    assert await tick(signed) == 303
    assert await rows(desk) == [([sent["field"]], False), ([sent["field"]], True)]
    assert "Nothing is ticked off as copied" in await copying(signed)


async def test_the_rest_is_ticked_off_at_once_and_leads_to_the_record(signed: Drafting, now: datetime) -> None:
    assert await tick(signed) == 303
    assert await tick(signed, intent="all") == 303
    page = await copying(signed)
    assert re.search(r"All (\d+) answers are copied", page)
    assert f'href="{BASE}#handed-in-title"' in page
    await signed.file(now)
    assert re.search(r"by hand: All \d+ answers are copied", await signed.page())


async def test_what_changed_since_it_was_copied_is_to_be_copied_again(signed: Drafting, now: datetime) -> None:
    await tick(signed, intent="all")
    await signed.fill("organisation", org_contact="Side street 2, Utrecht")
    await signed.sign()
    page = await copying(signed)
    assert page.count("changed since it was copied") == 1
    assert await tick(signed, intent="all") == 303
    await signed.file(now)
    # The authority's form for what follows is a new one.
    await signed.press("amendment")
    assert "Nothing is ticked off as copied" in await copying(signed)


async def test_nothing_is_ticked_off_of_a_version_that_is_not_handed_in(signed: Drafting, desk: Desk) -> None:
    assert await tick(signed, version="1") == 409
    answer = await signed.seat.post(f"{BASE}/copies", version="1", field="org_name", intent="copied")
    assert "Another version is to be handed in since" in answer.text
    assert await rows(desk) == []


async def test_before_anything_is_kept_there_is_nothing_to_tick_off(drafting: Drafting, sit: Sit) -> None:
    page = await copying(drafting)
    assert "Nothing is kept yet, so nothing can be ticked off" in page
    assert "/copies" not in page
    assert (await drafting.seat.post(f"{BASE}/copies", intent="all")).status_code == 404
    assert (await (await sit(Role.RESPONDER)).post(f"{BASE}/copies", intent="all")).status_code == 403
