"""The mail of the day: one for each administrator, whoever works and however long nobody did."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import update

from incidentdesk import pulse, worker
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Incident, MailState, Member, OutboxMail
from incidentdesk.web.pages import Desk
from tests import people
from tests.mail.relay import relay
from tests.mail.scene import NOW, Scene, add_incident, set_scene, with_relay

# The scene is of the night before; the desk's zone is an hour ahead of UTC.
SIX = datetime(2026, 11, 24, 5, 59, tzinfo=UTC)
SEVEN = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
async def scene(desk: Desk) -> Scene:
    return await set_scene(with_mail(desk, "administrators"))


def with_mail(desk: Desk, to: str) -> Desk:
    return replace(desk, settings=replace(desk.settings, alive_mail=to))


async def keys(scene: Scene) -> list[str]:
    return [mail.dedupe for mail in await scene.mails(letter="alive")]


async def delivered(desk: Desk, now: datetime) -> list[EmailMessage]:
    async with relay() as running:
        while await worker.deliver_next(with_relay(desk, running.port), now=now):
            pass
    return [message_from_bytes(taken, policy=policy.default) for taken in running.taken]


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


async def test_it_is_written_from_seven_in_the_morning_on_once_for_each_administrator(scene: Scene) -> None:
    await pulse.say_alive(scene.desk, now=SIX)
    assert await keys(scene) == []
    for hours in (0, 0, 9):
        await pulse.say_alive(scene.desk, now=SEVEN + hours * HOUR)
    assert await keys(scene) == [f"alive:2026-11-24:{scene.ada.id}"]


async def test_many_workers_at_once_write_one(scene: Scene) -> None:
    await asyncio.gather(*(pulse.say_alive(scene.desk, now=SEVEN) for _ in range(8)))
    assert len(await keys(scene)) == 1


async def test_after_days_without_a_worker_there_is_one_of_today(scene: Scene) -> None:
    await pulse.say_alive(scene.desk, now=SEVEN)
    await pulse.say_alive(scene.desk, now=SEVEN + 4 * DAY + 3 * HOUR)
    assert [key[:16] for key in await keys(scene)] == ["alive:2026-11-24", "alive:2026-11-28"]
    # What waited for a relay all the time is not news any more.
    mails = await delivered(scene.desk, SEVEN + 4 * DAY + 3 * HOUR)
    assert len(mails) == 1
    assert [mail.state for mail in await scene.mails(letter="alive")] == [MailState.SKIPPED, MailState.SENT]


@pytest.mark.parametrize(
    "change", [datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2027, 10, 31, 1, tzinfo=UTC)], ids=str
)
async def test_around_a_change_of_the_clock_there_is_one_a_day(scene: Scene, change: datetime) -> None:
    for hours in range(-48, 48):
        await pulse.say_alive(scene.desk, now=change + hours * HOUR)
    days = Counter(key[:16] for key in await keys(scene))
    assert set(days.values()) == {1}
    assert len(days) == 4


async def test_who_came_in_this_morning_reads_the_first_tomorrow_and_who_left_none(scene: Scene) -> None:
    late = people.member(Role.ADMINISTRATOR, now=SEVEN + HOUR, name="Lata Comer")
    async with scene.desk.database.write() as session:
        session.add(late)
        await session.execute(update(Member).where(Member.id == scene.ada.id).values(disabled_at=NOW))
    for days in (0, 1):
        await pulse.say_alive(scene.desk, now=SEVEN + days * DAY + 2 * HOUR)
    assert await keys(scene) == [f"alive:2026-11-25:{late.id}"]


async def test_nobody_reads_it_where_nobody_wants_it(scene: Scene) -> None:
    await pulse.say_alive(with_mail(scene.desk, "nobody"), now=SEVEN)
    assert await keys(scene) == []


async def test_it_says_what_is_open_what_is_next_and_what_holds_the_evidence(scene: Scene) -> None:
    old, new = [await add_incident(scene.desk, now=NOW + day * DAY, number=day + 1) for day in range(2)]
    await pulse.say_alive(scene.desk, now=SEVEN)
    async with scene.desk.database.write() as session:
        await session.execute(update(Incident).where(Incident.id == new.id).values(next_due_at=SEVEN + 5 * HOUR))
    (mail,) = await delivered(scene.desk, SEVEN)
    assert mail["To"] == scene.ada.email
    assert mail["Subject"] == "[Acme] The desk works, and something needs a look. Open: 2 – 1 of them late"
    for kind in ("plain", "html"):
        said = " ".join(text_of(mail, kind).split())
        assert f"Oldest: {old.reference}, Mon 23 Nov 2026 04:00 CET" in said
        assert f"Next deadline: {new.reference}, Tue 24 Nov 2026 12:00 CET" in said
        assert "Mail: none waits, none was given up." in said
        assert "LOOK: there is no backup that can be opened." in said
        assert "No checkpoint yet" in said
        assert "secret" not in said


@pytest.mark.parametrize(
    "hours, said", [(30, "Last backup: Mon 23 Nov 2026 01:00 CET"), (49, "LOOK: the last backup is of")]
)
async def test_it_says_when_the_last_backup_was_made(scene: Scene, hours: int, said: str) -> None:
    folder = scene.desk.settings.keys_dir / "backups"
    folder.mkdir(mode=0o700)
    made_at = SEVEN - hours * HOUR
    for at in (made_at - 5 * DAY, made_at):
        (folder / f"incidentdesk-{at:%Y%m%dT%H%M%SZ}.key").write_bytes(bytes(32))
    await pulse.say_alive(scene.desk, now=SEVEN)
    (mail,) = await delivered(scene.desk, SEVEN)
    assert said in text_of(mail)
    assert mail["Subject"].startswith("[Acme] The desk works. " if hours < 48 else "[Acme] The desk works, and")


async def test_it_counts_mails_that_wait_or_were_given_up_and_not_itself(scene: Scene) -> None:
    moments = {"created_at": NOW, "give_up_at": NOW + 3 * DAY, "letter": "test", "member_id": scene.rosa.id}
    async with scene.desk.database.write() as session:
        session.add(OutboxMail(dedupe="1", message_id="1", due_at=NOW, lease_until=SEVEN + DAY, **moments))
        given_up = {"state": MailState.DEAD, "settled_at": SEVEN - DAY}
        session.add(OutboxMail(dedupe="2", message_id="2", due_at=NOW, **given_up, **moments))
    await pulse.say_alive(scene.desk, now=SEVEN)
    (mail,) = await delivered(scene.desk, SEVEN)
    said = " ".join(text_of(mail).split())
    assert "mails that wait for more than five minutes: 1." in said
    assert "mails to the staff given up in seven days: 1." in said


async def test_it_counts_a_mail_that_is_tried_again_and_again_for_as_long_as_that_goes_on(scene: Scene) -> None:
    tried = {"attempts": 9, "first_claimed_at": SEVEN - 2 * HOUR, "due_at": SEVEN + HOUR, "outcome": "retry"}
    moments = {"created_at": NOW, "give_up_at": NOW + 3 * DAY, "letter": "test", "member_id": scene.rosa.id}
    async with scene.desk.database.write() as session:
        session.add(OutboxMail(dedupe="1", message_id="1", **tried, **moments))
    await pulse.say_alive(scene.desk, now=SEVEN)
    (mail,) = await delivered(scene.desk, SEVEN)
    assert "mails that wait for more than five minutes: 1." in " ".join(text_of(mail).split())


async def test_an_address_reads_it_in_the_desks_language_and_nothing_of_what_is_restricted(scene: Scene) -> None:
    incident = await add_incident(scene.desk)
    async with scene.desk.database.write() as session:
        await session.execute(update(Incident).values(restricted=True))
    desk = with_mail(scene.desk, "watch@example.org")
    desk = replace(desk, settings=replace(desk.settings, language="nl"))
    await pulse.say_alive(desk, now=SEVEN)
    assert await keys(scene) == ["alive:2026-11-24"]
    (mail,) = await delivered(desk, SEVEN)
    assert (mail["To"], mail["Subject"][:23]) == ("watch@example.org", "[Acme] Het meldpunt wer")
    assert "Open: 0" in text_of(mail)
    assert incident.reference not in mail.as_string()
    assert "http://desk.test/desk" in text_of(mail).split()
