"""Telling customers: one signed mail each, and no duty ends before its own mail left."""

from datetime import datetime
from email import message_from_bytes, policy
from uuid import UUID

import pytest
from sqlalchemy import select

from incidentdesk import clock as machine
from incidentdesk import upkeep, worker
from incidentdesk.breach.customers.actions import add_customer, change_customer, find_customer
from incidentdesk.breach.customers.forms import Card
from incidentdesk.errors import Conflict
from incidentdesk.escalation.actions import retry_mail
from incidentdesk.mail.outbox import Letter
from incidentdesk.records import duties
from incidentdesk.rules.lifecycle import Verdict
from incidentdesk.tables import Clock, Incident, MailState, Member, OutboxMail, Telling
from incidentdesk.web.pages import Desk
from tests import people
from tests.breach.conftest import REFERENCE
from tests.mail.relay import relay
from tests.mail.scene import with_relay
from tests.opened import opened
from tests.people import Seat
from tests.typed import typed

BASE = f"/desk/incidents/{REFERENCE}"
WORDS = {"body_en": "A laptop is gone.\nAsk our officer.", "body_nl": "Er is een laptop weg.\nVraag onze FG."}


@pytest.fixture
async def clocks(desk: Desk, dpo: Member, seat: Seat, incident_id: UUID, now: datetime) -> list[UUID]:
    """Two customers whose data are affected, one to be told in each language."""
    cards = [Card("Bakery", "it@bakery.example", "nl", 8), Card("Mill", "soc@mill.example", "en", None)]
    async with desk.database.write() as session:
        incident = await session.get_one(Incident, incident_id)
        incident.verdict = Verdict.PERSONAL_DATA_BREACH
        customers = [await add_customer(session, card, by=dpo, now=now) for card in cards]
        await duties.refresh(session, incident, now=now)
    seen = people.hidden_fields((await seat.get(f"{BASE}/duties")).text)["seen_revision"]
    fields: dict[str, str | list[str]] = {
        "party": "processor",
        "role_reason": "Their orders",
        "customer": [str(one.id) for one in customers],
    }
    assert (await seat.post(f"{BASE}/roles", seen_revision=seen, **fields)).status_code == 303
    async with desk.database.read() as session:
        wanted = select(Clock).where(Clock.duty == "gdpr_33_2_processor")
        by_subject = {clock.subject: clock.id for clock in await session.scalars(wanted)}
    return [by_subject[str(one.id)] for one in customers]


async def press(seat: Seat, clocks: list[UUID], **fields: str) -> tuple[int, str]:
    seen = people.hidden_fields((await seat.get(f"{BASE}/customer-notices")).text)["seen_revision"]
    chosen = [str(number) for number in clocks]
    answer = await seat.post(f"{BASE}/customer-notices", seen_revision=seen, clock=chosen, **fields)
    return answer.status_code, answer.text


async def mails(desk: Desk) -> list[OutboxMail]:
    async with desk.database.read() as session:
        wanted = select(OutboxMail).where(OutboxMail.letter == Letter.CUSTOMER_NOTICE).order_by(OutboxMail.id)
        return list(await session.scalars(wanted))


async def ended_by(desk: Desk, clocks: list[UUID]) -> list[str | None]:
    async with desk.database.read() as session:
        return [(await session.get_one(Clock, number)).ended_by for number in clocks]


async def test_what_will_be_sent_is_shown_and_sends_nothing(desk: Desk, seat: Seat, clocks: list[UUID]) -> None:
    status, page = await press(seat, clocks, **WORDS, intent="look")
    assert (status, "These 2 mails will be sent" in page) == (200, True)
    # Which words are whose stands beside them.
    assert [f"For <bdi>{name}</bdi>. What happened" in page for name in ("Mill", "Bakery")] == [True, True]
    assert await mails(desk) == []


async def test_each_customer_needs_words_in_its_language(desk: Desk, seat: Seat, clocks: list[UUID]) -> None:
    status, page = await press(seat, clocks, body_en="A laptop is gone", intent="sign")
    assert (status, "Write what this customer should read" in page) == (422, True)
    assert (await press(seat, [], **WORDS, intent="sign"))[0] == 422
    assert await mails(desk) == []


async def test_one_mail_for_each_and_the_duty_ends_when_it_left(
    desk: Desk, seat: Seat, clocks: list[UUID], now: datetime
) -> None:
    assert (await press(seat, clocks, **WORDS, intent="sign"))[0] == 303
    assert await ended_by(desk, clocks) == [None, None]
    async with relay() as taken:
        for mail in await mails(desk):
            assert await worker.deliver_next(with_relay(desk, taken.port), now=mail.due_at)
    read(taken.taken)
    assert await upkeep.prove_notices(desk, now=now) is False
    assert await ended_by(desk, clocks) == ["told", "told"]
    assert await upkeep.prove_notices(desk, now=now) is False
    async with desk.database.read() as session:
        tellings = await opened(session, select(Telling).order_by(Telling.id))
    sent = {mail.message_id for mail in await mails(desk)}
    assert {one.proof.split()[0] for one in tellings} == sent
    assert {(one.way, one.member_id) for one in tellings} == {("mail", None)}


def read(taken: list[bytes]) -> None:
    """Each mail is in its reader's language and holds what was signed and nothing of the report."""
    messages = [message_from_bytes(raw, policy=policy.default) for raw in taken]
    dutch, english = sorted(messages, key=lambda message: str(message["To"]))
    assert (str(dutch["To"]), str(english["To"])) == ("it@bakery.example", "soc@mill.example")
    texts = [[part.get_content() for part in message.iter_parts()] for message in (dutch, english)]
    assert all("Er is een laptop weg." in text for text in texts[0])
    assert "Aan Bakery, als verwerkingsverantwoordelijke" in texts[0][0]
    assert all("A laptop is gone." in text for text in texts[1])
    for message, parts in zip((dutch, english), texts, strict=True):
        assert REFERENCE in message["Subject"]
        assert not any(words in text for words in ("Payroll", "/desk") for text in parts)


async def test_a_mail_that_was_refused_tells_nobody(desk: Desk, seat: Seat, clocks: list[UUID], now: datetime) -> None:
    await press(seat, clocks[:1], **WORDS, intent="sign")
    async with desk.database.write() as session:
        (mail,) = await session.scalars(select(OutboxMail).where(OutboxMail.letter == Letter.CUSTOMER_NOTICE))
        mail.state, mail.outcome, mail.settled_at, mail.answer = MailState.DEAD, "refused", now, "550 no such mailbox"
    await upkeep.prove_notices(desk, now=now)
    assert await ended_by(desk, clocks) == [None, None]
    page = (await seat.get(f"{BASE}/duties/{clocks[0]}")).text
    assert "They have not been told" in page
    assert "550 no such mailbox" in page
    assert await warned(seat) == [True, True]
    # Written again once the address was mended: the duty was never met before.
    assert (await press(seat, clocks[:1], **WORDS, intent="sign"))[0] == 303
    assert len(await mails(desk)) == 2
    assert await warned(seat) == [False, False]


async def warned(seat: Seat) -> list[bool]:
    """Say whether every page, and the incident's own, tells that a customer has not been told."""
    banner, callout = "The mail server refused a notice to a customer", "A customer has not been told"
    return [banner in (await seat.get("/desk")).text, callout in (await seat.get(BASE)).text]


@pytest.mark.parametrize("way", ["telling", "decision"])
async def test_a_refused_notice_is_news_until_the_customer_is_told_or_the_duty_ends(
    desk: Desk, seat: Seat, clocks: list[UUID], now: datetime, way: str
) -> None:
    await press(seat, clocks[:1], **WORDS, intent="sign")
    async with desk.database.write() as session:
        (mail,) = await session.scalars(select(OutboxMail).where(OutboxMail.letter == Letter.CUSTOMER_NOTICE))
        mail.state, mail.outcome, mail.settled_at = MailState.DEAD, "refused", now
    place, asked = f"{BASE}/duties/{clocks[0]}", {"decision": "not_required", "reasoning": "Not theirs"}
    if way == "telling":
        asked = {"way": "phone", "whom": "Their officer", "proof": "They rang back", **typed("told", now)}
    seen = people.hidden_fields((await seat.get(place)).text)["seen_revision"]
    assert (await seat.post(f"{place}/{way}", seen_revision=seen, **asked)).status_code == 303
    assert await warned(seat) == [False, False]


async def test_pressing_twice_sends_once(desk: Desk, seat: Seat, clocks: list[UUID]) -> None:
    seen = people.hidden_fields((await seat.get(f"{BASE}/customer-notices")).text)["seen_revision"]
    fields: dict[str, str | list[str]] = {"seen_revision": seen, "clock": [str(clocks[0])], "intent": "sign", **WORDS}
    answers = [(await seat.post(f"{BASE}/customer-notices", **fields)).status_code for _ in range(2)]
    assert answers == [303, 409]
    assert len(await mails(desk)) == 1


async def test_what_was_done_about_duties_stands_in_the_timeline_in_words(seat: Seat, clocks: list[UUID]) -> None:
    assert (await press(seat, clocks, **WORDS, intent="sign"))[0] == 303
    timeline = (await seat.get(f"{BASE}?show=decisions")).text
    assert ("Said what we are for the data" in timeline, "Signed notices to customers" in timeline) == (True, True)
    assert [word for word in ("role.added", "notices.signed") if f">{word}<" in timeline] == []


async def test_a_notice_to_a_customer_is_not_shown_as_a_mail_to_the_reporter(seat: Seat, clocks: list[UUID]) -> None:
    assert (await press(seat, clocks, **WORDS, intent="sign"))[0] == 303
    timeline = (await seat.get(f"{BASE}?show=mail")).text
    assert timeline.count("Mail to A customer (notice of a breach)") == len(clocks)
    (row,) = [part for part in (await seat.get("/desk/mail")).text.split("<tr") if "Notice to a customer" in part][:1]
    assert ("A customer" in row, "The reporter" in row) == (True, False)


async def test_whoever_signs_sends_what_they_saw(
    desk: Desk, seat: Seat, clocks: list[UUID], dpo: Member, now: datetime
) -> None:
    """An address that changed, or a customer that left or was told by telephone, since the mails were looked at."""
    for change in (Card("Bakery", "new@bakery.example", "nl", 8), Card("Bakery", "new@bakery.example", "nl", 8, False)):
        seen = people.hidden_fields((await seat.get(f"{BASE}/customer-notices")).text)["seen_revision"]
        async with desk.database.write() as session:
            bakery = await find_customer(session, UUID((await session.get_one(Clock, clocks[0])).subject))
            assert await change_customer(session, bakery, change, by=dpo, now=now)
        assert await signed(seat, clocks, seen) == 409
    seen = people.hidden_fields((await seat.get(f"{BASE}/customer-notices")).text)["seen_revision"]
    async with desk.database.write() as session:
        clock = await session.get_one(Clock, clocks[1])
        clock.ended_at, clock.ended_by = now, "told"
    assert await signed(seat, clocks, seen) == 409
    assert await mails(desk) == []


async def signed(seat: Seat, clocks: list[UUID], seen: str) -> int:
    fields: dict[str, str | list[str]] = {"clock": [str(one) for one in clocks], "intent": "sign", **WORDS}
    return (await seat.post(f"{BASE}/customer-notices", seen_revision=seen, **fields)).status_code


@pytest.mark.parametrize("since", ["written", "told"])
async def test_a_mail_that_was_given_up_is_not_tried_again_once_its_customer_has_another(
    desk: Desk, seat: Seat, clocks: list[UUID], dpo: Member, since: str
) -> None:
    now = machine.now()
    await press(seat, clocks[:1], **WORDS, intent="sign")
    (mail,) = await mails(desk)
    async with desk.database.write() as session:
        row = await session.get_one(OutboxMail, mail.id)
        row.state, row.outcome, row.settled_at, row.give_up_at = MailState.DEAD, "refused", now, now
    async with desk.database.write() as session:
        await retry_mail(session, mail.id, by=dpo, now=now)
        row = await session.get_one(OutboxMail, mail.id)
        row.state, row.outcome, row.settled_at = MailState.DEAD, "refused", now
    if since == "written":
        assert (await press(seat, clocks[:1], **WORDS, intent="sign"))[0] == 303
    else:
        place = f"{BASE}/duties/{clocks[0]}"
        seen = people.hidden_fields((await seat.get(place)).text)["seen_revision"]
        told = {"way": "phone", "whom": "Their officer", "proof": "Called back", **typed("told", now)}
        assert (await seat.post(f"{place}/telling", seen_revision=seen, **told)).status_code == 303
    async with desk.database.write() as session:
        with pytest.raises(Conflict):
            await retry_mail(session, mail.id, by=dpo, now=now)


async def test_words_to_a_customer_are_kept_who_is_none_of_this_incident_any_more(
    seat: Seat, incident_id: UUID
) -> None:
    answer = await seat.post(f"{BASE}/customer-notices", seen_revision="old", **WORDS, intent="look")
    kept = [f"{words.split(chr(10))[1]}</textarea>" in answer.text for words in WORDS.values()]
    assert (answer.status_code, kept) == (409, [True, True])
