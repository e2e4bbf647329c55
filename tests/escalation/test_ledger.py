"""Did we warn them at hour 60? One page and one sheet, which say the same."""

import csv
import io
import re
from dataclasses import dataclass
from html import unescape

import pytest
from sqlalchemy import select, update

from incidentdesk import clock, worker
from incidentdesk.escalation import ledger
from incidentdesk.mail import claims
from incidentdesk.records import clocks
from incidentdesk.rules.next_step import Duty
from incidentdesk.rules.permissions import Role
from incidentdesk.staff.access import find_incident
from incidentdesk.tables import Clock, Incident, MailState, Member, OutboxMail
from incidentdesk.triage.actions import set_severity
from incidentdesk.triage.forms import Change
from tests.mail.relay import DROP, relay
from tests.mail.scene import MINUTE, NOW, Scene, add_incident, with_relay
from tests.people import Seat, Sit

HOUR = 60 * MINUTE
LATER = [("66:00", "left_6h"), ("70:00", "left_2h"), ("71:00", "left_1h"), ("72:00", "deadline"), ("76:00", "late")]


@dataclass(frozen=True)
class Shown:
    """The page and the sheet, read."""

    page: str
    cards: list[dict[str, str]]
    rows: list[dict[str, str]]


@pytest.fixture
async def seat(sit: Sit, monkeypatch: pytest.MonkeyPatch) -> Seat:
    """Somebody who reads in hour 61 of the incident, at which the pages stand still."""
    monkeypatch.setattr(clock, "now", lambda: NOW + 61 * HOUR)
    return await sit(Role.READER)


async def read(seat: Seat, incident: Incident) -> Shown:
    address = f"/desk/incidents/{incident.reference}/escalations"
    page, sheet = await seat.get(address), await seat.get(f"{address}.csv")
    assert (page.status_code, sheet.status_code) == (200, 200)
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    assert f'filename="{incident.reference}-escalations.csv"' in sheet.headers["content-disposition"]
    cards = [
        {label: words(cell) for label, cell in re.findall(r'<td data-label="([^"]+)">(.*?)</td>', row, re.DOTALL)}
        for row in re.findall(r"<tr[^>]*>\s*<td.*?</tr>", page.text, re.DOTALL)
    ]
    return Shown(page.text, cards, list(csv.DictReader(io.StringIO(sheet.text, newline=""), strict=True)))


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def told(rows: list[dict[str, str]]) -> list[tuple[str, str, str, str, str]]:
    return [
        (f"{row['hour']}:{int(row['minute']):02}", row["step"], row["person"], row["state"], row["why"]) for row in rows
    ]


async def work(scene: Scene, minute: int, **script: str) -> None:
    """Do the worker's work of this minute; a relay with a script of its own is met once."""
    now = NOW + minute * MINUTE
    await worker.sweep_clocks(scene.desk, now=now)
    async with relay(**script) as running:
        desk = with_relay(scene.desk, running.port)
        while await worker.deliver_next(desk, now=now) and not script:
            pass


async def take(scene: Scene, incident: Incident, who: Member, minute: int) -> None:
    async with scene.desk.database.write() as session:
        row = await session.get_one(Incident, incident.id)
        row.owner_id, row.taken_at = who.id, NOW + minute * MINUTE
        await clocks.hold(session, row, now=row.taken_at)


async def end(scene: Scene, duty: Duty, minute: int) -> None:
    now = NOW + minute * MINUTE
    async with scene.desk.database.write() as session:
        clock = (await session.scalars(select(Clock).where(Clock.duty == duty))).one()
        clocks.end(clock, by="decision", at=now, now=now)


@pytest.fixture
async def incident(scene: Scene) -> Incident:
    """Refused and passed on, doubled after a lost answer, skipped because somebody took it, sent; the rest is to come."""
    made = await add_incident(scene.desk)
    await work(scene, 15, RCPT="550 no such person")
    await work(scene, 16)
    await work(scene, 30, body=DROP)
    await work(scene, 31)
    await worker.sweep_clocks(scene.desk, now=NOW + HOUR)
    await take(scene, made, scene.ada, 61)
    await work(scene, 61)
    await end(scene, Duty.DECISION, 62)
    for hour in (24, 48, 60):
        await work(scene, hour * 60)
    return made


async def test_the_sheet_tells_the_whole_story(seat: Seat, incident: Incident) -> None:
    shown = await read(seat, incident)
    milestones = [("24:00", "left_48h"), ("48:00", "left_24h"), ("60:00", "left_12h")]
    assert told(shown.rows) == [
        ("0:15", "not_taken_1", "Rosa Ponder", "dead", "refused"),
        ("0:15", "not_taken_1", "Bodil Upp", "sent", "sent"),
        ("0:30", "not_taken_2", "Bodil Upp", "sent", "sent"),
        ("1:00", "not_taken_3", "Dipo Officer", "skipped", "taken"),
        ("1:01", "stand_down", "Bodil Upp", "sent", "sent"),
        *((at, step, "", "skipped", "ended") for at, step in held_until(shown)),
        *((at, step, who, "sent", "sent") for at, step in milestones for who in ("Ada Min", "Dipo Officer")),
        *((at, step, "", "to_come", "") for at, step in LATER),
    ]


def held_until(shown: Shown) -> list[tuple[str, str]]:
    """The steps of the round that the taking began; when exactly is the business of the hold."""
    again = [line for line, row in zip(told(shown.rows), shown.rows, strict=True) if row["round"] == "2"]
    assert [step for _, step, *_ in again] == ["not_taken_1", "not_taken_2", "not_taken_3"]
    return [(at, step) for at, step, *_ in again]


async def test_the_page_and_the_sheet_say_the_same(seat: Seat, incident: Incident) -> None:
    shown = await read(seat, incident)
    states = {"dead": "Not delivered", "sent": "Sent", "skipped": "Not needed", "to_come": "To come"}
    assert len(shown.cards) == len(shown.rows) > 15
    for card, row in zip(shown.cards, shown.rows, strict=True):
        hour, minute = int(row["hour"]), int(row["minute"])
        assert card["Due"].startswith(f"Hour {hour}:{minute:02}" if minute else f"Hour {hour} ")
        assert card["State"].startswith(states[row["state"]])
        assert row["person"] in card["To"]
        assert ("May have arrived twice" in card["State"]) is (row["maybe_twice"] == "yes")
        assert ("In the place of" in card["To"]) is (row["in_place_of_another"] == "yes")
        for name, label in (("attempts", "Attempts: "), ("answer", "Answer: "), ("message_id", "Message-ID: ")):
            assert f"{label}{row[name]}" in card["Mail"] if row[name].strip("0") else label not in card["Mail"]


async def test_hour_60_is_found(seat: Seat, incident: Incident) -> None:
    shown = await read(seat, incident)
    found = [card for card in shown.cards if card["Due"].startswith("Hour 60 ")]
    assert [(card["Step"], card["To"].split(" Owner")[0]) for card in found] == [
        ("12 hours before the deadline", "Ada Min"),
        ("12 hours before the deadline", "Dipo Officer"),
    ]
    assert all("Answer: 250 taken as 42" in card["Mail"] for card in found)
    (row, _) = [row for row in shown.rows if row["hour"] == "60"]
    assert (row["due_at"], row["sent_at"]) == ("2026-11-25T15:00:00Z",) * 2
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.org>", row["message_id"])


async def test_a_mail_whose_answer_was_lost_may_have_arrived_twice(seat: Seat, incident: Incident) -> None:
    (row,) = [row for row in (await read(seat, incident)).rows if row["step"] == "not_taken_2" and row["person"]]
    assert (row["maybe_twice"], row["attempts"]) == ("yes", "2")
    moments = (row["noticed_at"], row["first_claimed_at"], row["last_tried_at"], row["sent_at"])
    assert [moment[11:16] for moment in moments] == ["03:30", "03:30", "03:31", "03:31"]


async def test_what_nobody_was_told_stands_out(scene: Scene, seat: Seat) -> None:
    untold = await add_incident(scene.desk, severity=3)
    shown = await read(seat, untold)
    assert "3 steps came due and nobody was told." in words(shown.page)
    assert [row["step"] for row in shown.rows if row["state"] == "overdue"] == ["left_48h", "left_24h", "left_12h"]
    assert {row["why"] for row in shown.rows if row["duty"] == "decision"} == {"severity"}
    assert sum("Due, and nobody told yet" in card["State"] for card in shown.cards) == 3


async def test_a_step_is_not_missed_when_it_grew_severe_only_after_the_end(scene: Scene, seat: Seat) -> None:
    grown = await add_incident(scene.desk, severity=3)
    await end(scene, Duty.DECISION, 120)
    async with scene.desk.database.write() as session:
        row = await find_incident(session, grown.reference, by=scene.ada, to_change=True)
        await set_severity(session, row, Change(1, "3"), by=scene.ada, now=NOW + 3 * HOUR)
    decision = [row for row in (await read(seat, grown)).rows if row["duty"] == "decision"]
    assert {(row["state"], row["why"]) for row in decision} == {("skipped", "severity")}


async def test_after_an_outage_it_says_what_was_sent_in_the_place_of_what(scene: Scene, seat: Seat) -> None:
    late = await add_incident(scene.desk)
    await work(scene, 61 * 60)
    lines = told((await read(seat, late)).rows)
    assert {line[1:] for line in lines if line[3] == "skipped"} == {
        ("left_48h", "", "skipped", "overtaken"),
        ("left_24h", "", "skipped", "overtaken"),
    }
    assert {line[2] for line in lines if line[1] == "left_12h"} == {"Rosa Ponder", "Dipo Officer"}


async def test_a_warning_that_the_end_of_the_duty_overtook_says_so(scene: Scene, seat: Seat) -> None:
    signed = await add_incident(scene.desk, severity=3)
    await worker.sweep_clocks(scene.desk, now=NOW + 48 * HOUR)
    await end(scene, Duty.AUTHORITY, 48 * 60 + 5)
    await work(scene, 48 * 60 + 5)
    rows = [row for row in (await read(seat, signed)).rows if row["step"] == "left_24h"]
    assert {(row["person"], row["state"], row["why"], row["attempts"]) for row in rows} == {
        ("Rosa Ponder", "skipped", "ended", "0"),
        ("Dipo Officer", "skipped", "ended", "0"),
    }


async def test_of_very_many_steps_the_page_shows_the_last_and_the_sheet_all(
    seat: Seat, incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "MOST_SHOWN", 4)
    shown = await read(seat, incident)
    assert "Only the last 4 are shown; the CSV has all of them." in shown.page
    assert (len(shown.cards), len(shown.rows) > 15) == (8, True)


async def test_what_a_taking_cut_short_is_named_and_what_follows_silence_too(scene: Scene, seat: Seat) -> None:
    taken = await add_incident(scene.desk, now=NOW + 60 * HOUR)
    await work(scene, 60 * 60 + 15)
    await take(scene, taken, scene.ada, 60 * 60 + 20)
    await work(scene, 60 * 60 + 20)
    lines = told([row for row in (await read(seat, taken)).rows if row["duty"] == "decision"])
    assert [line for line in lines if line[4] == "anew"] == [
        ("0:30", "not_taken_2", "", "skipped", "anew"),
        ("1:00", "not_taken_3", "", "skipped", "anew"),
    ]
    assert [line[1:] for line in lines[-3:]] == [(f"not_taken_{n}", "", "to_come", "held") for n in (1, 2, 3)]


async def test_attempts_before_somebody_put_it_back_in_line_still_count(scene: Scene, seat: Seat) -> None:
    retried = await add_incident(scene.desk)
    await work(scene, 15, RCPT="450 later")
    async with scene.desk.database.write() as session:
        mail = (await session.scalars(select(OutboxMail).where(OutboxMail.state == MailState.WAITING))).one()
        claims.revive(mail, now=NOW + 20 * MINUTE)
    await work(scene, 20)
    (row,) = [row for row in (await read(seat, retried)).rows if row["person"] == "Rosa Ponder"]
    assert (row["attempts"], row["first_claimed_at"], row["sent_at"]) == (
        "2",
        "2026-11-23T03:15:00Z",
        "2026-11-23T03:20:00Z",
    )


async def test_no_name_and_no_answer_is_a_formula_or_hides(scene: Scene, seat: Seat, incident: Incident) -> None:
    async with scene.desk.database.write() as session:
        await session.execute(update(Member).where(Member.id == scene.ada.id).values(name="=1+1"))
        await session.execute(update(OutboxMail).values(answer="@now\u202e"))
    shown = await read(seat, incident)
    assert {row["person"] for row in shown.rows} >= {"'=1+1", "Dipo Officer"}
    assert {row["answer"] for row in shown.rows} == {"", "'@now\u202e"}
    assert "\u202e" not in shown.page


async def test_it_holds_nothing_of_the_reporter_and_speaks_dutch(seat: Seat, incident: Incident) -> None:
    shown = await read(seat, incident)
    for secret in ("secret", "reporter@example.org"):
        assert secret not in shown.page + str(shown.rows)
    dutch = (await seat.get(f"/desk/incidents/{incident.reference}/escalations?lang=nl")).text
    assert "Uur 60" in dutch


async def test_the_incident_leads_to_it(seat: Seat, incident: Incident) -> None:
    link = f'<a href="/desk/incidents/{incident.reference}/escalations">'
    for page, count in (("", 1), ("?show=mail", 2), ("/clock", 1)):
        assert (await seat.get(f"/desk/incidents/{incident.reference}{page}")).text.count(link) == count
