"""Back, reload and a second look: what a browser can send again loses nothing and shows nothing it should not."""

import re

import pytest
from sqlalchemy import select

from incidentdesk.tables import Message, Report
from incidentdesk.web.pages import Desk
from tests.intake.visitor import Visitor, code_in, form_fields, send, visit
from tests.opened import opened
from tests.people import Sit

# What a page asks and says of what it was sent; what is stored and found is tried with the actions and the story.
pytestmark = pytest.mark.either_database


@pytest.fixture
async def sent(sit: Sit) -> tuple[Visitor, Visitor]:
    """Somebody who sent a report: the check page they can go back to, and the confirmation."""
    visitor = await visit(await sit())
    await visitor.press("now", what="the badge is gone", kind="lost")
    check = Visitor(visitor.seat, visitor.answer)
    await visitor.press("send")
    return check, visitor


async def messages(desk: Desk) -> list[str]:
    async with desk.database.read() as session:
        return [message.body for message in await opened(session, select(Message).order_by(Message.id))]


async def test_another_message_from_the_same_page_arrives_too(sit: Sit, desk: Desk) -> None:
    visitor = await send(await sit())
    await visitor.submit("/r")
    before = visitor.answer
    for body in ("first", "first", "second"):
        visitor.answer = before
        await visitor.submit("/r/messages", body=body)
    assert await messages(desk) == ["first", "second"]


async def test_one_page_id_with_two_codes_is_two_messages(sit: Sit, desk: Desk) -> None:
    mine, other = await send(await sit(), "mine"), await send(await sit(), "other")
    await mine.submit("/r")
    fields = {**form_fields(mine.html, "/r/messages"), "body": "hello"}
    for code in (code_in(mine.html), code_in(other.html)):
        await mine.seat.client.post("/r/messages", data={**fields, "code": code})
    assert await messages(desk) == ["hello", "hello"]


@pytest.mark.parametrize(
    "changed, words",
    [
        ({"what": "and the laptop too"}, ["What happened?", "and the laptop too"]),
        ({"l_where": "in the train"}, ["Where was it last seen?", "in the train"]),
        (
            {"reach": "email", "email": "jo@example.org"},
            ["How may we answer you?", "By e-mail", "", "E-mail address", "jo@example.org"],
        ),
        ({"answer_lang": "nl"}, ["Language for our answer", "Nederlands"]),
        ({"kind": ""}, ["What is closest to it?", "–"]),
    ],
)
async def test_what_was_changed_after_sending_is_said_and_not_lost(
    sent: tuple[Visitor, Visitor], desk: Desk, changed: dict[str, str], words: list[str]
) -> None:
    check, _ = sent
    await check.press("send", **changed)
    assert "You had already sent this report" in check.html
    await check.submit("/r/messages", body=check.html.partition("<textarea")[2].partition(">\n")[2].partition("<")[0])
    [body] = await messages(desk)
    assert body == "\n".join(words)


async def test_a_reload_is_no_change(sent: tuple[Visitor, Visitor]) -> None:
    check, confirmation = sent
    await check.press("send")
    assert "You had already sent this report" not in check.html
    assert code_in(check.html) == code_in(confirmation.html)


async def test_a_code_that_was_saved_is_not_shown_to_whoever_presses_back(
    sent: tuple[Visitor, Visitor], desk: Desk
) -> None:
    check, confirmation = sent
    code = code_in(confirmation.html)
    await confirmation.submit("/r/saved")
    await check.press("send", what="the badge and the laptop")
    assert check.answer.status_code == 200
    assert "Thank you. We have your report." in check.html
    assert "You said that you saved your private code" in check.html
    assert "the badge and the laptop</textarea>" in check.html
    for shown in (code, " ".join(code[at : at + 5] for at in range(0, 25, 5)), code[:5], code[-5:]):
        assert shown not in check.html
    async with desk.database.read() as session:
        assert len(list(await session.scalars(select(Report)))) == 1


@pytest.mark.parametrize("path", ["/r/saved", "/r/messages", "/r/contact", "/r/code.txt"])
async def test_the_address_of_a_page_that_was_posted_leads_to_the_door(sit: Sit, path: str) -> None:
    answer = await (await sit()).get(f"{path}?lang=nl")
    assert (answer.status_code, answer.headers["location"]) == (303, "/r?lang=nl")


async def test_the_browsers_back_finds_the_form_but_never_a_code(sit: Sit) -> None:
    visitor = await visit(await sit())
    kept = [await visitor.press("continue"), await visitor.press("continue", what="x"), await visitor.press("now")]
    assert {answer.headers["cache-control"] for answer in kept} == {"private, no-cache"}
    gone = [await visitor.press("send"), await visitor.submit("/r"), await visitor.submit("/r/messages", body="more")]
    gone += [await visitor.submit("/r/code.txt")]
    assert {answer.headers["cache-control"] for answer in gone} == {"no-store"}


@pytest.mark.parametrize("path", ["/report", "/r", "/privacy", "/nowhere"])
async def test_a_chosen_language_stays_chosen_on_the_next_page(sit: Sit, path: str) -> None:
    seat = await sit()
    links = re.findall(r'href="(/(?!static)[^"]*)"', (await seat.get(f"{path}?lang=nl")).text)
    assert links
    assert all(link.endswith("?lang=nl") for link in links)
    assert "lang=" not in "".join(re.findall(r'href="(/(?!static)[^"]*)"', (await seat.get(path)).text))


async def test_the_check_page_leads_to_the_notice_in_the_same_language(sit: Sit) -> None:
    visitor = await visit(await sit(), "/report?lang=nl")
    await visitor.press("now", what="de badge is weg")
    assert '<a href="/privacy?lang=nl">privacyverklaring</a>' in visitor.html
