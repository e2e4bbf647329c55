"""A thief takes the database: whatever anybody wrote into any field is searched for in every byte of it."""

import asyncio
import base64
import logging
import os
import secrets
import subprocess
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from incidentdesk import clock
from incidentdesk.intake.questions import BY_ID, QUESTIONS, Question, Shape
from incidentdesk.rules.people_notice import PARTS
from incidentdesk.rules.permissions import Role
from incidentdesk.rules.register import TEXTS
from incidentdesk.tables import Base, Sealed
from incidentdesk.tables.sealing import Secret
from incidentdesk.web.pages import Desk
from tests import postgresql
from tests.assessed import write_assessment
from tests.breach.everywhere import write_everywhere
from tests.breach.written import owe
from tests.erased import erase_the_last, opens, references
from tests.intake.visitor import Visitor, code_in, visit
from tests.opened import opened
from tests.people import Seat, Sit
from tests.typed import in_utc

EARLIER = timedelta(hours=80)
# What nobody writes: numbers, keys drawn by chance, a choice from a list, what a rule proposed.
COUNTED = {("Erasure", "counts"), ("Authenticator", "seed"), ("Awareness", "basis")}
COUNTED |= {
    ("RegisterLine", "snapshot_hash"),
    ("AssessmentDecision", "proposal"),
    ("NotificationSignature", "digest"),
    ("FiledVersion", "digest"),
    ("PeopleText", "drafted"),
    ("NotificationCopy", "digest"),
    ("NotificationCopy", "fields"),
}
# Whose forms stand on another page than the clock's.
ROOMS = dict.fromkeys(("people-decision", "people-text", "people-told"), "people") | {"register-line": "register"}
WRITTEN = (Shape.LINE, Shape.BLOCK, Shape.EMAIL)


@dataclass
class Pen:
    """Draws words that stand nowhere else in the world, and remembers them; from `case` on they are of one case."""

    words: list[str] = field(default_factory=list)
    case: int = 0

    def write(self) -> str:
        # Without figures, which a field that takes a number would read.
        self.words.append("mark" + "".join(secrets.choice("abcdef") for _ in range(18)))
        return self.words[-1]

    def answer(self, question: Question) -> str:
        word = self.write()
        return {"email": f"{word}@{word}.example", "phone": f"0612345 {word}"}.get(question.id, word)


def answers_leading_to(question: Question) -> dict[str, str]:
    """Return the choices after which the form asks this question."""
    if question.when is None:
        return {}
    name, values = question.when
    return {**answers_leading_to(BY_ID[name]), name: min(values)}


async def report_everything(seat: Seat, pen: Pen) -> Visitor:
    """Answer each question that takes words, each in a report that asks it."""
    for question in (one for one in QUESTIONS if one.shape in WRITTEN):
        visitor = await visit(seat)
        told = {"what": pen.write(), "name": pen.write(), "people": "yes", **answers_leading_to(question)}
        if "reach" in told:
            told |= {told["reach"]: pen.answer(BY_ID[told["reach"]])}
        await visitor.press("send", **{**told, question.id: pen.answer(question)})
        assert "IR-" in visitor.html, question.id
    return visitor


async def converse(visitor: Visitor, pen: Pen) -> None:
    """Say the rest a reporter can say, honest or not: a message, another address, a wrong code."""
    code = code_in(visitor.html)
    await visitor.submit("/r", code=code)
    await visitor.submit("/r/messages", code=code, body=pen.write())
    address = pen.answer(BY_ID["email"])
    file = (f"{pen.write()}.txt", pen.write().encode(), f"text/{pen.write()}")
    assert (await visitor.seat.client.post("/r/files", data={"code": code}, files={"files": file})).status_code == 200
    assert (await visitor.submit("/r/contact", code=code, reach="email", email=address)).status_code == 200
    await visitor.seat.client.post("/r", data={"code": pen.write(), pen.write(): pen.write()})
    await visitor.seat.client.post("/desk/sign-in", data={"email": f"{pen.write()}@a.example", "password": pen.write()})


async def take_in(seat: Seat, part: str, reference: str, pen: Pen) -> str:
    """Notify one incident and make it part of the other; return where that notification is taken over."""
    base, main = (f"/desk/incidents/{name}" for name in (part, reference))
    filed = {"authority_reference": pen.write(), **in_utc("filed", clock.now()), **await seen_by(seat, base, "clock")}
    assert (await seat.post(f"{base}/filings", **filed)).status_code == 303
    wish = {"into": reference, "reason": pen.write(), "message": pen.write(), "form_id": "m"}
    assert (await seat.post(f"{base}/merging", **wish)).status_code == 303
    number = (await seat.get(f"{main}/clock")).text.split('id="part-filing-')[1].split('"')[0]
    return f"filings/{number}/taking-over"


async def take_out_and_in(seat: Seat, part: str, reference: str, pen: Pen) -> None:
    """Take the part out again, with what was taken over from it, and merge it once more."""
    base = f"/desk/incidents/{part}"
    wish = {"into": reference, "reason": pen.write(), "message": pen.write(), "form_id": "n"}
    for noun, fields in (("separation", {"reason": pen.write()}), ("merging", wish)):
        assert (await seat.post(f"{base}/{noun}", **fields)).status_code == 303, noun


async def work_on(seat: Seat, reference: str, pen: Pen, part: str = "") -> None:
    """Write into every field of the desk that takes words; with a part, take over what was filed for it."""
    base, now = f"/desk/incidents/{reference}", clock.now()
    breach, nothing = {"verdict": "personal_data_breach"}, {"verdict": "not_an_incident", "outcome": "test"}
    acts: list[tuple[str, dict[str, str]]] = [
        ("title", {"title": pen.write()}),
        ("notes", {"note": pen.write(), "form_id": "1"}),
        ("messages", {"message": pen.write(), "form_id": "2"}),
        ("verdict", {"reason": pen.write(), "message": pen.write(), **breach}),
        *of_the_clock(pen, now, await take_in(seat, part, reference, pen) if part else ""),
        *told_to_people(pen, now),
        *in_the_register(pen),
        ("verdict", {"reason": pen.write(), "message": pen.write(), "seen_verdict": "personal_data_breach", **nothing}),
        ("reading", {}),
        ("closure", {"outcome": "test", "message": pen.write(), "form_id": "3"}),
        ("reopening", {"reason": pen.write(), "form_id": "4"}),
    ]
    for place, fields in acts:
        if place == "clock-decision":
            await owe(seat, base, pen.write, in_utc("told", now))
        seen = await seen_by(seat, base, ROOMS.get(place, "clock"))
        answer = await seat.post(f"{base}/{place}", **{**fields, **seen})
        assert answer.status_code == 303, (place, answer.text)


def of_the_clock(pen: Pen, now: datetime, taking: str) -> list[tuple[str, dict[str, str]]]:
    """Write down moments, sign that nothing is owed, find new facts, and notify."""
    return [
        ("inquiry", {"inquiry_reason": pen.write(), "inquiry_kind": "inquiry_from", **in_utc("inquiry", now)}),
        ("stamps", {"stamp_reason": pen.write(), "stamp_kind": "confirmed_at", **in_utc("stamp", now)}),
        ("awareness", {"aware_reason": pen.write(), "aware_source": pen.write(), **in_utc("aware", now - EARLIER)}),
        ("clock-decision", {"decision": "risk_unlikely", "reasoning": pen.write()}),
        ("clock-reopening", {"new_facts": pen.write()}),
        *([(taking, {"taken_reason": pen.write(), "taken_delay": pen.write()})] if taking else []),
        ("filings", {"authority_reference": pen.write(), "reason_for_delay": pen.write(), **in_utc("filed", now)}),
    ]


def told_to_people(pen: Pen, now: datetime) -> list[tuple[str, dict[str, str]]]:
    """Decide, write and record that the people a breach is about are told."""
    told = {"telling": "public", "channel": "website", "place": pen.write(), "words": pen.write(), "proof": pen.write()}
    return [
        ("people-decision", {"choice": "disproportionate", "reasoning": pen.write()}),
        ("people-text", {part: pen.write() for part in PARTS} | {"language": "en"}),
        ("people-told", {**told, **in_utc("told", now)}),
    ]


def in_the_register(pen: Pen) -> list[tuple[str, dict[str, str]]]:
    """Write the entry, and correct and sign it."""
    lines = [{name: pen.write() for name in TEXTS} | {"risk": "high"} for _ in range(2)]
    return [("register-line", lines[0]), ("register-line", {**lines[1], "why": pen.write(), "closing": "yes"})]


async def draft(seat: Seat, reference: str, pen: Pen) -> None:
    """Write into the draft of the notification, and put a file beside what was filed."""
    base = f"/desk/incidents/{reference}"
    written = {"what_happened": pen.write(), "incident_kind-words": pen.write(), "seen_version": "0"}
    assert (await seat.post(f"{base}/notification/sections/happened", **written)).status_code == 303
    file = (f"{pen.write()}.txt", pen.write().encode(), "text/plain")
    await seat.client.post(f"{base}/files", data={"csrf": seat.csrf}, files={"files": file})
    page = (await seat.get(f"{base}/notification")).text
    filing = page.split('<select id="filing"')[1].split('value="')[1].split('"')[0]
    chosen = {
        "filing": filing,
        "later_proof": page.split('<select id="later_proof"')[1].split('value="')[2].split('"')[0],
    }
    assert (await seat.post(f"{base}/notification/proofs", **chosen)).status_code == 303


async def erase_identity(seat: Seat, reference: str, pen: Pen) -> None:
    """Say why a name is erased, too."""
    fields = {"reason": pen.write(), "extent": "identity", "confirm": reference}
    assert (await seat.post(f"/desk/incidents/{reference}/erasure", **fields)).status_code == 303


async def seen_by(seat: Seat, base: str, room: str) -> dict[str, str]:
    """Return what the forms of the incident's pages carry to say what their reader saw."""
    pages = [(await seat.get(address)).text for address in (base, f"{base}/{room}", f"{base}/closure")]
    fields = [part.split('"', 3) for page in pages for part in page.split('name="seen_')[1:]]
    return {f"seen_{name}": value.removeprefix('value="') for name, _, value, *_ in fields}


@pytest.fixture
async def pen(desk: Desk, sit: Sit, caplog: pytest.LogCaptureFixture) -> Pen:
    """A desk on which everybody has written everywhere; the report before the last one is part of it."""
    caplog.set_level(logging.INFO)
    # The client is ours.
    caplog.set_level(logging.WARNING, "httpx")
    drawn, dpo = Pen(), await sit(Role.DPO)
    visitor = await report_everything(await sit(), drawn)
    drawn.case = len(drawn.words)
    await converse(visitor, drawn)
    *_, part, last = await references(desk)
    await work_on(dpo, last, drawn, part)
    await write_assessment(dpo, await sit(Role.ADMINISTRATOR), last, drawn.write)
    await draft(dpo, last, drawn)
    await take_out_and_in(dpo, part, last, drawn)
    await write_everywhere(dpo, f"/desk/incidents/{last}", drawn.write)
    await erase_identity(dpo, last, drawn)
    return drawn


def looks_of(words: list[str]) -> set[bytes]:
    """Return how the words could stand in a file: plain, wide, in hexadecimal, in base 64 at any of three places."""
    plain = {word.encode() for word in words}
    wide = {word.encode("utf-16-le") for word in words}
    based = {base64.b64encode(word[place:].encode())[:-4] for word in words for place in range(3)}
    return plain | wide | {word.hex().encode() for word in plain} | based


def sightings(found: bytes, words: list[str]) -> list[bytes]:
    return sorted(look for look in looks_of(words) if look in found)


def every_byte(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


async def stolen(desk: Desk, folder: Path, database_url: str) -> bytes:
    """Return every byte of the data folder, the database with its log and index included, and a dump of PostgreSQL."""
    found = every_byte(folder)
    if desk.database.writer.dialect.name == "sqlite":
        return found
    tools = postgresql.binaries("nobody" if os.geteuid() == 0 else None)
    command = [str(tools / "pg_dump"), database_url.replace("+psycopg", "")]
    dumped = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=True)
    return found + dumped.stdout


async def test_nothing_anybody_wrote_stands_in_what_is_stolen_or_opens_once_it_was_erased(
    desk: Desk, pen: Pen, tmp_path: Path, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert len(pen.words) > 100
    assert await unwritten(desk, pen.words) == COUNTED
    assert sightings(await stolen(desk, tmp_path, database_url), pen.words) == []
    assert [record for record in caplog.get_records("setup") if "mark" in record.getMessage()] == []
    case = pen.words[pen.case :]
    assert len(await opens(desk, case)) > 20
    await erase_the_last(desk)
    # The entry has a key of its own, and a period.
    assert await opens(desk, case) == {"register_line"}
    # The same look finds what does stand there, or it could never find anything.
    async with desk.database.write() as session:
        await session.execute(text("update incident set suspicious = :word"), {"word": pen.words[0]})
    assert pen.words[0].encode() in sightings(await stolen(desk, tmp_path, database_url), pen.words)


async def unwritten(desk: Desk, words: list[str]) -> set[tuple[str, str]]:
    """Return the sealed values into which nobody wrote one of the words: the search says nothing about those."""
    missed = set()
    async with desk.database.read() as session:
        for table in {mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Sealed)}:
            rows = await opened(session, select(table))
            names = {name for name, value in vars(table).items() if isinstance(value, Secret)}
            missed |= {(table.__name__, name) for name in names if not holds_any(rows, name, words)}
    return missed


def holds_any(rows: list[Any], name: str, words: list[str]) -> bool:
    values = [str(row.opened(getattr(type(row), name).seal).get(name)) for row in rows]
    return any(word in value for value in values for word in words)
