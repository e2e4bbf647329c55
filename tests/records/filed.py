"""The rows of a notification that was drafted, signed and filed, with its proof."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.rules.notification import Phase
from incidentdesk.tables import (
    Attachment,
    FiledVersion,
    Filing,
    FilingProof,
    Incident,
    Member,
    NotificationCopy,
    NotificationSignature,
    NotificationVersion,
    new_id,
)

WORDS = "Never to be found in the clear"


def a_version(incident_id: UUID, member_id: UUID, *, now: datetime) -> NotificationVersion:
    """Return the first version of a draft."""
    return NotificationVersion(
        incident_id=incident_id,
        number=1,
        phase=Phase.PRELIMINARY,
        form="EDPB",
        edition="EDPB draft 1.0",
        values={"what_happened": {"chosen": [], "text": WORDS}},
        member_id=member_id,
        saved_at=now,
    )


async def add_notification(
    session: AsyncSession, incident: Incident, member: Member, filing: Filing, *, now: datetime
) -> UUID:
    """Add a row to each table; the filing is there already. Return the version's id."""
    of: dict[str, Any] = {"incident_id": incident.id}
    by: dict[str, Any] = {**of, "member_id": member.id}
    version = a_version(incident.id, member.id, now=now)
    place = new_id().hex
    file = Attachment(**by, added_at=now, name=WORDS, kind="", size=1, place=place, digest="0" * 64, content_hash=place)
    session.add_all([filing, version, file])
    await session.flush()
    signature = NotificationSignature(**by, version_id=version.id, digest="ab" * 32, signed_at=now)
    filed = FiledVersion(**by, filing_id=filing.id, version_id=version.id, digest="ab" * 32)
    proof = FilingProof(**by, filing_id=filing.id, attachment_id=file.id, name=WORDS, added_at=now)
    copied = {"version_id": version.id, "copied_at": now, "taken_back": False, "digest": "ab" * 32}
    session.add_all([signature, filed, proof, NotificationCopy(**by, fields=["what_happened"], **copied)])
    await session.flush()
    return version.id
