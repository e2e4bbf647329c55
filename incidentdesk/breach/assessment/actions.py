"""What a person may do about an assessment: save a block, sign a decision, confirm one. Everything is only added to.

The authority's clock ends, and runs again, by its own actions (`breach.clock`); a decision here presses those.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.breach.assessment.blocks import Block
from incidentdesk.breach.assessment.forms import Confirmed, Saved, Signed
from incidentdesk.breach.assessment.queries import Assessment
from incidentdesk.breach.clock import actions as clock_actions
from incidentdesk.breach.clock import queries as clock_queries
from incidentdesk.breach.clock.actions import Done
from incidentdesk.breach.clock.forms import REOPENED, Decided
from incidentdesk.errors import Conflict
from incidentdesk.mail import signatures
from incidentdesk.mail.signatures import Paper
from incidentdesk.records import clocks, history
from incidentdesk.tables import (
    AssessmentBlock,
    AssessmentConfirmation,
    AssessmentDecision,
    Incident,
    JsonObject,
    Member,
)

REGISTER = "register"
RISK_UNLIKELY = "risk_unlikely"


async def save_block(session: AsyncSession, found: Assessment, value: Saved, *, member: Member, now: datetime) -> None:
    """Add a version of one block: from now on its values are this person's."""
    before = found.saved.get(value.block)
    session.add(
        AssessmentBlock(
            incident_id=found.incident.id,
            block=value.block.value,
            answers=dict(value.answers),
            note=value.note,
            member_id=member.id,
            saved_at=now,
        )
    )
    was: JsonObject = {"answers": before.answers, "note": before.note} if before else {}
    after: JsonObject = {"block": value.block.value, "answers": dict(value.answers), "note": value.note}
    await _finish(session, found, Done("assessment.saved", was, after), member=member, now=now)
    if {*found.saved, value.block} == set(Block):
        await signatures.ask(session, found.incident, Paper.ASSESSMENT, by=member, now=now)


async def sign(session: AsyncSession, found: Assessment, value: Signed, *, member: Member, now: datetime) -> None:
    """Sign what is done about the breach. Register only ends the authority's clock; anything more lets it run again."""
    session.add(
        AssessmentDecision(
            incident_id=found.incident.id,
            kind=value.kind,
            reasoning=value.reasoning,
            proposal=found.kept,
            member_id=member.id,
            signed_at=now,
        )
    )
    before: JsonObject = {"kind": found.decision.kind} if found.decision else {}
    after: JsonObject = {"kind": value.kind, "reasoning": value.reasoning}
    await _finish(session, found, Done("assessment.signed", before, after), member=member, now=now)
    await _press_the_clock(session, found.incident, value, member=member, now=now)


async def confirm(session: AsyncSession, found: Assessment, value: Confirmed, *, member: Member, now: datetime) -> None:
    """Stand behind the decision that holds, as somebody else than who signed it."""
    decision = found.decision
    if decision is None or decision.member_id == member.id or found.is_overtaken:
        raise Conflict
    session.add(
        AssessmentConfirmation(
            incident_id=found.incident.id,
            decision_id=decision.id,
            remark=value.remark,
            member_id=member.id,
            confirmed_at=now,
        )
    )
    after: JsonObject = {"kind": decision.kind, "remark": value.remark}
    await _finish(session, found, Done("assessment.confirmed", {}, after), member=member, now=now)


async def _press_the_clock(
    session: AsyncSession, incident: Incident, value: Signed, *, member: Member, now: datetime
) -> None:
    case = await clock_queries.case_of(session, incident.reference, by=member, for_change=True)
    if case.clock is None or case.filings:
        return
    is_running = case.clock.ended_at is None
    if value.kind == REGISTER and is_running:
        decided = Decided(RISK_UNLIKELY, value.reasoning)
        await clock_actions.sign_decision(session, case, decided, member=member, now=now)
    if value.kind != REGISTER and case.clock.ended_by == clocks.SIGNED:
        await clock_actions.reopen_duty(session, case, Decided(REOPENED, value.reasoning), member=member, now=now)


async def _finish(session: AsyncSession, found: Assessment, done: Done, *, member: Member, now: datetime) -> None:
    incident = found.incident
    await clocks.acted(session, incident, by=done.action, now=now)
    actor = history.actor_of(member)
    history.record(session, incident, done.action, actor=actor, now=now, before=done.before, after=done.after)
    await clocks.refresh_agenda(session, incident)
