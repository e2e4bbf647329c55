"""Epochs: the keys that close the keys. A new one takes over, and when the old one is destroyed all that it ever closed is noise.

That is what ends copies nobody can reach: old rows of PostgreSQL, its logs, replicas, snapshots of a disk.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.database import Database
from incidentdesk.records import backup_keys, steadiness
from incidentdesk.records.sealing import label_of
from incidentdesk.records.vault import KeyFileError, Vault, epochs_in, make_key
from incidentdesk.tables import DataKey, Incident, Seal

BATCH = 500
# So many keys are tried at a start.
SOME = 20
STAMPS = ("%Y%m%dT%H%M%S", "%Y%m%d")
# No transaction lives this long: whoever began before the new epoch has ended since.
SETTLED_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Rotation:
    """Which epoch closes all keys now, and how many it took over."""

    epoch: str
    moved: int


async def rotate(database: Database, keys: Path, *, now: datetime) -> Rotation:
    """Make a new epoch and close every key under it; after an interruption, go on where it ended.

    Readers and writers go on meanwhile: each key can be opened under its old epoch or its new one, never neither.
    """
    vault: Vault = database.info["vault"]
    async with database.read() as session:
        counts = await keys_by_epoch(session)
    if set(counts) <= {vault.epoch}:
        _begin(keys, vault.epoch, now=now)
    moved = 0
    while count := await _move(database, vault):
        moved += count
    return Rotation(vault.epoch, moved)


def _begin(keys: Path, newest: str, *, now: datetime) -> None:
    name = now.astimezone(UTC).strftime(STAMPS[0])
    if name <= newest:
        msg = f"the clock is behind the newest epoch {newest}: wait, or set it right"
        raise KeyFileError(msg)
    make_key(keys / f"epoch-{name}.key")


async def _move(database: Database, vault: Vault) -> int:
    """Close some keys under the newest epoch; return how many they were."""
    newest = vault.epoch
    async with database.write() as session:
        wanted = select(DataKey).where(DataKey.epoch != newest).order_by(DataKey.scope, DataKey.seal).limit(BATCH)
        rows = list(await session.scalars(wanted.with_for_update()))
        for row in rows:
            place = label_of(row.scope, row.seal)
            key = vault.unwrap(row.epoch, row.wrapped, place=place)
            if key is None:
                msg = f"a key of epoch {row.epoch} cannot be opened: bring that epoch's key back from your copy"
                raise KeyFileError(msg)
            row.epoch, row.wrapped = vault.wrap(key, place=place)
        return len(rows)


async def insist(session: AsyncSession, vault: Vault) -> None:
    """Refuse to start without an epoch's key that incidents need: better a clear word than a queue full of damage."""
    for epoch in sorted(await keys_by_epoch(session)):
        some = await session.scalars(select(DataKey).where(DataKey.epoch == epoch).limit(SOME))
        # One that does not open is damaged, and no reason to keep the others from work.
        if not any(vault.unwrap(epoch, row.wrapped, place=label_of(row.scope, row.seal)) for row in some):
            msg = f"the key of epoch {epoch} is missing or another desk's, and incidents need it: restore it from your copy"
            raise KeyFileError(msg)


async def keys_by_epoch(session: AsyncSession) -> dict[str, int]:
    """Return how many keys each epoch closes."""
    rows = await session.execute(select(DataKey.epoch, func.count()).group_by(DataKey.epoch))
    return {epoch: count for epoch, count in rows}  # noqa: C416 - rows are no pairs to the type checker


def retired(keys: Path) -> dict[str, datetime]:
    """Return the epochs that are over, with the moment the next one began."""
    names = sorted(epochs_in(keys))
    return dict(zip(names, map(_moment, names[1:]), strict=False))


def _moment(epoch: str) -> datetime:
    for stamp in STAMPS:
        try:
            return datetime.strptime(epoch, stamp).replace(tzinfo=UTC)
        except ValueError:
            continue
    msg = f"epoch-{epoch}.key is not a name of this desk's making"
    raise KeyFileError(msg)


async def destroy(database: Database, keys: Path, epoch: str, *, kept: timedelta, now: datetime) -> None:
    """Destroy the key of an epoch that is over; refused while anything that should be readable needs it."""
    async with database.write() as session:
        if not await steadiness.may_destroy(session, now=now):
            msg = "the database's clock jumped or nobody saw it for a day: wait for a day, or say under Time that it is right"
            raise KeyFileError(msg)
        counts = await keys_by_epoch(session)
        if reason := hindrance(epoch, keys=keys, counts=counts, kept=kept, now=now):
            raise KeyFileError(reason)
        backup_keys.destroy(epochs_in(keys)[epoch])


def hindrance(epoch: str, *, keys: Path, counts: Mapping[str, int], kept: timedelta, now: datetime) -> str:
    """Return why an epoch's key must stay, or an empty text. `kept` is how long backups are."""
    if epoch not in epochs_in(keys):
        return f"there is no epoch {epoch}; there are: {', '.join(sorted(epochs_in(keys)))}"
    over = retired(keys).get(epoch)
    if over is None:
        return f"{epoch} is the newest epoch: rotate first"
    if counts.get(epoch):
        return f"{epoch} still closes {counts[epoch]} keys: rotate first"
    if now - over < SETTLED_AFTER:
        return f"{epoch} was in use less than an hour ago: a process may still use it"
    backups = backup_keys.moments(keys) | backup_keys.unfinished(keys)
    needing = [name for name, at in backups.items() if at < over + SETTLED_AFTER and at + kept > now]
    return f"the backup {needing[-1]} needs {epoch}; it is destroyed in time by itself" if needing else ""


async def unreadable(session: AsyncSession, vault: Vault) -> list[str]:
    """Name every incident whose key is missing though nobody erased it, and every key that does not open."""
    rows = await session.stream_scalars(select(DataKey).execution_options(yield_per=BATCH))
    found = [
        f"the {row.seal} key of {row.scope} does not open; it is closed under epoch {row.epoch}"
        async for row in rows
        if vault.unwrap(row.epoch, row.wrapped, place=label_of(row.scope, row.seal)) is None
    ]
    for seal, erased_at in ((Seal.CONTENT, Incident.erased_at), (Seal.IDENTITY, Incident.identity_erased_at)):
        held = select(DataKey.scope).where(DataKey.scope == Incident.id, DataKey.seal == seal).exists()
        lost = select(Incident.reference).where(erased_at.is_(None), ~held)
        found += [f"the {seal} key of {reference} is missing" for reference in await session.scalars(lost)]
    return found
