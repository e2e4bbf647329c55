"""The keys: each incident has its two, and a third when it is in the register, unless an erasure took them."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.records.audit.found import UNWRITABLE, Finding
from incidentdesk.records.audit.reading import Columns, rows
from incidentdesk.records.destroying import ERASES
from incidentdesk.records.sealing import label_of
from incidentdesk.records.vault import Vault
from incidentdesk.tables import FROM_THE_START, DataKey, Erasure, Incident, RegisterLine, Seal

_KEY: Columns = {name: getattr(DataKey, name) for name in ("scope", "seal", "epoch", "wrapped")}
_LINE: Columns = {"incident_id": RegisterLine.incident_id}
_ERASED: Columns = {"erased_id": Erasure.erased_id, "extent": Erasure.extent}
Keys = set[tuple[UUID, Seal]]


async def check_keys(session: AsyncSession, vault: Vault) -> AsyncIterator[Finding]:
    """Hold the keys against the incidents and their erasures; whether an erasure is true the other checks find."""
    there: Keys = set()
    async for finding in _closed(session, vault, there):
        yield finding
    erased = await _erased(session)
    for scope, seal in sorted(there & erased):
        yield Finding("key_back", f"the {seal} key of incident {scope}")
    async for finding in _missing(session, there | erased):
        yield finding


async def _missing(session: AsyncSession, known: Keys) -> AsyncIterator[Finding]:
    async for _, row in rows(session, {"id": Incident.id}, lambda query: query):
        missing = [seal for seal in FROM_THE_START if (row.id, seal) not in known] if row else ()
        for seal in missing:
            yield Finding("key_missing", f"the {seal} key of incident {row.id}")
    async for _, row in rows(session, _LINE, lambda query: query.distinct()):
        if row and (row.incident_id, Seal.REGISTER) not in known:
            yield Finding("key_missing", f"the {Seal.REGISTER} key of incident {row.incident_id}")


async def _closed(session: AsyncSession, vault: Vault, there: Keys) -> AsyncIterator[Finding]:
    """Open every key, and keep which there are."""
    async for where, row in rows(session, _KEY, lambda query: query):
        if row is None or not _opens(row, vault):
            yield Finding("key_altered", f"a key of incident {where}")
        if row is not None:
            there.add((row.scope, row.seal))


def _opens(row: Any, vault: Vault) -> bool:  # noqa: ANN401 - a row as it lies there
    try:
        return vault.unwrap(row.epoch, row.wrapped, place=label_of(row.scope, row.seal)) is not None
    except UNWRITABLE:
        return False


async def _erased(session: AsyncSession) -> Keys:
    found: Keys = set()
    async for _, row in rows(session, _ERASED, lambda query: query):
        if row is not None:
            found |= {(row.erased_id, seal) for seal in ERASES[row.extent]}
    return found
