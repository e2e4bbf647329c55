"""kill -9 in the middle of an erasure: afterwards it is done or not begun, and what lives can be read."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import upkeep
from incidentdesk.database import Database
from incidentdesk.privacy.actions import replay
from incidentdesk.records.ledger import Ledger
from incidentdesk.rules.erasure import Extent
from incidentdesk.tables import Incident, Member, Message
from incidentdesk.web.pages import Desk
from tests.patience import WITHIN
from tests.privacy.conftest import MARK, told, wipe
from tests.privacy.test_erase import audited, bytes_of
from tests.thorough import some
from tests.triage.reports import fresh, rows

# Whether the next start finds the erasure asked for.
STEPS = {
    "before the ledger": False,
    "half a line": False,
    "after the ledger": True,
    "before the commit": True,
    "after the commit": True,
}


@pytest.mark.parametrize("step", some(STEPS, 2))
async def test_a_killed_erasure_is_whole_at_the_next_start(
    desk: Desk, database_url: str, incident: Incident, ledger: Ledger, step: str
) -> None:
    arguments = ("-m", "tests.privacy.eraser", database_url, str(ledger.path.parent.parent), str(incident.id), step)
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=Path(__file__).parents[2])
    assert await asyncio.wait_for(process.wait(), WITHIN) == -signal.SIGKILL
    await replay(desk.database, ledger, now=incident.received_at)
    assert (await bytes_of(desk, incident) == []) is STEPS[step]
    said = {message.body.split()[0] for message in await rows(desk, Message, incident) if message.body}
    assert said == (set() if STEPS[step] else {MARK})
    assert await audited(desk, now=incident.received_at) == ()


async def test_an_erasure_that_could_not_be_stored_is_finished_by_the_worker(
    desk: Desk, incident: Incident, dipo: Member, now: datetime
) -> None:
    """Nobody works on with it until the next start erases it all the same."""

    def fail(_connection: object) -> None:
        raise OperationalError("commit", {}, Exception("disk is full"))

    finish, engine = upkeep.erasure_finisher(), desk.database.writer.sync_engine
    event.listen(engine, "commit", fail)
    with pytest.raises(OperationalError):
        await wipe(desk, incident, Extent.INCIDENT, dipo, now=now)
    event.remove(engine, "commit", fail)
    assert (await fresh(desk, incident)).erased_at is None
    await finish(desk, now=now)
    assert (await fresh(desk, incident)).erased_at == now
    assert await audited(desk, now=now) == ()


async def test_a_start_beside_a_desk_that_erases_finds_the_ledger_whole(
    desk: Desk, incident: Incident, dipo: Member, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, now = Database.read, incident.received_at

    @asynccontextmanager
    async def erase_and_read(database: Database) -> AsyncIterator[AsyncSession]:
        await wipe(desk, incident, Extent.INCIDENT, dipo, now=now)
        async with read(database) as session:
            yield session

    monkeypatch.setattr(Database, "read", erase_and_read)
    assert await replay(desk.database, ledger, now=now) == 0


async def test_an_erasure_that_could_not_be_stored_can_be_pressed_again(
    desk: Desk, incident: Incident, dipo: Member, ledger: Ledger, now: datetime
) -> None:
    """The ledger has it already, and takes the same line."""
    ledger.note(incident.id, Extent.INCIDENT, at=now)
    other = await told(desk, dipo, now=now)
    await wipe(desk, other, Extent.IDENTITY, dipo, now=now)
    await wipe(desk, incident, Extent.INCIDENT, dipo, now=now)
    assert [line.number for line in ledger.lines()] == [1, 2]
    assert (await fresh(desk, incident)).title == ""
