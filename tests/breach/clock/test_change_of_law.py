"""The law changes while an incident runs: the row that was in force at its awareness stays, whatever the files say later."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from incidentdesk import law
from incidentdesk.rules.deadline import Period, Policy, Unit
from incidentdesk.rules.next_step import Duty
from incidentdesk.tables import Clock
from incidentdesk.web.pages import Desk
from tests.breach.clock.test_pages import BASE, stamp
from tests.breach.conftest import AMSTERDAM
from tests.people import Seat
from tests.typed import typed

DAY = timedelta(days=1)


def changed_on(day: datetime, hours: int) -> tuple[Policy, ...]:
    """Return the rows as they would be if the duty had this many hours from that local day on."""
    first = day.astimezone(AMSTERDAM).date()
    [old] = [row for row in law.policies() if row.id == Duty.AUTHORITY]
    new = replace(old, version="new", effective_from=first, period=Period(hours, Unit.HOUR))
    others = [row for row in law.policies() if row.id != Duty.AUTHORITY]
    return replace(old, effective_to=first - DAY), new, *others


async def test_an_incident_keeps_the_row_in_force_at_its_awareness(
    desk: Desk, seat: Seat, incident_id: UUID, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = changed_on(now - 2 * DAY, 96)
    monkeypatch.setattr(law, "policies", lambda: rows)
    said = []
    # Before the change, a moment of the same law, and corrected to after it.
    for aware_at in (now - 4 * DAY, now - 5 * DAY, now - timedelta(hours=20)):
        fields = typed("aware", aware_at, aware_reason="The log says so", aware_source="The log")
        answer = await seat.post(f"{BASE}/awareness", seen_revision=await stamp(seat), **fields)
        assert answer.status_code == 303, answer.text
        async with desk.database.read() as session:
            clock = (await session.scalars(select(Clock).where(Clock.duty == Duty.AUTHORITY))).one()
        assert (await seat.get(f"{BASE}/clock")).status_code == (await seat.get(f"{BASE}/duties")).status_code == 200
        said.append((clock.policy_version, clock.deadline_at - aware_at))
    old = (rows[0].version, timedelta(hours=72))
    assert said == [old, old, ("new", timedelta(hours=96))]
