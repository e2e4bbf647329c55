"""A search that finds nothing opens everything: its processor time, and that of opening the same blobs with nothing around it."""

import asyncio
import secrets
import time
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select

from benchmarks import rows
from benchmarks.server import settings_for
from incidentdesk import clock, serve
from incidentdesk.records.sealing import NONCE, label_of, place_of
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import DataKey, Incident, Member, Report, Seal, Sealed
from incidentdesk.triage import search
from incidentdesk.triage.forms import Search
from incidentdesk.triage.search import Words
from incidentdesk.web.pages import Desk

TURNS = 7
Closed = list[tuple[bytes, bytes, bytes]]


def searches(folder: Path, number: int) -> tuple[float, float]:
    """Return the median processor seconds of a search through so many incidents with a report each, and of the bare opening."""
    return asyncio.run(_searches(folder, number))


async def _searches(folder: Path, number: int) -> tuple[float, float]:
    desk, now = await serve.open_desk(settings_for(folder)), clock.now()
    await rows.fill(desk.database, number, now=now)
    await _tell(desk, now=now)
    member = Member(name="Bench", email="bench@example.org", role=Role.DPO, zone="Europe/Amsterdam", created_at=now)
    async with desk.database.write() as session:
        session.add(member)
    closed = await _closed(desk)
    taken = [(await _search(desk, member, number, now=now), _bare(closed)) for _ in range(TURNS)]
    await desk.database.close()
    whole, bare = zip(*taken, strict=True)
    return median(whole), median(bare)


async def _tell(desk: Desk, *, now: datetime) -> None:
    """Give each incident the report it came from."""
    async with desk.database.read() as session:
        ids = list(await session.scalars(select(Incident.id)))
    for first in range(0, len(ids), rows.BATCH):
        async with desk.database.write() as session:
            session.add_all(_report(incident_id, now=now) for incident_id in ids[first : first + rows.BATCH])


def _report(incident_id: object, *, now: datetime) -> Report:
    return Report(
        incident_id=incident_id,
        received_at=now,
        language="en",
        answers={"what": rows.STORY, "kind": "mail"},
        identity={"name": "Nel"},
        form_hash=secrets.token_hex(32),
        code_hash=secrets.token_hex(32),
        privacy_version="1.0",
        look_promised_at=now + timedelta(hours=2),
        answer_promised_at=now + timedelta(hours=24),
    )


async def _search(desk: Desk, member: Member, number: int, *, now: datetime) -> float:
    started = time.process_time()
    async with desk.database.read() as session:
        found = await search.find(
            session, Search(), Words("never written anywhere", everywhere=True), me=member, now=now
        )
    assert (found.rows, found.looked_at) == ((), number), "the search ended early"
    return time.process_time() - started


async def _closed(desk: Desk) -> Closed:
    """Return key, blob and place of all that a search opens."""
    async with desk.database.read() as session:
        keys = {
            row.scope: desk.vault.unwrap(row.epoch, row.wrapped, place=label_of(row.scope, row.seal)) or b""
            for row in await session.scalars(select(DataKey).where(DataKey.seal == Seal.CONTENT))
        }
        sealed: list[Sealed] = [*await session.scalars(select(Incident)), *await session.scalars(select(Report))]
    return [(keys[row.sealed_for], row.sealed or b"", place_of(row, Seal.CONTENT)) for row in sealed]


def _bare(closed: Closed) -> float:
    started = time.process_time()
    for key, blob, place in closed:
        opened = AESGCM(key).decrypt(blob[1 : 1 + NONCE], blob[1 + NONCE :], place)
        msgspec.msgpack.decode(opened[4 : 4 + int.from_bytes(opened[:4])])
    return time.process_time() - started
