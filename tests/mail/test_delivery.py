"""From the outbox to the relay and back: nothing is lost, nothing goes out twice on purpose."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import Message

import aiosmtplib
import pytest
from sqlalchemy import update

from incidentdesk import worker
from incidentdesk.mail import claims, content, letters, outbox, smtp
from incidentdesk.mail.claims import LEASE, SEND_WITHIN
from incidentdesk.mail.smtp import Outcome, Result
from incidentdesk.tables import MailState, Member, OutboxMail
from incidentdesk.web.pages import Desk
from tests.mail.relay import DROP, Relay, relay
from tests.mail.scene import MINUTE, NOW, Scene, add_incident, with_relay
from tests.patience import WITHIN


async def put_test(scene: Scene, *, number: int = 1, who: Member | None = None, now: datetime = NOW) -> None:
    member_id = (who or scene.rosa).id
    async with scene.desk.database.write() as session:
        await outbox.put(session, letter="test", dedupe=f"test:{number}", now=now, member_id=member_id)


async def deliver(scene: Scene, running: Relay, *, now: datetime = NOW) -> bool:
    return await worker.deliver_next(with_relay(scene.desk, running.port), now=now)


async def only(scene: Scene) -> OutboxMail:
    (mail,) = await scene.mails()
    return mail


async def test_a_sent_mail_keeps_the_relays_words(scene: Scene) -> None:
    await put_test(scene)
    async with relay() as running:
        assert await deliver(scene, running)
        assert not await deliver(scene, running)
    mail = await only(scene)
    assert (mail.state, mail.outcome, mail.answer) == (MailState.SENT, "sent", "250 taken as 42")
    assert (mail.settled_at, mail.lease) == (NOW, None)


async def test_the_whole_attempt_fits_twice_into_the_lease() -> None:
    assert SEND_WITHIN <= LEASE / 2


async def test_without_a_relay_mails_wait(scene: Scene) -> None:
    await put_test(scene)
    assert not await worker.deliver_next(scene.desk, now=NOW)
    assert (await only(scene)).state is MailState.WAITING


async def test_a_mail_that_failed_is_tried_again_later(scene: Scene) -> None:
    await put_test(scene)
    async with relay(RCPT="450 greylisted") as running:
        await deliver(scene, running)
        assert not await deliver(scene, running, now=NOW + timedelta(seconds=10))
    waiting = await only(scene)
    assert (waiting.state, waiting.outcome, waiting.answer) == (MailState.WAITING, "retry", "recipient: 450 greylisted")
    assert timedelta(seconds=12) <= waiting.due_at - NOW <= timedelta(seconds=18)
    async with relay() as running:
        assert await deliver(scene, running, now=waiting.due_at)
    assert (await only(scene)).state is MailState.SENT


async def test_a_mail_is_given_up_in_the_end_and_says_so(scene: Scene) -> None:
    await put_test(scene)
    async with relay(MAIL="451 later") as running:
        await deliver(scene, running)
        await deliver(scene, running, now=NOW + outbox.GIVE_UP_AFTER)
    mail = await only(scene)
    assert (mail.state, mail.outcome, mail.answer) == (MailState.DEAD, "gave_up", "sender: 451 later")


async def test_silence_after_the_message_repeats_it_under_the_same_id(scene: Scene) -> None:
    await put_test(scene)
    async with relay(body=DROP) as unanswering:
        await deliver(scene, unanswering)
    assert (await only(scene)).maybe_duplicate
    async with relay() as running:
        await deliver(scene, running, now=NOW + MINUTE)
    first, second = (parsed(taken) for taken in (*unanswering.taken, *running.taken))
    assert first["Message-ID"] == second["Message-ID"]
    assert "may be a repeat" not in first.as_string()
    assert "may be a repeat" in second.as_string()


async def test_a_holder_that_dies_is_followed_by_another_after_the_lease(scene: Scene) -> None:
    await put_test(scene)
    async with scene.desk.database.write() as session:
        held = await claims.claim(session, domain="example.org", now=NOW)
    assert held is not None
    async with relay() as running:
        assert not await deliver(scene, running, now=NOW + LEASE)
        assert await deliver(scene, running, now=NOW + LEASE + timedelta(seconds=1))
    mail = await only(scene)
    assert (mail.state, mail.message_id, mail.maybe_duplicate) == (MailState.SENT, held.message_id, True)
    assert mail.message_id == f"<{mail.id.hex}@example.org>"
    # The first holder wakes up: the fence keeps it from writing over what happened since.
    async with scene.desk.database.write() as session:
        late = Result(Outcome.RETRY, "late")
        assert not await claims.settle(session, held, late, now=NOW + 2 * LEASE)
    assert (await only(scene)).outcome == "sent"


async def test_two_workers_never_send_a_mail_twice(scene: Scene) -> None:
    for number in range(20):
        await put_test(scene, number=number)

    async def drain(desk: Desk) -> None:
        while await worker.deliver_next(desk, now=NOW):
            pass

    async with relay() as running:
        desk = with_relay(scene.desk, running.port)
        await asyncio.gather(*[drain(desk) for _ in range(4)])
    ids = Counter(parsed(taken)["Message-ID"] for taken in running.taken)
    assert (len(ids), set(ids.values())) == (20, {1})


async def test_a_refused_mailbox_hands_the_alert_to_the_next_person_now(scene: Scene) -> None:
    await add_incident(scene.desk)
    await worker.sweep_clocks(scene.desk, now=NOW + 15 * MINUTE)
    async with relay(RCPT="550 no such person") as running:
        await deliver(scene, running, now=NOW + 15 * MINUTE)
    assert await scene.told("act", MailState.DEAD) == ["Rosa Ponder"]
    assert await scene.told("act") == ["Bodil Upp"]
    async with scene.desk.database.read() as session:
        assert (await session.get_one(Member, scene.rosa.id)).mail_refused_at == NOW + 15 * MINUTE


async def test_a_mail_that_arrives_clears_the_mark(scene: Scene) -> None:
    async with scene.desk.database.write() as session:
        await session.execute(update(Member).values(mail_refused_at=NOW))
    await put_test(scene)
    async with relay() as running:
        await deliver(scene, running)
    async with scene.desk.database.read() as session:
        assert (await session.get_one(Member, scene.rosa.id)).mail_refused_at is None


async def test_refused_content_is_tried_once_more_plainly_then_the_next_person_is_told(scene: Scene) -> None:
    await add_incident(scene.desk)
    now = NOW + 15 * MINUTE
    await worker.sweep_clocks(scene.desk, now=now)
    async with relay(body="554 looks like spam") as running:
        await deliver(scene, running, now=now)
        assert await scene.told("act") == ["Rosa Ponder"]
        await deliver(scene, running, now=now + MINUTE)
    rich, plain = (parsed(taken) for taken in running.taken)
    assert (rich.is_multipart(), plain.is_multipart()) == (True, False)
    assert plain["Subject"] == "IR-26-000001 needs you"
    assert await scene.told("act") == ["Bodil Upp"]


async def test_a_letter_that_cannot_be_written_goes_out_plainly(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> bytes:
        raise ValueError

    monkeypatch.setattr(letters, "write", broken)
    await put_test(scene)
    async with relay() as running:
        await deliver(scene, running)
    assert parsed(running.taken[0])["Subject"] == "The desk needs you"


async def test_a_mail_that_raises_waits_while_others_go_on(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    await put_test(scene, number=1, who=scene.ada)
    await put_test(scene, number=2, now=NOW + MINUTE)
    usual = content.find_addressee

    async def broken(*arguments: object) -> object:
        if arguments[1].member_id == scene.ada.id:  # type: ignore[attr-defined]  # the mail
            raise KeyError
        return await usual(*arguments)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(content, "find_addressee", broken)
    async with relay() as running:
        assert [await deliver(scene, running, now=NOW + MINUTE) for _ in range(3)] == [True, True, False]
    assert [(mail.state.value, mail.answer) for mail in await scene.mails()] == [
        ("waiting", "KeyError"),
        ("sent", "250 taken as 42"),
    ]


async def out_of_memory(*_: object) -> None:
    raise MemoryError


async def test_a_fault_behind_the_relays_yes_makes_no_copy(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiosmtplib.SMTP, "quit", out_of_memory)
    await put_test(scene)
    async with relay() as running:
        assert await deliver(scene, running)
    assert (await only(scene)).state is MailState.SENT


async def test_a_fault_while_the_relay_may_have_the_mail_marks_the_next_one(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "_LINE_START_DOT", None)
    await put_test(scene)
    async with relay() as running:
        assert await deliver(scene, running)
    mail = await only(scene)
    assert (mail.state, mail.outcome, mail.maybe_duplicate) == (MailState.WAITING, "unanswered", True)
    assert mail.answer == "body: AttributeError"


async def test_who_has_left_gets_nothing_and_the_alert_goes_on(scene: Scene) -> None:
    await add_incident(scene.desk)
    now = NOW + 15 * MINUTE
    await worker.sweep_clocks(scene.desk, now=now)
    async with scene.desk.database.write() as session:
        await session.execute(update(Member).where(Member.id == scene.rosa.id).values(disabled_at=now))
    async with relay() as running:
        await deliver(scene, running, now=now)
    assert running.taken == []
    assert await scene.told("act") == ["Bodil Upp"]
    (left,) = await scene.mails(state=MailState.SKIPPED)
    assert (left.attempts, left.first_claimed_at) == (0, now)


async def test_the_worker_stops_when_told(scene: Scene) -> None:
    stop = asyncio.Event()
    await put_test(scene)
    async with relay() as running:
        working = asyncio.create_task(worker.run(with_relay(scene.desk, running.port), stop))
        await asyncio.wait_for(running.got_one.wait(), WITHIN)
        stop.set()
        await asyncio.wait_for(working, WITHIN)
    # The mail in hand was finished first.
    assert (await only(scene)).state is MailState.SENT


async def test_the_worker_survives_a_database_that_is_away(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "REST_SECONDS", 0.01)
    stop, calls = asyncio.Event(), []

    async def away(desk: Desk, *, now: datetime) -> bool:
        calls.append(now)
        if len(calls) > 2:
            stop.set()
        raise ConnectionError

    monkeypatch.setattr(worker, "sweep_clocks", away)
    await asyncio.wait_for(worker.run(replace(scene.desk), stop), WITHIN)
    assert len(calls) == 3


async def test_the_worker_gives_up_a_pass_that_hangs(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # One pass alone: the other loops of a worker would be cut off in what they do as well.
    monkeypatch.setattr(worker, "PASS_SECONDS", 0.05)

    async def hanging(desk: Desk, *, now: datetime) -> bool:
        return await asyncio.Event().wait()

    assert await asyncio.wait_for(worker.attempt(scene.desk, hanging), WITHIN) is False
    assert [record.getMessage() for record in caplog.records] == ["hanging failed: TimeoutError"]


def parsed(taken: bytes) -> Message:
    return message_from_bytes(taken, policy=policy.default)
