"""The rows of files: how many an incident has, whose they are, and what history says of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.errors import DeskError
from incidentdesk.records.files import Kept, Slot
from incidentdesk.tables import Attachment, FilingProof, Incident, Member, Report

# As many from each reporter, and as many from the desk.
MOST = 10
# What proves a filing counts for itself: the law asks for it, however much else the desk put beside the incident.
MOST_PROOFS = 30


class NoMoreFiles(DeskError):
    """This giver has added as many as there may be."""

    status = 422


@dataclass(frozen=True)
class Arrived:
    """A file that lies in its place and has no row yet. Without one it is taken away again."""

    name: str
    kind: str
    slot: Slot
    kept: Kept
    content_hash: str


@dataclass(frozen=True)
class Giver:
    """Who adds files: the reporter of a report, or a member of the desk."""

    incident: Incident
    report: Report | None = None
    member: Member | None = None

    @property
    def files(self) -> ColumnElement[bool]:
        """Those that count against the same limit."""
        # Also with a report: by the incident an index finds them.
        of_incident = Attachment.incident_id == self.incident.id
        if self.report:
            return of_incident & (Attachment.report_id == self.report.id)
        proofs = select(FilingProof.attachment_id).where(FilingProof.incident_id == self.incident.id)
        return of_incident & Attachment.member_id.is_not(None) & Attachment.id.not_in(proofs)


async def count_of(session: AsyncSession, giver: Giver) -> int:
    """Return how many files this giver has added."""
    return await session.scalar(select(func.count()).select_from(Attachment).where(giver.files)) or 0


async def add(session: AsyncSession, giver: Giver, arrived: Sequence[Arrived], *, now: datetime) -> list[Attachment]:
    """Make rows of files. One that was added before, from a form pressed twice, gets none."""
    added = await admit(session, giver, arrived, now=now)
    if await count_of(session, giver) > MOST:
        raise NoMoreFiles
    return added


async def admit(session: AsyncSession, giver: Giver, arrived: Sequence[Arrived], *, now: datetime) -> list[Attachment]:
    """Make rows of files, however many there are: whoever calls this holds them against a limit of its own."""
    added = []
    for file in arrived:
        known = select(Attachment.id).where(Attachment.content_hash == file.content_hash)
        if await session.scalar(known) is None:
            added.append(_row(giver, file, now=now))
            session.add(added[-1])
            await session.flush()
    return added


def _row(giver: Giver, file: Arrived, *, now: datetime) -> Attachment:
    return Attachment(
        id=file.slot.id,
        incident_id=giver.incident.id,
        report_id=giver.report.id if giver.report else None,
        member_id=giver.member.id if giver.member else None,
        added_at=now,
        name=file.name,
        kind=file.kind,
        size=file.kept.size,
        place=file.slot.place,
        digest=file.kept.digest,
        content_hash=file.content_hash,
    )


async def files_of(session: AsyncSession, incident: Incident, *, report: Report | None = None) -> list[Attachment]:
    """Return the incident's files in the order they came; only those of one reporter if a report is given."""
    wanted = select(Attachment).where(Attachment.incident_id == incident.id).order_by(Attachment.id)
    return list(await session.scalars(wanted.where(Attachment.report_id == report.id) if report else wanted))


async def find_file(
    session: AsyncSession, incident: Incident, file_id: UUID, *, report: Report | None = None
) -> Attachment | None:
    """Return one of the files that `files_of` lists."""
    return next((file for file in await files_of(session, incident, report=report) if file.id == file_id), None)
