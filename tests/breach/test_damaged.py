"""A blob that is not what was stored ends no page of a breach: the room says "damaged" where it would stand, and so does the audit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from sqlalchemy import select, update

from incidentdesk import worker
from incidentdesk.mail.outbox import Letter
from incidentdesk.records import history
from incidentdesk.records.audit import verify
from incidentdesk.records.checkpoints import close_checkpoint
from incidentdesk.rules.next_step import Duty
from incidentdesk.tables import (
    AssessmentBlock,
    Awareness,
    Clock,
    Customer,
    CustomerNotice,
    HistoryEntry,
    MailState,
    NotificationVersion,
    OutboxMail,
    RegisterLine,
    SignedDecision,
)
from incidentdesk.web.pages import Desk
from tests.assessed import press
from tests.breach.conftest import REFERENCE
from tests.breach.signing import BASE, LINE, decide_breach, done, sign_off
from tests.evidence import sign_everything
from tests.mail.relay import relay
from tests.mail.scene import with_relay
from tests.opened import held, opened
from tests.people import Seat
from tests.staff.expected import CLOCK, PARTS, RULES, SECTION, SPARE, VERSION
from tests.thorough import THOROUGH
from tests.triage.test_damaged import ELSEWHERE, FLIPPED, TABLES, unguard
from tests.web.pages_read import forms_on

CLOCKED: Final = "duties/{clock}"
# Where each table is said to be damaged. What is in none holds hashes, and the audit compares them.
ROOMS: Final = {
    "assessment": "AssessmentBlock AssessmentConfirmation AssessmentDecision",
    "awareness": "Awareness Stamp",
    "clock": "Filing SignedDecision",
    "duties": "Customer RoleEnding RoleEntry",
    CLOCKED: "CustomerNotice Telling",
    "notification": "FilingProof NotificationCopy NotificationSignature NotificationVersion",
    "people": "PeopleDecision PeopleText PeopleTold",
    "register": "RegisterLine",
}
SAID_IN: Final = {table: room for room, tables in ROOMS.items() for table in tables.split()}
OURS: Final = [table for table in TABLES if table.__name__ in SAID_IN or table.__name__.startswith(ELSEWHERE)]
# Of a version that cannot be read nothing goes out, least of all a hash.
SHUT: Final = ("/notification/versions/", "/notification/copy")


class Case:
    """A breach with a row in every table, and the pages that show it."""

    def __init__(self, desk: Desk, seat: Seat, clock_id: UUID, customer_id: UUID) -> None:
        self.desk, self.seat, self.clock_id = desk, seat, clock_id
        self.parts = {CLOCK: str(clock_id), VERSION: "1", SECTION: "happened", SPARE: str(customer_id)}

    def address(self, path: str) -> str:
        for part, known in PARTS.items():
            for kind in ("uuid", "int", "str"):
                path = path.replace(f"{{{part}:{kind}}}", self.parts.get(known, REFERENCE))
        return path

    async def room(self, name: str) -> str:
        answer = await self.seat.get(f"{BASE}/{name}".replace("{clock}", str(self.clock_id)))
        assert answer.status_code == 200, answer.text
        return answer.text

    async def pages(self) -> dict[str, tuple[int, str]]:
        """Open every page that a breach is shown on, and all that leaves the desk."""
        known = ("/desk/incidents/{reference:str}", "/desk/incidents/{ref:str}", "/desk/register", "/desk/customers")
        paths = [name.removeprefix("GET ") for name in RULES if name.startswith("GET ")]
        wanted = [
            path for path in paths if path.startswith(known) and not path.endswith(("{number:uuid}", "/practice"))
        ]
        found = {path: await self.seat.get(self.address(path)) for path in ("/desk?view=open", *wanted)}
        return {path: (answer.status_code, answer.text) for path, answer in found.items()}


@pytest.fixture
async def case(desk: Desk, seat: Seat, incident_id: UUID, now: datetime) -> Case:
    await decide_breach(seat)
    async with desk.database.write() as session:
        incident = await held(session, REFERENCE)
        mine = select(Clock).where(Clock.incident_id == incident_id, Clock.duty == Duty.AUTHORITY)
        clock = (await session.scalars(mine)).one()
        assert seat.member is not None
        await sign_everything(session, incident, clock, by=seat.member, now=now)
        history.record(session, incident, "breach.signed", actor=history.actor_of(seat.member), now=now)
        customer_id = (await session.scalars(select(Customer.id))).one()
    return Case(desk, seat, clock.id, customer_id)


@asynccontextmanager
async def damaged(desk: Desk, *tables: type[Any]) -> AsyncIterator[None]:
    """Let a bad disk have these tables for a while."""
    kept = []
    async with desk.database.write() as session:
        for table in tables:
            (column,) = table.COLUMNS.values()
            kept.append((table, column, list(await session.execute(select(table.id, getattr(table, column))))))
            await (await session.connection()).run_sync(unguard, table.__tablename__)
            await session.execute(update(table).values({column: FLIPPED}))
    yield
    async with desk.database.write() as session:
        for table, column, rows in kept:
            for number, blob in rows:
                await session.execute(update(table).where(table.id == number).values({column: blob}))


async def test_each_room_says_what_is_damaged_in_it(desk: Desk, case: Case) -> None:
    for room in ROOMS:
        assert "Damaged" not in await case.room(room), room
    for table in OURS:
        if said_in := SAID_IN.get(table.__name__):
            async with damaged(desk, table):
                assert "Damaged" in await case.room(said_in), table


@pytest.mark.parametrize("tables", [OURS, *([one] for one in OURS if THOROUGH)], ids=lambda some: some[0].__name__)
async def test_no_page_of_a_breach_ends(desk: Desk, case: Case, tables: list[type[Any]]) -> None:
    async with damaged(desk, *tables):
        pages = await case.pages()
    shut = NotificationVersion in tables
    answered = {path: status for path, (status, _) in pages.items() if status != 200}
    assert answered == {path: 424 for path in pages if shut and any(one in path for one in SHUT)}
    assert [path for path, (_, text) in pages.items() if "⟨?⟩" in text] == []
    said = pages["/desk/register.csv"][1]
    assert ("(damaged)" in said) == (not {"RegisterLine", "Filing"}.isdisjoint(one.__name__ for one in tables))


async def test_the_audit_names_every_damaged_row(desk: Desk, case: Case, now: datetime) -> None:
    assert case.seat.member is not None
    async with desk.database.write() as session:
        await close_checkpoint(session, desk.vault, now=now)
    async with damaged(desk, *OURS), desk.database.read() as session:
        audit = await verify(session, desk.vault, now=now + timedelta(minutes=10))
    named = {str(finding.where).split()[0] for finding in audit.findings}
    assert {table.__tablename__ for table in OURS} <= named


async def test_an_entry_over_damaged_rows_is_signed_with_words_for_them(desk: Desk, case: Case, now: datetime) -> None:
    await sign_off(case.seat, now)
    async with damaged(desk, RegisterLine, SignedDecision):
        shown = await case.room("register")
        assert "signed as it is, the entry says “(damaged)” there for good" in shown
        assert forms_on(shown)[-1].fields["what"] == [""]
        await done(case.seat, "register", "register-line", **LINE, why="Read again", closing="yes")
        async with desk.database.read() as session:
            *_, signed = await opened(session, select(RegisterLine).order_by(RegisterLine.id))
    assert {one["reasoning"] for one in signed.snapshot["decisions"]} == {"(damaged)"}


async def test_whoever_goes_on_over_a_damaged_row_may(desk: Desk, case: Case, incident_id: UUID, now: datetime) -> None:
    async with damaged(desk, AssessmentBlock, Awareness, SignedDecision):
        await press(case.seat, REFERENCE, "people", people_note="Counted again")
        await sign_off(case.seat, now)
    async with desk.database.read() as session:
        mine = select(HistoryEntry).where(HistoryEntry.incident_id == incident_id)
        entries = {entry.action: entry for entry in await opened(session, mine)}
    saved = entries["assessment.saved"]
    assert (saved.before.get("note"), saved.after["note"]) == (None, "Counted again")


async def test_a_notice_whose_words_are_damaged_is_not_sent(desk: Desk, case: Case, now: datetime) -> None:
    async with relay() as running, damaged(desk, CustomerNotice):
        while await worker.deliver_next(with_relay(desk, running.port), now=now):
            pass
    assert b"bakery.example" not in b"".join(running.taken)
    async with desk.database.read() as session:
        sent = select(OutboxMail).where(OutboxMail.letter == Letter.CUSTOMER_NOTICE)
        (mail,) = await opened(session, sent)
    assert mail.state is MailState.DEAD
