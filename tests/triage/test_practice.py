"""A practice is like a real incident in everything but that all of it says so, and that nothing real counts it."""

import asyncio
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from html import unescape
from io import BytesIO
from typing import Any

import msgspec
import pytest
from pypdf import PdfReader
from sqlalchemy import select

from incidentdesk import clock, worker
from incidentdesk.escalation import settled
from incidentdesk.escalation.sweep import FEW
from incidentdesk.insight.queries import figures
from incidentdesk.mail import alive, channels, content, outbox
from incidentdesk.mail.addressee import Addressee
from incidentdesk.rules.lifecycle import Outcome, Status
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Incident, Notice, OutboxMail, Report
from incidentdesk.web.limits import count
from incidentdesk.web.pages import Desk
from tests.breach.notification.desk import fields_of
from tests.intake.visitor import send
from tests.mail.relay import Relay
from tests.mail.scene import Scene, set_scene, with_relay
from tests.people import Seat, Sit
from tests.staff.expected import RULES
from tests.triage.merged import at
from tests.triage.reports import Told, attach, done, file, fresh, rows, running
from tests.triage.test_access import choose

WORD = "PRACTICE"
VIEWS = ("needs_decision", "mine", "clock", "waiting", "open", "closed")


@pytest.fixture
async def scene(desk: Desk) -> Scene:
    return await set_scene(desk)


@pytest.fixture
async def seat(sit: Sit, scene: Scene) -> Seat:
    return await sit(scene.rosa)


async def start(seat: Seat, scenario: str = "ransom", **more: str) -> int:
    return (await seat.post("/desk/practices", scenario=scenario, sure="yes", **more)).status_code


async def the_one(desk: Desk) -> Incident:
    async with desk.database.read() as session:
        number = (await session.scalars(select(Incident.id).where(Incident.practice))).one()
    return await fresh(desk, await get(desk, number))


async def get(desk: Desk, number: Any) -> Incident:
    async with desk.database.read() as session:
        return await session.get_one(Incident, number)


async def test_it_has_the_clocks_of_a_real_one_and_nobody_reported_it(desk: Desk, seat: Seat) -> None:
    assert await start(seat) == 303
    incident = await the_one(desk)
    assert (incident.severity, incident.title.startswith(WORD)) == (1, True)
    assert await running(desk, incident) == {"first_look", "first_answer", "decision", "gdpr_33_1_sa"}
    (report,) = await rows(desk, Report, incident)
    assert report.identity == {}
    assert report.answers["what"].startswith(WORD)
    assert [entry.action for entry in await done(desk, incident)] == ["practice.started"]


async def test_every_mail_of_it_says_so_first_and_in_its_text(desk: Desk, seat: Seat, post: Relay) -> None:
    await start(seat)
    real = await file(desk, Told(severity=1), now=clock.now())
    mailing, now = with_relay(desk, post.port), clock.now()
    for minutes in (0, 16, 300):
        await work(mailing, now + timedelta(minutes=minutes))
    await seat.post(at(await the_one(desk), "practice/end"))
    await work(mailing, now + timedelta(minutes=301))
    others = {mail: texts for mail, texts in parsed(post).items() if real.reference in str(mail["Subject"])}
    assert others
    assert not [mail for mail, texts in others.items() if WORD in f"{mail['Subject']}{texts}"]
    practised = {mail: texts for mail, texts in parsed(post).items() if mail["X-Incident-Practice"]}
    assert len(practised) + len(others) == len(post.taken)
    assert {str(mail["Subject"]).split(" ")[0] for mail in practised} == {WORD}
    assert all(WORD in text for texts in practised.values() for text in texts)
    letters = {mail.letter for mail in await rows(desk, OutboxMail, await the_one(desk))}
    assert letters >= {"practice", "act", "stand_down"}


async def work(desk: Desk, now: datetime) -> None:
    await worker.sweep_clocks(desk, now=now)
    while await worker.deliver_next(desk, now=now):
        pass


def parsed(post: Relay) -> dict[Any, tuple[str, str]]:
    """Each mail with its text and its markup."""
    mails: list[Any] = [message_from_bytes(taken, policy=default) for taken in post.taken]
    return {mail: tuple(mail.get_body((kind,)).get_content() for kind in ("plain", "html")) for mail in mails}


async def test_in_dutch_the_word_is_dutch(desk: Desk, scene: Scene, seat: Seat) -> None:
    assert await start(seat, lang="nl") == 303
    assert (await the_one(desk)).title.startswith("OEFENING")
    del scene


@pytest.mark.either_database
async def test_every_page_about_it_says_so_and_no_page_about_a_real_one_does(
    desk: Desk, sit: Sit, scene: Scene, seat: Seat, now: datetime
) -> None:
    await start(seat)
    drill, real = await the_one(desk), await file(desk, now=now)
    admin = await sit(scene.ada)
    files = {one.reference: (await attach(seat, one, desk=desk)).id for one in (drill, real)}
    paths = [name.partition(" ")[2] for name, rule in RULES.items() if name.startswith("GET ") and "*" in rule.marks]
    for path in [*paths, "/desk/reach?incident={ref:str}"]:
        for one in (drill, real):
            known = path.replace("{ref:str}", one.reference).replace("{reference:str}", one.reference)
            answer = await admin.get(known.replace("{number:uuid}", str(files[one.reference])))
            if answer.headers["content-type"].startswith("text/html") and answer.status_code == 200:
                assert ('class="practice-band"' in answer.text) is one.practice, (known, one.practice)
                assert (f"<title>{WORD}" in answer.text) is one.practice, known
                assert ("desk practice" in answer.text) is one.practice, known


async def test_what_leaves_the_desk_on_paper_says_so_too(desk: Desk, sit: Sit, scene: Scene, seat: Seat) -> None:
    await start(seat)
    dipo, base = await sit(scene.dipo), at(await the_one(desk), "notification")
    sent = fields_of((await dipo.get(f"{base}/sections/happened")).text) | {"what_happened": "Nothing, we practise."}
    assert (await dipo.post(f"{base}/sections/happened", **sent)).status_code == 303
    told, pdf = [await dipo.get(f"{base}/versions/1/{kind}") for kind in ("json", "pdf")]
    assert told.json()["content"]["practice"] is True
    assert all(WORD in answer.headers["content-disposition"] for answer in (told, pdf))
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf.content)).pages]
    assert pages
    assert all(WORD in page for page in pages)


async def test_it_is_in_no_list_count_or_figure_of_what_is_real(desk: Desk, scene: Scene, seat: Seat) -> None:
    await start(seat)
    drill, later = await the_one(desk), clock.now() + timedelta(days=4)
    for view in VIEWS:
        queue = (await seat.get(f"/desk?view={view}")).text
        assert drill.reference not in queue
        assert queue.count('class="count">0<') == len(VIEWS)
    assert drill.reference in (await seat.get("/desk?view=practice")).text
    found = (await seat.get(f"/desk?q={drill.reference}")).text
    assert f">{WORD}<" in found
    async with desk.database.read() as session:
        told = await figures(session, now=later)
        assert (told["incidents_late"], told["incidents_late_legal"]) == (0, 0)
        assert (await content.waiting_for(session, scene.rosa))[0] == 0
        mail = OutboxMail(letter="alive", created_at=later, context={})
        values = await alive.alive_values(session, mail, scene.ada, now=later)
        assert values is not None
        assert (values["open"], values["late"], values["oldest"], values["nearest"]) == (0, 0, None, None)


async def test_its_alerts_are_no_part_of_a_flood_and_none_is_unaccounted_for(
    desk: Desk, scene: Scene, seat: Seat
) -> None:
    await start(seat)
    now = clock.now()
    async with desk.database.write() as session:
        for _ in range(FEW + 1):
            key = f"alarms:{scene.rosa.id}:1"
            await count(session, key, within=outbox.ANNOUNCE_WITHIN, now=now + timedelta(minutes=16))
    for minutes in (16, 31, 61, 72 * 60, 100 * 60):
        await worker.sweep_clocks(desk, now=now + timedelta(minutes=minutes))
    drill = await the_one(desk)
    assert await rows(desk, Notice, drill)
    async with desk.database.read() as session:
        assert await session.scalar(select(OutboxMail.id).where(OutboxMail.letter == outbox.Letter.ALARMS)) is None
    await seat.post(at(drill, "practice/end"))
    await worker.sweep_clocks(desk, now=now + timedelta(hours=130))
    assert [one for one in await rows(desk, Notice, drill) if one.stood_down_at is None and not one.superseded] == []
    async with desk.database.read() as session:
        account = await settled.settle(session, desk.settings, now=now + timedelta(hours=130))
    assert account.findings == []


async def test_the_address_for_alarms_hears_that_it_is_a_practice(desk: Desk, scene: Scene, seat: Seat) -> None:
    await start(seat)
    drill = await the_one(desk)
    (mail, *_) = await rows(desk, OutboxMail, drill)
    to = Addressee("a@example.org", "en", desk.settings.zone, scene.rosa, drill, None)
    async with desk.database.read() as session:
        word = await channels.word_of(session, mail, to)
    assert word["practice"] == "yes"
    assert str(word["text"]).startswith(f"{WORD}: {drill.reference} needs you")
    assert msgspec.json.encode(word)


async def test_there_is_one_at_a_time_and_nothing_begins_by_mistake(desk: Desk, seat: Seat) -> None:
    for wrong in ({"scenario": "ransom"}, {"scenario": "war", "sure": "yes"}, {}):
        assert (await seat.post("/desk/practices", **wrong)).status_code == 422
    answers = await asyncio.gather(*(start(seat) for _ in range(3)))
    assert sorted(answers) == [303, 409, 409]
    assert "A practice is running" in (await seat.get("/desk/practices")).text
    await seat.post(at(await the_one(desk), "practice/end"))
    assert await start(seat) == 303


async def test_its_end_ends_its_clocks_and_that_of_a_real_one_is_no_button(
    desk: Desk, seat: Seat, now: datetime
) -> None:
    await start(seat)
    drill, real = await the_one(desk), await file(desk, now=now)
    for _ in range(2):
        assert (await seat.post(at(drill, "practice/end"))).status_code == 303
    over = await fresh(desk, drill)
    assert (over.status, over.outcome, await running(desk, drill)) == (Status.CLOSED, Outcome.TEST, set())
    assert [entry.action for entry in await done(desk, drill)] == ["practice.started", "practice.ended"]
    ran = await running(desk, real)
    assert (await seat.post(at(real, "practice/end"))).status_code == 409
    assert (await seat.get(at(real, "practice"))).status_code == 303
    assert (await running(desk, real), (await fresh(desk, real)).status) == (ran, Status.NEW)


async def test_the_result_says_who_did_what_and_after_how_long(desk: Desk, sit: Sit, scene: Scene, seat: Seat) -> None:
    await start(seat)
    drill = await the_one(desk)
    dipo = await sit(scene.dipo)
    await dipo.get(at(drill))
    await dipo.post(at(drill, "taking"), seen_owner="")
    page = unescape((await seat.get(at(drill, "practice"))).text)
    reactions = page[page.index('id="reactions"') :]
    assert reactions.index("Started a practice") < reactions.index("Opened the report") < reactions.index("Took it")
    assert "Dipo Officer" in reactions
    assert page.count("not reached") == 4
    assert page.count("after 0 m") == 2


async def test_what_comes_in_by_the_form_is_real_whatever_it_says(desk: Desk, sit: Sit) -> None:
    await send(await sit(), practice="on", scenario="ransom")
    async with desk.database.read() as session:
        assert list(await session.scalars(select(Incident.practice))) == [False]


async def test_who_may_not_see_it_does_not_meet_it_among_the_practices(
    desk: Desk, sit: Sit, scene: Scene, seat: Seat
) -> None:
    await start(seat)
    drill = await the_one(desk)
    assert await choose(await sit(scene.dipo), drill, scene.rosa) == 303
    other = await sit(scene.bodil)
    assert drill.reference not in (await other.get("/desk/practices")).text
    assert drill.reference not in (await other.get("/desk?view=practice")).text


async def test_removed_it_is_in_no_list_any_more(desk: Desk, sit: Sit, scene: Scene, seat: Seat) -> None:
    await start(seat)
    drill, dipo = await the_one(desk), await sit(scene.dipo)
    wish = {"extent": "incident", "reason": "It is over", "confirm": drill.reference}
    assert (await dipo.post(at(drill, "erasure"), **wish)).status_code == 409
    await seat.post(at(drill, "practice/end"))
    assert "Remove this practice" in (await dipo.get(at(drill, "practice"))).text
    assert (await dipo.post(at(drill, "erasure"), **wish)).status_code == 303
    for path in ("/desk/practices", "/desk?view=practice", "/desk?view=closed"):
        assert drill.reference not in (await seat.get(path)).text


async def test_a_reader_sees_it_and_begins_none(sit: Sit, scene: Scene) -> None:
    reader = await sit(Role.READER)
    page = await reader.get("/desk/practices")
    assert page.status_code == 200
    assert "Begin the practice" not in page.text
    assert await start(reader) == 403
    del scene
