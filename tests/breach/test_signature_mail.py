"""One mail asks whoever may sign, when something is ready and waits for nothing but a signature."""

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import UUID

import pytest
from sqlalchemy import select

from incidentdesk import clock, worker
from incidentdesk.mail.outbox import Letter
from incidentdesk.rules.escalation import Post
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Incident, IncidentMember, MailState, Member, OutboxMail, PostHolder
from incidentdesk.web.pages import Desk
from tests import people
from tests.breach.assessment.test_pages import BASE, HAPPENED, NOTIFY, press
from tests.breach.conftest import stored
from tests.breach.notification.desk import Drafting, fix_awareness
from tests.mail.relay import relay
from tests.mail.scene import with_relay
from tests.mail.test_letters import text_of
from tests.people import Seat, Sit

BLOCKS = ("happened", "people", "protection", "consequences")
SECRETS = ("Payroll", "They wrote back", "supplier", "salary")


async def asked(desk: Desk) -> list[OutboxMail]:
    async with desk.database.read() as session:
        wanted = select(OutboxMail).where(OutboxMail.letter == Letter.SIGNATURE).order_by(OutboxMail.id)
        return list(await session.scalars(wanted))


async def leave(desk: Desk) -> list[str]:
    """Let everything leave that waits; return the subjects and texts of what asks for a signature."""
    async with relay() as taken:
        while await worker.deliver_next(with_relay(desk, taken.port), now=clock.now() + timedelta(minutes=1)):
            pass
    mails = [message_from_bytes(raw, _class=EmailMessage, policy=policy.default) for raw in taken.taken]
    texts = [f"{mail['Subject']}\n{text_of(mail)}\n{mail}" for mail in mails]
    return [text for text in texts if "waits for your signature" in text]


async def check_all(seat: Seat) -> None:
    for block in BLOCKS:
        assert await press(seat, block, **(HAPPENED if block == "happened" else {}), **{f"{block}_note": "Seen"}) == 303


async def test_a_checked_assessment_asks_once_for_the_signature_and_again_after_news(
    desk: Desk, seat: Seat, sit: Sit, incident_id: UUID
) -> None:
    rosa = await sit(Role.RESPONDER)
    for block in BLOCKS[:3]:
        assert await press(rosa, block) == 303
    assert await asked(desk) == []
    for note in ("They wrote back", "They called"):
        assert await press(rosa, BLOCKS[3], consequences_note=note) == 303
    (mail,) = await asked(desk)
    assert seat.member is not None
    assert mail.member_id == seat.member.id
    (text,) = await leave(desk)
    assert text.startswith("[FYI] IR-26-7KQ4MX - an assessment waits for your signature\n")
    assert f"{BASE}/assessment" in text
    assert "Somebody has checked every block" in text
    assert [word for word in SECRETS if word in text] == []
    await press(seat, "assessment-decision", **NOTIFY)
    for note in ("It was sent on", "Twice"):
        assert await press(rosa, "happened", happened_note=note) == 303
    assert len(await asked(desk)) == 2
    assert "Facts were saved after the decision" in (await leave(desk))[0]


async def test_what_was_signed_before_the_mail_left_is_not_asked_for(
    desk: Desk, seat: Seat, sit: Sit, incident_id: UUID
) -> None:
    await check_all(await sit(Role.RESPONDER))
    await press(seat, "assessment-decision", **NOTIFY)
    assert await leave(desk) == []
    (mail,) = await asked(desk)
    assert (mail.state, mail.outcome) == (MailState.SKIPPED, "not_needed")


async def test_whoever_made_it_ready_and_may_sign_it_is_not_asked(desk: Desk, seat: Seat, incident_id: UUID) -> None:
    await check_all(seat)
    assert await asked(desk) == []


@pytest.mark.parametrize("restricted", [False, True])
async def test_the_post_is_asked_and_only_of_what_it_may_see(
    desk: Desk, seat: Seat, sit: Sit, incident_id: UUID, *, restricted: bool
) -> None:
    olga = await stored(desk, people.member(Role.DPO, now=clock.now(), name="Olga Officer"))
    rosa = await sit(Role.RESPONDER)
    assert seat.member is not None
    assert rosa.member is not None
    async with desk.database.write() as session:
        session.add(PostHolder(post=Post.DPO, member_id=olga.id))
        (await session.get_one(Incident, incident_id)).restricted = restricted
        about = {"incident_id": incident_id}
        session.add_all([IncidentMember(**about, member_id=one.id) for one in (rosa.member, seat.member)])
    await check_all(rosa)
    assert [mail.member_id for mail in await asked(desk)] == [seat.member.id if restricted else olga.id]


async def test_whoever_may_not_see_it_any_more_when_the_mail_leaves_gets_none(
    desk: Desk, seat: Seat, sit: Sit, dpo: Member, incident_id: UUID
) -> None:
    await check_all(await sit(Role.RESPONDER))
    async with desk.database.write() as session:
        (await session.get_one(Member, dpo.id)).role = Role.READER
    assert await leave(desk) == []
    assert [mail.state for mail in await asked(desk)] == [MailState.SKIPPED]


async def test_a_draft_that_lacks_nothing_asks_for_the_signature(
    desk: Desk, seat: Seat, sit: Sit, incident_id: UUID, now: datetime
) -> None:
    await fix_awareness(seat, now - timedelta(hours=5))
    ada = Drafting(await sit(Role.ADMINISTRATOR))
    await ada.finish()
    assert len(await asked(desk)) == 1
    assert (await ada.fill("happened", what_happened="Other words about the salary.")).status_code == 303
    assert len(await asked(desk)) == 1
    (text,) = await leave(desk)
    assert text.startswith("[FYI] IR-26-7KQ4MX - a notification waits for your signature\n")
    assert f"{BASE}/notification" in text
    assert [word for word in SECRETS if word in text] == []
