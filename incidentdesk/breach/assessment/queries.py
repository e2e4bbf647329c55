"""The assessment of one incident as it stands: every fact with where it comes from, the proposal, and what was decided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import law
from incidentdesk.breach.assessment.blocks import KEYS, Block, merged, reported, unanswered
from incidentdesk.breach.assessment.describing import Described, describe
from incidentdesk.breach.assessment.forms import Confirmed, Saved, Signed
from incidentdesk.breach.assessment.kept import digest, kept
from incidentdesk.records import wholes
from incidentdesk.rules.assessment import Proposal, choices_of, propose
from incidentdesk.rules.enisa import Category, Choices
from incidentdesk.rules.facts import Facts, Points, gravest
from incidentdesk.tables import (
    AssessmentBlock,
    AssessmentConfirmation,
    AssessmentDecision,
    Attachment,
    Incident,
    JsonObject,
    Member,
    Merging,
    Message,
    Report,
)

CONFIRMATION = "confirmation"


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
    def kept(self) -> JsonObject:
        """Return what a signature rests on now, as it is kept beside it."""
        facts = {name: entry.value for name, entry in self.known.items() if name != "enisa"}
        facts |= {f"enisa of {block.value}": row.answers.get("enisa") for block, row in self.saved.items()}
        return kept(self.proposal, facts, [block for block, row in self.saved.items() if not row.damaged])

    @property
    def has_news(self) -> bool:
        """Say whether something became known after the decision."""
        return self.decision is not None and self.news_at is not None and self.news_at > self.decision.signed_at

    @property
    def is_overtaken(self) -> bool:
        """Say whether the decision is to be looked at again: there is news, or the facts are not those that were signed."""
        signed = self.decision.proposal.get("facts") if self.decision and not self.incident.erased_at else None
        return self.has_news or (signed is not None and signed != self.kept["facts"])

    @property
    def confirmed_by(self) -> tuple[UUID, ...]:
        """Who confirmed the decision that holds."""
        newest = self.decision
        return tuple(row.member_id for row in self.confirmations if newest and row.decision_id == newest.id)

    @property
    def stamp(self) -> str:
        """Return a word that changes with everything that a decision rests on."""
        return f"{self.ground}-{len(self.confirmations)}"

    @property
    def ground(self) -> str:
        """Return a word that changes with what a confirmation rests on: the facts and the decision, not who else confirmed."""
        news = f"{self.news_at:%Y%m%d%H%M%S%f}" if self.news_at else ""
        return f"{sum(self.versions.values())}-{len(self.decisions)}-{news}-{digest(self.kept)}"


async def assessment_of(session: AsyncSession, incident: Incident, *, now: datetime) -> Assessment:
    """Return the assessment of an incident that was found for somebody who may see it, with its keys."""
    rows = list(await _rows(session, AssessmentBlock, incident))
    saved = {Block(row.block): row for row in rows}
    whole = [incident.id, *(part.id for part in await wholes.parts_of(session, incident))]
    known = await _reported(session, whole)
    for row in saved.values():
        known |= {name: Known(value, row.saved_at, row.member_id) for name, value in row.answers.items()}
    described, facts = _described(known, [row.answers for row in saved.values()], now=now)
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
        news_at=await _news_at(session, whole),
    )


def tried(found: Assessment, blocks: Iterable[Saved], *, now: datetime) -> Assessment:
    """Return the assessment as it would be with these blocks saved. Nothing is stored."""
    known = dict(found.known)
    answers: dict[Block, Mapping[str, Any]] = {block: row.answers for block, row in found.saved.items()}
    for one in blocks:
        known |= {name: Known(value, now) for name, value in one.answers.items()}
        answers[one.block] = one.answers
    described, facts = _described(known, answers.values(), now=now)
    proposal = propose(facts, law.measures(now), law.enisa())
    return replace(found, known=known, described=described, facts=facts, proposal=proposal)


def stamp_of(found: Assessment, part: str) -> str:
    """Return what a form must have seen: of a block its own versions, of anything else everything it rests on."""
    if part in set(Block):
        return str(found.versions[Block(part)])
    return found.ground if part == CONFIRMATION else found.stamp


def stands(found: Assessment, value: Saved | Signed | Confirmed, member: Member) -> bool:
    """Say whether the newest row is this very value from the same person: the button was pressed twice."""
    match value:
        case Saved():
            row = found.saved.get(value.block)
            return row is not None and (row.answers, row.note, row.member_id) == (value.answers, value.note, member.id)
        case Signed():
            newest = found.decision
            signed = (value.kind, value.reasoning, member.id)
            same = newest is not None and (newest.kind, newest.reasoning, newest.member_id) == signed
            return same and not found.is_overtaken
    return member.id in found.confirmed_by


def people_in(found: Assessment) -> set[UUID]:
    """Return everybody who saved, signed or confirmed something."""
    saved = {row.member_id for row in found.saved.values()}
    return saved | {row.member_id for row in found.decisions} | {row.member_id for row in found.confirmations}


def suggested(found: Assessment, *, now: datetime) -> Choices:
    """Return what the facts say in the tables, whatever a person chose there; what is unknown moves no points."""
    known = found.facts
    facts = replace(
        known,
        points=Points(),
        vulnerable=bool(known.vulnerable),
        detailed=bool(known.detailed),
        reveals_little=bool(known.reveals_little),
    )
    return choices_of(gravest(facts), law.measures(now))


def counted(found: Assessment, *, now: datetime) -> Choices | None:
    """Return how the score is made up, once it is exactly known."""
    score = found.proposal.score
    return choices_of(gravest(found.facts), law.measures(now)) if score.low == score.high else None


def unchecked(found: Assessment) -> frozenset[Block]:
    """Return the blocks of which only a reporter said something."""
    said = {block: [name for name in names if name in found.known] for block, names in KEYS.items()}
    return frozenset(block for block, names in said.items() if names and block not in found.saved)


def next_block(found: Assessment) -> Block | None:
    """Return the first block that nobody has checked."""
    return next((block for block in Block if block not in found.saved), None)


def category_of(found: Assessment) -> Category:
    """Return the table that the most telling of the known kinds of data belongs to; the first one when none is known."""
    ids = {kind.id for kind in found.facts.data or ()}
    highest = max((one for one in law.kinds() if one.kind.id in ids), key=lambda one: one.kind.dpc, default=None)
    categories = law.enisa().categories
    return next((one for one in categories if highest and one.id == highest.category), categories[0])


async def _rows(session: AsyncSession, table: type[Any], incident: Incident) -> Sequence[Any]:
    return (await session.scalars(select(table).where(table.incident_id == incident.id).order_by(table.id))).all()


async def _reported(session: AsyncSession, whole: Sequence[UUID]) -> dict[str, Known]:
    """Return what the reports say, those of its parts too; of two that answer the same, the first."""
    known: dict[str, Known] = {}
    for report in await session.scalars(select(Report).where(Report.incident_id.in_(whole)).order_by(Report.id)):
        said = {name: Known(value, report.received_at) for name, value in reported(report.answers).items()}
        known = said | known
    return known


def _described(
    known: Mapping[str, Known], saved: Iterable[Mapping[str, Any]], *, now: datetime
) -> tuple[Described, Facts]:
    """Read everything as one description. What no block and no report answers is not known."""
    told = {name: entry.value for name, entry in known.items() if name != "enisa"}
    parts = [unanswered(block) | {name: told[name] for name in KEYS[block] if name in told} for block in Block]
    points = [{"enisa": answers.get("enisa")} for answers in saved]
    described = describe(merged([*parts, *points]), law.measures(now))
    # What an older program stored, and this one cannot read any more, is not known.
    return described, described.facts or Facts()


async def _news_at(session: AsyncSession, whole: Sequence[UUID]) -> datetime | None:
    """Return when the newest fact came in: a block of the main incident, the first of `whole`, or what its reporters sent.

    That is a report, a message, a file, or a part that was not one before.
    """
    moments = (
        select(func.max(AssessmentBlock.saved_at)).where(AssessmentBlock.incident_id == whole[0]),
        select(func.max(Report.received_at)).where(Report.incident_id.in_(whole)),
        select(func.max(Message.written_at)).where(Message.incident_id.in_(whole), Message.member_id.is_(None)),
        select(func.max(Attachment.added_at)).where(Attachment.incident_id.in_(whole), Attachment.member_id.is_(None)),
        select(func.max(Merging.merged_at)).where(Merging.incident_id.in_(whole)),
    )
    found = (await session.execute(select(*(query.scalar_subquery() for query in moments)))).one()
    return max((at for at in found if at is not None), default=None)
