"""The page that says who would be reached: whose times, whose addresses, and every gap."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from litestar import Litestar
from sqlalchemy import delete, update

from incidentdesk import clock
from incidentdesk.escalation.forms import read_prospecting
from incidentdesk.rules.escalation import DEFAULT_LADDERS, Facts, Step, Trigger
from incidentdesk.rules.next_step import Duty
from incidentdesk.rules.permissions import Role
from incidentdesk.rules.reach import REPEATS, Gap, facts_at, looks_ahead
from incidentdesk.settings import SecondFactor
from incidentdesk.tables import Away, Incident, IncidentMember, MailHold, Member, PostHolder
from incidentdesk.web.pages import Desk
from tests.mail.relay import mailing
from tests.mail.rotas import add_rota, by, keep, name_in_ladder
from tests.mail.scene import MINUTE, NOW, Scene, add_incident
from tests.people import Seat, Sit

# What a page asks and says of what it was sent; what is stored and found is tried with the actions and the story.
pytestmark = pytest.mark.either_database

AMSTERDAM, DAY = ZoneInfo("Europe/Amsterdam"), timedelta(days=1)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    return replace(desk, settings=replace(mailing(desk.settings, 25), second_factor=SecondFactor.OPTIONAL))


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
async def _sound(scene: Scene) -> None:
    """Let everybody have signed in, and have proved to read their mail."""
    async with scene.desk.database.write() as session:
        proved = {"address_proved_at": NOW, "proved_address": Member.email, "password_hash": "x"}
        await session.execute(update(Member).values(**proved))


async def change(scene: Scene, person: Member, **values: Any) -> None:
    async with scene.desk.database.write() as session:
        await session.execute(update(Member).where(Member.id == person.id).values(**values))


async def read(seat: Seat, **asked: str) -> str:
    """Return what the page says, without its marks."""
    answer = await seat.get(f"/desk/reach?{urlencode(asked)}")
    assert answer.status_code == 200, answer.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


@pytest.mark.usefixtures("_sound")
async def test_each_mail_stands_there_with_whom_why_when_and_its_subject(scene: Scene, sit: Sit) -> None:
    incident = await add_incident(scene.desk)
    await change(scene, scene.bodil, zone="Asia/Tokyo")
    said = await read(await sit(scene.ada), incident=incident.reference.lower())
    assert "[ACT] IR-26-000001 - severity 1 - 3 h 45 m left (due Mon 08:00 CET) - step 1 Alert: nobody is on it" in said
    assert "Rosa Ponder rosa@example.org On call" in said
    assert "Mon 04:30 CET for Bodil Upp Mon 12:30 JST" in said
    assert "(due Mon 16:00 JST) - step 2" in said
    assert "Late, every 4 hours" in said
    assert set(re.findall(r"Repeat \d", said)) == {"Repeat 2", "Repeat 3"}
    assert f"its first {REPEATS} times are shown" in said


@pytest.mark.usefixtures("_sound")
async def test_only_who_looks_after_people_sees_addresses(scene: Scene, sit: Sit) -> None:
    incident = await add_incident(scene.desk)
    for role, sees in ((Role.ADMINISTRATOR, True), (Role.RESPONDER, False), (Role.READER, False)):
        said = await read(await sit(role, name=f"{role} Other"), incident=incident.reference)
        assert ("rosa@example.org" in said) == sees
        assert "Rosa Ponder" in said


@pytest.mark.usefixtures("_sound")
async def test_where_all_is_well_no_gap_is_named_but_who_owns_it(scene: Scene, sit: Sit) -> None:
    said = await read(await sit(scene.ada), severity="1")
    assert "No gaps: everybody below" in said
    assert "Gap" not in said
    incident = await add_incident(scene.desk)
    said = await read(await sit(scene.ada), incident=incident.reference)
    assert "1 gap Nobody stands here: Owner of the incident Due" in said


GAPS: dict[str, tuple[dict[str, Any], str]] = {
    "unproven": ({"proved_address": None}, "Rosa Ponder has not proved to read their mail"),
    "changed": ({"email": "rosa@example.net"}, "Rosa Ponder has not proved to read their mail"),
    "old": ({"address_proved_at": NOW - 181 * DAY}, "Rosa Ponder proved to read their mail, too long ago"),
    "never_in": ({"password_hash": None}, "Rosa Ponder has never signed in"),
    "refused": ({"mail_refused_at": NOW}, "Mail to Rosa Ponder was refused, so others are told: On call"),
    "closed": ({"disabled_at": NOW}, "Rosa Ponder stands here and has no access any more: On call"),
}


@pytest.mark.usefixtures("_sound")
@pytest.mark.parametrize("name", list(GAPS))
async def test_what_keeps_an_alert_from_a_person_is_a_gap(scene: Scene, sit: Sit, name: str) -> None:
    values, words = GAPS[name]
    seat = await sit(scene.ada)
    await change(scene, scene.rosa, **values)
    said = await read(seat, severity="1")
    assert f"{words} Due Step" in said
    assert "Gap" in said.partition("Due Step")[2]


async def empty(scene: Scene) -> None:
    async with scene.desk.database.write() as session:
        await session.execute(delete(PostHolder).where(PostHolder.member_id == scene.rosa.id))


async def hold(scene: Scene) -> None:
    async with scene.desk.database.write() as session:
        session.add(MailHold(since=NOW))


@pytest.mark.usefixtures("_sound")
async def test_an_empty_post_is_a_gap_and_the_next_one_is_named(scene: Scene, sit: Sit) -> None:
    await empty(scene)
    said = await read(await sit(scene.ada), severity="1")
    assert "1 gap Nobody stands here: On call Due" in said
    assert "Gap Bodil Upp bodil@example.org As nobody on the post" in said


@pytest.mark.usefixtures("_sound")
async def test_whoever_has_the_turn_in_a_rota_and_cannot_be_told_is_a_gap(scene: Scene, sit: Sit) -> None:
    nights = await add_rota(scene, scene.bodil, scene.rosa)
    await name_in_ladder(scene, "not_taken_1", by(nights))
    seat = await sit(scene.ada)
    assert "Rosa Ponder rosa@example.org Rota Nights" in await read(seat, severity="1")
    await change(scene, scene.rosa, mail_refused_at=NOW)
    said = await read(seat, severity="1", at="2026-11-23T04:00")
    assert "Mail to Rosa Ponder was refused, so others are told: Rota Nights" in said
    assert "Bodil Upp bodil@example.org Rota Nights" in said
    await keep(scene, Away(member_id=scene.rosa.id, first_on=NOW.date(), last_on=NOW.date()))
    assert "others are told: Rota Nights" not in await read(seat, severity="1")


@pytest.mark.usefixtures("_sound")
async def test_held_mail_and_a_missing_relay_are_gaps(scene: Scene, sit: Sit, app: Litestar) -> None:
    seat = await sit(scene.ada)
    await hold(scene)
    app.state.desk = replace(scene.desk, settings=replace(scene.desk.settings, smtp_host=""))
    said = await read(seat, severity="2")
    for words in ("No mail server is set up: no mail", "Mail is held back since a backup was restored: no mail"):
        assert words in said


@pytest.mark.usefixtures("_sound")
async def test_a_second_step_is_a_gap_where_one_is_needed(scene: Scene, sit: Sit, app: Litestar) -> None:
    seat = await sit(scene.ada)
    app.state.desk = replace(scene.desk, settings=replace(scene.desk.settings, second_factor=SecondFactor.REQUIRED))
    assert "Rosa Ponder has no second step yet, and must set it up first" in await read(seat, severity="1")


@pytest.mark.usefixtures("_sound")
async def test_of_a_restricted_incident_it_says_who_may_not_see_it_and_only_to_whom_may(scene: Scene, sit: Sit) -> None:
    incident = await add_incident(scene.desk)
    async with scene.desk.database.write() as session:
        (await session.get_one(Incident, incident.id)).restricted = True
        session.add_all([IncidentMember(incident_id=incident.id, member_id=scene.bodil.id)])
    said = await read(await sit(scene.bodil), incident=incident.reference)
    assert "Rosa Ponder may not see this incident, so others are told: On call" in said
    assert "Dipo Officer may not see this incident" in said
    for reference in (incident.reference, "IR-26-7KQ4MX", "nonsense"):
        answer = await (await sit(scene.ada)).get(f"/desk/reach?incident={reference}")
        assert answer.status_code == 422
        assert "There is no such incident; look at its reference" in answer.text


async def test_when_nothing_more_comes_it_says_so(scene: Scene, sit: Sit) -> None:
    incident = await add_incident(scene.desk, severity=4)
    later = (NOW + 300 * DAY).strftime("%Y-%m-%dT%H:%M")
    seat = await sit(scene.ada)
    assert "A step that repeats" in await read(seat, incident=incident.reference, at=later)
    assert "Nothing more would be sent" not in await read(seat, severity="4")
    async with scene.desk.database.write() as session:
        await session.execute(update(Incident).values(severity=1))
    assert "mails of earlier steps" not in await read(seat, incident=incident.reference)
    await scene.work(NOW + 35 * MINUTE)
    assert "mails of earlier steps have not left yet" in await read(seat, incident=incident.reference)


def asked(at: str, *, now: datetime = NOW) -> tuple[datetime, Any]:
    found = read_prospecting({"at": [at]}, zone=AMSTERDAM, now=now)
    return found.at, found.errors.get("at")


@pytest.mark.parametrize(
    "typed, error",
    [
        ("soon", "moment_unreadable"),
        ("2027-03-28T02:30", "never_existed"),
        ("2026-11-23T03:59", "out_of_range"),
        ("2027-11-25T00:00", "out_of_range"),
        ("0001-01-01T00:00", "moment_unreadable"),
        ("2026-11-24T00:00+01:00", "moment_unreadable"),
        ("2026-11-23T04:00", None),
    ],
)
def test_a_moment_must_be_one_that_comes(typed: str, error: str | None) -> None:
    assert asked(typed)[1] == error


def test_a_local_time_is_the_readers_and_of_two_alike_the_first() -> None:
    assert asked("") == (NOW, None)
    assert asked("2027-07-01T12:00") == (datetime(2027, 7, 1, 10, tzinfo=UTC), None)
    assert asked("2027-10-31T02:30") == (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), None)


def facts() -> Facts:
    return Facts(NOW + 3 * DAY, None, 1, NOW, 0, 0, frozenset())


def test_a_ladder_is_walked_to_its_end_and_repeats_three_times() -> None:
    steps = DEFAULT_LADDERS[Duty.AUTHORITY]
    looked = [(moment, due.step.key) for moment, seen in looks_ahead(steps, facts(), NOW) for due in seen.due]
    assert [key for _, key in looked] == [step.key for step in steps] + ["late"] * (REPEATS - 1)
    assert [moment for moment, _ in looked][-3:] == [NOW + 3 * DAY + timedelta(hours=hours) for hours in (4, 8, 12)]


def test_a_step_that_repeats_each_minute_hides_none_that_comes_days_later() -> None:
    often = Step("often", Trigger.NOT_TAKEN, MINUTE, (), repeat_every=MINUTE)
    late = Step("late", Trigger.DEADLINE, DAY, ())
    looked = [
        [(due.step.key, due.occurrence) for due in seen.due] for _, seen in looks_ahead((often, late), facts(), NOW)
    ]
    assert looked == [[("often", 0)], [("often", 1)], [("often", 2)], [("often", 4 * 24 * 60 - 1), ("late", 0)]]


def test_what_comes_due_before_the_moment_is_not_foretold() -> None:
    steps = DEFAULT_LADDERS[Duty.DECISION]
    at = NOW + 30 * MINUTE
    later = [due.step.key for _, seen in looks_ahead(steps, facts_at(steps, facts(), at), at) for due in seen.due]
    assert later == ["not_taken_2", "not_taken_3"]


def test_each_gap_has_words() -> None:
    from incidentdesk.web.pages import environment  # noqa: PLC0415 - compiles templates

    words: Callable[..., str] = environment("nl").get_template("escalation/_reach.html").module.gap_word  # type: ignore[attr-defined]  # a macro
    assert len({words(gap, "Rosa", "on_call") for gap in Gap}) == len(Gap)
