"""A blob opens where it was closed: in its table, incident, row, half and revision, and nowhere else."""

import secrets
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from incidentdesk import clock
from incidentdesk.records.sealing import Damaged, close_values, label_of, open_values, place_of
from incidentdesk.tables import LOST, DataKey, Incident, Message, Report, Seal
from incidentdesk.web.pages import Desk
from tests.opened import opened
from tests.triage.reports import file, fresh, reply, rows


@pytest.fixture
def now() -> datetime:
    return clock.now()


@pytest.fixture
async def two(desk: Desk, now: datetime) -> list[Incident]:
    return [await file(desk, now=now) for _ in range(2)]


async def put(desk: Desk, row: Any, **columns: Any) -> None:
    async with desk.database.write() as session:
        await session.execute(update(type(row)).where(type(row).id == row.id).values(columns))


async def test_a_blob_of_another_incident_does_not_open(desk: Desk, two: list[Incident]) -> None:
    await put(desk, two[0], sealed=two[1].sealed, sealed_revision=two[1].sealed_revision)
    assert [(await fresh(desk, one)).title is LOST for one in two] == [True, False]


async def test_a_blob_of_another_row_of_the_same_incident_does_not_open(
    desk: Desk, two: list[Incident], now: datetime
) -> None:
    for body in ("yes", "no"):
        await reply(desk, two[0], body, now=now)
    first, second = await rows(desk, Message, two[0])
    await put(desk, first, sealed=second.sealed)
    assert [row.body for row in await rows(desk, Message, two[0])] == [LOST, "no"]


async def test_an_older_text_of_the_same_row_does_not_open(desk: Desk, two: list[Incident]) -> None:
    before = two[0].sealed
    async with desk.database.write() as session:
        (row,) = await opened(session, select(Incident).where(Incident.id == two[0].id))
        row.title = "A newer title"
    await put(desk, two[0], sealed=before)
    assert (await fresh(desk, two[0])).title is LOST


async def test_what_was_told_does_not_open_as_who_told_it(desk: Desk, two: list[Incident]) -> None:
    (report,) = await rows(desk, Report, two[0])
    await put(desk, report, sealed_identity=report.sealed)
    (report,) = await rows(desk, Report, two[0])
    assert (report.identity, list(report.damaged), "what" in report.answers) == ({}, [Seal.IDENTITY], True)


async def test_a_key_of_another_incident_does_not_open(desk: Desk, two: list[Incident]) -> None:
    async with desk.database.write() as session:
        keys = {row.scope: row for row in await session.scalars(select(DataKey).where(DataKey.seal == Seal.CONTENT))}
        keys[two[0].id].wrapped = keys[two[1].id].wrapped
    assert [(await fresh(desk, one)).title is LOST for one in two] == [True, False]


async def test_a_row_sealed_before_there_was_such_a_value_reads_as_empty(desk: Desk, two: list[Incident]) -> None:
    async with desk.database.read() as session:
        row = await session.get_one(DataKey, (two[0].id, Seal.CONTENT))
        key = desk.vault.unwrap(row.epoch, row.wrapped, place=label_of(row.scope, row.seal))
    assert key is not None
    older = close_values(key, {"subject": "as it was called once"}, place=place_of(two[0], Seal.CONTENT))
    await put(desk, two[0], sealed=older)
    assert (await fresh(desk, two[0])).title == ""


def test_a_blob_that_was_cut_is_damaged_wherever_it_was_cut() -> None:
    key = secrets.token_bytes(32)
    blob = close_values(key, {"a": "b"}, place=b"here")
    for length in range(len(blob)):
        with pytest.raises(Damaged):
            open_values(key, blob[:length], place=b"here")
    assert open_values(key, blob, place=b"here") == {"a": "b"}
