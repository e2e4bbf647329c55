"""What stands on top of every staff page until somebody mends it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from incidentdesk.escalation.banners import Banner, banners
from incidentdesk.mail.smtp import Outcome
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import SecondChannel, Settings
from incidentdesk.tables import Clock, MailState, Member, OutboxMail, PostHolder
from tests.hands import take_hands
from tests.mail.scene import MINUTE, NOW, Scene, add_incident
from tests.people import Sit


@pytest.fixture
def relay(settings: Settings) -> Settings:
    return replace(settings, smtp_host="relay.example.org", mail_from="desk@example.org")


async def shown(scene: Scene, settings: Settings, *, now: datetime = NOW, language: str = "en") -> list[Banner]:
    me = scene.rosa
    me.language = language
    async with scene.desk.database.read() as session:
        return await banners(session, settings, me=me, now=now)


async def texts(scene: Scene, settings: Settings, *, now: datetime = NOW) -> list[str]:
    return [banner.text for banner in await shown(scene, settings, now=now)]


async def add_mail(scene: Scene, number: int = 1, **values: Any) -> None:
    mail = OutboxMail(
        dedupe=f"mail:{number}",
        letter="test",
        created_at=NOW,
        due_at=NOW,
        give_up_at=NOW + timedelta(days=1),
        message_id=f"{number}",
        **{"member_id": scene.rosa.id, **values},
    )
    async with scene.desk.database.write() as session:
        session.add(mail)


async def test_where_all_is_well_nothing_is_said(scene: Scene, relay: Settings) -> None:
    await add_mail(scene)
    assert await texts(scene, relay, now=NOW + 3 * MINUTE) == []


@pytest.mark.parametrize("seconds, said", [(59, False), (61, True)])
async def test_a_worker_that_gave_no_sign_of_life_for_a_minute_is_missed(
    scene: Scene, relay: Settings, monkeypatch: pytest.MonkeyPatch, seconds: int, *, said: bool
) -> None:
    await take_hands(monkeypatch).last_beat(scene.desk, timedelta(seconds=seconds))
    await add_mail(scene)
    words = (
        "Alerts may not leave: the worker does not run. "
        "Ask whoever keeps the server to start it, and until then tell people by phone."
    )
    # Of the mail that nobody picks up nothing more is said: it is the same.
    found = await shown(scene, relay, now=NOW + 4 * MINUTE if said else NOW)
    assert found == ([Banner("bad", words, "/desk/mail")] if said else [])


async def test_without_a_relay_it_says_how_many_mails_wait(scene: Scene, settings: Settings) -> None:
    nobody = "No mail server is set up: nobody is alerted by mail."
    assert await texts(scene, settings) == [nobody]
    await add_mail(scene, 1)
    assert await texts(scene, settings) == [f"{nobody} 1 mail waits here; nothing is lost."]
    await add_mail(scene, 2)
    (banner,) = await shown(scene, settings, language="nl")
    assert (banner.kind, banner.href) == ("bad", "/desk/mail")
    assert banner.text.startswith("Er is geen mailserver ingesteld")
    assert "2 " in banner.text


async def test_a_mail_that_nobody_picks_up_tells_that_no_worker_runs(scene: Scene, relay: Settings) -> None:
    await add_mail(scene)
    late = NOW + 3 * MINUTE + timedelta(seconds=1)
    (banner,) = await shown(scene, relay, now=late)
    assert banner == Banner("bad", "Mails are not being sent: the worker does not seem to run.", "/desk/mail")


async def test_a_mail_in_a_workers_hands_tells_nothing(scene: Scene, relay: Settings) -> None:
    await add_mail(scene, lease=uuid4())
    assert await texts(scene, relay, now=NOW + 10 * MINUTE) == []


async def test_a_worker_that_died_with_the_only_mail_in_its_hands_is_missed(scene: Scene, relay: Settings) -> None:
    await add_mail(scene, lease=uuid4(), lease_until=NOW + 2 * MINUTE)
    assert await texts(scene, relay, now=NOW + 5 * MINUTE) == []
    assert len(await texts(scene, relay, now=NOW + 6 * MINUTE)) == 1


async def test_a_clock_that_nobody_looks_at_tells_that_no_worker_runs(scene: Scene, relay: Settings) -> None:
    await add_incident(scene.desk)
    assert await texts(scene, relay, now=NOW + 3 * MINUTE) == []
    (text,) = await texts(scene, relay, now=NOW + 4 * MINUTE)
    assert text.endswith("the worker does not seem to run.")


@pytest.mark.parametrize(
    "tried, said",
    [
        ({"attempts": 2, "outcome": Outcome.RETRY}, False),
        ({"attempts": 3, "outcome": Outcome.RETRY}, True),
        ({"attempts": 1, "outcome": Outcome.CONFIGURATION}, True),
        ({"attempts": 3, "outcome": Outcome.RETRY, "state": MailState.SENT}, False),
    ],
)
async def test_what_the_relay_keeps_answering_is_shown(
    scene: Scene, relay: Settings, tried: dict[str, Any], *, said: bool
) -> None:
    await add_mail(scene, answer="454 <b>try</b> later", **tried)
    expected = ["The mail server does not take our mails: 454 &lt;b&gt;try&lt;/b&gt; later"] if said else []
    assert await texts(scene, relay) == expected


async def test_people_whose_mail_was_refused_are_named_while_they_have_access(scene: Scene, relay: Settings) -> None:
    gone = {"mail_refused_at": NOW, "disabled_at": NOW}
    for person, values in ((scene.rosa, {"mail_refused_at": NOW}), (scene.bodil, {"mail_refused_at": NOW})):
        await change(scene, person, **values)
    (banner,) = await shown(scene, relay)
    assert banner.text.endswith(": Bodil Upp, Rosa Ponder")
    assert (banner.kind, banner.href) == ("bad", "/desk/people")
    for person in (scene.rosa, scene.bodil):
        await change(scene, person, **gone)
    assert not any("was refused" in text for text in await texts(scene, relay))


async def change(scene: Scene, person: Member, **values: Any) -> None:
    async with scene.desk.database.write() as session:
        await session.execute(update(Member).where(Member.id == person.id).values(**values))


async def test_posts_with_nobody_on_them_are_named(scene: Scene, relay: Settings) -> None:
    async with scene.desk.database.write() as session:
        for row in await session.scalars(select(PostHolder)):
            await session.delete(row)
    (banner,) = await shown(scene, relay)
    assert (banner.kind, banner.href) == ("warn", "/desk/escalation")
    assert "Nobody stands on this post" in banner.text
    for post in ("on call", "back-up", "data protection officer"):
        assert post in banner.text.lower()


async def test_mails_to_the_staff_are_counted_for_a_week_after_they_were_given_up(
    scene: Scene, relay: Settings
) -> None:
    for number in range(2):
        await add_mail(scene, number, state=MailState.DEAD, settled_at=NOW + number * MINUTE)
    counted = "could not be delivered in the last seven days."
    both = Banner("warn", f"2 mails to the staff {counted}", "/desk/mail?state=dead")
    week = timedelta(days=7)
    assert await shown(scene, relay, now=NOW + MINUTE) == [both]
    assert await texts(scene, relay, now=NOW + week) == [f"1 mail to the staff {counted}"]
    assert await texts(scene, relay, now=NOW + week + MINUTE) == []


async def test_a_mail_that_a_worker_gave_up_after_a_long_sleep_is_counted(scene: Scene, relay: Settings) -> None:
    late = NOW + timedelta(days=30)
    await add_mail(scene, state=MailState.DEAD, settled_at=late)
    assert len(await texts(scene, relay, now=late + MINUTE)) == 1


async def test_a_reporters_mistyped_address_alarms_nobody(scene: Scene, relay: Settings) -> None:
    await add_mail(scene, state=MailState.DEAD, settled_at=NOW, member_id=None)
    assert await shown(scene, relay) == []


async def test_a_clock_that_cannot_be_looked_at_is_told(scene: Scene, relay: Settings) -> None:
    await add_incident(scene.desk)
    assert not any("cannot be looked at" in text for text in await texts(scene, relay))
    async with scene.desk.database.write() as session:
        await session.execute(update(Clock).values(failures=1))
    (banner,) = [one for one in await shown(scene, relay) if "cannot be looked at" in one.text]
    assert (banner.kind, banner.href) == ("bad", "/desk/escalation")
    async with scene.desk.database.write() as session:
        await session.execute(update(Clock).values(next_check_at=None))
    assert not any("cannot be looked at" in text for text in await texts(scene, relay))


@pytest.mark.parametrize("role", list(Role))
async def test_everybody_who_signed_in_sees_them_on_every_page_and_no_visitor_does(
    scene: Scene, sit: Sit, role: Role
) -> None:
    seat, visitor = await sit(role, name="Nora Other"), await sit()
    for path in ("/desk", "/desk/profile", "/desk/escalation"):
        assert "No mail server is set up" in (await seat.get(path)).text
        # They follow the page where it is asked for in another language.
        assert "Er is geen mailserver ingesteld" in (await seat.get(f"{path}?lang=nl")).text
    for path in ("/report", "/r", "/desk/sign-in"):
        assert "No mail server is set up" not in (await visitor.get(path)).text


async def test_administrators_are_told_calmly_of_a_single_way_out_until_there_is_another_or_nobody_wants_one(
    scene: Scene, relay: Settings
) -> None:
    async def told(who: Member, **given: Any) -> list[str]:
        async with scene.desk.database.read() as session:
            found = await banners(session, replace(relay, **given), me=who, now=NOW)
        return [banner.kind for banner in found if banner.text.startswith("Alerts have one way out")]

    assert await told(scene.ada) == ["info"]
    assert await told(scene.rosa) == []
    assert await told(scene.ada, smtp_host="", mail_from="") == []
    assert await told(scene.ada, smtp2_host="other.example.org") == []
    assert await told(scene.ada, alarm_webhook="https://hooks.example.org/") == []
    assert await told(scene.ada, second_channel=SecondChannel.UNWANTED) == []
