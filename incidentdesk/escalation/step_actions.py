"""Changing one step of the ladder: whom it calls, a new one, one less. A running clock keeps the copy it has."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.errors import Conflict, Missing
from incidentdesk.escalation.ladder import Rung
from incidentdesk.mail.notices import Change, announce_change
from incidentdesk.records import history
from incidentdesk.rules.escalation import Step, Trigger, step_from_json, step_to_json
from incidentdesk.tables import JsonObject, LadderStep, Member


async def save_step(session: AsyncSession, rung: Rung, step: Step, *, by: Member, now: datetime) -> None:
    """Let a step call others, or speak for other severities."""
    rows = await _rows(session, rung.duty)
    row = next((row for row in rows if row.key == step.key), None)
    # Somebody changed it since it was read.
    if row is None or step_from_json(row.step) != rung.step:
        raise Conflict
    before, row.step = {rung.field: row.step}, step_to_json(step)
    await _note(session, before, {rung.field: row.step}, by=by, now=now)


async def add_step(session: AsyncSession, duty: str, step: Step, *, by: Member, now: datetime) -> None:
    """Put one more step where it belongs by its moment."""
    rows = await _rows(session, duty)
    if not rows:
        raise Missing
    row = LadderStep(duty=duty, key=step.key, step=step_to_json(step), position=0)
    session.add(row)
    for position, one in enumerate(sorted([*rows, row], key=_moment)):
        one.position = position
    await _note(session, {}, {Rung(duty, step).field: row.step}, by=by, now=now)


async def remove_step(session: AsyncSession, rung: Rung, *, by: Member, now: datetime) -> bool:
    """Take a step away; False when it is the last one, without which nobody would be told."""
    rows = await _rows(session, rung.duty)
    row = next((row for row in rows if row.key == rung.step.key), None)
    if row is None:
        raise Conflict
    if len(rows) == 1:
        return False
    await session.delete(row)
    await _note(session, {rung.field: row.step}, {}, by=by, now=now)
    return True


async def _rows(session: AsyncSession, duty: str) -> list[LadderStep]:
    query = select(LadderStep).where(LadderStep.duty == duty).order_by(LadderStep.position, LadderStep.key)
    return list(await session.scalars(query.with_for_update()))


def _moment(row: LadderStep) -> tuple[bool, int]:
    step = step_from_json(row.step)
    return step.trigger is Trigger.DEADLINE, row.step["after_minutes"]


async def _note(session: AsyncSession, before: JsonObject, after: JsonObject, *, by: Member, now: datetime) -> None:
    history.record(session, None, "ladder.changed", actor=history.actor_of(by), now=now, before=before, after=after)
    await announce_change(session, Change.STEP, by=by, now=now)
