"""Proof of address: a signed-in click on a mailed link, whose age is shown."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest
from litestar import Litestar
from sqlalchemy import delete, select, update

from incidentdesk import clock, law, worker
from incidentdesk.rules.reach import Proof, proof_of
from incidentdesk.settings import Settings
from incidentdesk.staff.address_pages import MAILS_PER_DAY
from incidentdesk.tables import AddressLink, HistoryEntry, Member, OutboxMail, WelcomeLink
from incidentdesk.web.pages import Desk
from tests.mail.relay import Relay, mailing
from tests.people import Seat, Sit
from tests.staff.conftest import PASSWORD, Travel
from tests.staff.test_gate import everything

ASK, PEOPLE = "/desk/profile/address", "/desk/people"
LINK = re.compile(r"http://desk\.test(/desk/(?:address|welcome)/[\w-]+)")
NOVA = {"name": "Nova Join", "email": "nova@example.org", "role": "responder"}
Links = Callable[[], Awaitable[list[tuple[str, str]]]]


@pytest.fixture
def settings(settings: Settings, post: Relay) -> Settings:
    return mailing(settings, post.port)


@pytest.fixture
def links(desk: Desk, post: Relay) -> Links:
    """Let the worker run, and return to whom which links went, the oldest first."""

    async def deliver() -> list[tuple[str, str]]:
        while await worker.deliver_next(desk, now=clock.now()):
            pass
        read = [message_from_bytes(raw, policy=policy.default) for raw in post.taken]
        texts = [(str(letter["To"]), body.get_content()) for letter in read if (body := letter.get_body(("plain",)))]
        return [(to, found[1]) for to, text in texts if (found := LINK.search(text))]

    return deliver


async def proved_at(desk: Desk, who: Member) -> datetime | None:
    async with desk.database.read() as session:
        return (await session.get_one(Member, who.id)).proved_at


async def asked(seat: Seat, links: Links) -> str:
    assert (await seat.post(ASK)).status_code == 303
    return (await links())[-1][1]


async def change(desk: Desk, who: Member, **values: object) -> None:
    async with desk.database.write() as session:
        await session.execute(update(Member).where(Member.id == who.id).values(**values))


async def test_a_signed_in_click_on_the_mailed_link_proves_the_address(
    sit: Sit, desk: Desk, rosa: Member, now: datetime, links: Links
) -> None:
    seat = await sit(rosa)
    assert "not proved" in (await seat.get("/desk/profile")).text
    link = await asked(seat, links)
    assert (await links())[0][0] == rosa.email
    before = await everything(desk)
    assert "Yes, I read this mailbox" in (await seat.get(link)).text
    assert await everything(desk) == before
    answer = await seat.post(link)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/profile#address")
    assert await proved_at(desk, rosa) == now
    assert "proved today" in (await seat.get("/desk/profile")).text
    async with desk.database.read() as session:
        done = list(await session.scalars(select(HistoryEntry.action).order_by(HistoryEntry.id)))
    assert done == ["member.address_asked", "member.address_proved"]


async def test_it_works_once(sit: Sit, rosa: Member, links: Links) -> None:
    seat = await sit(rosa)
    link = await asked(seat, links)
    await seat.post(link)
    for answer in (await seat.get(link), await seat.post(link)):
        assert answer.status_code == 404
        assert "This link counts no more" in answer.text


async def test_for_anybody_else_it_proves_nothing_and_says_so(
    sit: Sit, desk: Desk, rosa: Member, ada: Member, links: Links
) -> None:
    link, other = await asked(await sit(rosa), links), await sit(ada)
    for answer in (await other.get(link), await other.post(link)):
        assert answer.status_code == 403
        assert "You are signed in as Ada Min, and it was mailed to another person" in answer.text
        assert rosa.name not in answer.text
    assert (await proved_at(desk, rosa), await proved_at(desk, ada)) == (None, None)
    assert (await (await sit(rosa)).post(link)).status_code == 303


async def test_whoever_is_signed_out_signs_in_first_and_comes_back_to_it(sit: Sit, rosa: Member, links: Links) -> None:
    link = await asked(await sit(rosa), links)
    outside = await sit()
    led = (await outside.get(link)).headers["location"]
    assert "then you can confirm that it reached you" in (await outside.get(led)).text
    fields = {"email": rosa.email, "password": PASSWORD, "onward": link}
    assert link.replace("/", "%2F") in (await outside.post("/desk/sign-in", **fields)).headers["location"]
    assert (await outside.client.post(link)).status_code == 401


async def test_a_changed_address_needs_a_proof_of_its_own(sit: Sit, desk: Desk, rosa: Member, links: Links) -> None:
    seat = await sit(rosa)
    await seat.post(await asked(seat, links))
    later = await asked_again(seat, desk, links)
    await change(desk, rosa, email="rosa@example.net")
    assert await proved_at(desk, rosa) is None
    assert (await seat.post(later)).status_code == 404
    assert "not proved" in (await seat.get("/desk/profile")).text


async def asked_again(seat: Seat, desk: Desk, links: Links) -> str:
    """Ask once more within the same minute, as if the first mail had not been."""
    async with desk.database.write() as session:
        await session.execute(delete(OutboxMail))
    return await asked(seat, links)


async def test_only_the_newest_link_counts_and_not_for_ever(
    sit: Sit, desk: Desk, rosa: Member, links: Links, travel: Travel
) -> None:
    seat = await sit(rosa)
    first = await asked(seat, links)
    second = await asked_again(seat, desk, links)
    assert (await seat.get(first)).status_code == 404
    assert (await seat.get(second)).status_code == 200
    travel(timedelta(days=7))
    assert (await (await sit(rosa)).get(second)).status_code == 404


async def test_pressing_twice_is_one_mail_and_a_day_has_a_limit(sit: Sit, rosa: Member, desk: Desk) -> None:
    seat = await sit(rosa)
    codes = [(await seat.post(ASK)).status_code for _ in range(MAILS_PER_DAY + 1)]
    assert codes == [303] * MAILS_PER_DAY + [429]
    async with desk.database.read() as session:
        assert len(list(await session.scalars(select(OutboxMail)))) == 1
        assert len(list(await session.scalars(select(AddressLink)))) == 1


async def test_the_link_waits_nowhere_in_the_database(sit: Sit, desk: Desk, rosa: Member, links: Links) -> None:
    link = await asked(await sit(rosa), links)
    assert link.rpartition("/")[2] not in str(await everything(desk))


async def test_a_mailbox_that_once_refused_gets_the_mail_too(
    sit: Sit, desk: Desk, rosa: Member, now: datetime, links: Links
) -> None:
    seat = await sit(rosa)
    await change(desk, rosa, mail_refused_at=now)
    await seat.post(await asked(seat, links))
    assert await proved_at(desk, rosa) == now
    async with desk.database.read() as session:
        assert (await session.get_one(Member, rosa.id)).mail_refused_at is None


async def test_without_a_relay_there_is_nothing_to_press(sit: Sit, app: Litestar, desk: Desk, rosa: Member) -> None:
    seat = await sit(rosa)
    app.state.desk = replace(desk, settings=replace(desk.settings, smtp_host=""))
    assert "so no mail can be sent to prove it" in (await seat.get("/desk/profile")).text


async def come_in(sit: Sit, desk: Desk, link: str) -> datetime | None:
    assert (await (await sit()).client.post(link, data={"password": "another one here"})).status_code == 303
    async with desk.database.read() as session:
        nova = (await session.scalars(select(Member).where(Member.email == NOVA["email"]))).one()
    return nova.proved_at


async def test_a_first_sign_in_through_a_mailed_invitation_is_a_proof(
    sit: Sit, desk: Desk, ada: Member, now: datetime, links: Links
) -> None:
    await (await sit(ada)).post(PEOPLE, **NOVA)
    ((to, link),) = await links()
    assert to == NOVA["email"]
    assert await come_in(sit, desk, link) == now


async def test_an_invitation_that_was_shown_is_none(sit: Sit, app: Litestar, desk: Desk, ada: Member) -> None:
    seat = await sit(ada)
    app.state.desk = replace(desk, settings=replace(desk.settings, smtp_host=""))
    found = LINK.search((await seat.post(PEOPLE, **NOVA)).text)
    assert found is not None
    assert await come_in(sit, desk, found[1]) is None


async def test_an_invitation_mailed_to_another_address_is_none(sit: Sit, desk: Desk, ada: Member, links: Links) -> None:
    await (await sit(ada)).post(PEOPLE, **NOVA)
    ((_, link),) = await links()
    async with desk.database.write() as session:
        await session.execute(update(WelcomeLink).values(mailed_to="nova@example.net"))
    assert await come_in(sit, desk, link) is None


async def test_a_link_for_another_password_is_none(
    sit: Sit, desk: Desk, ada: Member, rosa: Member, links: Links
) -> None:
    await (await sit(ada)).post(f"{PEOPLE}/{rosa.id}/link")
    (link,) = [link for _, link in await links() if "/welcome/" in link]
    assert (await (await sit()).client.post(link, data={"password": "another one here"})).status_code == 303
    assert await proved_at(desk, rosa) is None


@pytest.mark.parametrize(
    "days, words",
    [(0, "proved today"), (1, "proved 1 day ago"), (181, "last proved 181 days ago")],
)
async def test_the_age_of_the_proof_is_shown(sit: Sit, desk: Desk, ada: Member, days: int, words: str) -> None:
    seat = await sit(ada)
    await change(desk, ada, address_proved_at=clock.now() - timedelta(days=days), proved_address=ada.email)
    tone = "good" if days <= 1 else "warn"
    for path in (PEOPLE, "/desk/profile"):
        assert f'<span class="badge {tone}">{words}</span>' in (await seat.get(path)).text


def test_a_proof_counts_for_as_long_as_the_dated_rule_says() -> None:
    now = datetime.fromisoformat("2026-11-26T12:00:00+00:00")
    lasts = law.proof_lasts(now)
    assert lasts == timedelta(days=180)
    moments = (None, now, now - lasts, now - lasts - timedelta(microseconds=1))
    found = [proof_of(moment, now, lasts=lasts) for moment in moments]
    assert found == [Proof.NONE, Proof.PROVED, Proof.PROVED, Proof.OLD]
