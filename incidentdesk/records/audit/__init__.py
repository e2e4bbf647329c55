"""Reads all evidence again and names whatever was altered, removed, added or moved since it was written."""

from collections.abc import AsyncIterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import append_only
from incidentdesk.database import unmoving
from incidentdesk.records.audit import chains, checkpoints
from incidentdesk.records.audit.found import Audit, Finding, Outside, Reading
from incidentdesk.records.audit.keys import check_keys
from incidentdesk.records.audit.rows import check_files, check_rows
from incidentdesk.records.chain import Anchor
from incidentdesk.records.vault import Vault
from incidentdesk.tables import KeyCheck

__all__ = ["Audit", "Finding", "Outside", "verify"]
NOTHING = Outside()


async def verify(session: AsyncSession, vault: Vault, *, now: datetime, outside: Outside = NOTHING) -> Audit:
    """Check every chain, every checkpoint and every sealed row against what history says of it."""
    read = Reading()
    async with unmoving(session):
        checks = (
            _triggers(session),
            _keys(session, vault, outside),
            chains.check_entries(session, read),
            chains.check_heads(session, read),
            checkpoints.check_checkpoints(session, vault, read),
            checkpoints.check_leaves(session, read),
            checkpoints.check_open_entries(session, now=now),
            checkpoints.check_anchors(read, outside),
            check_rows(session, read),
            check_keys(session, vault),
            *([check_files(session, outside.files)] if outside.files else []),
        )
        findings = tuple([finding for check in checks async for finding in check])
    last = read.checkpoints[max(read.checkpoints)] if read.checkpoints else None
    newest = str(Anchor(last.number, last.hash)) if last else ""
    return Audit(read.entries, len(read.checkpoints), newest, vault.public_key, findings)


async def _triggers(session: AsyncSession) -> AsyncIterator[Finding]:
    for name in await session.run_sync(lambda inner: append_only.flaws(inner.connection())):
        yield Finding("trigger_missing", f"trigger {name}")


async def _keys(session: AsyncSession, vault: Vault, outside: Outside) -> AsyncIterator[Finding]:
    known = {*await session.scalars(select(KeyCheck.public_key)), outside.public_key or vault.public_key}
    if known != {vault.public_key}:
        yield Finding("key_differs", "the signing key")
