"""What the erasure page shows: what can be erased, and what was."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.records.history import names_of
from incidentdesk.records.vault import Vault
from incidentdesk.staff.access import find_incident
from incidentdesk.tables import DESK_SCOPE, Erasure, Incident, JsonObject, Member, Report, fetch_keys, visible_to

MOST = 500


@dataclass(frozen=True)
class File:
    """An incident with all that was erased of it, oldest first."""

    incident: Incident
    erasures: Sequence[Erasure]
    names: Mapping[UUID, str]


async def file_of(session: AsyncSession, reference: str, *, by: Member) -> File:
    """Return what the page shows."""
    incident = await find_incident(session, reference, by=by)
    await fetch_keys(session, [DESK_SCOPE])
    query = select(Erasure).where(Erasure.erased_id == incident.id).order_by(Erasure.number)
    erasures = list(await session.scalars(query))
    names = await names_of(session, [row.member_id for row in erasures if row.member_id])
    return File(incident, erasures, names)


async def reports_of(session: AsyncSession, email_hash: str, *, by: Member) -> list[tuple[Report, Incident]]:
    """Return every report from one address that this person may see, the newest first."""
    query = select(Report, Incident).join(Incident, Incident.id == Report.incident_id)
    rows = await session.execute(
        query.where(Report.email_hash == email_hash, visible_to(by)).order_by(Report.id.desc()).limit(MOST)
    )
    found = [(report, incident) for report, incident in rows]
    await fetch_keys(session, [incident.id for _, incident in found])
    return found


def summary(file: File, erasure: Erasure, *, backups_kept: timedelta) -> JsonObject:
    """Return what was erased, as plain values."""
    by = erasure.member_id
    return {
        "version": 1,
        "reference": file.incident.reference,
        "extent": erasure.extent.value,
        "erased_at": erasure.erased_at.isoformat(),
        "by": {"id": str(by), "name": file.names.get(by, "")} if by else None,
        "reason": erasure.reason,
        "rows": erasure.counts,
        "ledger": {"number": erasure.number, "hash": erasure.line_hash},
        "backups_gone_by": (erasure.erased_at + backups_kept).isoformat(),
    }


def signed(facts: JsonObject, vault: Vault) -> JsonObject:
    """Return the facts with our signature (Ed25519) of their JSON, keys sorted and without spaces."""
    text = json.dumps(facts, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return {"summary": facts, "signed": text, "signature": vault.sign(text), "public_key": vault.public_key}
