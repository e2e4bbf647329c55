"""What the ladder's rules need to know of a clock, read from its rows."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.rules.escalation import Facts, Trigger
from incidentdesk.tables import Clock, Incident, Notice


async def facts_of(session: AsyncSession, clock: Clock, incident: Incident) -> Facts:
    """Return the facts about one clock, with everything that was noticed before."""
    query = select(Notice.step, Notice.round, Notice.occurrence).where(Notice.clock_id == clock.id, Notice.undone == 0)
    noticed = [(step, number, occurrence) for step, number, occurrence in await session.execute(query)]
    return Facts(
        deadline_at=clock.deadline_at,
        ended_at=clock.ended_at,
        severity=incident.severity,
        armed_at=clock.armed_at,
        arm=clock.arm,
        revision=clock.revision,
        noticed=frozenset(noticed),
    )


def is_wanted(clock: Clock, notice: Notice) -> bool:
    """Say whether an alert is still worth waking somebody: nobody acted, and the deadline did not move, since it came due."""
    if clock.ended_at is not None or notice.stood_down_at is not None or notice.undone:
        return False
    step = next((step for step in clock.steps if step.key == notice.step), None)
    counted = clock.arm if step is not None and step.trigger is Trigger.NOT_TAKEN else clock.revision
    return notice.round == counted
