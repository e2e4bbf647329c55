"""The relay is away and there is no second one: an address is told that somebody is needed, and nothing else."""

import logging
from collections.abc import AsyncIterator

import msgspec
import pytest
from litestar import Litestar

from incidentdesk import worker
from incidentdesk.mail import outbox
from incidentdesk.tables import IncidentMember, MailState
from tests.mail.scene import MINUTE, NOW, add_incident
from tests.mail.ways import Ways
from tests.outside import SECRET, Outside, outside
from tests.people import Sit


@pytest.fixture
async def hook(ways: Ways) -> AsyncIterator[Outside]:
    """An address for alarms, and no second relay."""
    async with outside() as opened:
        ways.webhook, ways.has_second = opened.address, False
        yield opened


async def test_an_address_is_told_which_step_of_which_incident_until_when_and_no_word_more(
    ways: Ways, hook: Outside
) -> None:
    incident = await add_incident(ways.scene.desk)
    await worker.sweep_clocks(ways.scene.desk, now=NOW + 15 * MINUTE)
    await ways.go_away()
    await ways.deliver(minutes=15)
    [(method, path, body)] = hook.asked
    (mail,) = await ways.scene.mails(letter="act")
    assert (method, path) == ("POST", f"/{SECRET}")
    assert msgspec.json.decode(body) == {
        "id": str(mail.notice_id),
        "letter": "act",
        "reference": incident.reference,
        "step": "not_taken_1",
        "due": "2026-11-23T07:00:00Z",
        "text": f"{incident.reference} needs you: act",
    }
    assert (mail.state, mail.channel, mail.webhook_at) == (MailState.WAITING, "webhook", NOW + 15 * MINUTE)
    # The mail still waits for its relay.
    ways.first.script = {}
    await ways.deliver(minutes=10)
    assert (len(ways.first.taken), len(hook.asked)) == (1, 1)


async def test_an_address_is_not_told_that_somebody_is_needed_when_nobody_is_any_more(
    ways: Ways, hook: Outside
) -> None:
    await ways.go_away()
    await ways.put("stand_down")
    await ways.deliver()
    [(_, _, body)] = hook.asked
    assert msgspec.json.decode(body)["text"] == "The incident desk needs nobody any more: stand_down"


async def test_an_address_is_told_once_for_all_who_get_the_letter(ways: Ways, hook: Outside) -> None:
    await ways.go_away()
    for number, who in enumerate((ways.scene.rosa, ways.scene.bodil, ways.scene.ada)):
        await ways.put(who=who, number=number)
    await ways.deliver()
    assert len(hook.asked) == 1
    assert all(mail.webhook_at for mail in await ways.scene.mails())
    assert await ways.alarms() == ["relay"]


async def test_an_address_that_was_told_of_a_report_is_told_of_the_next_one_within_ten_minutes(
    ways: Ways, hook: Outside
) -> None:
    await ways.go_away()
    for minute, asked in ((0, 1), (1, 1), (10, 2)):
        if minute < 10:
            incident = await add_incident(ways.scene.desk, severity=2, number=minute)
            async with ways.scene.desk.database.write() as session:
                await outbox.announce_report(session, incident, now=NOW + minute * MINUTE)
        for _ in range(minute - ways.minutes):
            await ways.deliver(minutes=1)
        await ways.deliver()
        assert len(hook.asked) == asked
    ways.first.script = {}
    await ways.deliver(minutes=1)
    assert len(ways.first.taken) == 2


async def test_of_what_came_in_while_an_address_was_told_it_is_told_anew(ways: Ways, hook: Outside) -> None:
    await ways.go_away()
    await add_incident(ways.scene.desk)
    for minute in (0, 1):
        about: outbox.About = {"member_id": ways.scene.rosa.id}
        async with ways.scene.desk.database.write() as session:
            await outbox.put(session, letter="new_reports", dedupe=f"{minute}", now=NOW + minute * MINUTE, **about)
    for asked in (1, 2):
        await ways.deliver()
        assert len(hook.asked) == asked
        await ways.deliver(minutes=1)


async def test_of_a_restricted_incident_an_address_learns_nothing(ways: Ways, hook: Outside) -> None:
    incident = await add_incident(ways.scene.desk)
    await worker.sweep_clocks(ways.scene.desk, now=NOW + 15 * MINUTE)
    async with ways.scene.desk.database.write() as session:
        (await session.merge(incident)).restricted = True
        session.add(IncidentMember(incident_id=incident.id, member_id=ways.scene.rosa.id))
    await ways.go_away()
    await ways.deliver(minutes=15)
    [(_, _, body)] = hook.asked
    told = msgspec.json.decode(body)
    assert (told["reference"], told["step"], told["due"]) == (None, None, None)
    assert told["text"] == "The incident desk needs you: act"


@pytest.mark.parametrize("status", ["302 Found", "307 Temporary Redirect", "404 Not Found", "500 Oh"])
async def test_an_address_that_does_not_take_it_is_told_again_later_and_named_nowhere(
    ways: Ways, hook: Outside, caplog: pytest.LogCaptureFixture, status: str
) -> None:
    hook.status = status
    await ways.go_away()
    await ways.put()
    with caplog.at_level(logging.WARNING):
        assert await ways.deliver() == 1
    # No redirect was followed.
    assert [path for _, path, _ in hook.asked] == [f"/{SECRET}"]
    mail = await ways.only()
    assert (mail.answer, mail.webhook_at) == (f"webhook: status {status[:3]}", None)
    assert f"the address for alarms did not take the word: status {status[:3]}" in caplog.text
    assert SECRET not in caplog.text
    hook.status = "204 No Content"
    await ways.deliver(minutes=1)
    assert (await ways.only()).webhook_at is not None


async def test_an_address_that_answers_nobody_leaves_no_trace_of_itself(
    ways: Ways, caplog: pytest.LogCaptureFixture
) -> None:
    ways.webhook, ways.has_second = f"http://127.0.0.1:1/{SECRET}", False
    await ways.go_away()
    await ways.put()
    await ways.deliver()
    assert (await ways.only()).answer == "webhook: ConnectError"
    assert SECRET not in caplog.text
    assert SECRET not in repr(ways.desk.settings)


async def test_where_both_relays_fail_the_address_is_told(ways: Ways, hook: Outside) -> None:
    ways.has_second, ways.second.script = True, {"banner": "421 full"}
    await ways.go_away()
    await ways.put()
    await ways.deliver()
    mail = await ways.only()
    assert (mail.channel, mail.answer) == ("second_relay", "connect: 421 full; webhook: taken")
    assert len(hook.asked) == 1
    ways.second.script = {}
    await ways.deliver(minutes=1)
    assert ((await ways.only()).state, len(ways.second.taken)) == (MailState.SENT, 1)


async def test_pages_say_which_way_a_mail_went_and_never_where_to(
    ways: Ways, hook: Outside, sit: Sit, app: Litestar
) -> None:
    incident = await add_incident(ways.scene.desk)
    await worker.sweep_clocks(ways.scene.desk, now=NOW + 15 * MINUTE)
    seat = await sit(ways.scene.ada)
    app.state.desk = ways.desk
    await ways.go_away()
    await ways.deliver(minutes=15)
    ways.has_second = True
    await ways.deliver(minutes=5)
    addresses = ("/desk/mail", f"/desk/incidents/{incident.reference}/escalations")
    pages = [(await seat.get(address)).text for address in addresses]
    for page in pages:
        assert "Through the second mail server" in page
        assert "The address for alarms was told" in page
        assert SECRET not in page
    sheet = (await seat.get(f"{addresses[1]}.csv")).text
    assert '"second_relay","2026-11-23T03:15:00Z"' in sheet
