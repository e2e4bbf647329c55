"""Invited by mail: the link goes to whom it is for, is shown to nobody else, and waits nowhere."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from litestar import Litestar
from sqlalchemy import select

from incidentdesk import clock, worker
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import Settings
from incidentdesk.staff.actions import LINK_VALID
from incidentdesk.tables import Member, OutboxMail, WelcomeLink
from incidentdesk.web.pages import Desk
from tests.mail.relay import Relay, mailing
from tests.people import Seat, Sit
from tests.staff.conftest import Travel
from tests.staff.phone import enrolled
from tests.staff.test_gate import everything
from tests.test_stolen import every_byte

PEOPLE = "/desk/people"
NOVA = {"name": "Nova Join", "email": "nova@example.org", "role": "reader"}
LINK = re.compile(r"http://desk\.test(/desk/welcome/([\w-]+))")
Mailed = Callable[[], Awaitable[list[tuple[str, str]]]]
LONG_ENOUGH = {"password": "another one here"}


@pytest.fixture
def settings(settings: Settings, post: Relay) -> Settings:
    return mailing(settings, post.port)


@pytest.fixture
async def inviting(sit: Sit, ada: Member) -> Seat:
    return await sit(ada)


@pytest.fixture
def mailed(desk: Desk, post: Relay) -> Mailed:
    """Let the worker run, and return to whom links went with the text of each mail."""

    async def deliver() -> list[tuple[str, str]]:
        while await worker.deliver_next(desk, now=clock.now()):
            pass
        read = [message_from_bytes(raw, policy=policy.default) for raw in post.taken]
        texts = [str(body.get_content()) for letter in read if (body := letter.get_body(("plain",)))]
        pairs = zip([str(letter["To"]) for letter in read], texts, strict=True)
        return [(to, text) for to, text in pairs if "/desk/welcome/" in text]

    return deliver


def link_in(text: str) -> str:
    found = LINK.search(text)
    assert found is not None
    return found[1]


async def test_the_link_is_mailed_to_the_person_and_works_once(inviting: Seat, sit: Sit, mailed: Mailed) -> None:
    said = (await inviting.post(PEOPLE, **NOVA)).text
    assert "A link is on its way to nova@example.org" in said
    ((to, text),) = await mailed()
    assert to == "nova@example.org"
    assert "You are invited to the incident desk" in text
    newcomer = await sit()
    assert "Hello Nova Join" in (await newcomer.get(link_in(text))).text
    codes = [(await newcomer.client.post(link_in(text), data=LONG_ENOUGH)).status_code for _ in range(2)]
    assert codes == [303, 404]


async def test_the_mail_speaks_the_language_of_the_desk(
    inviting: Seat, app: Litestar, desk: Desk, mailed: Mailed
) -> None:
    app.state.desk = replace(desk, settings=replace(desk.settings, language="nl"))
    await inviting.post(PEOPLE, **NOVA)
    ((_, text),) = await mailed()
    assert "U bent uitgenodigd" in text


async def test_nobody_but_the_person_ever_sees_the_link(
    inviting: Seat, sit: Sit, desk: Desk, mailed: Mailed, tmp_path: Path
) -> None:
    said = (await inviting.post(PEOPLE, **NOVA)).text
    stored = [*(await everything(desk)).values()]
    ((_, text),) = await mailed()
    token = link_in(text).rpartition("/")[2]
    rosa = await sit(Role.RESPONDER)
    pages = [said, *[(await seat.get("/desk/mail")).text for seat in (inviting, rosa)]]
    assert "Link to come in" in pages[1]
    assert [page for page in pages if token in page or "/desk/welcome/" in page] == []
    assert token not in str([stored, *(await everything(desk)).values()])
    assert token.encode() not in every_byte(tmp_path)


async def test_a_renewed_link_leaves_the_first_mail_unsent(inviting: Seat, desk: Desk, mailed: Mailed) -> None:
    await inviting.post(PEOPLE, **NOVA)
    async with desk.database.read() as session:
        nova = (await session.scalars(select(Member).where(Member.name == "Nova Join"))).one()
    assert "on its way to nova@example.org" in (await inviting.post(f"{PEOPLE}/{nova.id}/link")).text
    ((_, text),) = await mailed()
    assert (await inviting.get(link_in(text))).status_code == 200
    async with desk.database.read() as session:
        outcomes = set(await session.scalars(select(OutboxMail.outcome)))
        assert len(list(await session.scalars(select(WelcomeLink)))) == 1
    assert outcomes == {"not_needed", "sent"}


async def test_nobody_whose_access_was_closed_gets_one(inviting: Seat, desk: Desk, mailed: Mailed) -> None:
    await inviting.post(PEOPLE, **NOVA)
    async with desk.database.read() as session:
        nova = (await session.scalars(select(Member).where(Member.name == "Nova Join"))).one()
    await inviting.post(f"{PEOPLE}/{nova.id}/disabling")
    assert await mailed() == []


async def test_a_mail_that_waited_longer_than_the_link_lasts_does_not_leave(
    inviting: Seat, mailed: Mailed, travel: Travel
) -> None:
    await inviting.post(PEOPLE, **NOVA)
    travel(LINK_VALID)
    assert await mailed() == []


async def test_a_new_password_by_mail_takes_no_second_factor_away(
    inviting: Seat, sit: Sit, desk: Desk, mailed: Mailed, rosa: Member
) -> None:
    await enrolled(desk, rosa, now=clock.now())
    await inviting.post(f"{PEOPLE}/{rosa.id}/link")
    ((to, text),) = await mailed()
    assert (to, "With this link you choose a new password." in text) == (rosa.email, True)
    answer = await (await sit()).client.post(link_in(text), data=LONG_ENOUGH)
    assert answer.headers["location"].startswith("/desk/second-factor")
