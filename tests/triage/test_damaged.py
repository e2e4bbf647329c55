"""A blob that is not what was stored says "damaged" where it would stand; everything else works as before."""

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from incidentdesk import worker
from incidentdesk.escalation import ladder
from incidentdesk.privacy.actions import Wish, erase
from incidentdesk.records.ledger import ledger_in
from incidentdesk.rules.erasure import Extent
from incidentdesk.rules.escalation import Post
from incidentdesk.rules.lifecycle import Status
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import (
    Base,
    DataKey,
    HistoryEntry,
    Incident,
    Member,
    Message,
    Note,
    PostHolder,
    Report,
    Seal,
    Sealed,
)
from incidentdesk.web.pages import Desk
from tests.intake.visitor import Visitor, code_in, visit
from tests.opened import held
from tests.people import Seat, Sit
from tests.test_stolen import Pen, converse, work_on
from tests.thorough import some
from tests.triage.reports import Told, file, fresh, letters, rows

# A blob is damaged in whatever it was stored.
pytestmark = pytest.mark.either_database

FLIPPED = b"\x01" + bytes(300)
BROKEN = {"flipped": FLIPPED, "empty": b"", "cut": b"\x01abc", "of another version": b"\x09" * 300, "taken away": None}
TABLES: list[Any] = sorted(
    (mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Sealed)),
    key=lambda table: table.__name__,
)
# What the pages below show; `tests/breach/test_damaged.py` opens the rooms of the legal side.
ELSEWHERE = ("Assessment", "Filed", "FilingProof", "Notification", "People", "Register", "Stamp")
SHOWN = [
    table
    for table in TABLES
    if (hasattr(table, "incident_id") or table is Incident) and not table.__name__.startswith(ELSEWHERE)
]


ROOMS = "clock duties customer-notices verdict closure access files erasure"


class Written:
    """A report about which everybody has written everything."""

    def __init__(self, seat: Seat, visitor: Visitor, incident: Incident, code: str) -> None:
        self.seat, self.visitor, self.incident, self.code = seat, visitor, incident, code
        self.base = f"/desk/incidents/{incident.reference}"

    async def duties(self) -> list[str]:
        page = (await self.seat.get(f"{self.base}/duties")).text
        return [f"/duties/{part[:36]}" for part in page.split(f"{self.base}/duties/")[1:]]

    async def pages(self) -> dict[str, str]:
        """Open everything that shows something of it."""
        beside = [f"/{one}" for one in ROOMS.split()] + await self.duties()
        found = {}
        for address in (
            "/desk",
            "/desk?view=open",
            "/desk?view=closed",
            "/desk/mail",
            self.base,
            *(self.base + one for one in beside),
        ):
            answer = await self.seat.get(address)
            assert answer.status_code == 200, (address, answer.text)
            found[address] = answer.text
        found["search"] = (await self.seat.post("/desk/search", q="mark")).text
        found["mine"] = (await self.visitor.submit("/r", code=self.code)).text
        return found


@pytest.fixture
async def told(desk: Desk, sit: Sit) -> Written:
    pen, seat, visitor = Pen(), await sit(Role.DPO), await visit(await sit())
    await visitor.press("send", what=pen.write(), name=pen.write(), people="yes")
    code = code_in(visitor.html)
    await converse(visitor, pen)
    async with desk.database.read() as session:
        incident = (await session.scalars(select(Incident))).one()
    await work_on(seat, incident.reference, pen)
    return Written(seat, visitor, incident, code)


async def ruin(desk: Desk, table: type[Any], blob: bytes | None, seal: Seal = Seal.CONTENT) -> None:
    """Do what a bad disk does, past every trigger."""
    async with desk.database.write() as session:
        connection = await session.connection()
        await connection.run_sync(lambda inner: unguard(inner, table.__tablename__))
        await session.execute(update(table).values({table.COLUMNS[seal]: blob}))


def unguard(connection: Any, table: str) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_is_not_changed")
    else:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_is_kept ON {table}")


@pytest.mark.parametrize("table", some(SHOWN, 3))
async def test_a_damaged_row_ends_no_page(desk: Desk, told: Written, table: type[Any]) -> None:
    await ruin(desk, table, FLIPPED)
    assert any("Damaged" in text for text in (await told.pages()).values())


async def test_however_it_is_damaged(desk: Desk, told: Written) -> None:
    for how, blob in BROKEN.items():
        await ruin(desk, Note, blob)
        assert "⟨Damaged⟩" in (await told.seat.get(told.base)).text, how


async def test_everything_damaged_at_once_is_said_in_the_readers_language(desk: Desk, told: Written) -> None:
    for table in TABLES:
        for seal in table.COLUMNS:
            await ruin(desk, table, FLIPPED, seal)
    assert "⟨Beschadigd⟩" in (await told.seat.get("/desk?view=open&lang=nl")).text
    # Forms alone carry what stands for it.
    assert "⟨?⟩" not in "".join((await told.pages()).values()).replace('value="⟨?⟩"', "")


async def test_a_lost_key_damages_its_own_incident_only(
    desk: Desk, told: Written, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    async with desk.database.write() as session:
        await session.execute(delete(DataKey).where(DataKey.scope == told.incident.id))
    found = await told.pages()
    assert "⟨Damaged⟩" in found["/desk?view=open"]
    assert f"the key of incident {told.incident.id} is missing" in caplog.text
    # That somebody looked is written down all the same.
    assert "report.opened" in {entry.action for entry in await rows(desk, HistoryEntry, told.incident)}
    refused = await told.seat.post(f"{told.base}/notes", note="never kept", form_id="9")
    assert refused.status_code == 424
    assert len(await rows(desk, Note, told.incident)) == 1


async def test_an_incident_whose_key_was_lost_still_wakes_somebody(
    desk: Desk, rosa: Member, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    async with desk.database.write() as session:
        await ladder.seed(session)
        session.add(PostHolder(post=Post.ON_CALL, member_id=rosa.id))
    incident = await file(desk, Told(severity=1), now=now)
    async with desk.database.write() as session:
        await session.execute(delete(DataKey).where(DataKey.scope == incident.id))
    await worker.sweep_clocks(desk, now=now + timedelta(hours=80))
    assert "cannot be looked at" not in caplog.text
    assert {"act", "deadline"} & set(await letters(desk, incident))


async def test_nothing_is_written_over_what_is_damaged(desk: Desk, told: Written) -> None:
    await ruin(desk, Incident, FLIPPED)
    answer = await told.seat.post(f"{told.base}/title", title="Another title", seen_title="⟨?⟩")
    assert (answer.status_code, "This is damaged" in answer.text) == (424, True)
    async with desk.database.read() as session:
        assert await session.scalar(select(Incident.sealed)) == FLIPPED


async def test_what_is_damaged_can_be_erased(desk: Desk, told: Written, now: datetime) -> None:
    for table in (Incident, Report, Message, Note):
        await ruin(desk, table, FLIPPED)
    async with desk.database.write() as session:
        incident = await held(session, told.incident.reference)
        ledger = ledger_in(desk.settings.keys_dir, desk.vault)
        incident.closed_at, incident.status = now, Status.CLOSED
        assert await erase(session, incident, Wish(Extent.INCIDENT), ledger=ledger, now=now) is not None
    assert (await fresh(desk, told.incident)).title == ""
    assert (await told.seat.get(told.base)).status_code == 200
