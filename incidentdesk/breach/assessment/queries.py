"""The assessment of one incident as it stands: every fact with where it comes from, the proposal, and what was decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import law
from incidentdesk.breach.assessment.blocks import KEYS, Block, merged, reported, unanswered
from incidentdesk.breach.assessment.describing import Described, describe
from incidentdesk.rules.assessment import Proposal, propose
from incidentdesk.rules.facts import Facts
from incidentdesk.tables import (
    AssessmentBlock,
    AssessmentConfirmation,
    AssessmentDecision,
    Attachment,
    Incident,
    Message,
    Report,
)


@dataclass(frozen=True)
class Known:
    """One value with where it comes from. Without a member it is the reporter's and nobody has checked it."""

    value: Any
    at: datetime
    member_id: UUID | None = None

    @property
    def is_checked(self) -> bool:
        """Say whether a person of the desk stands behind it."""
        return self.member_id is not None


@dataclass(frozen=True)
class Assessment:
    """What is known of a breach, what is proposed, and what was decided; everything oldest first."""

    incident: Incident
    # Every key of a description that has an answer.
    known: Mapping[str, Known]
    # The newest saved version of each block, and how many there are.
    saved: Mapping[Block, AssessmentBlock]
    versions: Mapping[Block, int]
    described: Described
    facts: Facts
    proposal: Proposal
    decisions: Sequence[AssessmentDecision] = ()
    confirmations: Sequence[AssessmentConfirmation] = ()
    # When the newest fact came in: a report, a message, a file, or a block that was saved.
    news_at: datetime | None = None

    @property
    def decision(self) -> AssessmentDecision | None:
        """What holds."""
        return self.decisions[-1] if self.decisions else None

    @property
    def is_overtaken(self) -> bool:
        """Say whether something became known after the decision: it is to be looked at again."""
        return self.decision is not None and self.news_at is not None and self.news_at > self.decision.signed_at

    @property
    def confirmed_by(self) -> tuple[UUID, ...]:
        """Who confirmed the decision that holds."""
        newest = self.decision
        return tuple(row.member_id for row in self.confirmations if newest and row.decision_id == newest.id)

    @property
    def stamp(self) -> str:
        """Return a word that changes with everything that a decision rests on."""
        return f"{sum(self.versions.values())}-{len(self.decisions)}-{len(self.confirmations)}"


async def assessment_of(session: AsyncSession, incident: Incident, *, now: datetime) -> Assessment:
    """Return the assessment of an incident that was found for somebody who may see it, with its keys."""
    rows = list(await _rows(session, AssessmentBlock, incident))
    saved = {Block(row.block): row for row in rows}
    known = await _reported(session, incident)
    for row in saved.values():
        known |= {name: Known(value, row.saved_at, row.member_id) for name, value in row.answers.items()}
    described, facts = _described(known, saved, now=now)
    return Assessment(
        incident=incident,
        known=known,
        saved=saved,
        versions={block: sum(row.block == block for row in rows) for block in Block},
        described=described,
        facts=facts,
        proposal=propose(facts, law.measures(now), law.enisa()),
        decisions=list(await _rows(session, AssessmentDecision, incident)),
        confirmations=list(await _rows(session, AssessmentConfirmation, incident)),
        news_at=max([row.saved_at for row in rows] + await _sent(session, incident), default=None),
    )


async def _rows(session: AsyncSession, table: type[Any], incident: Incident) -> Sequence[Any]:
    return (await session.scalars(select(table).where(table.incident_id == incident.id).order_by(table.id))).all()


async def _reported(session: AsyncSession, incident: Incident) -> dict[str, Known]:
    """Return what the reports say; of two that answer the same, the first."""
    known: dict[str, Known] = {}
    for report in await _rows(session, Report, incident):
        said = {name: Known(value, report.received_at) for name, value in reported(report.answers).items()}
        known = said | known
    return known


def _described(
    known: Mapping[str, Known], saved: Mapping[Block, AssessmentBlock], *, now: datetime
) -> tuple[Described, Facts]:
    """Read everything as one description. What no block and no report answers is not known."""
    told = {name: entry.value for name, entry in known.items() if name != "enisa"}
    parts = [unanswered(block) | {name: told[name] for name in KEYS[block] if name in told} for block in Block]
    points = [{"enisa": row.answers.get("enisa")} for row in saved.values()]
    described = describe(merged([*parts, *points]), law.measures(now))
    # What an older program stored, and this one cannot read any more, is not known.
    return described, described.facts or Facts()


async def _sent(session: AsyncSession, incident: Incident) -> list[datetime]:
    """Return when something came from the reporters: a report, a message, a file."""
    mine = (Message.incident_id == incident.id, Message.member_id.is_(None))
    theirs = (Attachment.incident_id == incident.id, Attachment.member_id.is_(None))
    written = await session.scalars(select(Message.written_at).where(*mine))
    added = await session.scalars(select(Attachment.added_at).where(*theirs))
    reported_at = await session.scalars(select(Report.received_at).where(Report.incident_id == incident.id))
    return [*written, *added, *reported_at]
