"""Years of breaches do not slow the register down: each statement of its pages is asked how it finds its rows."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from benchmarks import rows
from incidentdesk import clock
from incidentdesk.rules.people_notice import Choice, Standing, Telling
from incidentdesk.rules.permissions import Role
from incidentdesk.rules.register import LineKind
from incidentdesk.tables import Incident, Member, PeopleDecision, PeopleTold, RegisterEntry, RegisterLine, new_id
from incidentdesk.web.pages import Desk
from tests import people
from tests.people import Sit
from tests.test_growth import NOW, overheard, reads_it_all

MANY = 1_000
PAGES = ("", "?view=notified", "?view=not_notified&year=2026", "?view=open", "?year=2025")


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


async def years_of_breaches(desk: Desk, by: Member) -> str:
    """Fill what the register reads, one breach an hour, and return a reference."""
    await rows.fill(desk.database, MANY, now=NOW)
    async with desk.database.write() as session:
        session.add(by)
        await session.flush()
        ids = list(await session.scalars(select(Incident.id)))
        for table, values in filling(by).items():
            made = [{**values, "incident_id": number, **named(table, place)} for place, number in enumerate(ids)]
            await session.execute(insert(table), made)
        await session.execute(text("analyze"))
        return str(await session.scalar(select(Incident.reference).limit(1)))


def filling(by: Member) -> dict[type[Any], dict[str, Any]]:
    signed = {"member_id": by.id, "sealed_revision": 1}
    told = {"telling": Telling.DIRECT, "channel": "letter", "people": 1, "told_at": NOW, "recorded_at": NOW}
    return {
        RegisterEntry: {"opened_at": NOW, "standing": Standing.TOLD},
        RegisterLine: {"kind": LineKind.WRITTEN, "written_at": NOW, **signed},
        PeopleDecision: {"choice": Choice.TELL, "signed_at": NOW, **signed},
        PeopleTold: {**told, **signed},
    }


def named(table: type[Any], place: int) -> dict[str, Any]:
    if table is not RegisterEntry:
        return {"id": new_id()}
    at = NOW - timedelta(hours=place)
    return {"aware_at": at, "notified_at": at if place % 2 else None, "closed_at": at if place % 10 else None}


async def test_no_page_of_the_register_reads_a_growing_table_from_end_to_end(desk: Desk, sit: Sit) -> None:
    dpo = people.member(Role.DPO, now=NOW)
    reference = await years_of_breaches(desk, dpo)
    seat = await sit(dpo)
    with overheard(desk) as said:
        for path in (
            *(f"/desk/register{query}" for query in PAGES),
            *(f"/desk/incidents/{reference}/{room}" for room in ("register", "people")),
        ):
            assert (await seat.get(path)).status_code == 200
    # Of what other pages ask too, theirs tells: here their tables are empty, and reading all of nothing is no walk.
    own = [one for one in said if re.search(r"FROM (register_|people_)|JOIN register_entry", one.statement)]
    assert len(own) > 2 * len(PAGES)
    async with desk.database.writer.connect() as connection:
        plans = [(one.statement, await one.plan(connection)) for one in own]
    assert [found for found in plans if reads_it_all(*found)] == []
