"""What people and a watchdog are told when the clock jumped, and an administrator's word that it is right."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from incidentdesk import clock
from incidentdesk.escalation.banners import banners
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import ClockJump, HistoryEntry, Incident
from incidentdesk.web.pages import Desk
from tests.mail.scene import Scene, add_incident, set_scene
from tests.opened import opened
from tests.people import Sit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SAID = "The clock of this desk jumped, and deadlines and alerts go by it: look whether it is right."
QUIET = "Nothing is amiss: it goes as time goes."


@pytest.fixture
async def scene(desk: Desk) -> Scene:
    return await set_scene(desk)


async def jump(desk: Desk, seconds: int, *, at: datetime, number: int = 1, watched: bool = True) -> None:
    async with desk.database.write() as session:
        session.add(ClockJump(number=number, noticed_at=at, seconds=seconds, watched=watched))


async def is_banner(scene: Scene, now: datetime) -> bool:
    async with scene.desk.database.read() as session:
        found = await banners(session, scene.desk.settings, me=scene.rosa, now=now)
    return ("bad", SAID, "/desk/clock") in [(one.kind, one.text, one.href) for one in found]


@pytest.mark.parametrize("seconds, until", [(-7200, DAY), (259_200, 300 * DAY)])
async def test_a_banner_stays_for_a_day_or_until_somebody_vouches(scene: Scene, seconds: int, until: timedelta) -> None:
    now = clock.now()
    await jump(scene.desk, seconds, at=now)
    assert await is_banner(scene, now)
    assert await is_banner(scene, now + until - HOUR)
    assert await is_banner(scene, now + 301 * DAY) is (seconds > 0)


async def test_a_long_silence_is_no_banner(scene: Scene) -> None:
    now = clock.now()
    await jump(scene.desk, 259_200, at=now, watched=False)
    assert not await is_banner(scene, now)


@pytest.mark.parametrize(
    "ago, answer", [(timedelta(minutes=59), "clock\n"), (timedelta(minutes=61), "ok\n"), (-3 * DAY, "ok\n")], ids=str
)
async def test_a_watchdog_is_told_for_an_hour(desk: Desk, sit: Sit, ago: timedelta, answer: str) -> None:
    await jump(desk, 259_200, at=clock.now() - ago)
    told = await (await sit()).get("/health/escalations")
    assert (told.status_code, told.text) == (200 if answer == "ok\n" else 503, answer)


async def test_an_administrator_vouches_with_a_reason_and_once(scene: Scene, sit: Sit) -> None:
    ada, now = await sit(scene.ada), clock.now()
    await jump(scene.desk, 259_200, at=now, number=1)
    await jump(scene.desk, -35, at=now, number=2)
    page = (await ada.get("/desk/clock")).text
    assert SAID in page
    assert "Ahead by 3 d 0 h" in page
    assert "Back by 35 seconds" in page
    for words, told in (("", "Say how you know"), ("x" * 501, "Use at most 500 characters")):
        answer = await ada.post("/desk/clock/confirmation", reason=words)
        assert answer.status_code == 422
        assert told in answer.text
    answers = [await ada.post("/desk/clock/confirmation", reason="I called the exact time") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 409]
    assert QUIET in (await ada.get("/desk/clock")).text
    assert (await ada.get("/health/escalations")).text == "ok\n"
    async with scene.desk.database.read() as session:
        (entry,) = await opened(session, select(HistoryEntry).where(HistoryEntry.action == "clock.confirmed"))
    assert (entry.actor, entry.after["reason"]) == (f"member:{scene.ada.id}", "I called the exact time")


async def test_everybody_reads_it_and_only_an_administrator_vouches(scene: Scene, sit: Sit) -> None:
    await jump(scene.desk, 259_200, at=clock.now())
    reader = await sit(Role.READER)
    page = (await reader.get("/desk/clock")).text
    assert SAID in page
    assert "/desk/clock/confirmation" not in page
    assert (await reader.post("/desk/clock/confirmation", reason="Trust me")).status_code == 403


async def test_what_came_in_while_it_was_ahead_is_named_to_whoever_may_see_it(scene: Scene, sit: Sit) -> None:
    await add_incident(scene.desk, now=clock.now() + 3 * DAY)
    page = (await (await sit(scene.dipo)).get("/desk/clock")).text
    assert '<a href="/desk/incidents/IR-26-000001/clock">IR-26-000001</a>' in page
    assert QUIET in page
    async with scene.desk.database.write() as session:
        await session.execute(update(Incident).values(restricted=True))
    assert "IR-26-000001" not in (await (await sit(Role.READER)).get("/desk/clock")).text
