"""kill -9 in the middle of an erasure: afterwards it is done or not begun, and what lives can be read."""

import asyncio
import signal
import sys
from datetime import datetime
from pathlib import Path

import pytest

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
