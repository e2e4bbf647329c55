"""The relay is away: alerts leave another way, each once, and come back when it does."""

import pytest

from incidentdesk import worker
from incidentdesk.mail.channels import KNOCK_WITHIN, SECOND_WITHIN, WEBHOOK_WITHIN
from incidentdesk.mail.claims import SEND_WITHIN
from incidentdesk.tables import MailState, Member
from tests.mail.relay import DROP
from tests.mail.scene import MINUTE, NOW, add_incident
from tests.mail.ways import SECOND, Ways, ids


async def test_one_attempt_holds_all_ways_one_after_the_other() -> None:
    assert KNOCK_WITHIN + SECOND_WITHIN + WEBHOOK_WITHIN <= SEND_WITHIN


async def test_an_alert_leaves_by_the_second_relay_as_soon_as_the_first_is_away_for_three_minutes(ways: Ways) -> None:
    await ways.put()
    for _ in range(3):
        await ways.deliver(minutes=1)
        assert ways.second.taken == []
    tried = await ways.only()
    assert tried.channel == "relay"
    # It waits for the first relay until then; its way is free now.
    assert tried.due_at > NOW + 3 * MINUTE
    ways.hands.now += 59 * SECOND
    await ways.deliver()
    assert ways.second.taken == []
    ways.hands.now += SECOND
    await ways.deliver()
    mail = await ways.only()
    assert (mail.state, mail.channel, mail.outcome) == (MailState.SENT, "second_relay", "sent")
    assert ids(ways.second.taken) == [mail.message_id] == [tried.message_id]


async def test_what_is_no_alert_waits_for_the_first_relay(ways: Ways) -> None:
    await ways.go_away()
    await ways.put("changed")
    assert await ways.deliver(minutes=1) == 1
    assert ways.second.taken == []
    assert (await ways.only()).state is MailState.WAITING


async def test_once_a_minute_a_mail_knocks_at_the_first_relay_until_it_is_let_in(ways: Ways) -> None:
    await ways.go_away()
    for number in range(3):
        await ways.put(number=number)
    assert await ways.deliver() == 3
    assert (len(ways.second.taken), ways.first.came_to["banner"].is_set()) == (3, False)
    await ways.put(number=3)
    await ways.put(number=4)
    assert await ways.deliver(minutes=1) == 2
    assert (len(ways.second.taken), ways.first.came_to["banner"].is_set()) == (5, True)
    ways.first.script = {}
    for number in (5, 6):
        await ways.put(number=number)
        await ways.deliver(minutes=1)
    assert (len(ways.second.taken), len(ways.first.taken)) == (5, 2)
    assert {mail.channel for mail in await ways.scene.mails(dedupe="test:6")} == {"relay"}


@pytest.mark.parametrize("script", [{"MAIL": "550 not from you"}, {"RCPT": "550 5.7.1 relaying denied"}], ids=str)
async def test_a_relay_that_does_not_let_us_in_is_as_good_as_away(ways: Ways, script: dict[str, str]) -> None:
    ways.first.script = script
    await ways.put()
    for _ in range(5):
        await ways.deliver(minutes=1)
    assert len(ways.second.taken) == 1


@pytest.mark.parametrize("script", [{"RCPT": "451 cannot look that up"}, {"body": "452 no room"}], ids=str)
async def test_an_alert_that_is_put_off_for_three_minutes_leaves_the_second_way_and_is_late_until_then(
    ways: Ways, script: dict[str, str]
) -> None:
    ways.first.script = ways.second.script = script
    await ways.put()
    await ways.put("changed")
    for minutes, said in ((2, []), (1, ["late"]), (1, ["late"])):
        await ways.deliver()
        ways.minutes, ways.hands.now = ways.minutes + minutes, ways.hands.now + minutes * MINUTE
        assert await ways.alarms() == said
    ways.second.script = {}
    await ways.deliver(minutes=5)
    assert [mail.channel for mail in await ways.scene.mails(state=MailState.SENT)] == ["second_relay"]
    assert await ways.alarms() == []


async def test_what_the_first_relay_may_have_is_repeated_as_ever_and_not_at_once(ways: Ways) -> None:
    await ways.go_away()
    ways.first.script = {"body": DROP}
    await ways.put()
    assert await ways.deliver(minutes=1) == 1
    mail = await ways.only()
    assert (mail.outcome, mail.maybe_duplicate, ways.second.taken) == ("unanswered", True, [])
    ways.first.script = {}
    await ways.deliver(minutes=1)
    assert ids(ways.first.taken) == [mail.message_id] * 2


async def test_what_the_second_relay_may_have_is_repeated_there_and_says_so(ways: Ways) -> None:
    await ways.go_away()
    ways.second.script = {"body": DROP}
    await ways.put()
    assert await ways.deliver() == 1
    assert (await ways.only()).maybe_duplicate
    ways.second.script = {}
    await ways.deliver(minutes=1)
    assert len(set(ids(ways.second.taken))) == 1
    assert (len(ways.second.taken), (await ways.only()).state) == (2, MailState.SENT)


async def test_a_mailbox_that_the_second_relay_refuses_is_not_given_up_and_the_next_person_is_told(ways: Ways) -> None:
    await add_incident(ways.scene.desk)
    await worker.sweep_clocks(ways.scene.desk, now=NOW + 15 * MINUTE)
    await ways.go_away()
    ways.second.script = {"RCPT": "550 no such person"}
    await ways.deliver(minutes=15)
    (mail,) = await ways.scene.mails(letter="act", member_id=ways.scene.rosa.id)
    assert (mail.state, mail.outcome) == (MailState.WAITING, "refused")
    assert "Bodil Upp" in await ways.scene.told("act")
    async with ways.scene.desk.database.read() as session:
        assert (await session.get_one(Member, ways.scene.rosa.id)).mail_refused_at is None


async def test_nothing_is_lost_and_nothing_doubled_while_the_way_changes_to_and_fro(ways: Ways) -> None:
    for number in range(24):
        ways.first.script = (
            {} if number % 8 > 5 else [{"banner": DROP}, {"MAIL": "451 later"}, {"EHLO": DROP}][number % 3]
        )
        ways.second.script = {"MAIL": "451 later"} if number % 5 == 0 else {}
        await ways.put(number=number)
        await ways.deliver(minutes=1)
    ways.first.script = ways.second.script = {}
    await ways.deliver(minutes=10)
    sent = await ways.scene.mails(state=MailState.SENT)
    assert len(sent) == 24
    assert {mail.channel for mail in sent} == {"relay", "second_relay"}
    assert sorted(ids([*ways.first.taken, *ways.second.taken])) == sorted(mail.message_id for mail in sent)


async def test_a_second_way_that_fails_too_is_told_until_it_works(ways: Ways) -> None:
    await ways.go_away()
    assert await ways.shown() == ["The mail server is away or does not let us in"]
    ways.second.script = {"banner": DROP}
    await ways.put()
    await ways.deliver()
    assert await ways.shown() == ["Alerts do not leave"]
    assert await ways.alarms() == ["relay", "channel"]
    ways.second.script = {}
    await ways.deliver(minutes=1)
    assert await ways.alarms() == []
