"""A plain link between two incidents: each says that it has to do with the other, and nothing follows from it."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.database import upsert
from incidentdesk.tables import Incident, Relation
from incidentdesk.triage.actions import Act, finish
from incidentdesk.triage.merging_actions import Unmergeable

LINKED, UNLINKED = "incident.linked", "incident.unlinked"


async def link(session: AsyncSession, act: Act, with_: Act) -> None:
    """Say of both that they have to do with each other. Both are locked, and whoever acts may see both."""
    one, other = act.incident, with_.incident
    if one.id == other.id:
        raise Unmergeable("itself", field="other")
    if one.practice is not other.practice:
        raise Unmergeable("practice_and_real", field="other")
    statement = upsert(session, Relation).values(**_pair(one, other), linked_at=act.now)
    if await session.scalar(statement.on_conflict_do_nothing().returning(Relation.__table__.c.one_id)) is not None:
        await _note(session, LINKED, act, with_)


async def unlink(session: AsyncSession, act: Act, with_: Act) -> None:
    """Take the link away; that there was one stays in the history of both."""
    pair = _pair(act.incident, with_.incident)
    gone = delete(Relation).where(Relation.one_id == pair["one_id"], Relation.other_id == pair["other_id"])
    if await session.scalar(gone.returning(Relation.one_id)) is not None:
        await _note(session, UNLINKED, act, with_)


def _pair(one: Incident, other: Incident) -> dict[str, UUID]:
    first, second = sorted((one.id, other.id))
    return {"one_id": first, "other_id": second}


async def _note(session: AsyncSession, action: str, act: Act, with_: Act) -> None:
    await finish(session, act, action, other=str(with_.incident.id))
    await finish(session, with_, action, other=str(act.incident.id))
