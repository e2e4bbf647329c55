"""What somebody with the database in hand could do, who knows how the desk hashes but has not its signing key."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from incidentdesk import append_only
from incidentdesk.append_only import ERASABLE
from incidentdesk.records.chain import START, close, link, root
from incidentdesk.records.vault import Vault
from incidentdesk.tables import Base, Checkpoint, CheckpointEntry, DataKey, HistoryEntry, KeyCheck, Seal, new_id
from incidentdesk.web.pages import Desk

LAWLESS = {
    "sqlite": (
        *("COMMIT", "PRAGMA foreign_keys = OFF"),
        *(f"DROP TRIGGER {t}_is_not_{deed}" for t in ERASABLE for deed in ("changed", "removed", "replaced")),
    ),
    "postgresql": (
        *(f"DROP TRIGGER {table}_is_kept ON {table}" for table in ERASABLE),
        "SET session_replication_role = replica",
    ),
}
INCIDENT, ENTRY, MARK, POINT, NOTE, AWARE = (
    Base.metadata.tables[name]
    for name in ("incident", "history_entry", "checkpoint_entry", "checkpoint", "note", "awareness")
)
Row = dict[str, Any]


@asynccontextmanager
async def at_hand(desk: Desk) -> AsyncIterator[AsyncConnection]:
    """Speak to the database past every rule it has; whoever hides a deed puts the triggers back afterwards."""
    async with desk.database.writer.connect() as connection:
        raw = await connection.execution_options(isolation_level="AUTOCOMMIT")
        for statement in LAWLESS[raw.dialect.name]:
            await raw.exec_driver_sql(statement)
        yield raw
        await raw.run_sync(append_only.put_back)
        await connection.invalidate()


@dataclass(frozen=True)
class Hand:
    """The connection, and the entries of the incident that is tampered with, oldest first."""

    database: AsyncConnection
    entries: list[Row]
    vault: Vault

    async def set(self, entry: Row, **values: Any) -> None:
        await self.database.execute(update(HistoryEntry).where(HistoryEntry.id == entry["id"]).values(values))

    async def remove(self, *entries: Row) -> None:
        ids = [entry["id"] for entry in entries]
        await self.database.execute(delete(CheckpointEntry).where(CheckpointEntry.entry_id.in_(ids)))
        await self.database.execute(delete(HistoryEntry).where(HistoryEntry.id.in_(ids)))

    async def add(self, entry: Row) -> None:
        await self.database.execute(insert(HistoryEntry).values(entry))

    async def point(self, entry: Row | None) -> None:
        """Make the incident say that its chain ends here."""
        values = {"chain_seq": entry["seq"], "chain_head": entry["hash"]} if entry else {"chain_seq": 0}
        mine = INCIDENT.c.id == self.entries[0]["incident_id"]
        await self.database.execute(update(INCIDENT).where(mine).values(values))

    async def relink(self) -> None:
        """Compute the chain of the incident anew, as if it had always been so."""
        before, last = START, self.entries[0]
        for seq, entry in enumerate(await entries_of(self.database, last["incident_id"]), 1):
            changed = HistoryEntry(**{**entry, "seq": seq})
            last = {**entry, "seq": seq, "previous": before, "hash": link(before, changed)}
            await self.set(entry, seq=seq, previous=before, hash=last["hash"])
            before = last["hash"]
        await self.point(last)

    async def reseal(self, vault: Vault | None) -> None:
        """Compute every checkpoint anew over what there is; with a key, sign them too."""
        before = START
        for point in await rows(self.database, POINT, POINT.c.number):
            leaves = await self.leaves(point["number"])
            hashed = close(point["number"], count=len(leaves), root_hash=root(leaves), previous=before, at=point["at"])
            values = {"count": len(leaves), "root": root(leaves), "previous": before, "hash": hashed}
            signed = {"signature": vault.sign(hashed)} if vault else {}
            mine = Checkpoint.number == point["number"]
            await self.database.execute(update(Checkpoint).where(mine).values(**values, **signed))
            before = hashed

    async def leaves(self, number: int) -> list[str]:
        hashes = {entry["id"]: entry["hash"] for entry in await rows(self.database, ENTRY, ENTRY.c.id)}
        marks = [mark for mark in await rows(self.database, MARK, MARK.c.position) if mark["number"] == number]
        for mark in marks:
            mine = CheckpointEntry.entry_id == mark["entry_id"]
            await self.database.execute(update(CheckpointEntry).where(mine).values(leaf=hashes[mark["entry_id"]]))
        return [hashes[mark["entry_id"]] for mark in marks]


async def rows(database: AsyncConnection, table: Any, order: Any) -> list[Row]:
    return [dict(row._mapping) for row in await database.execute(select(table).order_by(order))]


async def entries_of(database: AsyncConnection, incident_id: UUID) -> list[Row]:
    return [row for row in await rows(database, ENTRY, ENTRY.c.seq) if row["incident_id"] == incident_id]


Deed = Callable[[Hand], Awaitable[None]]
DEEDS: dict[str, tuple[str, Deed]] = {}


def found_as(word: str) -> Callable[[Deed], Deed]:
    """Say under which word the audit reports the deed."""

    def keep(deed: Deed) -> Deed:
        DEEDS[deed.__name__] = (word, deed)
        return deed

    return keep


@found_as("entry_altered")
async def edit_a_field(hand: Hand) -> None:
    await hand.set(hand.entries[1], actor="desk")


@found_as("entry_altered")
async def edit_a_digest(hand: Hand) -> None:
    await hand.set(hand.entries[1], touched=[*hand.entries[1]["touched"][:2], "0" * 64])


@found_as("entry_altered")
async def edit_a_hash(hand: Hand) -> None:
    await hand.set(hand.entries[1], hash="0" * 64)


@found_as("chain_broken")
async def delete_the_middle(hand: Hand) -> None:
    await hand.remove(hand.entries[1])


@found_as("checkpoint_altered")
async def delete_the_tail(hand: Hand) -> None:
    await hand.remove(hand.entries[-1])
    await hand.point(hand.entries[-2])


@found_as("checkpoint_altered")
async def delete_a_whole_incident_with_its_chain(hand: Hand) -> None:
    await hand.remove(*hand.entries)
    mine = hand.entries[0]["incident_id"]
    for table in Base.metadata.sorted_tables[::-1]:
        if "incident_id" in table.c:
            await hand.database.execute(delete(table).where(table.c.incident_id == mine))
    await hand.database.execute(delete(INCIDENT).where(INCIDENT.c.id == mine))


@found_as("entry_without_checkpoint")
async def insert_one(hand: Hand) -> None:
    await hand.add({**hand.entries[-1], "id": new_id(), "action": "breach.filed", "touched": []})
    await hand.relink()


@found_as("entry_altered")
async def swap_two(hand: Hand) -> None:
    first, second = hand.entries[1:3]
    for entry, other in ((first, second), (second, first)):
        await hand.set(entry, **{name: other[name] for name in ("actor", "action", "sealed", "touched", "at")})


@found_as("entry_altered")
async def swap_two_with_their_places(hand: Hand) -> None:
    first, second = hand.entries[1:3]
    for entry, other in ((first, second), (second, first)):
        await hand.set(entry, seq=other["seq"])
    await hand.relink()


@found_as("chain_broken")
async def duplicate_one(hand: Hand) -> None:
    await hand.add({**hand.entries[1], "id": new_id()})


@found_as("entry_altered")
async def renumber(hand: Hand) -> None:
    for entry in hand.entries:
        await hand.set(entry, seq=entry["seq"] + 1)
    await hand.point({**hand.entries[-1], "seq": hand.entries[-1]["seq"] + 1})


@found_as("entry_altered")
async def recompute_the_chain(hand: Hand) -> None:
    await hand.set(hand.entries[1], action="note.removed")
    await hand.relink()


@found_as("checkpoint_altered")
async def recompute_the_chain_and_the_checkpoints(hand: Hand) -> None:
    await hand.set(hand.entries[1], action="note.removed")
    await hand.relink()
    await hand.reseal(None)


@found_as("entry_without_checkpoint")
async def drop_all_checkpoints(hand: Hand) -> None:
    for table in (CheckpointEntry, Checkpoint):
        await hand.database.execute(delete(table))


@found_as("checkpoint_missing")
async def drop_the_first_checkpoint(hand: Hand) -> None:
    for table in (CheckpointEntry, Checkpoint):
        await hand.database.execute(delete(table).where(table.number == 1))


@found_as("entry_without_checkpoint")
async def drop_the_last_checkpoint(hand: Hand) -> None:
    for table in (CheckpointEntry, Checkpoint):
        await hand.database.execute(delete(table).where(table.number == 2))


@found_as("checkpoint_altered")
async def move_a_checkpoint_in_time(hand: Hand) -> None:
    await hand.database.execute(
        update(Checkpoint).values(at=datetime(2026, 11, 23, 9, tzinfo=hand.entries[0]["at"].tzinfo))
    )


@found_as("checkpoint_altered")
async def change_the_signing_key(hand: Hand) -> None:
    await hand.set(hand.entries[1], action="note.removed")
    await hand.relink()
    await hand.reseal(hand.vault)


@found_as("key_differs")
async def change_the_signing_key_everywhere(hand: Hand) -> None:
    await hand.reseal(hand.vault)
    await hand.database.execute(update(KeyCheck).values(public_key=hand.vault.public_key))


@found_as("row_altered")
async def put_an_older_text_back(hand: Hand) -> None:
    (first, second, *_) = await rows(hand.database, NOTE, NOTE.c.id)
    await hand.database.execute(update(NOTE).where(NOTE.c.id == second["id"]).values(sealed=first["sealed"]))


@found_as("row_missing")
async def delete_a_note(hand: Hand) -> None:
    await hand.database.execute(delete(NOTE))


@found_as("key_missing")
async def delete_a_key(hand: Hand) -> None:
    mine = DataKey.scope == hand.entries[0]["incident_id"]
    await hand.database.execute(delete(DataKey).where(mine, DataKey.seal == Seal.CONTENT))


@found_as("key_altered")
async def put_another_key_there(hand: Hand) -> None:
    mine = DataKey.scope == hand.entries[0]["incident_id"]
    await hand.database.execute(update(DataKey).where(mine).values(wrapped=bytes(60)))


@found_as("row_altered")
async def say_that_they_were_aware_later(hand: Hand) -> None:
    (row,) = await rows(hand.database, AWARE, AWARE.c.id)
    await hand.database.execute(update(AWARE).values(aware_at=row["aware_at"] + timedelta(days=1)))
